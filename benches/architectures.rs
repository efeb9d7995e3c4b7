//! One line of `experiments/architectures/architectures.csv` for each network that
//! `experiments/architectures/export.py` has exported: `experiments/architectures/table.py` runs
//! this.
//!
//!     cargo bench --bench architectures -- FOLDER NAME...            what is read, and how exactly
//!     cargo bench --bench architectures -- --speed FOLDER NAME...    milliseconds an image
//!
//! Without `--speed` it writes `again.onnx`, the network that was read as ONNX, and `exact.npy`,
//! its logits, beside `net.onnx`.
#![allow(clippy::expect_used, missing_docs)]

use std::fs::File;
use std::path::Path;
use std::time::Instant;

use nonvacuous::causes::with_causes;
use nonvacuous::code::Structure;
use nonvacuous::evaluate::{Batch, Evaluator, Example};
use nonvacuous::network::{OnnxFile, OnnxNetwork, OnnxOptions, TrainedNetwork};
use npyz::{NpyFile, WriterBuilder};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Images that are evaluated together for their time.
const TOGETHER: usize = 16;

/// Tensors of so many weights have none where these do not matter.
const FEW: usize = 1 << 17;

/// How often that is measured.
const REPETITIONS: usize = 5;

fn numbers(path: &Path) -> Vec<f32> {
    let file = File::open(path).expect("a file that export.py writes");
    let numbers = NpyFile::new(file).expect("an array of numpy").into_vec();
    numbers.expect("numbers of single precision")
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_speed = arguments.iter().any(|argument| argument == "--speed");
    let mut names = arguments
        .iter()
        .filter(|argument| !argument.starts_with("--"));
    let root = names.next().expect("a folder of export.py");
    for name in names {
        let folder = Path::new(root).join(name);
        let network = OnnxNetwork::read(&folder.join("net.onnx"), &OnnxOptions::default());
        match network {
            Err(error) => {
                eprintln!("{name}: {}", with_causes(&error));
                println!("{name},,,no,,");
            }
            Ok(network) if is_speed => println!("{name},{:.2}", milliseconds(&network, &folder)),
            Ok(network) => println!("{name},{}", line(network, &folder)),
        }
    }
}

/// Images of whole levels.
fn levels(folder: &Path) -> Vec<u8> {
    let pixels = numbers(&folder.join("input.npy"));
    pixels
        .iter()
        .map(|pixel| (255.0 * pixel).round() as u8)
        .collect()
}

/// So many of the images, from the first on again and again.
fn batch<'a>(network: &OnnxNetwork, levels: &'a [u8], count: usize) -> Batch<'a> {
    let size = network.graph.input();
    let images = levels.chunks(size.features()).cycle().take(count);
    let examples = images.map(|image| Example::new(image, 0)).collect();
    Batch::new(size, 256, network.graph.classes(), examples)
}

fn logits(evaluator: &Evaluator, batch: &Batch<'_>) -> Vec<Vec<f32>> {
    let features = evaluator
        .features_of(batch, 0)
        .expect("images of that size");
    evaluator.logits_from(&features)
}

fn evaluator(network: &OnnxNetwork) -> Evaluator {
    Evaluator::of_graph(&network.graph, network.weights.clone())
}

/// Operators, parameters, whether it is read, the largest difference of a logit from that of
/// onnxruntime over the largest of its image, and the bits of the architecture.
fn line(network: OnnxNetwork, folder: &Path) -> String {
    let wanted = numbers(&folder.join("logits.npy"));
    let classes = network.graph.classes();
    let levels = levels(folder);
    let batch = batch(&network, &levels, wanted.len() / classes);
    let made = logits(&evaluator(&network), &batch);
    let mut difference = 0.0f64;
    for (made, wanted) in made.iter().zip(wanted.chunks(classes)) {
        let largest = wanted
            .iter()
            .fold(0.0f32, |most, logit| most.max(logit.abs()));
        for (made, wanted) in made.iter().zip(wanted) {
            difference = difference.max(f64::from((made - wanted).abs() / largest));
        }
    }
    write(folder, &network, &made.concat());
    let operators = network.graph.nodes().len();
    let parameters: usize = network.weights.iter().map(Vec::len).sum();
    let bits = architecture_bits(network);
    format!("{operators},{parameters},yes,{difference:.1e},{bits:.1}")
}

/// What onnxruntime is to compute from the network as it was read.
fn write(folder: &Path, network: &OnnxNetwork, logits: &[f32]) {
    let structure = Structure::from(network.graph.clone());
    let file = OnnxFile::new(&structure, &network.names).expect("operators that ONNX has");
    let create = |name: &str| File::create(folder.join(name)).expect("a folder to write into");
    let mut out = std::io::BufWriter::new(create("again.onnx"));
    let weights = |tensor: usize| network.weights[tensor].iter().copied();
    file.write(&mut out, weights).expect("a disk with room");
    let shape = [
        logits.len() as u64 / structure.classes() as u64,
        structure.classes() as u64,
    ];
    let mut array = npyz::WriteOptions::new()
        .default_dtype()
        .shape(&shape)
        .writer(create("exact.npy"))
        .begin_nd()
        .expect("a disk with room");
    array.extend(logits).expect("a disk with room");
    array.finish().expect("a disk with room");
}

/// The bits of the graph, or of the chain that it is, in a file.
fn architecture_bits(network: OnnxNetwork) -> f64 {
    // Weights are no part of it; but a file of nothing but zeros would be too short.
    let weights = network.weights.iter().map(|weights| match weights.len() {
        FEW.. => vec![0.0; weights.len()],
        _ => weights.iter().map(|weight| weight.signum()).collect(),
    });
    let network = TrainedNetwork::new(network.graph, weights.collect());
    let simplest = network
        .and_then(TrainedNetwork::simplest)
        .expect("weights that fit");
    let model = simplest.model().expect("weights of few values");
    let (_, allocation) = model.encode_with_allocation().expect("a file");
    allocation.architecture
}

/// Of the processor for an image, of several together, the least of some repetitions.
fn milliseconds(network: &OnnxNetwork, folder: &Path) -> f64 {
    let levels = levels(folder);
    let (evaluator, batch) = (evaluator(network), batch(network, &levels, TOGETHER));
    let times = (0..REPETITIONS).map(|_| {
        let start = Instant::now();
        logits(&evaluator, &batch);
        start.elapsed().as_secs_f64()
    });
    1000.0 * times.fold(f64::INFINITY, f64::min) / TOGETHER as f64
}
