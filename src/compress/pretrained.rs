//! A network trained elsewhere, as the beginning of training.

use crate::code::Structure;
use crate::evaluate::{Evaluator, Features};
use crate::network::{sensitive_tensors, sensitivities};
use crate::network::{ImportError, TrainedNetwork};
use crate::train::{Network, RunningMoments};

/// Weights from which training goes on, and what it needs to know of them.
///
/// Scales and shifts of batch normalisations include the moments of the data they were trained on.
/// These are measured again on examples and taken out, so that training can normalise over batches,
/// whose moments follow what pruning does to a network.
#[derive(Debug, Clone)]
pub struct Pretrained {
    pub(super) weights: Vec<Vec<f32>>,
    pub(super) moments: RunningMoments,
    /// For each tensor the error of a weight that costs as much as one of size 1 in every other;
    /// zero if its weights are not pruned.
    pub(super) units: Vec<f64>,
}

impl Pretrained {
    /// Measures a network on examples, given as `start` makes them features before the first layer.
    /// No labels are used; `report` is told after each of [`Pretrained::steps`].
    ///
    /// # Errors
    /// If the network does not read the examples.
    pub fn measured<S: Clone + Into<Structure>>(
        network: &TrainedNetwork<S>,
        start: impl Fn(&Evaluator) -> Result<Features, ImportError>,
        report: impl FnMut(),
    ) -> Result<Self, ImportError> {
        let structure: Structure = network.architecture().clone().into();
        let evaluator = network.evaluator();
        let moments = RunningMoments::measured(&evaluator, &structure, start(&evaluator)?);
        let sensitivities = sensitivities(network, &evaluator, start(&evaluator)?, report);
        let weights = moments.unfold(&structure, network.weights().to_vec());
        let gains = gains(structure);
        let mut pretrained = Self {
            weights,
            moments,
            units: Vec::new(),
        };
        for ((weights, gain), sensitivity) in
            pretrained.weights.iter_mut().zip(gains).zip(sensitivities)
        {
            weights
                .iter_mut()
                .for_each(|weight| *weight = (f64::from(*weight) / gain) as f32);
            pretrained
                .units
                .push(sensitivity.map_or(0.0, |sensitivity| 1.0 / (sensitivity.sqrt() * gain)));
        }
        Ok(pretrained)
    }

    /// How many steps that takes.
    pub fn steps<S: Clone + Into<Structure>>(network: &TrainedNetwork<S>) -> usize {
        sensitive_tensors(network)
    }
}

/// What each tensor is multiplied by in training.
pub(super) fn gains(structure: Structure) -> Vec<f64> {
    match structure {
        Structure::Chain(layers) => Network::new(layers).gains().to_vec(),
        Structure::Graph(graph) => vec![1.0; graph.tensors().len()],
    }
}
