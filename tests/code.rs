//! Codes and the model file: what is written is what is read, to the bit, and nothing else is
//! accepted.
#![allow(clippy::unwrap_used)]

use nalgebra::{DMatrix, DVector};
use nonvacuous::code::distribution::{
    Adaptive, AdaptiveBit, Binary, Distribution, Weighted, PRECISION,
};
use nonvacuous::code::integer::{
    read_delta, read_gamma, read_omega, read_rice, read_signed, read_subset, write_delta,
    write_gamma, write_omega, write_rice, write_signed, write_subset,
};
use nonvacuous::code::oriented;
use nonvacuous::code::upright::stand_upright;
use nonvacuous::code::{
    kronecker_factor, Architecture, CodeError, Codebook, CodedTensor, Decoder, Encoder, Model,
    Subspace, TensorShape,
};
use nonvacuous::shape::ImageSize;
use proptest::prelude::*;

fn architecture(layers: &str, side: usize) -> Architecture {
    Architecture::parse(
        layers,
        ImageSize {
            channels: 1,
            height: side,
            width: side,
        },
    )
    .unwrap()
}

/// Layers of every kind.
fn any_architecture() -> impl Strategy<Value = Architecture> {
    let layer = prop_oneof![
        (1usize..40, 1usize..6, 0usize..4, 1usize..4, any::<bool>()).prop_map(
            |(channels, kernel, padding, stride, bias)| {
                let padding = if padding == 3 { "same".to_string() } else { format!("p{}", padding.min(kernel)) };
                format!("conv:{channels}:{kernel}:s{stride}:{padding}{}", if bias { ":b" } else { "" })
            }
        ),
        (1usize..20, 1usize..3).prop_map(|(channels, stride)| {
            format!("( bn relu conv:{channels}:3:s{stride} ( relu6 dwconv:3 ) | conv:{channels}:1:s{stride} )")
        }),
        (1usize..6).prop_map(|kernel| format!("dwconv:{kernel}")),
        (1usize..13).prop_map(|filters| format!("oriented:{filters}")),
        Just("relu".to_string()),
        Just("relu6".to_string()),
        Just("bn".to_string()),
        Just("( norm )".to_string()),
        Just("norm".to_string()),
        Just("gap".to_string()),
        Just("max:2".to_string()),
        Just("avg:3".to_string()),
    ];
    let input = prop_oneof![Just(8usize), Just(28), 5usize..40];
    (
        any::<bool>(),
        prop::collection::vec(layer, 0..6),
        2usize..30,
        any::<bool>(),
        input,
    )
        .prop_filter_map(
            "layers that fit",
            |(is_upright, mut layers, classes, bias, side)| {
                if is_upright {
                    layers.insert(0, "upright".to_string());
                }
                layers.push(format!("dense:{classes}{}", if bias { ":b" } else { "" }));
                let input = ImageSize {
                    channels: 1,
                    height: side,
                    width: side,
                };
                let architecture = Architecture::parse(&layers.join(" "), input).ok()?;
                (architecture.weights()? < 30_000).then_some(architecture)
            },
        )
}

fn any_codebook() -> impl Strategy<Value = Codebook> {
    let value = (any::<bool>(), 0.001f32..100.0)
        .prop_map(|(negative, value)| if negative { -value } else { value });
    (0u32..24, prop::collection::vec(value, 0..12))
        .prop_map(|(digits, values)| Codebook::nearest(digits, &values).unwrap())
}

