//! What a graph computes, by the definitions and in double precision: slow, and written apart from
//! the evaluator.

use nonvacuous::code::{
    Activation, Arithmetic, Dimensions, Graph, Operator, Pooling, Reduction, Window,
};
use nonvacuous::data::LabelledImages;
use nonvacuous::evaluate::Evaluator;

/// The logits of one image by the evaluator, if its pixels are levels over 255.
pub fn evaluated(graph: &Graph, weights: &[Vec<f32>], image: &[f32]) -> Option<Vec<f64>> {
    let mut levels = Vec::with_capacity(image.len());
    for &pixel in image {
        let level = (pixel * 255.0).round();
        if level / 255.0 != pixel {
            return None;
        }
        levels.push(level as u8);
    }
    let images = LabelledImages::new(graph.input(), 256, graph.classes(), levels, vec![0]).unwrap();
    let evaluator = Evaluator::of_graph(graph, weights.iter().map(|tensor| tensor.iter().copied()));
    let logits = evaluator.logits(&images).unwrap();
    Some(logits[0].iter().map(|&logit| f64::from(logit)).collect())
}

/// The logits of one image.
pub fn logits(graph: &Graph, weights: &[Vec<f32>], image: &[f32]) -> Vec<f64> {
    let mut values = vec![image
        .iter()
        .map(|&pixel| f64::from(pixel))
        .collect::<Vec<f64>>()];
    let mut tensors = weights.iter();
    for (node, before, after) in graph.steps() {
        let count = node.operator.weights(&before).len();
        let own: Vec<&[f32]> = tensors.by_ref().take(count).map(|one| &one[..]).collect();
        let inputs: Vec<&[f64]> = node
            .inputs
            .iter()
            .map(|&value| &values[value][..])
            .collect();
        let made = value(&node.operator, &own, &inputs, &before, after);
        assert_eq!(made.len(), after.numbers(), "{}", node.operator);
        values.push(made);
    }
    assert_eq!(tensors.next(), None);
    values.pop().unwrap()
}

fn value(
    operator: &Operator,
    weights: &[&[f32]],
    inputs: &[&[f64]],
    before: &[&Dimensions],
    after: &Dimensions,
) -> Vec<f64> {
    match operator {
        Operator::Constant { .. } => weights[0].iter().map(|&x| f64::from(x)).collect(),
        Operator::Combine(arithmetic) => indices(after)
            .map(|index| {
                let number = |side: usize| inputs[side][broadcast_place(before[side], &index)];
                apply(*arithmetic, number(0), number(1))
            })
            .collect(),
        Operator::MatrixProduct => products(inputs, before, after),
        Operator::Concatenate { axis } => indices(after)
            .map(|mut index| {
                let mut part = 0;
                while index[*axis] >= before[part].lengths()[*axis] {
                    index[*axis] -= before[part].lengths()[*axis];
                    part += 1;
                }
                inputs[part][place(before[part], &index)]
            })
            .collect(),
        _ => of_one(operator, weights, inputs[0], before[0], after),
    }
}

