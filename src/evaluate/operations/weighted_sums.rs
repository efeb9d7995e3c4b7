//! Sums over weights: what convolutions and dense layers have in common.
//!
//! Each sum starts from the bias and runs over the inputs in the order of the tensor, one
//! multiplication and one addition at a time; weights that are zero are left out. What is computed
//! side by side, and what waits in memory in between, changes no bit of it.
//!
//! What several positions read is gathered first, in the order in which all outputs use it. Where
//! many weights are not zero, sums of several outputs stay in registers, and those that are zero
//! are not looked for: a finite number times 0 leaves a sum as it is, unless the sum is -0, which
//! one that does not start there never becomes. Where an input is not finite, they are.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::tensor::Tensor;
use crate::evaluate::lanes::{Lanes, LANES};
use crate::evaluate::taps::Taps;

/// Outputs whose sums are computed together, if most weights are not zero.
const TOGETHER: usize = 4;

/// Inputs that are gathered at once, where most weights are not zero and otherwise.
const MANY_AT_ONCE: usize = 256;
const FEW_AT_ONCE: usize = 512;

/// Positions whose sums are computed together: as many as vectors of sums fit into registers.
const MANY_TOGETHER: usize = 6;
const FEW_TOGETHER: usize = 8;

/// Sums of the outputs that are computed together.
const MOST_SUMS: usize = TOGETHER * MANY_TOGETHER;

/// Positions that are gathered together, at most.
pub(super) const MOST_TOGETHER: usize = FEW_TOGETHER;

/// Where sums find what they read.
pub(super) trait Inputs {
    /// Writes `[inputs, positions]`: of a group of outputs the numbers that its weights with these
    /// indices take at these positions, 0 where there is none.
    fn gather(
        &self,
        group: usize,
        inputs: Range<usize>,
        positions: Range<usize>,
        gathered: &mut [Lanes],
    );
}

/// Where sums stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// How many positions there are.
    pub(super) positions: usize,
    /// From an output to the next.
    pub(super) output: usize,
    /// From a position to the next.
    pub(super) position: usize,
}

/// The weights of groups of outputs, each of which reads the same inputs.
#[derive(Debug)]
pub(in crate::evaluate) struct WeightedSums {
    groups: usize,
    /// Outputs and inputs of a group.
    outputs: usize,
    inputs: usize,
    weights: Weights,
    bias: Option<Vec<f32>>,
}

#[derive(Debug)]
enum Weights {
    /// `[groups, outputs / TOGETHER, inputs, TOGETHER]`, with zeros for outputs that are missing.
    Many {
        packed: Vec<[f32; TOGETHER]>,
        has_zeros: bool,
    },
    /// For each output the inputs whose weights are not zero.
    Few(Taps<(u32, f32)>),
}

impl WeightedSums {
    /// Of `[groups, outputs, inputs]` weights. No bias is -0.
    pub(super) fn new(
        [groups, outputs, inputs]: [usize; 3],
        tensor: Tensor<impl Iterator<Item = f32>>,
        bias: Option<Vec<f32>>,
    ) -> Self {
        let packed = groups * outputs.next_multiple_of(TOGETHER) * inputs;
        let sizes = [groups, outputs, inputs];
        let is_packed = |nonzeros: usize| nonzeros >= packed / 2;
        let weights = match tensor.nonzeros {
            Some(nonzeros) if is_packed(nonzeros) => Weights::pack(sizes, tensor.weights),
            Some(nonzeros) => Weights::list(sizes, nonzeros, tensor.weights),
            None => {
                let weights = tensor.weights.take(groups * outputs * inputs);
                let weights: Vec<f32> = weights.collect();
                let nonzeros = weights.iter().filter(|&&weight| weight != 0.0).count();
                if is_packed(nonzeros) {
                    Weights::pack(sizes, weights.into_iter())
                } else {
                    Weights::list(sizes, nonzeros, weights.into_iter())
                }
            }
        };
        Self {
            groups,
            outputs,
            inputs,
            weights,
            bias,
        }
    }

