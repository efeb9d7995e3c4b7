//! `nonvacuous certify`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use candle_core::Device;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::certify_model::{Claim, ModelArguments};
use super::output::{cannot, print, print_json, write_whole};
use super::table::table;
use super::{Failure, MISUSE};
use crate::bounds::BOUNDS;
use crate::certificate::{issue, percent_up, Certificate, Provenance};
use crate::code::Architecture;
use crate::compress::{compress, recipes, CompressError, Effort, Recipe};
use crate::data::{load, DataSet, SearchPath};
use crate::nets::{TrainError, TrainingSet};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// digits, mnist, fashion-mnist, cifar10, or a folder of idx files
    #[arg(long, default_value = "digits", value_name = "NAME|DIR")]
    data: String,

    /// Layers, such as "conv:8:3 relu max:2 dense:10"; without it, those that are known to do well
    #[arg(long, value_name = "LAYERS")]
    arch: Option<String>,

    /// How long to search
    #[arg(long, value_enum, default_value_t = Effort::Standard)]
    effort: Effort,

    /// Seed of all randomness
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Probability, over the draw of the training set, that the bound fails
    #[arg(long, default_value_t = 0.05)]
    delta: f64,

    /// Folder for model.nvc and certificate.json
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    model: ModelArguments,
}

pub(super) const MODEL_FILE: &str = "model.nvc";
const CERTIFICATE_FILE: &str = "certificate.json";

pub(super) fn run(arguments: &Arguments, search: &SearchPath, json: bool) -> Result<(), Failure> {
    crate::bounds::FailureProbability::new(arguments.delta)?;
    let data = load(&arguments.data, search)?;
    let recipes = match &arguments.model.model {
        None => chosen_recipes(arguments, &data)?,
        Some(_) => Vec::new(),
    };
    let folder = match &arguments.out {
        Some(folder) => folder.clone(),
        // The last component, if the data set is a folder somewhere.
        None => Path::new("certificates").join(Path::new(&data.name).file_name().unwrap_or("folder".as_ref())),
    };
    if let (Some(path), Some(arch)) = (&arguments.model.model, &arguments.arch) {
        let (delta, seed) = (arguments.delta, arguments.seed);
        return arguments.model.certify(path, &Claim { arch, data: &data, delta, seed, folder: &folder }, json);
    }
    create(&folder)?;
    let provenance = provenance(arguments.seed);
    let device = Device::Cpu;
    let training_set = TrainingSet::new(&data.train, &device)?;
    let mut best: Option<Certificate> = None;
    let mut diverged = None;
    for (place, recipe) in recipes.iter().enumerate() {
        let candidate = Candidate { recipe, number: place + 1, of: recipes.len() };
        let file = match candidate.train(&training_set, arguments.seed, &device) {
            Ok(file) => file,
            Err(CompressError::Train(error @ TrainError::Diverged { .. })) => {
                diverged = Some(error);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let certificate = issue(&file, MODEL_FILE, &data, arguments.delta, provenance.clone())?;
        candidate.report(&certificate);
        let bound = |certificate: &Certificate| certificate.bounds.occam_binomial;
        if best.as_ref().is_none_or(|best| bound(&certificate) < bound(best)) {
            // At once, so that an interruption loses nothing that is finished.
            write(&folder, &file, &certificate)?;
            best = Some(certificate);
        }
    }
    match (best, diverged) {
        (Some(certificate), _) if json => print_json(&certificate),
        (Some(certificate), _) => {
            summarise(&folder, &certificate);
            Ok(())
        }
        (None, Some(error)) => Err(error.into()),
        (None, None) => Err(Failure { message: "there is no recipe to try".to_string(), code: MISUSE }),
    }
}

/// Makes the folder, if it is not there.
pub(super) fn create(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| cannot("create", folder, &error))
}

/// How this certificate comes about.
pub(super) fn provenance(seed: u64) -> Provenance {
    let command = std::env::args().collect::<Vec<String>>().join(" ");
    Provenance { command, seed, version: env!("CARGO_PKG_VERSION").to_string() }
}

fn chosen_recipes(arguments: &Arguments, data: &DataSet) -> Result<Vec<Recipe>, Failure> {
    let mut recipes = recipes(&data.train, arguments.effort)?;
    if let Some(text) = &arguments.arch {
        let architecture = Architecture::parse(text, data.train.shape())?;
        for recipe in &mut recipes {
            recipe.architecture = architecture.clone();
        }
        recipes.dedup();
    }
    Ok(recipes)
}

/// One of the networks that are tried.
struct Candidate<'a> {
    recipe: &'a Recipe,
    number: usize,
    of: usize,
}

impl Candidate<'_> {
    /// Trains, compresses and encodes, with a progress bar on a terminal.
    fn train(&self, data: &TrainingSet, seed: u64, device: &Device) -> Result<Vec<u8>, CompressError> {
        let epochs = self.recipe.pruning.epochs + self.recipe.quantised.epochs;
        let bar = ProgressBar::new(epochs as u64);
        if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:24} {pos}/{len} epochs, {msg}, {eta} left") {
            bar.set_style(style);
        }
        bar.set_prefix(format!("[{}/{}]", self.number, self.of));
        bar.set_message("starting");
        let model = compress(self.recipe, data, seed, device, |stage, epoch| {
            let error = 100.0 * epoch.error;
            bar.set_message(format!("{stage}: loss {:.3}, error {error:.1}%", epoch.loss));
            bar.inc(1);
        })?;
        bar.finish_and_clear();
        Ok(model.encode()?)
    }

    /// One line on a terminal about what came out.
    fn report(&self, certificate: &Certificate) {
        if std::io::stderr().is_terminal() {
            eprintln!(
                "[{}/{}] {}: {} bits, {} of {} training images misread, bound {}",
                self.number,
                self.of,
                self.recipe,
                certificate.bits,
                certificate.k,
                certificate.n,
                percent_up(certificate.bounds.occam_binomial)
            );
        }
    }
}

/// The certificate is written last and removed first, so that one beside a model is always about that model.
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
    let values = [certificate.bounds.occam_binomial, certificate.bounds.occam_kl, certificate.bounds.occam_hoeffding];
    let header = ["bound on the error", "at most", "source"].map(str::to_string).to_vec();
    let mut rows = vec![header];
    for (bound, value) in BOUNDS.iter().zip(values) {
        rows.push(vec![bound.name.to_string(), percent_up(value), bound.source.to_string()]);
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
    print(&format!("check it: nonvacuous verify {}", folder.join(CERTIFICATE_FILE).display()));
}
