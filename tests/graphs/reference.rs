//! The function of a graph as `docs/function.md` defines it, one image at a time, in plain loops.

use nonvacuous::code::{
    Activation, Arithmetic, Dimensions, Graph, Operator, Pooling, Reduction, Window,
};

use crate::elementary::erf::{error_function, gelu};
use crate::elementary::exponential::{exponential, sigmoid};
use crate::elementary::logarithm::logarithm;
use crate::elementary::power::power;
use crate::elementary::tanh::hyperbolic_tangent;

/// Numbers with their shape, the last axis fastest.
struct Value<'a> {
    lengths: &'a [usize],
    numbers: Vec<f32>,
}

/// The logits of an image.
pub fn logits(graph: &Graph, weights: &[Vec<f32>], image: Vec<f32>) -> Vec<f32> {
    let mut tensors = weights.iter();
    let mut values = vec![Value {
        lengths: graph.values()[0].lengths(),
        numbers: image,
    }];
    for (node, before, after) in graph.steps() {
        let count = node.operator.weights(&before).len();
        let weights: Vec<&Vec<f32>> = tensors.by_ref().take(count).collect();
        let inputs: Vec<&Value> = node.inputs.iter().map(|&value| &values[value]).collect();
        let numbers = apply(&node.operator, &weights, &inputs, after);
        assert_eq!(numbers.len(), after.numbers(), "{}", node.operator);
        let lengths = after.lengths();
        values.push(Value { lengths, numbers });
    }
    values.pop().unwrap().numbers
}

