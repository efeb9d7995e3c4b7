//! Sums over the windows of a convolution, against sums one by one.
#![allow(clippy::unwrap_used)]

use nonvacuous::code::{Architecture, Convolution, Layer};
use nonvacuous::data::digits;
use nonvacuous::network::TrainedNetwork;
use nonvacuous::shape::ImageSize;

#[test]
fn moments_of_windows_are_those_of_the_pixels_that_each_output_reads() {
    // 19 images: one block is not full.
    let data = digits().unwrap().train.slice(0..19).unwrap();
    let indices: Vec<usize> = (0..data.len()).collect();
    let ImageSize { height, width, .. } = data.shape();
    for layers in [
        "conv:2:3:s2:same dense:10",
        "conv:2:5:same dense:10",
        "conv:2:1 dense:10",
    ] {
        let architecture = Architecture::parse(layers, data.shape()).unwrap();
        let Layer::Convolution(convolution) = architecture.layers()[0] else {
            panic!("{layers}")
        };
        let weights: Vec<Vec<f32>> = architecture
            .tensors()
            .iter()
            .map(|shape| vec![1.0; shape.len()])
            .collect();
        let features = TrainedNetwork::new(architecture.clone(), weights)
            .unwrap()
            .evaluator()
            .features(&data, &indices, 0)
            .unwrap();
        let blocks = features.window_moments(&convolution, data.shape());
        let mut moments = blocks[0].zeros();
        blocks.iter().for_each(|block| moments.add(block));

        let (kernel, stride) = (convolution.kernel, convolution.stride);
        let [[above, _], [left, _]] = [height, width].map(|length| convolution.margins(length));
        let [rows, columns] = [height, width].map(|length| length.div_ceil(stride));
        let inputs = kernel * kernel;
        let (mut sums, mut products) = (vec![0.0; inputs], vec![0.0; inputs * inputs]);
        for image in data.images().chunks(height * width) {
            for (row, column) in
                (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)))
            {
                let pixel = |place: usize| -> f64 {
                    let row = (row * stride + place / kernel)
                        .checked_sub(above)
                        .filter(|&row| row < height);
                    let column = (column * stride + place % kernel)
                        .checked_sub(left)
                        .filter(|&column| column < width);
                    row.zip(column).map_or(0.0, |(row, column)| {
                        f64::from(image[row * width + column]) / 16.0
                    })
                };
                for place in 0..inputs {
                    sums[place] += pixel(place);
                    (0..inputs).for_each(|other| {
                        products[place * inputs + other] += pixel(place) * pixel(other)
                    });
                }
            }
        }
        assert_eq!(
            (moments.groups(), moments.inputs(), moments.count()),
            (1, inputs, data.len() * rows * columns)
        );
        for place in 0..inputs {
            assert!((moments.sums(0)[place] - sums[place]).abs() < 1e-3);
            for other in 0..=place {
                let (found, expected) = (
                    moments.products(0)[place * inputs + other],
                    products[place * inputs + other],
                );
                assert!(
                    (found - expected).abs() < 1e-3 * expected.max(1.0),
                    "{layers}: {found} {expected}"
                );
            }
        }
    }
}

#[test]
fn what_another_network_has_beyond_stands_behind_the_inputs_of_each_group() {
    let data = digits().unwrap().train.slice(0..19).unwrap();
    let indices: Vec<usize> = (0..data.len()).collect();
    let architecture = Architecture::parse("conv:2:1 dense:10", data.shape()).unwrap();
    let weights: Vec<Vec<f32>> = architecture
        .tensors()
        .iter()
        .map(|shape| (1..=shape.len()).map(|number| number as f32).collect())
        .collect();
    let evaluator = TrainedNetwork::new(architecture, weights)
        .unwrap()
        .evaluator();
    // The second channel is twice the first.
    let features = evaluator.features(&data, &indices, 1).unwrap();
    let mut other = features.clone();
    other.add_to_channels(&[0.5, 3.0]);
    assert_eq!(features.images(), 19);

    let Layer::Convolution(depthwise) = Architecture::parse("dwconv:1 dense:10", data.shape())
        .unwrap()
        .layers()[0]
    else {
        panic!()
    };
    let depthwise = Convolution {
        channels: 2,
        groups: 2,
        ..depthwise
    };
    let size = ImageSize {
        channels: 2,
        ..data.shape()
    };
    let blocks = features.window_moments_with(&other, &depthwise, size);
    let mut moments = blocks[0].zeros();
    blocks.iter().for_each(|block| moments.add(block));
    assert_eq!((moments.groups(), moments.inputs()), (2, 2));
    let count = moments.count() as f64;
    for (group, difference) in [0.5, 3.0].into_iter().enumerate() {
        let [own, beyond] = [0, 1].map(|input| moments.sums(group)[input]);
        assert!((beyond - difference * count).abs() < 1e-3 * count);
        assert!((moments.products(group)[2] - difference * own).abs() < 1e-3 * own);
    }
    assert!((moments.sums(1)[0] - 2.0 * moments.sums(0)[0]).abs() < 1e-3 * count);
}
