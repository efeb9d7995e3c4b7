//! The integers behind the signs of a perceptron that learns.

use rand::Rng;

use super::packed::{used, Signs};

/// Odd integers `s_i (2 m_i + 1)` with signs `s_i` and whole magnitudes `m_i >= 0`, as planes of
/// bits: bit `i` of plane `j` is binary digit `j` of `m_i`. So 64 of them change in a few
/// operations a plane, and there are as many planes as the largest needs.
#[derive(Debug, Clone)]
pub(super) struct HiddenStates {
    signs: Vec<u64>,
    planes: Vec<Vec<u64>>,
    used: Vec<u64>,
    count: usize,
    /// Where a digit is carried.
    carry: Vec<u64>,
    /// Where magnitudes fall: there, a digit is borrowed.
    falling: Vec<u64>,
}

impl HiddenStates {
    /// Each +1 or -1, by a coin flip.
    pub(super) fn random(count: usize, random: &mut impl Rng) -> Self {
        Self::with_magnitude(&Signs::random(count, random), &[], 0)
    }

    /// Of these signs, and of this magnitude where `places` has a bit, 0 elsewhere.
    pub(super) fn with_magnitude(signs: &Signs, places: &[u64], magnitude: u64) -> Self {
        let words = signs.words().len();
        let plane = |digit: u32| match magnitude >> digit & 1 {
            1 => places.to_vec(),
            _ => vec![0; words],
        };
        Self {
            signs: signs.words().to_vec(),
            planes: (0..u64::BITS - magnitude.leading_zeros())
                .map(plane)
                .collect(),
            used: used(signs.count()).collect(),
            count: signs.count(),
            carry: vec![0; words],
            falling: vec![0; words],
        }
    }

    /// Their signs, the weights.
    pub(super) fn signs(&self) -> Signs {
        Signs::from_words(self.signs.clone(), self.count)
    }

    /// The words of their signs.
    #[inline(always)]
    pub(super) fn words(&self) -> &[u64] {
        &self.signs
    }

    /// Adds `2 z_i` to every integer.
    #[inline(always)]
    pub(super) fn push(&mut self, z: &[u64]) {
        // Where a magnitude is above 0.
        self.carry.fill(0);
        for plane in &self.planes {
            for (any, digit) in self.carry.iter_mut().zip(plane) {
                *any |= digit;
            }
        }
        let states = self.signs.iter_mut().zip(z).zip(&self.used);
        let changes = self.carry.iter_mut().zip(&mut self.falling);
        for (((sign, z), used), (carry, falling)) in states.zip(changes) {
            let against = *sign ^ z;
            // From 1 to -1, or back: the magnitude stays 0.
            let turned = against & !*carry;
            *sign ^= turned;
            *falling = against & !turned;
            *carry = used & !turned;
        }
        self.carry_through();
    }

    /// Adds `2 z_i` to the integers whose sign is `z_i` already.
    #[inline(always)]
    pub(super) fn strengthen(&mut self, z: &[u64]) {
        let states = self.signs.iter().zip(z).zip(&self.used);
        for ((carry, falling), ((sign, z), used)) in
            self.carry.iter_mut().zip(&mut self.falling).zip(states)
        {
            *carry = used & !(sign ^ z);
            *falling = 0;
        }
        self.carry_through();
    }

    /// The same, but only where others have that sign, too.
    #[inline(always)]
    pub(super) fn strengthen_with(&mut self, others: &[u64], z: &[u64]) {
        let states = self.signs.iter().zip(others).zip(z).zip(&self.used);
        let changes = self.carry.iter_mut().zip(&mut self.falling);
        for ((carry, falling), (((sign, other), z), used)) in changes.zip(states) {
            *carry = used & !(sign ^ z) & !(other ^ z);
            *falling = 0;
        }
        self.carry_through();
    }

    /// Changes the magnitudes at `carry` by 1: down at `falling`, where none is 0, else up.
    #[inline(always)]
    fn carry_through(&mut self) {
        for plane in &mut self.planes {
            let digits = plane.iter_mut().zip(&self.falling);
            for ((digit, falling), carry) in digits.zip(&mut self.carry) {
                let next = *carry & (*digit ^ falling);
                *digit ^= *carry;
                *carry = next;
            }
        }
        if self.carry.iter().any(|&carry| carry != 0) {
            self.planes.push(self.carry.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;
    use rand::RngExt;

    fn integers(states: &HiddenStates) -> Vec<i64> {
        let bit =
            |words: &[u64], place: usize| i64::from(words[place / 64] >> (place % 64) & 1 == 1);
        let integer = |place: usize| {
            let planes = states.planes.iter().zip(0..);
            let digits = planes.map(|(plane, digit)| bit(plane, place) << digit);
            (2 * bit(&states.signs, place) - 1) * (2 * digits.sum::<i64>() + 1)
        };
        (0..states.count).map(integer).collect()
    }

    #[test]
    fn planes_of_bits_count_as_integers_do() {
        let mut random = stream(1, "hidden states", 0, "test");
        for count in [1, 63, 64, 65, 201] {
            let mut states = HiddenStates::random(count, &mut random);
            let mut expected = integers(&states);
            assert!(expected.iter().all(|state| state.abs() == 1));
            // Leaning to one side, so that magnitudes grow.
            let lean = Signs::random(count, &mut random);
            for step in 0..600 {
                let z = if step % 3 == 0 {
                    Signs::random(count, &mut random)
                } else {
                    lean.clone()
                };
                let only_strengthen = random.random_bool(0.4);
                for (state, positive) in expected.iter_mut().zip(z.positive()) {
                    let z = if positive { 1 } else { -1 };
                    if !only_strengthen || state.signum() == z {
                        *state += 2 * z;
                    }
                }
                if only_strengthen {
                    states.strengthen(z.words());
                } else {
                    states.push(z.words());
                }
                assert_eq!(integers(&states), expected);
            }
        }
    }
}
