//! Experiments: the same thing again and again, each time a *draw*.
//!
//! A draw is a pure function of (experiment, configuration, draw number, seed) and makes one row of CSV. So draws run in parallel, in
//! any order, on any number of machines, and can be killed at any moment: a restart computes the rows that are missing, and the sorted
//! rows are the same, whatever happened.
//!
//! - [`Experiment`]: what is drawn and how often, from a TOML file;
//! - [`Store`]: the rows on disk;
//! - [`run`]: computes what is missing;
//! - [`summary`]: what the rows say about the limit and the bounds.

mod codebook;
mod error;
mod experiment;
#[cfg(feature = "train")]
mod laws;
#[cfg(feature = "train")]
mod networks;
mod shard;
mod store;
mod subject;
mod summary;

use rayon::prelude::*;

pub use error::RunError;
pub use experiment::{Configuration, Experiment};
pub use shard::Shard;
pub use store::{Key, Store};
pub use subject::{Origin, Outcome, Subject};
pub use summary::{coverage, summary, Coverage, Mean, Summary, CONFIDENCE};

/// Draws that are computed and written together: networks of one shape are trained as a stack.
const STACK: usize = 32;

/// Computes all draws of a shard that are not in the store yet, and appends them, some at a time. `report` is told how many are done.
///
/// # Errors
/// If a draw cannot be computed or written; what has been written stays.
pub fn run(
    experiment: &Experiment,
    shard: Shard,
    store: &Store,
    report: impl Fn(usize) + Sync,
) -> Result<(), RunError> {
    let mut units: Vec<(usize, Vec<u64>)> = Vec::new();
    for configuration in 0..experiment.configurations().len() {
        let draws: Vec<u64> = (0..experiment.draws())
            .filter(|&draw| shard.has(draw) && !store.has(Key { configuration, draw }))
            .collect();
        units.extend(draws.chunks(STACK).map(|draws| (configuration, draws.to_vec())));
    }
    let compute = |(place, draws): (usize, Vec<u64>)| -> Result<(), RunError> {
        let Some(configuration) = experiment.configurations().get(place) else { return Ok(()) };
        let rows = configuration.subject.draw(&experiment.origin(configuration), &draws)?;
        let lines = draws.iter().zip(rows).map(|(&draw, results)| experiment.line(place, draw, &results));
        store.append(lines.collect())?;
        report(draws.len());
        Ok(())
    };
    units.into_par_iter().with_max_len(1).try_for_each(compute)
}
