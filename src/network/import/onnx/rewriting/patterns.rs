//! Several steps that exporters write for one operator.

use super::super::draft::Step;
use super::Rewriting;
use crate::code::{Activation, Arithmetic, Operator, Reduction};

impl Rewriting {
    /// The operator that a step completes, if it is the last of a known pattern.
    pub(super) fn recognised(&self, index: usize) -> Option<Step> {
        let step = &self.steps[index];
        self.gelu(step)
            .or_else(|| self.normalisation(index, step))
            .or_else(|| self.reduction(step))
            .or_else(|| self.padded_convolution(step))
    }

    /// The operation with a fixed number that makes a value, and what it reads.
    fn scalar(&self, value: usize, arithmetic: Arithmetic) -> Option<(f32, usize)> {
        let step = self.maker(value)?;
        match step.operator {
            Operator::Scalar {
                arithmetic: found,
                number,
                is_first,
            } if found == arithmetic && (!is_first || is_symmetric(arithmetic)) => {
                Some((number, step.inputs[0]))
            }
            _ => None,
        }
    }

    /// What the function of one number reads that makes a value.
    fn activated(&self, value: usize, activation: Activation) -> Option<usize> {
        let step = self.maker(value)?;
        (step.operator == Operator::Activation(activation)).then(|| step.inputs[0])
    }

    /// The two values that are combined to this one.
    fn combined(&self, value: usize, arithmetic: Arithmetic) -> Option<(usize, usize)> {
        combined(self.maker(value)?, arithmetic)
    }

    /// `x` for `1 + erf(x / sqrt 2)`.
    fn of_error_function(&self, value: usize) -> Option<usize> {
        let (one, erf) = self.scalar(value, Arithmetic::Add)?;
        let scaled = self.activated(erf, Activation::ErrorFunction)?;
        let is_near = |number: f32, wanted: f32| (number - wanted).abs() < 1e-6;
        let root = self
            .scalar(scaled, Arithmetic::Divide)
            .filter(|(number, _)| is_near(*number, std::f32::consts::SQRT_2));
        let root = root.or_else(|| {
            self.scalar(scaled, Arithmetic::Multiply)
                .filter(|(number, _)| is_near(*number, std::f32::consts::FRAC_1_SQRT_2))
        });
        root.filter(|_| one == 1.0).map(|(_, x)| x)
    }

    /// Whether a value is half of another.
    fn half_of(&self, value: usize) -> Option<usize> {
        let by_product = self
            .scalar(value, Arithmetic::Multiply)
            .filter(|(number, _)| *number == 0.5);
        let by_quotient = || {
            self.scalar(value, Arithmetic::Divide)
                .filter(|(number, _)| *number == 2.0)
        };
        by_product.or_else(by_quotient).map(|(_, whole)| whole)
    }

    /// `x / 2 * (1 + erf(x / sqrt 2))`, the half taken of any factor or of the product.
    fn gelu(&self, step: &Step) -> Option<Step> {
        let x = match step.operator {
            Operator::Scalar {
                arithmetic: Arithmetic::Multiply,
                number: 0.5,
                ..
            } => {
                let (first, second) = self.combined(step.inputs[0], Arithmetic::Multiply)?;
                let is_of = |x: usize, other: usize| self.of_error_function(other) == Some(x);
                match (is_of(first, second), is_of(second, first)) {
                    (true, _) => Some(first),
                    (_, true) => Some(second),
                    _ => None,
                }
            }
            Operator::Combine(Arithmetic::Multiply) => {
                let (first, second) = combined(step, Arithmetic::Multiply)?;
                let of = |factor: usize, other: usize| {
                    let half = self.half_of(factor);
                    let x = self.of_error_function(other);
                    if half.is_some() && half == x {
                        return x;
                    }
                    let x = self
                        .half_of(other)
                        .and_then(|it| self.of_error_function(it));
                    x.filter(|x| *x == factor)
                };
                of(first, second).or_else(|| of(second, first))
            }
            _ => None,
        };
        Some(plain(Operator::Activation(Activation::Gelu), x?))
    }

