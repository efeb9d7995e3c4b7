//! Classical capacity bounds against small cases that were computed by hand.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use nonvacuous::bounds::classical::{Comparisons, Margins, PiecewisePolynomial};
use nonvacuous::bounds::{occam_binomial, Bits, EmpiricalRisk, FailureProbability};
use nonvacuous::code::{Architecture, Convolution, Layer, Model, Padding};
use nonvacuous::data::LabelledImages;
use nonvacuous::evaluate::Evaluator;
use nonvacuous::network::classical::{ClassicalBounds, LinearMap, MarginBound, NoBound};
use nonvacuous::network::TrainedNetwork;
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::memory_limit::MemoryLimit;
use proptest::prelude::*;
use rand::RngExt;

fn size(channels: usize, height: usize, width: usize) -> ImageSize {
    ImageSize {
        channels,
        height,
        width,
    }
}

fn delta() -> FailureProbability {
    FailureProbability::new(0.05).unwrap()
}

fn model(layers: &str, input: ImageSize, weights: Vec<Vec<f32>>) -> Model {
    let layers = Architecture::parse(layers, input).unwrap();
    TrainedNetwork::new(layers, weights)
        .unwrap()
        .model()
        .unwrap()
}

/// Weights between -1 and 1, of few values.
fn random_weights(layers: &str, input: ImageSize, seed: u64) -> Vec<Vec<f32>> {
    let mut random = stream(seed, "tests/classical", 0, "weights");
    let mut tensor = |count: usize| -> Vec<f32> {
        let eighths = (0..count).map(|_| random.random_range(-8..=8i8));
        eighths.map(|eighths| f32::from(eighths) / 8.0).collect()
    };
    let tensors = Architecture::parse(layers, input).unwrap().tensors();
    tensors.iter().map(|shape| tensor(shape.len())).collect()
}

/// Examples of random pixels and the classes that a network gives them, but for the last tenth.
fn examples_of(model: &Model, count: usize, seed: u64) -> LabelledImages {
    let input = model.structure().input();
    let mut random = stream(seed, "tests/classical", 0, "pixels");
    let pixels: Vec<u8> = (0..count * input.features())
        .map(|_| random.random_range(0..=15))
        .collect();
    let classes = model.structure().classes();
    let unlabelled = LabelledImages::new(input, 16, classes, pixels.clone(), vec![0; count]);
    let decisions = Evaluator::new(model)
        .decisions(&unlabelled.unwrap())
        .unwrap();
    let label = |(place, decision): (usize, Option<u8>)| match place < count * 9 / 10 {
        true => decision.unwrap_or(0),
        false => (decision.unwrap_or(0) + 1) % classes as u8,
    };
    let labels = decisions.into_iter().enumerate().map(label).collect();
    LabelledImages::new(input, 16, classes, pixels, labels).unwrap()
}

fn bounds(model: &Model, examples: &LabelledImages) -> ClassicalBounds {
    let errors = Evaluator::new(model).errors(examples).unwrap();
    let risk = EmpiricalRisk::new(errors, examples.len() as u64).unwrap();
    ClassicalBounds::new(model, risk, Some(examples), delta(), MemoryLimit::NONE).unwrap()
}

fn close(computed: f64, expected: f64) {
    assert!(
        (computed / expected - 1.0).abs() < 1e-8,
        "{computed} is not {expected}"
    );
}

/// Two inputs, two hidden ReLUs, two logits: `diag(2, 3)`, then the identity.
fn two_two_two() -> (Model, LabelledImages) {
    let weights = vec![vec![2.0, 0.0, 0.0, 3.0], vec![1.0, 0.0, 0.0, 1.0]];
    let model = model("dense:2 relu dense:2", size(1, 1, 2), weights);
    let examples = LabelledImages::new(size(1, 1, 2), 2, 2, vec![1, 0, 0, 1], vec![0, 1]);
    (model, examples.unwrap())
}

#[test]
fn parameters_are_counted_at_32_bits_by_occams_bound() {
    let (model, examples) = two_two_two();
    let bounds = bounds(&model, &examples);
    let risk = EmpiricalRisk::new(0, 2).unwrap();
    assert_eq!(bounds.parameters, 8);
    assert_eq!(
        bounds.parameter_counting,
        occam_binomial(risk, Bits::new(256.0).unwrap(), delta())
    );
}

