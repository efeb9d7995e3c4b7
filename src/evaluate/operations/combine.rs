//! Arithmetic with two numbers.

use std::borrow::Cow;

use super::walk::Walk;
use crate::code::Arithmetic;
use crate::evaluate::elementary::power::power;
use crate::evaluate::lanes::{larger, smaller, Lanes, LANES};
use crate::vectorised::vectorised;

/// Two values combined number by number, each walked along the result.
#[derive(Debug)]
pub(in crate::evaluate) struct Combine {
    arithmetic: Arithmetic,
    /// Numbers of the result.
    numbers: usize,
    first: Walk,
    second: Walk,
}

impl Combine {
    /// Of values with axes of these lengths, and the result's.
    pub(super) fn new(
        arithmetic: Arithmetic,
        first: &[usize],
        second: &[usize],
        after: &[usize],
    ) -> Self {
        Self {
            arithmetic,
            numbers: after.iter().product(),
            first: Walk::broadcast(after, first),
            second: Walk::broadcast(after, second),
        }
    }

    /// In place of one of the values, if it may be changed and nothing is repeated in it.
    pub(super) fn run(&self, first: Cow<[Lanes]>, second: Cow<[Lanes]>) -> Vec<Lanes> {
        match (first, second) {
            (Cow::Owned(mut first), second) if first.len() == self.numbers => {
                combine::<false>(self.arithmetic, &mut first, &second, &self.second);
                first
            }
            (first, Cow::Owned(mut second)) if second.len() == self.numbers => {
                combine::<true>(self.arithmetic, &mut second, &first, &self.first);
                second
            }
            (first, second) => {
                let mut repeated = Vec::with_capacity(self.numbers);
                self.first.runs(|run| {
                    let places = (0..run.count).map(|index| run.other + index * run.step);
                    repeated.extend(places.map(|place| first[place]));
                });
                combine::<false>(self.arithmetic, &mut repeated, &second, &self.second);
                repeated
            }
        }
    }
}

/// `target = target (operation) other`, or the other way round.
fn combine<const IS_TARGET_SECOND: bool>(
    arithmetic: Arithmetic,
    target: &mut [Lanes],
    other: &[Lanes],
    walk: &Walk,
) {
    macro_rules! with {
        ($operation:expr) => {
            vectorised(
                #[inline(always)]
                || each::<IS_TARGET_SECOND>(target, other, walk, $operation),
            )
        };
    }
    match arithmetic {
        Arithmetic::Add => with!(|first, second| first + second),
        Arithmetic::Subtract => with!(|first, second| first - second),
        Arithmetic::Multiply => with!(|first, second| first * second),
        Arithmetic::Divide => with!(|first, second| first / second),
        Arithmetic::Larger => with!(larger),
        Arithmetic::Smaller => with!(smaller),
        Arithmetic::Power => with!(power),
    }
}

#[inline(always)]
fn each<const IS_TARGET_SECOND: bool>(
    target: &mut [Lanes],
    other: &[Lanes],
    walk: &Walk,
    operation: impl Fn(f32, f32) -> f32 + Copy,
) {
    let mut rest = target;
    walk.runs(
        #[inline(always)]
        |run| {
            let (now, later) = std::mem::take(&mut rest).split_at_mut(run.count);
            rest = later;
            for (index, target) in now.iter_mut().enumerate() {
                let other = &other[run.other + index * run.step];
                for lane in 0..LANES {
                    target[lane] = if IS_TARGET_SECOND {
                        operation(other[lane], target[lane])
                    } else {
                        operation(target[lane], other[lane])
                    };
                }
            }
        },
    );
}

/// Each number with a fixed one, which may be the first of the two.
#[derive(Debug)]
pub(in crate::evaluate) struct WithNumber {
    pub(super) arithmetic: Arithmetic,
    pub(super) number: f32,
    pub(super) is_first: bool,
}

impl WithNumber {
    pub(super) fn change(&self, values: &mut [Lanes]) {
        let number = [[self.number; LANES]];
        let walk = Walk::new(&[values.len()], &[0]);
        if self.is_first {
            combine::<true>(self.arithmetic, values, &number, &walk);
        } else {
            combine::<false>(self.arithmetic, values, &number, &walk);
        }
    }
}
