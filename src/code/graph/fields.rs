//! The codes of a record's numbers: what has been seen often is short.

use std::collections::BTreeMap;

use super::record::{Field, RATIOS};
use super::stream::Stream;
use crate::code::coder::distribution::{Adaptive, Weighted};
use crate::code::error::CodeError;

/// Weights of how many binary digits a width has: 1, 2, …
const DIGITS: [u64; 25] = [
    1, 2, 6, 8, 8, 6, 6, 6, 6, 6, 6, 4, 4, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
];

/// Usual values of a field with their weights, of which there is one more: what it stands for comes
/// after it. A field that takes no other values has as many weights as values.
struct Usual {
    values: Vec<u64>,
    weights: &'static [u64],
}

/// What stands after the usual values.
enum Rest {
    /// Nothing: there are no others.
    Nothing,
    /// A width.
    Width,
    /// A width that is one more.
    Index,
    /// 32 bits.
    Bits,
}

impl Field {
    fn usual(self) -> Usual {
        let first = |count: u64| (0..count).collect();
        let (values, weights): (Vec<u64>, &'static [u64]) = match self {
            Field::Width => (first(RATIOS.len() as u64), &[8, 6, 1, 6, 4, 4, 1, 4, 4, 16]),
            Field::Side => (vec![1, 3, 5, 7, 2, 4], &[12, 16, 4, 2, 4, 1, 1]),
            Field::Stride => (vec![1, 2, 0], &[16, 8, 6, 1]),
            Field::Padding => (vec![0, 1, 2, 3], &[16, 12, 2, 2, 1]),
            Field::Dilation => (vec![1, 2], &[24, 1, 1]),
            Field::Groups => (first(2), &[16, 8, 2]),
            Field::Bias => (first(2), &[1, 3]),
            Field::Parts => (first(3), &[4, 1, 1]),
            Field::Pooling => (first(3), &[4, 2, 1]),
            Field::IsRoundedUp => (first(2), &[8, 1]),
            Field::Reduction => (first(3), &[16, 1, 1]),
            Field::Axes => (vec![6, 1, 2, 4], &[16, 2, 2, 2, 1]),
            Field::Keep => (first(2), &[2, 1]),
            Field::Axis => (first(8), &[8, 4, 4, 1, 1, 1, 1, 1]),
            Field::AxisCount => (first(9), &[1, 8, 8, 8, 2, 1, 1, 1, 1]),
            Field::Length => (vec![0, 1, 2], &[16, 4, 1, 8]),
            Field::Count => (vec![1, 2], &[8, 2, 16]),
            Field::Index => (first(2), &[12, 4, 8]),
            Field::Part => (vec![4, 6, 8, 3], &[8, 8, 2, 2, 8]),
            Field::Start => (vec![0, 2, 4, 6], &[8, 4, 4, 1, 4]),
            Field::Step => (vec![1, 2], &[16, 1, 1]),
            Field::Single => (
                SINGLES.map(|single| u64::from(single.to_bits())).to_vec(),
                &[8, 8, 8, 8, 1, 4, 4, 4, 1, 1, 2, 2, 2, 2, 2, 2, 2, 24],
            ),
            Field::Activation => (first(14), &[24, 6, 2, 1, 6, 2, 2, 2, 8, 1, 1, 1, 1, 1]),
            Field::Arithmetic => (first(7), &[16, 2, 8, 2, 1, 1, 1]),
            Field::IsFirst => (first(2), &[8, 1]),
        };
        Usual { values, weights }
    }

    fn rest(self) -> Rest {
        match self {
            Field::Index | Field::Start => Rest::Index,
            Field::Single => Rest::Bits,
            Field::Bias
            | Field::Parts
            | Field::Pooling
            | Field::IsRoundedUp
            | Field::Reduction
            | Field::Keep
            | Field::Axis
            | Field::AxisCount
            | Field::Activation
            | Field::Arithmetic
            | Field::IsFirst => Rest::Nothing,
            Field::Width
            | Field::Side
            | Field::Stride
            | Field::Padding
            | Field::Dilation
            | Field::Groups
            | Field::Axes
            | Field::Length
            | Field::Count
            | Field::Part
            | Field::Step => Rest::Width,
        }
    }
}