fn any_model() -> impl Strategy<Value = Model> {
    (
        any_architecture(),
        any_codebook(),
        any_codebook(),
        any::<u64>(),
        0.0..1.0f64,
    )
        .prop_map(|(architecture, first, second, seed, kept)| {
            let shapes = architecture.tensors();
            let books = if shapes.len() > 1 {
                vec![first, second]
            } else {
                vec![first]
            };
            let mut state = seed | 1;
            let mut random = || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state
            };
            let tensors = shapes.iter().enumerate().map(|(place, shape)| {
                let codebook = place.min(books.len() - 1);
                let codewords = books[codebook].len() as u64;
                let mut symbol = || match (random() % 1000) as f64 / 1000.0 < kept {
                    true => (random() % (codewords + 1)) as u8,
                    false => 0,
                };
                CodedTensor {
                    codebook,
                    symbols: (0..shape.len()).map(|_| symbol()).collect(),
                }
            });
            let tensors = tensors.collect();
            Model::new(architecture, books, tensors).unwrap()
        })
}

/// Each symbol's interval follows the one before, and together they fill the unit interval: the
/// Kraft sum is one.
fn assert_complete(distribution: &impl Distribution, size: usize) {
    let mut end = 0;
    for symbol in 0..size {
        let (start, width) = distribution.interval(symbol).unwrap();
        assert_eq!(start, end);
        end = start + width.get();
        for quantile in [start, end - 1] {
            assert_eq!(distribution.symbol_at(quantile).0, symbol);
        }
    }
    assert_eq!(end, 1 << PRECISION);
    assert!(distribution.interval(size).is_none());
}

proptest! {
    #[test]
    fn a_model_is_read_back_exactly_and_encodes_to_the_same_bytes(model in any_model()) {
        let (file, allocation) = model.encode_with_allocation().unwrap();
        let decoded = Model::decode(&file).unwrap();
        prop_assert_eq!(&decoded, &model);
        prop_assert_eq!(decoded.encode().unwrap(), file.clone());
        let bits = |weights: Vec<Vec<f32>>| -> Vec<u32> { weights.concat().iter().map(|weight| weight.to_bits()).collect() };
        prop_assert_eq!(bits(decoded.weights()), bits(model.weights()));
        // The file is the ideal code length plus at most two bytes for the end of the stream.
        prop_assert_eq!(allocation.total, 8 * file.len() as u64);
        prop_assert!((0.0..16.0).contains(&allocation.termination), "{}", allocation.termination);
    }

    #[test]
    fn no_file_is_the_beginning_of_another(model in any_model(), more in prop::collection::vec(any::<u8>(), 1..20)) {
        let file = model.encode().unwrap();
        let longer = [&file[..], &more].concat();
        prop_assert!(Model::decode(&longer).is_err());
        // The last few lengths, where a code word might be complete, and some before.
        for length in (0..file.len()).rev().take(8).chain((0..file.len()).step_by(1 + file.len() / 8)) {
            prop_assert!(Model::decode(&file[..length]).is_err());
        }
    }

    #[test]
    fn noise_is_never_accepted_unless_it_is_what_the_encoder_writes(noise in prop::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(model) = Model::decode(&noise) {
            prop_assert_eq!(model.encode().unwrap(), noise);
        }
    }

    #[test]
    fn text_of_an_architecture_is_read_back(architecture in any_architecture()) {
        let again = Architecture::parse(&architecture.to_string(), architecture.input()).unwrap();
        prop_assert_eq!(again, architecture);
    }

    #[test]
    fn probabilities_sum_to_one(weights in prop::collection::vec(1u64..1_000_000, 1..40), seen in prop::collection::vec(0usize..7, 0..50)) {
        assert_complete(&Weighted::new(&weights), weights.len());
        let mut adaptive = Adaptive::new(7);
        seen.iter().for_each(|&symbol| adaptive.observe(symbol));
        assert_complete(&adaptive, 7);
        let mut bit = AdaptiveBit::default();
        for &symbol in &seen {
            assert_complete(&bit.expect(), 2);
            bit.observe(symbol > 4);
        }
        assert_complete(&Binary::sixteen_bits(weights[0] as u32 % 70_000), 2);
    }

    #[test]
    fn integers_are_read_back_whatever_follows(value in 1u64..1 << 40, signed in -(1i64 << 38)..1i64 << 38, tail: [u8; 3]) {
        let mut encoder = Encoder::new();
        write_gamma(&mut encoder, value).unwrap();
        write_signed(&mut encoder, signed).unwrap();
        let mut stream = encoder.finish();
        stream.extend(tail);
        let mut decoder = Decoder::new(&stream);
        prop_assert_eq!(read_gamma(&mut decoder).unwrap(), value);
        prop_assert_eq!(read_signed(&mut decoder).unwrap(), signed);
    }

    #[test]
    fn a_krichevsky_trofimov_code_is_close_to_the_best_fixed_one(bits in prop::collection::vec(any::<bool>(), 1..2000)) {
        let mut adaptive = Adaptive::new(2);
        let mut encoder = Encoder::new();
        for &bit in &bits {
            encoder.write(usize::from(bit), &adaptive).unwrap();
            adaptive.observe(usize::from(bit));
        }
        let count = bits.len() as f64;
        let ones = bits.iter().filter(|&&bit| bit).count() as f64;
        let part = |x: f64| if x == 0.0 { 0.0 } else { -x * (x / count).log2() };
        let best = part(ones) + part(count - ones);
        // Half a logarithm and one bit, and what rounding probabilities to multiples of 2^-20
        // costs.
        prop_assert!(encoder.ideal_bits() <= best + 0.5 * count.log2() + 1.0 + 0.01);
        prop_assert!(8.0 * encoder.finish().len() as f64 <= best + 0.5 * count.log2() + 1.0 + 0.01 + 16.0);
    }
}

