//! The same numbers in other places.

use std::borrow::Cow;

use super::walk::{strides, Walk};
use crate::evaluate::lanes::{Lanes, LANES};

/// Axes in another order.
#[derive(Debug)]
pub(in crate::evaluate) struct Transpose(Walk);

impl Transpose {
    /// Of a value with axes of these lengths.
    pub(super) fn new(before: &[usize], order: &[usize]) -> Self {
        let strides = strides(before);
        let lengths: Vec<usize> = order.iter().map(|&axis| before[axis]).collect();
        let steps: Vec<usize> = order.iter().map(|&axis| strides[axis]).collect();
        Self(Walk::new(&lengths, &steps))
    }

    pub(super) fn run(&self, features: &[Lanes]) -> Vec<Lanes> {
        let mut moved = Vec::with_capacity(features.len());
        self.0.runs(|run| {
            if run.step == 1 {
                moved.extend_from_slice(&features[run.other..][..run.count]);
            } else {
                moved.extend(
                    features[run.other..]
                        .iter()
                        .step_by(run.step)
                        .take(run.count),
                );
            }
        });
        moved
    }
}

/// Some indices of an axis.
#[derive(Debug)]
pub(in crate::evaluate) struct Select {
    pub(super) indices: Indices,
    /// The axis' length.
    pub(super) length: usize,
    /// Numbers of one index that stand side by side.
    pub(super) inner: usize,
}

#[derive(Debug)]
pub(super) enum Indices {
    Equidistant {
        start: usize,
        count: usize,
        step: usize,
    },
    Listed(Vec<usize>),
}

impl Select {
    pub(super) fn run(&self, features: &[Lanes]) -> Vec<Lanes> {
        let outer = features.chunks_exact(self.length * self.inner);
        let count = match &self.indices {
            Indices::Equidistant { count, .. } => *count,
            Indices::Listed(indices) => indices.len(),
        };
        let mut selected = Vec::with_capacity(outer.len() * count * self.inner);
        for part in outer {
            let mut select = |index: usize| {
                selected.extend_from_slice(&part[index * self.inner..][..self.inner]);
            };
            match &self.indices {
                Indices::Equidistant { start, count, step } => {
                    (0..*count).for_each(|index| select(start + index * step));
                }
                Indices::Listed(indices) => indices.iter().for_each(|&index| select(index)),
            }
        }
        selected
    }
}

/// Zeros around a value.
#[derive(Debug)]
pub(in crate::evaluate) struct Pad {
    /// Through the value before and the one after.
    walk: Walk,
    first: usize,
    numbers: usize,
}

impl Pad {
    /// Of a value with axes of these lengths, and the result's; the padding is of the last axes.
    pub(super) fn new(before: &[usize], after: &[usize], padding: &[[usize; 2]]) -> Self {
        let strides = strides(after);
        let padded = strides.iter().rev().zip(padding.iter().rev());
        Self {
            walk: Walk::new(before, &strides),
            first: padded.map(|(stride, [start, _])| stride * start).sum(),
            numbers: after.iter().product(),
        }
    }

    pub(super) fn run(&self, features: &[Lanes]) -> Vec<Lanes> {
        let mut padded = vec![[0.0; LANES]; self.numbers];
        let mut rest = features;
        self.walk.runs(|run| {
            let (now, later) = rest.split_at(run.count);
            rest = later;
            let target = padded[self.first + run.other..]
                .iter_mut()
                .step_by(run.step.max(1));
            target.zip(now).for_each(|(target, value)| *target = *value);
        });
        padded
    }
}

/// Values one after the other along an axis.
#[derive(Debug)]
pub(in crate::evaluate) struct Concatenate {
    /// Numbers of each value that stand side by side.
    pub(super) inner: Vec<usize>,
}

impl Concatenate {
    pub(super) fn run(&self, values: &[Cow<[Lanes]>]) -> Vec<Lanes> {
        let numbers = values.iter().map(|value| value.len()).sum();
        let mut joined = Vec::with_capacity(numbers);
        while joined.len() < numbers {
            let outer = joined.len() / self.inner.iter().sum::<usize>();
            for (value, &inner) in values.iter().zip(&self.inner) {
                joined.extend_from_slice(&value[outer * inner..][..inner]);
            }
        }
        joined
    }
}
