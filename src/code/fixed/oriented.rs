//! Fixed filters for lines and edges in several directions: they belong to the format, so they cost
//! no bits.
//!
//! Natural and drawn images are made of strokes and borders; the first layer of a trained
//! convolutional network mostly detects these (Marr and Hildreth 1980; Krizhevsky et al. 2012). The
//! filters are Gaussian derivatives on 5 x 5 pixels (Freeman and Adelson 1991), rounded to
//! sixteenths, with sum zero.

/// Rows and columns of each filter.
pub const SIZE: usize = 5;

type Filter = [[i8; SIZE]; SIZE];

/// A bright vertical line.
const LINE: Filter = [
    [-1, 0, 2, 0, -1],
    [-3, 0, 6, 0, -3],
    [-5, 0, 10, 0, -5],
    [-3, 0, 6, 0, -3],
    [-1, 0, 2, 0, -1],
];

/// A bright line rising to the right.
const DIAGONAL_LINE: Filter = [
    [-2, -4, -2, 1, 0],
    [-4, -4, 3, 4, 1],
    [-2, 3, 12, 3, -2],
    [1, 4, 3, -4, -4],
    [0, 1, -2, -4, -2],
];

/// Brighter to the right.
const EDGE: Filter = [
    [0, -1, 0, 1, 0],
    [-2, -5, 0, 5, 2],
    [-3, -8, 0, 8, 3],
    [-2, -5, 0, 5, 2],
    [0, -1, 0, 1, 0],
];

/// Brighter to the lower right.
const DIAGONAL_EDGE: Filter = [
    [-1, -2, -2, -1, 0],
    [-2, -7, -5, 0, 1],
    [-2, -5, 0, 5, 2],
    [-1, 0, 5, 7, 2],
    [0, 1, 2, 2, 1],
];

/// Number of filters: for lines in 4 directions, then for edges in 8.
pub const FILTERS: usize = 12;

/// The same filter after a quarter turn.
fn turned(filter: &Filter) -> Filter {
    let mut turned = [[0; SIZE]; SIZE];
    for (row, values) in filter.iter().enumerate() {
        for (column, &value) in values.iter().enumerate() {
            turned[column][SIZE - 1 - row] = value;
        }
    }
    turned
}

fn bank() -> Vec<Filter> {
    let mut bank = Vec::with_capacity(FILTERS);
    for (mut straight, mut diagonal, turns) in [(LINE, DIAGONAL_LINE, 2), (EDGE, DIAGONAL_EDGE, 4)]
    {
        for _ in 0..turns {
            bank.extend([straight, diagonal]);
            (straight, diagonal) = (turned(&straight), turned(&diagonal));
        }
    }
    bank
}

/// The first `filters` filters for each channel: the weights `[channels * filters, 1, SIZE, SIZE]`
/// of [`Convolution::oriented`](crate::code::Convolution::oriented).
#[must_use]
pub fn weights(filters: usize, channels: usize) -> Vec<f32> {
    let bank = bank();
    let one = bank
        .iter()
        .take(filters)
        .flatten()
        .flatten()
        .map(|&value| f32::from(value) / 16.0);
    let one: Vec<f32> = one.collect();
    one.repeat(channels)
}
