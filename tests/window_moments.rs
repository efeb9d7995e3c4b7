//! Sums over the windows of a convolution, against sums one by one.
#![allow(clippy::unwrap_used)]

use nonvacuous::code::{Architecture, Layer};
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
