//! Size against error of EfficientNet-Lite0 without training, as CSV:
//! `cargo bench --bench budget -- [BYTES…] [--photographs N]`, with
//! `efficientnet_lite0.safetensors` and `imagenet-sample` in `$NONVACUOUS_DATA`.
//!
//! The network is calibrated on `N` photographs (500), without their labels; errors are counted on
//! these and on the others. The divergence `KL(p || q)` of the probabilities, in nats, from those
//! of the network before is a mean over the others, too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;
use std::time::Instant;

use nonvacuous::code::Architecture;
use nonvacuous::data::{Framing, ImageFolder};
use nonvacuous::evaluate::{Batch, Example, Loss};
use nonvacuous::network::{
    divergence, import, within_budget, Calibration, ImportOptions, TensorFile, TrainedNetwork,
};
use nonvacuous::shape::ImageSize;

/// Photographs for calibration, unless told otherwise.
const CALIBRATION: usize = 500;

/// Photographs at a time.
const PART: usize = 64;

/// Pixels as ImageNet's networks expect them.
const PIXELS: [f32; 6] = [
    -0.485 / 0.229,
    0.515 / 0.229,
    -0.456 / 0.224,
    0.544 / 0.224,
    -0.406 / 0.225,
    0.594 / 0.225,
];

/// Photographs, and what a network made of them before.
struct Photographs {
    parts: Vec<Batch<'static>>,
    logits: Vec<Vec<f32>>,
}

impl Photographs {
    fn new(
        folder: &ImageFolder,
        indices: &[usize],
        framing: Framing,
        network: &TrainedNetwork,
    ) -> Self {
        let parts = indices
            .chunks(PART)
            .map(|part| folder.batch(part, framing, None))
            .collect();
        let mut photographs = Self {
            parts,
            logits: Vec::new(),
        };
        photographs.logits = photographs.logits_of(network);
        photographs
    }

    fn logits_of(&self, network: &TrainedNetwork) -> Vec<Vec<f32>> {
        let evaluator = network.evaluator();
        self.parts
            .iter()
            .flat_map(|part| evaluator.logits_from(&evaluator.features_of(part, 0).unwrap()))
            .collect()
    }

    /// Errors, and the mean divergence.
    fn compare(&self, network: &TrainedNetwork) -> (usize, f64) {
        let logits = self.logits_of(network);
        let classes = self
            .parts
            .iter()
            .flat_map(Batch::examples)
            .map(Example::class);
        let is_wrong = |(logits, class): &(&Vec<f32>, Option<usize>)| {
            !class.is_some_and(|class| Loss::Top1.is_right(logits, class))
        };
        let errors = logits.iter().zip(classes).filter(is_wrong).count();
        let divergences = self
            .logits
            .iter()
            .zip(&logits)
            .map(|(before, after)| divergence(before, after));
        (errors, divergences.sum::<f64>() / logits.len() as f64)
    }
}

fn main() {
    let (mut budgets, mut count) = (Vec::new(), CALIBRATION);
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--photographs" => count = arguments.next().unwrap().parse().unwrap(),
            bytes => budgets.push(bytes.parse().unwrap()),
        }
    }
    let Some(data) = std::env::var_os("NONVACUOUS_DATA").map(PathBuf::from) else {
        return eprintln!("skipped: NONVACUOUS_DATA is not set");
    };
    let input = ImageSize {
        channels: 3,
        height: 224,
        width: 224,
    };
    let architecture = Architecture::named("efficientnet-lite0", input, 1000).unwrap();
    let mut file = TensorFile::open(&data.join("efficientnet_lite0.safetensors")).unwrap();
    let options = ImportOptions {
        pixels: PIXELS.to_vec(),
        ..ImportOptions::default()
    };
    let network = import(&mut file, &architecture, &options).unwrap();
    let folder = ImageFolder::open(&data.join("imagenet-sample")).unwrap();
    let framing = Framing::usual(input).unwrap();
    let calibration = folder.spread(count);
    let others: Vec<usize> = (0..folder.len())
        .filter(|index| !calibration.contains(index))
        .collect();
    let images = folder.batch(&calibration, framing, None);
    let [calibration, others] =
        [calibration, others].map(|indices| Photographs::new(&folder, &indices, framing, &network));

    println!(
        "budget,bytes,calibration_errors,calibration_photographs,other_errors,\
         other_photographs,other_divergence,seconds"
    );
    let print = |budget: usize, bytes: usize, network: &TrainedNetwork, seconds: f64| {
        let (calibration, (errors, divergence)) =
            (calibration.compare(network), others.compare(network));
        let counts = format!(
            "{},{count},{errors},{}",
            calibration.0,
            folder.len() - count
        );
        println!("{budget},{bytes},{counts},{divergence:.5},{seconds:.0}");
    };
    let start = Instant::now();
    let measured = Calibration::measured(&network, &images, || {}).unwrap();
    eprintln!("calibration takes {:.0} s", start.elapsed().as_secs_f64());
    for budget in budgets {
        let start = Instant::now();
        let (network, file) = within_budget(&network, Some(&measured), budget).unwrap();
        print(budget, file.len(), &network, start.elapsed().as_secs_f64());
    }
    print(
        0,
        4 * architecture.weights().unwrap() as usize,
        &network,
        0.0,
    );
}