fn of_one(
    operator: &Operator,
    weights: &[&[f32]],
    input: &[f64],
    before: &Dimensions,
    after: &Dimensions,
) -> Vec<f64> {
    let lengths = before.lengths();
    match operator {
        Operator::Convolution {
            window,
            groups,
            bias,
            ..
        } => {
            let bias = bias.then(|| weights[1]);
            convolution(window, *groups, weights[0], bias, input, lengths, after)
        }
        Operator::Dense { units, bias } => {
            let width = *lengths.last().unwrap();
            let mut made = Vec::new();
            for row in input.chunks(width) {
                for unit in 0..*units {
                    let weights_of = &weights[0][unit * width..(unit + 1) * width];
                    let products = row.iter().zip(weights_of);
                    let sum: f64 = products.map(|(x, &w)| x * f64::from(w)).sum();
                    let bias = if *bias {
                        f64::from(weights[1][unit])
                    } else {
                        0.0
                    };
                    made.push(sum + bias);
                }
            }
            made
        }
        Operator::Affine { axis, scale, shift } => {
            let mut weights = weights.iter();
            let scale = scale.then(|| weights.next().unwrap());
            let shift = shift.then(|| weights.next().unwrap());
            let stride = before.stride_from(axis + 1);
            let numbers = input.iter().enumerate().map(|(place, x)| {
                let index = place / stride % lengths[*axis];
                let scale = scale.map_or(1.0, |all| f64::from(all[index]));
                let shift = shift.map_or(0.0, |all| f64::from(all[index]));
                scale * x + shift
            });
            numbers.collect()
        }
        Operator::Pool {
            pooling, window, ..
        } => pool(*pooling, window, input, lengths, after),
        Operator::Reduce {
            reduction, axes, ..
        } => {
            let kept: Vec<usize> = (0..lengths.len()).filter(|a| !axes.contains(a)).collect();
            let groups = kept.iter().map(|&axis| lengths[axis]).product();
            let mut rows = vec![Vec::new(); groups];
            for (index, &x) in indices(before).zip(input) {
                let mut group = 0;
                for &axis in &kept {
                    group = group * lengths[axis] + index[axis];
                }
                rows[group].push(x);
            }
            let number = |row: &Vec<f64>| match reduction {
                Reduction::Mean => row.iter().sum::<f64>() / row.len() as f64,
                Reduction::Sum => row.iter().sum(),
                Reduction::Largest => row.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                other => panic!("{other:?}"),
            };
            rows.iter().map(number).collect()
        }
        Operator::Normalise { axes, epsilon } => {
            let size: usize = lengths[lengths.len() - axes..].iter().product();
            let mut made = Vec::new();
            for row in input.chunks(size) {
                let mean = row.iter().sum::<f64>() / size as f64;
                let squares = row.iter().map(|x| (x - mean) * (x - mean));
                let variance = squares.sum::<f64>() / size as f64;
                let deviation = (variance + f64::from(*epsilon)).sqrt();
                made.extend(row.iter().map(|x| (x - mean) / deviation));
            }
            made
        }
        Operator::LocalResponse {
            size,
            alpha,
            beta,
            bias,
        } => {
            let [channels, rows, columns] = lengths[..] else {
                panic!("{before}")
            };
            let places = rows * columns;
            let mut made = Vec::new();
            for (place, x) in input.iter().enumerate() {
                let channel = place / places;
                let first = channel.saturating_sub((size - 1) / 2);
                let last = (channel + (size - 1).div_ceil(2)).min(channels - 1);
                let squares = (first..=last).map(|c| input[c * places + place % places].powi(2));
                let sum: f64 = squares.sum();
                let base = f64::from(*bias) + f64::from(*alpha) / *size as f64 * sum;
                made.push(x / base.powf(f64::from(*beta)));
            }
            made
        }
        Operator::Softmax { axis } => {
            let (stride, length) = (before.stride_from(axis + 1), lengths[*axis]);
            let mut made = vec![0.0; input.len()];
            for start in (0..input.len()).filter(|place| place / stride % length == 0) {
                let row: Vec<f64> = (0..length).map(|i| input[start + i * stride]).collect();
                let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = row.iter().map(|x| (x - largest).exp()).sum();
                for (i, x) in row.iter().enumerate() {
                    made[start + i * stride] = (x - largest).exp() / sum;
                }
            }
            made
        }
        Operator::Activation(activation) => {
            input.iter().map(|&x| activate(*activation, x)).collect()
        }
        Operator::Scalar {
            arithmetic,
            number,
            is_first,
        } => {
            let number = f64::from(*number);
            let made = input.iter().map(|&x| match is_first {
                true => apply(*arithmetic, number, x),
                false => apply(*arithmetic, x, number),
            });
            made.collect()
        }
        Operator::Reshape { .. } | Operator::Flatten => input.to_vec(),
        Operator::Transpose { order } => indices(after)
            .map(|index| {
                let mut from = vec![0; order.len()];
                for (axis, &was) in order.iter().enumerate() {
                    from[was] = index[axis];
                }
                input[place(before, &from)]
            })
            .collect(),
        Operator::Slice {
            axis, start, step, ..
        } => indices(after)
            .map(|mut index| {
                index[*axis] = start + step * index[*axis];
                input[place(before, &index)]
            })
            .collect(),
        Operator::Select {
            axis,
            indices: chosen,
        } => indices(after)
            .map(|mut index| {
                index[*axis] = chosen[index[*axis]];
                input[place(before, &index)]
            })
            .collect(),
        Operator::Pad { padding } => {
            let first = lengths.len() - padding.len();
            let mut made = vec![0.0; after.numbers()];
            for (mut index, &x) in indices(before).zip(input) {
                for (axis, ends) in padding.iter().enumerate() {
                    index[first + axis] += ends[0];
                }
                made[place(after, &index)] = x;
            }
            made
        }
        Operator::Resize { size } => indices(after)
            .map(|index| {
                let at = |side: usize, index: usize| {
                    let (length, wanted) = (lengths[1 + side] as f64, size[side] as f64);
                    let at = (index as f64 + 0.5) * length / wanted - 0.5;
                    at.clamp(0.0, length - 1.0)
                };
                let (y, x) = (at(0, index[1]), at(1, index[2]));
                let mut sum = 0.0;
                for row in 0..lengths[1] {
                    for column in 0..lengths[2] {
                        let near =
                            |at: f64, place: usize| (1.0 - (at - place as f64).abs()).max(0.0);
                        let weight = near(y, row) * near(x, column);
                        sum += weight * input[place(before, &[index[0], row, column])];
                    }
                }
                sum
            })
            .collect(),
        other => panic!("{other}"),
    }
}

