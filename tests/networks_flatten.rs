//! In which order a dense layer reads a feature map: both orders, by exact logits.
#![allow(clippy::unwrap_used)]

use std::fs::File;

use nonvacuous::code::Architecture;
use nonvacuous::data::LabelledImages;
use nonvacuous::network::comparison::logits;
use nonvacuous::network::safetensors::write;
use nonvacuous::network::{import, FlattenOrder, ImportOptions, TensorFile};
use nonvacuous::shape::ImageSize;

const INPUT: ImageSize = ImageSize {
    channels: 1,
    height: 4,
    width: 4,
};

/// Of the convolution, and of the dense layer.
const MAPS: usize = 2;
const CLASSES: usize = 3;
/// Side of a kernel, and of a map.
const KERNEL: usize = 2;
const SIDE: usize = 3;

/// Eighths, so that sums are exact.
fn kernel(row: usize, column: usize, map: usize) -> f32 {
    ((7 * row + 3 * column + 5 * map) % 9) as f32 / 8.0 - 0.5
}

/// The weight of the feature that comes at this place, in whatever order.
fn matrix(place: usize, class: usize) -> f32 {
    ((11 * place + 4 * class + place * class) % 13) as f32 / 8.0 - 0.75
}

fn pixel(row: usize, column: usize) -> f32 {
    ((3 * row + column) % 4 < 2) as u8 as f32
}

/// What the network computes, if its last layer reads features in this order.
fn expected(place_of: impl Fn(usize, usize, usize) -> usize) -> Vec<f32> {
    let mut sums = vec![0.0; CLASSES];
    for map in 0..MAPS {
        for row in 0..SIDE {
            for column in 0..SIDE {
                let mut feature = 0.0;
                for below in 0..KERNEL {
                    for right in 0..KERNEL {
                        let pixel = pixel(row + below, column + right);
                        feature += kernel(below, right, map) * pixel;
                    }
                }
                for (class, sum) in sums.iter_mut().enumerate() {
                    *sum += feature.max(0.0) * matrix(place_of(map, row, column), class);
                }
            }
        }
    }
    sums
}

fn channel_first(map: usize, row: usize, column: usize) -> usize {
    (map * SIDE + row) * SIDE + column
}

fn channel_last(map: usize, row: usize, column: usize) -> usize {
    (row * SIDE + column) * MAPS + map
}

/// The network as TensorFlow stores it, or as PyTorch does.
fn computed(is_tensorflow: bool, flatten: Option<FlattenOrder>) -> Result<Vec<f32>, String> {
    let features = MAPS * SIDE * SIDE;
    let mut kernels = Vec::new();
    let mut matrices = Vec::new();
    let (kernel_shape, matrix_shape) = if is_tensorflow {
        for row in 0..KERNEL {
            for column in 0..KERNEL {
                kernels.extend((0..MAPS).map(|map| kernel(row, column, map)));
            }
        }
        for place in 0..features {
            matrices.extend((0..CLASSES).map(|class| matrix(place, class)));
        }
        (vec![KERNEL, KERNEL, 1, MAPS], vec![features, CLASSES])
    } else {
        for map in 0..MAPS {
            for row in 0..KERNEL {
                kernels.extend((0..KERNEL).map(|column| kernel(row, column, map)));
            }
        }
        for class in 0..CLASSES {
            matrices.extend((0..features).map(|place| matrix(place, class)));
        }
        (vec![MAPS, 1, KERNEL, KERNEL], vec![CLASSES, features])
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    let shapes = [
        ("conv2d/kernel".to_string(), kernel_shape),
        ("dense/kernel".to_string(), matrix_shape),
    ];
    let numbers = [kernels, matrices];
    let mut file = File::create(&path).unwrap();
    write(&mut file, &shapes, |tensor| {
        numbers[tensor].clone().into_iter()
    })
    .unwrap();
    let options = ImportOptions {
        flatten,
        ..ImportOptions::default()
    };
    let architecture = Architecture::parse("conv:2:2:p0 relu dense:3", INPUT).unwrap();
    let mut file = TensorFile::open(&path).unwrap();
    let network = import(&mut file, &architecture, &options).map_err(|error| error.to_string())?;
    let mut pixels = Vec::new();
    for row in 0..INPUT.height {
        pixels.extend((0..INPUT.width).map(|column| 255 * pixel(row, column) as u8));
    }
    let image = LabelledImages::new(INPUT, 256, CLASSES, pixels, vec![0]).unwrap();
    Ok(logits(&network, &image).unwrap().concat())
}

#[test]
fn a_matrix_reads_a_map_in_the_order_that_was_said() {
    let (first, last) = (expected(channel_first), expected(channel_last));
    assert_ne!(first, last);
    for is_tensorflow in [false, true] {
        let order = Some(FlattenOrder::ChannelFirst);
        assert_eq!(computed(is_tensorflow, order).unwrap(), first);
        let order = Some(FlattenOrder::ChannelLast);
        assert_eq!(computed(is_tensorflow, order).unwrap(), last);
    }
    assert_eq!(computed(false, None).unwrap(), first);
}

#[test]
fn the_order_must_be_said_where_tensorflow_stores_the_weights() {
    let message = computed(true, None).unwrap_err();
    assert!(
        message.contains("fc1.weight reads a map of 2 channels with 3x3 places"),
        "{message}"
    );
    assert!(message.contains("--flatten channel-last"), "{message}");
}

#[test]
fn an_order_that_does_not_matter_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    let shapes = [("fc1.weight".to_string(), vec![2, 16])];
    let mut file = File::create(&path).unwrap();
    write(&mut file, &shapes, |_| vec![0.5; 32].into_iter()).unwrap();
    let options = ImportOptions {
        flatten: Some(FlattenOrder::ChannelLast),
        ..ImportOptions::default()
    };
    let architecture = Architecture::parse("dense:2", INPUT).unwrap();
    let error = import(
        &mut TensorFile::open(&path).unwrap(),
        &architecture,
        &options,
    );
    let message = error.unwrap_err().to_string();
    assert!(message.contains("there is none"), "{message}");
}
