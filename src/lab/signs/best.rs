//! All perceptrons of a few signs at once, and those of them with the fewest errors.

use rand::{Rng, RngExt};

use super::law::SignSample;
use super::packed::{used, Signs};
use crate::vectorised::vectorised;

/// The most inputs whose `2^N` perceptrons are all tried.
pub const MOST_ENUMERATED: usize = 25;

/// The perceptrons of `N` signs with the fewest errors on a sample: its solutions, if there are
/// any.
///
/// All `2^N` are tried, 64 in a word. The first up to 12 weights are told by a bit's place, the
/// others are counted through; an example then errs where the first weights agree with it in few
/// enough places, which is a row of a table. `j` errors are looked for when there are none with
/// fewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestSigns {
    inputs: usize,
    errors: u64,
    /// Bit `i` is 1 if weight `i` is +1; in ascending order.
    best: Vec<u32>,
}

impl BestSigns {
    /// Nothing for more than [`MOST_ENUMERATED`] inputs.
    ///
    /// ```
    /// use nonvacuous::lab::signs::{BestSigns, SignLaw};
    /// use nonvacuous::random::stream;
    /// let mut random = stream(1, "documentation", 0, "best signs");
    /// let sample = SignLaw::CoinFlips { inputs: 9 }.sample(1, &mut random);
    /// let best = BestSigns::of(&sample).ok_or("too many inputs")?;
    /// // Half of all are right on one example.
    /// assert_eq!((best.errors(), best.count()), (0, 256));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of(sample: &SignSample) -> Option<Self> {
        let inputs = sample.inputs();
        if inputs > MOST_ENUMERATED {
            return None;
        }
        Some(Self::towards(inputs, &words(sample)))
    }

    /// From each input times its label; `N` is up to [`MOST_ENUMERATED`].
    pub(super) fn towards(inputs: usize, towards: &[u32]) -> Self {
        let table = WrongSigns::new(inputs, towards);
        let mut errors = 0;
        loop {
            let best = table.with_errors(errors);
            // All err `n` times at most.
            if !best.is_empty() || errors >= towards.len() {
                return Self {
                    inputs,
                    errors: errors as u64,
                    best,
                };
            }
            errors += 1;
        }
    }

    /// Training examples that each of them gets wrong.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.errors
    }

    /// How many there are, at least one.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.best.len() as u64
    }

    /// One of them, each as likely as the others.
    pub fn draw(&self, random: &mut impl Rng) -> Signs {
        let place = random.random_range(0..self.best.len().max(1));
        let bits = self.best.get(place).copied().unwrap_or_default();
        Signs::from_words(vec![bits.into()], self.inputs)
    }

    /// How many pairs of one of them and one of these inputs times labels agree in `0, 1, …, N`
    /// places.
    pub(super) fn agreements(&self, towards: &[u32]) -> Vec<u64> {
        let all = used(self.inputs).next().unwrap_or_default() as u32;
        // Of all 32 numbers of agreements that there may be.
        let mut counts = [0u64; 33];
        for &signs in &self.best {
            for example in towards {
                counts[(!(signs ^ example) & all).count_ones() as usize] += 1;
            }
        }
        counts.iter().copied().take(self.inputs + 1).collect()
    }

    /// How many pairs of one of them and one of the examples agree, input times label, in `0, 1, …,
    /// N` places.
    #[must_use]
    pub fn agreements_with(&self, sample: &SignSample) -> Vec<u64> {
        self.agreements(&words(sample))
    }
}

/// Each input times its label, of up to [`MOST_ENUMERATED`] signs.
fn words(sample: &SignSample) -> Vec<u32> {
    let words = sample.towards_labels().into_iter();
    words.map(|word| word as u32).collect()
}

/// Weights that are told by the place of a bit.
const FIRST: usize = 12;

