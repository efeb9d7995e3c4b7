//! What a graph's code word begins with as if it had been seen: blocks of well-known networks.
//!
//! A prior over architectures has to prefer some. These are those that people use: plain chains,
//! residual networks (He et al. 2016), dense connections (Huang et al. 2017), inverted residuals
//! with squeeze-and-excitation (Howard et al. 2019; Tan and Le 2019), transformers (Dosovitskiy et
//! al. 2021), ConvNeXt (Liu et al. 2022), as ONNX files have them. Frozen with version 3.

use super::record::{
    Record, ACTIVATION, AFFINE, COMBINE, CONCATENATE, CONSTANT, CONVOLUTION, DENSE, FLATTEN,
    MATRIX_PRODUCT, NORMALISE, POOL, REDUCE, RESHAPE, SCALAR, SLICE, SOFTMAX, TRANSPOSE,
};

const RELU: u64 = 0;
const CLIP: u64 = 1;
const SIGMOID: u64 = 4;
const HARD_SWISH: u64 = 6;
const GELU: u64 = 8;

const ADD: u64 = 0;
const MULTIPLY: u64 = 2;

/// Places among the ratios of widths.
const SAME: u64 = 0;
const TWICE: u64 = 1;
const THRICE: u64 = 2;
const FOUR_TIMES: u64 = 3;
const SIX_TIMES: u64 = 4;
const HALF: u64 = 5;
const QUARTER: u64 = 7;
const SIXTH: u64 = 8;

/// A width that is no such multiple.
const fn width(width: u64) -> u64 {
    8 + width
}

fn node(kind: usize, distances: &[usize], numbers: &[u64]) -> Record {
    Record {
        kind,
        distances: distances.to_vec(),
        numbers: numbers.to_vec(),
    }
}

/// Of the value just before.
fn then(kind: usize, numbers: &[u64]) -> Record {
    node(kind, &[0], numbers)
}

/// A square convolution with a bias, padded by half its side.
fn convolution(distance: usize, width: u64, side: u64, stride: u64, groups: u64) -> Record {
    let half = side / 2;
    let numbers = [
        width, side, side, stride, stride, half, half, half, half, 1, 1, groups, 1,
    ];
    node(CONVOLUTION, &[distance], &numbers)
}

fn activation(activation: u64) -> Record {
    match activation {
        CLIP => then(ACTIVATION, &[CLIP, bits(0.0), bits(6.0)]),
        _ => then(ACTIVATION, &[activation]),
    }
}

fn bits(number: f32) -> u64 {
    u64::from(number.to_bits())
}

fn max_pool(side: u64, stride: u64, padding: u64) -> Record {
    let p = padding;
    then(POOL, &[0, side, side, stride, stride, p, p, p, p, 1, 1, 0])
}

/// The mean of each channel, which stays a map of one place, or not.
fn channel_means(keep: u64) -> Record {
    then(REDUCE, &[0, 6, keep])
}

fn classifier() -> [Record; 3] {
    [
        channel_means(1),
        then(FLATTEN, &[]),
        then(DENSE, &[width(1000), 1]),
    ]
}

/// A chain of convolutions and dense layers.
fn plain() -> Vec<Record> {
    vec![
        convolution(0, width(32), 3, 1, 0),
        activation(RELU),
        max_pool(2, 0, 0),
        convolution(0, TWICE, 3, 1, 0),
        activation(RELU),
        max_pool(2, 0, 0),
        then(FLATTEN, &[]),
        then(DENSE, &[width(128), 1]),
        activation(RELU),
        then(DENSE, &[width(10), 1]),
    ]
}

