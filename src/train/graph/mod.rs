//! Graphs of operators on candle, for training: the function of `docs/function.md`, not to the last
//! bit, with exact gradients.
//!
//! Where candle's own operators are exact they are used; there are others here where they are not
//! (gradients of pooling), or slow (sums over rows for biases and scales, layer normalisation).

mod affine;
mod arithmetic;
mod elementary;
mod functions;
mod network;
mod operator;
mod pooling;
mod rearrange;
mod resize;
mod rows;
mod value;

pub use network::GraphNetwork;
