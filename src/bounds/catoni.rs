//! Catoni's bounds: for one inverse temperature fixed beforehand, and for all of them at once.
//!
//! Both are `(1 - exp(-A)) / (1 - exp(-lambda/n))` with some `A >= 0`. `1 - exp` is computed
//! without cancellation, and a relative error of its argument is a smaller one of its value; so the
//! quotient is within a relative `1e-14`, and is moved up by twice that.

use super::error::inside;
use super::error::BoundError;
use crate::bounds::quantities::bits_and_nats::Nats;
use crate::bounds::quantities::probability::FailureProbability;
use crate::bounds::quantities::risk::GibbsRisk;
use crate::bounds::quantities::rounding::raise;

/// `lambda`, the inverse temperature of a Gibbs posterior: positive and finite.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct InverseTemperature(f64);

impl InverseTemperature {
    /// Checks a parameter.
    ///
    /// # Errors
    /// [`BoundError::Parameter`] if it is not positive and finite.
    pub fn new(lambda: f64) -> Result<Self, BoundError> {
        inside("lambda", lambda, 0.0, f64::INFINITY).map(Self)
    }

    /// `sqrt(n)`, the customary choice before the data.
    #[must_use]
    pub fn sqrt(risk: GibbsRisk) -> Self {
        Self(risk.examples().sqrt())
    }

    /// `lambda`.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// `alpha`, the ratio of the geometric grid of inverse temperatures over which [`catoni_uniform`]
/// takes a union bound: above 1.
///
/// It is given by `alpha - 1`, which for the customary `1 + 1e-4` has more digits than `alpha`
/// itself.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct GridRatio {
    excess: f64,
}

impl GridRatio {
    /// `1 + 1e-4`, of Zhou et al. 2019.
    pub const ZHOU: Self = Self { excess: 1e-4 };

    /// `alpha = 1 + excess`.
    ///
    /// # Errors
    /// [`BoundError::Parameter`] if the excess is not positive and finite.
    pub fn one_plus(excess: f64) -> Result<Self, BoundError> {
        Ok(Self {
            excess: inside("alpha - 1", excess, 0.0, f64::INFINITY)?,
        })
    }

    /// What `lambda >= 1` costs, in nats: `2 ln(ln(alpha^2 lambda)/ln alpha)`, rounded up.
    ///
    /// Point `i` of the grid, `lambda = alpha^i`, has the part `1/((i + 1)(i + 2))` of delta, and
    /// pays `2 ln(i + 2)`, which is more than the logarithm of its inverse.
    ///
    /// ```
    /// use nonvacuous::bounds::{GridRatio, InverseTemperature};
    /// let price = GridRatio::one_plus(1.0)?.price(InverseTemperature::new(8.0)?);
    /// assert!((price.get() - 25f64.ln()).abs() < 1e-12);
    /// # Ok::<(), nonvacuous::bounds::BoundError>(())
    /// ```
    #[must_use]
    pub fn price(self, lambda: InverseTemperature) -> Nats {
        Nats::above(self.rounded_price(lambda.get()).max(0.0))
    }

    /// The same, to a few units in the last place.
    fn rounded_price(self, lambda: f64) -> f64 {
        2.0 * (2.0 + lambda.ln() / self.excess.ln_1p()).ln()
    }
}

/// Catoni's bound at one `lambda` that was fixed before the data (Catoni 2007, theorem 1.2.1), cut
/// to 1:
///
/// `(1 - exp(-(lambda/n) e - (K + ln(1/delta))/n)) / (1 - exp(-lambda/n))`.
///
/// Choosing the lambda by the result voids it; [`catoni_uniform`] allows that.
#[must_use]
pub fn catoni(
    risk: GibbsRisk,
    divergence: Nats,
    delta: FailureProbability,
    lambda: InverseTemperature,
) -> f64 {
    bound_at(risk, divergence.plus(delta.nats()).get(), lambda.get())
}