/// Ideal bits of what is written.
fn bits(write: impl FnOnce(&mut Encoder)) -> f64 {
    let mut encoder = Encoder::new();
    write(&mut encoder);
    encoder.ideal_bits()
}

#[test]
fn integer_codes_have_the_lengths_of_the_literature_and_satisfy_kraft() {
    let floor_log = |value: u64| f64::from(value.ilog2());
    let omega = |value: u64| {
        let (mut bits, mut rest) = (1.0, value);
        while rest > 1 {
            bits += floor_log(rest) + 1.0;
            rest = u64::from(rest.ilog2());
        }
        bits
    };
    let end = 1u64 << 12;
    let mut sums = [0.0; 4];
    for value in 1..end {
        let lengths = [
            bits(|encoder| write_gamma(encoder, value).unwrap()),
            bits(|encoder| write_delta(encoder, value).unwrap()),
            bits(|encoder| write_omega(encoder, value).unwrap()),
            bits(|encoder| write_rice(encoder, value - 1, 7).unwrap()),
        ];
        let expected = [
            2.0 * floor_log(value) + 1.0,
            floor_log(value) + 2.0 * floor_log(u64::from(value.ilog2()) + 1) + 1.0,
            omega(value),
            ((value - 1) >> 7) as f64 + 1.0 + 7.0,
        ];
        assert_eq!(lengths, expected, "{value}");
        lengths
            .iter()
            .zip(&mut sums)
            .for_each(|(length, sum)| *sum += (-length).exp2());
    }
    // Gamma: all but the integers of more digits. Rice: all but quotients from 31 on, and one
    // value.
    assert_eq!(sums[0], 1.0 - 0.5f64.powi(12));
    assert!(sums[1] < 1.0 && sums[2] < 1.0, "{sums:?}");
    assert!(
        (sums[3] - (1.0 - 0.5f64.powi(32) - 0.5f64.powi(39))).abs() < 1e-15,
        "{}",
        sums[3]
    );
}

