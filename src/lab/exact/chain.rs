//! The chain of the converse, by enumeration.

use super::instance::Instance;
use super::law::WeightedSample;
use super::learner::{Learner, Posterior, POSTERIOR_TOTAL};
use super::messages::Messages;

/// What the terms of a [`Chain`] may differ by from their exact values, relative to one bit more
/// than the larger of two that are compared.
///
/// Every probability is a quotient of two integers below `2^126`: three roundings, a relative
/// `4e-16`. A term `p log2(p / (q r))` is then off by at most `2e-15 (1 + |log2|)` times `p`, all
/// terms together by `2e-15` of the information plus a bit, and adding up `N < 2^17` terms by
/// `N 2^-53 < 2e-11` of the sum of their magnitudes, which exceeds the information by a bit at
/// most.
pub const CHAIN_TOLERANCE: f64 = 3e-11;

/// All quantities of the converse for one instance and learner, lengths and informations in bits.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Chain {
    /// `eb`, the expected training error.
    pub train: f64,
    /// `Lb`, the expected population error.
    pub test: f64,
    /// `sum_i I(Z_i; W)`.
    pub examplewise: f64,
    /// `I(S; W)`.
    pub information: f64,
    /// `W` as a message: `H(W)`, and what Huffman's and other codes make of it.
    pub messages: Messages,
    /// Expected length of the instance's code, which was fixed before.
    pub code: f64,
}

impl Chain {
    /// Enumerates all samples.
    ///
    /// ```
    /// use nonvacuous::lab::exact::{
    ///     Chain, FiniteLaw, HypothesisClass, Instance, Memoriser, PrefixCode,
    /// };
    /// use nonvacuous::random::stream;
    /// // One coin flip, remembered: every term is one bit.
    /// let code = PrefixCode::random(4, &mut stream(1, "documentation", 0, "code"));
    /// let law = FiniteLaw::new(vec![1, 1]).ok_or("no weight")?;
    /// let coin = Instance::new(law, HypothesisClass::memories(2), code, 1)?;
    /// let chain = Chain::new(&coin, &Memoriser);
    /// assert_eq!((chain.train, chain.test), (0.0, 0.5));
    /// let Chain { examplewise, information, messages, .. } = chain;
    /// assert_eq!([examplewise, information, messages.entropy, messages.huffman], [1.0; 4]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(instance: &Instance, learner: &dyn Learner) -> Self {
        let symmetric = learner.is_symmetric();
        let (law, examples) = (instance.law(), instance.examples());
        let samples = if symmetric {
            law.type_classes(examples)
        } else {
            law.sequences(examples)
        };
        let posteriors: Vec<Posterior> = samples
            .iter()
            .map(|sample| learner.posterior(instance.class(), &sample.examples))
            .collect();
        let mut joint = Joint::new(instance, if symmetric { 1 } else { examples as usize });
        for (sample, posterior) in samples.iter().zip(&posteriors) {
            joint.add(instance, sample, posterior);
        }

        let n = f64::from(examples);
        let whole = instance.posterior_units();
        let wrong = joint
            .messages
            .iter()
            .zip(instance.class().population_errors(law));
        let wrong: u128 = wrong.map(|(&mass, errors)| mass * u128::from(errors)).sum();
        let messages: Vec<f64> = joint
            .messages
            .iter()
            .map(|&mass| mass as f64 / joint.total)
            .collect();
        let lengths = messages.iter().zip(instance.code().lengths());
        Self {
            train: quotient(joint.errors, whole * u128::from(examples)),
            test: quotient(wrong, whole * u128::from(law.total())),
            examplewise: joint.examplewise(instance) * n / joint.positions.len() as f64,
            information: information(&samples, &posteriors, &messages, joint.total),
            messages: Messages::new(&joint.messages),
            code: lengths.map(|(p, &length)| p * f64::from(length)).sum(),
        }
    }
}

/// Three roundings; but 1 only if it is 1, because a test error of 1 leaves no doubt about the
/// training error.
fn quotient(part: u128, whole: u128) -> f64 {
    let rounded = part as f64 / whole as f64;
    if part < whole {
        rounded.min(1.0f64.next_down())
    } else {
        rounded
    }
}

/// `I(S; W) = sum_s P(s) sum_w Q(w|s) log2(Q(w|s) / P(w))`, in bits.
fn information(
    samples: &[WeightedSample],
    posteriors: &[Posterior],
    messages: &[f64],
    total: f64,
) -> f64 {
    let of_sample = |(sample, posterior): (&WeightedSample, &Posterior)| {
        let terms = posterior
            .units()
            .iter()
            .zip(messages)
            .filter(|(&units, _)| units > 0)
            .map(|(&units, message)| {
                let share = (sample.mass * u128::from(units)) as f64 / total;
                share * (units as f64 / POSTERIOR_TOTAL as f64 / message).log2()
            });
        terms.sum::<f64>()
    };
    samples.iter().zip(posteriors).map(of_sample).sum()
}

/// Joint masses, in units of [`Instance::posterior_units`].
struct Joint {
    total: f64,
    /// `P(w)`.
    messages: Vec<u128>,
    /// `P(z_i, w)` for each position `i`; where order does not matter, their sum over all
    /// positions.
    positions: Vec<Vec<u128>>,
    /// `E k`.
    errors: u128,
}

impl Joint {
    fn new(instance: &Instance, positions: usize) -> Self {
        let hypotheses = instance.class().len();
        let cells = instance.law().weights().len() * hypotheses;
        let total = instance.posterior_units() as f64;
        Self {
            total,
            messages: vec![0; hypotheses],
            positions: vec![vec![0; cells]; positions],
            errors: 0,
        }
    }

    fn add(&mut self, instance: &Instance, sample: &WeightedSample, posterior: &Posterior) {
        let errors = instance.class().errors(&sample.examples);
        let (hypotheses, positions) = (self.messages.len(), self.positions.len());
        for (hypothesis, &units) in posterior
            .units()
            .iter()
            .enumerate()
            .filter(|(_, &units)| units > 0)
        {
            let mass = sample.mass * u128::from(units);
            self.messages[hypothesis] += mass;
            self.errors += mass * u128::from(errors[hypothesis]);
            for (place, &example) in sample.examples.iter().enumerate() {
                self.positions[place % positions][example * hypotheses + hypothesis] += mass;
            }
        }
    }

    /// `sum_i I(Z_i; W)` over the positions that are kept, in bits.
    fn examplewise(&self, instance: &Instance) -> f64 {
        let (law, hypotheses) = (instance.law(), self.messages.len());
        let of_position = |cells: &Vec<u128>| {
            let all = cells.iter().sum::<u128>() as f64;
            let terms =
                cells
                    .iter()
                    .enumerate()
                    .filter(|(_, &mass)| mass > 0)
                    .map(|(cell, &mass)| {
                        let share = mass as f64 / all;
                        let example = law.weights()[cell / hypotheses] as f64 / law.total() as f64;
                        let message = self.messages[cell % hypotheses] as f64 / self.total;
                        share * (share / (example * message)).log2()
                    });
            terms.sum::<f64>()
        };
        self.positions.iter().map(of_position).sum()
    }
}
