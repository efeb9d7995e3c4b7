//! The linear map of a layer, as a matrix.

use crate::code::Convolution;
use crate::shape::ImageSize;

/// What an entry of a [`LinearMap`] takes: its value, and its column.
pub(super) const BYTES_PER_ENTRY: u64 = (size_of::<f64>() + size_of::<u32>()) as u64;

/// A linear map as a matrix, row by row, without the entries that are zero.
///
/// Of a convolution it is the map from all numbers of a feature map to all numbers of the next one,
/// with its stride, padding and groups: each weight stands in as many rows as there are places that
/// it is used at. Its norms are those of the map, not of the kernel.
///
/// ```
/// use nonvacuous::network::classical::LinearMap;
/// let map = LinearMap::dense(&[3.0, 0.0, 4.0, 5.0], 2);
/// assert_eq!(map.apply(&[[1.0], [2.0]]), [[3.0], [14.0]]);
/// assert_eq!(map.apply_transposed(&[1.0, 1.0]), [7.0, 5.0]);
/// assert!((map.frobenius() - 50f64.sqrt()).abs() < 1e-12);
/// assert!((map.row_norms() - (3.0 + 41f64.sqrt())).abs() < 1e-12);
/// assert!((map.spectral_norm() - 45f64.sqrt()).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LinearMap {
    /// Number of columns.
    inputs: usize,
    /// Where each row begins among the entries, and where the last one ends.
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl LinearMap {
    /// No rows yet.
    fn empty(inputs: usize) -> Self {
        Self {
            inputs,
            starts: vec![0],
            columns: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Appends a row: columns and values.
    fn push(&mut self, entries: impl IntoIterator<Item = (usize, f64)>) {
        for (column, value) in entries {
            if value != 0.0 && column < self.inputs {
                self.columns.push(column as u32);
                self.values.push(value);
            }
        }
        self.starts.push(self.values.len());
    }

    /// Of a dense layer: weights `[outputs, inputs]`.
    #[must_use]
    pub fn dense(weights: &[f32], inputs: usize) -> Self {
        let mut map = Self::empty(inputs);
        for row in weights.chunks(inputs.max(1)) {
            map.push(row.iter().map(|&weight| f64::from(weight)).enumerate());
        }
        map
    }

    /// Of a convolution between maps of these sizes, with weights
    /// `[channels, channels before / groups, kernel, kernel]` and without its bias.
    #[must_use]
    pub fn convolution(
        convolution: &Convolution,
        before: ImageSize,
        after: ImageSize,
        weights: &[f32],
    ) -> Self {
        let mut map = Self::empty(before.features());
        let (top, left) = (
            convolution.margins(before.height)[0],
            convolution.margins(before.width)[0],
        );
        for taps in taps(convolution, before, weights) {
            for row in 0..after.height {
                for column in 0..after.width {
                    let entries = taps.iter().filter_map(|tap| {
                        let y = (row * convolution.stride + tap.row).checked_sub(top)?;
                        let x = (column * convolution.stride + tap.column).checked_sub(left)?;
                        let is_inside = y < before.height && x < before.width;
                        let place = (tap.channel * before.height + y) * before.width + x;
                        is_inside.then_some((place, tap.weight))
                    });
                    map.push(entries);
                }
            }
        }
        map
    }

    /// A number for each channel of a map of this size, by which it is multiplied.
    #[must_use]
    pub fn scales(scales: &[f32], size: ImageSize) -> Self {
        let mut map = Self::empty(size.features());
        let area = size.height * size.width;
        for place in 0..size.features() {
            let scale = scales.get(place / area.max(1)).copied().unwrap_or(0.0);
            map.push([(place, f64::from(scale))]);
        }
        map
    }

    /// Multiplies the rows of each channel, each of `area` places, by a number.
    pub(super) fn scale_channels(&mut self, scales: &[f32], area: usize) {
        for (row, ends) in self.starts.windows(2).enumerate() {
            let scale = scales.get(row / area.max(1)).copied().unwrap_or(0.0);
            let values = self.values.get_mut(ends[0]..ends[1]);
            for value in values.into_iter().flatten() {
                *value *= f64::from(scale);
            }
        }
    }

    /// The map that also reads a number which is always 1, behind the others: `biases` are its
    /// weights, one for each channel of `area` places. If it `is_kept`, it is handed on behind the
    /// outputs.
    pub(super) fn with_constant(&self, biases: &[f64], area: usize, is_kept: bool) -> Self {
        let constant = self.inputs;
        let mut map = Self::empty(constant + 1);
        for row in 0..self.outputs() {
            let bias = biases.get(row / area.max(1)).copied().unwrap_or(0.0);
            map.push(self.row(row).chain([(constant, bias)]));
        }
        if is_kept {
            map.push([(constant, 1.0)]);
        }
        map
    }

    /// The entries of a row.
    fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let start = self.starts.get(row).copied().unwrap_or(0);
        let end = self.starts.get(row + 1).copied().unwrap_or(start);
        let columns = self.columns.get(start..end).unwrap_or(&[]).iter();
        let columns = columns.map(|&column| column as usize);
        columns.zip(self.values.get(start..end).unwrap_or(&[]).iter().copied())
    }

    /// Number of columns: of numbers that it reads.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of rows: of numbers that it makes.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether every entry is finite.
    pub(super) fn is_finite(&self) -> bool {
        self.values.iter().all(|value| value.is_finite())
    }

    /// `A x`, of `N` vectors side by side; numbers that are missing are zero.
    #[must_use]
    pub fn apply<const N: usize>(&self, x: &[[f64; N]]) -> Vec<[f64; N]> {
        let mut made = Vec::with_capacity(self.outputs());
        for row in 0..self.outputs() {
            let mut sums = [0.0; N];
            for (column, value) in self.row(row) {
                if let Some(numbers) = x.get(column) {
                    for (sum, number) in sums.iter_mut().zip(numbers) {
                        *sum += value * number;
                    }
                }
            }
            made.push(sums);
        }
        made
    }

    /// `A' y`; numbers that are missing are zero.
    #[must_use]
    pub fn apply_transposed(&self, y: &[f64]) -> Vec<f64> {
        let mut made = vec![0.0; self.inputs];
        for (row, &number) in y.iter().enumerate().take(self.outputs()) {
            if number == 0.0 {
                continue;
            }
            for (column, value) in self.row(row) {
                made[column] += value * number;
            }
        }
        made
    }

    /// The root of the sum of all squares: the Frobenius norm.
    #[must_use]
    pub fn frobenius(&self) -> f64 {
        norm(&self.values)
    }

    /// The sum of the rows' Euclidean norms: `||A^T||_{2,1}`.
    #[must_use]
    pub fn row_norms(&self) -> f64 {
        let norm = |row: usize| self.row(row).map(|(_, value)| value * value).sum::<f64>();
        (0..self.outputs()).map(|row| norm(row).sqrt()).sum()
    }
}

/// A weight of a kernel that is not zero.
struct Tap {
    /// Channel that it reads.
    channel: usize,
    /// Row and column of the kernel.
    row: usize,
    column: usize,
    weight: f64,
}

/// Those of each output channel.
fn taps(convolution: &Convolution, before: ImageSize, weights: &[f32]) -> Vec<Vec<Tap>> {
    let Convolution {
        channels,
        kernel,
        groups,
        ..
    } = *convolution;
    let read = before.channels / groups.max(1);
    let volume = (read * kernel * kernel).max(1);
    let made = (channels / groups.max(1)).max(1);
    let of_channel = |(channel, weights): (usize, &[f32])| {
        let first = channel / made * read;
        let tap = |(place, &weight): (usize, &f32)| Tap {
            channel: first + place / (kernel * kernel),
            row: place / kernel % kernel,
            column: place % kernel,
            weight: f64::from(weight),
        };
        let taps = weights.iter().enumerate().map(tap);
        taps.filter(|tap| tap.weight != 0.0).collect()
    };
    let kernels = weights.chunks(volume).take(channels).enumerate();
    kernels.map(of_channel).collect()
}

/// The Euclidean norm.
pub(super) fn norm<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> f64 {
    numbers
        .into_iter()
        .map(|number| number * number)
        .sum::<f64>()
        .sqrt()
}
