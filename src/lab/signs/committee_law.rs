//! Where the examples of committees come from.

use rand::Rng;

use super::committee::Committee;
use super::law::SignSample;
use super::packed::Signs;
use super::population_error::with_label_noise;
use crate::bounds::Probability;

/// Inputs uniform on `{-1, +1}^N`, and labels.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum CommitteeLaw {
    /// Labels are coin flips: every committee errs with probability 1/2.
    CoinFlips {
        /// `N`, of all units together.
        inputs: usize,
    },
    /// The label is that of this committee, or with probability `noise` the other.
    Teacher {
        /// The committee.
        committee: Committee,
        /// `q`.
        noise: Probability,
    },
}

impl CommitteeLaw {
    /// `N`.
    #[must_use]
    pub fn inputs(&self) -> usize {
        match self {
            Self::CoinFlips { inputs } => *inputs,
            Self::Teacher { committee, .. } => committee.inputs(),
        }
    }

    /// `n` independent examples.
    pub fn sample(&self, examples: usize, random: &mut impl Rng) -> SignSample {
        match self {
            Self::CoinFlips { inputs } => SignSample::of_coin_flips(*inputs, examples, random),
            Self::Teacher { committee, noise } => {
                let inputs = committee.inputs();
                let decides =
                    |row: &[u64]| committee.decides(&Signs::from_words(row.to_vec(), inputs));
                SignSample::of_teacher(inputs, examples, decides, *noise, random)
            }
        }
    }

    /// `L`, exactly: the probability that a committee of as many units errs on a fresh example.
    ///
    /// 1/2 with coin flips; with a teacher `q + (1 - 2 q) p`, with the probability `p` that it
    /// decides differently ([`Committee::disagreement`]).
    #[must_use]
    pub fn population_error(&self, student: &Committee) -> f64 {
        match self {
            Self::CoinFlips { .. } => 0.5,
            Self::Teacher { committee, noise } => {
                with_label_noise(committee.disagreement(student), *noise)
            }
        }
    }
}