/// Two stages of a residual network, of blocks of two convolutions or of three.
fn residual(is_bottleneck: bool) -> Vec<Record> {
    let mut records = vec![
        convolution(0, width(64), 7, 2, 0),
        activation(RELU),
        max_pool(3, 2, 1),
    ];
    for (stage, block) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let stride = if stage > 0 && block == 0 { 2 } else { 1 };
        let narrower = match (stage, block) {
            (0, 0) => SAME,
            (_, 0) => HALF,
            _ => QUARTER,
        };
        let wider = if stride == 2 { TWICE } else { SAME };
        let shortcut = if is_bottleneck {
            records.extend([
                convolution(0, narrower, 1, 1, 0),
                activation(RELU),
                convolution(0, SAME, 3, stride, 0),
                activation(RELU),
                convolution(0, FOUR_TIMES, 1, 1, 0),
            ]);
            let wider = if stage > 0 { TWICE } else { FOUR_TIMES };
            (block == 0).then(|| convolution(5, wider, 1, stride, 0))
        } else {
            records.extend([
                convolution(0, wider, 3, stride, 0),
                activation(RELU),
                convolution(0, SAME, 3, 1, 0),
            ]);
            (stride == 2).then(|| convolution(3, TWICE, 1, 2, 0))
        };
        let depth = if is_bottleneck { 5 } else { 3 };
        let distances = if shortcut.is_some() {
            [1, 0]
        } else {
            [0, depth]
        };
        records.extend(shortcut);
        records.push(node(COMBINE, &distances, &[ADD]));
        records.push(activation(RELU));
    }
    records.extend(classifier());
    records
}

/// Layers that are added to the channels before them.
fn dense_connections() -> Vec<Record> {
    let mut records = vec![convolution(0, width(64), 7, 2, 0)];
    for layer in 0..3 {
        records.extend([
            then(AFFINE, &[0, 0]),
            activation(RELU),
            convolution(0, width(128), 1, 1, 0),
            activation(RELU),
            convolution(0, QUARTER, 3, 1, 0),
        ]);
        // The convolution, and those of the layers before, six nodes each; first the oldest.
        let distances: Vec<usize> = (0..layer + 2).rev().map(|back| 6 * back).collect();
        records.push(node(CONCATENATE, &distances, &[0]));
    }
    records
}

/// Channels weighted by what their means say.
fn squeeze_and_excitation(gate: u64) -> Vec<Record> {
    vec![
        channel_means(1),
        convolution(0, QUARTER, 1, 1, 0),
        activation(RELU),
        convolution(0, FOUR_TIMES, 1, 1, 0),
        activation(gate),
        node(COMBINE, &[0, 5], &[MULTIPLY]),
    ]
}

/// `x sigmoid(x)`.
fn silu() -> [Record; 2] {
    [activation(SIGMOID), node(COMBINE, &[1, 0], &[MULTIPLY])]
}

/// Wider, depthwise, narrower: as MobileNetV2, MobileNetV3 and EfficientNet have it.
fn inverted_residuals() -> Vec<Record> {
    let mut records = Vec::new();
    for clip in [true, false] {
        let function = if clip { CLIP } else { HARD_SWISH };
        records.extend([
            convolution(0, SIX_TIMES, 1, 1, 0),
            activation(function),
            convolution(0, SAME, 3, 1, 1),
            activation(function),
            convolution(0, SIXTH, 1, 1, 0),
            node(COMBINE, &[0, 5], &[ADD]),
        ]);
    }
    for _ in 0..2 {
        records.push(convolution(0, SIX_TIMES, 1, 1, 0));
        records.extend(silu());
        records.push(convolution(0, SAME, 3, 1, 1));
        records.extend(silu());
        records.extend(squeeze_and_excitation(SIGMOID));
        records.push(convolution(0, SIXTH, 1, 1, 0));
        records.push(node(COMBINE, &[0, 13], &[ADD]));
    }
    records.push(convolution(0, FOUR_TIMES, 1, 1, 0));
    records.extend(silu());
    records.extend(classifier());
    records
}

fn layer_normalisation() -> [Record; 2] {
    [then(NORMALISE, &[1, bits(1e-6)]), then(AFFINE, &[1, 0])]
}