fn apply(
    operator: &Operator,
    weights: &[&Vec<f32>],
    inputs: &[&Value],
    after: &Dimensions,
) -> Vec<f32> {
    let numbers = || inputs[0].numbers.clone();
    let each = |function: &dyn Fn(f32) -> f32| -> Vec<f32> {
        inputs[0].numbers.iter().map(|&x| function(x)).collect()
    };
    match operator {
        Operator::Convolution {
            window,
            groups,
            bias,
            ..
        } => convolution(inputs[0], weights, window, *groups, *bias, after.lengths()),
        Operator::Dense { units, bias } => dense(inputs[0], weights, *units, *bias),
        Operator::Affine { axis, scale, shift } => {
            let inner: usize = inputs[0].lengths[axis + 1..].iter().product();
            let mut numbers = numbers();
            for (place, number) in numbers.iter_mut().enumerate() {
                let index = place / inner % inputs[0].lengths[*axis];
                if *scale {
                    *number *= weights[0][index];
                }
                if *shift {
                    *number += weights[usize::from(*scale)][index];
                }
            }
            numbers
        }
        Operator::Constant { .. } => weights[0].clone(),
        Operator::Pool {
            pooling, window, ..
        } => pool(inputs[0], *pooling, window, after.lengths()),
        Operator::Reduce {
            reduction, axes, ..
        } => reduce(inputs[0], *reduction, axes),
        Operator::Normalise { axes, epsilon } => {
            let lengths = inputs[0].lengths;
            let count: usize = lengths[lengths.len() - axes..].iter().product();
            inputs[0]
                .numbers
                .chunks(count)
                .flat_map(|numbers| normalise(numbers, *epsilon))
                .collect()
        }
        Operator::LocalResponse {
            size,
            alpha,
            beta,
            bias,
        } => {
            let area = inputs[0].lengths[1] * inputs[0].lengths[2];
            let channels = inputs[0].lengths[0] as isize;
            let mut numbers = numbers();
            for (place, number) in numbers.iter_mut().enumerate() {
                let first = (place / area) as isize - (*size as isize - 1) / 2;
                let mut sum = 0.0;
                for channel in first..first + *size as isize {
                    if (0..channels).contains(&channel) {
                        let x = inputs[0].numbers[channel as usize * area + place % area];
                        sum += x * x;
                    }
                }
                *number /= power(bias + alpha / *size as f32 * sum, *beta);
            }
            numbers
        }
        Operator::Softmax { axis } => softmax(inputs[0], *axis),
        Operator::Activation(activation) => each(&|x| activate(*activation, x)),
        Operator::Scalar {
            arithmetic,
            number,
            is_first,
        } => each(&|x| match is_first {
            true => compute(*arithmetic, *number, x),
            false => compute(*arithmetic, x, *number),
        }),
        Operator::Combine(arithmetic) => indices(after.lengths())
            .map(|index| {
                let first = broadcast(inputs[0], &index);
                compute(*arithmetic, first, broadcast(inputs[1], &index))
            })
            .collect(),
        Operator::MatrixProduct => matrix_product(inputs[0], inputs[1], after.lengths()),
        Operator::Concatenate { axis } => indices(after.lengths())
            .map(|mut index| {
                for value in inputs {
                    if index[*axis] < value.lengths[*axis] {
                        return value.at(&index);
                    }
                    index[*axis] -= value.lengths[*axis];
                }
                unreachable!()
            })
            .collect(),
        Operator::Reshape { .. } | Operator::Flatten => numbers(),
        Operator::Transpose { order } => indices(after.lengths())
            .map(|index| {
                let mut before = vec![0; index.len()];
                for (&axis, &place) in order.iter().zip(&index) {
                    before[axis] = place;
                }
                inputs[0].at(&before)
            })
            .collect(),
        Operator::Slice {
            axis, start, step, ..
        } => indices(after.lengths())
            .map(|mut index| {
                index[*axis] = start + step * index[*axis];
                inputs[0].at(&index)
            })
            .collect(),
        Operator::Pad { padding } => indices(after.lengths())
            .map(|mut index| {
                for (axis, [before, _]) in (0..index.len()).rev().zip(padding.iter().rev()) {
                    match index[axis].checked_sub(*before) {
                        Some(place) if place < inputs[0].lengths[axis] => index[axis] = place,
                        _ => return 0.0,
                    }
                }
                inputs[0].at(&index)
            })
            .collect(),
        Operator::Select {
            axis,
            indices: selected,
        } => indices(after.lengths())
            .map(|mut index| {
                index[*axis] = selected[index[*axis]];
                inputs[0].at(&index)
            })
            .collect(),
        Operator::Resize { size } => indices(after.lengths())
            .map(|index| {
                let [first_row, second_row, down] = around(inputs[0].lengths[1], size[0], index[1]);
                let [first, second, across] = around(inputs[0].lengths[2], size[1], index[2]);
                let between = |one: f32, other: f32, weight: usize, length: usize| {
                    let weight = weight as f32 / (2 * length) as f32;
                    one + weight * (other - one)
                };
                let in_row = |row: usize| {
                    let [one, other] =
                        [first, second].map(|column| inputs[0].at(&[index[0], row, column]));
                    between(one, other, across, size[1])
                };
                between(in_row(first_row), in_row(second_row), down, size[0])
            })
            .collect(),
        _ => unreachable!("{operator}"),
    }
}

/// The two places around one of a resized axis, and in parts of twice its length how far it is
/// from the first.
fn around(before: usize, after: usize, place: usize) -> [usize; 3] {
    let centre = ((2 * place + 1) * before).saturating_sub(after);
    let centre = centre.min(2 * after * (before - 1));
    let first = centre / (2 * after);
    [first, (first + 1).min(before - 1), centre % (2 * after)]
}

impl Value<'_> {
    fn at(&self, index: &[usize]) -> f32 {
        let mut place = 0;
        for (index, length) in index.iter().zip(self.lengths) {
            place = place * length + index;
        }
        self.numbers[place]
    }
}

/// All indices of a shape in storage order.
fn indices(lengths: &[usize]) -> impl Iterator<Item = Vec<usize>> + use<'_> {
    (0..lengths.iter().product()).map(|mut place: usize| {
        let mut index = vec![0; lengths.len()];
        for axis in (0..lengths.len()).rev() {
            index[axis] = place % lengths[axis];
            place /= lengths[axis];
        }
        index
    })
}

/// The number at an index of a larger shape.
fn broadcast(value: &Value, index: &[usize]) -> f32 {
    let missing = index.len() - value.lengths.len();
    let own = index[missing..].iter().zip(value.lengths);
    let own: Vec<usize> = own
        .map(|(&index, &length)| if length == 1 { 0 } else { index })
        .collect();
    value.at(&own)
}

