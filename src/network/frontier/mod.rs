//! Bits against errors: what a network is worth without training it further.
//!
//! Every file that decodes to some network may be certified, and choosing among them is free: the
//! bits of the chosen one pay for it. So the least bound of a network is looked for along its
//! frontier: all tensors on uniform grids, whose steps are in proportion to `1 / sqrt(S_t)` with a
//! measured sensitivity `S_t` (Gish and Pierce 1968) and a dead zone around zero, from fine to
//! coarse; then each tensor's step alone, longer or shorter, as long as the bound falls.

pub(super) mod estimate;
mod grid;
mod gridded;
pub(super) mod unbeaten;

pub use gridded::{Gridded, SaidNumbers};

use std::time::Instant;

use thiserror::Error;

use self::estimate::{among_all, estimated_bound};
use self::grid::{on_grid, shortest_step};
use self::unbeaten::unbeaten;
use super::import::error::ImportError;
use super::sensitivity::rounding_costs;
use crate::bounds::{Bits, BoundError, FailureProbability};
use crate::certificate::design_bits;
use crate::code::{entropy, CodeError, Graph, Model};
use crate::evaluate::{Batch, EvaluationError, Evaluator, Examples, Loss};
use crate::spread::spread;

/// Examples on which sensitivities are measured.
const MEASURED: usize = 64;

/// Most weights of a network whose errors are counted on more examples, and whose steps are moved
/// one by one.
const SMALL: usize = 1 << 20;

/// Examples on which errors are counted, of small networks and of others: at most so many, and so
/// many numbers of their images.
const EXAMINED: [usize; 2] = [20_000, 2_000];
const EXAMINED_PIXELS: usize = 1 << 25;

/// Of graphs also at most so many that their evaluation takes this many multiplications, but not
/// fewer than of large networks.
const EXAMINED_WORK: u64 = 1 << 36;

/// Dead zones that are tried, in steps.
const DEAD_ZONES: [f32; 3] = [0.5, 0.65, 0.8];

/// From one grid of a scan to the next, in octaves.
const COARSER: f32 = 0.5;

/// A scan begins where files have so many bits an example.
const FINEST: f64 = 2.0;

/// Steps are moved by so many octaves, in turn.
const MOVES: [f32; 2] = [0.5, -0.5];

/// Times that all steps are tried.
const ROUNDS: usize = 2;

/// Why the frontier of a network cannot be found.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FrontierError {
    /// The network does not read the examples.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A quantised network has no file.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A quantised network has no file.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A number is outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
}

/// A file of the network.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Point {
    /// Length of the file.
    pub bits: u64,
    /// Errors among the examined examples.
    pub errors: u64,
    /// Occam's bound for the file, if all examples are misclassified as often as the examined ones:
    /// an estimate, unless all were examined.
    pub bound: f64,
}

/// How far the search has come.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum FrontierEvent {
    /// Another tensor's sensitivity was measured, of so many.
    Measured {
        /// Number of tensors.
        of: usize,
    },
    /// Another file was made.
    Tried(Point),
}

/// What was tried, and the file of the least bound.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Frontier {
    /// Examples on which errors were counted.
    pub examined: usize,
    /// Errors of the network before it was quantised, among these.
    pub original_errors: u64,
    /// Every file that was tried, in that order.
    pub tried: Vec<Point>,
    /// Of the file with the least bound.
    pub best: Point,
    /// That file's network.
    pub model: Model,
}

impl Frontier {
    /// The errors among so many examples, if they are as frequent as some among the examined ones;
    /// rounded up.
    #[must_use]
    pub fn errors_among(&self, examples: u64, errors: u64) -> u64 {
        among_all(errors, self.examined as u64, examples)
    }

    /// The files that no other beats in both bits and errors, by ascending bits.
    #[must_use]
    pub fn unbeaten(&self) -> Vec<Point> {
        unbeaten(self.tried.clone(), |point| (point.bits, point.errors))
    }
}

