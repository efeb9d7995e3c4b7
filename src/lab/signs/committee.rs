//! Committees of signs: the majority of perceptrons that each see inputs of their own.

use super::law::SignSample;
use super::packed::Signs;
use super::population_error::disagreement;

/// A tree committee machine with weights in {-1, +1}: `K` units, `K` odd, of which the first sees
/// the first `M = N/K` inputs, `M` odd, the next those that follow, and so on. Each decides by the
/// sign of its sum of weights times inputs, and the committee by the majority of them.
///
/// ```
/// use nonvacuous::lab::signs::{Committee, Signs};
/// let signs = Signs::from_positive(&[true; 9]);
/// let committee = Committee::new(3, &signs).ok_or("not three units of three inputs")?;
/// // The first and the second unit say +1, the third -1.
/// let input = [true, true, false, true, true, true, false, false, false];
/// assert!(committee.decides(&Signs::from_positive(&input)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committee {
    /// The weights of each; all equally many.
    units: Vec<Signs>,
}

impl Committee {
    /// Of all weights, unit by unit; nothing, unless the units divide them into odd numbers, are
    /// odd in number and at most [`MAX_UNITS`].
    #[must_use]
    pub fn new(units: usize, signs: &Signs) -> Option<Self> {
        let inputs = inputs_of_a_unit(units, signs.count())?;
        Some(Self::of_units(parts(signs, inputs)))
    }

    /// Of an odd number of units, all of which have as many weights, an odd number.
    pub(super) fn of_units(units: Vec<Signs>) -> Self {
        Self { units }
    }

    /// `K`.
    #[must_use]
    pub fn units(&self) -> usize {
        self.units.len()
    }

    /// All weights, unit by unit.
    #[must_use]
    pub fn signs(&self) -> Signs {
        let positive = self.units.iter().flat_map(Signs::positive);
        Signs::from_positive(&positive.collect::<Vec<bool>>())
    }

    /// `N`.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.units.iter().map(Signs::count).sum()
    }

    /// `M`.
    #[must_use]
    pub fn inputs_of_a_unit(&self) -> usize {
        self.units.first().map_or(0, Signs::count)
    }

    /// Whether it decides for +1.
    #[must_use]
    pub fn decides(&self, input: &Signs) -> bool {
        let inputs = self.inputs_of_a_unit();
        let pairs = self.units.iter().zip(parts(input, inputs));
        let votes = pairs.filter(|(unit, part)| 2 * unit.differences(part) < inputs);
        2 * votes.count() > self.units.len()
    }

    /// On how many examples it errs.
    #[must_use]
    pub fn errors(&self, sample: &SignSample) -> u64 {
        let errs = |(input, positive): &(Signs, bool)| self.decides(input) != *positive;
        sample.examples().filter(errs).count() as u64
    }

    /// With what probability it decides differently from another one of as many units, on inputs
    /// that are uniform on `{-1, +1}^N`.
    ///
    /// Units see independent inputs, so that those in which the two differ are independent, each
    /// with the probability of two perceptrons ([`disagreement`]); and where they differ tells
    /// nothing about how the first one's vote, which are coin flips. Given that `d` of `K` differ,
    /// the majorities are so those of two perceptrons of `K` signs that differ in `d` of them.
    ///
    /// ```
    /// use nonvacuous::lab::signs::{Committee, Signs};
    /// let committee = |signs: [bool; 3]| Committee::new(3, &Signs::from_positive(&signs));
    /// let one = committee([true, true, true]).ok_or("three units of one input")?;
    /// let other = committee([true, true, false]).ok_or("three units of one input")?;
    /// assert_eq!(one.disagreement(&other), 0.5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn disagreement(&self, other: &Self) -> f64 {
        let inputs = self.inputs_of_a_unit();
        // Of 0, 1, … units that differ.
        let mut law = vec![1.0];
        for (one, other) in self.units.iter().zip(&other.units) {
            let differ = disagreement(inputs, one.differences(other));
            law.push(0.0);
            for count in (0..law.len()).rev() {
                let fewer = count.checked_sub(1).map_or(0.0, |fewer| law[fewer]);
                law[count] = law[count] * (1.0 - differ) + fewer * differ;
            }
        }
        let counts = law.iter().enumerate();
        let total: f64 = counts
            .map(|(count, probability)| probability * disagreement(self.units.len(), count))
            .sum();
        total.min(1.0)
    }
}

/// The most units of a committee: their votes are counted in single precision.
pub const MAX_UNITS: usize = 1_023;

/// `M = N/K`, if there are committees of so many units and weights: if both are odd, the units
/// divide the weights, and they are at most [`MAX_UNITS`].
#[must_use]
pub fn inputs_of_a_unit(units: usize, weights: usize) -> Option<usize> {
    let inputs = weights.checked_div(units)?;
    let fits = inputs * units == weights && weights % 2 == 1 && units <= MAX_UNITS;
    fits.then_some(inputs)
}

/// Signs in parts of so many.
pub(super) fn parts(signs: &Signs, inputs: usize) -> Vec<Signs> {
    let firsts = (0..signs.count()).step_by(inputs.max(1));
    firsts.map(|first| signs.part(first, inputs)).collect()
}
