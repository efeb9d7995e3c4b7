//! Networks within a budget of bytes.
#![allow(clippy::unwrap_used)]

use nonvacuous::data::digits;
use nonvacuous::evaluate::{Batch, Example, Examples};
use nonvacuous::network::{
    budget_steps, divergence, within_budget, within_budget_reporting, Calibration, TrainedNetwork,
};
use random_network::random_network;
use rayon::ThreadPoolBuilder;

#[allow(dead_code, reason = "files of them are written elsewhere")]
mod random_network;

/// A depthwise convolution between two others, each with its batch normalisation, as in MobileNet.
const LAYERS: &str =
    "conv:16:3:same bn relu6 dwconv:3:same bn relu6 conv:24:1 bn relu gap dense:10";

const BUDGET: usize = 700;

fn network() -> TrainedNetwork {
    random_network("budget", LAYERS, digits().unwrap().train.shape())
}

fn images(from: usize) -> Batch<'static> {
    let data = digits().unwrap().train;
    let indices: Vec<usize> = (from..from + 100).collect();
    let batch = data.batch(&indices);
    let examples = batch.examples().iter().cloned().map(Example::into_owned);
    Batch::new(batch.shape(), batch.levels(), 10, examples.collect())
}

/// The mean divergence on images that were not used.
fn mean_divergence(quantised: &TrainedNetwork) -> f64 {
    let images = images(500);
    let [before, after] = [&network(), quantised].map(|network| {
        let evaluator = network.evaluator();
        evaluator.logits_from(&evaluator.features_of(&images, 0).unwrap())
    });
    let pairs = before.iter().zip(&after);
    pairs
        .map(|(before, after)| divergence(before, after))
        .sum::<f64>()
        / before.len() as f64
}

#[test]
fn measured_on_images_the_same_budget_keeps_more_of_the_function() {
    let network = network();
    let (relative, file) = within_budget(&network, None, BUDGET).unwrap();
    let measured = Calibration::measured(&network, &images(0), || {}).unwrap();
    let (calibrated, other) = within_budget(&network, Some(&measured), BUDGET).unwrap();
    for file in [&file, &other] {
        assert!(
            (BUDGET * 8 / 10..=BUDGET).contains(&file.len()),
            "{}",
            file.len()
        );
    }
    let [relative, calibrated] = [relative, calibrated].map(|it| mean_divergence(&it));
    assert!(calibrated < 0.5 * relative, "{calibrated} {relative}");
}

#[test]
fn the_file_is_the_same_whatever_the_number_of_threads() {
    let file = |threads: usize| {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let network = network();
            let measured = Calibration::measured(&network, &images(0), || {}).unwrap();
            within_budget(&network, Some(&measured), BUDGET).unwrap().1
        })
    };
    assert_eq!(file(1), file(3));
}

#[test]
fn steps_are_reported_and_no_more_of_them_than_was_said() {
    let network = network();
    let mut steps = 0;
    let measured = Calibration::measured(&network, &images(0), || steps += 1).unwrap();
    assert_eq!(steps, Calibration::steps(&network, &images(0)));
    let mut steps = 0;
    within_budget_reporting(&network, Some(&measured), BUDGET, &mut || steps += 1).unwrap();
    assert!((1..=budget_steps(&network)).contains(&steps), "{steps}");
}
