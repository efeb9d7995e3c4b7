//! How far an evaluation of photographs is, and what is wrong with some of them.

use std::cell::Cell;

use indicatif::ProgressBar;

use super::progress::progress_bar;

/// A bar on a terminal; and a line on standard error for each photograph that cannot be read.
pub(super) struct PhotographProgress {
    bar: ProgressBar,
    unreadable: Cell<usize>,
}

impl PhotographProgress {
    pub(super) fn new(photographs: usize) -> Self {
        let bar = progress_bar(
            photographs as u64,
            "{bar:40} {pos}/{len} photographs, {per_sec}, {eta} left",
        );
        Self {
            bar,
            unreadable: Cell::new(0),
        }
    }

    pub(super) fn advance(&self, count: usize, problems: &[String]) {
        self.bar.suspend(|| {
            problems
                .iter()
                .for_each(|problem| eprintln!("counted as an error: {problem}"))
        });
        self.unreadable.set(self.unreadable.get() + problems.len());
        self.bar.inc(count as u64);
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
        match self.unreadable.get() {
            0 => {}
            1 => {
                eprintln!("1 photograph cannot be read or has no class, and is counted as an error")
            }
            count => eprintln!(
                "{count} photographs cannot be read or have no class, and are counted as errors"
            ),
        }
    }
}
