//! Whether what the laboratory draws is from the law that it says.

use rand::RngExt;

use super::error::InstanceFault;
use super::tally::Inequality;
use super::theory::Theory;
use crate::bounds::{EmpiricalRisk, FailureProbability, Probability, RandomCodebook};
use crate::data::{Law, Target};
use crate::lab::confidence::mean_limits;
use crate::lab::goodness_of_fit::{at_most, chi_square};
use crate::lab::random_codebook::Index;
use crate::random::stream;

/// A test of draws that are right says less than this once in a billion.
const LEAST_P_VALUE: f64 = 1e-9;

/// How many samplers are tested.
pub(super) const SAMPLERS: u64 = 3;

/// One of them: its p-value is not too small.
pub(super) fn inequality(
    seed: u64,
    sampler: u64,
    draws: u32,
    theory: Theory,
) -> Result<Inequality, InstanceFault> {
    let (theorem, p_value) = match sampler {
        0 => ("index_sampler", indices(seed, draws, theory)?),
        1 => ("label_noise_sampler", labels(seed, draws, theory)?),
        _ => ("mean_limits_coverage", limits(seed, draws, theory)?),
    };
    Ok(Inequality::test(theorem, LEAST_P_VALUE, p_value, draws))
}

/// Indices of the learner with a random codebook for three coin flips without errors: geometric,
/// `Pr[J = j] = (1/8) (7/8)^(j - 1)`.
fn indices(seed: u64, draws: u32, theory: Theory) -> Result<f64, InstanceFault> {
    /// The indices with a cell of their own; the others share one.
    const CELLS: u64 = 9;
    const SUCCESS: f64 = 0.125;
    let most_errors = EmpiricalRisk::new(theory.errors(0), 3)?;
    let learner = RandomCodebook::new(most_errors, Probability::new(0.5)?);
    let indices: Vec<Option<Index>> = (1..=CELLS).map(Index::new).collect();
    let mut observed = vec![0; indices.len() + 1];
    for draw in 0..draws {
        let mut random = stream(seed, "check", draw.into(), "sampled index");
        let index = Some(Index::draw(&learner, &mut random));
        let cell = indices.iter().position(|other| *other == index);
        observed[cell.unwrap_or(indices.len())] += 1;
    }
    let mut expected: Vec<f64> = (0..CELLS as i32)
        .map(|failures| f64::from(draws) * SUCCESS * (1.0 - SUCCESS).powi(failures))
        .collect();
    expected.push(f64::from(draws) * (1.0 - SUCCESS).powi(CELLS as i32));
    Ok(chi_square(&observed, &expected))
}

/// Examples of the cube of three dimensions: a cell for each point with its own label, and one with
/// the other.
fn labels(seed: u64, draws: u32, theory: Theory) -> Result<f64, InstanceFault> {
    const DIMENSION: u32 = 3;
    const NOISE: f64 = 0.3;
    let mut random = stream(seed, "check", 0, "sampled labels");
    let law = Law::cube(DIMENSION, Target::Majority, NOISE, &mut random)?;
    let points = law.points();
    let sample = law.sample(draws as usize, &mut random)?;
    let mut observed = vec![0; 2 * points.len()];
    for place in 0..sample.len() {
        let point = (0..points.len()).find(|&point| points.image(point) == sample.image(place));
        let Some(point) = point else {
            return Ok(0.0);
        };
        let flipped = usize::from(points.label(point) != sample.label(place));
        observed[2 * point + flipped] += 1;
    }
    let each = f64::from(draws) / points.len() as f64;
    let noise = theory.label_noise(NOISE);
    let expected = [each * (1.0 - noise), each * noise].repeat(points.len());
    Ok(chi_square(&observed, &expected))
}

/// How often a confidence limit of the mean of 50 coin flips is on the wrong side of the truth.
fn limits(seed: u64, draws: u32, theory: Theory) -> Result<f64, InstanceFault> {
    const FLIPS: usize = 50;
    const TRUTH: f64 = 0.3;
    const FAILURE: f64 = 0.01;
    let failure = theory.delta(FailureProbability::new(FAILURE)?)?;
    let (mut too_high, mut too_low) = (0, 0);
    for draw in 0..draws {
        let mut random = stream(seed, "check", draw.into(), "sampled means");
        let flips: Vec<f64> = (0..FLIPS)
            .map(|_| f64::from(u8::from(random.random::<f64>() < TRUTH)))
            .collect();
        let (lower, upper) = mean_limits(&flips, (0.0, 1.0), failure)?;
        too_high += u64::from(lower > TRUTH);
        too_low += u64::from(upper < TRUTH);
    }
    let worse = too_high.max(too_low);
    Ok(at_most(FAILURE, worse, draws.into()))
}