    /// The weights that are not zero, each with its output and its input in the output's group.
    pub(super) fn taps(&self) -> Vec<(usize, usize, f32)> {
        let mut taps = Vec::new();
        for output in 0..self.groups * self.outputs {
            match &self.weights {
                Weights::Few(few) => {
                    let row = few.of(output).iter();
                    taps.extend(row.map(|&(input, weight)| (output, input as usize, weight)));
                }
                Weights::Many { packed, .. } => {
                    let (group, place) = (output / self.outputs, output % self.outputs);
                    let blocks = self.outputs.div_ceil(TOGETHER);
                    let first = (group * blocks + place / TOGETHER) * self.inputs;
                    let row = packed[first..][..self.inputs].iter().enumerate();
                    let row = row.map(|(input, block)| (output, input, block[place % TOGETHER]));
                    taps.extend(row.filter(|&(_, _, weight)| weight != 0.0));
                }
            }
        }
        taps
    }

    /// Whether no weight is infinite or not a number.
    pub(super) fn is_finite(&self) -> bool {
        match &self.weights {
            Weights::Many { packed, .. } => packed
                .as_flattened()
                .iter()
                .all(|weight| weight.is_finite()),
            Weights::Few(taps) => taps.all().iter().all(|(_, weight)| weight.is_finite()),
        }
    }

    /// Sums of all outputs at all positions.
    pub(super) fn run(&self, inputs: &impl Inputs, layout: Layout) -> Vec<Lanes> {
        let numbers = self.groups * self.outputs * layout.positions;
        let mut sums = vec![[0.0; LANES]; numbers];
        Arch::new().dispatch(Run {
            sums: self,
            inputs,
            layout,
            target: &mut sums,
        });
        sums
    }

    #[inline(always)]
    fn start(&self, output: usize) -> f32 {
        self.bias.as_ref().map_or(0.0, |bias| bias[output])
    }
}

impl Weights {
    fn pack([groups, outputs, inputs]: [usize; 3], mut weights: impl Iterator<Item = f32>) -> Self {
        let blocks = outputs.div_ceil(TOGETHER);
        let mut packed = vec![[0.0; TOGETHER]; groups * blocks * inputs];
        let mut has_zeros = false;
        for output in 0..groups * outputs {
            let (group, output) = (output / outputs, output % outputs);
            let first = (group * blocks + output / TOGETHER) * inputs;
            let block = &mut packed[first..][..inputs];
            for (place, weight) in block.iter_mut().zip(weights.by_ref()) {
                has_zeros |= weight == 0.0;
                place[output % TOGETHER] = weight;
            }
        }
        Self::Many { packed, has_zeros }
    }

    fn list(
        [groups, outputs, inputs]: [usize; 3],
        nonzeros: usize,
        mut weights: impl Iterator<Item = f32>,
    ) -> Self {
        let mut taps = Taps::with_capacity(groups * outputs, nonzeros);
        for _ in 0..groups * outputs {
            let row = (0..).zip(weights.by_ref().take(inputs));
            taps.push(row.filter(|&(_, weight)| weight != 0.0));
        }
        Self::Few(taps)
    }
}

struct Run<'a, I> {
    sums: &'a WeightedSums,
    inputs: &'a I,
    layout: Layout,
    target: &'a mut [Lanes],
}

impl<I: Inputs> WithSimd for Run<'_, I> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            sums,
            inputs,
            layout,
            target,
        } = self;
        match &sums.weights {
            Weights::Many { packed, has_zeros } => {
                many(simd, sums, inputs, layout, target, packed, *has_zeros);
            }
            Weights::Few(taps) => few(simd, sums, inputs, layout, target, taps),
        }
    }
}

/// About equally many positions at once, at most so many.
fn widths(positions: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let tiles = positions.div_ceil(most);
    (0..tiles).map(move |tile| positions * tile / tiles..positions * (tile + 1) / tiles)
}

/// Vectors that hold the same quantity in all lanes.
const fn vectors<S: Simd>() -> usize {
    LANES / S::F32_LANES
}

