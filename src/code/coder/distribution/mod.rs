//! What the coder believes about the next symbol: fixed tables and adaptive counts.
//!
//! Everything is integer arithmetic, so that encoder and decoder agree on every machine.

mod adaptive;
mod binary;
mod probability;
mod uniform;
mod weighted;

pub use adaptive::{Adaptive, AdaptiveBit};
pub use binary::Binary;
pub use probability::{ideal_bits, Distribution, PRECISION};
pub use uniform::Uniform;
pub use weighted::Weighted;
