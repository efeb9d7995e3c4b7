//! Symbols predicted from their surroundings.

use super::geometry::Geometry;
use super::mixture::Mixture;
use super::pass::Pass;
use super::symbol_code::{Alphabet, Parts};
use crate::code::coder::distribution::AdaptiveBit;
use crate::code::coder::range_coder::Purpose;
use crate::code::error::CodeError;

/// Magnitudes have at most this many binary digits.
const DIGITS: usize = 8;

/// Zero, negative, positive.
const SIGNS: usize = 3;

/// Zero, or the number of binary digits of a magnitude.
const MAGNITUDES: usize = DIGITS + 1;

/// The models of one tensor.
///
/// Pruning leaves structure: rows and columns, channels, and borders of feature maps that are kept
/// more or less often, strokes of neighbours of one sign, inputs that only one unit reads. Units in
/// sorted order show where they begin.
pub(in crate::code) struct MixedCode {
    alphabet: Alphabet,
    geometry: Geometry,
    /// Whether rows are in order, which saves what then is certain.
    is_sorted: bool,
    mask: Mixture<7>,
    sign: Mixture<4>,
    /// For each number of binary digits, whether a magnitude has more.
    more_digits: Vec<Mixture<3>>,
    /// For each number of binary digits a binary tree of the digits after the first.
    digits: Vec<Vec<AdaptiveBit>>,
    /// How often a column was kept in the rows so far: 0, 1, or 2 for more.
    taken: Vec<u8>,
}

/// What is around a weight: symbols that have been coded already, 0 outside the tensor.
struct Surroundings {
    left: u8,
    above: u8,
    above_left: u8,
    above_right: u8,
    second_left: u8,
    second_above: u8,
    /// In the channel before.
    channel_before: u8,
    /// In the row before.
    row_before: u8,
}

/// A weight's place.
#[derive(Clone, Copy)]
struct Position {
    row: usize,
    channel: usize,
    y: usize,
    x: usize,
    column: usize,
    place: usize,
}

impl Surroundings {
    fn new(pass: &impl Pass, geometry: Geometry, at: Position) -> Self {
        let Geometry { width, height, .. } = geometry;
        let back = |inside: bool, distance: usize| match inside {
            true => pass.coded(at.place - distance),
            false => 0,
        };
        Self {
            left: back(at.x >= 1, 1),
            above: back(at.y >= 1, width),
            above_left: back(at.y >= 1 && at.x >= 1, width + 1),
            above_right: back(at.y >= 1 && at.x + 1 < width, width.saturating_sub(1)),
            second_left: back(at.x >= 2, 2),
            second_above: back(at.y >= 2, 2 * width),
            channel_before: back(at.channel >= 1, width * height),
            row_before: back(at.row >= 1, geometry.columns()),
        }
    }

    /// The nearest neighbour in the same kernel or map that is not zero, or 0.
    fn nearest(&self) -> u8 {
        let near = [
            self.left,
            self.above,
            self.above_left,
            self.above_right,
            self.second_left,
            self.second_above,
        ];
        near.into_iter().find(|&symbol| symbol != 0).unwrap_or(0)
    }

    /// Which of the four adjacent neighbours are kept.
    fn adjacent(&self) -> usize {
        let kept = [self.left, self.above, self.above_left, self.above_right]
            .map(|symbol| usize::from(symbol != 0));
        kept[0] | kept[1] << 1 | kept[2] << 2 | kept[3] << 3
    }
}

/// How a row compares with the one before, so far.
#[derive(Clone, Copy)]
struct RowState {
    /// Whether it keeps the same weights.
    is_tied: bool,
    /// Whether it keeps any.
    has_begun: bool,
}

impl RowState {
    fn class(self, around: &Surroundings) -> usize {
        match (self.is_tied, around.row_before != 0, self.has_begun) {
            (false, _, true) => 0,
            (true, false, _) => 1,
            (true, true, _) => 2,
            (false, _, false) => 3,
        }
    }
}

impl MixedCode {
    pub(in crate::code) fn new(alphabet: Alphabet, geometry: Geometry, is_sorted: bool) -> Self {
        let Geometry {
            rows,
            channels,
            height,
            width,
        } = geometry;
        let columns = geometry.columns();
        Self {
            alphabet,
            geometry,
            is_sorted,
            mask: Mixture::new([rows, columns, 64, channels, 18, width, height]),
            sign: Mixture::new([SIGNS * SIGNS, SIGNS, channels, 2 * SIGNS]),
            more_digits: vec![Mixture::new([rows, channels, MAGNITUDES]); alphabet.digits() - 1],
            digits: (0..alphabet.digits())
                .map(|after| vec![AdaptiveBit::default(); 1 << after])
                .collect(),
            taken: vec![0; columns],
        }
    }

