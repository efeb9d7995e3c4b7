//! Size against error of EfficientNet-Lite0 without training, as CSV:
//! `cargo bench --bench budget -- [BYTES…]`, with `efficientnet_lite0.safetensors` and `imagenet-sample` in `$NONVACUOUS_DATA`.
//!
//! Means are corrected on 64 photographs, and sensitivities measured on 16, without their labels; errors are counted on the 64 and on the
//! other 936.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;
use std::time::Instant;

use nonvacuous::code::{Architecture, ImageSize};
use nonvacuous::compress::safetensors::SafetensorsFile;
use nonvacuous::compress::{import, within_budget, ImportOptions, Sensitivities, TrainedNetwork};
use nonvacuous::data::{Framing, ImageFolder};
use nonvacuous::nets::{Evaluator, Loss};

const CALIBRATION: usize = 64;

const MEASURED: usize = 16;

/// Pixels as ImageNet's networks expect them.
const PIXELS: [f32; 6] = [-0.485 / 0.229, 0.515 / 0.229, -0.456 / 0.224, 0.544 / 0.224, -0.406 / 0.225, 0.594 / 0.225];

/// Errors of a network on the calibration photographs and on the others.
fn errors(network: &TrainedNetwork, folder: &ImageFolder, framing: Framing) -> [usize; 2] {
    let evaluator = Evaluator::of(&network.architecture, network.weights.clone());
    let calibration = folder.spread(CALIBRATION);
    let others: Vec<usize> = (0..folder.len()).filter(|index| !calibration.contains(index)).collect();
    [calibration, others].map(|indices| {
        let parts = indices.chunks(CALIBRATION);
        let wrong = parts.flat_map(|part| evaluator.wrong(&folder.batch(part, framing, None), Loss::Top1).unwrap());
        wrong.filter(|wrong| *wrong).count()
    })
}

fn main() {
    let budgets: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let Some(data) = std::env::var_os("NONVACUOUS_DATA").map(PathBuf::from) else {
        return eprintln!("skipped: NONVACUOUS_DATA is not set");
    };
    let input = ImageSize { channels: 3, height: 224, width: 224 };
    let architecture = Architecture::named("efficientnet-lite0", input, 1000).unwrap();
    let mut file = SafetensorsFile::open(&data.join("efficientnet_lite0.safetensors")).unwrap();
    let options = ImportOptions { pixels: PIXELS.to_vec(), ..ImportOptions::default() };
    let network = import(&mut file, &architecture, &options).unwrap();
    let folder = ImageFolder::open(&data.join("imagenet-sample")).unwrap();
    let framing = Framing::usual(input).unwrap();
    let [measured, images] = [MEASURED, CALIBRATION].map(|count| folder.batch(&folder.spread(count), framing, None));

    println!("budget,bytes,calibration_errors,calibration_photographs,other_errors,other_photographs,seconds");
    let print = |budget: usize, bytes: usize, network: &TrainedNetwork, seconds: f64| {
        let [calibration, others] = errors(network, &folder, framing);
        println!("{budget},{bytes},{calibration},{CALIBRATION},{others},{},{seconds:.0}", folder.len() - CALIBRATION);
    };
    let start = Instant::now();
    let sensitivities = Sensitivities::measured(&network, &measured, || {}).unwrap();
    eprintln!("measuring sensitivities takes {:.0} s", start.elapsed().as_secs_f64());
    for budget in budgets {
        let start = Instant::now();
        let (network, file) = within_budget(&network, Some(&sensitivities), Some(&images), budget).unwrap();
        print(budget, file.len(), &network, start.elapsed().as_secs_f64());
    }
    print(0, 4 * architecture.weights().unwrap() as usize, &network, 0.0);
}
