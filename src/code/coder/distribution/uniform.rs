//! Sixteen bits at once.

use std::num::NonZeroU32;

use super::probability::{Distribution, PRECISION};
use super::weighted::width;

/// The symbols `0..2^16`, all equally probable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uniform;

/// The width of each interval, as a power of two.
const WIDTH: usize = PRECISION - 16;

impl Distribution for Uniform {
    fn interval(&self, symbol: usize) -> Option<(u32, NonZeroU32)> {
        let start = u32::from(u16::try_from(symbol).ok()?) << WIDTH;
        Some((start, width(start, start + (1 << WIDTH))))
    }

    fn symbol_at(&self, quantile: u32) -> (usize, u32, NonZeroU32) {
        let symbol = quantile >> WIDTH;
        let start = symbol << WIDTH;
        (symbol as usize, start, width(start, start + (1 << WIDTH)))
    }
}
