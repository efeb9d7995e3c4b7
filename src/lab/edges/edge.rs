//! Laws at the edges of bounds.

use rand::Rng;

use super::claim::Claim;
use crate::bounds::{Bits, BoundError, EmpiricalRisk, FailureProbability, SampleSize};

/// A law at the edge of a bound: hypotheses that err independently of each other, the error of each
/// just above what the bound says of `k` errors in `n` trials.
///
/// An example is a string of bits, hypothesis `i` reads the `i`-th of them, and the label is always
/// 0; so that a hypothesis errs where its bit is 1, with a probability of its own. The learner
/// sends a hypothesis with the fewest errors, of those the first. Its bound is below the truth if
/// and only if some hypothesis has `k` errors or fewer, as bounds increase with the errors.
///
/// ```
/// use nonvacuous::bounds::{EmpiricalRisk, FailureProbability, BOUNDS};
/// use nonvacuous::lab::edges::{Claim, Edge};
/// // 64 hypotheses with code words of 6 bits, at the edge of the exact binomial tail.
/// let delta = FailureProbability::new(0.05)?;
/// let most = EmpiricalRisk::new(5, 200)?;
/// let edge = Edge::new(Claim::CodeWord(BOUNDS[0]), delta, most, &[6; 64])?;
/// let failure = edge.map_or(0.0, |edge| edge.failure_probability());
/// // The union over 64 events is all that is lost: 1 - (1 - 0.05/64)^64.
/// assert!((failure - 0.04879).abs() < 1e-5);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Edge {
    claim: Claim,
    delta: FailureProbability,
    most: EmpiricalRisk,
    /// Lengths of the code words.
    lengths: Vec<Bits>,
    /// The error of each hypothesis.
    truths: Vec<f64>,
    /// The probability that each has at most `k` errors.
    tails: Vec<f64>,
}

impl Edge {
    /// The law at the edge of a claim at `most`, which are `k` errors in `n` trials, for
    /// hypotheses with code words of these lengths in bits, which do not matter to a claim about a
    /// single one. Nothing, if the bound is 1 there.
    ///
    /// Lengths that no code has are accepted: what is claimed with them is wrong, and seen to fail
    /// too often.
    ///
    /// # Errors
    /// [`BoundError`] if the trials are outside the bound's domain.
    pub fn new(
        claim: Claim,
        delta: FailureProbability,
        most: EmpiricalRisk,
        lengths: &[u32],
    ) -> Result<Option<Self>, BoundError> {
        let mut edge = Self {
            claim,
            delta,
            most,
            lengths: Vec::with_capacity(lengths.len()),
            truths: Vec::with_capacity(lengths.len()),
            tails: Vec::with_capacity(lengths.len()),
        };
        for &length in lengths {
            let bits = Bits::new(length.into())?;
            let Some(truth) = claim.truth_above(claim.limit(most, bits, delta)?) else {
                return Ok(None);
            };
            edge.lengths.push(bits);
            edge.truths.push(truth);
            edge.tails.push(claim.tail(most, truth)?);
        }
        Ok(Some(edge))
    }

    /// What is claimed.
    #[must_use]
    pub fn claim(&self) -> &Claim {
        &self.claim
    }

    /// What the claim may fail with.
    #[must_use]
    pub fn delta(&self) -> FailureProbability {
        self.delta
    }

    /// `n`.
    #[must_use]
    pub fn trials(&self) -> SampleSize {
        self.most.sample_size()
    }

    /// The error of each hypothesis.
    #[must_use]
    pub fn truths(&self) -> &[f64] {
        &self.truths
    }

    /// The probability that the bound of the hypothesis that is sent is below its error:
    /// `1 - prod_i (1 - Pr[at most k errors of i])`, to a relative `1e-9`.
    #[must_use]
    pub fn failure_probability(&self) -> f64 {
        let none: f64 = self.tails.iter().map(|tail| (-tail).ln_1p()).sum();
        -none.exp_m1()
    }

    /// Draws a training set, or whatever the trials are, lets the learner send a hypothesis, and
    /// says whether its bound is below its error.
    ///
    /// Of an example the bits that hypotheses read are drawn, and nothing else. Of a draw of a
    /// randomised predictor it is only drawn whether it is wrong: so are the pairs of hypotheses
    /// `h_u(x) = [u + x mod 1 < p]`, `u` uniform, with any training examples `x` of label 0, whose
    /// training error is `p` exactly, and their true error, too.
    ///
    /// # Errors
    /// [`BoundError`] if the trials are outside the bound's domain.
    pub fn fails(&self, random: &mut impl Rng) -> Result<bool, BoundError> {
        let trials = self.most.sample_size().get();
        let errors = self.claim.errors(trials, &self.truths, random);
        let hypotheses = errors.iter().zip(&self.lengths).zip(&self.truths);
        let Some(((&errors, &bits), &truth)) = hypotheses.min_by_key(|((&errors, _), _)| errors)
        else {
            return Ok(false);
        };
        let risk = EmpiricalRisk::new(errors, trials)?;
        Ok(self.claim.limit(risk, bits, self.delta)? < truth)
    }
}