/// All indices of a shape, in the order of its numbers.
fn indices(dimensions: &Dimensions) -> impl Iterator<Item = Vec<usize>> + '_ {
    let lengths = dimensions.lengths();
    (0..dimensions.numbers()).map(move |mut place| {
        let mut index = vec![0; lengths.len()];
        for (axis, &length) in lengths.iter().enumerate().rev() {
            index[axis] = place % length;
            place /= length;
        }
        index
    })
}

fn place(dimensions: &Dimensions, index: &[usize]) -> usize {
    let lengths = dimensions.lengths();
    assert_eq!(lengths.len(), index.len());
    let places = lengths.iter().zip(index);
    places.fold(0, |place, (length, index)| place * length + index)
}

/// The place of an index of a shape with as many axes or more, whose last are these.
fn broadcast_place(dimensions: &Dimensions, index: &[usize]) -> usize {
    let lengths = dimensions.lengths();
    let own = &index[index.len() - lengths.len()..];
    let own: Vec<usize> = own
        .iter()
        .zip(lengths)
        .map(|(&at, &length)| at % length)
        .collect();
    place(dimensions, &own)
}

fn products(inputs: &[&[f64]], before: &[&Dimensions], after: &Dimensions) -> Vec<f64> {
    let inner = *before[0].lengths().last().unwrap();
    indices(after)
        .map(|index| {
            let (outer, [row, column]) = index.split_at(index.len() - 2) else {
                panic!("{after}")
            };
            let products = (0..inner).map(|middle| {
                let at = |side: usize, rest: [usize; 2]| {
                    let mut index = outer.to_vec();
                    index.extend(rest);
                    inputs[side][broadcast_place(before[side], &index)]
                };
                at(0, [*row, middle]) * at(1, [middle, *column])
            });
            products.sum()
        })
        .collect()
}

