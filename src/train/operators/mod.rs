//! Operators with exact gradients and a fast path on a CPU, through candle's custom-operator
//! traits.
//!
//! Images are computed *side by side*: a batch is cut into blocks of [`LANES`] images, and a
//! feature map is a tensor `[blocks, channels, height, width, LANES]`, in which the same number of
//! all images of a block lies next to each other. So every operator, whatever its kernel, stride,
//! padding or groups, is a loop over whole vectors, and a convolution needs no rearranged copy of
//! its input. [`side_by_side`] and [`apart`] go there and back.
//!
//! Work is split over the threads of rayon's pool, but every sum has one fixed order: results do
//! not depend on the number of threads. They do depend on the instruction set, because products are
//! added with or without rounding in between. That is good enough for training; what a certificate
//! counts is computed by [`Evaluator`].
//!
//! [`Evaluator`]: crate::evaluate::Evaluator

mod activation;
mod arrangement;
mod batch_normalisation;
mod convolution;
mod cross_entropy;
pub(super) mod normalisation;
mod pooling;
mod real;
mod storage;
mod straight_through;
pub(super) mod tile;
mod window;

pub use activation::{relu, relu6};
pub use arrangement::{apart, side_by_side};
pub use batch_normalisation::{batch_normalise, scale_and_shift, BatchMoments};
pub use convolution::{convolve, dense};
pub use cross_entropy::cross_entropy;
pub use normalisation::normalise;
pub use pooling::{average_pool, global_average, max_pool};
pub(crate) use storage::is_supported;
pub use straight_through::straight_through;
pub use window::{Span, Window};

/// Images in a block.
pub const LANES: usize = 16;
