//! Arguments of commands that bring a network within a budget of bytes.

use std::path::PathBuf;

use clap::Args;

use super::data_set::say;
use super::failure::Failure;
use super::progress::progress_bar;
use nonvacuous::code::Model;
use nonvacuous::data::{Framing, ImageFolder};
use nonvacuous::network::{within_budget, Calibration, TrainedNetwork};

#[derive(Debug, Clone, Args)]
pub(super) struct BudgetArguments {
    /// Quantise the weights so that the file has at most so many bytes, without training or
    /// simplification
    #[arg(long, value_name = "BYTES", conflicts_with = "codewords")]
    budget: Option<usize>,

    /// With --budget: measure on photographs of this folder, in CLASS/*.jpg, what errors of the
    /// weights cost and how they can make up for each other, and keep channels' means; labels are
    /// not used
    #[arg(long, value_name = "DIR", requires = "budget")]
    calibrate: Option<PathBuf>,

    /// How many of them, at equal distances
    #[arg(
        long,
        value_name = "N",
        default_value_t = 256,
        requires = "calibrate",
        value_parser = clap::value_parser!(u32).range(1..=4096)
    )]
    photographs: u32,
}

impl BudgetArguments {
    /// The budget, if there is one.
    pub(super) fn bytes(&self) -> Option<usize> {
        self.budget
    }

    /// A model within the budget, and its file.
    pub(super) fn model(
        &self,
        network: &TrainedNetwork,
        budget: usize,
    ) -> Result<(Model, Vec<u8>), Failure> {
        let (network, file) = match &self.calibrate {
            None => within_budget(network, None, budget)?,
            Some(folder) => {
                let folder = ImageFolder::open(folder)?;
                say(&folder.remarks());
                let framing = Framing::usual(network.architecture().input())?;
                let images = folder.batch(&folder.spread(self.photographs as usize), framing, None);
                let steps = Calibration::steps(network, &images) as u64;
                let progress = progress_bar(steps, "{bar:40} {pos}/{len} measurements, {eta} left");
                let calibration = Calibration::measured(network, &images, || progress.inc(1));
                progress.finish_and_clear();
                within_budget(network, Some(&calibration?), budget)?
            }
        };
        Ok((network.model()?, file))
    }
}
