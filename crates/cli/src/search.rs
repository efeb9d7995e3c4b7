//! The search of `nonvacuous certify`: recipe after recipe, of which the best is kept.

use std::collections::{HashSet, VecDeque};
use std::io::IsTerminal;
use std::path::Path;
use std::time::Instant;

use super::certify::{provenance, write, Arguments, CERTIFICATE_FILE, MODEL_FILE};
use super::effort::Effort;
use super::output::write_whole;
use super::progress::progress_bar;
use super::{Failure, MISUSE};
use nonvacuous::certificate::{issue, parse, percent_up, Certificate};
use nonvacuous::compress::{compress, variations, CompressError, Progress, Recipe};
use nonvacuous::data::{DataSet, LabelledImages};
use nonvacuous::search::{Trial, Trials};
use nonvacuous::train::{TrainError, TrainingSet};

/// The log of a search, beside its certificate.
const TRIALS_FILE: &str = "trials.csv";

/// The recipe of the best, with which it can be made again.
pub(super) const RECIPE_FILE: &str = "recipe.toml";

/// What is searched, where the result goes, and since when.
pub(super) struct Search<'a> {
    pub(super) data: &'a DataSet,
    pub(super) training_set: &'a TrainingSet<'a>,
    pub(super) folder: &'a Path,
    pub(super) arguments: &'a Arguments,
    pub(super) begun: Instant,
}

/// The best so far.
struct Best {
    recipe: Recipe,
    bound: f64,
    /// Not there if it comes from the log.
    certificate: Option<Certificate>,
}

