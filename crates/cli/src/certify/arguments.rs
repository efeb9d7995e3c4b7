//! The options of `certify`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use super::options::Mode;
use crate::effort::Effort;
use crate::failure::Failure;
use crate::import::{image_size, ImportArguments};
use crate::memory_limit::LimitArgument;
use crate::onnx::{is_onnx, OnnxArguments};
use crate::shard::shard;
use nonvacuous::bounds::FailureProbability;
use nonvacuous::certificate::{BaseClaim, Folder};
use nonvacuous::code::Base;
use nonvacuous::evaluate::{Examples, Loss};
use nonvacuous::network::Adapters;
use nonvacuous::pieces::Shard;
use nonvacuous::search::transfer::{HeadInput, Moves, Reading};
use nonvacuous::search::Settings;
use nonvacuous::shape::ImageSize;

#[derive(Debug, Args)]
pub(in super::super) struct Arguments {
    /// The command as it was typed
    #[arg(skip)]
    pub(in super::super) command: String,

    /// digits, mnist, fashion-mnist, cifar10, imagenet, or a folder or file of images: CLASS/*.jpg,
    /// idx, CIFAR, .npz, parquet, CSV (docs/data.md)
    #[arg(long, default_value = "digits", value_name = "NAME|DIR")]
    pub(super) data: String,

    /// Layers, such as "conv:8:3 relu max:2 dense:10"; without it, those that are known to do well
    #[arg(long, value_name = "LAYERS")]
    pub(super) arch: Option<String>,

    /// Train by this recipe (TOML; such as the recipe.toml beside a certificate) instead of those
    /// that are known to do well; with --model, train that network further
    #[arg(long, value_name = "FILE")]
    pub(super) recipe: Option<PathBuf>,

    /// Learn a base on this first part of the training set, and bound the error on the rest alone;
    /// with --base, a head on that
    #[arg(long, value_name = "F", conflicts_with = "model")]
    pub(super) prior_fraction: Option<f64>,

    /// How long to search
    #[arg(long, value_enum, default_value_t = Effort::Standard)]
    pub(super) effort: Effort,

    /// Seed of all randomness
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,

    /// Probability, over the draw of the training set, that the bound fails
    #[arg(long, default_value = "0.05", value_parser = failure_probability)]
    pub(super) delta: FailureProbability,

    /// State that the format of model files was not designed with these examples at hand: nothing
    /// is charged for its design, and the certificate says on whose word
    #[arg(long)]
    pub(super) unseen: bool,

    /// Bound the error on each class too, all at once
    #[arg(long)]
    pub(super) per_class: bool,

    /// Count independent groups (patients, videos, writers) instead of their examples: a file with
    /// a line for each example, GROUP in order or NAME GROUP
    #[arg(long, value_name = "FILE")]
    pub(super) groups: Option<PathBuf>,

    /// Begin no further recipe after so many minutes
    #[arg(long, value_name = "M", value_parser = minutes)]
    pub(super) minutes: Option<Duration>,

    /// Folder for model.nvc, certificate.json and trials.csv; a search that was interrupted goes on
    /// where it was. Without it, certificates/NAME
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,

    /// Only part I of K: of the recipes; with --model FILE.nvc of the examples; or with --base of
    /// what the base makes of them; into the folder pieces of that of the certificate, or of
    /// --cache with --base, which certify without it gathers. slurm, slurm/K, kubernetes/K and
    /// hyperqueue/K take I from the task of an array
    #[arg(long, value_name = "I/K", value_parser = shard, conflicts_with = "replace")]
    pub(super) shard: Option<Shard>,

    /// Replace the certificate in the folder, even if it is better or about something else
    #[arg(long)]
    pub(super) replace: bool,

    #[command(flatten)]
    pub(super) base: BaseOptions,

    #[command(flatten)]
    pub(super) model: ModelArguments,
}

/// A network, trained on other data, that the certificate is relative to.
#[derive(Debug, Args)]
pub(super) struct BaseOptions {
    /// Certify a new head on this network, which was trained on other data and costs nothing; or
    /// with --model FILE.nvc, certify that file, which is relative to it
    #[arg(long, value_name = "FILE.nvc")]
    pub(super) base: Option<PathBuf>,