#[test]
fn the_vc_dimension_of_two_layers_is_as_computed_by_hand() {
    let (model, examples) = two_two_two();
    let bound = bounds(&model, &examples).vc_dimension.unwrap();
    // Two ReLUs of degree 1 in 4 parameters, one comparison of logits of degree 2 in all 8.
    let r = 2.0 * std::f64::consts::E * 4.0;
    close(bound.dimension, 2.0 + 12.0 * (2.0 * r * r.log2()).log2());
    // Four examples can be told apart in 16 ways at most, which is less than all else says.
    close(bound.ln_growth, 16f64.ln());
    let square: f64 = 4.0 * (16f64.ln() + 80f64.ln()) / 2.0;
    close(bound.value, square / 2.0 + (square * square / 4.0).sqrt());
}

#[test]
fn many_examples_are_told_apart_in_no_more_ways_than_warrens_theorem_says() {
    let network = PiecewisePolynomial::new(vec![
        Comparisons {
            count: 2,
            degree: 1,
            parameters: 6,
        },
        Comparisons {
            count: 1,
            degree: 2,
            parameters: 9,
        },
    ])
    .unwrap();
    let (n, e) = (1e6, std::f64::consts::E);
    let first = 2f64.ln() + 6.0 * (2.0 * e * n * 2.0 / 6.0).ln();
    let second = 2f64.ln() + 9.0 * (2.0 * e * n * 2.0 / 9.0).ln();
    close(network.ln_growth(n), first + second);
    let risk = EmpiricalRisk::new(100_000, 500_000).unwrap();
    let bound = network.bound(risk, delta());
    assert!((0.2..0.25).contains(&bound.value), "{bound:?}");
    assert!(PiecewisePolynomial::new(Vec::new()).is_err());
}

#[test]
fn spectral_bounds_of_two_layers_are_as_computed_by_hand() {
    let (model, examples) = two_two_two();
    let bounds = bounds(&model, &examples);
    // Spectral norms 3 and 1, Frobenius norms of squares 13 and 2, rows 2 + 3 and 1 + 1.
    let complexity = (5f64.powf(2.0 / 3.0) + 6f64.powf(2.0 / 3.0)).powf(1.5);
    let spectral = bounds.spectral_margin.unwrap();
    close(spectral.complexity, complexity);
    // Margins are 2 and 3; two examples of norm 1.
    assert_eq!(spectral.least.margin, 2.0);
    assert_eq!(spectral.least.share_below, 0.0);
    let term = 72.0 * 2f64.ln() * 8f64.ln().sqrt() * 2f64.sqrt() * complexity / 2.0 / 2.0;
    let rest = 8.0 / 2f64.powf(1.5) + 3.0 * (20f64.ln() / 4.0).sqrt();
    close(spectral.least.value, term + rest);

    let pac_bayes = bounds.pac_bayes_margin.unwrap();
    close(pac_bayes.complexity, 31f64.sqrt());
    let square = 4.0 * 2.0 * 4f64.ln() * 31.0 + 80f64.ln();
    close(pac_bayes.least.value, (square / 2.0).sqrt() / 2.0);
}

#[test]
fn the_effective_parameters_of_two_layers_are_as_computed_by_hand() {
    let (model, examples) = two_two_two();
    let effective = bounds(&model, &examples).effective_parameters.unwrap();
    // Layer cushions 2 / sqrt 13 and 1 / sqrt 2, both interlayer cushions 1 / sqrt 2, depth 2, the
    // largest output 3: 36 (13 / 4 * 2 + 2 * 2).
    close(effective.complexity, 378.0 / 4.0);
    close(effective.least.value, (378f64 / 2.0).sqrt() / 2.0);
}

