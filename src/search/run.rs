//! Recipe after recipe, of which the best is kept.

use std::collections::{HashSet, VecDeque};
use std::time::Instant;

use candle_core::Device;

use super::error::SearchError;
use super::fine_tune::{fine_tune_images, FineTuneEvent};
use super::gathered::{pieces, Gathered};
use super::settings::Settings;
use super::trials::{Trial, Trials};
use crate::certificate::{Certificate, Folder, Issue, Kept};
use crate::code::Structure;
use crate::compress::{compress, variations, Checkpoints, CompressError, Effort, Progress, Recipe};
use crate::data::DataSet;
use crate::digest::sha256;
use crate::evaluate::Loss;
use crate::network::TrainedNetwork;
use crate::storage::file_error::FileError;
use crate::storage::whole_file;
use crate::train::{TrainError, TrainingSet};

/// A search for the recipe whose certificate has the smallest bound.
///
/// Choosing among recipes by their bounds costs nothing: every bound holds for all files at once.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use nonvacuous::bounds::FailureProbability;
/// use nonvacuous::certificate::Folder;
/// use nonvacuous::compress::{recipes, Effort};
/// use nonvacuous::data::digits;
/// use nonvacuous::search::{Search, Settings};
/// let data = digits()?;
/// let settings = Settings::new(FailureProbability::new(0.05)?);
/// let folder = Folder::at("certificates/digits");
/// let recipes = recipes(&data.train, Effort::Standard)?;
/// let outcome = Search::new(&data, &folder, &settings).run(recipes, &mut |_| {})?;
/// println!("{}", outcome.certificate.claim().sentence());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Search<'a> {
    /// From which network training begins, if not from a random one; and its SHA-256.
    pub(super) start: Option<(&'a TrainedNetwork<Structure>, String)>,
    pub(super) data: &'a DataSet,
    pub(super) folder: &'a Folder,
    pub(super) settings: &'a Settings,
}

/// What a search tells while it runs.
#[derive(Debug)]
pub enum Event<'a> {
    /// A recipe is tried.
    Begun {
        /// Its number, from 1.
        number: usize,
        /// How many there are so far.
        of: usize,
        /// What is tried.
        recipe: &'a Recipe,
    },
    /// How far it has come.
    Progress(Progress),
    /// It has become the last trial of the log.
    Tried {
        /// Its number, from 1.
        number: usize,
        /// What was tried.
        recipe: &'a Recipe,
        /// The log.
        trials: &'a Trials,
        /// SHA-256 of the training set.
        training_set: &'a str,
    },
}

/// What a search has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The best certificate of this search.
    pub certificate: Certificate,
    /// Whether it is in the folder, or a better one that was there.
    pub kept: Kept,
}

/// The best so far.
struct Best {
    recipe: Recipe,
    bound: f64,
    /// Not there if it comes from the log.
    outcome: Option<Outcome>,
}

impl<'a> Search<'a> {
    /// On a data set, into a folder.
    pub fn new(data: &'a DataSet, folder: &'a Folder, settings: &'a Settings) -> Self {
        Self {
            start: None,
            data,
            folder,
            settings,
        }
    }

    /// Begins each training from a network of the recipes' layers or operators; its trials are
    /// logged as those of this network alone.
    #[must_use]
    pub fn from(self, network: &'a TrainedNetwork<Structure>) -> Self {
        let mut numbers = network.architecture().to_string().into_bytes();
        for weight in network.weights().iter().flatten() {
            numbers.extend(weight.to_le_bytes());
        }
        Self {
            start: Some((network, sha256(&numbers))),
            ..self
        }
    }

