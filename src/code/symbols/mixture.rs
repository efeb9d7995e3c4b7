//! Binary decisions whose probability is mixed from what several contexts have seen.

use super::logistic::{Logistic, ONE};
use crate::code::coder::distribution::Binary;

/// A context's probability is drawn towards the one without context as if by this many
/// observations.
const PRIOR: u32 = 8;

/// Observations of a context are halved when there are this many.
const LIMIT: u16 = 1024;

/// Binary digits of a mixing weight after the point.
const WEIGHT_BITS: u32 = 20;

/// Weight of a context before anything is known: 1/5.
const FIRST_WEIGHT: i64 = (1 << WEIGHT_BITS) / 5;

/// Weights stay between plus and minus this.
const LARGEST_WEIGHT: i64 = 1 << (WEIGHT_BITS + 6);

/// How fast weights learn: `2^-LEARNING_BITS` of the product of error and input.
const LEARNING_BITS: u32 = 12;

/// How often a binary decision went either way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::code) struct Counter {
    zeros: u16,
    ones: u16,
}

impl Counter {
    /// Probability of a one, given that of all contexts together.
    #[inline]
    fn probability(self, all: u32, tables: &Logistic) -> u32 {
        let (zeros, ones) = (u32::from(self.zeros), u32::from(self.ones));
        tables
            .quotient(ones * ONE + PRIOR * all, zeros + ones + PRIOR)
            .max(1)
    }

    #[inline]
    fn observe(&mut self, bit: bool) {
        if bit {
            self.ones += 1;
        } else {
            self.zeros += 1;
        }
        if self.zeros + self.ones >= LIMIT {
            self.zeros /= 2;
            self.ones /= 2;
        }
    }
}

/// A logistic mixture (Mahoney 2005) of `N` contexts around the probability without context.
///
/// With `s0` the logistic of the Krichevsky-Trofimov estimate from all decisions and `s_i` that of
/// the estimate in context `i`, a one is expected with the logistic `s0 + sum_i w_i (s_i - s0)`.
/// The weights follow the gradient of the code length. Everything is in integers, so that encoder
/// and decoder agree on every machine.
#[derive(Debug, Clone)]
pub(in crate::code) struct Mixture<const N: usize> {
    tables: &'static Logistic,
    zeros: u64,
    ones: u64,
    /// For each kind of context, one counter a value of it.
    counters: [Vec<Counter>; N],
    weights: [i64; N],
    contexts: [usize; N],
    inputs: [i64; N],
    expected: u32,
}

impl<const N: usize> Mixture<N> {
    /// Nothing seen yet; `sizes` are the numbers of values that each kind of context has.
    pub(in crate::code) fn new(sizes: [usize; N]) -> Self {
        Self {
            tables: Logistic::tables(),
            zeros: 0,
            ones: 0,
            counters: sizes.map(|size| vec![Counter::default(); size]),
            weights: [FIRST_WEIGHT; N],
            contexts: [0; N],
            inputs: [0; N],
            expected: ONE / 2,
        }
    }

    /// What is expected in these contexts.
    pub(in crate::code) fn expect(&mut self, contexts: [usize; N]) -> Binary {
        let tables = self.tables;
        let all =
            ((2 * self.ones + 1) * u64::from(ONE) / (2 * (self.zeros + self.ones) + 2)) as u32;
        let all = all.clamp(1, ONE - 1);
        let without = tables.stretch(all);
        self.contexts = contexts;
        let mut sum = 0;
        let kinds = self.counters.iter().zip(contexts).zip(self.weights);
        for (input, ((counters, context), weight)) in self.inputs.iter_mut().zip(kinds) {
            let counter = counters.get(context).copied().unwrap_or_default();
            *input = i64::from(tables.stretch(counter.probability(all, tables)) - without);
            sum += weight * *input;
        }
        self.expected = tables.squash(i64::from(without) + (sum >> WEIGHT_BITS));
        Binary::sixteen_bits(self.expected)
    }

    /// Learns how the decision that was last [expected](Mixture::expect) went.
    pub(in crate::code) fn observe(&mut self, bit: bool) {
        let error = i64::from(u32::from(bit) * ONE) - i64::from(self.expected);
        for (weight, input) in self.weights.iter_mut().zip(self.inputs) {
            let step = (error * input + (1 << (LEARNING_BITS - 1))) >> LEARNING_BITS;
            *weight = (*weight + step).clamp(-LARGEST_WEIGHT, LARGEST_WEIGHT);
        }
        for (counters, context) in self.counters.iter_mut().zip(self.contexts) {
            if let Some(counter) = counters.get_mut(context) {
                counter.observe(bit);
            }
        }
        if bit {
            self.ones += 1;
        } else {
            self.zeros += 1;
        }
    }
}
