//! The VC dimension of networks that are piecewise polynomial in their parameters, and the bound
//! that it proves.

use std::f64::consts::{E, LN_2};

use crate::bounds::error::{inside, BoundError};
use crate::bounds::quantities::probability::FailureProbability;
use crate::bounds::quantities::risk::EmpiricalRisk;

/// The comparisons with which a network decides, for one example, on which piece of its function
/// the next numbers lie: is a number above a breakpoint of its activation; which of those in a
/// window is larger; which of two logits is.
///
/// On each piece that the comparisons before these have left, they are signs of polynomials in the
/// parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparisons {
    /// How many, for one example: `k_i p` of a layer of `k_i` units whose activation has `p`
    /// breakpoints.
    pub count: u64,
    /// The largest degree of the polynomials: how many layers with parameters there are up to here.
    pub degree: u64,
    /// The parameters on which they depend, weights and biases: `W_i`, those of all layers up to
    /// here. A weight that is used in several places counts once.
    pub parameters: u64,
}

impl Comparisons {
    /// Logarithm of the number of sign patterns that they have on `examples` examples while
    /// everything before them stays the same, at most: `N ln 2`, or by Warren's theorem (1968)
    /// `ln 2 + V ln(2 e N D / V)` for `N >= V` polynomials of degree `D` in `V` variables.
    fn ln_patterns(&self, examples: f64) -> f64 {
        let (signs, variables) = (examples * self.count as f64, self.parameters as f64);
        let all = signs * LN_2;
        if signs < variables {
            return all;
        }
        let pieces = 2.0 * E * signs * self.degree as f64 / variables;
        all.min(LN_2 + variables * pieces.ln())
    }
}

/// A class of classifiers that are piecewise polynomial in their parameters: networks of one
/// architecture with ReLUs and the like, whatever their weights are (Bartlett, Harvey, Liaw and
/// Mehrabian 2019, theorem 7, for activations that are piecewise linear).
///
/// The class that is bounded is that of the errors, `(x, y) -> [argmax f(x) != y]`, so the last
/// comparisons are those of the true class's logit with each other. That weights are shared, that
/// layers are skipped and that largest numbers are taken changes nothing in the theorem's proof,
/// which counts comparisons as they are here.
///
/// ```
/// use nonvacuous::bounds::classical::{Comparisons, PiecewisePolynomial};
/// // Two inputs, two hidden ReLUs, one output: 6 parameters, then 3 more.
/// let network = PiecewisePolynomial::new(vec![
///     Comparisons { count: 2, degree: 1, parameters: 6 },
///     Comparisons { count: 1, degree: 2, parameters: 9 },
/// ])?;
/// // 2 + 15 log2(2 r log2 r) with r = 2 e (2 * 1 + 1 * 2).
/// assert!((network.dimension() - 115.91).abs() < 0.01);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PiecewisePolynomial(Vec<Comparisons>);

impl PiecewisePolynomial {
    /// From the comparisons in the order in which they are made.
    ///
    /// # Errors
    /// [`BoundError::Parameter`] if there are none, or one of their numbers is 0.
    pub fn new(comparisons: Vec<Comparisons>) -> Result<Self, BoundError> {
        inside(
            "number of layers",
            comparisons.len() as f64,
            0.0,
            f64::INFINITY,
        )?;
        for one in &comparisons {
            let named = [
                ("number of comparisons", one.count),
                ("degree", one.degree),
                ("number of parameters", one.parameters),
            ];
            for (name, number) in named {
                inside(name, number as f64, 0.0, f64::INFINITY)?;
            }
        }
        Ok(Self(comparisons))
    }

    /// An upper bound on the VC dimension: `L + w log2(2 r log2 r)` with `r = 2 e R`, where `L` is
    /// the number of layers, `w = sum W_i` (`L-bar W` in the source, `L-bar` the effective depth)
    /// and `R = sum (p k_i) i`, `i` the degree (Bartlett, Harvey, Liaw and Mehrabian 2019, theorem
    /// 7). `r` is at least 16, which the lemma behind it asks for.
    #[must_use]
    pub fn dimension(&self) -> f64 {
        const LEAST: f64 = 16.0;
        let sum = |number: fn(&Comparisons) -> f64| self.0.iter().map(number).sum::<f64>();
        let weighted = sum(|one| one.count as f64 * one.degree as f64);
        let parameters = sum(|one| one.parameters as f64);
        let r = (2.0 * E * weighted).max(LEAST);
        self.0.len() as f64 + parameters * (2.0 * r * r.log2()).log2()
    }

    /// Logarithm of the growth function, in how many ways so many examples can be told right from
    /// wrong, at most: the least of `m ln 2`, the sum over layers of the patterns of their
    /// comparisons (the theorem's proof), and Sauer's `d ln(e m / d)` for `m >= d`, the dimension.
    #[must_use]
    pub fn ln_growth(&self, examples: f64) -> f64 {
        let layers = self.0.iter().map(|one| one.ln_patterns(examples));
        let counted = layers.sum::<f64>().min(examples * LN_2);
        let dimension = self.dimension();
        if examples < dimension {
            return counted;
        }
        counted.min(dimension * (E * examples / dimension).ln())
    }

    /// The bound on the error that the growth function proves, uniformly over the class:
    ///
    /// ```text
    /// k/n + q / 2 + sqrt(q (k/n + q / 4)) with q = 4 (ln growth(2 n) + ln(4 / delta)) / n,
    /// ```
    ///
    /// by the relative deviation of Vapnik (1982) in the form of Anthony and Shawe-Taylor (1993).
    /// Above 1 it says nothing.
    #[must_use]
    pub fn bound(&self, risk: EmpiricalRisk, delta: FailureProbability) -> VcBound {
        let ln_growth = self.ln_growth(2.0 * risk.examples());
        let square = 4.0 * (ln_growth + (4.0 / delta.get()).ln()) / risk.examples();
        let rate = risk.rate();
        VcBound {
            dimension: self.dimension(),
            ln_growth,
            value: rate + square / 2.0 + (square * (rate + square / 4.0)).sqrt(),
        }
    }
}

/// What a VC dimension proves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VcBound {
    /// The dimension is at most this.
    pub dimension: f64,
    /// Logarithm of the growth function at twice the number of examples, at most.
    pub ln_growth: f64,
    /// The bound on the error.
    pub value: f64,
}