#[test]
fn a_bias_is_a_weight_of_a_number_that_is_always_one() {
    let weights = vec![vec![1.0, 0.0, 0.0, 1.0], vec![1.0, 0.0]];
    let model = model("dense:2:b", size(1, 1, 2), weights);
    let examples = LabelledImages::new(size(1, 1, 2), 2, 2, vec![1, 0, 0, 1], vec![0, 0]);
    let bounds = bounds(&model, &examples.unwrap());
    // The rows are (1, 0, 1) and (0, 1, 0).
    close(
        bounds.spectral_margin.unwrap().complexity,
        2f64.sqrt() + 1.0,
    );
    close(bounds.pac_bayes_margin.unwrap().complexity, 3f64.sqrt());
}

#[test]
fn the_margin_is_at_most_the_median_of_those_that_are_positive() {
    let margins = Margins::new([4.0, -1.0, 1.0, f64::NAN, 3.0, 2.0]);
    let least = margins.least(1e6, 0.5).unwrap();
    assert_eq!((least.margin, least.share_below), (2.0, 0.5));
    assert_eq!(least.value, 0.5 + 5e5 + 0.5);
    // Where the complexity is small, a smaller margin is better.
    let least = margins.least(1e-3, 0.0).unwrap();
    assert_eq!((least.margin, least.share_below), (1.0, 2.0 / 6.0));
    assert_eq!(Margins::new([0.0, -1.0]).least(1.0, 0.0), None);
    assert_eq!(Margins::new([]).least(1.0, 0.0), None);
}

fn margin_bounds(bounds: ClassicalBounds) -> Vec<MarginBound> {
    [
        bounds.spectral_margin,
        bounds.pac_bayes_margin,
        bounds.effective_parameters,
    ]
    .into_iter()
    .map(Result::unwrap)
    .collect()
}

#[test]
fn scaling_two_layers_by_c_and_its_inverse_changes_no_bound() {
    let (layers, input) = ("conv:3:3 relu max:2 dense:6 relu dense:3", size(1, 8, 8));
    let weights = random_weights(layers, input, 3);
    let first = model(layers, input, weights.clone());
    let examples = examples_of(&first, 60, 3);
    let scales = [8.0, 0.5, 0.25];
    let scaled = weights.iter().zip(scales).map(|(tensor, scale)| {
        let tensor = tensor.iter().map(|weight| weight * scale);
        tensor.collect::<Vec<f32>>()
    });
    let second = model(layers, input, scaled.collect());
    let before = margin_bounds(bounds(&first, &examples));
    let after = margin_bounds(bounds(&second, &examples));
    for (one, other) in before.iter().zip(&after) {
        close(other.least.value, one.least.value);
        close(other.least.margin, one.least.margin);
    }
    // All logits four times as large: norms and margins grow alike, and no bound changes but for
    // the logarithm that Neyshabur et al. add to the norms.
    let larger: Vec<Vec<f32>> = [
        weights[..2].to_vec(),
        vec![weights[2].iter().map(|weight| 4.0 * weight).collect()],
    ]
    .concat();
    let third = margin_bounds(bounds(&model(layers, input, larger), &examples));
    close(third[0].least.value, before[0].least.value);
    close(third[0].least.margin, 4.0 * before[0].least.margin);
    close(third[2].least.value, before[2].least.value);
    assert!(third[1].least.value <= before[1].least.value);
}

#[test]
fn a_layer_normalisation_without_biases_behind_it_is_the_subtraction_of_a_mean() {
    let (layers, input) = ("dense:4 norm relu dense:2", size(1, 4, 4));
    let weights = random_weights(layers, input, 5);
    let normalised = model(layers, input, weights.clone());
    // The mean of each column of the matrix taken out of it.
    let mut centred = weights.clone();
    for column in 0..16 {
        let mean = (0..4).map(|row| weights[0][16 * row + column]).sum::<f32>() / 4.0;
        (0..4).for_each(|row| centred[0][16 * row + column] -= mean);
    }
    let centred = model("dense:4 relu dense:2", input, centred);
    let examples = examples_of(&normalised, 40, 5);
    let evaluators = [&normalised, &centred].map(Evaluator::new);
    let decisions = evaluators.map(|evaluator| evaluator.decisions(&examples).unwrap());
    assert_eq!(decisions[0], decisions[1]);
    let [one, other] = [&normalised, &centred].map(|model| bounds(model, &examples));
    let [one_margin, other_margin] =
        [&one, &other].map(|bounds| bounds.spectral_margin.clone().unwrap().least);
    close(one_margin.margin, other_margin.margin);
    assert_eq!(one_margin.share_below, other_margin.share_below);
    assert_eq!(one.vc_dimension, other.vc_dimension);
    let biased = model(
        "dense:4 norm relu dense:2:b",
        input,
        [weights, vec![vec![1.0, -1.0]]].concat(),
    );
    let bounds = bounds(&biased, &examples);
    assert_eq!(bounds.vc_dimension, Err(NoBound::Normalisation));
    assert_eq!(bounds.spectral_margin, Err(NoBound::Normalisation));
}

