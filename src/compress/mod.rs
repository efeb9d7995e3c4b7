//! A network in, a smaller network out.
//!
//! A `Recipe` says how to train a small network: while pruning the smallest weights away
//! (`PrunedWeights`, Zhu and Gupta 2017), then with few values that the weights that are left share
//! (`QuantisedWeights`, Han, Mao and Dally 2016). A network that was trained elsewhere is
//! [imported](import) from a [safetensors file](safetensors). Then [`simplify`] removes what the
//! function does not need. What comes out is a [`Model`](crate::code::Model), whose file is the
//! description that a bound is about. No choice made here needs to be paid for beyond that file:
//! whatever was tried, the bound holds for all files at once.

mod budget;
mod import;
mod import_names;
mod kmeans;
#[cfg(feature = "train")]
mod polish;
#[cfg(feature = "train")]
mod presets;
#[cfg(feature = "train")]
mod pretrained;
#[cfg(feature = "train")]
mod pruning;
#[cfg(feature = "train")]
mod quantisation;
#[cfg(feature = "train")]
mod recipe;
pub mod safetensors;
mod simplify;
mod simplify_links;
mod stochastic;
#[cfg(feature = "train")]
mod straight_through;
#[cfg(feature = "train")]
mod subspace;
mod trained;
#[cfg(feature = "train")]
mod trial;
#[cfg(feature = "train")]
mod tuning;
#[cfg(feature = "train")]
mod units;

pub use budget::{within_budget, BudgetError, Calibration};
pub use import::{import, ImportError, ImportOptions};
pub use kmeans::{kmeans, optimal_kmeans};
#[cfg(feature = "train")]
pub use polish::polish;
#[cfg(feature = "train")]
pub use presets::{recipes, variations, Effort};
#[cfg(feature = "train")]
pub use pretrained::Pretrained;
#[cfg(feature = "train")]
pub use pruning::{PrunedWeights, Pruning, PruningMethod};
#[cfg(feature = "train")]
pub use quantisation::{Quantisation, QuantisationMethod, QuantisedWeights};
#[cfg(feature = "train")]
pub use recipe::{compress, CompressError, Progress, Recipe, RecipeError};
pub use simplify::{
    first_images, largest_difference, logits, noise_images, shortened, simplify, Simplification,
};
pub use stochastic::{stochastic_bounds, StochasticBound, StochasticError, RELATIVE_WIDTHS};
#[cfg(feature = "train")]
pub use subspace::{SubspaceMap, SubspaceSize};
pub use trained::TrainedNetwork;
#[cfg(feature = "train")]
pub use trial::{Trial, TrialError, Trials};
#[cfg(feature = "train")]
pub use tuning::{tune, Checkpoints};