/// Row or column of a map that an entry of a window reads.
fn entry(
    window: &Window,
    side: usize,
    position: usize,
    entry: usize,
    length: usize,
) -> Option<usize> {
    (position * window.stride[side] + entry * window.dilation[side])
        .checked_sub(window.padding[side][0])
        .filter(|&place| place < length)
}

fn convolution(
    value: &Value,
    weights: &[&Vec<f32>],
    window: &Window,
    groups: usize,
    bias: bool,
    after: &[usize],
) -> Vec<f32> {
    let [channels, height, width] = value.lengths.try_into().unwrap();
    let inputs = channels / groups;
    let [rows, columns] = window.size;
    let mut maps = Vec::new();
    for output in 0..after[0] {
        let group = output / (after[0] / groups);
        for row in 0..after[1] {
            for column in 0..after[2] {
                let mut sum = 0.0;
                if bias && weights[1][output] != 0.0 {
                    sum = weights[1][output];
                }
                for input in 0..inputs {
                    for r in 0..rows {
                        for c in 0..columns {
                            let weight = ((output * inputs + input) * rows + r) * columns + c;
                            let weight = weights[0][weight];
                            let y = entry(window, 0, row, r, height);
                            let x = entry(window, 1, column, c, width);
                            if let (Some(y), Some(x), true) = (y, x, weight != 0.0) {
                                sum += weight * value.at(&[group * inputs + input, y, x]);
                            }
                        }
                    }
                }
                maps.push(sum);
            }
        }
    }
    maps
}

fn dense(value: &Value, weights: &[&Vec<f32>], units: usize, bias: bool) -> Vec<f32> {
    let inputs = *value.lengths.last().unwrap();
    let mut sums = Vec::new();
    for row in value.numbers.chunks(inputs) {
        for unit in 0..units {
            let mut sum = 0.0;
            if bias && weights[1][unit] != 0.0 {
                sum = weights[1][unit];
            }
            for (weight, x) in weights[0][unit * inputs..].iter().zip(row) {
                if *weight != 0.0 {
                    sum += weight * x;
                }
            }
            sums.push(sum);
        }
    }
    sums
}

fn pool(value: &Value, pooling: Pooling, window: &Window, after: &[usize]) -> Vec<f32> {
    let [channels, height, width] = value.lengths.try_into().unwrap();
    let mut pooled = Vec::new();
    for channel in 0..channels {
        for row in 0..after[1] {
            for column in 0..after[2] {
                let mut inside = Vec::new();
                for r in 0..window.size[0] {
                    for c in 0..window.size[1] {
                        let y = entry(window, 0, row, r, height);
                        let x = entry(window, 1, column, c, width);
                        if let (Some(y), Some(x)) = (y, x) {
                            inside.push(value.at(&[channel, y, x]));
                        }
                    }
                }
                let count = match pooling {
                    Pooling::PaddedMean => window.size[0] * window.size[1],
                    _ => inside.len(),
                };
                let mut inside = inside.into_iter();
                let Some(mut result) = inside.next() else {
                    pooled.push(0.0);
                    continue;
                };
                for x in inside {
                    match pooling {
                        Pooling::Largest => result = larger(result, x),
                        _ => result += x,
                    }
                }
                if pooling != Pooling::Largest {
                    result /= count as f32;
                }
                pooled.push(result);
            }
        }
    }
    pooled
}

fn reduce(value: &Value, reduction: Reduction, axes: &[usize]) -> Vec<f32> {
    let mut kept = value.lengths.to_vec();
    axes.iter().for_each(|&axis| kept[axis] = 1);
    let start = match reduction {
        Reduction::Largest => f32::NEG_INFINITY,
        _ => 0.0,
    };
    let mut results = vec![start; kept.iter().product()];
    for index in indices(value.lengths) {
        let mut place = 0;
        for (axis, length) in kept.iter().enumerate() {
            place = place * length + index[axis].min(length - 1);
        }
        let result = &mut results[place];
        match reduction {
            Reduction::Largest => *result = larger(*result, value.at(&index)),
            _ => *result += value.at(&index),
        }
    }
    if reduction == Reduction::Mean {
        let count = (value.numbers.len() / results.len()) as f32;
        results.iter_mut().for_each(|result| *result /= count);
    }
    results
}

