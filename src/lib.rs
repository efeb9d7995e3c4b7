//! Compression-based generalization bounds: the length of a file that decodes to a network proves
//! an upper bound on its error.
//!
//! The modules are the stations of one line, and each knows only those before it in
//!
//! ```text
//! bounds, code ──► data ──► nets ──► compress
//!                             ├────► certificate ──┬──► figures ──► cli
//!                             └────► lab ──────────┘
//! ```
//!
//! - [`bounds`]: upper bounds on the error on new examples, and lower bounds on the bits that
//!   overfitting takes;
//! - [`code`]: how a network becomes a self-delimiting string of bits, the `.nvc` file;
//! - `data`: labelled images, and where they are found;
//! - `nets`: what a decoded network computes, and training;
//! - `compress`: from an architecture and data to a model of few bits;
//! - `certificate`: what is claimed, and its verification;
//! - `lab`: the theorems checked, exactly and on networks, and experiments as independent draws;
//! - `figures`: pictures of results, and pages of them;
//! - `cli`: the command.
//!
//! Only `bounds` and `code` are there without default features; with `command` data sets,
//! evaluation, certificates and the command come to it, with `train` training and compression, with
//! `figures` pictures and pages.
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
#[cfg(feature = "command")]
pub mod certificate;
#[cfg(feature = "command")]
pub mod cli;
pub mod code;
#[cfg(feature = "command")]
pub mod compress;
#[cfg(feature = "command")]
pub mod data;
#[cfg(feature = "figures")]
pub mod figures;
#[cfg(feature = "command")]
pub mod lab;
#[cfg(feature = "command")]
pub mod nets;
#[cfg(feature = "command")]
pub mod random;
