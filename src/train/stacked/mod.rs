//! Many small networks of one architecture, each with its own data, labels and seed, trained
//! together.
//!
//! Where a draw of an experiment trains a network of a few hundred weights, the time goes into the
//! machinery around each product. Here a network is a chain of [`Layer::Dense`], [`Layer::Relu`],
//! [`Layer::Relu6`] and [`Layer::Normalise`]; its examples are interleaved in vectors, nothing
//! is allocated in a step, and the networks are shared out over the threads of rayon's pool.
//!
//! Each network is computed by itself: its result is the same, to the bit, whatever else is in the
//! stack and however many threads there are. It is that of [`train`](super::trainer::train) with
//! the same settings up to the order of summation (and, in mini-batches, of examples): relative
//! differences of about `1e-6` in a step.
//!
//! [`Layer::Dense`]: crate::code::Layer::Dense
//! [`Layer::Relu`]: crate::code::Layer::Relu
//! [`Layer::Relu6`]: crate::code::Layer::Relu6
//! [`Layer::Normalise`]: crate::code::Layer::Normalise

mod chain;
mod error;
mod softmax;
mod variables;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::augmentation::Augmentation;
use super::error::TrainError;
use super::network::Network;
use super::optimiser::{Slots, Step};
use super::schedule::Training;
use chain::{Chain, Workspace};
pub use error::StackedError;
use softmax::Loss;
pub use variables::Variables;

/// One network of a stack.
#[derive(Debug, Clone)]
pub struct Member<'a> {
    /// `[examples, inputs]`.
    pub features: &'a [f32],
    /// One an example.
    pub labels: &'a [u32],
    /// Where training begins, and what it may change.
    pub variables: Variables,
    /// Shuffles mini-batches.
    pub order: ChaCha8Rng,
}

/// What became of a [`Member`].
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// Where training ended.
    pub variables: Variables,
    /// The trained temperature's logarithm, as in [`train`](super::trainer::train).
    pub log_temperature: f32,
    /// Mean cross-entropy over all examples at the end, in nats, without label smoothing.
    pub loss: f64,
    /// Examples whose largest logit is another class's, at the end; a tie is an error.
    pub errors: u64,
}

/// Trains all members; the results are in their order, and one that fails does not stop the others.
///
/// With a batch of as many examples as a member has, or more, every step sees all of them.
///
/// # Errors
/// If the network is no chain of dense layers, relu, relu6 and norm, or the training asks for
/// augmentation.
pub fn train_stacked(
    network: &Network,
    members: Vec<Member>,
    training: &Training,
) -> Result<Vec<Result<Trained, StackedError>>, StackedError> {
    if training.augmentation != Augmentation::NONE {
        return Err(StackedError::Augmentation);
    }
    let chain = Chain::new(network)?;
    Ok(members
        .into_par_iter()
        .map(|member| fit(&chain, member, training))
        .collect())
}

fn fit(chain: &Chain, member: Member, training: &Training) -> Result<Trained, StackedError> {
    let Member {
        features,
        labels,
        mut variables,
        mut order,
    } = member;
    check_examples(chain, features, labels)?;
    variables.check(chain.shapes())?;
    let batch = training.batch.clamp(1, labels.len());
    let batches = labels.len() / batch;
    let steps = training.epochs * batches;

    let mut weights = variables.weights();
    let mut values = variables.values_mut().to_vec();
    let mut slots: Vec<Slots> = values
        .iter()
        .map(|values| Slots::new(training.method, values.len()))
        .collect();
    let mut log_temperature = [0.0f32];
    let mut temperature_slots = Slots::new(training.method, 1);
    let mut indices: Vec<u32> = (0..labels.len() as u32).collect();
    let mut workspace = Workspace::new(chain, batch);
    let mut chosen = labels[..batch].to_vec();
    if batches == 1 && batch == labels.len() {
        workspace.load(features, &indices);
    }
    let loss = Loss::from(training);
    let mut number = 0;
    for _ in 0..training.epochs {
        if batch < labels.len() {
            indices.shuffle(&mut order);
        }
        for chunk in indices.chunks_exact(batch) {
            if batch < labels.len() {
                workspace.load(features, chunk);
                chosen.clear();
                chosen.extend(chunk.iter().map(|&index| labels[index as usize]));
            }
            chain.forward(&weights, &mut workspace);
            let temperature_gradient =
                workspace.loss_gradient(&chosen, log_temperature[0].exp(), loss);
            chain.backward(&weights, &mut workspace);

            let rate = training.rate(number as f64 / steps as f64);
            number += 1;
            let gradients = variables.gradients(&workspace.gradients);
            for (place, (values, slots)) in values.iter_mut().zip(&mut slots).enumerate() {
                let step = Step {
                    number: number as u64,
                    rate,
                    decays: variables.decays(chain.shapes(), place),
                };
                training
                    .method
                    .update(values, &gradients[place], slots, step);
            }
            let step = Step {
                number: number as u64,
                rate,
                decays: false,
            };
            training.method.update(
                &mut log_temperature,
                &[temperature_gradient],
                &mut temperature_slots,
                step,
            );
            variables.set(&values, &mut weights);
        }
    }
    let mut workspace = Workspace::new(chain, labels.len());
    indices.sort_unstable();
    workspace.load(features, &indices);
    chain.forward(&weights, &mut workspace);
    let (loss, errors) = workspace.loss(labels, log_temperature[0].exp());
    if !loss.is_finite() {
        let (epoch, learning_rate) = (training.epochs, training.learning_rate);
        return Err(StackedError::Diverged(TrainError::Diverged {
            epoch,
            loss,
            learning_rate,
        }));
    }
    Ok(Trained {
        variables,
        log_temperature: log_temperature[0],
        loss,
        errors,
    })
}

fn check_examples(chain: &Chain, features: &[f32], labels: &[u32]) -> Result<(), StackedError> {
    if labels.is_empty() || features.len() != labels.len() * chain.inputs() {
        return Err(StackedError::Examples(format!(
            "{} numbers for {} examples of {} features",
            features.len(),
            labels.len(),
            chain.inputs()
        )));
    }
    match labels
        .iter()
        .find(|&&label| label as usize >= chain.classes())
    {
        Some(label) => Err(StackedError::Examples(format!(
            "label {label}, but {} classes",
            chain.classes()
        ))),
        None => Ok(()),
    }
}