#[test]
fn a_batch_normalisation_is_a_part_of_the_layer_before_it() {
    let input = size(1, 4, 4);
    let kernel: Vec<f32> = (1..=18).map(|weight| weight as f32 / 16.0 - 0.5).collect();
    let dense = random_weights("conv:2:3 relu dense:2", input, 6)[1].clone();
    let scaled = kernel.iter().enumerate();
    let scaled = scaled.map(|(place, weight)| weight * [2.0, -0.5][place / 9]);
    let folded = model(
        "conv:2:3:b relu dense:2",
        input,
        vec![scaled.collect(), vec![0.25, 1.0], dense.clone()],
    );
    let normalised = model(
        "conv:2:3 bn relu dense:2",
        input,
        vec![kernel, vec![2.0, -0.5], vec![0.25, 1.0], dense],
    );
    let examples = examples_of(&folded, 30, 6);
    let [one, other] = [&folded, &normalised].map(|model| bounds(model, &examples));
    assert_eq!(one.vc_dimension, other.vc_dimension);
    for (one, other) in margin_bounds(one).iter().zip(margin_bounds(other)) {
        close(one.least.value, other.least.value);
    }
}

#[test]
fn what_stands_before_the_first_weight_belongs_to_the_example() {
    let layers = "upright oriented:4 relu norm avg:2 dense:3";
    let weights = random_weights(layers, size(1, 8, 8), 7);
    let network = model(layers, size(1, 8, 8), weights.clone());
    let bounds = bounds(&network, &examples_of(&network, 30, 7));
    let map = LinearMap::dense(&weights[0], 64);
    close(bounds.spectral_margin.unwrap().complexity, map.row_norms());
    close(bounds.pac_bayes_margin.unwrap().complexity, map.frobenius());
    assert!(bounds.vc_dimension.is_ok());
}

#[test]
fn a_sum_of_branches_is_no_chain_but_has_a_vc_dimension() {
    let (layers, input) = ("conv:2:3 ( relu conv:2:3 ) relu gap dense:2", size(1, 6, 6));
    let network = model(layers, input, random_weights(layers, input, 8));
    let bounds = bounds(&network, &examples_of(&network, 20, 8));
    assert_eq!(bounds.spectral_margin, Err(NoBound::ResidualSum));
    assert_eq!(bounds.pac_bayes_margin, Err(NoBound::ResidualSum));
    assert_eq!(bounds.effective_parameters, Err(NoBound::ResidualSum));
    // ReLUs of 2 x 6 x 6 numbers: of degree 1 in 18 weights, of degree 2 in 54; then the logits.
    let by_hand = PiecewisePolynomial::new(vec![
        Comparisons {
            count: 72,
            degree: 1,
            parameters: 18,
        },
        Comparisons {
            count: 72,
            degree: 2,
            parameters: 54,
        },
        Comparisons {
            count: 1,
            degree: 3,
            parameters: 58,
        },
    ]);
    let dimension = bounds.vc_dimension.unwrap().dimension;
    assert_eq!(dimension, by_hand.unwrap().dimension());
}

#[test]
fn relu6_has_lipschitz_bounds_but_none_that_scales() {
    let (layers, input) = ("dense:4 relu6 dense:2", size(1, 2, 2));
    let network = model(layers, input, random_weights(layers, input, 9));
    let bounds = bounds(&network, &examples_of(&network, 20, 9));
    assert!(bounds.spectral_margin.is_ok());
    assert_eq!(bounds.pac_bayes_margin, Err(NoBound::NotHomogeneous));
    assert_eq!(bounds.effective_parameters, Err(NoBound::NotHomogeneous));
}

