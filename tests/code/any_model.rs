//! Architectures, codebooks and models of every kind, drawn at random.

use nonvacuous::code::{Architecture, Codebook, CodedTensor, Model};
use nonvacuous::shape::ImageSize;
use proptest::prelude::*;

/// Layers on square grey images.
pub fn architecture(layers: &str, side: usize) -> Architecture {
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
pub fn any_architecture() -> impl Strategy<Value = Architecture> {
    let layer = prop_oneof![
        (1usize..40, 1usize..6, 0usize..4, 1usize..4, any::<bool>()).prop_map(
            |(channels, kernel, padding, stride, bias)| {
                let padding = match padding {
                    3 => "same".to_string(),
                    _ => format!("p{}", padding.min(kernel)),
                };
                let bias = if bias { ":b" } else { "" };
                format!("conv:{channels}:{kernel}:s{stride}:{padding}{bias}")
            }
        ),
        (1usize..20, 1usize..3).prop_map(|(channels, stride)| {
            let block = format!("bn relu conv:{channels}:3:s{stride} ( relu6 dwconv:3 )");
            format!("( {block} | conv:{channels}:1:s{stride} )")
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
            |(is_deskewed, mut layers, classes, bias, side)| {
                if is_deskewed {
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

pub fn any_model() -> impl Strategy<Value = Model> {
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
            let tensors = shapes.iter().enumerate().map(|(index, shape)| {
                let codebook = index.min(books.len() - 1);
                let codewords = books[codebook].len() as u64;
                let mut symbol = || match (random() % 1000) as f64 / 1000.0 < kept {
                    true => (random() % (codewords + 1)) as u8,
                    false => 0,
                };
                CodedTensor::new(codebook, (0..shape.len()).map(|_| symbol()).collect())
            });
            let tensors = tensors.collect();
            Model::new(architecture, books, tensors).unwrap()
        })
}
