//! How little of noise a network lets through, on some of its training examples.

use rayon::prelude::*;

use super::chain::{lane_norm, Chain, Stage};
use super::examples::Entrance;
use super::linear_map::norm;
use super::misfit::NoBound;
use crate::bounds::classical::{Cushion, Cushions};
use crate::evaluate::{EvaluationError, Examples};
use crate::spread::spread;

/// Training examples that are looked at, at equal distances: a minimum over fewer is larger, which
/// makes the bound smaller.
pub(super) const EXAMPLES: usize = 100;

/// Numbers between the layers of a chain, of one example.
struct Pass {
    /// What each map reads.
    read: Vec<Vec<[f64; 1]>>,
    /// For each stage what its map makes, and then each of its fixed functions but the last.
    made: Vec<Vec<Vec<[f64; 1]>>>,
}

/// The extremes over examples.
struct Extremes {
    /// Layer cushion and interlayer cushion to the output, of each layer.
    cushions: Vec<[f64; 2]>,
    contraction: f64,
}

/// The cushions of a chain that is positively homogeneous.
///
/// The interlayer cushion is the least over the layer itself and the output: layers in between
/// could only make it smaller, and the bound larger.
///
/// # Errors
/// [`NoBound::NoCushion`] if a cushion is 0; in between, if the network does not fit the examples.
pub(super) fn cushions(
    chain: &Chain,
    entrance: &Entrance,
    examples: &dyn Examples,
    largest_output: f64,
) -> Result<Result<Cushions, NoBound>, EvaluationError> {
    let indices: Vec<usize> = spread(examples.len(), EXAMPLES).collect();
    let numbers = entrance.numbers(&examples.batch(&indices))?;
    let norms: Vec<f64> = chain
        .stages
        .iter()
        .map(|stage| stage.map.frobenius())
        .collect();
    let of_example = |numbers: &Vec<f32>| {
        let entered = entrance.enter::<1>(std::slice::from_ref(numbers));
        Extremes::of(chain, &Pass::new(chain, entered), &norms)
    };
    let none = || Extremes {
        cushions: vec![[f64::INFINITY; 2]; chain.stages.len()],
        contraction: 1.0,
    };
    let extremes = numbers
        .par_iter()
        .map(of_example)
        .reduce(none, Extremes::and);
    let layers = chain.stages.iter().zip(&extremes.cushions);
    let layers = layers.map(|(stage, [layer, to_output])| Cushion {
        layer: *layer,
        interlayer: to_output.min(1.0 / (stage.map.outputs() as f64).sqrt()),
    });
    let cushions = Cushions {
        layers: layers.collect(),
        contraction: extremes.contraction,
        largest_output,
    };
    let exists = cushions.complexity().is_finite();
    Ok(exists.then_some(cushions).ok_or(NoBound::NoCushion))
}

impl Pass {
    fn new(chain: &Chain, entered: Vec<[f64; 1]>) -> Self {
        let (mut read, mut made) = (vec![entered], Vec::new());
        for Stage { map, fixed } in &chain.stages {
            let mut values = vec![map.apply(read.last().map_or(&[], Vec::as_slice))];
            for fixed in fixed {
                let last = values.last().cloned().unwrap_or_default();
                values.push(fixed.apply(last));
            }
            read.push(values.pop().unwrap_or_default());
            if fixed.is_empty() {
                values.push(read.last().cloned().unwrap_or_default());
            }
            made.push(values);
        }
        Self { read, made }
    }

    /// What the map of a stage makes, before what is fixed.
    fn product(&self, stage: usize) -> &[[f64; 1]] {
        let values = self.made.get(stage).and_then(|values| values.first());
        values.map_or(&[], Vec::as_slice)
    }
}

impl Extremes {
    fn of(chain: &Chain, pass: &Pass, frobenius: &[f64]) -> Self {
        let length = |numbers: &[[f64; 1]]| lane_norm(numbers, 0);
        let jacobians = jacobian_norms(chain, pass);
        let output = pass.read.last().map_or(0.0, |logits| length(logits));
        let mut contraction: f64 = 1.0;
        let mut cushions = Vec::with_capacity(chain.stages.len());
        for (place, (frobenius, jacobian)) in frobenius.iter().zip(jacobians).enumerate() {
            let product = length(pass.product(place));
            let read = pass.read.get(place).map_or(0.0, |numbers| length(numbers));
            let activated = pass
                .read
                .get(place + 1)
                .map_or(0.0, |numbers| length(numbers));
            let is_last = place + 1 == chain.stages.len();
            // An inequality between zeros holds for every cushion.
            let cushion = ratio(product, frobenius * read);
            let to_output = if is_last {
                f64::INFINITY
            } else {
                ratio(output, jacobian * product)
            };
            cushions.push([cushion, to_output]);
            if product > 0.0 && !is_last {
                contraction = contraction.max(product / activated);
            }
        }
        Self {
            cushions,
            contraction,
        }
    }

    fn and(mut self, other: Self) -> Self {
        for (one, other) in self.cushions.iter_mut().zip(other.cushions) {
            *one = [one[0].min(other[0]), one[1].min(other[1])];
        }
        self.contraction = self.contraction.max(other.contraction);
        self
    }
}

/// The quotient, of nothing by nothing without limit.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        part / whole
    } else {
        f64::INFINITY
    }
}

/// `||J||_F` for each stage, `J` the Jacobian of the logits in what the stage's map makes.
fn jacobian_norms(chain: &Chain, pass: &Pass) -> Vec<f64> {
    let mut squares = vec![0.0; chain.stages.len()];
    let logits = pass.read.last().map_or(0, Vec::len);
    for logit in 0..logits {
        let mut gradient = vec![0.0; logits];
        gradient[logit] = 1.0;
        let stages = chain.stages.iter().zip(&pass.made).zip(&mut squares).rev();
        for ((stage, values), square) in stages {
            for (fixed, at) in stage.fixed.iter().zip(values).rev() {
                gradient = fixed.pull_back(at, gradient);
            }
            *square += norm(&gradient).powi(2);
            gradient = stage.map.apply_transposed(&gradient);
        }
    }
    squares.into_iter().map(f64::sqrt).collect()
}
