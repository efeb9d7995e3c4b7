//! Classical capacity bounds, for comparison: what parameters, VC dimension, norms and margins, and
//! noise stability say about a network whose file is bounded by its bits.
//!
//! # In their favour
//! None of these is ever in a certificate, and here the rule of [`bounds`](crate::bounds) is turned
//! round: what is left open is decided so that the bound comes out smaller than what is proved, so
//! that whoever finds it large cannot blame the comparison.
//! - Where the source has constants, they are taken: [`parameter_counting`], [`VcBound`],
//!   [`NetworkNorms::spectral_margin`]. Where it has `O(…)`, the constant is 1, and so is every
//!   logarithm that hides in `Õ(…)`: [`NetworkNorms::pac_bayes_margin`],
//!   [`Cushions::margin_bound`].
//! - The margin is the one that makes the bound least, and nothing is paid for having looked.
//!   [`Margins::least`] says which are looked at.
//! - Norms may be estimates from below: all formulas here grow with each of them.
//! - Nothing is rounded to a safe side, and nothing is cut to 1: what is above 1 says nothing, and
//!   the number says by how far.
//!
//! What the formulas take is measured by `network::classical`, which also says where the
//! assumptions of a theorem fail.

mod cushions;
mod margins;
mod parameters;
mod spectral;
mod vc_dimension;

pub use cushions::{Cushion, Cushions};
pub use margins::{AtMargin, Margins};
pub use parameters::{parameter_counting, BITS_PER_PARAMETER};
pub use spectral::{LayerNorms, NetworkNorms};
pub use vc_dimension::{Comparisons, PiecewisePolynomial, VcBound};
