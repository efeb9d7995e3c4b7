//! `nonvacuous certify`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use candle_core::Device;
use clap::Args;

use super::certify_model::{Claim, ModelArguments};
use super::effort::Effort;
use super::output::{cannot, create_folder, print, print_json, write_whole};
use super::search::Search;
use super::table::table;
use super::{prior_fraction, Failure, MISUSE};
use nonvacuous::bounds::BOUNDS;
use nonvacuous::certificate::{percent_up, Certificate, Provenance};
use nonvacuous::code::Architecture;
use nonvacuous::compress::{recipes, Recipe};
use nonvacuous::data::{load, photographs, DataSet, SearchPath};
use nonvacuous::shape::ImageSize;
use nonvacuous::train::TrainingSet;

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
    #[arg(long, value_name = "FILE", conflicts_with_all = ["arch", "effort"])]
    recipe: Option<PathBuf>,

    /// Learn the prior on this first part of the training set, and bound the error on the rest
    /// alone
    #[arg(long, value_name = "F", conflicts_with = "model")]
    prior_fraction: Option<f64>,

    /// How long to search
    #[arg(long, value_enum, default_value_t = Effort::Standard)]
    pub(super) effort: Effort,

    /// Seed of all randomness
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,

    /// Probability, over the draw of the training set, that the bound fails
    #[arg(long, default_value_t = 0.05)]
    pub(super) delta: f64,

    /// Begin no further recipe after so many minutes
    #[arg(long, value_name = "M")]
    pub(super) minutes: Option<f64>,

    /// Folder for model.nvc, certificate.json and trials.csv; a search that was interrupted goes on
    /// where it was
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    model: ModelArguments,
}

pub(super) const MODEL_FILE: &str = "model.nvc";
pub(super) const CERTIFICATE_FILE: &str = "certificate.json";

pub(super) fn run(arguments: &Arguments, search: &SearchPath, json: bool) -> Result<(), Failure> {
    nonvacuous::bounds::FailureProbability::new(arguments.delta)?;
    let claim = |folder| Claim {
        arch: arguments.arch.as_deref(),
        recipe: arguments.recipe.as_deref(),
        delta: arguments.delta,
        seed: arguments.seed,
        folder,
    };
    if let Some(set) = photographs(&arguments.data, search)? {
        let Some(path) = &arguments.model.model else {
            return Err(Failure::misuse(&format!(
                "photographs need a network that is trained already: name it with --model (--data {})",
                set.name
            )));
        };
        return arguments.model.certify_photographs(
            path,
            &claim(&arguments.folder(&set.name)),
            &set,
            json,
        );
    }
    arguments.model.photographs.refuse()?;
    let data = load(&arguments.data, search)?;
    let folder = arguments.folder(&data.name);
    if let Some(path) = &arguments.model.model {
        return arguments.model.certify(path, &claim(&folder), &data, json);
    }
    let recipes = chosen_recipes(arguments, &data)?;
    if let Some(fraction) = arguments.prior_fraction {
        let settings = (arguments.delta, arguments.seed);
        return prior_fraction::certify(fraction, &recipes, &data, settings, &folder, json);
    }
    create_folder(&folder)?;
    let training_set = TrainingSet::new(&data.train, &Device::Cpu)?;
    let search = Search {
        data: &data,
        training_set: &training_set,
        folder: &folder,
        arguments,
        begun: Instant::now(),
    };
    match search.run(recipes)? {
        certificate if json => print_json(&certificate),
        certificate => {
            summarise(&folder, &certificate);
            Ok(())
        }
    }
}

impl Arguments {
    /// Where the certificate goes.
    fn folder(&self, data: &str) -> PathBuf {
        match &self.out {
            Some(folder) => folder.clone(),
            // The last component, if the data set is a folder somewhere.
            None => Path::new("certificates")
                .join(Path::new(data).file_name().unwrap_or("folder".as_ref())),
        }
    }
}

/// How this certificate comes about.
pub(super) fn provenance(seed: u64) -> Provenance {
    let arguments = std::env::args().skip(1);
    let command = std::iter::once("nonvacuous".to_string())
        .chain(arguments)
        .collect::<Vec<String>>()
        .join(" ");
    Provenance {
        command,
        seed,
        version: env!("CARGO_PKG_VERSION").to_string(),
    }
}

fn chosen_recipes(arguments: &Arguments, data: &DataSet) -> Result<Vec<Recipe>, Failure> {
    if let Some(path) = &arguments.recipe {
        return Ok(vec![read_recipe(
            path,
            data.train.shape(),
            data.train.classes(),
        )?]);
    }
    let mut recipes = recipes(&data.train, arguments.effort.into())?;
    if let Some(text) = &arguments.arch {
        let architecture = Architecture::parse(text, data.train.shape())?;
        for recipe in &mut recipes {
            recipe.architecture = architecture.clone();
        }
        recipes.dedup();
    }
    Ok(recipes)
}

/// The recipe in a file, for images of that size.
pub(super) fn read_recipe(
    path: &Path,
    input: ImageSize,
    classes: usize,
) -> Result<Recipe, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
    Recipe::parse(&text, input, classes).map_err(|error| Failure {
        message: format!("{}: {error}", path.display()),
        code: MISUSE,
    })
}

/// The certificate is written last and removed first, so that one beside a model is always about
/// that model.
pub(super) fn write(folder: &Path, file: &[u8], certificate: &Certificate) -> Result<(), Failure> {
    let certificate_path = folder.join(CERTIFICATE_FILE);
    match std::fs::remove_file(&certificate_path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(cannot("replace", &certificate_path, &error));
        }
        _ => {}
    }
    write_whole(&folder.join(MODEL_FILE), file)?;
    let mut text = serde_json::to_string_pretty(certificate)?;
    text.push('\n');
    write_whole(&certificate_path, text.as_bytes())
}

pub(super) fn summarise(folder: &Path, certificate: &Certificate) {
    print(&format!("{}\n", certificate.sentence()));
    let values = [
        certificate.bounds.occam_binomial,
        certificate.bounds.occam_kl,
        certificate.bounds.occam_hoeffding,
    ];
    let header = ["bound on the error", "at most", "source"]
        .map(str::to_string)
        .to_vec();
    let mut rows = vec![header];
    for (bound, value) in BOUNDS.iter().zip(values) {
        rows.push(vec![
            bound.name.to_string(),
            percent_up(value),
            bound.source.to_string(),
        ]);
    }
    if let Some(held_out) = &certificate.held_out {
        rows.push(vec![
            "held-out, for comparison".to_string(),
            percent_up(held_out.bound),
            format!("{} of {} wrong", held_out.k, held_out.n),
        ]);
    }
    print(&table(&rows));
    print(&format!(
        "\nwritten: {} ({} bytes), {}",
        folder.join(MODEL_FILE).display(),
        certificate.bits / 8,
        folder.join(CERTIFICATE_FILE).display()
    ));
    print(&format!(
        "check it: nonvacuous verify {}",
        folder.join(CERTIFICATE_FILE).display()
    ));
}
