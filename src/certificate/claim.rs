//! What is claimed about a network: the contents of `certificate.json`.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::subsample::Subsample;
use crate::evaluate::Loss;

/// The version of `certificate.json` that this source writes and reads.
pub const CERTIFICATE_VERSION: u32 = 1;

/// Bounds are published with this many decimals, rounded up.
pub const DECIMALS: u32 = 6;

/// Why a text is no claim that this source can read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// The text is not a certificate.
    #[error("this is not a certificate")]
    Malformed(#[from] serde_json::Error),
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

/// `certificate.json`. Everything but `provenance` is checked by
/// [`Certificate::verify`](super::Certificate::verify).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// [`CERTIFICATE_VERSION`].
    pub format: u32,
    /// The model file.
    pub model: ModelClaim,
    /// The training set.
    pub training_set: DataClaim,
    /// The name of a [`Loss`].
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
    /// Length of the model file in bits.
    pub bits: u64,
    /// Probability, over the draw of the training set, that the bounds fail.
    pub delta: f64,
    /// Upper bounds on the error on new examples, each with probability at least `1 - delta`.
    pub bounds: Bounds,
    /// What examples that were never used say, for comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
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
    /// Name of the data set, as `--data` takes it.
    pub name: String,
    /// SHA-256 of the canonical bytes of its images and labels, in hexadecimal.
    pub sha256: String,
}

/// Upper bounds, rounded up to [`DECIMALS`] decimals; at most 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Occam's bound by the exact binomial tail (Langford 2005): the certificate's headline.
    pub occam_binomial: f64,
    /// Occam's bound by the kl divergence.
    pub occam_kl: f64,
    /// Occam's bound by Hoeffding's inequality.
    pub occam_hoeffding: f64,
}

/// The Clopper-Pearson bound from a test set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldOut {
    /// SHA-256 of the test set's canonical bytes.
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

impl Claim {
    /// The text of a `certificate.json`: indented, with a line end.
    ///
    /// # Errors
    /// None that can happen: every field can be written as JSON.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Whether another claim is about the same examples, counted alike, at the same confidence: the
    /// one with the smaller bound is then the better one.
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.training_set.sha256 == other.training_set.sha256
            && self.loss == other.loss
            && self.n == other.n
            && self.delta == other.delta
    }

    /// The claim in one sentence.
    pub fn sentence(&self) -> String {
        let wrong = if self.loss == Loss::Top5.name() {
            "misclassified in all of five guesses"
        } else {
            "misclassified"
        };
        let errors = match &self.subsample {
            None => format!("{} of them {wrong}", self.k),
            Some(Subsample { size, errors, .. }) => {
                format!(
                    "at most {} of them {wrong}, as {errors} of {size} drawn at random were",
                    self.k
                )
            }
        };
        format!(
            "With confidence {}, at most {} of new {} images are {wrong}: \
             proved from {} training images, {errors}, and a file of {} bits.",
            confidence(self.delta),
            percent_up(self.bounds.occam_binomial),
            self.training_set.name,
            self.n,
            self.bits,
        )
    }
}

impl FromStr for Claim {
    type Err = ClaimError;

    /// Reads the text of a `certificate.json`.
    fn from_str(json: &str) -> Result<Self, ClaimError> {
        let value: serde_json::Value = serde_json::from_str(json)?;
        if let Some(found) = value.get("format").and_then(serde_json::Value::as_u64) {
            if found != u64::from(CERTIFICATE_VERSION) {
                return Err(ClaimError::Version { found });
            }
        }
        Ok(serde_json::from_value(value)?)
    }
}

/// A probability as a percentage with two decimals, rounded up.
pub fn percent_up(probability: f64) -> String {
    // Published bounds have six decimals, so hundredths of a percent are whole numbers up to
    // rounding noise. Adding 0 makes -0 positive.
    let hundredths = (probability * 1e4 - 1e-6).ceil().min(1e4) + 0.0;
    format!("{:.2}%", hundredths / 100.0)
}

/// `1 - delta` as a percentage with at most six decimals, rounded down; never 100%.
fn confidence(delta: f64) -> String {
    // What is added is rounding noise: 100 (1 - 0.07) is less than 93.
    let millionths = ((100.0 * (1.0 - delta) + 1e-9) * 1e6).floor();
    if millionths >= 1e8 {
        return format!("1 - {delta:e}");
    }
    let percent = format!("{:.6}", millionths / 1e6);
    let percent = percent.trim_end_matches('0').trim_end_matches('.');
    format!("{percent}%")
}

#[cfg(test)]
mod tests {
    use super::{confidence, percent_up};

    #[test]
    fn percentages_are_rounded_to_the_safe_side() {
        for (delta, percent) in [
            (0.05, "95%"),
            (0.07, "93%"),
            (0.001, "99.9%"),
            (1e-9, "99.999999%"),
            (1e-12, "1 - 1e-12"),
            (1e-300, "1 - 1e-300"),
            (0.5, "50%"),
        ] {
            assert_eq!(confidence(delta), percent);
        }
        for (bound, percent) in [
            (0.2, "20.00%"),
            (0.200001, "20.01%"),
            (0.3, "30.00%"),
            (1.0, "100.00%"),
            (0.0, "0.00%"),
        ] {
            assert_eq!(percent_up(bound), percent);
        }
    }
}
