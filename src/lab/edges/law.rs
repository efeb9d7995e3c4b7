//! Laws at edges as texts.

use std::str::FromStr;

use thiserror::Error;

use super::claim::Claim;
use super::edge::Edge;
use crate::bounds::{BoundError, EmpiricalRisk, FailureProbability, SampleSize, BOUNDS};

/// Pairs of a hypothesis and a trial, of which one draw takes all.
const MOST_PAIRS: u64 = 1 << 24;

/// Bits of a code word, so that all hypotheses can be listed.
const MOST_BITS: u32 = 16;

/// Why a text is no law at an edge.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EdgeError {
    /// Another form.
    #[error(
        "law = \"{0}\": accepted are BOUND:EXAMPLES:ERRORS:BITS with one of {names}, \
         held_out:EXAMPLES:ERRORS, subsample:POPULATION:EXAMPLES:ERRORS, \
         monte_carlo_pairs:DRAWS:ERRORS, monte_carlo_means:DRAWS:ERRORS and \
         monte_carlo_split:EXAMPLES:DRAWS:ERRORS",
        names = BOUNDS.map(|bound| bound.name).join(", ")
    )]
    Form(String),
    /// A code of no such hypotheses.
    #[error(
        "law = \"{law}\": BITS is \"{bits}\"; accepted are 0 to {MOST_BITS}, for hypotheses with \
         code words of so many bits, or 1-1 to 1-{MOST_BITS}, for lengths of 1, 2, ... bits, the \
         last of them twice"
    )]
    Code {
        /// The text.
        law: String,
        /// Its last part.
        bits: String,
    },
    /// Counts outside the domain of the bound.
    #[error("law = \"{law}\"")]
    Counts {
        /// The text.
        law: String,
        /// What is wrong with them.
        source: BoundError,
    },
    /// More than can be drawn.
    #[error(
        "law = \"{law}\": {pairs} pairs of a hypothesis and an example; accepted are up to \
         {MOST_PAIRS}"
    )]
    Pairs {
        /// The text.
        law: String,
        /// How many there would be.
        pairs: u64,
    },
    /// A bound that says nothing.
    #[error(
        "law = \"{0}\": the bound is 1 there, and no error is above it; accepted are fewer errors, \
         more examples, or a larger delta"
    )]
    Vacuous(String),
}

/// A law at the edge of a bound, as a text: `occam_binomial:200:5:6` is the edge of that bound at 5
/// errors in 200 examples, for 64 hypotheses with code words of 6 bits; `occam_binomial:200:5:1-6`
/// the same for lengths of 1, 2, 3, 4, 5, 6 and 6 bits. The forms of the other bounds:
/// `held_out:1000:20`, `subsample:POPULATION:500:20`, `monte_carlo_pairs:1000:20`,
/// `monte_carlo_means:100:0`, `monte_carlo_split:EXAMPLES:100:5`.
#[derive(Debug, Clone)]
pub struct EdgeLaw {
    text: String,
    claim: Claim,
    most: EmpiricalRisk,
    lengths: Vec<u32>,
}

impl EdgeLaw {
    /// The law at the edge of the bound with failure probability `delta`.
    ///
    /// # Errors
    /// [`EdgeError::Counts`] and [`EdgeError::Vacuous`].
    pub fn edge(&self, delta: FailureProbability) -> Result<Edge, EdgeError> {
        let edge = Edge::new(self.claim, delta, self.most, &self.lengths);
        let edge = edge.map_err(|source| EdgeError::Counts {
            law: self.text.clone(),
            source,
        })?;
        edge.ok_or_else(|| EdgeError::Vacuous(self.text.clone()))
    }
}

impl FromStr for EdgeLaw {
    type Err = EdgeError;

    /// The law of that text.
    fn from_str(text: &str) -> Result<Self, EdgeError> {
        let form = || EdgeError::Form(text.to_string());
        let counts = |source| EdgeError::Counts {
            law: text.to_string(),
            source,
        };
        let parts: Vec<&str> = text.split(':').collect();
        let (name, numbers) = parts.split_first().ok_or_else(form)?;
        let whole = |text: &&str| text.parse::<u64>().map_err(|_| form());
        let size = |number| SampleSize::new(number).map_err(counts);
        let bound = BOUNDS.into_iter().find(|bound| bound.name == *name);
        let (claim, numbers, bits) = match (bound, numbers) {
            (Some(bound), [numbers @ .., bits]) => (Claim::CodeWord(bound), numbers, *bits),
            _ => {
                let (first, rest) = numbers.split_first().ok_or_else(form)?;
                let (claim, numbers) = match *name {
                    "held_out" => (Claim::HeldOut, numbers),
                    "monte_carlo_pairs" => (Claim::MonteCarloPairs, numbers),
                    "monte_carlo_means" => (Claim::MonteCarloMeans, numbers),
                    "subsample" => {
                        let population = size(whole(first)?)?;
                        (Claim::Subsample { population }, rest)
                    }
                    "monte_carlo_split" => {
                        let examples = size(whole(first)?)?;
                        (Claim::MonteCarloSplit { examples }, rest)
                    }
                    _ => return Err(form()),
                };
                (claim, numbers, "0")
            }
        };
        let [trials, errors] = numbers else {
            return Err(form());
        };
        let most = EmpiricalRisk::new(whole(errors)?, whole(trials)?).map_err(counts)?;
        let lengths = lengths(bits).ok_or_else(|| EdgeError::Code {
            law: text.to_string(),
            bits: bits.to_string(),
        })?;
        let pairs = most
            .sample_size()
            .get()
            .saturating_mul(lengths.len() as u64);
        if pairs > MOST_PAIRS {
            return Err(EdgeError::Pairs {
                law: text.to_string(),
                pairs,
            });
        }
        Ok(Self {
            text: text.to_string(),
            claim,
            most,
            lengths,
        })
    }
}

/// The lengths of a complete code: `L` for `2^L` code words of `L` bits, `1-L` for one of each
/// length up to `L`, and another of the last.
fn lengths(bits: &str) -> Option<Vec<u32>> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|&bits| bits <= MOST_BITS);
    match bits.strip_prefix("1-") {
        Some(longest) => {
            let longest = number(longest).filter(|&longest| longest > 0)?;
            Some((1..=longest).chain([longest]).collect())
        }
        None => number(bits).map(|bits| vec![bits; 1 << bits]),
    }
}
