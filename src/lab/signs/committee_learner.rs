//! Learning by counting, in a committee: of the units those change that are the least wrong.

use rand::{Rng, RngExt};

use super::attempts::{attempts, Learnt, Method};
use super::committee::{inputs_of_a_unit, parts, Committee};
use super::hidden_states::HiddenStates;
use super::law::SignSample;
use super::learner::StochasticBeliefPropagation;
use super::packed::{differences, Signs};
use crate::vectorised::vectorised;

impl StochasticBeliefPropagation {
    /// The same for a [`Committee`] of so many units; nothing, unless the number of inputs is that
    /// of one.
    ///
    /// `D` is now each unit's own, and its update that of a perceptron:
    ///
    /// - wrong: as many units move as are lacking from a majority, those of the wrong ones whose
    ///   `D` is nearest to 0 (the principle of least action: Mitchison and Durbin 1989);
    /// - barely right, by one unit more than half of them, and the least `D` of the right ones is
    ///   at most `margin`: with some probability this unit's integers move whose sign is `z`.
    ///
    /// A margin of 3 and a reinforcement of 0.1 do well.
    pub fn learn_committee(
        &self,
        sample: &SignSample,
        units: usize,
        margin: usize,
        random: &mut impl Rng,
    ) -> Option<Learnt<Committee>> {
        let inputs = inputs_of_a_unit(units, sample.inputs())?;
        let towards = |(signs, positive): (Signs, bool)| {
            let towards = if positive { signs } else { signs.opposite() };
            let parts = parts(&towards, inputs);
            parts
                .iter()
                .flat_map(|part| part.words().to_vec())
                .collect::<Vec<u64>>()
        };
        let units = Units {
            sample,
            towards: sample.examples().flat_map(towards).collect(),
            units,
            inputs,
            margin,
            reinforcement: self.reinforcement.get(),
        };
        Some(attempts(&units, self.passes, self.attempts, random))
    }
}

struct Units<'a> {
    sample: &'a SignSample,
    /// Of each example and unit the words of what it sees, times the label.
    towards: Vec<u64>,
    units: usize,
    /// Of a unit.
    inputs: usize,
    margin: usize,
    reinforcement: f64,
}

impl Method for Units<'_> {
    type States = Vec<HiddenStates>;
    type Weights = Committee;

    fn begin(&self, random: &mut impl Rng) -> Vec<HiddenStates> {
        (0..self.units)
            .map(|_| HiddenStates::random(self.inputs, random))
            .collect()
    }

    fn pass(&self, states: &mut Vec<HiddenStates>, random: &mut impl Rng) -> u64 {
        let (half, words) = (self.units / 2, self.inputs.div_ceil(64).max(1));
        // In how many places each unit is against an example, and which unit.
        let mut against = Vec::with_capacity(self.units);
        vectorised(
            #[inline(always)]
            || {
                let mut all_wrong = 0;
                for example in self.towards.chunks_exact(self.units * words) {
                    let units = states.iter().zip(example.chunks_exact(words));
                    let count =
                        |(states, z): (&HiddenStates, &[u64])| differences(states.words(), z);
                    against.clear();
                    against.extend(units.map(count).zip(0..));
                    // The most right unit first.
                    against.sort_unstable();
                    let right = against.partition_point(|(count, _)| 2 * count < self.inputs);
                    for &(_, unit) in against.get(right..half + 1).unwrap_or_default() {
                        states[unit].push(&example[unit * words..][..words]);
                    }
                    all_wrong += u64::from(right <= half);
                    let Some(&(count, unit)) = against.get(half).filter(|_| right == half + 1)
                    else {
                        continue;
                    };
                    if self.inputs - 2 * count <= self.margin
                        && random.random_bool(self.reinforcement)
                    {
                        states[unit].strengthen(&example[unit * words..][..words]);
                    }
                }
                all_wrong
            },
        )
    }

    fn weights(&self, states: &Vec<HiddenStates>) -> Committee {
        Committee::of_units(states.iter().map(HiddenStates::signs).collect())
    }

    fn errors(&self, weights: &Committee) -> u64 {
        weights.errors(self.sample)
    }
}