impl Search<'_> {
    /// Tries the recipes, and with the greatest effort variations of the best; returns the best's
    /// certificate.
    ///
    /// A recipe is a pure function, so those in the folder's log need not be tried again.
    pub(super) fn run(&self, recipes: Vec<Recipe>) -> Result<Certificate, Failure> {
        let mut trials = Trials::open(&self.folder.join(TRIALS_FILE))?;
        let digest = self.data.train.sha256();
        let mut best: Option<Best> = None;
        let mut diverged = None;
        let mut seen = HashSet::new();
        let mut waiting = VecDeque::from(recipes);
        loop {
            let Some(recipe) = waiting.pop_front() else {
                let varied = best.iter().flat_map(|best| variations(&best.recipe));
                let fresh = varied.filter(|recipe| !seen.contains(&recipe.to_string()));
                waiting.extend(fresh.filter(|_| self.arguments.effort == Effort::Max));
                if waiting.is_empty() {
                    break;
                }
                continue;
            };
            if !seen.insert(recipe.to_string()) {
                continue;
            }
            let mut trial = self.untried(&recipe, &digest);
            let is_better = |bound: f64| best.as_ref().is_none_or(|best| bound < best.bound);
            if let Some(known) = trials.find(&trial) {
                if is_better(known.bound) {
                    best = Some(Best {
                        recipe,
                        bound: known.bound,
                        certificate: None,
                    });
                }
                continue;
            }
            if best.is_some() && self.is_time_over() {
                break;
            }
            let begun = Instant::now();
            let file = match self.train(&recipe, seen.len(), seen.len() + waiting.len()) {
                Ok(file) => file,
                Err(CompressError::Train(error @ TrainError::Diverged { .. })) => {
                    diverged = Some(error);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            trial.seconds = begun.elapsed().as_millis() as f64 / 1000.0;
            let certificate = self.issue(&file)?;
            (trial.errors, trial.bits, trial.bound) = (
                certificate.k,
                certificate.bits,
                certificate.bounds.occam_binomial,
            );
            let bound = trial.bound;
            if is_better(bound) {
                // At once, so that an interruption loses nothing that is finished.
                write(self.folder, &file, &certificate)?;
                write_whole(&self.folder.join(RECIPE_FILE), recipe.to_toml().as_bytes())?;
                best = Some(Best {
                    recipe,
                    bound,
                    certificate: Some(certificate),
                });
            }
            trials.append(trial)?;
            report(&trials, &digest, seen.len());
        }
        match (best, diverged) {
            (Some(best), _) => self.certificate_of(best),
            (None, Some(error)) => Err(error.into()),
            (None, None) => Err(Failure {
                message: "there is no recipe to try".to_string(),
                code: MISUSE,
            }),
        }
    }

    /// What is known of a trial before it is made.
    fn untried(&self, recipe: &Recipe, digest: &str) -> Trial {
        Trial {
            training_set: digest.to_string(),
            version: env!("CARGO_PKG_VERSION").to_string(),
            delta: self.arguments.delta,
            recipe: recipe.to_string(),
            seed: self.arguments.seed,
            n: self.data.train.len() as u64,
            errors: 0,
            bits: 0,
            bound: 1.0,
            seconds: 0.0,
        }
    }

    fn is_time_over(&self) -> bool {
        self.arguments
            .minutes
            .is_some_and(|minutes| self.begun.elapsed().as_secs_f64() >= 60.0 * minutes)
    }

    fn train(&self, recipe: &Recipe, number: usize, of: usize) -> Result<Vec<u8>, CompressError> {
        let settings = (self.arguments.delta, self.arguments.seed);
        encoded(
            recipe,
            &self.data.train,
            self.training_set,
            settings,
            (number, of),
        )
    }

    fn issue(&self, file: &[u8]) -> Result<Certificate, Failure> {
        Ok(issue(
            file,
            MODEL_FILE,
            self.data,
            self.arguments.delta,
            provenance(self.arguments.seed),
        )?)
    }

    /// The certificate of the best recipe: made just now, or still in the folder, or made again.
    fn certificate_of(&self, best: Best) -> Result<Certificate, Failure> {
        if let Some(certificate) = best
            .certificate
            .or_else(|| self.certificate_in_folder(best.bound))
        {
            return Ok(certificate);
        }
        let file = self.train(&best.recipe, 1, 1)?;
        let certificate = self.issue(&file)?;
        write(self.folder, &file, &certificate)?;
        Ok(certificate)
    }

    /// The folder's certificate, if its model file really has this bound.
    fn certificate_in_folder(&self, bound: f64) -> Option<Certificate> {
        let file = std::fs::read(self.folder.join(MODEL_FILE)).ok()?;
        let text = std::fs::read_to_string(self.folder.join(CERTIFICATE_FILE)).ok()?;
        let written = parse(&text).ok()?;
        let issued = Certificate {
            provenance: written.provenance.clone(),
            ..self.issue(&file).ok()?
        };
        (issued == written && issued.bounds.occam_binomial == bound).then_some(written)
    }
}

/// Trains, compresses and encodes, with a progress bar on a terminal: recipe `number` of `of`.
pub(super) fn encoded(
    recipe: &Recipe,
    data: &LabelledImages,
    training_set: &TrainingSet,
    (delta, seed): (f64, u64),
    (number, of): (usize, usize),
) -> Result<Vec<u8>, CompressError> {
    let epochs = recipe.first.epochs + recipe.second.epochs;
    let bar = progress_bar(
        epochs as u64,
        "{prefix} {bar:24} {pos}/{len} epochs, {msg}, {eta} left",
    );
    bar.set_prefix(format!("[{number}/{of}]"));
    bar.set_message("starting");
    let model = compress(recipe, data, training_set, delta, seed, |progress| {
        if !matches!(progress, Progress::Step(_)) {
            bar.set_message(progress.to_string());
        }
        if matches!(progress, Progress::Pruning(_) | Progress::Codebook(_)) {
            bar.inc(1);
        }
    })?;
    bar.finish_and_clear();
    Ok(model.encode()?)
}

/// On a terminal, what came out of the last trial, and the frontier so far.
fn report(trials: &Trials, training_set: &str, number: usize) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    if let Some(Trial {
        bits,
        errors,
        n,
        bound,
        recipe,
        ..
    }) = trials.all().last()
    {
        let bound = percent_up(*bound);
        eprintln!("[{number}] bound {bound}: {bits} bits, {errors} of {n} training images misread; {recipe}");
    }
    let points = trials.frontier(training_set).into_iter();
    let points = points.map(|trial| {
        format!(
            "{} bits {} ({})",
            trial.bits,
            trial.errors,
            percent_up(trial.bound)
        )
    });
    eprintln!(
        "    frontier, bits errors (bound): {}",
        points.collect::<Vec<String>>().join("; ")
    );
}