fn convolution(
    window: &Window,
    groups: usize,
    weights: &[f32],
    bias: Option<&[f32]>,
    input: &[f64],
    before: &[usize],
    after: &Dimensions,
) -> Vec<f64> {
    let [inputs, rows, columns] = before[..] else {
        panic!("{before:?}")
    };
    let [outputs, made_rows, made_columns] = after.lengths()[..] else {
        panic!("{after}")
    };
    let (inputs, outputs) = (inputs / groups, outputs / groups);
    let [height, width] = window.size;
    let mut made = vec![0.0; after.numbers()];
    for (channel, map) in made.chunks_mut(made_rows * made_columns).enumerate() {
        if let Some(bias) = bias {
            map.fill(f64::from(bias[channel]));
        }
        for part in 0..inputs * height * width {
            let weight = f64::from(weights[channel * inputs * height * width + part]);
            let (input_channel, down, right) =
                (part / (height * width), part / width % height, part % width);
            let input_channel = channel / outputs * inputs + input_channel;
            let source = &input[input_channel * rows * columns..][..rows * columns];
            for y in 0..made_rows {
                let row = y * window.stride[0] + down * window.dilation[0];
                let Some(row) = row
                    .checked_sub(window.padding[0][0])
                    .filter(|row| *row < rows)
                else {
                    continue;
                };
                let source = &source[row * columns..(row + 1) * columns];
                for (x, number) in map[y * made_columns..][..made_columns]
                    .iter_mut()
                    .enumerate()
                {
                    let column = x * window.stride[1] + right * window.dilation[1];
                    let column = column.wrapping_sub(window.padding[1][0]);
                    if let Some(pixel) = source.get(column) {
                        *number += weight * pixel;
                    }
                }
            }
        }
    }
    made
}

fn pool(
    pooling: Pooling,
    window: &Window,
    input: &[f64],
    before: &[usize],
    after: &Dimensions,
) -> Vec<f64> {
    let [_, rows, columns] = before[..] else {
        panic!("{before:?}")
    };
    let number = |index: Vec<usize>| {
        let mut inside = Vec::new();
        for down in 0..window.size[0] {
            for right in 0..window.size[1] {
                let row = index[1] * window.stride[0] + down * window.dilation[0];
                let column = index[2] * window.stride[1] + right * window.dilation[1];
                let (row, column) = (
                    row.wrapping_sub(window.padding[0][0]),
                    column.wrapping_sub(window.padding[1][0]),
                );
                if row < rows && column < columns {
                    inside.push(input[(index[0] * rows + row) * columns + column]);
                }
            }
        }
        let sum: f64 = inside.iter().sum();
        match pooling {
            Pooling::Largest => inside.into_iter().fold(f64::NEG_INFINITY, f64::max),
            Pooling::Mean => sum / inside.len() as f64,
            Pooling::PaddedMean => sum / (window.size[0] * window.size[1]) as f64,
            other => panic!("{other:?}"),
        }
    };
    indices(after).map(number).collect()
}

fn apply(arithmetic: Arithmetic, first: f64, second: f64) -> f64 {
    match arithmetic {
        Arithmetic::Add => first + second,
        Arithmetic::Subtract => first - second,
        Arithmetic::Multiply => first * second,
        Arithmetic::Divide => first / second,
        Arithmetic::Larger => first.max(second),
        Arithmetic::Smaller => first.min(second),
        Arithmetic::Power => first.powf(second),
        other => panic!("{other:?}"),
    }
}

fn activate(activation: Activation, x: f64) -> f64 {
    match activation {
        Activation::Relu => x.max(0.0),
        Activation::Clip { low, high } => x.max(f64::from(low)).min(f64::from(high)),
        Activation::LeakyRelu { slope } if x < 0.0 => f64::from(slope) * x,
        Activation::LeakyRelu { .. } => x,
        Activation::Elu { alpha } if x < 0.0 => f64::from(alpha) * x.exp_m1(),
        Activation::Elu { .. } => x,
        Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
        Activation::HardSigmoid { slope, offset } => {
            (f64::from(slope) * x + f64::from(offset)).clamp(0.0, 1.0)
        }
        Activation::HardSwish => x * (x / 6.0 + 0.5).clamp(0.0, 1.0),
        Activation::Tanh => x.tanh(),
        Activation::Gelu => x * (1.0 + erf(x / 2f64.sqrt())) / 2.0,
        Activation::Exponential => x.exp(),
        Activation::Logarithm => x.ln(),
        Activation::ErrorFunction => erf(x),
        Activation::SquareRoot => x.sqrt(),
        Activation::Magnitude => x.abs(),
        other => panic!("{other:?}"),
    }
}

fn erf(x: f64) -> f64 {
    statrs::function::erf::erf(x)
}
