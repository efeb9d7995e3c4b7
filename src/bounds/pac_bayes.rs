//! PAC-Bayes bounds for a randomised predictor that draws a hypothesis from a posterior `Q` for
//! each example.
//!
//! `K = KL(Q || P)` for a prior `P` fixed before the data, `e` the mean training error under `Q`, a
//! loss in `[0, 1]`. Each holds with probability at least `1 - delta` for all posteriors at once. A
//! deterministic hypothesis with a code word of `B` bits is the posterior with one point,
//! `K = B ln 2`.

use super::error::inside;
use super::error::BoundError;
use super::occam::hoeffding_inverse;
use crate::bounds::quantities::bits_and_nats::Nats;
use crate::bounds::quantities::probability::FailureProbability;
use crate::bounds::quantities::risk::GibbsRisk;
use crate::bounds::quantities::rounding::raise;
use crate::bounds::tails::kl::kl_inverse;
use crate::bounds::tails::xi::{ln_two_sqrt, ln_xi};

/// `max { p : n kl(e || p) <= K + ln(xi(n)/delta) }` (Seeger 2002; Maurer 2004, theorem 5).
///
/// The inequality is proved for `n >= 8` in Maurer 2004 and for every `n` in
/// `proofs/pac_bayes_kl.md`.
///
/// ```
/// use nonvacuous::bounds::{pac_bayes_kl_xi, EmpiricalRisk, FailureProbability, Nats};
/// let bound = pac_bayes_kl_xi(
///     EmpiricalRisk::new(150, 10_000)?.into(),
///     Nats::new(0.0)?,
///     FailureProbability::new(0.05)?,
/// );
/// assert!((bound - 0.020327904).abs() < 1e-9);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn pac_bayes_kl_xi(risk: GibbsRisk, divergence: Nats, delta: FailureProbability) -> f64 {
    kl_inverse(
        risk,
        divergence
            .plus(ln_xi(risk.sample_size()))
            .plus(delta.nats()),
    )
}

/// `max { p : n kl(e || p) <= K + ln(2 sqrt(n)/delta) }`: [`pac_bayes_kl_xi`] with
/// `xi(n) <= 2 sqrt(n)` (Maurer 2004).
#[must_use]
pub fn pac_bayes_kl(risk: GibbsRisk, divergence: Nats, delta: FailureProbability) -> f64 {
    kl_inverse(risk, complexity(risk, divergence, delta))
}

/// `e + sqrt((K + ln(2 sqrt(n)/delta)) / (2 n))`, cut to 1 (McAllester 1999 with Maurer's constant,
/// 2004).
#[must_use]
pub fn mcallester(risk: GibbsRisk, divergence: Nats, delta: FailureProbability) -> f64 {
    hoeffding_inverse(risk, complexity(risk, divergence, delta))
}

/// `K + ln(2 sqrt(n)/delta)`, rounded up.
fn complexity(risk: GibbsRisk, divergence: Nats, delta: FailureProbability) -> Nats {
    divergence
        .plus(ln_two_sqrt(risk.sample_size()))
        .plus(delta.nats())
}

/// The parameter of the lambda bound: between 0 and 2, both excluded.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Lambda(f64);

impl Lambda {
    /// Checks a parameter.
    ///
    /// # Errors
    /// [`BoundError::Parameter`] if it is not strictly between 0 and 2.
    pub fn new(lambda: f64) -> Result<Self, BoundError> {
        inside("lambda", lambda, 0.0, 2.0).map(Self)
    }

    /// `lambda`.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// The minimiser of the bound, `2 / (sqrt(2 n e / (K + ln(2 sqrt(n)/delta)) + 1) + 1)`
    /// (Thiemann et al. 2017, section 3).
    ///
    /// The bound is flat there and holds for every lambda, so that the rounding of this number
    /// costs nothing.
    #[must_use]
    pub fn optimal(risk: GibbsRisk, divergence: Nats, delta: FailureProbability) -> Self {
        let complexity = complexity(risk, divergence, delta).get();
        Self(2.0 / ((2.0 * risk.errors() / complexity + 1.0).sqrt() + 1.0))
    }
}

/// The lambda bound, `e/(1 - lambda/2) + (K + ln(2 sqrt(n)/delta)) / (n lambda (1 - lambda/2))`,
/// cut to 1 (Thiemann, Igel, Wintenberger and Seldin 2017, theorem 3). Holds for all lambda at
/// once.
#[must_use]
pub fn lambda_bound(
    risk: GibbsRisk,
    divergence: Nats,
    delta: FailureProbability,
    lambda: Lambda,
) -> f64 {
    // Exact near 2, where it is small.
    let rest = 1.0 - lambda.get() / 2.0;
    let complexity = complexity(risk, divergence, delta).get() / risk.examples();
    raise((risk.rate() + complexity / lambda.get()) / rest, 1e-14).min(1.0)
}

/// The [lambda bound](lambda_bound) at its [optimal lambda](Lambda::optimal).
#[must_use]
pub fn thiemann(risk: GibbsRisk, divergence: Nats, delta: FailureProbability) -> f64 {
    lambda_bound(
        risk,
        divergence,
        delta,
        Lambda::optimal(risk, divergence, delta),
    )
}
