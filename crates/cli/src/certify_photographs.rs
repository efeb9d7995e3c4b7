//! `nonvacuous certify --model` on photographs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::certify::{provenance, summarise, write, MODEL_FILE};
use super::certify_model::Claim;
use super::output::{cannot, create_folder, print_json};
use super::photograph_progress::PhotographProgress;
use super::Failure;
use nonvacuous::certificate::{issue_photographs, remove_logs, Evaluation, Task};
use nonvacuous::data::{PhotographSet, PixelCache};
use nonvacuous::evaluate::Loss;
use nonvacuous::shape::ImageSize;

/// Size of ImageNet's photographs as networks read them.
pub(super) const IMAGENET_SIZE: ImageSize = ImageSize {
    channels: 3,
    height: 224,
    width: 224,
};

#[derive(Debug, Args)]
pub(super) struct PhotographArguments {
    /// When a photograph counts as wrong
    #[arg(long, value_enum, default_value_t = LossName::Top1)]
    loss: LossName,

    /// Evaluate S training photographs, drawn at random by --seed, and bound the errors on the
    /// others; a fifth of --delta pays for it
    #[arg(long, value_name = "S")]
    subsample: Option<u64>,

    /// Keep decoded photographs in this folder
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LossName {
    /// The true class is not the first guess
    Top1,
    /// The true class is not among the first five guesses
    Top5,
}

impl LossName {
    fn loss(self) -> Loss {
        match self {
            Self::Top1 => Loss::Top1,
            Self::Top5 => Loss::Top5,
        }
    }
}

impl PhotographArguments {
    /// Refuses what only photographs have.
    pub(super) fn refuse(&self) -> Result<(), Failure> {
        if self.loss != LossName::Top1 || self.subsample.is_some() || self.cache.is_some() {
            return Err(Failure::misuse(
                "--loss, --subsample and --cache are for photographs: --data imagenet, or a folder of CLASS/*.jpg",
            ));
        }
        Ok(())
    }

    /// Refuses what so few classes do not have.
    pub(super) fn check(&self, classes: usize) -> Result<(), Failure> {
        if self.loss == LossName::Top5 && classes <= 5 {
            return Err(Failure::misuse(&format!(
                "--loss top5 needs more than 5 classes, but there are {classes}"
            )));
        }
        Ok(())
    }

    /// Where decoded photographs are kept, if they are.
    pub(super) fn cache(&self) -> Result<Option<PixelCache>, Failure> {
        Ok(self.cache.as_deref().map(PixelCache::open).transpose()?)
    }

    /// Certifies the network in a model file on photographs.
    pub(super) fn certify(
        &self,
        file: &[u8],
        set: &PhotographSet,
        claim: &Claim,
        cache: Option<&PixelCache>,
        json: bool,
    ) -> Result<(), Failure> {
        let Claim {
            delta,
            seed,
            folder,
            ..
        } = *claim;
        create_folder(folder)?;
        let task = Task {
            loss: self.loss.loss(),
            subsample: self.subsample.map(|size| (size, seed)),
            delta,
        };
        let evaluated = self.subsample.map_or(set.train.len(), |size| size as usize);
        let progress = PhotographProgress::new(
            evaluated + set.held_out.as_ref().map_or(0, |held_out| held_out.len()),
        );
        let report = |count: usize, problems: &[String]| progress.advance(count, problems);
        let evaluation = Evaluation {
            folder: Some(folder),
            cache,
            report: Some(&report),
        };
        let certificate =
            issue_photographs(file, MODEL_FILE, set, &task, provenance(seed), &evaluation)?;
        progress.finish();
        write(folder, file, &certificate)?;
        remove_logs(folder).map_err(|error| cannot("tidy", folder, &error))?;
        if json {
            return print_json(&certificate);
        }
        summarise(folder, &certificate);
        Ok(())
    }
}