    /// The mean over some last axes that makes a value, kept with length 1: how many, and of what.
    fn mean(&self, value: usize) -> Option<(usize, usize)> {
        let step = self.maker(value)?;
        let Operator::Reduce {
            reduction: Reduction::Mean,
            axes,
            keep: true,
        } = &step.operator
        else {
            return None;
        };
        let all = self.dimensions[step.inputs[0]].axes();
        let are_last = axes.iter().copied().eq(all - axes.len()..all);
        are_last.then(|| (axes.len(), step.inputs[0]))
    }

    /// `d / sqrt(mean(d d) + epsilon)` with `d = x - mean(x)`.
    fn normalisation(&self, index: usize, step: &Step) -> Option<Step> {
        let (centred, deviation) = combined(step, Arithmetic::Divide)?;
        let (x, mean) = self.combined(centred, Arithmetic::Subtract)?;
        let (axes, of) = self.mean(mean)?;
        let variance = self.activated(deviation, Activation::SquareRoot)?;
        let (epsilon, variance) = self.scalar(variance, Arithmetic::Add)?;
        let (squared_axes, squares) = self.mean(variance)?;
        let squared = self.combined(squares, Arithmetic::Multiply)?;
        let is_so = of == x
            && axes == squared_axes
            && squared == (centred, centred)
            && self.dimensions[x] == self.dimensions[index + 1];
        is_so.then(|| plain(Operator::Normalise { axes, epsilon }, x))
    }

    /// A reduction whose axes stay, and are removed at once.
    fn reduction(&self, step: &Step) -> Option<Step> {
        let Operator::Reshape { dimensions } = &step.operator else {
            return None;
        };
        let reduced = self.sole_maker(step.inputs[0])?;
        let Operator::Reduce {
            reduction,
            axes,
            keep: true,
        } = &reduced.operator
        else {
            return None;
        };
        let before = self.dimensions[step.inputs[0]].lengths().iter().enumerate();
        let left = before.filter(|(axis, _)| !axes.contains(axis));
        let is_so = left
            .map(|(_, &length)| length)
            .eq(dimensions.lengths().iter().copied());
        let operator = Operator::Reduce {
            reduction: *reduction,
            axes: axes.clone(),
            keep: false,
        };
        is_so.then(|| plain(operator, reduced.inputs[0]))
    }

    /// Zeros around rows and columns before a convolution, which adds them itself.
    fn padded_convolution(&self, step: &Step) -> Option<Step> {
        let Operator::Convolution {
            channels,
            mut window,
            groups,
            bias,
        } = step.operator
        else {
            return None;
        };
        let before = self.maker(step.inputs[0])?;
        let Operator::Pad { padding } = &before.operator else {
            return None;
        };
        let (sides, others) = match &padding[..] {
            [others @ .., rows, columns] => ([*rows, *columns], others),
            [columns] => ([[0, 0], *columns], &[][..]),
            [] => return None,
        };
        for (side, ends) in sides.into_iter().enumerate() {
            for (end, count) in ends.into_iter().enumerate() {
                window.padding[side][end] += count;
                if window.padding[side][end] > window.extent(side) {
                    return None;
                }
            }
        }
        let operator = Operator::Convolution {
            channels,
            window,
            groups,
            bias,
        };
        others.iter().all(|ends| *ends == [0, 0]).then(|| Step {
            operator,
            inputs: before.inputs.clone(),
            ..step.clone()
        })
    }
}

fn is_symmetric(arithmetic: Arithmetic) -> bool {
    matches!(arithmetic, Arithmetic::Add | Arithmetic::Multiply)
}

fn combined(step: &Step, arithmetic: Arithmetic) -> Option<(usize, usize)> {
    match (&step.operator, &step.inputs[..]) {
        (Operator::Combine(found), &[first, second]) if *found == arithmetic => {
            Some((first, second))
        }
        _ => None,
    }
}

/// An operator without weights that reads one value.
fn plain(operator: Operator, input: usize) -> Step {
    Step {
        operator,
        inputs: vec![input],
        weights: Vec::new(),
        is_normalisation: false,
    }
}