    /// Tries the recipes, and with the greatest effort variations of the best.
    ///
    /// A recipe is a pure function, so those in the folder's log need not be tried again, nor those
    /// that a piece has tried ([`Search::run_piece`]). What is better than all before is written at
    /// once, so that an interruption loses nothing that is finished.
    ///
    /// # Errors
    /// If the folder holds a certificate about something else, no recipe can be trained, or a file
    /// cannot be written.
    pub fn run(
        &self,
        recipes: Vec<Recipe>,
        report: &mut dyn FnMut(Event),
    ) -> Result<Outcome, SearchError> {
        if !self.settings.replace {
            let sample = self.data.into();
            self.folder
                .check(&sample, Loss::Top1, self.settings.delta)?;
        }
        let training_set = TrainingSet::new(&self.data.train, &Device::Cpu)?;
        let mut trials = Trials::open(&self.folder.trials())?;
        let digest = self.data.train.sha256();
        let gathered = self.gathered(&recipes, &digest)?;
        let mut best: Option<Best> = None;
        let mut diverged = None;
        let mut seen = HashSet::new();
        let mut waiting = VecDeque::from(recipes);
        loop {
            let Some(recipe) = waiting.pop_front() else {
                waiting.extend(self.varied(best.as_ref(), &seen));
                if waiting.is_empty() {
                    break;
                }
                continue;
            };
            if !seen.insert(recipe.identity().to_string()) {
                continue;
            }
            let mut trial = self.untried(&recipe, &digest);
            let lowest = best.as_ref().map_or(f64::INFINITY, |best| best.bound);
            let found = trials.find(&trial).cloned();
            let is_new = found.is_none();
            if let Some(known) = found.or_else(|| gathered.find(&trial).cloned()) {
                if is_new {
                    trials.append(known.clone())?;
                }
                if known.bound < lowest {
                    best = Some(Best {
                        recipe,
                        bound: known.bound,
                        outcome: None,
                    });
                }
                continue;
            }
            if best.is_some() && self.settings.is_time_over() {
                break;
            }
            let (number, of) = (seen.len(), seen.len() + waiting.len());
            report(Event::Begun {
                number,
                of,
                recipe: &recipe,
            });
            let begun = Instant::now();
            let file = match self.trained(&recipe, &training_set, report) {
                Ok(file) => file,
                Err(SearchError::Compress(CompressError::Train(
                    error @ TrainError::Diverged { .. },
                ))) => {
                    diverged = Some(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            trial.seconds = begun.elapsed().as_millis() as f64 / 1000.0;
            let certificate = self.issued(&file)?;
            let claim = certificate.claim();
            (trial.errors, trial.bits, trial.bound) =
                (claim.k, claim.bits, claim.bounds.occam_binomial);
            let bound = trial.bound;
            if bound < lowest {
                let is_first = best.as_ref().is_none_or(|best| best.outcome.is_none());
                let kept = self.keep(&recipe, &certificate, is_first)?;
                best = Some(Best {
                    recipe: recipe.clone(),
                    bound,
                    outcome: Some(Outcome { certificate, kept }),
                });
            }
            trials.append(trial)?;
            report(Event::Tried {
                number,
                recipe: &recipe,
                trials: &trials,
                training_set: &digest,
            });
        }
        match (best, diverged) {
            (Some(best), _) => self.outcome_of(best, &gathered, &digest, &training_set, report),
            (None, Some(error)) => Err(CompressError::Train(error).into()),
            (None, None) => Err(SearchError::NoRecipes),
        }
    }

    /// Variations of the best recipe that have not been tried, if the effort is great enough.
    fn varied(&self, best: Option<&Best>, seen: &HashSet<String>) -> Vec<Recipe> {
        match best {
            Some(best) if self.settings.effort == Effort::Max => variations(&best.recipe)
                .into_iter()
                .filter(|recipe| !seen.contains(recipe.identity()))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What pieces have found, if this search is done in pieces.
    fn gathered(&self, recipes: &[Recipe], digest: &str) -> Result<Gathered, SearchError> {
        let (folder, start) = (self.folder.path(), self.start_sha256());
        Gathered::read(
            &pieces(folder, recipes, self.settings, digest, start),
            folder,
        )
    }

    /// The digest of the network from which training begins, or nothing.
    pub(super) fn start_sha256(&self) -> &str {
        self.start.as_ref().map_or("", |(_, sha256)| sha256)
    }

    /// What is known of a trial before it is made.
    fn untried(&self, recipe: &Recipe, digest: &str) -> Trial {
        Trial {
            training_set: digest.to_string(),
            version: env!("CARGO_PKG_VERSION").to_string(),
            delta: self.settings.delta.get(),
            recipe: match &self.start {
                None => recipe.identity().to_string(),
                // A comment of TOML.
                Some((_, sha256)) => format!("{} # from {sha256}", recipe.identity()),
            },
            seed: self.settings.seed,
            n: self.data.train.len() as u64,
            errors: 0,
            bits: 0,
            bound: 1.0,
            seconds: 0.0,
        }
    }

    fn trained(
        &self,
        recipe: &Recipe,
        training_set: &TrainingSet,
        report: &mut dyn FnMut(Event),
    ) -> Result<Vec<u8>, SearchError> {
        let (delta, seed) = (self.settings.delta, self.settings.seed);
        let data = &self.data.train;
        let mut progress = |progress| report(Event::Progress(progress));
        let model = match &self.start {
            None => compress(recipe, data, training_set, delta, seed, progress)?,
            Some((network, _)) => {
                let checkpoints = self.checkpoints(recipe);
                let mut listen = |event| {
                    if let FineTuneEvent::Progress(now) = event {
                        progress(now);
                    }
                };
                let model = fine_tune_images(
                    network,
                    recipe,
                    data,
                    training_set,
                    self.settings,
                    &checkpoints,
                    &mut listen,
                )?;
                checkpoints
                    .remove()
                    .map_err(|source| FileError::new("remove", self.folder.path(), source))?;
                model
            }
        };
        Ok(model.encode()?)
    }

    /// Where a training that begins from a network is kept while it goes on.
    fn checkpoints(&self, recipe: &Recipe) -> Checkpoints {
        let start = self.start_sha256();
        let key = format!(
            "{}\n{}\n{}\n{start}\n{}",
            env!("CARGO_PKG_VERSION"),
            recipe.identity(),
            self.settings.seed,
            self.data.train.sha256()
        );
        Checkpoints::new(self.folder.path(), &key)
    }

    fn issued(&self, file: &[u8]) -> Result<Certificate, SearchError> {
        Ok(Issue::new(file, self.data, self.settings.delta)
            .unseen(self.settings.unseen)
            .per_class(self.settings.per_class)
            .groups(self.settings.groups.as_deref())
            .provenance(self.settings.provenance())
            .run()?)
    }

    /// Puts a certificate into the folder with the recipe that made it, unless a better one is
    /// there. The first of a search replaces it all the same, if that is asked for.
    fn keep(
        &self,
        recipe: &Recipe,
        certificate: &Certificate,
        is_first: bool,
    ) -> Result<Kept, SearchError> {
        let replace = self.settings.replace && is_first;
        let kept = self.folder.keep(certificate, replace)?;
        if kept == Kept::New {
            whole_file::write(&self.folder.recipe(), recipe.to_toml().as_bytes())?;
        }
        Ok(kept)
    }

    /// The outcome of the best recipe: made just now, or still in the folder, or in that of a
    /// piece, or made again.
    fn outcome_of(
        &self,
        best: Best,
        gathered: &Gathered,
        digest: &str,
        training_set: &TrainingSet,
        report: &mut dyn FnMut(Event),
    ) -> Result<Outcome, SearchError> {
        if let Some(outcome) = best.outcome {
            return Ok(outcome);
        }
        if let Some(certificate) = self.certificate_in_folder(best.bound) {
            let kept = Kept::New;
            return Ok(Outcome { certificate, kept });
        }
        let trial = self.untried(&best.recipe, digest);
        for made in gathered.certificates(&trial) {
            // The file is all that is taken: it is counted again.
            let certificate = self.issued(made.file())?;
            if certificate.claim().bounds.occam_binomial == best.bound {
                let kept = self.keep(&best.recipe, &certificate, true)?;
                return Ok(Outcome { certificate, kept });
            }
        }
        let file = self.trained(&best.recipe, training_set, report)?;
        let certificate = self.issued(&file)?;
        let kept = self.keep(&best.recipe, &certificate, true)?;
        Ok(Outcome { certificate, kept })
    }

    /// The folder's certificate, if it holds, has this bound and is at this seed.
    fn certificate_in_folder(&self, bound: f64) -> Option<Certificate> {
        let held = self.folder.certificate().ok()??;
        let issued = self.issued(held.file()).ok()?;
        let (mut expected, found) = (issued.claim().clone(), held.claim());
        expected.provenance = found.provenance.clone();
        (expected == *found && found.bounds.occam_binomial == bound).then_some(held)
    }
}
