//! Belief propagation, simplified until it counts.

use rand::{Rng, RngExt};

use super::attempts::{attempts, Learnt, Method};
use super::hidden_states::HiddenStates;
use super::law::SignSample;
use super::packed::{differences, Signs};
use crate::bounds::Probability;
use crate::vectorised::vectorised;

/// SBPI: belief propagation on a perceptron of signs, of which an update by counting is left
/// (Baldassi, Braunstein, Brunel and Zecchina 2007).
///
/// Behind each weight is an odd integer, whose sign it is. Examples come one after the other, in
/// passes over all of them; `z` is the input times the label, and `D` the sum of weights times `z`:
///
/// - wrong, `D < 0`: every integer moves by `2 z`;
/// - barely right, `D = 1`: with some probability those integers move by `2 z` whose sign is `z`;
/// - else nothing.
///
/// A pass without an error, in which no weight has changed, ends it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StochasticBeliefPropagation {
    /// The probability of an update on an example that is barely right; 0.3 does well.
    pub reinforcement: Probability,
    /// Passes of one attempt.
    pub passes: u64,
    /// How often it begins anew, from other random weights, where an example was left wrong.
    pub attempts: u64,
}

impl StochasticBeliefPropagation {
    /// Learns the examples, with as much memory again as they take.
    pub fn learn(&self, sample: &SignSample, random: &mut impl Rng) -> Learnt<Signs> {
        let perceptron = Perceptron {
            sample,
            towards: sample.towards_labels(),
            reinforcement: self.reinforcement.get(),
        };
        attempts(&perceptron, self.passes, self.attempts, random)
    }
}

struct Perceptron<'a> {
    sample: &'a SignSample,
    towards: Vec<u64>,
    reinforcement: f64,
}

impl Method for Perceptron<'_> {
    type States = HiddenStates;
    type Weights = Signs;

    fn begin(&self, random: &mut impl Rng) -> HiddenStates {
        HiddenStates::random(self.sample.inputs(), random)
    }

    fn pass(&self, states: &mut HiddenStates, random: &mut impl Rng) -> u64 {
        let inputs = self.sample.inputs();
        vectorised(
            #[inline(always)]
            || {
                let mut wrong = 0;
                for z in self.towards.chunks_exact(inputs.div_ceil(64).max(1)) {
                    let against = differences(states.words(), z);
                    if 2 * against > inputs {
                        wrong += 1;
                        states.push(z);
                    } else if 2 * against + 1 == inputs && random.random_bool(self.reinforcement) {
                        states.strengthen(z);
                    }
                }
                wrong
            },
        )
    }

    fn weights(&self, states: &HiddenStates) -> Signs {
        states.signs()
    }

    fn errors(&self, weights: &Signs) -> u64 {
        self.sample.errors(weights)
    }
}