#[inline(always)]
fn many<S: Simd>(
    simd: S,
    sums: &WeightedSums,
    inputs: &impl Inputs,
    layout: Layout,
    target: &mut [Lanes],
    packed: &[[f32; TOGETHER]],
    has_zeros: bool,
) {
    let blocks = sums.outputs.div_ceil(TOGETHER);
    let at_once = sums.inputs.min(MANY_AT_ONCE);
    let mut gathered = Gathered::new(at_once * MANY_TOGETHER.min(layout.positions));
    let mut block_sums = Gathered::new(MOST_SUMS);
    for group in 0..sums.groups {
        let packed = &packed[group * blocks * sums.inputs..][..blocks * sums.inputs];
        for positions in widths(layout.positions, MANY_TOGETHER) {
            for first in (0..sums.inputs).step_by(MANY_AT_ONCE) {
                let end = (first + MANY_AT_ONCE).min(sums.inputs);
                let gathered = gathered.first((end - first) * positions.len());
                inputs.gather(group, first..end, positions.clone(), gathered);
                let tile = Tile {
                    simd,
                    sums,
                    layout,
                    group,
                    inputs: first..end,
                    positions: positions.clone(),
                    packed,
                    gathered: S::as_simd_f32s(gathered.as_flattened()).0,
                };
                let block_sums = block_sums.first(MOST_SUMS).as_flattened_mut();
                let block_sums = S::as_mut_simd_f32s(block_sums).0;
                if has_zeros && !tile.is_finite() {
                    tile.run::<true>(block_sums, target);
                } else {
                    tile.run::<false>(block_sums, target);
                }
            }
        }
    }
}

/// Room for numbers that vectors of any width can read at once, each from one line of the cache.
struct Gathered {
    numbers: Vec<f32>,
    first: usize,
}

impl Gathered {
    fn new(count: usize) -> Self {
        let numbers = vec![0.0; (count + 1) * LANES];
        let first = numbers.as_ptr().align_offset(size_of::<Lanes>());
        Self {
            first: first.min(LANES),
            numbers,
        }
    }

    #[inline(always)]
    fn first(&mut self, count: usize) -> &mut [Lanes] {
        let (lanes, _) = self.numbers[self.first..].as_chunks_mut();
        &mut lanes[..count]
    }
}

/// Some inputs of some positions, gathered.
struct Tile<'a, S: Simd> {
    simd: S,
    sums: &'a WeightedSums,
    layout: Layout,
    group: usize,
    inputs: Range<usize>,
    positions: Range<usize>,
    packed: &'a [[f32; TOGETHER]],
    gathered: &'a [S::f32s],
}