/// Looks for the file of a network with the least bound for these examples, until `deadline`; a
/// first scan is always finished.
///
/// A pure function of its arguments but for the deadline.
///
/// # Errors
/// If the network does not read the examples, or cannot be coded.
pub fn least_bound(
    network: &dyn Gridded,
    examples: &dyn Examples,
    loss: Loss,
    delta: FailureProbability,
    is_unseen: bool,
    deadline: Option<Instant>,
    report: &mut dyn FnMut(FrontierEvent),
) -> Result<Frontier, FrontierError> {
    let structure = network.structure();
    let weights = network.weights();
    let said = network.said();
    let count: usize = said.iter().map(|list| list.numbers.len()).sum();
    let most = EXAMINED[usize::from(count > SMALL)];
    let most = most.min(EXAMINED_PIXELS / structure.input().features().max(1));
    let most = match structure.graph() {
        Some(graph) => most.min(affordable(graph)),
        None => most,
    };
    let indices: Vec<usize> = spread(examples.len(), most).collect();
    let examined = examples.batch(&indices);
    let measured = examined.spread(MEASURED);
    let original =
        Evaluator::of_structure(&structure, weights.iter().map(|tensor| tensor.to_vec()));
    let mut is_gridded = vec![false; weights.len()];
    for list in &said {
        is_gridded[list.tensor] = true;
    }
    let costs = rounding_costs(
        &structure,
        &weights,
        &original,
        original.features_of(&measured, 0)?,
        |tensor| is_gridded[tensor],
        || report(FrontierEvent::Measured { of: said.len() }),
    );
    let of_number = |list: &SaidNumbers| Some(costs[list.tensor]? * list.weights_of_a_number);
    let costs: Vec<Option<f64>> = said.iter().map(of_number).collect();
    let mut search = Search {
        network,
        said: &said,
        proportions: proportions(&costs),
        charged: design_bits(network.version(), is_unseen),
        examples: examples.len() as u64,
        examined: &examined,
        loss,
        delta,
        tried: Vec::new(),
        best: None,
        report,
    };
    let original_errors = search.errors(&original)?;
    for dead_zone in DEAD_ZONES {
        search.scan(dead_zone, count)?;
    }
    if count <= SMALL {
        search.move_steps(deadline)?;
    }
    let Search { tried, best, .. } = search;
    let best = best.ok_or(CodeError::Empty)?;
    Ok(Frontier {
        examined: indices.len(),
        original_errors,
        tried,
        best: best.point,
        model: best.model,
    })
}

/// How many examples of a graph are examined, if nothing else limits them.
fn affordable(graph: &Graph) -> usize {
    let examples = EXAMINED_WORK / graph.multiplications().max(1);
    (examples as usize).max(EXAMINED[1])
}

/// Of the steps of tensors: `1 / sqrt(S_t)`. Where rounding changes nothing, nothing is lost by a
/// rough grid: the cost is then taken as a thousandth of the least of the others.
fn proportions(costs: &[Option<f64>]) -> Vec<f32> {
    let known = costs.iter().flatten();
    let least = known.fold(f64::INFINITY, |least, &cost| least.min(cost));
    let without = if least.is_finite() {
        least / 1000.0
    } else {
        1.0
    };
    let proportion = |cost: &Option<f64>| (1.0 / cost.unwrap_or(without).sqrt()) as f32;
    costs.iter().map(proportion).collect()
}

/// What is looked for, and what was found.
struct Search<'a> {
    network: &'a dyn Gridded,
    /// What is put on grids.
    said: &'a [SaidNumbers<'a>],
    /// Of the steps, one a list of numbers.
    proportions: Vec<f32>,
    /// Bits for the design of the format.
    charged: u64,
    /// All examples.
    examples: u64,
    examined: &'a Batch<'a>,
    loss: Loss,
    delta: FailureProbability,
    tried: Vec<Point>,
    best: Option<Best>,
    report: &'a mut dyn FnMut(FrontierEvent),
}

/// The file with the least bound so far.
struct Best {
    point: Point,
    model: Model,
    exponents: Vec<f32>,
    dead_zone: f32,
}

