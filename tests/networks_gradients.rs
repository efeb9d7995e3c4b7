//! Every operator's gradient against central differences, in double precision.
#![cfg(feature = "train")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use candle_core::{DType, Device, Result, Tensor, Var};
use nonvacuous::random::stream;
use nonvacuous::train::operators::{
    average_pool, batch_normalise, convolve, cross_entropy, deinterleave_batch, dense,
    global_average, interleave_batch, max_pool, normalise, relu, relu6, scale_and_shift, Span,
    Window,
};
use proptest::prelude::*;
use rand::seq::SliceRandom;
use rand::RngExt;

/// Numbers uniform in (-1, 1).
fn random(seed: u64, purpose: &str, shape: &[usize]) -> Tensor {
    let mut stream = stream(seed, "gradients", 0, purpose);
    let count = shape.iter().product();
    let values: Vec<f64> = (0..count)
        .map(|_| 2.0 * stream.random::<f64>() - 1.0)
        .collect();
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

/// Numbers between -1 and 1 in random order, no two of them and none of them and 0 so close that a
/// difference quotient would see the kink of a maximum between them.
fn apart_from_each_other(seed: u64, purpose: &str, shape: &[usize]) -> Tensor {
    let count: usize = shape.iter().product();
    let mut values: Vec<f64> = (0..count)
        .map(|place| (2 * place + 1) as f64 / count as f64 - 1.0)
        .collect();
    // Of an odd number the one in the middle is 0.
    values
        .iter_mut()
        .filter(|value| value.abs() < 1e-9)
        .for_each(|value| *value = 0.5 / count as f64);
    values.shuffle(&mut stream(seed, "gradients", 0, purpose));
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

/// Compares the gradient of `sum(c * function(arguments))`, with `c` random, to central differences
/// at up to 24 places of each argument.
fn check(seed: u64, arguments: &[Tensor], function: impl Fn(&[Tensor]) -> Result<Tensor>) {
    const STEP: f64 = 1e-5;
    let variables: Vec<Var> = arguments
        .iter()
        .map(|argument| Var::from_tensor(argument).unwrap())
        .collect();
    let tensors: Vec<Tensor> = variables
        .iter()
        .map(|variable| variable.as_tensor().clone())
        .collect();
    let output = function(&tensors).unwrap();
    let weights = random(seed, "weights of the outputs", output.dims());
    let gradients = (output * &weights)
        .unwrap()
        .sum_all()
        .unwrap()
        .backward()
        .unwrap();
    let value = |arguments: &[Tensor]| -> f64 {
        let output = function(arguments).unwrap();
        (output * &weights)
            .unwrap()
            .sum_all()
            .unwrap()
            .to_scalar()
            .unwrap()
    };
    for (place, variable) in variables.iter().enumerate() {
        let analytic: Vec<f64> = gradients
            .get(variable)
            .unwrap()
            .flatten_all()
            .unwrap()
            .to_vec1()
            .unwrap();
        let values: Vec<f64> = arguments[place].flatten_all().unwrap().to_vec1().unwrap();
        let mut stream = stream(seed, "gradients", place as u64, "coordinates");
        for _ in 0..24.min(values.len()) {
            let coordinate = stream.random_range(0..values.len());
            let moved = |step: f64| {
                let mut values = values.clone();
                values[coordinate] += step;
                let mut arguments = arguments.to_vec();
                arguments[place] =
                    Tensor::from_vec(values, arguments[place].shape(), &Device::Cpu).unwrap();
                value(&arguments)
            };
            let numeric = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
            let difference = (analytic[coordinate] - numeric).abs();
            assert!(
                difference <= 1e-6 * (1.0 + numeric.abs()),
                "argument {place}, coordinate {coordinate}: {} and {numeric}",
                analytic[coordinate]
            );
        }
    }
}

fn span() -> impl Strategy<Value = Span> {
    (1..=5usize, 1..=3usize, 0..=3usize, 0..=3usize).prop_map(|(size, stride, before, after)| {
        Span {
            size,
            stride,
            before: before.min(size - 1),
            after: after.min(size - 1),
        }
    })
}

fn window() -> impl Strategy<Value = Window> {
    (span(), span()).prop_map(|(rows, columns)| Window { rows, columns })
}

/// Candle's own convolution, which has no uneven padding and no uneven stride: on padded images,
/// thinned out afterwards.
fn reference_convolution(
    images: &Tensor,
    kernel: &Tensor,
    bias: Option<&Tensor>,
    window: Window,
    groups: usize,
) -> Tensor {
    let Window { rows, columns } = window;
    let padded = images.pad_with_zeros(2, rows.before, rows.after).unwrap();
    let padded = padded
        .pad_with_zeros(3, columns.before, columns.after)
        .unwrap();
    let map = padded.conv2d(kernel, 0, 1, 1, groups).unwrap();
    let every = |length: usize, stride: usize| -> Tensor {
        let places: Vec<u32> = (0..length as u32).step_by(stride).collect();
        Tensor::new(places, &Device::Cpu).unwrap()
    };
    let (_, _, height, width) = map.dims4().unwrap();
    let map = map.index_select(&every(height, rows.stride), 2).unwrap();
    let map = map.index_select(&every(width, columns.stride), 3).unwrap();
    match bias {
        Some(bias) => map
            .broadcast_add(&bias.reshape((1, (), 1, 1)).unwrap())
            .unwrap(),
        None => map,
    }
}

/// What an operator on interleaved images makes of a batch.
fn interleaved(images: &Tensor, operator: impl Fn(&Tensor) -> Result<Tensor>) -> Result<Tensor> {
    deinterleave_batch(&operator(&interleave_batch(images)?)?, images.dim(0)?)
}

fn largest_difference(first: &Tensor, second: &Tensor) -> f64 {
    let difference = (first - second)
        .unwrap()
        .abs()
        .unwrap()
        .flatten_all()
        .unwrap();
    difference
        .max(0)
        .unwrap()
        .to_dtype(DType::F64)
        .unwrap()
        .to_scalar()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_convolution_has_the_values_and_the_gradient_of_its_definition(
        seed in any::<u64>(),
        batch in 1..=20usize,
        groups in 1..=3usize,
        inputs in 1..=3usize,
        outputs in 1..=6usize,
        height in 1..=9usize,
        width in 1..=9usize,
        window in window(),
        with_bias in any::<bool>(),
    ) {
        prop_assume!(window.rows.count(height).is_some() && window.columns.count(width).is_some());
        let images = random(seed, "images", &[batch, groups * inputs, height, width]);
        let shape = [groups * outputs, inputs, window.rows.size, window.columns.size];
        let kernel = random(seed, "kernel", &shape);
        let mut arguments = vec![images, kernel];
        if with_bias {
            arguments.push(random(seed, "bias", &[groups * outputs]));
        }
        let convolution = |arguments: &[Tensor]| {
            let (kernel, bias) = (&arguments[1], arguments.get(2));
            interleaved(&arguments[0], |images| convolve(images, kernel, bias, window, groups))
        };
        let (kernel, bias) = (&arguments[1], arguments.get(2));
        let expected = reference_convolution(&arguments[0], kernel, bias, window, groups);
        prop_assert!(largest_difference(&convolution(&arguments).unwrap(), &expected) < 1e-12);
        check(seed, &arguments, convolution);
    }

    #[test]
    fn a_depthwise_convolution_has_the_values_and_the_gradient_of_its_definition(
        seed in any::<u64>(),
        batch in 1..=20usize,
        channels in 1..=5usize,
        height in 1..=9usize,
        width in 1..=9usize,
        window in window(),
    ) {
        prop_assume!(window.rows.count(height).is_some() && window.columns.count(width).is_some());
        let images = random(seed, "images", &[batch, channels, height, width]);
        let kernel = random(seed, "kernel", &[channels, 1, window.rows.size, window.columns.size]);
        let arguments = [images, kernel];
        let convolution = |arguments: &[Tensor]| {
            let kernel = &arguments[1];
            interleaved(&arguments[0], |images| convolve(images, kernel, None, window, channels))
        };
        let expected = reference_convolution(&arguments[0], &arguments[1], None, window, channels);
        prop_assert!(largest_difference(&convolution(&arguments).unwrap(), &expected) < 1e-12);
        check(seed, &arguments, convolution);
    }

    #[test]
    fn a_dense_layer_has_the_values_and_the_gradient_of_a_matrix_product(
        seed in any::<u64>(),
        batch in 1..=70usize,
        inputs in 1..=20usize,
        outputs in 1..=9usize,
        with_bias in any::<bool>(),
    ) {
        let features = random(seed, "features", &[batch, inputs]);
        let mut arguments = vec![features, random(seed, "matrix", &[outputs, inputs])];
        if with_bias {
            arguments.push(random(seed, "bias", &[outputs]));
        }
        let product = |arguments: &[Tensor]| {
            let (matrix, bias) = (&arguments[1], arguments.get(2));
            interleaved(&arguments[0], |features| dense(features, matrix, bias))
        };
        let mut expected = arguments[0].matmul(&arguments[1].t().unwrap()).unwrap();
        if let Some(bias) = arguments.get(2) {
            expected = expected.broadcast_add(bias).unwrap();
        }
        prop_assert!(largest_difference(&product(&arguments).unwrap(), &expected) < 1e-12);
        check(seed, &arguments, product);
    }

    #[test]
    fn pooling_has_the_gradient_of_its_definition(
        seed in any::<u64>(),
        batch in 1..=20usize,
        channels in 1..=3usize,
        height in 1..=9usize,
        width in 1..=9usize,
        window in window(),
    ) {
        prop_assume!(window.rows.count(height).is_some() && window.columns.count(width).is_some());
        let images = [apart_from_each_other(seed, "images", &[batch, channels, height, width])];
        let features = interleave_batch(&images[0]).unwrap();
        prop_assume!(max_pool(&features, window).is_ok());
        let pool = |images: &Tensor| max_pool(images, window);
        check(seed, &images, |images| interleaved(&images[0], pool));
        let pool = |images: &Tensor| average_pool(images, window);
        check(seed, &images, |images| interleaved(&images[0], pool));
        check(seed, &images, |images| interleaved(&images[0], global_average));
    }

    #[test]
    fn layers_without_parameters_have_the_gradient_of_their_definition(
        seed in any::<u64>(),
        batch in 1..=20usize,
        channels in 1..=3usize,
        height in 1..=5usize,
    ) {
        let images = apart_from_each_other(seed, "images", &[batch, channels, height, 3]);
        let images = [(images * 8.9).unwrap()];
        check(seed, &images, |images| interleaved(&images[0], relu));
        check(seed, &images, |images| interleaved(&images[0], relu6));
        let normalise = |images: &Tensor| normalise(images, 1e-5);
        check(seed, &images, |images| interleaved(&images[0], normalise));
    }

    #[test]
    fn a_scale_and_a_shift_and_batch_normalisation_have_the_gradient_of_their_definition(
        seed in any::<u64>(),
        batch in 2..=20usize,
        channels in 1..=3usize,
        height in 1..=4usize,
    ) {
        let arguments = [
            (random(seed, "images", &[batch, channels, height, 3]) * 3.0).unwrap(),
            random(seed, "scales", &[channels]),
            random(seed, "shifts", &[channels]),
        ];
        check(seed, &arguments, |arguments| {
            let (scale, shift) = (&arguments[1], &arguments[2]);
            interleaved(&arguments[0], |images| scale_and_shift(images, scale, shift))
        });
        let normalised = |arguments: &[Tensor]| {
            let features = interleave_batch(&arguments[0])?;
            let (scale, shift) = (&arguments[1], &arguments[2]);
            let (normalised, _) = batch_normalise(&features, scale, shift, batch, 1e-5)?;
            // A convolution after it, so that lanes without an image would be seen.
            let kernel = Tensor::ones((1, channels, 1, 1), DType::F64, &Device::Cpu)?;
            let window = Window::square(1, 1, 0);
            deinterleave_batch(&convolve(&normalised, &kernel, None, window, 1)?, batch)
        };
        check(seed, &arguments, normalised);
    }

    #[test]
    fn cross_entropy_has_the_gradient_of_its_definition(
        seed in any::<u64>(),
        labels in prop::collection::vec(0..7u32, 1..20),
        smoothing in 0.0..1.0f64,
    ) {
        let logits = [(random(seed, "logits", &[labels.len(), 7]) * 5.0).unwrap()];
        check(seed, &logits, |logits| cross_entropy(&logits[0], &labels, smoothing));
    }
}

#[test]
fn cross_entropy_survives_large_logits_and_needs_a_label_for_each_row() {
    let logits = Tensor::new(&[[1000f64, 0.0], [0.0, -1000.0]], &Device::Cpu).unwrap();
    let loss: f64 = cross_entropy(&logits, &[0, 1], 0.0)
        .unwrap()
        .to_scalar()
        .unwrap();
    assert_eq!(loss, 500.0);
    assert!(cross_entropy(&logits, &[0], 0.0).is_err());
    assert!(cross_entropy(&logits, &[0, 2], 0.0).is_err());
    assert!(cross_entropy(&logits, &[0, 1], 1.5).is_err());
}

#[test]
fn batch_normalisation_brings_channels_to_mean_zero_and_variance_one() {
    let images = random(1, "images", &[21, 2, 3, 4]);
    let scale = Tensor::ones(2, DType::F64, &Device::Cpu).unwrap();
    let shift = Tensor::zeros(2, DType::F64, &Device::Cpu).unwrap();
    let features = interleave_batch(&images).unwrap();
    let (normalised, moments) = batch_normalise(&features, &scale, &shift, 21, 0.0).unwrap();
    let planes = |images: &Tensor| -> Vec<Vec<f64>> {
        images
            .transpose(0, 1)
            .unwrap()
            .flatten_from(1)
            .unwrap()
            .to_vec2()
            .unwrap()
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    for (channel, values) in planes(&images).iter().enumerate() {
        assert!((mean(values) - moments.mean[channel]).abs() < 1e-14);
        let squares: Vec<f64> = values
            .iter()
            .map(|value| (value - moments.mean[channel]).powi(2))
            .collect();
        assert!((mean(&squares) - moments.variance[channel]).abs() < 1e-14);
    }
    for values in planes(&deinterleave_batch(&normalised, 21).unwrap()) {
        let squares: Vec<f64> = values.iter().map(|value| value * value).collect();
        assert!(mean(&values).abs() < 1e-14 && (mean(&squares) - 1.0).abs() < 1e-14);
    }
}

#[test]
fn the_gradient_of_max_pooling_goes_whole_to_the_largest_number() {
    let image = Tensor::new(&[[[[1f64, 2.0], [4.0, 3.0]]]], &Device::Cpu).unwrap();
    let image = Var::from_tensor(&image).unwrap();
    let pooled = max_pool(
        &interleave_batch(image.as_tensor()).unwrap(),
        Window::square(2, 2, 0),
    )
    .unwrap();
    let gradients = (deinterleave_batch(&pooled, 1).unwrap() * 28.0)
        .unwrap()
        .backward()
        .unwrap();
    let gradient: Vec<f64> = gradients
        .get(&image)
        .unwrap()
        .flatten_all()
        .unwrap()
        .to_vec1()
        .unwrap();
    assert_eq!(gradient, [0.0, 0.0, 28.0, 0.0]);
}
