//! The grid of inverse temperatures that Catoni's uniform bound takes a union bound over.
//!
//! Point `i`, `lambda = alpha^i`, has the part `1/((i + 1)(i + 2))` of delta; the bound charges
//! `price(lambda) = 2 ln(ln(alpha^2 lambda)/ln alpha)` nats, `2 ln(i + 2)` at point `i`, and a
//! factor `alpha` for lambda between two points.

use rand::RngExt;

use crate::bounds::{
    catoni, BoundError, EmpiricalRisk, FailureProbability, GibbsRisk, GridRatio,
    InverseTemperature, Nats,
};
use crate::lab::check::tally::Inequality;
use crate::lab::check::theory::Theory;
use crate::random::stream;

/// Sums of some thousand terms; and the minimiser of the bound is not exact.
const TOLERANCE: f64 = 1e-9;

/// Points of the grid that are added one by one; what the others have is a remainder.
const POINTS: u32 = 2000;

/// Powers of alpha up to `exp` of this are numbers.
const LARGEST_LN_LAMBDA: f64 = 700.0;

pub(super) fn inequalities(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let mut random = stream(seed, "check", number, "grid of Catoni");
    let excess = 10f64.powf(random.random_range(-4.0..0.7));
    let ratio = GridRatio::one_plus(excess)?;
    let n = 10f64.powf(random.random_range(0.0..5.0)) as u64;
    let risk: GibbsRisk = EmpiricalRisk::new(random.random_range(0..=n / 2), n)?.into();
    let divergence = Nats::new(random.random_range(0.0..1.0) * n as f64 / 2.0)?;
    let delta = FailureProbability::new(10f64.powf(random.random_range(-3.0..-0.1)))?;
    Ok(vec![
        sum(ratio, excess.ln_1p(), theory)?,
        point_below(risk, divergence, delta, ratio, excess.ln_1p(), theory)?,
    ])
}

/// The parts of delta that are charged for at the points of the grid, with what is left at most
/// when they end: `sum_{i >= N} (i + 2)^-2 <= 1/(N + 1)`.
fn sum(ratio: GridRatio, ln_alpha: f64, theory: Theory) -> Result<Inequality, BoundError> {
    let points = f64::from(POINTS).min((LARGEST_LN_LAMBDA / ln_alpha).floor()) as u32;
    let mut sum = 1.0 / f64::from(points + 1);
    for point in 0..points {
        let lambda = InverseTemperature::new((f64::from(point) * ln_alpha).exp())?;
        sum += (-theory.catoni_price(ratio, lambda)).exp();
    }
    Ok(Inequality::comparison("catoni_grid", sum, 1.0, TOLERANCE))
}

/// The bound for all lambda is nowhere below that at the point of the grid that proves it.
fn point_below(
    risk: GibbsRisk,
    divergence: Nats,
    delta: FailureProbability,
    ratio: GridRatio,
    ln_alpha: f64,
    theory: Theory,
) -> Result<Inequality, BoundError> {
    let minimum = theory.catoni_uniform(risk, divergence, delta, ratio)?;
    let point = (minimum.lambda.ln() / ln_alpha).floor();
    let part = FailureProbability::new(delta.get() / ((point + 1.0) * (point + 2.0)))?;
    let lambda = InverseTemperature::new((point * ln_alpha).exp())?;
    Ok(Inequality::comparison(
        "catoni_grid_points",
        catoni(risk, divergence, part, lambda),
        minimum.bound,
        TOLERANCE,
    ))
}