proptest! {
    #[test]
    fn every_integer_code_is_read_back(value in 1u64..1 << 40, small in 0u64..5000, parameter in 0u32..12) {
        let mut encoder = Encoder::new();
        write_delta(&mut encoder, value).unwrap();
        write_omega(&mut encoder, value).unwrap();
        write_rice(&mut encoder, small, parameter).unwrap();
        let mut decoder = Decoder::new(&encoder.finish());
        prop_assert_eq!(read_delta(&mut decoder).unwrap(), value);
        prop_assert_eq!(read_omega(&mut decoder).unwrap(), value);
        prop_assert_eq!(read_rice(&mut decoder, parameter).unwrap(), small);
    }

    #[test]
    fn an_enumerative_code_takes_the_logarithm_of_the_number_of_subsets(mask in prop::collection::vec(any::<bool>(), 0..300)) {
        let members = mask.iter().filter(|&&member| member).count();
        let logarithm: f64 = (0..members).map(|k| ((mask.len() - k) as f64 / (members - k) as f64).log2()).sum();
        let length = bits(|encoder| write_subset(encoder, &mask).unwrap());
        prop_assert!((length - logarithm).abs() < 0.01 + 1e-4 * logarithm, "{length} {logarithm}");
        let mut encoder = Encoder::new();
        write_subset(&mut encoder, &mask).unwrap();
        let mut decoder = Decoder::new(&encoder.finish());
        prop_assert_eq!(read_subset(&mut decoder, mask.len(), members).unwrap(), mask.clone());
        // An adaptive code does not know the size: a logarithm and a bit more.
        let mut adaptive = AdaptiveBit::default();
        let mut encoder = Encoder::new();
        for &member in &mask {
            encoder.write(usize::from(member), &adaptive.expect()).unwrap();
            adaptive.observe(member);
        }
        prop_assert!(encoder.ideal_bits() <= logarithm + (mask.len().max(1) as f64).log2() + 1.01);
    }
}

proptest! {
    /// Two rows are often in order, and a changed symbol breaks it.
    #[test]
    fn a_model_with_another_symbol_can_be_encoded(
        (columns, mut symbols) in (1usize..7).prop_flat_map(|side| {
            (Just(side), prop::collection::vec(0u8..3, 2 * side * side))
        }),
        ascending: bool,
    ) {
        if ascending {
            symbols.sort();
        }
        let codebook = Codebook::new(0, vec![-1.0, 1.0]).unwrap();
        let tensor = CodedTensor { codebook: 0, symbols: symbols.clone() };
        let layers = architecture("dense:2", columns);
        let model = Model::new(layers, vec![codebook], vec![tensor]).unwrap();
        for weight in 0..symbols.len() {
            for symbol in 0..3 {
                let changed = model.with_symbol(0, weight, symbol).unwrap();
                let file = changed.encode();
                prop_assert!(file.is_ok(), "{:?}: {:?}", file, changed.tensors());
                prop_assert_eq!(Model::decode(&file.unwrap()).unwrap(), changed);
            }
        }
    }
}

#[test]
fn published_files_are_what_the_encoder_makes_of_their_weights() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/certificates");
    for name in [
        "cifar10",
        "digits",
        "fashion-mnist",
        "mnist",
        "mnist-lenet5",
    ] {
        let file = std::fs::read(folder.join(name).join("model.nvc")).unwrap();
        let model = Model::decode(&file).unwrap();
        assert_eq!(model.encode().unwrap(), file, "{name}");
        // The codes of the symbols are chosen anew.
        let again = Model::with_subspaces(
            model.architecture().clone(),
            model.codebooks().to_vec(),
            model.tensors().to_vec(),
            model.subspaces().to_vec(),
        );
        assert_eq!(again.unwrap().encode().unwrap(), file, "{name}");
    }
}

#[test]
fn files_that_are_not_model_files_say_why() {
    assert_eq!(Model::decode(&[]), Err(CodeError::Empty));
    assert!(Model::decode(b"{}").is_err());
    assert_eq!(
        Model::decode(&[[0xff, 0x80]; 20].concat()),
        Err(CodeError::UnknownVersion { known: 2 })
    );
    let layers = architecture("dense:10", 8);
    let zeros = CodedTensor {
        codebook: 0,
        symbols: vec![0; 640],
    };
    let file = Model::new(layers, vec![Codebook::EMPTY], vec![zeros])
        .unwrap()
        .encode()
        .unwrap();
    let message = Model::decode(&[&file[..], &[0]].concat())
        .unwrap_err()
        .to_string();
    assert!(message.contains("damaged"), "{message}");
}

