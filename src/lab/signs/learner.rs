//! Belief propagation, simplified until it counts.

use rand::{Rng, RngExt};

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

/// What was learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Learnt {
    /// The weights: without an error if some were found, else those with the fewest errors among
    /// the ends of passes in which fewer examples were wrong than in any before.
    pub signs: Signs,
    /// Training examples that they get wrong.
    pub errors: u64,
    /// Passes over the examples, those of all attempts together.
    pub passes: u64,
    /// Attempts that were begun.
    pub attempts: u64,
}

impl StochasticBeliefPropagation {
    /// Learns the examples, with as much memory again as they take.
    pub fn learn(&self, sample: &SignSample, random: &mut impl Rng) -> Learnt {
        let towards = sample.towards_labels();
        let mut states = HiddenStates::random(sample.inputs(), random);
        let mut learnt = Learnt {
            errors: sample.errors(&states.signs()),
            signs: states.signs(),
            passes: 0,
            attempts: 0,
        };
        while learnt.attempts < self.attempts && learnt.errors > 0 {
            if learnt.attempts > 0 {
                states = HiddenStates::random(sample.inputs(), random);
            }
            learnt.attempts += 1;
            let mut fewest = u64::MAX;
            for _ in 0..self.passes {
                let wrong = self.pass(&mut states, &towards, sample.inputs(), random);
                learnt.passes += 1;
                if wrong < fewest {
                    fewest = wrong;
                    let signs = states.signs();
                    let errors = sample.errors(&signs);
                    if errors < learnt.errors {
                        learnt.signs = signs;
                        learnt.errors = errors;
                    }
                }
                if learnt.errors == 0 {
                    break;
                }
            }
        }
        learnt
    }

    /// One pass over the examples: on how many of them the weights of that moment were wrong.
    fn pass(
        &self,
        states: &mut HiddenStates,
        towards: &[u64],
        inputs: usize,
        random: &mut impl Rng,
    ) -> u64 {
        vectorised(
            #[inline(always)]
            || {
                let mut wrong = 0;
                for z in towards.chunks_exact(inputs.div_ceil(64).max(1)) {
                    let against = differences(states.words(), z);
                    if 2 * against > inputs {
                        wrong += 1;
                        states.push(z);
                    } else if 2 * against + 1 == inputs
                        && random.random_bool(self.reinforcement.get())
                    {
                        states.strengthen(z);
                    }
                }
                wrong
            },
        )
    }
}
