//! Learning by counting, with zeros among the weights.

use rand::{Rng, RngExt};

use super::attempts::{attempts, Learnt, Method};
use super::hidden_states::HiddenStates;
use super::law::SignSample;
use super::learner::StochasticBeliefPropagation;
use super::packed::{differences, Signs};
use super::ternary::TernaryWeights;
use crate::vectorised::vectorised;

impl StochasticBeliefPropagation {
    /// The same with weights in {-1, 0, +1}: behind each is an integer, 0 of which it is below a
    /// threshold `T` in magnitude, and else the sign. At first all are `T` or `-T`.
    ///
    /// - wrong, `D <= 0`: every integer moves by `z`;
    /// - barely right, `D = 1`: with some probability those move by `z` whose weight is `z`;
    /// - else nothing.
    ///
    /// A threshold of 6 and a reinforcement of 0.4 do well: few weights are left 0, which costs
    /// fewer bits than what they let be remembered.
    pub fn learn_with_zeros(
        &self,
        sample: &SignSample,
        threshold: u32,
        random: &mut impl Rng,
    ) -> Learnt<TernaryWeights> {
        let ternary = Ternary {
            sample,
            towards: sample.towards_labels(),
            threshold,
            reinforcement: self.reinforcement.get(),
        };
        attempts(&ternary, self.passes, self.attempts, random)
    }
}

struct Ternary<'a> {
    sample: &'a SignSample,
    towards: Vec<u64>,
    threshold: u32,
    reinforcement: f64,
}

/// Integers `h` with a threshold `T >= 1`, as the two odd integers `2 h - (2 T - 1)` and
/// `2 h + (2 T - 1)`: both are above 0 where `h >= T`, both below where `h <= -T`.
struct TwoStates {
    lower: HiddenStates,
    upper: HiddenStates,
}

impl TwoStates {
    /// `T` or `-T`.
    fn at_threshold(signs: &Signs, threshold: u32) -> Self {
        // The odd integer beyond the nearer one of 1 or -1 is 4 T - 1 in magnitude.
        let far = (2 * u64::from(threshold)).saturating_sub(1);
        Self {
            lower: HiddenStates::with_magnitude(signs, signs.opposite().words(), far),
            upper: HiddenStates::with_magnitude(signs, signs.words(), far),
        }
    }
}

impl Method for Ternary<'_> {
    type States = TwoStates;
    type Weights = TernaryWeights;

    fn begin(&self, random: &mut impl Rng) -> TwoStates {
        TwoStates::at_threshold(&Signs::random(self.sample.inputs(), random), self.threshold)
    }

    fn pass(&self, states: &mut TwoStates, random: &mut impl Rng) -> u64 {
        let inputs = self.sample.inputs();
        let TwoStates { lower, upper } = states;
        vectorised(
            #[inline(always)]
            || {
                let mut wrong = 0;
                for z in self.towards.chunks_exact(inputs.div_ceil(64).max(1)) {
                    let against = differences(lower.words(), z) + differences(upper.words(), z);
                    if against >= inputs {
                        wrong += 1;
                        lower.push(z);
                        upper.push(z);
                    } else if against + 1 == inputs && random.random_bool(self.reinforcement) {
                        lower.strengthen_with(upper.words(), z);
                        upper.strengthen_with(lower.words(), z);
                    }
                }
                wrong
            },
        )
    }

    fn weights(&self, states: &TwoStates) -> TernaryWeights {
        TernaryWeights::of_signs(states.lower.signs(), states.upper.signs())
    }

    fn errors(&self, weights: &TernaryWeights) -> u64 {
        weights.errors(self.sample)
    }
}
