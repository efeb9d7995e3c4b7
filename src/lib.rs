//! Compression-based generalization bounds: the length of a file that decodes to a network proves
//! an upper bound on its error.
//!
//! ```
//! use nonvacuous::bounds::{occam_binomial, Bits, EmpiricalRisk, FailureProbability};
//! // 2.15% training error, in a file of 4,144 bits.
//! let risk = EmpiricalRisk::new(1_290, 60_000)?;
//! let bound = occam_binomial(risk, Bits::new(4_144.0)?, FailureProbability::new(0.05)?);
//! assert!((bound - 0.0989).abs() < 1e-4);
//! # Ok::<(), nonvacuous::bounds::BoundError>(())
//! ```

pub mod bounds;
pub mod certificate;
pub mod code;
#[cfg(feature = "train")]
pub mod compress;
pub mod data;
pub mod digest;
mod error;
pub mod evaluate;
#[cfg(feature = "figures")]
pub mod figures;
#[cfg(feature = "lab")]
pub mod lab;
mod nearest;
pub mod network;
pub mod random;
#[cfg(feature = "train")]
pub mod search;
pub mod shape;
pub mod spread;
pub mod storage;
#[cfg(feature = "train")]
pub mod train;
mod vectorised;

pub use error::Error;