/// For each example, where the first weights agree with it in too few places.
struct WrongSigns {
    inputs: usize,
    first: usize,
    /// Bits of the last word that stand for no weights are 0.
    used: Vec<u64>,
    examples: Vec<u32>,
    /// Of each example, for `a = 0, 1, …`: bit `b` is 1 if the first weights `b` agree with it in
    /// at most `a` places.
    at_most: Vec<Vec<Vec<u64>>>,
}

impl WrongSigns {
    fn new(inputs: usize, examples: &[u32]) -> Self {
        let first = inputs.min(FIRST);
        let mask = (1u32 << first) - 1;
        let of_example = |example: &u32| {
            let mut table = vec![vec![0u64; (1usize << first).div_ceil(64)]; first + 1];
            for signs in 0..=mask {
                let agreements = (!(signs ^ example) & mask).count_ones() as usize;
                let (word, bit) = (signs as usize / 64, signs % 64);
                for row in table.iter_mut().skip(agreements) {
                    if let Some(word) = row.get_mut(word) {
                        *word |= 1 << bit;
                    }
                }
            }
            table
        };
        Self {
            inputs,
            first,
            used: used(1 << first).collect(),
            examples: examples.to_vec(),
            at_most: examples.iter().map(of_example).collect(),
        }
    }

    /// All signs with at most so many errors.
    fn with_errors(&self, most: usize) -> Vec<u32> {
        let mut found = Vec::new();
        let mut within = vec![vec![0; self.used.len()]; most + 1];
        vectorised(
            #[inline(always)]
            || {
                for rest in 0..1u32 << (self.inputs - self.first) {
                    if self.add_up(rest << self.first, &mut within) {
                        let last = within.last().map(Vec::as_slice).unwrap_or_default();
                        found.extend(bits(last).map(|bit| bit | rest << self.first));
                    }
                }
            },
        );
        found
    }

    /// Leaves in `within[j]` the first weights that, with these others, err `j` times at most; says
    /// whether any err as often as the last place allows, or less.
    #[inline(always)]
    fn add_up(&self, rest: u32, within: &mut [Vec<u64>]) -> bool {
        for row in within.iter_mut() {
            row.copy_from_slice(&self.used);
        }
        let all = ((1u64 << self.inputs) - 1) as u32;
        let others = all & !((1u32 << self.first) - 1);
        for (example, at_most) in self.examples.iter().zip(&self.at_most) {
            let agreements = (!(rest ^ example) & others).count_ones() as usize;
            // Half of the signs are not enough; `N` is odd.
            let Some(lacking) = (self.inputs / 2).checked_sub(agreements) else {
                continue;
            };
            let Some(wrong) = at_most.get(lacking.min(self.first)) else {
                continue;
            };
            let mut any = 0u64;
            for place in (0..within.len()).rev() {
                let (fewer, these) = within.split_at_mut(place);
                let Some(row) = these.first_mut() else {
                    continue;
                };
                match fewer.last() {
                    Some(fewer) => {
                        for ((row, wrong), fewer) in row.iter_mut().zip(wrong).zip(fewer) {
                            *row &= !wrong | fewer;
                        }
                    }
                    None => {
                        for (row, wrong) in row.iter_mut().zip(wrong) {
                            *row &= !wrong;
                        }
                    }
                }
            }
            for word in within.last().into_iter().flatten() {
                any |= word;
            }
            if any == 0 {
                return false;
            }
        }
        true
    }
}

/// The places of the bits that are 1.
fn bits(words: &[u64]) -> impl Iterator<Item = u32> + '_ {
    let of_word = |(&word, place): (&u64, u32)| {
        let next = |rest: &u64| Some(rest & (rest - 1)).filter(|&rest| rest != 0);
        let rests = std::iter::successors(Some(word).filter(|&word| word != 0), next);
        rests.map(move |rest| 64 * place + rest.trailing_zeros())
    };
    words.iter().zip(0..).flat_map(of_word)
}
