//! Compression-based generalization bounds: the length of a file that decodes to a network proves
//! an upper bound on its error on new data.
//!
//! From weights and examples to a saved certificate, and from a folder to a verdict:
//!
//! ```
//! use nonvacuous::{bounds::FailureProbability, certificate::Certificate, code::Architecture};
//! use nonvacuous::{data::digits, network::TrainedNetwork};
//! # fn main() -> Result<(), nonvacuous::Error> {
//! # let temporary = tempfile::tempdir().unwrap();
//! # let folder = temporary.path();
//! let data = digits()?; // or your own: `data::LabelledImages::new`
//! let layers = Architecture::parse("dense:10", data.train.shape())?;
//! let network = TrainedNetwork::new(layers, vec![vec![0.5; 640]])?; // your weights
//! let delta = FailureProbability::new(0.05)?;
//! Certificate::issue(&network.model()?, &data, delta)?.save(folder)?;
//!
//! let certificate = Certificate::open(folder)?;
//! assert!(certificate.verify(&data)?.holds());
//! println!("{}", certificate.claim().sentence());
//! # Ok(())
//! # }
//! ```
//!
//! What a length alone proves:
//!
//! ```
//! use nonvacuous::bounds::{occam_binomial, Bits, EmpiricalRisk, FailureProbability};
//! // 2.15% training error, in a file of 4,144 bits.
//! let risk = EmpiricalRisk::new(1_290, 60_000)?;
//! let bound = occam_binomial(risk, Bits::new(4_144.0)?, FailureProbability::new(0.05)?);
//! assert!((bound - 0.0989).abs() < 1e-4);
//! # Ok::<(), nonvacuous::bounds::BoundError>(())
//! ```
//!
//! # The trusted base
//! What a certificate rests on; it depends on nothing else here, and on no candle:
//! - [`bounds`]: upper bounds on the error on new examples, and lower bounds on the bits that
//!   overfitting takes;
//! - [`code`]: how a network becomes a self-delimiting string of bits, the `.nvc` file;
//! - [`evaluate`]: what a decoded network computes, to the bit, and when it is wrong;
//! - [`certificate`]: what is claimed, and its verification;
//! - [`pieces`]: long work in pieces, on as many machines as there are;
//! - [`storage`], [`digest`], [`random`], [`shape`], [`printable`]: files, digests, named
//!   streams, sizes, strings of strangers.
//!
//! # What proposes networks
//! - [`data`]: examples, and where they are found;
//! - [`network`]: a network as numbers: imported, simplified, quantised;
#![cfg_attr(
    feature = "train",
    doc = "- [`train`]: networks on candle;\n- [`compress`]: fewer bits while training;\n\
           - [`search`]: recipes tried, the best kept."
)]
//!
//! # What checks the theorems
#![cfg_attr(
    feature = "lab",
    doc = "- [`lab`]: exactly on finite laws, and on networks trained again and again;"
)]
#![cfg_attr(
    feature = "figures",
    doc = "- [`figures`]: pictures of results, and pages of them."
)]
//!
//! # Features
//! All are on by default, and none is needed to verify a certificate.
//! - `photographs`: images in folders, decoded when they are needed;
//! - `download`: known data sets from their servers;
//! - `train`: `train`, `compress` and `search`;
//! - `lab`; and `figures`, which includes it.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod bounds;
pub mod causes;
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
mod pickle_bytes;
pub mod pieces;
pub mod printable;
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
