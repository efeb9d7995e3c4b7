//! Experiments: the same thing again and again, each time a *draw*.
//!
//! A draw is a pure function of (experiment, configuration, draw number, seed) and makes one row of
//! CSV. So draws run in parallel, in any order, on any number of machines, and can be killed at any
//! moment: a restart computes the rows that are missing, and the sorted rows are the same, whatever
//! happened.
//!
//! - [`Experiment`]: what is drawn and how often, from a TOML file;
//! - [`Store`]: the rows on disk;
//! - [`run`]: computes what is missing;
//! - [`summary`], [`coverage`], [`edges`](edges()) and [`links`](links()): what the rows say about
//!   the limit and the bounds;
//! - [`differences`](differences()): how many bits more, draw by draw, where draws are paired.

mod bounds;
mod differences;
mod edge_coverage;
mod edges;
mod error;
mod experiment;
#[cfg(feature = "train")]
mod laws;
mod links;
mod mean;
#[cfg(feature = "train")]
mod networks;
mod random_codebook;
#[cfg(feature = "train")]
mod randomisation;
mod signs;
mod store;
mod subject;
mod summary;

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::pieces::Shard;

pub use differences::{differences, Difference};
pub use edge_coverage::EdgeCoverage;
pub use error::{DrawError, RunError};
pub use experiment::{Configuration, Experiment};
pub use links::Links;
pub use mean::{Mean, CONFIDENCE};
pub use store::{DrawnRow, Key, Store};
pub use subject::{Origin, Outcome, Ranges, Subject};
#[cfg(feature = "train")]
pub(super) use summary::outcomes;
pub use summary::{coverage, edges, links, summary, Coverage, Summary};

/// Computes all draws of a shard that are not in the store yet, and appends them, some at a time.
/// `report` is told how many are done.
///
/// # Errors
/// If a draw cannot be computed or written; what has been written stays.
pub fn run(
    experiment: &Experiment,
    shard: Shard,
    store: &Store,
    report: impl Fn(usize) + Sync,
) -> Result<(), RunError> {
    let wanted = |key: Key| shard.has(key.draw) && !store.has(key);
    each_stack(experiment, wanted, |rows| {
        let count = rows.len();
        store.append(rows)?;
        report(count);
        Ok(())
    })
}

/// Computes all draws and keeps them, sorted.
///
/// # Errors
/// If a draw cannot be computed.
pub fn draw_all(experiment: &Experiment) -> Result<Vec<DrawnRow>, RunError> {
    let all = Mutex::new(Vec::new());
    each_stack(
        experiment,
        |_| true,
        |rows| {
            all.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(rows);
            Ok(())
        },
    )?;
    let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    all.sort_unstable_by_key(|row: &DrawnRow| row.key);
    Ok(all)
}

/// Computes the draws that are wanted, a stack at a time, in parallel and in no particular order.
fn each_stack(
    experiment: &Experiment,
    wanted: impl Fn(Key) -> bool,
    take: impl Fn(Vec<DrawnRow>) -> Result<(), RunError> + Sync,
) -> Result<(), RunError> {
    let mut stacks: Vec<(usize, Vec<u64>)> = Vec::new();
    for (configuration, one) in experiment.configurations().iter().enumerate() {
        let draws: Vec<u64> = (0..experiment.draws())
            .filter(|&draw| {
                wanted(Key {
                    configuration,
                    draw,
                })
            })
            .collect();
        stacks.extend(
            draws
                .chunks(one.subject.together().max(1))
                .map(|draws| (configuration, draws.to_vec())),
        );
    }
    let compute = |(place, draws): (usize, Vec<u64>)| -> Result<(), RunError> {
        let Some(configuration) = experiment.configurations().get(place) else {
            return Ok(());
        };
        let results = configuration
            .subject
            .draw(&experiment.origin(configuration), &draws)?;
        let row = |(&draw, results): (&u64, Vec<String>)| DrawnRow {
            key: Key {
                configuration: place,
                draw,
            },
            cells: experiment.cells(place, draw, results),
        };
        take(draws.iter().zip(results).map(row).collect())
    };
    stacks.into_par_iter().with_max_len(1).try_for_each(compute)
}
