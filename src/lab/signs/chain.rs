//! Every link of the converse for perceptrons of signs that remember coin flips, over all training
//! sets.

use super::agreements::information_of_agreements;
use super::best::BestSigns;
use crate::lab::exact::FiniteLaw;

/// The links of `n kl(eb||Lb) <= sum_i I(Z_i;W) <= I(S;W) <= H(W)`, for the learner that draws one
/// of the [`BestSigns`], each as likely as the others, on labels by coin flips, of which `Lb` is
/// 1/2.
///
/// All training sets have the same probability, and only inputs times labels matter, which are
/// uniform on `{-1, +1}^N`. Turning over the same signs of all of them and of the weights changes
/// nothing. Hence `W` is uniform, `H(W) = N` bits, and with `M` best signs for a training set
/// `I(S;W) = H(W) - H(W|S) = N - E log2 M`; hence, too, the first example can be taken to be all
/// +1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SignChain {
    /// `eb`, the expected training error.
    pub train: f64,
    /// `sum_i I(Z_i;W)`, in bits.
    pub examplewise: f64,
    /// `I(S;W)`, in bits.
    pub information: f64,
    /// `H(W)`, in bits.
    pub entropy: f64,
}

impl SignChain {
    /// Enumerates all training sets of `n` examples, up to their order after the first; nothing if
    /// these are more than 100,000, if `N` is even or if there are no examples.
    ///
    /// The sums have as many terms, all of one sign: they are exact to a relative `2e-11`.
    ///
    /// ```
    /// use nonvacuous::lab::signs::SignChain;
    /// // One of the four perceptrons of three signs that are right on the one example.
    /// let chain = SignChain::exact(3, 1).ok_or("too many training sets")?;
    /// assert_eq!((chain.train, chain.information, chain.entropy), (0.0, 1.0, 3.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn exact(inputs: usize, examples: usize) -> Option<Self> {
        const MOST_TRAINING_SETS: u128 = 100_000;
        const MOST_INPUTS: usize = 11;
        if inputs.is_multiple_of(2) || inputs > MOST_INPUTS || examples == 0 {
            return None;
        }
        let kinds = 1u128 << inputs;
        // C(2^N + n - 2, n - 1), until it is too large.
        let mut sets: u128 = 1;
        for place in 1..examples as u128 {
            sets = sets * (kinds + place - 1) / place;
            if sets > MOST_TRAINING_SETS {
                return None;
            }
        }
        let law = FiniteLaw::new(vec![1; 1 << inputs])?;
        let others = u32::try_from(examples - 1).ok()?;
        let all = law.units(others)? as f64;
        let mut agreements = vec![0.0; inputs + 1];
        let (mut train, mut logarithm) = (0.0, 0.0);
        let first = ((1u64 << inputs) - 1) as u32;
        for sample in law.type_classes(others) {
            let mut towards = vec![first];
            towards.extend(sample.examples.iter().map(|&example| example as u32));
            let best = BestSigns::towards(inputs, &towards);
            let (share, count) = (sample.mass as f64 / all, best.count() as f64);
            train += share * best.errors() as f64 / examples as f64;
            logarithm += share * count.log2();
            let counts = best.agreements(&[first]);
            for (sum, agreeing) in agreements.iter_mut().zip(counts) {
                *sum += share * agreeing as f64 / count;
            }
        }
        let entropy = inputs as f64;
        Some(Self {
            train,
            examplewise: examples as f64 * information_of_agreements(&agreements),
            information: entropy - logarithm,
            entropy,
        })
    }
}