    /// With --base: where it came from
    #[arg(long, value_name = "TEXT")]
    pub(super) base_source: Option<String>,

    /// With --base: what it was trained on, and tuned, and chosen by; if any of the examples were
    /// among that, the bound does not hold
    #[arg(long, value_name = "TEXT")]
    pub(super) base_trained_on: Option<String>,

    /// With --base: how many bases were tried on these examples, this one among them
    #[arg(
        long, value_name = "M", default_value_t = 1,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub(super) bases: u64,

    /// With --base: enlarge or reduce the images to S rows and columns; without it, to those of the
    /// base's input
    #[arg(long, value_name = "S")]
    pub(super) side: Option<usize>,

    /// With --base: what decides; without it, the base itself if its outputs stand for the classes,
    /// else a new head on its features
    #[arg(long, value_enum)]
    head: Option<HeadName>,

    /// With --base: how the base's own numbers may move, in as many of its last layers as can be
    /// trained
    #[arg(long, value_enum, default_value_t = MovesName::ScalesAndShifts)]
    moves: MovesName,
}

/// What decides about the classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HeadName {
    /// A new head on what the base's last dense layer reads
    Features,
    /// A new head on the base's logits
    Logits,
    /// The base itself
    Own,
}

/// How a base's own numbers may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MovesName {
    /// Not at all
    None,
    /// A scale for each channel or unit, and its shift; all weights of a last layer that decides
    ScalesAndShifts,
    /// Each shift, and products of two narrow matrices
    LowRank,
    /// In a random subspace
    Subspace,
    /// Each weight by itself
    Sparse,
}

impl BaseOptions {
    /// What the certificate says of the base.
    pub(super) fn claim(&self) -> Result<BaseClaim, Failure> {
        let (Some(source), Some(trained_on)) = (&self.base_source, &self.base_trained_on) else {
            return Err(Failure::misuse(
                "a certificate relative to a base says where that came from and what it was \
                 trained on: --base-source TEXT --base-trained-on TEXT",
            ));
        };
        Ok(BaseClaim {
            sha256: String::new(),
            source: source.clone(),
            trained_on: trained_on.clone(),
            considered: self.bases,
        })
    }

    /// How the base reads examples of a size, and what decides.
    pub(super) fn reading(
        &self,
        base: &Base,
        input: ImageSize,
        examples: &dyn Examples,
    ) -> Result<Reading, Failure> {
        match self.head {
            None => Ok(Reading::fitting(base, input, self.side, examples)?),
            Some(HeadName::Own) => Ok(Reading::new(base, input, self.side, HeadInput::Own)?),
            _ => self.new_head(base, input),
        }
    }

    /// How the base reads examples of a size for a new head.
    pub(super) fn new_head(&self, base: &Base, input: ImageSize) -> Result<Reading, Failure> {
        let head = match self.head {
            Some(HeadName::Logits) => HeadInput::Logits,
            _ => HeadInput::Features,
        };
        Ok(Reading::new(base, input, self.side, head)?)
    }

    /// How the base's own numbers may move.
    pub(super) fn moves(&self) -> Moves {
        match self.moves {
            MovesName::None => Moves::None,
            MovesName::ScalesAndShifts => Moves::ScalesAndShifts,
            MovesName::LowRank => Moves::LowRank,
            MovesName::Subspace => Moves::Subspace,
            MovesName::Sparse => Moves::Sparse,
        }
    }
}

/// A probability, the double nearest to the text: that is what the certificate says.
fn failure_probability(text: &str) -> Result<FailureProbability, String> {
    let probability: f64 = text
        .parse()
        .map_err(|_| format!("\"{text}\" is not a number"))?;
    FailureProbability::new(probability).map_err(|error| error.to_string())
}

