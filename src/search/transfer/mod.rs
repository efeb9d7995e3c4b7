//! A short file relative to a base: what decides, and what moves in the base.
//!
//! First nothing of the base moves, so that what it makes of the examples is computed once: it
//! decides by itself, or a new head of few values is trained on that for few bits, by several
//! prices of a bit; local search then changes single weights where that lowers the bound. Then the
//! base's own numbers move, in as many of its last nodes as can be trained: for few bits, too, and
//! as long as the bound falls. Choosing among all that costs nothing: the bound holds for all files
//! at once.

mod changed_network;
mod computation;
mod cut;
mod event;
mod feature_pieces;
mod features;
mod finished_piece;
mod goal;
mod head;
mod kept_features;
mod kept_networks;
mod moves;
mod reading;
mod source;
mod sweep;
mod tuning;
mod untrained;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

pub use event::{Part, TransferEvent};
pub use feature_pieces::FEATURE_PIECES;
pub use moves::Moves;
pub use reading::{HeadInput, Reading};

use self::computation::compute_features;
use self::cut::Cut;
use self::feature_pieces::FeaturePieces;
use self::features::BaseFeatures;
use self::goal::Found;
use self::kept_networks::{forget_networks, KeptNetworks};
use self::source::Source;
use self::untrained::untrained;
use super::error::SearchError;
use super::settings::Settings;
use crate::code::{Base, Model, Spliced};
use crate::evaluate::{examples_identity, Evaluator, Examples};
use crate::pieces::{Identity, Shard};
use crate::storage::file_error::FileError;
use crate::storage::whole_file::create_folder;
use crate::train::TrainingSet;

/// A search for the network relative to a base that has the least bound.
pub struct Transfer<'a> {
    base: &'a Base,
    reading: &'a Reading,
    examples: &'a dyn Examples,
    settings: &'a Settings,
    moves: Moves,
    /// [`examples_identity`], once it was needed.
    identity_of_examples: OnceCell<String>,
}

impl<'a> Transfer<'a> {
    /// Of examples that a base reads so.
    pub fn new(
        base: &'a Base,
        reading: &'a Reading,
        examples: &'a dyn Examples,
        settings: &'a Settings,
        moves: Moves,
    ) -> Self {
        Self {
            base,
            reading,
            examples,
            settings,
            moves,
            identity_of_examples: OnceCell::new(),
        }
    }