    /// Codes all symbols.
    pub(in crate::code) fn run(mut self, pass: &mut impl Pass) -> Result<(), CodeError> {
        let Geometry {
            rows,
            channels,
            height,
            width,
        } = self.geometry;
        let mut place = 0;
        for row in 0..rows {
            let mut state = RowState {
                is_tied: row > 0,
                has_begun: false,
            };
            for channel in 0..channels {
                for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
                    let column = (channel * height + y) * width + x;
                    let position = Position {
                        row,
                        channel,
                        y,
                        x,
                        column,
                        place,
                    };
                    self.weight(pass, position, &mut state)?;
                    place += 1;
                }
            }
        }
        Ok(())
    }

    /// Codes one weight.
    fn weight(
        &mut self,
        pass: &mut impl Pass,
        at: Position,
        state: &mut RowState,
    ) -> Result<(), CodeError> {
        let around = Surroundings::new(pass, self.geometry, at);
        let next = pass.next(at.place);
        if self.is_sorted && state.is_tied && around.row_before == 0 {
            return if next == 0 {
                Ok(())
            } else {
                Err(CodeError::InvalidCodeWord)
            };
        }
        let taken = |column: Option<usize>| {
            usize::from(
                column
                    .and_then(|column| self.taken.get(column))
                    .copied()
                    .unwrap_or(0),
            )
        };
        let taken_before = match self.geometry.height * self.geometry.width {
            1 => taken(at.column.checked_sub(1)),
            _ => 0,
        };
        let contexts = [
            at.row,
            at.column,
            around.adjacent() | state.class(&around) << 4,
            at.channel,
            (taken(Some(at.column)) * 3 + taken_before) * 2
                + usize::from(around.channel_before != 0),
            at.x,
            at.y,
        ];
        pass.set_purpose(Purpose::Mask);
        let kept = pass.decide(next != 0, self.mask.expect(contexts))?;
        self.mask.observe(kept);
        state.is_tied &= kept == (around.row_before != 0);
        state.has_begun |= kept;
        if !kept {
            return Ok(());
        }
        if let Some(taken) = self.taken.get_mut(at.column) {
            *taken = (*taken + 1).min(2);
        }
        pass.set_purpose(Purpose::Assignment);
        let Parts { is_positive, place } = self.alphabet.parts(next);
        let is_positive = self.code_sign(pass, is_positive, &around, at)?;
        let place = self.code_place(pass, place, self.alphabet.size(is_positive), &around, at)?;
        pass.complete(at.place, self.alphabet.symbol(Parts { is_positive, place }));
        Ok(())
    }

    fn code_sign(
        &mut self,
        pass: &mut impl Pass,
        is_positive: bool,
        around: &Surroundings,
        at: Position,
    ) -> Result<bool, CodeError> {
        if let Some(only) = self.alphabet.only_sign() {
            return Ok(only);
        }
        let sign = |symbol: u8| match symbol {
            0 => 0,
            _ => 1 + usize::from(self.alphabet.parts(symbol).is_positive),
        };
        let previous = match around.channel_before {
            0 => SIGNS + sign(around.row_before),
            symbol => sign(symbol),
        };
        let contexts = [
            sign(around.left) * SIGNS + sign(around.above),
            sign(around.nearest()),
            at.channel,
            previous,
        ];
        let is_positive = pass.decide(is_positive, self.sign.expect(contexts))?;
        self.sign.observe(is_positive);
        Ok(is_positive)
    }

    /// Codes `place + 1`, from 1 to `size`: first how many binary digits it has, then the digits
    /// after the first.
    fn code_place(
        &mut self,
        pass: &mut impl Pass,
        place: usize,
        size: usize,
        around: &Surroundings,
        at: Position,
    ) -> Result<usize, CodeError> {
        let magnitude = place + 1;
        let near = match around.nearest() {
            0 => 0,
            symbol => 1 + (self.alphabet.parts(symbol).place + 1).ilog2() as usize,
        };
        let (class, largest) = (magnitude.ilog2() as usize, size.max(1).ilog2() as usize);
        let mut reached = 0;
        for model in self.more_digits.iter_mut().take(largest) {
            let more = pass.decide(class > reached, model.expect([at.row, at.channel, near]))?;
            model.observe(more);
            if !more {
                break;
            }
            reached += 1;
        }
        let mut prefix = 1;
        for left in (0..reached).rev() {
            // A one would lead beyond the last codeword.
            if (2 * prefix + 1) << left > size {
                prefix *= 2;
                continue;
            }
            let digit = magnitude >> left & 1 == 1;
            let model = self
                .digits
                .get_mut(reached)
                .and_then(|tree| tree.get_mut(prefix));
            let model = model.ok_or(CodeError::InvalidCodeWord)?;
            let digit = pass.decide(digit, model.expect())?;
            model.observe(digit);
            prefix = 2 * prefix + usize::from(digit);
        }
        Ok(prefix - 1)
    }
}
