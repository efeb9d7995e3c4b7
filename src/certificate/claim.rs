//! What is claimed about a network: the contents of `certificate.json`.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::at_hand::known_name;
use super::strict_json;
use super::subsample::Subsample;
use crate::bounds::{Bits, BoundError};
use crate::printable::escaped;

/// The version of `certificate.json` that this source writes and reads.
pub const CERTIFICATE_VERSION: u32 = 2;

/// Bounds are published with this many decimals, rounded up.
pub const DECIMALS: u32 = 6;

/// What is charged, in bits, for the design of versions 1 and 2 of the model file's format: it is
/// one of at most `2^64` that might have come out, whatever the data at hand had said
/// (`proofs/design.md`).
pub const DESIGN_BITS: u64 = 64;

/// The same for version 3, graphs, whose design took more decisions.
pub const GRAPH_DESIGN_BITS: u64 = 80;

/// The same for version 4, files relative to a base.
pub const RELATIVE_DESIGN_BITS: u64 = 96;

/// What is charged for the design of a version of the format: [`DESIGN_BITS`] of chains,
/// [`GRAPH_DESIGN_BITS`] of graphs, [`RELATIVE_DESIGN_BITS`] of what is relative to a base; or
/// nothing, if the maker states that it was not designed with the examples at hand.
#[must_use]
pub fn design_bits(version: u8, is_unseen: bool) -> u64 {
    match (is_unseen, version) {
        (true, _) => 0,
        (false, ..=2) => DESIGN_BITS,
        (false, 3) => GRAPH_DESIGN_BITS,
        (false, _) => RELATIVE_DESIGN_BITS,
    }
}

/// Why a text is no claim that this source can read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// The text is not a certificate.
    #[error("this is not a certificate")]
    Malformed(#[from] serde_json::Error),
    /// The certificate is of a version that this source no longer reads.
    #[error(
        "the certificate has format version 1, which charged nothing for the design of the \
         format; its model file still decodes: make the certificate again with \
         `nonvacuous certify --model model.nvc --data NAME|DIR --replace`"
    )]
    Old,
    /// The certificate is of a version that this source does not know.
    #[error(
        "the certificate has format version {found}, but this nonvacuous knows version \
         {CERTIFICATE_VERSION}; a newer one may be able to check it"
    )]
    Version {
        /// The version in the certificate.
        found: u64,
    },
}

/// `certificate.json`. What of it [`Certificate::verify`](super::Certificate::verify) checks, and
/// what it cannot, is in `docs/certificate.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// [`CERTIFICATE_VERSION`].
    pub format: u32,
    /// The model file.
    pub model: ModelClaim,
    /// The training set.
    pub training_set: DataClaim,
    /// The name of a [`Loss`](crate::evaluate::Loss).
    pub loss: String,
    /// [`MARGIN`](crate::evaluate::MARGIN), as a fraction of the largest magnitude among the
    /// logits.
    pub margin: f64,
    /// Number of training examples.
    pub n: u64,
    /// Number of training errors of the decoded network; at most so many, if there is a subsample.
    pub k: u64,
    /// The training examples that were evaluated, if not all were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subsample: Option<Subsample>,
    /// The independent groups that are counted, if it is not their examples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<GroupsClaim>,
    /// Length of the model file in bits.
    pub bits: u64,
    /// [`design_bits`] of the file; or 0, if the maker states that the format was not designed with
    /// these examples at hand.
    pub design_bits: u64,
    /// The output of the network that stands for each class, if it is not the class's own number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_map: Option<ClassMap>,
    /// The network that the model file is relative to, if it is to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<BaseClaim>,
    /// Probability, over the draw of the training set, that the bounds fail.
    pub delta: f64,
    /// Upper bounds on the error on new examples, each with probability at least `1 - delta`.
    pub bounds: Bounds,
    /// Upper bounds on the error on new examples of each class, all at once with probability at
    /// least `1 - delta`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_class: Option<Vec<ClassBound>>,
    /// What examples that were never used say, for comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<HeldOut>,
    /// For information only.
    pub provenance: Provenance,
}

/// Which file the claim is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelClaim {
    /// Name of the file, beside the certificate.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Which examples the claim is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataClaim {
    /// What the maker calls the data set. The name of a well-known set is confirmed by its digest;
    /// any other is the maker's word.
    pub name: String,
    /// Digest of the multiset of examples
    /// ([`ExamplesDigest`](crate::evaluate::ExamplesDigest)), in hexadecimal.
    pub sha256: String,
    /// Number of different examples.
    pub distinct: u64,
}

/// Independent groups of examples: patients, videos, writers.
///
/// What is bounded is the error on a new group's examples on average, with groups in place of
/// examples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupsClaim {
    /// SHA-256, in hexadecimal, of the groups' digests in ascending order, where a group's digest
    /// is that of its examples' digests in ascending order.
    pub sha256: String,
    /// Number of groups.
    pub count: u64,
    /// The sum over groups of the fraction of misclassified examples, rounded up.
    pub errors: u64,
}

/// Which output of a network stands for each class of a data set that has fewer classes.
///
/// It is not in the model file, and could be chosen with the examples in view: the outputs that
/// classes could be given to are charged, `log2` of their number for each class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassMap {
    /// Number of outputs of the network.
    pub outputs: u64,
    /// One for each class, in their order.
    pub output_of_class: Vec<u64>,
}

