//! One chapter a theorem: `NAME.md` states and proves it, `NAME.rs` holds the properties that would
//! break if it were wrong.
#![allow(clippy::unwrap_used)]

mod attainment;
mod base;
mod catoni;
mod common;
mod design;
mod held_out;
mod length_prior;
mod limit;
mod monte_carlo;
mod noise;
mod occam;
mod pac_bayes_kl;
#[cfg(feature = "lab")]
mod signs;
mod subsample;
mod symmetry;
