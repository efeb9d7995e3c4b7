//! Moves of a base's own numbers, trained for few bits from what is best without them.

use super::changed_network::ChangedNetwork;
use super::cut::Cut;
use super::event::{Part, TransferEvent};
use super::features::BaseFeatures;
use super::goal::Found;
use super::head::swept;
use super::kept_networks::{KeptNetworks, Stage};
use super::moves::Moves;
use super::reading::HeadInput;
use super::Transfer;
use crate::code::{Model, Spliced};
use crate::compress::{
    compress_from, polish, pruned, quantised, sweep_multiplications, Progress, Quantisation,
    Recipe, RecipeSettings, SubspaceMap, SubspaceSize,
};
use crate::digest::sha256;
use crate::evaluate::Evaluator;
use crate::random::stream;
use crate::search::error::SearchError;
use crate::train::{Schedule, TrainError, TrainingSet};

/// Prices of a bit that are tried one after the other while the bound falls, in nats a nat.
const RATES: [f64; 4] = [5.0, 3.0, 8.0, 2.0];

/// Multiplications of one training or one sweep, at most, and passes over the examples.
const MULTIPLICATIONS: f64 = 1.2e13;
const PASSES: std::ops::RangeInclusive<usize> = 4..=24;

/// Sweeps of local search over all numbers, where examples and network are small enough.
const SWEEPS: usize = 2;

/// Coordinates for each weight of a tensor that moves in a subspace.
const SUBSPACE: SubspaceSize = SubspaceSize {
    fraction: 0.002,
    map: SubspaceMap::Terms(8),
    seed: 1,
};

/// What is trained after a cut, and on what.
struct Tuned<'a> {
    network: ChangedNetwork,
    cut: &'a Cut,
    training_set: &'a TrainingSet<'static>,
    features: &'a BaseFeatures,
}

impl Transfer<'_> {
    /// The best network whose base's numbers move after a cut, if its bound is lower.
    pub(super) fn moved(
        &self,
        spliced: &Spliced,
        cut: &Cut,
        features: &BaseFeatures,
        kept: &KeptNetworks,
        start: Found,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<Found, SearchError> {
        let network = ChangedNetwork::new(self.base, spliced.clone(), cut.clone(), self.moves);
        let network = network.map_err(TrainError::from)?;
        if !network.moves() {
            return Ok(start);
        }
        let tuned = Tuned {
            network,
            cut,
            training_set: &features.training_set()?,
            features,
        };
        let mut best = start;
        for (place, rate) in RATES.into_iter().enumerate() {
            let part = Part::Base;
            let recipe = self.recipe(spliced, cut, features.len(), rate)?;
            let settings = format!(
                "{:?} from {}\n{}",
                self.moves,
                sha256(&best.model.encode()?),
                recipe.identity()
            );
            let stage = Stage {
                part,
                rate,
                settings: &settings,
            };
            let known = kept.network(stage)?;
            if known.is_none() && self.settings.is_time_over() {
                break;
            }
            report(TransferEvent::Begun { part, rate });
            let found = match known {
                Some(model) => self.counted(model, features, cut.steps, report)?,
                None => {
                    let trained = self.tuned(&tuned, &recipe, &best.model, place, report)?;
                    let found = self.searched(spliced, cut, features, trained, report)?;
                    kept.keep(stage, &found.model)?;
                    found
                }
            };
            let before = best.bound;
            best = best.better(found);
            if best.bound == before && place > 0 {
                break;
            }
        }
        Ok(best)
    }

    /// The network that a recipe trains, as the one at this place, from another.
    fn tuned(
        &self,
        tuned: &Tuned,
        recipe: &Recipe,
        from: &Model,
        place: usize,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<Found, SearchError> {
        let seed = self.settings.seed;
        let mut random = stream(seed, "certify --base", place as u64, "first factors");
        let initial = tuned.network.initial(from, &mut random);
        let trained = compress_from(
            &tuned.network,
            recipe,
            initial,
            tuned.training_set,
            seed,
            |progress| report(TransferEvent::Progress(progress)),
        )?;
        self.counted(trained, tuned.features, tuned.cut.steps, report)
    }

    /// The network after local search: over the weights of a new head, and over all numbers where
    /// the whole network is trained on examples in memory.
    fn searched(
        &self,
        spliced: &Spliced,
        cut: &Cut,
        features: &BaseFeatures,
        trained: Found,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<Found, SearchError> {
        let mut best = trained;
        if self.reading.head() != HeadInput::Own {
            let evaluator = Evaluator::new(&best.model);
            let read = features.advanced(&evaluator, cut.steps, self.reading.steps())?;
            let columns = read.columns();
            best = swept(best, spliced, &read, &columns, self.settings, report)?;
        }
        let is_affordable = |model| {
            let sweep = sweep_multiplications(model, spliced.graph(), self.examples.len());
            sweep as f64 <= MULTIPLICATIONS
        };
        if cut.steps == 0 && self.examples.is_decoded() && is_affordable(&best.model) {
            let delta = self.settings.delta;
            let model = polish(&best.model, self.examples, delta, SWEEPS, |bound| {
                report(TransferEvent::Progress(Progress::Polish(bound)));
            })?;
            let polished = self.counted(model, features, cut.steps, report)?;
            best = best.better(polished);
        }
        Ok(best)
    }

    fn recipe(
        &self,
        spliced: &Spliced,
        cut: &Cut,
        examples: usize,
        rate: f64,
    ) -> Result<Recipe, SearchError> {
        let graph = spliced.graph();
        // Forwards, and twice as much backwards.
        let each = 3.0 * graph.multiplications_after(cut.steps) as f64 * examples as f64;
        let passes = (MULTIPLICATIONS / each.max(1.0)) as usize;
        let schedule = |epochs, learning_rate| Schedule {
            epochs,
            batch: 64,
            learning_rate,
        };
        let settings = RecipeSettings {
            architecture: graph.clone().into(),
            pruning: pruned(0.0),
            first: schedule(2, 0.002),
            quantisation: Quantisation {
                subspace: (self.moves == Moves::Subspace).then_some(SUBSPACE),
                ..quantised(2, rate)
            },
            second: schedule(passes.clamp(*PASSES.start(), *PASSES.end()), 0.002),
            bounded: 0.3,
            examples: None,
            sweeps: 0,
        };
        Ok(settings.check()?)
    }
}
