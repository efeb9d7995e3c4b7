//! Random networks, fixed before the data, of which the one with the fewest errors is sent by its
//! number: `b` bits for one of `2^b`. Their errors are nearly independent, so that the union bound
//! over them, and the limit, are nearly attained, which no training comes near.

use rand::{Rng, RngExt};
use rayon::prelude::*;

use super::drawn::Drawn;
use crate::bounds::{ln_lower_tail, EmpiricalRisk, FailureProbability, Probability};
use crate::code::{Architecture, Codebook, CodedTensor, Model};
use crate::data::{Law, Target};
use crate::evaluate::Evaluator;
use crate::lab::check::error::InstanceFault;
use crate::lab::run::{Outcome, Ranges};
use crate::random::stream;

/// Inputs are the points of a cube of so many dimensions.
const DIMENSION: u32 = 8;

/// One hidden layer.
const LAYERS: &str = "dense:4:b relu dense:2:b";

/// What weights are drawn from, beside 0.
const CODEWORDS: [f32; 6] = [-2.0, -1.25, -0.5, 0.75, 1.0, 1.5];

/// Bits, examples, and noise of the labels: one half are coin flips.
const CASES: [(u32, u64, f64); 4] = [(4, 10, 0.5), (6, 20, 0.5), (9, 40, 0.5), (8, 30, 0.2)];

/// What a network says at each point.
type Decisions = Vec<Option<u8>>;

/// So many draws of each case.
pub(super) fn draw(seed: u64, draws: u64) -> Result<Vec<Drawn>, InstanceFault> {
    CASES
        .into_iter()
        .enumerate()
        .map(|(case, (bits, examples, noise))| {
            of_case(seed, case as u64, bits, examples, noise, draws)
        })
        .collect()
}

fn of_case(
    seed: u64,
    case: u64,
    bits: u32,
    examples: u64,
    noise: f64,
    draws: u64,
) -> Result<Drawn, InstanceFault> {
    let mut random = stream(seed, "check", case, "networks to choose from");
    let law = Law::cube(DIMENSION, Target::Majority, noise, &mut random)?;
    let architecture = Architecture::parse(LAYERS, law.points().shape())?;
    let mut decisions: Vec<Decisions> = Vec::with_capacity(1 << bits);
    while decisions.len() < 1 << bits {
        let network = random_network(&architecture, &mut random)?;
        let own = Evaluator::new(&network).decisions(law.points())?;
        if is_balanced(&own) {
            decisions.push(own);
        }
    }
    let truths: Vec<f64> = decisions.iter().map(|own| law.error(own)).collect();
    let best = |draw: u64| -> Result<Outcome, InstanceFault> {
        let mut random = stream(seed, "check", draw, &format!("choice {case}"));
        let sample = law.sample(examples as usize, &mut random)?;
        let points: Vec<(usize, u8)> = (0..sample.len())
            .map(|place| (point(sample.image(place)), sample.label(place)))
            .collect();
        let mut best = Outcome {
            errors: u64::MAX,
            test_error: 1.0,
            bits: bits.into(),
        };
        for (own, &test_error) in decisions.iter().zip(&truths) {
            let wrong = |(point, label): &&(usize, u8)| own[*point] != Some(*label);
            let errors = points.iter().filter(wrong).count() as u64;
            if errors < best.errors {
                best.errors = errors;
                best.test_error = test_error;
            }
        }
        Ok(best)
    };
    let outcomes = (0..draws)
        .into_par_iter()
        .map(best)
        .collect::<Result<_, _>>()?;
    Ok(Drawn {
        examples,
        outcomes,
        ranges: Ranges {
            train_error: (0.0, 1.0),
            test_error: (law.least_error(), 1.0),
            bits: (0.0, bits.into()),
        },
        delta: edge(bits, examples, &truths)?,
    })
}

fn random_network(
    architecture: &Architecture,
    random: &mut impl Rng,
) -> Result<Model, InstanceFault> {
    let symbols = CODEWORDS.len() as u8;
    let tensors = architecture
        .tensors()
        .iter()
        .map(|shape| {
            let symbols = (0..shape.len()).map(|_| random.random_range(0..=symbols));
            CodedTensor::new(0, symbols.collect())
        })
        .collect();
    let codebook = Codebook::exact(CODEWORDS.to_vec())?;
    Ok(Model::new(architecture.clone(), vec![codebook], tensors)?)
}

/// Whether a network decides for each class at three points in ten or more: those that nearly
/// always say the same err together.
fn is_balanced(decisions: &Decisions) -> bool {
    let of_class = |class: u8| {
        let chosen = decisions.iter().filter(|&&own| own == Some(class));
        10 * chosen.count() >= 3 * decisions.len()
    };
    of_class(0) && of_class(1)
}

/// The number of a point of the cube, whose coordinates are its binary digits.
fn point(coordinates: &[u8]) -> usize {
    coordinates
        .iter()
        .enumerate()
        .map(|(place, &coordinate)| usize::from(coordinate) << place)
        .sum()
}

/// The largest delta up to a tenth at which the bound of the network that is usual among them
/// just fails for some number of errors.
fn edge(bits: u32, examples: u64, truths: &[f64]) -> Result<FailureProbability, InstanceFault> {
    /// Beyond the rounding of the bound.
    const BEYOND: f64 = 1.0 + 1e-6;
    let mut sorted = truths.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let usual = Probability::new(sorted[sorted.len() / 2])?;
    let mut delta = 0.05;
    for errors in 0..examples {
        let tail = ln_lower_tail(EmpiricalRisk::new(errors, examples)?, usual).exp();
        let edge = tail * f64::from(bits).exp2() * BEYOND;
        if edge < 0.1 {
            delta = edge;
        }
    }
    Ok(FailureProbability::new(delta)?)
}
