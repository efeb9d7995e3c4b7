//! Local search on the bound itself: a weight takes another value if that lowers what is certified.

use rayon::prelude::*;

use super::error::CompressError;
use crate::bounds::{occam_kl, Bits, EmpiricalRisk, FailureProbability};
use crate::code::{Graph, Model};
use crate::evaluate::{EvaluationError, Evaluator, Examples};

/// Weights whose changes are tried together, of which the best is made.
const TOGETHER: usize = 16;

/// So few images are all looked at while weights are tried.
const FEW: usize = 4096;

/// Of more only this fraction, those nearest to a change of verdict.
const UNDECIDED: usize = 6;

/// What training cannot see, for its loss and its code length are smooth: the number of errors, and
/// the bits of the file.
///
/// Layer by layer, from the last to the first, every weight is set to every other value of its
/// codebook in turn. The errors of the images that are nearest to a change of verdict and the ideal
/// length of the file say what the bound would be, and of a few weights' changes the best is made
/// if it lowers the bound. After each layer all images are counted; a layer after which the bound
/// is no lower is left as it was. Sweeps over all layers end when one has changed nothing, or after
/// `sweeps`.
///
/// # Errors
/// If the network does not fit the data.
pub fn polish(
    model: &Model,
    data: &dyn Examples,
    delta: FailureProbability,
    sweeps: usize,
    mut report: impl FnMut(f64),
) -> Result<Model, CompressError> {
    if sweeps == 0 {
        return Ok(model.clone());
    }
    let goal = Goal {
        n: data.len() as u64,
        delta,
    };
    let mut best = Candidate::new(model.clone(), data, &goal)?;
    for _ in 0..sweeps {
        let before = best.bound;
        let tensors = model.tensors().iter().enumerate().rev();
        for (tensor, _) in tensors.filter(|(_, tensor)| !tensor.symbols().is_empty()) {
            let next = Candidate::new(swept(&best, tensor, data, &goal)?, data, &goal)?;
            if next.bound < best.bound {
                best = next;
                report(best.bound);
            }
        }
        if best.bound == before {
            break;
        }
    }
    Ok(best.model)
}

/// Multiplications of one sweep of [`polish`] over all weights of a graph, for so many images.
pub(crate) fn sweep_multiplications(model: &Model, graph: &Graph, images: usize) -> u64 {
    let images = count_undecided(images) as u64;
    let mut all = 0u64;
    for (tensor, coded) in model.tensors().iter().enumerate() {
        let tried = coded.symbols().len() as u64 * u64::from(values(model, tensor));
        let steps = model.structure().steps_before_tensor(tensor);
        let each = graph.multiplications_after(steps).saturating_mul(images);
        all = all.saturating_add(tried.saturating_mul(each));
    }
    all
}

/// What is minimised.
struct Goal {
    n: u64,
    delta: FailureProbability,
}

impl Goal {
    /// The bound for a file of that ideal length.
    fn bound(&self, errors: u64, bits: f64) -> Result<f64, CompressError> {
        Ok(occam_kl(
            EmpiricalRisk::new(errors.min(self.n), self.n)?,
            Bits::new(bits)?,
            self.delta,
        ))
    }
}

/// A model with its bound on all images.
struct Candidate {
    model: Model,
    errors: u64,
    bound: f64,
}

impl Candidate {
    fn new(model: Model, data: &dyn Examples, goal: &Goal) -> Result<Self, CompressError> {
        let errors = Evaluator::new(&model).errors(data)?;
        let bound = goal.bound(errors, model.ideal_bits()?)?;
        Ok(Self {
            model,
            errors,
            bound,
        })
    }
}

/// The model after one pass over the weights of a tensor.
fn swept(
    candidate: &Candidate,
    tensor: usize,
    data: &dyn Examples,
    goal: &Goal,
) -> Result<Model, CompressError> {
    let mut model = candidate.model.clone();
    let evaluator = Evaluator::new(&model);
    let images = undecided(&evaluator, data)?;
    let features =
        evaluator.features(data, &images, model.structure().steps_before_tensor(tensor))?;
    // The other images' verdicts are taken to stay.
    let decided = candidate
        .errors
        .saturating_sub(evaluator.errors_from(&features));
    let values = values(&model, tensor);
    let mut bound = candidate.bound;
    let weights: Vec<usize> = (0..model.tensors()[tensor].symbols().len()).collect();
    for weights in weights.chunks(TOGETHER) {
        let changes: Vec<(usize, u8)> = weights
            .iter()
            .flat_map(|&weight| (0..=values).map(move |value| (weight, value)))
            .collect();
        let tried: Vec<(f64, Model)> = changes
            .into_par_iter()
            .filter(|&(weight, value)| model.tensors()[tensor].symbols()[weight] != value)
            .map(|(weight, value)| {
                let changed = model.with_symbol(tensor, weight, value)?;
                let errors = decided + Evaluator::new(&changed).errors_from(&features);
                Ok((goal.bound(errors, changed.ideal_bits()?)?, changed))
            })
            .collect::<Result<_, CompressError>>()?;
        let best = tried
            .into_iter()
            .min_by(|first, second| first.0.total_cmp(&second.0));
        if let Some((lower, changed)) = best.filter(|(lower, _)| *lower < bound) {
            (bound, model) = (lower, changed);
        }
    }
    Ok(model)
}

/// The images whose verdict is nearest to a change.
fn undecided(evaluator: &Evaluator, data: &dyn Examples) -> Result<Vec<usize>, EvaluationError> {
    let slacks = evaluator.margins(data)?;
    let mut images: Vec<usize> = (0..data.len()).collect();
    images.sort_by(|&first, &second| slacks[first].abs().total_cmp(&slacks[second].abs()));
    images.truncate(count_undecided(data.len()));
    Ok(images)
}

/// How many of so many images are looked at while weights are tried.
fn count_undecided(images: usize) -> usize {
    images.div_ceil(UNDECIDED).max(FEW).min(images)
}

/// Number of codewords of a tensor.
fn values(model: &Model, tensor: usize) -> u8 {
    let codebook = model
        .tensors()
        .get(tensor)
        .and_then(|tensor| model.codebooks().get(tensor.codebook()?));
    codebook.map_or(0, |codebook| codebook.len() as u8)
}
