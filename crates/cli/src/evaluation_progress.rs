//! How far an evaluation of examples is, and what is wrong with some of them.

use std::cell::Cell;

use indicatif::ProgressBar;

use super::output::warn;
use super::progress::progress_bar;
use nonvacuous::evaluate::Sample;
use nonvacuous::pieces::Shard;

/// A bar on a terminal; and a line on standard error for each example that cannot be read.
pub(super) struct EvaluationProgress {
    bar: ProgressBar,
    unreadable: Cell<usize>,
}

impl EvaluationProgress {
    /// For all examples of a sample, or for so many of the training set and all held-out ones; or
    /// for a part of these.
    pub(super) fn new(sample: &Sample, subsample: Option<u64>, shard: Option<Shard>) -> Self {
        let part = |count: usize| shard.map_or(count, |shard| shard.range(count).len()) as u64;
        let training = subsample.map_or(sample.training.len(), |size| size as usize);
        let held_out = sample.held_out.map_or(0, |examples| examples.len());
        let bar = progress_bar(
            part(training).saturating_add(part(held_out)),
            "{bar:40} {pos}/{len} examples, {per_sec}, {eta} left",
        );
        Self {
            bar,
            unreadable: Cell::new(0),
        }
    }

    /// So many more have been evaluated, with these problems.
    pub(super) fn advance(&self, count: usize, problems: &[String]) {
        self.bar.suspend(|| {
            for problem in problems {
                warn(&format!("counted as an error: {problem}"));
            }
        });
        self.unreadable.set(self.unreadable.get() + problems.len());
        self.bar.inc(count as u64);
    }

    /// All have been evaluated.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
        match self.unreadable.get() {
            0 => {}
            1 => warn("1 example cannot be read or has no class, and is counted as an error"),
            count => warn(&format!(
                "{count} examples cannot be read or have no class, and are counted as errors"
            )),
        }
    }
}
