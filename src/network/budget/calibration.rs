//! What is measured on photographs, once for all budgets.

use super::fold::Folded;
use super::inputs::{inputs, Inputs, PART};
use crate::evaluate::Batch;
use crate::evaluate::Evaluator;
use crate::network::budget::error::BudgetError;
use crate::network::import::ImportError;
use crate::network::sensitivity::{sensitive_tensors, sensitivities};
use crate::network::trained_network::TrainedNetwork;

/// Photographs on which sensitivities are measured.
const MEASURED: usize = 16;

/// What an error in each tensor costs, which errors of a unit's weights make up for each other, and
/// the photographs. No labels.
#[derive(Debug, Clone)]
pub struct Calibration {
    sensitivities: Vec<Option<f64>>,
    inputs: Vec<Vec<Inputs>>,
    images: Batch<'static>,
}

impl Calibration {
    /// Measures a network on photographs; `report` is told after each of the [steps](Self::steps).
    ///
    /// # Errors
    /// If the network does not read them.
    pub fn measured(
        network: &TrainedNetwork,
        images: &Batch<'static>,
        mut report: impl FnMut(),
    ) -> Result<Self, BudgetError> {
        let folded = Folded::new(network).network;
        let evaluator = Evaluator::of(&folded.architecture, folded.weights.clone());
        let start = evaluator
            .features_of(&images.spread(MEASURED), 0)
            .map_err(ImportError::from)?;
        Ok(Self {
            sensitivities: sensitivities(&folded, &evaluator, start, &mut report),
            inputs: inputs(&folded, &evaluator, images, &mut report)?,
            images: images.clone(),
        })
    }

    /// How many steps that takes.
    pub fn steps(network: &TrainedNetwork, images: &Batch) -> usize {
        sensitive_tensors(network) + images.examples().len().div_ceil(PART)
    }

    pub(super) fn sensitivities(&self) -> &[Option<f64>] {
        &self.sensitivities
    }

    pub(super) fn inputs(&self) -> &[Vec<Inputs>] {
        &self.inputs
    }

    pub(super) fn images(&self) -> &Batch<'static> {
        &self.images
    }
}
