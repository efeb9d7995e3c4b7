//! What a search minimises: the bound of a file relative to a base.

use super::features::BaseFeatures;
use crate::bounds::{occam_binomial, Bits, EmpiricalRisk};
use crate::certificate::design_bits;
use crate::code::Model;
use crate::evaluate::Evaluator;
use crate::search::error::SearchError;
use crate::search::settings::Settings;

/// A network with its bound.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) model: Model,
    pub(super) errors: u64,
    pub(super) bits: u64,
    pub(super) bound: f64,
}

impl Found {
    /// Errors as the evaluator counts them, from what the first `steps` nodes have made of the
    /// examples; bits as the file has them.
    ///
    /// # Errors
    /// If the network makes something else there, or cannot be coded.
    pub(super) fn counted(
        model: Model,
        features: &BaseFeatures,
        steps: usize,
        settings: &Settings,
    ) -> Result<Self, SearchError> {
        let errors = features.errors(&Evaluator::new(&model), steps)?;
        let bits = 8 * model.encode()?.len() as u64;
        let charged = bits + design_bits(model.version(), settings.unseen);
        let risk = EmpiricalRisk::new(errors, features.len() as u64)?;
        let bound = occam_binomial(risk, Bits::new(charged as f64)?, settings.delta);
        Ok(Self {
            model,
            errors,
            bits,
            bound,
        })
    }

    /// The one with the lower bound.
    pub(super) fn better(self, other: Self) -> Self {
        if other.bound < self.bound {
            other
        } else {
            self
        }
    }
}