/// Numbers that networks are full of: of ReLU6, means, GELU's polynomial, layer normalisation,
/// attention with heads of 64 and 32 numbers.
const SINGLES: [f32; 17] = [
    0.0,
    1.0,
    2.0,
    0.5,
    3.0,
    6.0,
    1e-5,
    1e-6,
    1e-12,
    -1.0,
    0.2,
    0.01,
    0.166_666_67,
    std::f32::consts::SQRT_2,
    std::f32::consts::FRAC_1_SQRT_2,
    0.125,
    0.176_776_69,
];

/// What has been seen of each field.
#[derive(Default)]
pub(super) struct Fields {
    usual: BTreeMap<Field, Adaptive>,
    digits: Option<Adaptive>,
    again: BTreeMap<Field, Adaptive>,
    predicted: BTreeMap<Field, Adaptive>,
}

impl Fields {
    /// Whether a number is the one before again.
    pub(super) fn again(
        &mut self,
        stream: &mut impl Stream,
        field: Field,
        again: bool,
    ) -> Result<bool, CodeError> {
        let bit = self.again.entry(field);
        learned(
            stream,
            bit.or_insert_with(|| Adaptive::with_weights(&[1, 8])),
            again,
        )
    }

    /// Whether a number is the predicted one.
    pub(super) fn predicted(
        &mut self,
        stream: &mut impl Stream,
        field: Field,
        predicted: bool,
    ) -> Result<bool, CodeError> {
        let weights: &[u64] = match field {
            Field::Width => &[2, 1],
            _ => &[1, 8],
        };
        let bit = self.predicted.entry(field);
        learned(
            stream,
            bit.or_insert_with(|| Adaptive::with_weights(weights)),
            predicted,
        )
    }

    /// A number of a field.
    pub(super) fn number(
        &mut self,
        stream: &mut impl Stream,
        field: Field,
        number: u64,
    ) -> Result<u64, CodeError> {
        let Usual { values, weights } = field.usual();
        let adaptive = self.usual.entry(field);
        let adaptive = adaptive.or_insert_with(|| Adaptive::with_weights(weights));
        let given = values.iter().position(|&value| value == number);
        let symbol = stream.code(adaptive, given.unwrap_or(weights.len() - 1))?;
        adaptive.observe(symbol);
        if let Some(&value) = values.get(symbol) {
            return Ok(value);
        }
        match field.rest() {
            Rest::Nothing => Err(CodeError::InvalidCodeWord),
            Rest::Width => self.width(stream, number),
            Rest::Index => Ok(self.width(stream, number.saturating_add(1))? - 1),
            Rest::Bits => stream.bits(number, u32::BITS),
        }
    }

    /// A number from 1 on that is more likely, the more zeros its binary digits end with: how many
    /// digits, how many of them are zeros at the end, and those between the first and the last one.
    pub(super) fn width(&mut self, stream: &mut impl Stream, width: u64) -> Result<u64, CodeError> {
        let digits = self
            .digits
            .get_or_insert_with(|| Adaptive::with_weights(&DIGITS));
        // The decoder is given nothing of use; any number stands for it.
        let width = width.max(1);
        let symbol = stream.code(digits, width.ilog2() as usize)?;
        digits.observe(symbol);
        let more = symbol as u32;
        let weights: Vec<u64> = (1..=u64::from(more) + 1).collect();
        let zeros = stream.code(&Weighted::new(&weights), width.trailing_zeros() as usize)? as u32;
        let between = more.saturating_sub(zeros + 1);
        let middle = stream.bits(width >> (zeros + 1) & ((1 << between) - 1), between)?;
        Ok(if zeros == more {
            1 << more
        } else {
            1 << more | middle << (zeros + 1) | 1 << zeros
        })
    }
}

/// Codes a bit, and learns from it.
pub(super) fn learned(
    stream: &mut impl Stream,
    adaptive: &mut Adaptive,
    bit: bool,
) -> Result<bool, CodeError> {
    let symbol = stream.code(adaptive, usize::from(bit))?;
    adaptive.observe(symbol);
    Ok(symbol == 1)
}