    /// The network whose file has the least bound. What the base makes of the examples, and the
    /// networks that were found, are kept in files of this folder while it runs, and afterwards for
    /// another search, which goes on from there.
    ///
    /// # Errors
    /// If the base does not fit the examples, training diverges, or a file cannot be written.
    pub fn run(
        &self,
        folder: &Path,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<Model, SearchError> {
        create_folder(folder)?;
        let spliced = self.reading.spliced(self.base, self.examples.classes())?;
        let cut = self.cut(&spliced);
        if cut.is_none() && self.moves != Moves::None {
            report(TransferEvent::TooLarge);
        }
        if cut.is_none() && self.reading.head() == HeadInput::Own {
            // There is nothing to choose from.
            return untrained(self.base, spliced);
        }
        let kept = KeptNetworks::new(folder, self.base, self.identity());
        let start = match self.reading.head() {
            HeadInput::Own => None,
            _ => {
                let steps = self.reading.steps();
                let features = self.features(&spliced, steps, folder, report)?;
                Some(self.best_head(&spliced, &features, &kept, report)?)
            }
        };
        let (Some(cut), false) = (cut, start.is_some() && self.settings.is_time_over()) else {
            return start.map(|found| found.model).ok_or(SearchError::NoHead);
        };
        let features = self.features(&spliced, cut.steps, folder, report)?;
        let start = match start {
            Some(start) => start,
            None => {
                let model = untrained(self.base, spliced.clone())?;
                self.counted(model, &features, cut.steps, report)?
            }
        };
        let best = self.moved(&spliced, &cut, &features, &kept, start, report)?;
        Ok(best.model)
    }

    /// Computes what a search needs to know of one piece of the examples: the features that a head
    /// is trained on, and those on which numbers of the base move. They are kept in the folder of
    /// the search, whose [run](Transfer::run) takes them from there and computes what no piece has.
    ///
    /// # Errors
    /// As [`Transfer::run`]; and if the piece that is there is of another search, or cannot be
    /// written.
    pub fn run_piece(
        &self,
        folder: &Path,
        shard: Shard,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<(), SearchError> {
        let spliced = self.reading.spliced(self.base, self.examples.classes())?;
        let head = Some(self.reading.steps()).filter(|_| self.reading.head() != HeadInput::Own);
        let moves = self.cut(&spliced).map(|cut| cut.steps);
        let mut steps: Vec<usize> = head.into_iter().chain(moves).collect();
        steps.dedup();
        let evaluator = Evaluator::new(&untrained(self.base, spliced.clone())?);
        let source = |steps| self.source(&evaluator, &spliced, steps);
        let sources: Vec<Source> = steps.into_iter().map(source).collect();
        report(TransferEvent::Computing);
        let mut count = |examples| report(TransferEvent::Features(examples));
        self.pieces(folder)
            .compute(shard, &sources, self.examples, &mut count)
    }

    /// Where the base is cut so that what comes after it can be trained, if that is wanted and
    /// possible.
    fn cut(&self, spliced: &Spliced) -> Option<Cut> {
        let cut = Cut::affordable(spliced.graph(), self.examples.len());
        cut.filter(|_| self.moves != Moves::None)
    }

    /// The pieces in the folder of a search.
    fn pieces(&self, folder: &Path) -> FeaturePieces {
        let configuration = format!("{FEATURE_PIECES}\n{:?}", self.reading);
        let identity = Identity::new(&configuration, self.identity_of_examples());
        FeaturePieces::new(folder, identity.of_model(self.base.sha256()))
    }

    /// What a new head reads, for training; kept in a file of this folder.
    ///
    /// # Errors
    /// As [`Transfer::run`].
    pub(super) fn head_set(
        &self,
        folder: &Path,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<TrainingSet<'static>, SearchError> {
        create_folder(folder)?;
        let spliced = self.reading.spliced(self.base, self.examples.classes())?;
        let features = self.features(&spliced, self.reading.steps(), folder, report)?;
        Ok(features.training_set()?)
    }

    /// Removes what [`Transfer::run`] has kept in a folder.
    ///
    /// # Errors
    /// If a file cannot be removed.
    pub fn forget(&self, folder: &Path) -> Result<(), SearchError> {
        let spliced = self.reading.spliced(self.base, self.examples.classes())?;
        for steps in 0..=spliced.graph().nodes().len() {
            let file = features_file(folder, steps);
            if file.exists() {
                std::fs::remove_file(&file).map_err(FileError::of("remove", &file))?;
            }
        }
        Ok(forget_networks(folder)?)
    }

    /// What every network that it finds depends on.
    fn identity(&self) -> String {
        let Settings {
            delta,
            seed,
            unseen,
            ..
        } = self.settings;
        format!(
            "{}\n{:?}\n{}\n{delta:?} {seed} {unseen}",
            self.base.sha256(),
            self.reading,
            self.identity_of_examples()
        )
    }

    fn identity_of_examples(&self) -> &str {
        let identity = || examples_identity(self.examples);
        self.identity_of_examples.get_or_init(identity)
    }

    /// A network with its bound, which is told.
    fn counted(
        &self,
        model: Model,
        features: &BaseFeatures,
        steps: usize,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<Found, SearchError> {
        let found = Found::counted(model, features, steps, self.settings)?;
        report(TransferEvent::found(&found));
        Ok(found)
    }

    /// What the first steps of the base, as it is, make of all examples.
    fn features(
        &self,
        spliced: &Spliced,
        steps: usize,
        folder: &Path,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<BaseFeatures, SearchError> {
        let evaluator = Evaluator::new(&untrained(self.base, spliced.clone())?);
        let source = self.source(&evaluator, spliced, steps);
        let len = self.examples.len();
        let finished = self.pieces(folder).finished(steps, len)?;
        report(TransferEvent::Computing);
        let mut count = |examples| report(TransferEvent::Features(examples));
        let file = features_file(folder, steps);
        let all = (self.examples, 0..len);
        compute_features(&source, all, &finished, &file, &mut count)
    }

    /// The first steps of the base, which `evaluator` evaluates.
    fn source<'b>(&self, evaluator: &'b Evaluator, spliced: &Spliced, steps: usize) -> Source<'b> {
        Source {
            evaluator,
            steps,
            count: spliced.graph().values()[steps].numbers(),
            identity: format!(
                "{}\n{:?}\n{steps}\n{}",
                self.base.sha256(),
                self.reading,
                self.identity_of_examples()
            ),
        }
    }
}

/// Where the features after so many steps are kept.
fn features_file(folder: &Path, steps: usize) -> PathBuf {
    folder.join(format!("features-{steps}.bin"))
}
