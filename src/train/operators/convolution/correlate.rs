//! The loop over windows that convolutions and the gradients of their inputs share.

use std::borrow::Cow;

use pulp::Arch;
use rayon::prelude::*;

use super::sizes::Sizes;
use crate::train::operators::lanes::LANES;
use crate::train::operators::real::Real;
use crate::train::operators::tile::{tile_outputs, Correlate};
use crate::train::operators::window::Window;

/// Numbers of the source that a strip of positions reads: together they fit into a second-level
/// cache.
const STRIP_NUMBERS: usize = 8192;

/// One of the sums that make up a convolution, or the gradient of its input.
pub(super) struct Pass<T> {
    pub(super) starts: Vec<usize>,
    pub(super) places: Vec<usize>,
    pub(super) offsets: Vec<usize>,
    /// Packed, one group after the other.
    pub(super) weights: Vec<T>,
}

/// Fills a target `[blocks, groups, outputs, row, LANES]` from a source
/// `[blocks, groups, …, LANES]`.
pub(super) fn correlate<T: Real>(
    source: &[T],
    target: &mut [T],
    passes: &[Pass<T>],
    bias: Option<&[T]>,
    [blocks, groups, outputs, row]: [usize; 4],
    strip: usize,
) {
    let tile = tile_outputs(outputs);
    // Enough tasks for all threads; which ones changes no sum.
    let tasks = rayon::current_num_threads().div_ceil(blocks * groups);
    let share = outputs.div_ceil(tile).div_ceil(tasks) * tile;
    let source_group = source.len() / (blocks * groups);
    let groups_of_target = target.par_chunks_mut(outputs * row * LANES);
    groups_of_target
        .zip(source.par_chunks(source_group))
        .enumerate()
        .for_each(|(index, (target, source))| {
            let group = index % groups;
            target
                .par_chunks_mut(share * row * LANES)
                .enumerate()
                .for_each(|(part, target)| {
                    let first = part * share;
                    for pass in passes {
                        let taps = pass.offsets.len();
                        let begin = (group * outputs.next_multiple_of(tile) + first) * taps;
                        Arch::new().dispatch(Correlate {
                            source,
                            outputs: target.len() / (row * LANES),
                            target: &mut *target,
                            tile,
                            row,
                            starts: &pass.starts,
                            places: &pass.places,
                            taps: &pass.offsets,
                            weights: &pass.weights[begin..],
                            bias: bias.map(|bias| &bias[group * outputs + first..]),
                            strip,
                        });
                    }
                });
        });
}

/// [`correlate`] of single places: `[blocks, inputs, LANES]` to `[blocks, outputs, LANES]`.
pub(super) fn correlate_blocks<T: Real>(
    source: &[T],
    target: &mut [T],
    weights: &[T],
    bias: Option<&[T]>,
    [blocks, inputs, outputs]: [usize; 3],
) {
    let offsets: Vec<usize> = (0..inputs).collect();
    let share = blocks.div_ceil(rayon::current_num_threads());
    let starts: Vec<usize> = (0..share).map(|block| block * inputs).collect();
    let places: Vec<usize> = (0..share).map(|block| block * outputs).collect();
    let targets = target.par_chunks_mut(share * outputs * LANES);
    targets
        .zip(source.par_chunks(share * inputs * LANES))
        .for_each(|(target, source)| {
            let blocks = target.len() / (outputs * LANES);
            Arch::new().dispatch(Correlate {
                source,
                target,
                outputs,
                tile: tile_outputs(outputs),
                row: 1,
                starts: &starts[..blocks],
                places: &places[..blocks],
                taps: &offsets,
                weights,
                bias,
                strip: share,
            });
        });
}

/// A tensor `[planes, height, width, LANES]` with zeros around each plane.
pub(super) fn pad<T: Real>(
    source: &[T],
    height: usize,
    width: usize,
    rows: [usize; 2],
    columns: [usize; 2],
) -> Vec<T> {
    let padded_width = columns[0] + width + columns[1];
    let padded = (rows[0] + height + rows[1]) * padded_width * LANES;
    let planes = source.len() / (height * width * LANES).max(1);
    let mut target = vec![T::zero(); planes * padded];
    target
        .par_chunks_mut(padded)
        .zip(source.par_chunks(height * width * LANES))
        .for_each(|(target, source)| {
            for (row, source) in source.chunks(width * LANES).enumerate() {
                let start = ((rows[0] + row) * padded_width + columns[0]) * LANES;
                target[start..start + source.len()].copy_from_slice(source);
            }
        });
    target
}

/// How many positions are computed together.
pub(super) fn strip(channels: usize) -> usize {
    (STRIP_NUMBERS / channels).max(24)
}

/// The source with the zeros of the padding, which is copied only if there are any.
pub(super) fn padded_source<'a, T: Real>(source: &'a [T], sizes: &Sizes) -> Cow<'a, [T]> {
    let Window { rows, columns } = sizes.window;
    if [rows.before, rows.after, columns.before, columns.after] == [0; 4] {
        return source.into();
    }
    pad(
        source,
        sizes.height,
        sizes.width,
        [rows.before, rows.after],
        [columns.before, columns.after],
    )
    .into()
}
