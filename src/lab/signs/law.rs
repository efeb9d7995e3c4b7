//! Where examples of signs come from.

use rand::{Rng, RngExt};

use super::packed::{differences, used, Signs};
use super::population_error::{disagreement, with_label_noise};
use crate::bounds::Probability;

/// Inputs uniform on `{-1, +1}^N`, `N` odd, and labels.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SignLaw {
    /// Labels are coin flips: every perceptron errs with probability 1/2.
    CoinFlips {
        /// `N`.
        inputs: usize,
    },
    /// The label is that of a perceptron with these weights, or with probability `noise` the other.
    Teacher {
        /// Its `N` weights.
        weights: Signs,
        /// `q`.
        noise: Probability,
    },
}

impl SignLaw {
    /// `N`.
    #[must_use]
    pub fn inputs(&self) -> usize {
        match self {
            Self::CoinFlips { inputs } => *inputs,
            Self::Teacher { weights, .. } => weights.count(),
        }
    }

    /// `n` independent examples.
    pub fn sample(&self, examples: usize, random: &mut impl Rng) -> SignSample {
        let inputs = self.inputs();
        match self {
            Self::CoinFlips { .. } => SignSample::of_coin_flips(inputs, examples, random),
            Self::Teacher { weights, noise } => {
                let decides = |row: &[u64]| 2 * differences(row, weights.words()) < inputs;
                SignSample::of_teacher(inputs, examples, decides, *noise, random)
            }
        }
    }

    /// `L`, exactly: the probability that a perceptron with these weights errs on a fresh example.
    ///
    /// 1/2 with coin flips; with a teacher `q + (1 - 2 q) p`, with the probability `p` that it
    /// decides differently from the teacher ([`disagreement`]).
    #[must_use]
    pub fn population_error(&self, signs: &Signs) -> f64 {
        match self {
            Self::CoinFlips { .. } => 0.5,
            Self::Teacher { weights, noise } => {
                let differing = weights.differences(signs);
                with_label_noise(disagreement(weights.count(), differing), *noise)
            }
        }
    }
}

/// Examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignSample {
    inputs: usize,
    /// The words of each input's signs, one input after the other.
    rows: Vec<u64>,
    labels: Vec<bool>,
}

impl SignSample {
    /// `n` examples with labels by coin flips.
    pub(super) fn of_coin_flips(inputs: usize, examples: usize, random: &mut impl Rng) -> Self {
        Self::labelled(inputs, examples, random, |_, random| random.random())
    }

    /// `n` examples whose label is +1 where `decides` says so of an input's words, or with
    /// probability `noise` the other.
    pub(super) fn of_teacher(
        inputs: usize,
        examples: usize,
        decides: impl Fn(&[u64]) -> bool,
        noise: Probability,
        random: &mut impl Rng,
    ) -> Self {
        Self::labelled(inputs, examples, random, |row, random| {
            let wrong = random.random_bool(noise.get());
            decides(row) != wrong
        })
    }

    fn labelled<R: Rng>(
        inputs: usize,
        examples: usize,
        random: &mut R,
        label: impl Fn(&[u64], &mut R) -> bool,
    ) -> Self {
        let mut rows = Vec::with_capacity(examples * inputs.div_ceil(64));
        let mut labels = Vec::with_capacity(examples);
        for _ in 0..examples {
            let row = rows.len();
            rows.extend(used(inputs).map(|used| random.random::<u64>() & used));
            labels.push(label(rows.get(row..).unwrap_or_default(), random));
        }
        Self {
            inputs,
            rows,
            labels,
        }
    }

    /// `N`.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// `n`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The examples: an input's signs, and whether its label is +1.
    pub fn examples(&self) -> impl Iterator<Item = (Signs, bool)> + '_ {
        let rows = self.rows.chunks(self.inputs.div_ceil(64).max(1));
        rows.map(|row| Signs::from_words(row.to_vec(), self.inputs))
            .zip(self.labels.iter().copied())
    }

    /// The words of each input times its label: a perceptron is right where more than half of these
    /// signs are those of its weights.
    pub(super) fn towards_labels(&self) -> Vec<u64> {
        let towards = |(signs, positive): (Signs, bool)| {
            let towards = if positive { signs } else { signs.opposite() };
            towards.words().to_vec()
        };
        self.examples().flat_map(towards).collect()
    }

    /// On how many examples a perceptron with these weights errs.
    #[must_use]
    pub fn errors(&self, signs: &Signs) -> u64 {
        let errs = |(input, positive): &(Signs, bool)| {
            (2 * input.differences(signs) < self.inputs) != *positive
        };
        self.examples().filter(errs).count() as u64
    }
}