impl Search<'_> {
    fn errors(&self, evaluator: &Evaluator) -> Result<u64, EvaluationError> {
        let mut errors = 0;
        // Part by part, so that features take little memory.
        for part in self.examined.parts(256) {
            let wrong = evaluator.misclassified(&part, self.loss)?;
            errors += wrong.into_iter().filter(|&is_wrong| is_wrong).count() as u64;
        }
        Ok(errors)
    }

    /// Lists of numbers with the steps `proportion 2^exponent`.
    fn quantised(&self, exponents: &[f32], dead_zone: f32) -> Result<Model, FrontierError> {
        let steps = self.proportions.iter().zip(exponents);
        let lists = self.said.iter().zip(steps);
        let numbers = lists.map(|(list, (proportion, exponent))| {
            on_grid(&list.numbers, proportion * exponent.exp2(), dead_zone)
        });
        Ok(self.network.model(numbers.collect())?)
    }

    /// Makes a file and counts its errors; whether its bound is the least so far.
    fn try_steps(&mut self, exponents: &[f32], dead_zone: f32) -> Result<Point, FrontierError> {
        let model = self.quantised(exponents, dead_zone)?;
        let bits = 8 * model.encode()?.len() as u64;
        let errors = self.errors(&Evaluator::new(&model))?;
        let point = Point {
            bits,
            errors,
            bound: self.bound(bits, errors)?,
        };
        self.tried.push(point);
        (self.report)(FrontierEvent::Tried(point));
        let is_best = self
            .best
            .as_ref()
            .is_none_or(|best| point.bound < best.point.bound);
        if is_best {
            self.best = Some(Best {
                point,
                model,
                exponents: exponents.to_vec(),
                dead_zone,
            });
        }
        Ok(point)
    }

    fn bound(&self, bits: u64, errors: u64) -> Result<f64, BoundError> {
        let examined = self.examined.examples().len() as u64;
        let bits = Bits::new((bits + self.charged) as f64)?;
        estimated_bound([errors, examined], self.examples, bits, self.delta)
    }

    /// From the grids of [`FINEST`] to those that are no better than guessing.
    fn scan(&mut self, dead_zone: f32, weights: usize) -> Result<(), FrontierError> {
        let classes = self.examined.classes().max(2) as f64;
        let guessing = 1.0 - 1.1 / classes;
        let most_bits = FINEST * self.examples as f64;
        let mut exponent = self.finest(most_bits.min(8.0 * weights as f64), dead_zone);
        const MOST: usize = 40;
        for _ in 0..MOST {
            let exponents = vec![exponent; self.proportions.len()];
            let point = self.try_steps(&exponents, dead_zone)?;
            let rate = point.errors as f64 / self.examined.examples().len().max(1) as f64;
            if rate >= guessing {
                break;
            }
            exponent += COARSER;
        }
        Ok(())
    }

    /// The exponent of the finest grids whose symbols have at most so many bits of entropy, and of
    /// which one at least is no finer than it must be.
    fn finest(&self, bits: f64, dead_zone: f32) -> f32 {
        let lists = self.said.iter().zip(&self.proportions);
        let exponents = lists.map(|(list, step)| (shortest_step(&list.numbers) / step).log2());
        let shortest = exponents.filter(|exponent| exponent.is_finite());
        let mut fine = shortest.fold(40.0f32, f32::min);
        let mut coarse = fine + 40.0;
        const BISECTIONS: usize = 12;
        for _ in 0..BISECTIONS {
            let middle = (fine + coarse) / 2.0;
            let lists = self.said.iter().zip(&self.proportions);
            let entropy: f64 = lists
                .map(|(list, proportion)| {
                    let step = proportion * middle.exp2();
                    entropy_of(&on_grid(&list.numbers, step, dead_zone))
                })
                .sum();
            if entropy <= bits {
                coarse = middle;
            } else {
                fine = middle;
            }
        }
        coarse
    }

    /// Each tensor's step longer, then shorter, kept where the bound falls.
    fn move_steps(&mut self, deadline: Option<Instant>) -> Result<(), FrontierError> {
        for _ in 0..ROUNDS {
            let mut is_moved = false;
            for tensor in 0..self.proportions.len() {
                for change in MOVES {
                    let is_over = deadline.is_some_and(|deadline| Instant::now() >= deadline);
                    let Some(best) = self.best.as_ref().filter(|_| !is_over) else {
                        return Ok(());
                    };
                    let (mut exponents, before) = (best.exponents.clone(), best.point.bound);
                    exponents[tensor] += change;
                    if self.try_steps(&exponents, best.dead_zone)?.bound < before {
                        is_moved = true;
                        break;
                    }
                }
            }
            if !is_moved {
                break;
            }
        }
        Ok(())
    }
}

/// The empirical entropy of all numbers of a tensor, in bits.
fn entropy_of(weights: &[f32]) -> f64 {
    let mut counts = std::collections::HashMap::new();
    for weight in weights {
        *counts.entry(weight.to_bits()).or_insert(0u64) += 1;
    }
    let mut counts: Vec<u64> = counts.into_values().collect();
    // Sums of doubles depend on their order.
    counts.sort_unstable();
    entropy(&counts)
}
