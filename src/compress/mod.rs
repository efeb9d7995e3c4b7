//! A network in, a smaller network out.
//!
//! A [`Recipe`] says how: train while pruning the smallest weights away ([`PrunedWeights`], Zhu and Gupta 2017), then
//! let the weights that are left share a few values ([`QuantisedWeights`], Han, Mao and Dally 2016) and train on
//! with these. What comes out is a [`Model`](crate::code::Model), whose file is the
//! description that a bound is about. No choice made here needs to be paid for beyond that file: whatever was
//! tried, the bound holds for all files at once.

mod kmeans;
mod polish;
mod presets;
mod pruning;
mod quantisation;
mod recipe;

pub use kmeans::kmeans;
pub use polish::polish;
pub use presets::{recipes, Effort};
pub use pruning::PrunedWeights;
pub use quantisation::QuantisedWeights;
pub use recipe::{compress, CompressError, Recipe, Stage};
