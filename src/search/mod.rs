//! Recipes tried one after the other, logged, polished; the best kept.

mod trials;

pub use trials::{Trial, TrialError, Trials};