impl<S: Simd> Tile<'_, S> {
    #[inline(always)]
    fn is_finite(&self) -> bool {
        let Self { simd, .. } = *self;
        let zero = simd.splat_f32s(0.0);
        let mut sum = zero;
        for &value in self.gathered {
            sum = simd.add_f32s(sum, simd.mul_f32s(value, zero));
        }
        // Anything times 0 is 0, if it is finite.
        simd.reduce_sum_f32s(sum) == 0.0
    }

    /// Adds what these inputs contribute to the sums of all outputs; `sums` is room for a block of
    /// them.
    #[inline(always)]
    fn run<const LOOK_FOR_ZEROS: bool>(&self, sums: &mut [S::f32s], target: &mut [Lanes]) {
        let blocks = self.sums.outputs.div_ceil(TOGETHER);
        let row = self.positions.len() * vectors::<S>();
        let is_wide = S::F32_LANES == LANES;
        let mut block = 0;
        while block < blocks {
            let count = match row {
                1 if is_wide => 4,
                2 | 3 if is_wide => 2,
                _ => 1,
            };
            let count = if block + count <= blocks { count } else { 1 };
            self.load(block, count, sums, target);
            if !is_wide {
                for first in (0..row).step_by(2) {
                    self.block::<1, 2, LOOK_FOR_ZEROS>(block, first, sums);
                }
            } else {
                match (count, row) {
                    (4, _) => self.block::<4, 1, LOOK_FOR_ZEROS>(block, 0, sums),
                    (2, 2) => self.block::<2, 2, LOOK_FOR_ZEROS>(block, 0, sums),
                    (2, _) => self.block::<2, 3, LOOK_FOR_ZEROS>(block, 0, sums),
                    (_, 1) => self.block::<1, 1, LOOK_FOR_ZEROS>(block, 0, sums),
                    (_, 2) => self.block::<1, 2, LOOK_FOR_ZEROS>(block, 0, sums),
                    (_, 3) => self.block::<1, 3, LOOK_FOR_ZEROS>(block, 0, sums),
                    (_, 4) => self.block::<1, 4, LOOK_FOR_ZEROS>(block, 0, sums),
                    (_, 5) => self.block::<1, 5, LOOK_FOR_ZEROS>(block, 0, sums),
                    _ => self.block::<1, 6, LOOK_FOR_ZEROS>(block, 0, sums),
                }
            }
            self.store(block, count, sums, target);
            block += count;
        }
    }

    /// Some vectors, `first` on, of the sums of `BLOCKS * TOGETHER` outputs.
    #[inline(always)]
    fn block<const BLOCKS: usize, const WIDTH: usize, const LOOK_FOR_ZEROS: bool>(
        &self,
        block: usize,
        first: usize,
        room: &mut [S::f32s],
    ) {
        let Self { simd, .. } = *self;
        let row = self.positions.len() * vectors::<S>();
        let mut sums = [[[simd.splat_f32s(0.0); WIDTH]; TOGETHER]; BLOCKS];
        for (sums, room) in sums
            .as_flattened_mut()
            .iter_mut()
            .zip(room.chunks_exact(row))
        {
            sums.copy_from_slice(&room[first..][..WIDTH]);
        }
        let weights: [&[[f32; TOGETHER]]; BLOCKS] = std::array::from_fn(|place| {
            let first = (block + place) * self.sums.inputs;
            &self.packed[first..][self.inputs.clone()]
        });
        let count = self.inputs.len();
        let weights = weights.map(|weights| &weights[..count]);
        for (input, values) in self.gathered.chunks_exact(row).take(count).enumerate() {
            let Some(values) = values[first..].first_chunk::<WIDTH>() else {
                break;
            };
            let values = *values;
            for place in 0..BLOCKS {
                let weights = weights[place][input];
                for output in 0..TOGETHER {
                    if LOOK_FOR_ZEROS && weights[output] == 0.0 {
                        continue;
                    }
                    let weight = simd.splat_f32s(weights[output]);
                    for vector in 0..WIDTH {
                        let product = simd.mul_f32s(weight, values[vector]);
                        let sum = &mut sums[place][output][vector];
                        *sum = simd.add_f32s(*sum, product);
                    }
                }
            }
        }
        for (sums, room) in sums.as_flattened().iter().zip(room.chunks_exact_mut(row)) {
            room[first..][..WIDTH].copy_from_slice(sums);
        }
    }

    /// For each output of some blocks where the sum at the first position stands, if there is such
    /// an output, and the output.
    #[inline(always)]
    fn places(
        &self,
        block: usize,
        count: usize,
    ) -> impl Iterator<Item = (usize, usize)> + use<'_, S> {
        let end = (block + count) * TOGETHER;
        (block * TOGETHER..end.min(self.sums.outputs)).map(|output| {
            let output = self.group * self.sums.outputs + output;
            let position = self.positions.start * self.layout.position;
            (output * self.layout.output + position, output)
        })
    }

    /// The sums as they are so far.
    #[inline(always)]
    fn load(&self, block: usize, count: usize, sums: &mut [S::f32s], target: &[Lanes]) {
        let row = self.positions.len() * vectors::<S>();
        for (sums, (place, output)) in sums.chunks_exact_mut(row).zip(self.places(block, count)) {
            if self.inputs.start == 0 {
                sums.fill(self.simd.splat_f32s(self.sums.start(output)));
                continue;
            }
            let step = self.layout.position;
            for (sums, lanes) in sums
                .chunks_exact_mut(vectors::<S>())
                .zip(target[place..].iter().step_by(step))
            {
                sums.copy_from_slice(S::as_simd_f32s(lanes).0);
            }
        }
    }

    #[inline(always)]
    fn store(&self, block: usize, count: usize, sums: &[S::f32s], target: &mut [Lanes]) {
        let row = self.positions.len() * vectors::<S>();
        for (sums, (place, _)) in sums.chunks_exact(row).zip(self.places(block, count)) {
            let step = self.layout.position;
            for (sums, lanes) in sums
                .chunks_exact(vectors::<S>())
                .zip(target[place..].iter_mut().step_by(step))
            {
                S::as_mut_simd_f32s(lanes).0.copy_from_slice(sums);
            }
        }
    }
}

