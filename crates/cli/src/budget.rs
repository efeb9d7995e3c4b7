//! Arguments of commands that bring a network within a budget of bytes.

use std::path::PathBuf;

use clap::Args;

use super::data_set::say;
use super::failure::Failure;
use super::progress::progress_bar;
use nonvacuous::code::Model;
use nonvacuous::data::{Framing, ImageFolder};
use nonvacuous::network::{
    budget_steps, within_budget, within_budget_reporting, Calibration, TrainedNetwork,
};

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
        default_value_t = 500,
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
                let steps = Calibration::steps(network, &images) + budget_steps(network);
                let progress = progress_bar(
                    steps as u64,
                    "{bar:40} {pos} of at most {len} measurements, {eta} left",
                );
                let mut report = || progress.inc(1);
                let within =
                    Calibration::measured(network, &images, &mut report).and_then(|measured| {
                        within_budget_reporting(network, Some(&measured), budget, &mut report)
                    });
                progress.finish_and_clear();
                within?
            }
        };
        Ok((network.model()?, file))
    }
}
