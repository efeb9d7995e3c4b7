#![doc = include_str!("README.md")]

mod activation;
mod batch_normalisation;
mod convolution;
mod cross_entropy;
mod interleave;
mod lanes;
pub(super) mod normalisation;
mod pooling;
mod real;
mod storage;
pub(super) mod tile;
mod window;

pub use activation::{relu, relu6};
pub use batch_normalisation::{batch_normalise, scale_and_shift, BatchMoments};
pub use convolution::{convolve, dense};
pub use cross_entropy::cross_entropy;
pub use interleave::{deinterleave_batch, interleave_batch};
pub use lanes::LANES;
pub use normalisation::normalise;
pub use pooling::{average_pool, global_average, max_pool};
pub(super) use real::Real;
pub(crate) use storage::is_supported;
pub(super) use storage::{slice, with_real};
pub use window::{Span, Window};
