//! Margins of a network on its training examples, and the norms of what enters it.

use rayon::prelude::*;

use super::chain::{lane_norm, Chain};
use super::subject::Subject;
use crate::bounds::classical::Margins;
use crate::code::Model;
use crate::evaluate::{Batch, EvaluationError, Evaluator, Examples};

/// Examples that are computed side by side.
const LANES: usize = 8;

/// What the training examples say about a chain.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) margins: Margins,
    /// The root of the sum of the squared norms of what enters.
    pub(super) all_inputs: f64,
    /// The largest norm of what enters.
    pub(super) largest_input: f64,
    /// The largest norm of the logits.
    pub(super) largest_output: f64,
}

/// What is known of one example.
struct Example {
    margin: f64,
    input: f64,
    output: f64,
}

/// Reads examples as the chain takes them.
pub(super) struct Entrance<'a> {
    evaluator: Evaluator,
    /// Layers that the evaluator computes.
    layers: usize,
    chain: &'a Chain,
}

impl<'a> Entrance<'a> {
    pub(super) fn new(subject: &Subject, model: &Model, chain: &'a Chain) -> Self {
        Self {
            evaluator: Evaluator::new(model),
            layers: if subject.is_chain { subject.front } else { 0 },
            chain,
        }
    }

    /// The numbers of each example before the chain.
    ///
    /// # Errors
    /// If the network does not fit the examples.
    pub(super) fn numbers(&self, batch: &Batch) -> Result<Vec<Vec<f32>>, EvaluationError> {
        let features = self.evaluator.features_of(batch, self.layers)?;
        Ok(features.numbers())
    }

    /// What enters the chain of `N` examples side by side.
    pub(super) fn enter<const N: usize>(&self, examples: &[Vec<f32>]) -> Vec<[f64; N]> {
        let length = examples.first().map_or(0, Vec::len);
        let mut lanes = vec![[0.0; N]; length];
        for (lane, example) in examples.iter().take(N).enumerate() {
            for (lanes, &number) in lanes.iter_mut().zip(example) {
                lanes[lane] = f64::from(number);
            }
        }
        self.chain.enter(lanes)
    }
}

/// Measures all examples.
///
/// # Errors
/// If the network does not fit them.
pub(super) fn measure(
    entrance: &Entrance,
    examples: &dyn Examples,
) -> Result<Measured, EvaluationError> {
    const AT_ONCE: usize = 512;
    let mut measured = Vec::with_capacity(examples.len());
    for start in (0..examples.len()).step_by(AT_ONCE) {
        let indices: Vec<usize> = (start..examples.len().min(start + AT_ONCE)).collect();
        let batch = examples.batch(&indices);
        let numbers = entrance.numbers(&batch)?;
        let classes: Vec<Option<usize>> = batch.examples().iter().map(|one| one.class()).collect();
        let blocks = numbers.par_chunks(LANES).zip(classes.par_chunks(LANES));
        measured.par_extend(blocks.flat_map_iter(|(numbers, classes)| {
            let entered = entrance.enter::<LANES>(numbers);
            let logits = entrance.chain.logits(&entered);
            let lanes = classes.iter().enumerate();
            let of_lane = |(lane, class): (usize, &Option<usize>)| Example {
                margin: margin(&logits, lane, *class),
                input: lane_norm(&entered, lane),
                output: lane_norm(&logits, lane),
            };
            lanes.map(of_lane).collect::<Vec<_>>()
        }));
    }
    let largest = |of: fn(&Example) -> f64| measured.iter().map(of).fold(0.0, f64::max);
    let squares = measured.iter().map(|one| one.input * one.input);
    Ok(Measured {
        all_inputs: squares.sum::<f64>().sqrt(),
        largest_input: largest(|one| one.input),
        largest_output: largest(|one| one.output),
        margins: Margins::new(measured.iter().map(|one| one.margin)),
    })
}

/// By how much the logit of the class exceeds every other; an example without a class is an error.
fn margin<const N: usize>(logits: &[[f64; N]], lane: usize, class: Option<usize>) -> f64 {
    let of = |logits: &[f64; N]| logits.get(lane).copied().unwrap_or(f64::NAN);
    let Some(truth) = class.and_then(|class| logits.get(class)).map(of) else {
        return f64::NEG_INFINITY;
    };
    let others = logits.iter().enumerate();
    let others = others.filter(|(place, _)| Some(*place) != class);
    truth
        - others
            .map(|(_, logits)| of(logits))
            .fold(f64::NEG_INFINITY, f64::max)
}
