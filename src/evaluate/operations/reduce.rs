//! Numbers along axes that become one.

use super::walk::Walk;
use crate::code::Reduction;
use crate::evaluate::lanes::{divide, each, larger, Lanes, LANES};
use crate::vectorised::vectorised;

/// Sums from 0, or the largest from minus infinity on, of what is met in storage order.
#[derive(Debug)]
pub(in crate::evaluate) struct Reduce {
    reduction: Reduction,
    /// Through the value before, with where each number goes.
    walk: Walk,
    /// Numbers afterwards.
    numbers: usize,
}

impl Reduce {
    /// Of a value with axes of these lengths.
    pub(super) fn new(reduction: Reduction, before: &[usize], axes: &[usize]) -> Self {
        let kept: Vec<usize> = before
            .iter()
            .enumerate()
            .map(|(axis, &length)| if axes.contains(&axis) { 1 } else { length })
            .collect();
        Self {
            reduction,
            walk: Walk::broadcast(before, &kept),
            numbers: kept.iter().product(),
        }
    }

    pub(super) fn run(&self, features: &[Lanes]) -> Vec<Lanes> {
        match self.reduction {
            Reduction::Largest => self.results(features, f32::NEG_INFINITY, larger),
            Reduction::Sum => self.results(features, 0.0, |sum, value| sum + value),
            Reduction::Mean => {
                let mut means = self.results(features, 0.0, |sum, value| sum + value);
                divide(&mut means, features.len() / self.numbers);
                means
            }
        }
    }

    fn results(
        &self,
        features: &[Lanes],
        start: f32,
        operation: impl Fn(f32, f32) -> f32 + Copy,
    ) -> Vec<Lanes> {
        let mut results = vec![[start; LANES]; self.numbers];
        let results_so_far = &mut results;
        vectorised(
            #[inline(always)]
            || {
                let mut rest = features;
                self.walk.runs(
                    #[inline(always)]
                    |run| {
                        let (now, later) = rest.split_at(run.count);
                        rest = later;
                        if run.step == 0 {
                            let mut result = results_so_far[run.other];
                            for value in now {
                                each(&mut result, value, operation);
                            }
                            results_so_far[run.other] = result;
                            return;
                        }
                        for (index, value) in now.iter().enumerate() {
                            let result = &mut results_so_far[run.other + index * run.step];
                            each(result, value, operation);
                        }
                    },
                );
            },
        );
        results
    }
}
