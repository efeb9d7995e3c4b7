//! Weights for other inputs than they were made for.

use rayon::prelude::*;

use super::inputs::{kept, Halves, Inputs};
use crate::evaluate::WindowMoments;

/// The inputs of one group of a layer as the quantised network has them, and how those of the
/// original differ.
pub(super) struct Moved {
    pub(super) inputs: Inputs,
    /// `cov(x - x', x')` for original inputs `x` and those that are, `x'`: `[inputs, inputs]`.
    differences: Vec<f32>,
}

/// From two halves of the images, with the differences behind the inputs. As with the inputs'
/// covariance, what one half does not predict of the other is noise.
pub(super) fn of_pairs(halves: &[WindowMoments; 2], is_corrected: bool) -> Vec<Moved> {
    let inputs = halves[0].inputs() / 2;
    let groups = (0..halves[0].groups()).into_par_iter();
    let groups: Vec<Halves> = groups
        .map(|group| Halves::new(halves, group, is_corrected))
        .collect();
    let kept = kept(&groups, |row, column| row >= inputs && column < inputs);
    let alone: Vec<Halves> = groups.iter().map(|group| group.first(inputs)).collect();
    let differences = groups.iter().map(|group| {
        let of_input = |difference: usize| {
            (0..inputs).map(move |input| (kept * group.mean(inputs + difference, input)) as f32)
        };
        (0..inputs).flat_map(of_input).collect()
    });
    Inputs::of_covariances(&alone)
        .into_iter()
        .zip(differences)
        .map(|(inputs, differences)| Moved {
            inputs,
            differences,
        })
        .collect()
}

/// The weights of a layer of so many units for the inputs that it has now: `w + H^-1 C^T w`, with
/// the inputs' covariance `H` and that of the differences with them, `C`.
pub(super) fn moved(weights: &[f32], groups: &[Moved], units: usize) -> Vec<f32> {
    let length = (weights.len() / units.max(1)).max(1);
    let units_of_group = units.div_ceil(groups.len().max(1)).max(1);
    let rows = weights.par_chunks(length).enumerate();
    rows.flat_map_iter(|(unit, row)| match groups.get(unit / units_of_group) {
        Some(group) => moved_row(row, group),
        None => row.to_vec(),
    })
    .collect()
}

fn moved_row(row: &[f32], group: &Moved) -> Vec<f32> {
    let mut lost = vec![0.0f32; row.len()];
    for (weight, differences) in row.iter().zip(group.differences.chunks(row.len())) {
        let sums = lost.iter_mut().zip(differences);
        sums.for_each(|(sum, difference)| *sum += weight * difference);
    }
    let added = group.inputs.solve(lost);
    row.iter()
        .zip(added)
        .map(|(weight, added)| weight + added)
        .collect()
}