/// The bits of an architecture in a file of zeros.
fn architecture_bits(architecture: Architecture) -> f64 {
    let shapes = architecture.tensors();
    let zeros = shapes
        .iter()
        .map(|shape| CodedTensor {
            codebook: 0,
            symbols: vec![0; shape.len()],
        })
        .collect();
    let model = Model::new(architecture, vec![Codebook::EMPTY], zeros).unwrap();
    model.encode_with_allocation().unwrap().1.architecture
}

#[test]
fn the_code_words_of_usual_networks_are_short() {
    let mnist = |layers: &str| architecture_bits(architecture(layers, 28));
    let narrow = "conv:6:3 relu max:2 conv:10:3 norm relu max:2 conv:12:3 norm relu max:2 dense:10";
    let deep = "conv:8:3 relu max:2 dwconv:3 conv:12:1 norm relu max:2 dwconv:3 conv:16:1 norm relu max:2 dense:10";
    let lenet5 = "conv:20:5:p0:b max:2 conv:50:5:p0:b max:2 dense:500:b relu dense:10:b";
    // Lengths without branches in the grammar: 48.5, 66.4, 82.7 and 11.3 bits.
    for (layers, most) in [
        (narrow, 48.0),
        (deep, 66.0),
        (lenet5, 74.0),
        ("norm dense:10", 12.0),
    ] {
        assert!(mnist(layers) <= most, "{layers}: {}", mnist(layers));
    }
    let named = |name: &str, side, classes| {
        let input = ImageSize {
            channels: 3,
            height: side,
            width: side,
        };
        architecture_bits(Architecture::named(name, input, classes).unwrap())
    };
    for (bits, most) in [
        (named("resnet20", 32, 10), 384.0),
        (named("resnet56", 32, 10), 846.0),
        (named("efficientnet-lite0", 224, 1000), 820.0),
    ] {
        assert!(bits <= most, "{bits}");
    }
}

#[test]
fn branches_must_be_closed_and_fit() {
    let input = ImageSize {
        channels: 3,
        height: 8,
        width: 8,
    };
    let error = |layers: &str| Architecture::parse(layers, input).unwrap_err().to_string();
    assert!(error("( relu dense:2").contains("left open"));
    assert!(error("relu ) dense:2").starts_with("layer 2 ()): no branch is open"));
    assert!(error("| dense:2").contains("no branch is open"));
    assert!(error("( relu | relu | relu ) dense:2").contains("two sides"));
    assert!(error("( conv:4:3 ) dense:2").contains("3x8x8 and 4x8x8 cannot be added"));
    assert!(error(&format!("{} dense:2", "( ".repeat(9))).contains("nested more than 8 deep"));
    assert!(error("resnet20").contains("there is no such layer"));
    let shapes = Architecture::parse("( bn conv:4:3:s2:same | conv:4:1:s2 ) dense:2", input)
        .unwrap()
        .tensors();
    let names: Vec<String> = shapes.into_iter().map(|shape| shape.name).collect();
    assert_eq!(
        names,
        [
            "bn1.weight",
            "bn1.bias",
            "conv1.weight",
            "conv2.weight",
            "fc1.weight"
        ]
    );
}

