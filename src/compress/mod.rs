//! Fewer bits while training.
//!
//! A [`Recipe`] says how to train a small network: while pruning the smallest weights away
//! ([`PrunedWeights`], Zhu and Gupta 2017), then with few values that the weights that are left
//! share ([`QuantisedWeights`], Han, Mao and Dally 2016). What comes out is a
//! [`Model`](crate::code::Model), whose file is the description that a bound is about. No choice
//! made here needs to be paid for beyond that file: whatever was tried, the bound holds for all
//! files at once.
//!
//! What to do is data ([`Recipe`], [`recipes`]); [`compress()`] and [`compress_pretrained`] do it.

mod checkpoints;
mod error;
mod level_costs;
mod polish;
mod presets;
mod pretrained;
mod progress;
mod pruning;
mod quantisation;
mod recipe;
mod stages;
mod straight_through;
mod stream_name;
mod subspace;
mod tunings;
mod units;

pub use checkpoints::Checkpoints;
pub use error::CompressError;
pub use level_costs::{nearest_level, LevelCosts};
pub use polish::polish;
pub(crate) use polish::sweep_multiplications;
pub(crate) use presets::{pruned, quantised};
pub use presets::{recipes, variations, Effort};
pub use pretrained::Pretrained;
pub use progress::Progress;
pub use pruning::{PrunedWeights, Pruning, PruningMethod};
pub use quantisation::{Quantisation, QuantisationMethod, QuantisedWeights};
pub use recipe::{Recipe, RecipeError, RecipeSettings};
pub(crate) use stages::compress_from;
pub use stages::{compress, compress_pretrained, compress_unpolished};
pub use subspace::{SubspaceMap, SubspaceSize};
pub use tunings::tunings;