impl ClassMap {
    /// What it adds to the description length: `C log2 outputs`, rounded up.
    #[must_use]
    pub fn bits(&self) -> u64 {
        let classes = self.output_of_class.len() as f64;
        // A unit in the last place more, for the rounding of the logarithm.
        (classes * (self.outputs.max(2) as f64).log2() * (1.0 + 4.0 * f64::EPSILON)).ceil() as u64
    }
}

/// A network that a model file is relative to.
///
/// The bound holds if the base is independent of the training examples. Nobody can check that from
/// the files: where it came from and what it was trained on is the maker's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseClaim {
    /// SHA-256 of its model file, in hexadecimal.
    pub sha256: String,
    /// Where it came from.
    pub source: String,
    /// What it was trained on.
    pub trained_on: String,
    /// Among how many bases it was chosen with these examples in view, those among them that were
    /// discarded; 1 if there was no choice.
    pub considered: u64,
}

impl BaseClaim {
    /// What the choice adds to the description length: `log2` of how many were considered, rounded
    /// up.
    #[must_use]
    pub fn bits(&self) -> u64 {
        u64::from(u64::BITS - self.considered.saturating_sub(1).leading_zeros())
    }

    /// The same, with characters that cannot be shown escaped.
    pub(super) fn printable(self) -> Self {
        Self {
            source: escaped(&self.source),
            trained_on: escaped(&self.trained_on),
            ..self
        }
    }
}

/// Upper bounds, rounded up to [`DECIMALS`] decimals; at most 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Occam's bound by the exact binomial tail (Langford 2005): the certificate's headline. With
    /// groups, whose losses are fractions, it repeats `occam_kl`.
    pub occam_binomial: f64,
    /// Occam's bound by the kl divergence.
    pub occam_kl: f64,
    /// Occam's bound by Hoeffding's inequality.
    pub occam_hoeffding: f64,
}

/// A bound on the error on new examples of one class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassBound {
    /// Number of training examples of the class.
    pub n: u64,
    /// Number of them that are misclassified.
    pub k: u64,
    /// Occam's bound by the exact binomial tail, at `delta` over the number of classes; 1 if there
    /// are no examples.
    pub bound: f64,
}

/// The Clopper-Pearson bound from a test set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldOut {
    /// Digest of the test set.
    pub sha256: String,
    /// Number of test examples.
    pub n: u64,
    /// Number of test errors.
    pub k: u64,
    /// Upper bound on the error on new examples with probability at least `1 - delta` over the draw
    /// of the test set.
    pub bound: f64,
}

/// How the certificate came about; nothing depends on it.
///
/// By default: by a call of the library, without randomness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The command line.
    pub command: String,
    /// The seed of all randomness.
    pub seed: u64,
    /// The version of this crate.
    pub version: String,
}

impl Default for Provenance {
    fn default() -> Self {
        Self {
            command: String::new(),
            seed: 0,
            version: env!("CARGO_PKG_VERSION").to_string(),
        }
    }
}

impl Provenance {
    /// The same, with characters that cannot be shown escaped: a certificate has none.
    pub(super) fn printable(self) -> Self {
        Self {
            command: escaped(&self.command),
            seed: self.seed,
            version: escaped(&self.version),
        }
    }
}

impl Claim {
    /// The text of a `certificate.json`: indented, with a line end.
    ///
    /// # Errors
    /// None that can happen: every field can be written as JSON.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// All that is charged, in bits: the file, the design of its format, the class map, the choice
    /// of the base.
    #[must_use]
    pub fn description_length(&self) -> u64 {
        let class_map = self.class_map.as_ref().map_or(0, ClassMap::bits);
        let base = self.base.as_ref().map_or(0, BaseClaim::bits);
        let charged = self.bits.saturating_add(self.design_bits);
        charged.saturating_add(class_map).saturating_add(base)
    }

    /// [`Claim::description_length`] as the bounds take it.
    pub(super) fn charged_bits(&self) -> Result<Bits, BoundError> {
        Bits::new(self.description_length() as f64)
    }

    /// Whether the maker states that the format was not designed with these examples at hand.
    #[must_use]
    pub fn is_unseen(&self) -> bool {
        self.design_bits == 0
    }

    /// Whether another claim is about the same examples, counted alike, at the same confidence and
    /// with the same assumptions: the one with the smaller bound is then the better one.
    #[must_use]
    pub fn is_comparable(&self, other: &Self) -> bool {
        let groups = |claim: &Self| claim.groups.as_ref().map(|groups| groups.sha256.clone());
        let base = |claim: &Self| claim.base.as_ref().map(|base| base.sha256.clone());
        self.training_set.sha256 == other.training_set.sha256
            && self.loss == other.loss
            && self.n == other.n
            && self.delta == other.delta
            && self.design_bits == other.design_bits
            && groups(self) == groups(other)
            && base(self) == base(other)
    }

    /// The name of the training set that its digest confirms, if it is well known.
    #[must_use]
    pub fn known_training_set(&self) -> Option<&'static str> {
        known_name(&self.training_set.sha256)
    }
}

impl FromStr for Claim {
    type Err = ClaimError;

    /// Reads the text of a `certificate.json`, strictly: nothing in it may be read in two ways.
    fn from_str(json: &str) -> Result<Self, ClaimError> {
        let value = strict_json::value(json)?;
        match value.get("format").and_then(serde_json::Value::as_u64) {
            Some(1) => return Err(ClaimError::Old),
            Some(found) if found != u64::from(CERTIFICATE_VERSION) => {
                return Err(ClaimError::Version { found });
            }
            _ => {}
        }
        Ok(strict_json::read(value)?)
    }
}