#[test]
fn named_networks_have_the_published_sizes() {
    let named = |name: &str, side, classes| {
        Architecture::named(
            name,
            ImageSize {
                channels: 3,
                height: side,
                width: side,
            },
            classes,
        )
    };
    let weights =
        |name: &str, side, classes| named(name, side, classes).unwrap().weights().unwrap();
    // 4,253,864 with the moments' 21,888 numbers is what Keras counts for MobileNet, less them:
    // 4,231,976.
    assert_eq!(weights("mobilenet-v1-1.0", 224, 1000), 4_231_976);
    assert_eq!(weights("efficientnet-lite0", 224, 1000), 4_652_008);
    // 0.27 and 0.85 million (He et al. 2016, table 6), more by the 1x1 shortcuts.
    assert_eq!(weights("resnet20", 32, 10), 272_282);
    assert_eq!(weights("resnet56", 32, 10), 855_578);
    assert_eq!(weights("resnet8", 32, 10), 77_850);
    let widths = named("mobilenet-v1-0.25", 224, 10).unwrap();
    assert!(widths
        .to_string()
        .starts_with("conv:8:3:s2:same bn relu6 conv:8:3:same:g8 bn relu6 conv:16:1 bn relu6"));
    for unknown in [
        "resnet21",
        "mobilenet-v1-",
        "mobilenet-v1-0",
        "mobilenet-v1-nan",
        "",
    ] {
        assert!(
            named(unknown, 32, 10)
                .unwrap_err()
                .to_string()
                .contains("known are lenet5"),
            "{unknown}"
        );
    }
}

