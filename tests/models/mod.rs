//! Models of every kind that the format has.

pub mod graphs;
pub mod relative;

use nonvacuous::code::{Architecture, Codebook, CodedTensor, Model, Subspace};
use nonvacuous::shape::ImageSize;

/// A small generator of whole numbers (Marsaglia 2003), so that models are the same in every run.
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

pub fn architecture(layers: &str, channels: usize, side: usize) -> Architecture {
    Architecture::parse(
        layers,
        ImageSize {
            channels,
            height: side,
            width: side,
        },
    )
    .unwrap()
}

/// Symbols of which a fraction `kept / 1000` is not zero; of those, small magnitudes are more
/// frequent.
fn symbols(length: usize, codewords: usize, kept: u64, noise: &mut Noise) -> Vec<u8> {
    let mut symbol = || match noise.below(1000) < kept && codewords > 0 {
        false => 0,
        true => {
            let half = codewords.div_ceil(2) as u64;
            1 + ((noise.below(half) + noise.below(codewords as u64 - half + 1)) % codewords as u64)
                as u8
        }
    };
    (0..length).map(|_| symbol()).collect()
}

/// All tensors with one codebook.
fn shared(layers: &str, channels: usize, side: usize, values: Vec<f32>, kept: u64) -> Model {
    let architecture = architecture(layers, channels, side);
    let codebook = Codebook::exact(values).unwrap();
    let mut noise = Noise::new(kept + 17);
    let codewords = codebook.len();
    let tensor = |length| CodedTensor::new(0, symbols(length, codewords, kept, &mut noise));
    let tensors = architecture
        .tensors()
        .iter()
        .map(|shape| shape.len())
        .map(tensor)
        .collect();
    Model::new(architecture, vec![codebook], tensors).unwrap()
}

/// One dense layer whose weights are given by their indices.
fn dense(units: usize, side: usize, values: &[f32], symbol: impl Fn(usize) -> u8) -> Model {
    let architecture = architecture(&format!("dense:{units}"), 1, side);
    let symbols = (0..units * side * side).map(symbol).collect();
    let codebook = Codebook::exact(values.to_vec()).unwrap();
    let tensor = CodedTensor::new(0, symbols);
    Model::new(architecture, vec![codebook], vec![tensor]).unwrap()
}

/// Kinds of codebooks, symbol codes, tensors and layers, each with a name.
pub fn every_kind() -> Vec<(&'static str, Model)> {
    let range = |end: i32, step: f32| -> Vec<f32> {
        (-end..=end)
            .filter(|&multiple| multiple != 0)
            .map(|multiple| multiple as f32 * step)
            .collect()
    };
    let convolutional = "conv:6:3:b relu max:2 conv:8:3 norm relu dense:10:b";
    let half_precision = vec![-0.333_251_95, 0.100_036_62, 1.599_609_4];
    let bfloat16 = vec![-0.333_984_38, 0.100_097_66, 1.601_562_5];
    let single_precision = vec![-0.333_333_34, 0.1, 1.600_000_1];
    let skewed = [-1].into_iter().chain(1..40).map(|k| k as f32).collect();
    let mut kinds = vec![
        ("empty", shared("norm dense:10", 1, 8, vec![], 0)),
        ("one value", shared(convolutional, 1, 12, vec![0.5], 300)),
        (
            "negative only",
            shared(convolutional, 1, 12, vec![-3.0, -2.0, -1.5], 300),
        ),
        (
            "ternary",
            shared(convolutional, 1, 12, vec![-1.25, 1.25], 400),
        ),
        (
            "list of short numbers",
            shared(convolutional, 1, 12, vec![-2.0, -0.75, 0.5, 1.75], 200),
        ),
        (
            "half precision",
            shared(convolutional, 1, 12, half_precision, 200),
        ),
        ("bfloat16", shared(convolutional, 1, 12, bfloat16, 200)),
        (
            "single precision",
            shared(convolutional, 1, 12, single_precision, 200),
        ),
        (
            "fixed point",
            shared(convolutional, 1, 12, range(6, 0.125), 200),
        ),
        (
            "integer grid",
            shared(convolutional, 1, 12, range(9, 0.037_21), 200),
        ),
        (
            "eight bits",
            shared("dense:60 relu dense:10", 1, 12, range(127, 0.012_3), 1000),
        ),
        ("skewed signs", shared(convolutional, 1, 12, skewed, 500)),
        (
            "residual",
            shared(
                "conv:8:3:same bn relu ( conv:8:3 bn relu6 dwconv:3 | conv:8:1 ) avg:2 \
                 conv:12:3:s2:g4:b gap dense:3",
                3,
                11,
                range(3, 0.3),
                300,
            ),
        ),
        (
            "upright",
            shared(
                "upright oriented:4 relu dense:10",
                1,
                12,
                vec![-1.0, 1.0],
                90,
            ),
        ),
        (
            "oriented",
            shared(
                "oriented:8 relu max:2 norm dense:10",
                1,
                16,
                vec![-1.0, 1.0],
                150,
            ),
        ),
    ];
    // Rows in descending order of what they keep.
    kinds.push(("sorted rows", {
        let mut noise = Noise::new(5);
        let mut rows: Vec<Vec<bool>> = (0..40)
            .map(|_| (0..64).map(|_| noise.below(4) == 0).collect())
            .collect();
        rows.sort_by(|first, second| second.cmp(first));
        let kept = rows.concat();
        dense(40, 8, &[-1.0, 1.0], |index| {
            if kept[index] {
                1 + (index * 7919 / 64 % 2) as u8
            } else {
                0
            }
        })
    }));
    // Bursts that are not aligned with rows.
    kinds.push((
        "bursts",
        dense(300, 16, &[-1.0, 1.0, 2.5], |index| {
            match index % 4099 < 37 {
                true => (index % 3 + 1) as u8,
                false => 0,
            }
        }),
    ));
    // Borders that are never kept, strokes of one sign.
    kinds.push((
        "strokes",
        dense(10, 14, &[-2.0, 1.75], |index| {
            let (row, column) = (index / 14 % 14, index % 14);
            let inside = (2..12).contains(&row) && (2..12).contains(&column);
            if inside && (index / 3 * 2_654_435_761) >> 5 & 3 == 0 {
                1 + (row / 4 % 2) as u8
            } else {
                0
            }
        }),
    ));
    kinds.push(("Kronecker product", {
        let architecture = architecture("conv:9:3 relu dense:10", 1, 8);
        let codebook = Codebook::exact(range(7, 0.25)).unwrap();
        let mut noise = Noise::new(11);
        let mut tensor = |length, seed, rows| {
            let symbols = symbols(length, 14, 900, &mut noise);
            CodedTensor::in_subspace(0, symbols, Subspace::kronecker(seed, rows).unwrap())
        };
        let tensors = vec![tensor(35, 7, 5), tensor(6 * 40, 99, 6)];
        Model::new(architecture, vec![codebook], tensors).unwrap()
    }));
    kinds.push(("subspace", {
        let architecture = architecture("dense:20 relu dense:10", 1, 8);
        let codebook = Codebook::exact(range(7, 0.25)).unwrap();
        let mut noise = Noise::new(9);
        let subspace = Subspace::new(12_345, 3).unwrap();
        let coordinates = symbols(50, 14, 900, &mut noise);
        let tensors = vec![
            CodedTensor::in_subspace(0, coordinates, subspace),
            CodedTensor::new(0, symbols(200, 14, 900, &mut noise)),
        ];
        Model::new(architecture, vec![codebook], tensors).unwrap()
    }));
    kinds.extend(graphs::graphs());
    kinds
}
