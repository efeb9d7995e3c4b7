//! Maps with other numbers of rows and columns.

use crate::code::{neighbours, Neighbours};
use crate::evaluate::lanes::{Lanes, LANES};
use crate::vectorised::vectorised;

/// Each number is interpolated between the nearest columns of the two nearest rows, and then
/// between these rows.
#[derive(Debug)]
pub(in crate::evaluate) struct Resize {
    /// Rows and columns before.
    before: [usize; 2],
    rows: Vec<Neighbours>,
    columns: Vec<Neighbours>,
}

impl Resize {
    /// Of maps of so many rows and columns to others.
    pub(super) fn new(before: [usize; 2], after: [usize; 2]) -> Self {
        Self {
            before,
            rows: neighbours(before[0], after[0]).collect(),
            columns: neighbours(before[1], after[1]).collect(),
        }
    }

    pub(super) fn run(&self, features: &[Lanes]) -> Vec<Lanes> {
        let [rows, columns] = self.before;
        let maps = features.len() / (rows * columns);
        let mut results = vec![[0.0; LANES]; maps * self.rows.len() * self.columns.len()];
        vectorised(
            #[inline(always)]
            || {
                let mut lines = results.chunks_exact_mut(self.columns.len());
                for map in features.chunks_exact(rows * columns) {
                    for (row, line) in self.rows.iter().zip(lines.by_ref()) {
                        let first = &map[row.first * columns..][..columns];
                        let second = &map[row.second * columns..][..columns];
                        for (column, value) in self.columns.iter().zip(line) {
                            let first = between(first, column);
                            let second = between(second, column);
                            *value = interpolated(&first, &second, row.weight);
                        }
                    }
                }
            },
        );
        results
    }
}

#[inline(always)]
fn between(line: &[Lanes], column: &Neighbours) -> Lanes {
    interpolated(&line[column.first], &line[column.second], column.weight)
}

/// `first + weight * (second - first)` in every lane.
#[inline(always)]
fn interpolated(first: &Lanes, second: &Lanes, weight: f32) -> Lanes {
    let mut result = *first;
    for (result, second) in result.iter_mut().zip(second) {
        *result += weight * (second - *result);
    }
    result
}
