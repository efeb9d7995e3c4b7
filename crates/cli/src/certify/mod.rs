//! `nonvacuous certify`.

mod arguments;
mod frontier;
mod issuing;
mod model;
mod options;
mod outcome;
mod prior_fraction;
mod relative;
mod trained;

use clap::ArgMatches;

pub(super) use self::arguments::Arguments;
use self::options::{refuse_unused, Mode};
use super::data_set::{find, groups};
use super::failure::Failure;
use super::submit::Work;
use nonvacuous::certificate::EVALUATION_PIECES;
use nonvacuous::data::{Found, SearchPath};
use nonvacuous::pieces::FOLDER;
use nonvacuous::search::transfer::FEATURE_PIECES;
use nonvacuous::search::SEARCH_PIECES;

pub(super) fn run(
    arguments: &Arguments,
    matches: &ArgMatches,
    search: &SearchPath,
    json: bool,
) -> Result<(), Failure> {
    refuse_unused(arguments.mode(), matches)?;
    let found = find(&arguments.data, search)?;
    let folder = arguments.folder(found.name());
    let groups = groups(arguments.groups.as_deref(), &found)?;
    if arguments.base.base.is_some() || arguments.prior_fraction.is_some() {
        leave_threads_to_shards();
    }
    if arguments.model.model.is_some() {
        return arguments
            .model
            .certify(arguments, found, groups, &folder, json);
    }
    if let (Some(base), None) = (&arguments.base.base, arguments.prior_fraction) {
        return relative::certify(base, arguments, found, groups, &folder, json);
    }
    let data = match found {
        Found::Images(data) => data,
        Found::Photographs(set) => {
            // Small images are trained on as they are; photographs need framing, and a network.
            if set.small_size().is_none() {
                return Err(Failure::misuse(format!(
                    "photographs need a network that is trained already: name it with --model \
                     (--data {})",
                    set.name
                )));
            }
            set.in_memory()?
        }
    };
    if let Some(fraction) = arguments.prior_fraction {
        return prior_fraction::certify(fraction, arguments, &data, &folder, json);
    }
    trained::certify(arguments, &data, groups, &folder, json)
}

impl Arguments {
    /// What is done in pieces.
    pub(super) fn work(&self, matches: &ArgMatches, search: &SearchPath) -> Result<Work, Failure> {
        refuse_unused(self.mode(), matches)?;
        Work::refuse_shard(self.shard.is_some())?;
        let names =
            match self.mode() {
                Mode::Search => vec![SEARCH_PIECES],
                Mode::ModelFile => EVALUATION_PIECES.to_vec(),
                Mode::Relative => vec![FEATURE_PIECES],
                _ => return Err(Failure::misuse(
                    "certify is done in pieces where it searches recipes, with --model FILE.nvc, \
                     and with --base and no model",
                )),
            };
        let folder = self.folder(find(&self.data, search)?.name());
        let cache = self.model.cache.as_deref();
        let pieces = match (self.mode(), cache) {
            (Mode::Relative, Some(cache)) => cache,
            _ => folder.path(),
        };
        Ok(Work {
            name: "certify".to_string(),
            folder: folder.path().to_path_buf(),
            pieces: pieces.join(FOLDER),
            names: names.into_iter().map(String::from).collect(),
        })
    }
}

/// candle's own threads wait by spinning. Where batches are trained in shards, which have threads
/// of their own, they would only take time from these.
fn leave_threads_to_shards() {
    const THREADS: &str = "CANDLE_NUM_THREADS";
    if std::env::var_os(THREADS).is_none() {
        std::env::set_var(THREADS, "1");
    }
}
