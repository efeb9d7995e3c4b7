//! `nonvacuous certify`.

mod model;
mod options;
mod outcome;
mod prior_fraction;
mod trained;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{ArgMatches, Args};

use self::model::ModelArguments;
use self::options::{refuse_unused, Mode};
use super::effort::Effort;
use super::failure::Failure;
use nonvacuous::bounds::FailureProbability;
use nonvacuous::certificate::Folder;
use nonvacuous::data::{find, Found, SearchPath};
use nonvacuous::search::Settings;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// digits, mnist, fashion-mnist, cifar10, imagenet, or a folder of idx files or of photographs
    /// in CLASS/*.jpg
    #[arg(long, default_value = "digits", value_name = "NAME|DIR")]
    data: String,

    /// Layers, such as "conv:8:3 relu max:2 dense:10"; without it, those that are known to do well
    #[arg(long, value_name = "LAYERS")]
    arch: Option<String>,

    /// Train by this recipe (TOML; such as the recipe.toml beside a certificate) instead of those
    /// that are known to do well; with --model, train that network further
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,

    /// Learn the prior on this first part of the training set, and bound the error on the rest
    /// alone
    #[arg(long, value_name = "F", conflicts_with = "model")]
    prior_fraction: Option<f64>,

    /// How long to search
    #[arg(long, value_enum, default_value_t = Effort::Standard)]
    effort: Effort,

    /// Seed of all randomness
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Probability, over the draw of the training set, that the bound fails
    #[arg(long, default_value = "0.05", value_parser = failure_probability)]
    delta: FailureProbability,

    /// Begin no further recipe after so many minutes
    #[arg(long, value_name = "M", value_parser = minutes)]
    minutes: Option<Duration>,

    /// Folder for model.nvc, certificate.json and trials.csv; a search that was interrupted goes on
    /// where it was. Without it, certificates/NAME
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace the certificate in the folder, even if it is better or about something else
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    model: ModelArguments,
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

pub(super) fn run(
    arguments: &Arguments,
    matches: &ArgMatches,
    search: &SearchPath,
    json: bool,
) -> Result<(), Failure> {
    refuse_unused(arguments.mode(), matches)?;
    let found = find(&arguments.data, search)?;
    let folder = arguments.folder(found.name());
    if arguments.model.model.is_some() {
        return arguments.model.certify(arguments, found, &folder, json);
    }
    let data = match found {
        Found::Images(data) => data,
        Found::Photographs(set) => {
            return Err(Failure::misuse(format!(
                "photographs need a network that is trained already: name it with --model \
                 (--data {})",
                set.name
            )));
        }
    };
    if let Some(fraction) = arguments.prior_fraction {
        return prior_fraction::certify(fraction, arguments, &data, &folder, json);
    }
    trained::certify(arguments, &data, &folder, json)
}

impl Arguments {
    /// Which of the commands that `certify` is.
    fn mode(&self) -> Mode {
        let is_model_file = self.model.is_model_file();
        match (&self.model.model, &self.recipe, self.prior_fraction) {
            (Some(_), Some(_), _) => Mode::FineTune,
            (Some(_), None, _) if is_model_file => Mode::ModelFile,
            (Some(_), None, _) => Mode::Import,
            (None, _, Some(_)) => Mode::PriorFraction,
            (None, Some(_), None) => Mode::Recipe,
            (None, None, None) => Mode::Search,
        }
    }

    /// Where the certificate goes.
    fn folder(&self, data: &str) -> Folder {
        match &self.out {
            Some(folder) => Folder::at(folder),
            // The last component, if the data set is a folder somewhere.
            None => {
                let name = Path::new(data).file_name().unwrap_or("folder".as_ref());
                Folder::at(Path::new("certificates").join(name))
            }
        }
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::new(self.delta);
        settings.seed = self.seed;
        settings.effort = self.effort.into();
        settings.deadline = self.minutes.map(|minutes| Instant::now() + minutes);
        settings.replace = self.replace;
        settings.command = command_line();
        settings
    }
}

/// The command as it was typed; what is not UTF-8 is replaced.
fn command_line() -> String {
    let mut words = vec!["nonvacuous".to_string()];
    for argument in std::env::args_os().skip(1) {
        words.push(argument.to_string_lossy().into_owned());
    }
    words.join(" ")
}
