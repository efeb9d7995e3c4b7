//! Symbols predicted from their surroundings.

use super::alphabet::{Alphabet, SignAndRank};
use super::geometry::Geometry;
use super::mixture::{Counter, Mixture};
use super::neighbours::{Neighbours, Position, RowState};
use super::pass::Pass;
use crate::code::coder::distribution::AdaptiveBit;
use crate::code::coder::length::Purpose;
use crate::code::error::CodeError;

/// Magnitudes have at most this many binary digits.
const DIGITS: usize = 8;

/// Zero, negative, positive.
const SIGNS: usize = 3;

/// Zero, or the number of binary digits of a magnitude.
const MAGNITUDES: usize = DIGITS + 1;

/// The models of one tensor; units in sorted order show where they begin.
pub(super) struct MixedCode {
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
    /// How often a column was not zero in the rows so far: 0, 1, or 2 for more.
    column_counts: Vec<u8>,
}

impl MixedCode {
    /// Most bytes of memory that the models of a tensor take: for each of the binary decisions that
    /// see rows, columns and channels a counter of each, and what is small.
    pub(super) fn memory(alphabet: Alphabet, geometry: Geometry) -> u64 {
        const SMALL: u64 = 1 << 16;
        const MASK_AND_SIGN: u64 = 2;
        let Geometry { rows, channels, .. } = geometry;
        let longest = [rows, channels, geometry.columns()].map(|length| length as u64);
        let counters = longest.iter().sum::<u64>() + 2 * geometry.columns() as u64;
        let decisions = MASK_AND_SIGN + alphabet.digits() as u64;
        decisions * counters * size_of::<Counter>() as u64 + SMALL
    }

    pub(super) fn new(alphabet: Alphabet, geometry: Geometry, is_sorted: bool) -> Self {
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
            column_counts: vec![0; columns],
        }
    }

    /// Codes all symbols.
    pub(super) fn run(mut self, pass: &mut impl Pass) -> Result<(), CodeError> {
        let Geometry {
            rows,
            channels,
            height,
            width,
        } = self.geometry;
        let mut index = 0;
        for row in 0..rows {
            let mut state = RowState::before(row);
            for channel in 0..channels {
                for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
                    let position = Position {
                        row,
                        channel,
                        y,
                        x,
                        column: (channel * height + y) * width + x,
                        index,
                    };
                    self.code_weight(pass, position, &mut state)?;
                    index += 1;
                }
            }
        }
        Ok(())
    }

    fn code_weight(
        &mut self,
        pass: &mut impl Pass,
        at: Position,
        state: &mut RowState,
    ) -> Result<(), CodeError> {
        let around = Neighbours::new(pass, self.geometry, at);
        let next = pass.next(at.index);
        if self.is_sorted && state.is_tied && around.row_before == 0 {
            // Zero is certain. Only rows in another order have something else here, and no code
            // word; a model never codes them so.
            return if next == 0 {
                Ok(())
            } else {
                Err(CodeError::InvalidCodeWord)
            };
        }
        let contexts = self.mask_contexts(&around, at, *state);
        pass.set_purpose(Purpose::Mask);
        let is_nonzero = pass.decide(next != 0, self.mask.expect(contexts))?;
        self.mask.observe(is_nonzero);
        state.observe(is_nonzero, &around);
        if !is_nonzero {
            return Ok(());
        }
        if let Some(count) = self.column_counts.get_mut(at.column) {
            *count = (*count + 1).min(2);
        }
        pass.set_purpose(Purpose::Assignment);
        let SignAndRank { is_positive, rank } = self.alphabet.sign_and_rank(next);
        let is_positive = self.code_sign(pass, is_positive, &around, at)?;
        let rank = self.code_rank(pass, rank, self.alphabet.size(is_positive), &around, at)?;
        let symbol = self.alphabet.symbol(SignAndRank { is_positive, rank });
        pass.complete(at.index, symbol);
        Ok(())
    }

    #[inline]
    fn mask_contexts(&self, around: &Neighbours, at: Position, state: RowState) -> [usize; 7] {
        let count = |column: Option<usize>| {
            let count = column.and_then(|column| self.column_counts.get(column));
            usize::from(count.copied().unwrap_or(0))
        };
        let count_before = match self.geometry.height * self.geometry.width {
            1 => count(at.column.checked_sub(1)),
            _ => 0,
        };
        [
            at.row,
            at.column,
            around.adjacent_mask() | state.class(around) << 4,
            at.channel,
            (count(Some(at.column)) * 3 + count_before) * 2
                + usize::from(around.channel_before != 0),
            at.x,
            at.y,
        ]
    }

    fn code_sign(
        &mut self,
        pass: &mut impl Pass,
        is_positive: bool,
        around: &Neighbours,
        at: Position,
    ) -> Result<bool, CodeError> {
        if let Some(only) = self.alphabet.only_sign() {
            return Ok(only);
        }
        let sign = |symbol: u8| match symbol {
            0 => 0,
            _ => 1 + usize::from(self.alphabet.sign_and_rank(symbol).is_positive),
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

    /// Codes the magnitude `rank + 1`, from 1 to `size`: first how many binary digits it has, then
    /// the digits after the first.
    fn code_rank(
        &mut self,
        pass: &mut impl Pass,
        rank: usize,
        size: usize,
        around: &Neighbours,
        at: Position,
    ) -> Result<usize, CodeError> {
        let magnitude = rank + 1;
        let near = match around.nearest() {
            0 => 0,
            symbol => 1 + (self.alphabet.sign_and_rank(symbol).rank + 1).ilog2() as usize,
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