/// A duration in minutes.
fn minutes(text: &str) -> Result<Duration, String> {
    let minutes: f64 = text
        .parse()
        .map_err(|_| format!("\"{text}\" is not a number"))?;
    if minutes.is_nan() || minutes < 0.0 {
        return Err(format!("{text} minutes: accepted are numbers from 0 on"));
    }
    Duration::try_from_secs_f64(60.0 * minutes).map_err(|error| error.to_string())
}

#[derive(Debug, Args)]
pub(super) struct ModelArguments {
    /// Certify the network in this ONNX file, in this safetensors or PyTorch file, of layers
    /// --arch, or in this model file, instead of training one; or with --recipe, train the one in
    /// this safetensors or PyTorch file further
    #[arg(long, value_name = "FILE")]
    pub(super) model: Option<PathBuf>,

    #[command(flatten)]
    pub(super) import: ImportArguments,

    #[command(flatten)]
    pub(super) onnx: OnnxArguments,

    /// With --model FILE.onnx: size of the images, where the file leaves it open; without it that
    /// of the data
    #[arg(long, value_name = "CxHxW", value_parser = image_size)]
    pub(super) input: Option<ImageSize>,

    /// With --model: when an example counts as misclassified
    #[arg(long, value_enum, default_value_t = LossName::Top1)]
    pub(super) loss: LossName,

    /// With --model: evaluate S training examples, drawn at random by --seed, and bound the errors
    /// on the others; a fifth of --delta pays for it
    #[arg(long, value_name = "S")]
    pub(super) subsample: Option<u64>,

    /// With --model FILE.nvc: which output of the network stands for each class of the data, where
    /// these are fewer; a file with a line CLASS OUTPUT for each
    #[arg(long, value_name = "FILE")]
    pub(super) classes: Option<PathBuf>,

    /// With --model: keep decoded photographs in this folder
    #[arg(long, value_name = "DIR")]
    pub(super) cache: Option<PathBuf>,

    #[command(flatten)]
    pub(super) limit: LimitArgument,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LossName {
    /// The true class is not the first guess
    Top1,
    /// The true class is not among the first five guesses
    Top5,
}

impl From<LossName> for Loss {
    fn from(name: LossName) -> Self {
        match name {
            LossName::Top1 => Self::Top1,
            LossName::Top5 => Self::Top5,
        }
    }
}

impl ModelArguments {
    /// Whether the network is in a model file already.
    pub(super) fn is_model_file(&self) -> bool {
        let extension = self.model.as_deref().and_then(Path::extension);
        extension.is_some_and(|extension| extension == "nvc")
    }
}

impl Arguments {
    /// Which of the commands that `certify` is.
    pub(super) fn mode(&self) -> Mode {
        let is_model_file = self.model.is_model_file();
        match (&self.model.model, &self.recipe, self.prior_fraction) {
            (Some(_), Some(_), _) => Mode::FineTune,
            (Some(path), None, _) if is_onnx(path) => Mode::Onnx,
            (Some(_), None, _) if is_model_file => Mode::ModelFile,
            (Some(path), None, _) if Adapters::are_in(path).unwrap_or(false) => Mode::Adapters,
            (Some(_), None, _) => Mode::Import,
            (None, _, Some(_)) => Mode::PriorFraction,
            (None, _, None) if self.base.base.is_some() => Mode::Relative,
            (None, Some(_), None) => Mode::Recipe,
            (None, None, None) => Mode::Search,
        }
    }

    /// Where the certificate goes.
    pub(super) fn folder(&self, data: &str) -> Folder {
        match &self.out {
            Some(folder) => Folder::at(folder),
            // The last component, if the data set is a folder somewhere.
            None => {
                let name = Path::new(data).file_name().unwrap_or("folder".as_ref());
                Folder::at(Path::new("certificates").join(name))
            }
        }
    }

    pub(super) fn settings(&self) -> Settings {
        let mut settings = Settings::new(self.delta);
        settings.seed = self.seed;
        settings.effort = self.effort.into();
        settings.deadline = self.minutes.map(|minutes| Instant::now() + minutes);
        settings.replace = self.replace;
        settings.unseen = self.unseen;
        settings.per_class = self.per_class;
        settings.command = self.command.clone();
        settings
    }
}