#[inline(always)]
fn few<S: Simd>(
    simd: S,
    sums: &WeightedSums,
    inputs: &impl Inputs,
    layout: Layout,
    target: &mut [Lanes],
    taps: &Taps<(u32, f32)>,
) {
    let at_once = sums.inputs.min(FEW_AT_ONCE);
    let mut gathered = Gathered::new(at_once * FEW_TOGETHER.min(layout.positions));
    // For each output how many of its taps have been added.
    let mut added = vec![0; sums.outputs];
    for group in 0..sums.groups {
        for positions in widths(layout.positions, FEW_TOGETHER) {
            added.fill(0);
            for first in (0..sums.inputs).step_by(FEW_AT_ONCE) {
                let end = (first + FEW_AT_ONCE).min(sums.inputs);
                let gathered = gathered.first((end - first) * positions.len());
                inputs.gather(group, first..end, positions.clone(), gathered);
                let (gathered, _) = S::as_simd_f32s(gathered.as_flattened());
                for (output, added) in (group * sums.outputs..).zip(&mut added) {
                    let taps = &taps.of(output)[*added..];
                    let count = if end == sums.inputs {
                        taps.len()
                    } else {
                        taps.partition_point(|&(input, _)| (input as usize) < end)
                    };
                    *added += count;
                    let start = (first == 0).then(|| sums.start(output));
                    let place = output * layout.output + positions.start * layout.position;
                    let row = Row {
                        simd,
                        taps: &taps[..count],
                        first_input: first,
                        width: positions.len() * vectors::<S>(),
                        gathered,
                        start,
                    };
                    let target = &mut target[place..];
                    row.run(target, layout.position);
                }
            }
        }
    }
}

/// Taps of one output, and what they read.
struct Row<'a, S: Simd> {
    simd: S,
    taps: &'a [(u32, f32)],
    first_input: usize,
    /// Vectors of sums.
    width: usize,
    gathered: &'a [S::f32s],
    /// None, if the sums have been begun.
    start: Option<f32>,
}

impl<S: Simd> Row<'_, S> {
    #[inline(always)]
    fn run(&self, target: &mut [Lanes], step: usize) {
        let mut first = 0;
        while first < self.width {
            first += match self.width - first {
                1 => self.part::<1>(first, target, step),
                2 => self.part::<2>(first, target, step),
                3 => self.part::<3>(first, target, step),
                4 => self.part::<4>(first, target, step),
                5 => self.part::<5>(first, target, step),
                6 => self.part::<6>(first, target, step),
                7 => self.part::<7>(first, target, step),
                _ => self.part::<8>(first, target, step),
            };
        }
    }

    #[inline(always)]
    fn part<const WIDTH: usize>(&self, first: usize, target: &mut [Lanes], step: usize) -> usize {
        let Self { simd, .. } = *self;
        let place = |vector: usize| (vector / vectors::<S>() * step, vector % vectors::<S>());
        let mut sums = [simd.splat_f32s(self.start.unwrap_or(0.0)); WIDTH];
        if self.start.is_none() {
            for (vector, sum) in (first..).zip(&mut sums) {
                let (place, part) = place(vector);
                *sum = S::as_simd_f32s(&target[place]).0[part];
            }
        }
        for &(input, weight) in self.taps {
            let weight = simd.splat_f32s(weight);
            let values = (input as usize - self.first_input) * self.width + first;
            for (sum, &value) in sums.iter_mut().zip(&self.gathered[values..][..WIDTH]) {
                *sum = simd.add_f32s(*sum, simd.mul_f32s(weight, value));
            }
        }
        for (vector, &sum) in (first..).zip(&sums) {
            let (place, part) = place(vector);
            S::as_mut_simd_f32s(&mut target[place]).0[part] = sum;
        }
        WIDTH
    }
}
