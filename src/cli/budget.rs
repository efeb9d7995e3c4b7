//! Arguments of commands that bring a network within a budget of bytes.

use std::path::PathBuf;

use clap::Args;

use super::progress::progress_bar;
use super::Failure;
use crate::code::Model;
use crate::compress::{within_budget, ImportError, Sensitivities, TrainedNetwork};
use crate::data::{Framing, ImageFolder};

/// Calibration photographs on which sensitivities are measured.
const MEASURED: usize = 16;

#[derive(Debug, Clone, Args)]
pub(super) struct BudgetArguments {
    /// Quantise the weights so that the file has at most so many bytes, without training or simplification
    #[arg(long, value_name = "BYTES", conflicts_with = "codewords")]
    budget: Option<usize>,

    /// With --budget: measure on photographs of this folder, in CLASS/*.jpg, what an error in each tensor costs, and keep channels' means on
    /// them; their labels are not used
    #[arg(long, value_name = "DIR", requires = "budget")]
    calibrate: Option<PathBuf>,

    /// How many of them, at equal distances
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096))]
    photographs: u32,
}

impl BudgetArguments {
    /// The budget, if there is one.
    pub(super) fn bytes(&self) -> Option<usize> {
        self.budget
    }

    /// A model within the budget, and its file.
    pub(super) fn model(&self, network: &TrainedNetwork, budget: usize) -> Result<(Model, Vec<u8>), Failure> {
        let (network, file) = match &self.calibrate {
            None => within_budget(network, None, None, budget)?,
            Some(folder) => {
                let folder = ImageFolder::open(folder)?;
                let framing = Framing::usual(network.architecture.input())?;
                let count = self.photographs as usize;
                let [measured, images] =
                    [count.min(MEASURED), count].map(|count| folder.batch(&folder.spread(count), framing, None));
                let layers = network.architecture.first_tensors().iter().flatten().count();
                let progress = progress_bar(layers as u64, "{bar:40} {pos}/{len} layers measured, {eta} left");
                let sensitivities = Sensitivities::measured(network, &measured, || progress.inc(1));
                progress.finish_and_clear();
                within_budget(network, Some(&sensitivities.map_err(ImportError::from)?), Some(&images), budget)?
            }
        };
        Ok((network.model()?, file))
    }
}
