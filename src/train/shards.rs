//! A step whose batch is shared out among threads.

use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor, Var, D};
use rayon::prelude::*;

use super::parameters::Parameters;
use super::trainable::Trainable;

/// What a step has found.
pub(super) struct Found {
    /// Mean loss of the batch.
    pub(super) loss: f64,
    /// How many of its examples were misclassified.
    pub(super) wrong: usize,
    /// Of the parameters' variables and the temperature.
    pub(super) gradients: GradStore,
}

/// The loss of logits.
pub(super) type Loss<'a> = dyn Fn(&Tensor, &[u32]) -> Result<Tensor> + Sync + 'a;

/// How many of a batch are misclassified.
pub(super) fn misclassified(logits: &Tensor, labels: &[u32]) -> Result<usize> {
    let classes: Vec<u32> = logits.argmax(D::Minus1)?.to_vec1()?;
    let pairs = classes.iter().zip(labels);
    Ok(pairs.filter(|(class, label)| class != label).count())
}

/// The gradients of a batch as the weighted sum of those of its shards, each of which has an equal
/// part of the examples: always in the same order, however many threads there are.
///
/// # Errors
/// If candle fails.
pub(super) fn found_in_shards(
    network: &dyn Trainable,
    parameters: &dyn Parameters,
    log_temperature: &Var,
    (features, labels): (&Tensor, &[u32]),
    loss: &Loss,
) -> Result<Found> {
    let weights = parameters.weights()?;
    let part = labels.len().div_ceil(network.shards().max(1));
    let starts: Vec<usize> = (0..labels.len()).step_by(part).collect();
    let shards = starts.par_iter().map(|&start| {
        let count = part.min(labels.len() - start);
        let share = count as f64 / labels.len() as f64;
        let (features, labels) = (features.narrow(0, start, count)?, &labels[start..][..count]);
        let leaves = weights
            .iter()
            .map(|weights| Var::from_tensor(&weights.detach()));
        let leaves: Vec<Var> = leaves.collect::<Result<_>>()?;
        let temperature = Var::from_tensor(&log_temperature.as_tensor().detach())?;
        let tensors: Vec<Tensor> = leaves.iter().map(|leaf| leaf.as_tensor().clone()).collect();
        let logits = network.forward_in_training(&tensors, &features, None)?;
        let logits = logits.broadcast_mul(&temperature.exp()?)?;
        let loss = (loss(&logits, labels)? * share)?;
        let gradients = loss.backward()?;
        let of = leaves.iter().chain([&temperature]);
        let of: Vec<Option<Tensor>> = of.map(|leaf| gradients.get(leaf).cloned()).collect();
        let value = f64::from(loss.to_scalar::<f32>()?);
        Ok((value, misclassified(&logits, labels)?, of))
    });
    let shards: Vec<(f64, usize, Vec<Option<Tensor>>)> = shards.collect::<Result<_>>()?;
    let (mut loss, mut wrong) = (0.0, 0);
    let mut sums: Vec<Option<Tensor>> = vec![None; weights.len() + 1];
    for (value, misclassified, gradients) in shards {
        (loss, wrong) = (loss + value, wrong + misclassified);
        for (sum, gradient) in sums.iter_mut().zip(gradients) {
            *sum = match (sum.take(), gradient) {
                (Some(sum), Some(gradient)) => Some((sum + gradient)?),
                (sum, gradient) => sum.or(gradient),
            };
        }
    }
    // A linear function of the variables that has these gradients.
    let mut linear = parameters.penalty()?;
    let all = weights.iter().chain([log_temperature.as_tensor()]);
    for (weights, gradient) in all.zip(sums) {
        let Some(gradient) = gradient else { continue };
        let term = (weights * gradient.detach())?.sum_all()?;
        linear = Some(match linear {
            None => term,
            Some(sum) => (sum + term)?,
        });
    }
    let linear = match linear {
        Some(linear) => linear,
        None => log_temperature.as_tensor().zeros_like()?,
    };
    Ok(Found {
        loss,
        wrong,
        gradients: linear.backward()?,
    })
}