#[test]
fn without_examples_with_wrong_labels_and_without_memory_there_are_no_margins() {
    let (model, examples) = two_two_two();
    let risk = EmpiricalRisk::new(0, 2).unwrap();
    let all = |examples, limit| ClassicalBounds::new(&model, risk, examples, delta(), limit);
    let bounds = all(None, MemoryLimit::NONE).unwrap();
    assert_eq!(bounds.spectral_margin, Err(NoBound::NoExamples));
    assert!(bounds.vc_dimension.is_ok());
    let wrong = LabelledImages::new(size(1, 1, 2), 2, 2, vec![1, 0, 0, 1], vec![1, 0]).unwrap();
    let bounds = all(Some(&wrong), MemoryLimit::NONE).unwrap();
    assert_eq!(bounds.spectral_margin, Err(NoBound::NoMargin));
    let bounds = all(Some(&examples), MemoryLimit::megabytes(0)).unwrap();
    assert!(matches!(bounds.spectral_margin, Err(NoBound::Memory(_))));
    let other = LabelledImages::new(size(1, 1, 1), 2, 2, vec![1, 0], vec![1, 0]).unwrap();
    assert!(all(Some(&other), MemoryLimit::NONE).is_err());
}

/// A convolution, the size of what it reads, and weights for it.
fn convolutions() -> impl Strategy<Value = (Convolution, ImageSize, u64)> {
    let numbers = (1..3usize, 1..3usize, 1..3usize, 1..4usize, 1..3usize);
    let rest = (0..3usize, any::<bool>(), 4..7usize, 4..7usize, any::<u64>());
    (numbers, rest).prop_map(|(numbers, rest)| {
        let (groups, read, made, kernel, stride) = numbers;
        let (padding, is_same, height, width, seed) = rest;
        let padding = match is_same {
            true => Padding::Same,
            false => Padding::Each(padding.min(kernel)),
        };
        let convolution = Convolution {
            channels: groups * made,
            kernel,
            stride,
            padding,
            groups,
            bias: false,
        };
        (convolution, size(groups * read, height, width), seed)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_convolution_as_a_matrix_computes_what_the_network_does_and_its_transpose_is_adjoint(
        (convolution, input, seed) in convolutions(),
    ) {
        let layers = Architecture::new(input, vec![Layer::Convolution(convolution)]);
        prop_assume!(layers.is_ok());
        let layers = layers.unwrap();
        let after = layers.output();
        let text = layers.to_string();
        let weights = random_weights(&text, input, seed);
        let map = LinearMap::convolution(&convolution, input, after, &weights[0]);
        prop_assert_eq!((map.inputs(), map.outputs()), (input.features(), after.features()));

        let mut random = stream(seed, "tests/classical", 1, "pixels");
        let pixels: Vec<u8> = (0..input.features()).map(|_| random.random_range(0..=8)).collect();
        let image = LabelledImages::new(input, 9, after.features(), pixels.clone(), vec![0]);
        let network = model(&text, input, weights);
        let logits = Evaluator::new(&network).logits(&image.unwrap()).unwrap();
        let x: Vec<[f64; 1]> = pixels.iter().map(|&pixel| [f64::from(pixel) / 8.0]).collect();
        let made = map.apply(&x);
        for (made, logit) in made.iter().zip(&logits[0]) {
            prop_assert!((made[0] - f64::from(*logit)).abs() < 1e-4);
        }

        let y: Vec<f64> = (0..after.features()).map(|_| random.random_range(-1.0..1.0)).collect();
        let forward: f64 = made.iter().zip(&y).map(|(made, y)| made[0] * y).sum();
        let back = map.apply_transposed(&y);
        let backward: f64 = back.iter().zip(&x).map(|(back, x)| back * x[0]).sum();
        prop_assert!((forward - backward).abs() < 1e-9, "{} {}", forward, backward);

        // Between the largest row and the Frobenius norm.
        let norm = map.spectral_norm();
        prop_assert!(norm <= map.frobenius() * (1.0 + 1e-9));
        prop_assert!(norm * (map.outputs() as f64).sqrt() >= map.frobenius() * (1.0 - 1e-3));
    }
}
