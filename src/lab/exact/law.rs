//! Laws of one example on a finite space, and the samples drawn from them.

/// A law on the examples `0, 1, …, m - 1` with probabilities `w_z / w`, whole numbers with sum
/// `w`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiniteLaw {
    weights: Vec<u64>,
    total: u64,
}

/// A sample, or all samples with the same counts, and its probability in units of `w^-n`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WeightedSample {
    /// The examples in order; ascending if the sample stands for all its rearrangements.
    pub examples: Vec<usize>,
    /// Number of units.
    pub mass: u128,
}

impl FiniteLaw {
    /// The law with these weights, or nothing if all are zero or their sum does not fit 64 bits.
    #[must_use]
    pub fn new(weights: Vec<u64>) -> Option<Self> {
        let total = weights
            .iter()
            .try_fold(0u64, |sum, &weight| sum.checked_add(weight))?;
        (total > 0).then_some(Self { weights, total })
    }

    /// `w_z`.
    #[must_use]
    pub fn weights(&self) -> &[u64] {
        &self.weights
    }

    /// `w`.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// `w^n`, the units in which a sample of `n` examples is weighed, if it fits 128 bits.
    #[must_use]
    pub fn units(&self, examples: u32) -> Option<u128> {
        u128::from(self.total).checked_pow(examples)
    }

    /// All `m^n` sequences.
    #[must_use]
    pub fn sequences(&self, examples: u32) -> Vec<WeightedSample> {
        let mut samples = vec![WeightedSample {
            examples: Vec::new(),
            mass: 1,
        }];
        for _ in 0..examples {
            samples = samples
                .iter()
                .flat_map(|sample| {
                    self.weights
                        .iter()
                        .enumerate()
                        .filter(|(_, &weight)| weight > 0)
                        .map(|(example, &weight)| {
                            let mut longer = sample.clone();
                            longer.examples.push(example);
                            longer.mass *= u128::from(weight);
                            longer
                        })
                })
                .collect();
        }
        samples
    }

    /// All type classes, `C(n + m - 1, m - 1)` of them: sequences with the same counts `c_z`,
    /// weighed together by `n! prod_z w_z^(c_z) / c_z!`.
    #[must_use]
    pub fn type_classes(&self, examples: u32) -> Vec<WeightedSample> {
        let mut classes = Vec::new();
        self.extend(
            0,
            examples,
            WeightedSample {
                examples: Vec::new(),
                mass: 1,
            },
            &mut classes,
        );
        classes
    }

    /// All classes that go on from `begun` with `left` examples, none below `example`.
    fn extend(
        &self,
        example: usize,
        left: u32,
        begun: WeightedSample,
        classes: &mut Vec<WeightedSample>,
    ) {
        if left == 0 {
            classes.push(begun);
            return;
        }
        let Some(&weight) = self.weights.get(example) else {
            return;
        };
        let mut class = begun;
        for count in 0..=left {
            if class.mass == 0 {
                return;
            }
            self.extend(example + 1, left - count, class.clone(), classes);
            // C(left, count + 1) from C(left, count): the product is divisible, and no larger than
            // its share of w^n times n.
            class.mass =
                class.mass * u128::from(left - count) / u128::from(count + 1) * u128::from(weight);
            class.examples.push(example);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FiniteLaw;

    #[test]
    fn sequences_and_type_classes_have_all_the_mass() {
        for weights in [vec![1, 1], vec![3, 0, 2], vec![1, 2, 3, 4]] {
            let law = FiniteLaw::new(weights).into_iter().next();
            for n in 0..7 {
                let total = law.as_ref().and_then(|law| law.units(n));
                let sum = |samples: Option<Vec<crate::lab::exact::law::WeightedSample>>| {
                    samples.map(|samples| samples.iter().map(|sample| sample.mass).sum::<u128>())
                };
                assert_eq!(sum(law.as_ref().map(|law| law.sequences(n))), total);
                assert_eq!(sum(law.as_ref().map(|law| law.type_classes(n))), total);
            }
        }
    }
}