/// `(1 - exp(-(lambda e + budget)/n)) / (1 - exp(-lambda/n))`, rounded up and cut to 1.
fn bound_at(risk: GibbsRisk, budget: f64, lambda: f64) -> f64 {
    let slope = lambda / risk.examples();
    let exponent = slope * risk.rate() + budget / risk.examples();
    raise((-exponent).exp_m1() / (-slope).exp_m1(), 2e-14).min(1.0)
}

/// A bound that holds for all inverse temperatures at once, at the one that makes it smallest.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CatoniMinimum {
    /// The bound.
    pub bound: f64,
    /// An inverse temperature at which it is attained to all digits.
    pub lambda: f64,
}

/// The scan takes this many steps over the logarithm of lambda.
const SCAN: u32 = 64;

/// The logarithm of the minimiser is found to this; the bound is flat to `1e-13` over it.
const RESOLUTION: f64 = 1e-8;

/// Catoni's bound uniformly in `lambda` (Zhou et al. 2019, theorem 2.1; Catoni 2007, theorem
/// 1.2.8), cut to 1:
///
/// `inf_{lambda > 1} (1 - exp(-(lambda/n) e - (alpha/n) (K + ln(1/delta) + c))) /
/// (1 - exp(-lambda/n))` with `c = 2 ln(ln(alpha^2 lambda) / ln alpha)`.
///
/// Any lambda gives a bound, so that the numerical minimisation cannot err on the unsafe side; it
/// is within a relative `1e-10` of the infimum. Beyond `e^4 n` nothing is gained: there the
/// denominator is 1 to 23 digits, and the numerator increases.
///
/// ```
/// use nonvacuous::bounds::{catoni_uniform, Bits, EmpiricalRisk, FailureProbability, GridRatio};
/// // The compressed MobileNet of Zhou et al.: 350 KiB, 448,408 errors in 1,281,167 images.
/// let bound = catoni_uniform(
///     EmpiricalRisk::new(448_408, 1_281_167)?.into(),
///     Bits::new(350.0 * 1024.0 * 8.0)?.to_nats(),
///     FailureProbability::new(0.05)?,
///     GridRatio::ZHOU,
/// );
/// assert!((bound.bound - 0.9654).abs() < 1e-4);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn catoni_uniform(
    risk: GibbsRisk,
    divergence: Nats,
    delta: FailureProbability,
    ratio: GridRatio,
) -> CatoniMinimum {
    let budget = divergence.plus(delta.nats()).get();
    let value = |ln_lambda: f64| {
        let lambda = ln_lambda.exp();
        let price = ratio.rounded_price(lambda);
        bound_at(risk, (1.0 + ratio.excess) * (budget + price), lambda)
    };
    let step = (4.0 + risk.examples().ln()) / f64::from(SCAN);
    let scan = (0..=SCAN)
        .map(|point| step * f64::from(point))
        .map(|point| (point, value(point)));
    let (lowest, at_lowest) = scan
        .min_by(|one, other| one.1.total_cmp(&other.1))
        .unwrap_or((0.0, 1.0));
    let ln_lambda = golden_section(&value, (lowest - step).max(0.0), lowest + step);
    CatoniMinimum {
        bound: value(ln_lambda).min(at_lowest),
        lambda: ln_lambda.exp(),
    }
}

/// The minimiser of a function with one minimum between `left` and `right` (Kiefer 1953).
fn golden_section(value: &impl Fn(f64) -> f64, mut left: f64, mut right: f64) -> f64 {
    const RATIO: f64 = 0.618_033_988_749_894_9;
    let inner = |left: f64, right: f64| {
        (
            right - RATIO * (right - left),
            left + RATIO * (right - left),
        )
    };
    let (mut low, mut high) = inner(left, right);
    let (mut at_low, mut at_high) = (value(low), value(high));
    while right - left > RESOLUTION {
        if at_low <= at_high {
            right = high;
            (high, at_high) = (low, at_low);
            low = inner(left, right).0;
            at_low = value(low);
        } else {
            left = low;
            (low, at_low) = (high, at_high);
            high = inner(left, right).1;
            at_high = value(high);
        }
    }
    (left + right) / 2.0
}