#[test]
fn a_file_may_not_hold_more_weights_than_its_length_allows() {
    let layers = architecture("dense:4000000 dense:2", 8);
    let tensors: Vec<CodedTensor> = layers
        .tensors()
        .iter()
        .map(|shape| CodedTensor {
            codebook: 0,
            symbols: vec![0; shape.len()],
        })
        .collect();
    let error = Model::new(layers, vec![Codebook::EMPTY], tensors)
        .unwrap()
        .encode()
        .unwrap_err();
    assert!(
        matches!(
            error,
            CodeError::TooManyWeights {
                weights: 264_000_000,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn models_that_do_not_fit_their_architecture_are_refused() {
    let book = || Codebook::new(0, vec![-1.0, 1.0]).unwrap();
    let tensor = |codebook, symbols| CodedTensor { codebook, symbols };
    let model = |books, tensors| Model::new(architecture("dense:2", 2), books, tensors);
    assert!(model(vec![book()], vec![tensor(0, vec![0, 1, 2, 0, 0, 1, 2, 0])]).is_ok());
    assert!(model(vec![book()], vec![]).is_err());
    assert!(model(vec![book()], vec![tensor(0, vec![0; 7])]).is_err());
    assert!(model(vec![book()], vec![tensor(0, vec![3; 8])]).is_err());
    assert!(model(vec![book()], vec![tensor(1, vec![0; 8])]).is_err());
    assert!(model(vec![book(), book()], vec![tensor(0, vec![0; 8])]).is_err());
    for values in [
        vec![1.0, 1.0],
        vec![2.0, 1.0],
        vec![0.0],
        vec![f32::NAN],
        vec![f32::INFINITY],
        vec![1.25],
        vec![1e-40],
    ] {
        assert!(
            matches!(
                Codebook::new(1, values.clone()),
                Err(CodeError::Codebook(_))
            ),
            "{values:?}"
        );
    }
}

/// A bar of nine rows and two columns, whose top leans `lean` columns to the right for each row.
fn leaning_bar(lean: f32, down: usize) -> Vec<f32> {
    let mut image = vec![0.0; 400];
    for row in 0..9 {
        let x = 9.0 + lean * (4.0 - row as f32);
        let (left, part) = (x.floor() as usize, x - x.floor());
        let places = &mut image[(row + down) * 20 + left..][..3];
        places.copy_from_slice(&[1.0 - part, 1.0, part]);
    }
    image
}

#[test]
fn a_slanted_image_stands_upright_in_the_middle() {
    let size = ImageSize {
        channels: 1,
        height: 20,
        width: 20,
    };
    let mut straight = leaning_bar(0.0, 3);
    stand_upright(&mut straight, size);
    for lean in [-0.7, -0.25, 0.5, 0.9] {
        let mut slanted = leaning_bar(lean, 6);
        stand_upright(&mut slanted, size);
        let difference = slanted
            .iter()
            .zip(&straight)
            .map(|(one, other)| (one - other).abs())
            .fold(0.0, f32::max);
        assert!(
            difference < 0.35,
            "lean {lean}: a pixel differs by {difference}"
        );
        let mass: f32 = slanted.iter().sum();
        assert!((mass - 18.0).abs() < 1e-3, "lean {lean}: mass {mass}");
    }
    let mut empty = vec![0.0; 400];
    stand_upright(&mut empty, size);
    assert_eq!(empty, vec![0.0; 400]);
    assert!(
        Architecture::parse("relu upright dense:10", size).is_err(),
        "only the image itself is stood upright"
    );
}

#[test]
fn kronecker_factors_are_orthonormal_and_span_what_a_qr_decomposition_does() {
    let [rows, columns] = [40, 12];
    let factor = DMatrix::from_columns(
        &kronecker_factor(5, 1, [rows, columns])
            .into_iter()
            .map(DVector::from_vec)
            .collect::<Vec<_>>(),
    );
    let identity = factor.transpose() * &factor;
    assert!((identity - DMatrix::identity(columns, columns)).amax() < 1e-12);
    // Fewer columns are the first of more; so each is in the span of the unorthogonalised ones,
    // which QR gives too.
    let first = DMatrix::from_columns(
        &kronecker_factor(5, 1, [rows, 3])
            .into_iter()
            .map(DVector::from_vec)
            .collect::<Vec<_>>(),
    );
    assert_eq!(first, factor.columns(0, 3).into_owned());
    let qr = factor.clone().qr().q();
    assert!((&qr * qr.transpose() - &factor * factor.transpose()).amax() < 1e-12);
}

#[test]
fn a_kronecker_product_is_the_product_of_its_factors() {
    let shape = TensorShape {
        name: "fc1.weight".to_string(),
        dimensions: vec![9, 21],
    };
    let subspace = Subspace::kronecker(3, 4).unwrap();
    let coordinates: Vec<f32> = (0..4 * 7).map(|place| (place as f32 * 0.7).sin()).collect();
    let matrix = |columns: &[Vec<f64>]| {
        DMatrix::from_fn(columns[0].len(), columns.len(), |i, j| columns[j][i])
    };
    let factors = subspace.factors(&shape, coordinates.len()).unwrap();
    let inner = DMatrix::from_row_iterator(4, 7, coordinates.iter().map(|&value| f64::from(value)));
    let expected = matrix(&factors.left) * inner * matrix(&factors.right).transpose();
    for (place, weight) in subspace
        .weights(&shape, &coordinates)
        .into_iter()
        .enumerate()
    {
        assert!((f64::from(weight) - expected[(place / 21, place % 21)]).abs() < 1e-6);
    }
    assert!(subspace.factors(&shape, 4 * 22).is_none() && subspace.factors(&shape, 27).is_none());
}

#[test]
fn oriented_filters_differ_and_answer_nothing_to_a_uniform_image() {
    let weights = oriented::weights(12, 1);
    let filters: Vec<&[f32]> = weights.chunks(oriented::SIZE * oriented::SIZE).collect();
    assert_eq!(filters.len(), 12);
    for (place, filter) in filters.iter().enumerate() {
        assert_eq!(filter.iter().sum::<f32>(), 0.0);
        assert!(filters[..place].iter().all(|other| other != filter));
    }
}

proptest! {
    #[test]
    fn the_first_tensors_of_layers_are_their_weights_in_order(architecture in any_architecture()) {
        let tensors = architecture.tensors();
        let first: Vec<usize> = architecture.first_tensors().into_iter().flatten().collect();
        let weights = tensors.iter().enumerate().filter(|(_, tensor)| tensor.name.ends_with(".weight"));
        prop_assert_eq!(first, weights.map(|(place, _)| place).collect::<Vec<usize>>());
    }
}