/// Patches, and two blocks of attention and a perceptron.
fn transformer() -> Vec<Record> {
    let patches = [width(768), 32, 32, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1];
    let mut records = vec![
        then(CONVOLUTION, &patches),
        then(RESHAPE, &[2, 0]),
        then(TRANSPOSE, &[1, 0]),
        node(CONSTANT, &[], &[2, 1, 0]),
        node(CONCATENATE, &[0, 1], &[0]),
        node(CONSTANT, &[], &[2, 0, 0]),
        node(COMBINE, &[1, 0], &[ADD]),
    ];
    for _ in 0..2 {
        records.extend(layer_normalisation());
        records.push(then(DENSE, &[THRICE, 1]));
        // Values, queries, keys: each a third of the channels.
        for (third, distance, order) in [(2, 0, [1, 0, 2]), (0, 3, [1, 0, 2]), (1, 7, [1, 2, 0])] {
            records.push(node(SLICE, &[distance], &[1, 6, 2 * third, 1]));
            records.push(then(RESHAPE, &[3, 0, 12]));
            records.push(then(TRANSPOSE, &order));
            if third < 2 {
                records.push(then(SCALAR, &[MULTIPLY, bits(0.353_553_38), 0]));
            }
        }
        records.extend([
            node(MATRIX_PRODUCT, &[4, 0], &[]),
            then(SOFTMAX, &[2]),
            node(MATRIX_PRODUCT, &[0, 10], &[]),
            then(TRANSPOSE, &[1, 0, 2]),
            then(RESHAPE, &[2, 0]),
            then(DENSE, &[SAME, 1]),
            node(COMBINE, &[0, 20], &[ADD]),
        ]);
        records.extend(layer_normalisation());
        records.extend([
            then(DENSE, &[FOUR_TIMES, 1]),
            activation(GELU),
            then(DENSE, &[QUARTER, 1]),
            node(COMBINE, &[5, 0], &[ADD]),
        ]);
    }
    records.extend(layer_normalisation());
    records.extend([
        then(SLICE, &[0, 3, 0, 1]),
        then(FLATTEN, &[]),
        then(DENSE, &[width(1000), 1]),
    ]);
    records
}

/// Depthwise convolutions of seven rows and columns, and a perceptron of channels.
fn convnext() -> Vec<Record> {
    let mut records = Vec::new();
    for _ in 0..2 {
        records.extend([
            convolution(0, SAME, 7, 1, 1),
            then(TRANSPOSE, &[1, 2, 0]),
            then(NORMALISE, &[1, bits(1e-6)]),
            then(AFFINE, &[2, 0]),
            then(DENSE, &[FOUR_TIMES, 1]),
            activation(GELU),
            then(DENSE, &[QUARTER, 1]),
            then(TRANSPOSE, &[2, 0, 1]),
            then(AFFINE, &[0, 1]),
            node(COMBINE, &[0, 9], &[ADD]),
        ]);
    }
    records
}

/// All of them, in the order in which they count as seen.
pub(super) fn primer() -> Vec<Record> {
    let mut records = convnext();
    records.extend(dense_connections());
    records.extend(transformer());
    records.extend(inverted_residuals());
    records.extend(residual(false));
    records.extend(residual(true));
    records.extend(plain());
    records
}

#[cfg(test)]
mod tests {
    use super::super::record::{next_field, Field, Record};
    use super::primer;

    /// `convolution 0 : 3 1 1`, as `docs/graph.md` lists it.
    fn line(record: &Record) -> String {
        let mut words = vec![record.kind.to_string(), ":".to_string()];
        words.extend(record.distances.iter().map(usize::to_string));
        words.push(":".to_string());
        for (place, &number) in record.numbers.iter().enumerate() {
            let before = &record.numbers[..place];
            words.push(
                match next_field(record.kind, before, record.numbers.len()) {
                    Some((Field::Single, _)) => format!("{:?}", f32::from_bits(number as u32)),
                    _ => number.to_string(),
                },
            );
        }
        words.join(" ")
    }

    #[test]
    fn the_page_of_the_format_lists_the_primer() {
        let page = include_str!("../../../docs/graph.md");
        let lines: Vec<String> = primer().iter().map(line).collect();
        let list = page.split("```text\n").last().unwrap_or_default();
        assert_eq!(list, format!("{}\n```\n", lines.join("\n")));
    }
}