fn normalise(numbers: &[f32], epsilon: f32) -> Vec<f32> {
    let count = numbers.len() as f32;
    let mut mean = 0.0;
    numbers.iter().for_each(|x| mean += x);
    mean /= count;
    let mut variance = 0.0;
    for x in numbers {
        let difference = x - mean;
        variance += difference * difference;
    }
    variance /= count;
    let deviation = (variance + epsilon).sqrt();
    numbers.iter().map(|x| (x - mean) / deviation).collect()
}

fn softmax(value: &Value, axis: usize) -> Vec<f32> {
    let mut numbers = value.numbers.clone();
    let inner: usize = value.lengths[axis + 1..].iter().product();
    let length = value.lengths[axis];
    for first in 0..numbers.len() / length {
        let first = first / inner * inner * length + first % inner;
        let places = (0..length).map(|index| first + index * inner);
        let mut largest = f32::NEG_INFINITY;
        places
            .clone()
            .for_each(|place| largest = larger(largest, numbers[place]));
        let mut sum = 0.0;
        for place in places.clone() {
            numbers[place] = exponential(numbers[place] - largest);
            sum += numbers[place];
        }
        places.for_each(|place| numbers[place] /= sum);
    }
    numbers
}

fn matrix_product(first: &Value, second: &Value, after: &[usize]) -> Vec<f32> {
    let inner = *first.lengths.last().unwrap();
    let axes = after.len();
    indices(after)
        .map(|index| {
            let mut sum = 0.0;
            for place in 0..inner {
                let (mut row, mut column) = (index.clone(), index.clone());
                row[axes - 1] = place;
                column[axes - 2] = place;
                let at = |value: &Value, index: &[usize]| {
                    let index = &index[axes - value.lengths.len()..];
                    let last = value.lengths.len() - 2;
                    let mut own: Vec<usize> = index.to_vec();
                    for (own, length) in own.iter_mut().zip(value.lengths).take(last) {
                        *own = (*own).min(length - 1);
                    }
                    value.at(&own)
                };
                sum += at(first, &row) * at(second, &column);
            }
            sum
        })
        .collect()
}

fn larger(first: f32, second: f32) -> f32 {
    if second > first {
        second
    } else {
        first
    }
}

fn smaller(first: f32, second: f32) -> f32 {
    if second < first {
        second
    } else {
        first
    }
}

fn compute(arithmetic: Arithmetic, first: f32, second: f32) -> f32 {
    match arithmetic {
        Arithmetic::Add => first + second,
        Arithmetic::Subtract => first - second,
        Arithmetic::Multiply => first * second,
        Arithmetic::Divide => first / second,
        Arithmetic::Larger => larger(first, second),
        Arithmetic::Smaller => smaller(first, second),
        Arithmetic::Power => power(first, second),
        _ => unreachable!(),
    }
}

fn activate(activation: Activation, x: f32) -> f32 {
    let unit = |x: f32| larger(0.0, smaller(1.0, x));
    match activation {
        Activation::Relu => larger(0.0, x),
        Activation::Clip { low, high } => smaller(high, larger(low, x)),
        Activation::LeakyRelu { slope } if x > 0.0 || slope == 1.0 => x,
        Activation::LeakyRelu { slope } => slope * x,
        Activation::Elu { .. } if x > 0.0 => x,
        Activation::Elu { alpha } => alpha * (exponential(x) - 1.0),
        Activation::Sigmoid => sigmoid(x),
        Activation::HardSigmoid { slope, offset } => unit(slope * x + offset),
        Activation::HardSwish => x * unit(x / 6.0 + 0.5),
        Activation::Tanh => hyperbolic_tangent(x),
        Activation::Gelu => gelu(x),
        Activation::Exponential => exponential(x),
        Activation::Logarithm => logarithm(x),
        Activation::ErrorFunction => error_function(x),
        Activation::SquareRoot => x.sqrt(),
        Activation::Magnitude => x.abs(),
        _ => unreachable!(),
    }
}
