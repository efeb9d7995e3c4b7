//! What classical capacity bounds say about a network that is there: its linear maps and their
//! norms, the comparisons that it makes, its margins and cushions on the training examples, and
//! where the assumptions of a theorem fail.
//!
//! The formulas are in [`bounds::classical`](crate::bounds::classical). From a model file to all of
//! them: [`ClassicalBounds::new`].

mod bounds;
mod chain;
mod comparisons;
mod cushions;
mod error;
mod examples;
mod fixed;
mod linear_map;
mod misfit;
mod normalisation;
mod power_iteration;
mod subject;

pub use bounds::{ClassicalBounds, MarginBound};
pub use error::ClassicalError;
pub use linear_map::LinearMap;
pub use misfit::NoBound;
