//! From a data set to the best certificate: recipes tried one after the other, logged, polished;
//! the best kept.
//!
//! - [`Search`] trains networks by recipes;
//! - [`fine_tune`] goes on with a network that was trained elsewhere;
//! - [`transfer`] trains a head on what a base makes of the examples;
//! - [`prior_fraction`] learns the prior on a part of the examples.

mod error;
mod fine_tune;
mod gathered;
mod piece;
pub mod prior_fraction;
mod run;
mod settings;
pub mod transfer;
mod trials;
mod uniform;

pub use error::SearchError;
pub use fine_tune::{fine_tune, FineTuneEvent};
pub use gathered::SEARCH_PIECES;
pub use run::{Event, Outcome, Search};
pub use settings::Settings;
pub use trials::{Trial, Trials};
