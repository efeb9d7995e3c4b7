//! No bytes of a stranger take more memory than 64 MB and 64 bytes for each of them: mutations of
//! the corpus of `fuzz/`, and files that are made to ask for more. Every allocation is counted.
#![cfg(all(feature = "lab", feature = "photographs", feature = "train"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../fuzz/inputs.rs"]
mod inputs;
#[allow(dead_code)]
mod models;
mod mutations;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use inputs::{Input, INPUTS};
use models::Noise;
use mutations::{corpus, mutated};
use nonvacuous::code::{Architecture, CodeError, Codebook, CodedTensor, Model, Subspace};
use nonvacuous::compress::Recipe;
use nonvacuous::data::{DataError, Framing};
use nonvacuous::evaluate::Evaluator;
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::memory_limit::MemoryLimit;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Allocations are those of the whole process: one measurement at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The most memory that something takes, in bytes; and how long.
fn cost<T>(task: impl FnOnce() -> T) -> (T, u64, Duration) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let start = Instant::now();
    let result = task();
    let time = start.elapsed();
    let most = MEMORY.peak_usage().saturating_sub(before);
    (result, most as u64, time)
}

fn assert_bounded(what: &str, memory: u64, bytes: usize) {
    let limit = MemoryLimit::of_file(bytes);
    assert!(
        limit.check(memory).is_ok(),
        "{what}: {memory} bytes of memory for {bytes}"
    );
}

/// Largest memory and time over so many mutations of the corpus of each input.
fn mutations_are_bounded(inputs: &[Input], count: usize) {
    let _alone = alone();
    for &(name, read) in inputs {
        // What is made once and stays, such as tables.
        let files = corpus(name);
        files.iter().for_each(|(_, file)| read(file));
        let mut noise = Noise::new(2);
        let (mut largest, mut longest) = (0, Duration::ZERO);
        for _ in 0..count {
            let any = |noise: &mut Noise| &files[noise.below(files.len() as u64) as usize].1;
            let (file, other) = (any(&mut noise), any(&mut noise));
            let bytes = mutated(file, other, &mut noise);
            let ((), memory, time) = cost(|| read(&bytes));
            assert_bounded(name, memory, bytes.len());
            (largest, longest) = (largest.max(memory), longest.max(time));
        }
        println!("{name}: {count} files, at most {largest} bytes and {longest:.1?}");
    }
}

#[test]
fn mutated_files_of_every_kind_take_little_memory() {
    mutations_are_bounded(&INPUTS, 300);
}

#[test]
#[ignore = "minutes: 100,000 mutated files of each kind"]
fn a_hundred_thousand_mutated_files_of_every_kind_take_little_memory() {
    mutations_are_bounded(&INPUTS, 100_000);
}

#[test]
fn thousands_of_mutated_pytorch_files_take_little_memory() {
    mutations_are_bounded(&[("pytorch", inputs::pytorch)], 3_000);
}

#[test]
#[ignore = "minutes: 100,000 mutated files"]
fn a_hundred_thousand_mutated_pytorch_files_take_little_memory() {
    mutations_are_bounded(&[("pytorch", inputs::pytorch)], 100_000);
}

/// A file of PyTorch's before 1.6 with this pickle, and one storage of one number, called `0`.
fn stream(pickle: &[u8]) -> Vec<u8> {
    let mut file = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.".to_vec();
    file.extend(b"\x80\x02M\xe9\x03.");
    file.extend(b"\x80\x02}U\x0dlittle_endian\x88s.");
    file.extend(b"\x80\x02");
    file.extend(pickle);
    file.extend(b".\x80\x02]U\x010a.");
    file.extend(1u64.to_le_bytes());
    file.extend(1f32.to_le_bytes());
    file
}

/// A tensor of these sizes, whose strides are 0.
fn repeated(sizes: &[u8]) -> Vec<u8> {
    let strides = b"K\0".repeat(sizes.len() / 5);
    [
        b"ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\n\
          U\x010U\x03cpuK\x01tQ",
        &b"K\0("[..],
        sizes,
        b"t(",
        &strides,
        b"ttR",
    ]
    .concat()
}

#[test]
fn pickles_that_ask_for_more_than_they_have_are_refused() {
    let _alone = alone();
    let entry = |tensor: &[u8]| [b"}U\x01a", tensor, b"s"].concat();
    let number = |number: u32| [b"J", &number.to_le_bytes()[..]].concat();
    let [small, large] = [1_000, 1 << 30].map(number);
    // Each is a dictionary with a thousand times the one before it.
    let mut nested = entry(&repeated(&small));
    for level in 0..20u8 {
        let again = [b"U\x01a", &b"h"[..], &[level]].concat();
        nested.extend([b"q", &[level][..], b"0}(", &again.repeat(1_000), b"u"].concat());
    }
    let many: Vec<u8> = (0..100_000u32)
        .flat_map(|name| [b"X\x08\0\0\0", format!("{name:08}").as_bytes(), b"h\0"].concat())
        .collect();
    let long = [b"X\x40\x42\x0f\0", &b"k".repeat(1_000_000)[..]].concat();
    let cases: [(&str, Vec<u8>); 9] = [
        ("a small tensor", entry(&repeated(&small))),
        ("a large tensor", entry(&repeated(&large))),
        (
            "a product beyond 64 bits",
            entry(&repeated(&large.repeat(7))),
        ),
        ("a dictionary in itself", b"}q\0U\x01ah\0s".to_vec()),
        ("dictionaries in dictionaries", nested),
        ("a million objects", b"N".repeat(1_000_000)),
        ("a million lists", b"]".repeat(1_000_000)),
        (
            "many of one tensor",
            [&repeated(&small)[..], b"q\0}(", &many, b"u"].concat(),
        ),
        (
            "a long name",
            [b"}", &long[..], &repeated(&small), b"s"].concat(),
        ),
    ];
    for (what, pickle) in cases {
        let file = stream(&pickle);
        let ((), memory, time) = cost(|| inputs::pytorch(&file));
        println!(
            "{what}: {} bytes of file, {memory} of memory, {time:.1?}",
            file.len()
        );
        assert_bounded(what, memory, file.len());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.pt");
    let open = |pickle: &[u8]| {
        std::fs::write(&path, stream(pickle)).unwrap();
        nonvacuous::network::pytorch::PyTorchFile::open(&path)
    };
    let mut file = open(&entry(&repeated(&small))).unwrap();
    assert_eq!(file.read("a").unwrap(), [1.0; 1_000]);
    let refusal = open(&entry(&repeated(&large))).unwrap_err().to_string();
    assert!(refusal.contains("repeat their numbers"), "{refusal}");
}

fn input(channels: usize, side: usize) -> ImageSize {
    ImageSize {
        channels,
        height: side,
        width: side,
    }
}

/// A model of one codebook; tensor after tensor, how many symbols it has and whether they are
/// coordinates of a subspace, or no symbols for zeros alone.
fn file(layers: &str, input: ImageSize, tensors: Vec<CodedTensor>, values: &[&[f32]]) -> Vec<u8> {
    let architecture = Architecture::parse(layers, input).unwrap();
    let codebooks = values.iter().map(|values| match values {
        [] => Codebook::EMPTY,
        values => Codebook::exact(values.to_vec()).unwrap(),
    });
    let model = Model::new(architecture, codebooks.collect(), tensors).unwrap();
    model.encode().unwrap()
}

/// Coordinates of a subspace that take a bit each.
fn coordinates(count: usize) -> Vec<u8> {
    let mut noise = Noise::new(4);
    (0..count).map(|_| 1 + noise.below(2) as u8).collect()
}

/// The refusal of a model file, and that it takes little memory and names another limit.
fn refused(what: &str, file: &[u8]) -> CodeError {
    let (refusal, memory, _) = cost(|| Model::decode(file).map(|_| ()).unwrap_err());
    assert_bounded(what, memory, file.len());
    let text = nonvacuous::causes::with_causes(&refusal);
    assert!(text.contains("--limit"), "{what}: {text}");
    refusal
}

#[test]
fn weights_that_a_short_file_gives_all_the_same_value_are_refused() {
    let _alone = alone();
    // 5,898,240 weights of a subspace of 1,000 coordinates: 12 bytes each for an evaluator.
    let coordinates = coordinates(1_000);
    let subspace = Subspace::new(1, 1).unwrap();
    let tensors = vec![CodedTensor::in_subspace(0, coordinates, subspace)];
    let file = file("dense:1440", input(1, 64), tensors, &[&[-1.0, 1.0]]);
    assert!(file.len() < 200, "{}", file.len());
    let refusal = refused("equal weights", &file);
    assert!(matches!(refusal, CodeError::TooMuchMemory(_)), "{refusal}");
    // Whoever allows it gets what it is.
    let (model, memory, _) = cost(|| Model::decode_within(&file, MemoryLimit::megabytes(200)));
    assert!(model.is_ok() && memory < 200_000_000);
    let (_, memory, _) = cost(|| Evaluator::new(&model.unwrap()));
    assert!(memory < 200_000_000, "{memory}");
}

#[test]
fn many_zeros_are_refused_before_there_is_room_for_them() {
    let _alone = alone();
    // 100,000,000 zeros, which take no bit; and as many bytes of others as the format asks for.
    let mut noise = Noise::new(3);
    let values: Vec<f32> = (1..=255).map(|value| value as f32).collect();
    let random = (0..2_000).map(|_| noise.below(256) as u8).collect();
    let tensors = vec![
        CodedTensor::new(0, vec![0; 100 * 100 * 10_000]),
        CodedTensor::new(1, vec![0; 10_000 * 2]),
        CodedTensor::new(2, random),
    ];
    let file = file(
        "dense:10000 dense:2 dense:1000",
        input(1, 100),
        tensors,
        &[&[], &[1.0], &values],
    );
    assert!(matches!(
        refused("zeros", &file),
        CodeError::TooMuchMemory(_)
    ));
}

#[test]
fn numbers_between_layers_are_refused_before_they_are_computed() {
    let _alone = alone();
    // 16,777,216 numbers an example.
    let tensors = vec![
        CodedTensor::new(0, vec![1; 4096]),
        CodedTensor::new(0, vec![1; 2 * 4096]),
    ];
    let file = file("conv:4096:1 gap dense:2", input(1, 64), tensors, &[&[1.0]]);
    assert!(matches!(
        refused("wide", &file),
        CodeError::TooMuchMemory(_)
    ));
}

#[test]
fn work_without_end_is_refused() {
    let _alone = alone();
    // 500 convolutions of 16 x 16 channels on 96 x 96 places: 10^10 operations an example.
    let layers = format!("conv:16:3 {}gap dense:2", "conv:16:3 ".repeat(499));
    let architecture = Architecture::parse(&layers, input(1, 96)).unwrap();
    let lengths = architecture.tensors().into_iter().map(|shape| shape.len());
    let tensors = lengths.map(|length| CodedTensor::new(0, vec![1; length]));
    let file = file(&layers, input(1, 96), tensors.collect(), &[&[1.0]]);
    let refusal = refused("deep", &file);
    assert!(
        matches!(refusal, CodeError::TooMuchWork { .. }),
        "{refusal}"
    );
}

#[test]
fn what_is_accepted_is_evaluated_within_the_limit() {
    let _alone = alone();
    let data = nonvacuous::data::digits()
        .unwrap()
        .train
        .slice(0..64)
        .unwrap();
    // Nearly all that a short file may have: 262,144 numbers and 2,000,000 weights.
    let subspace = Subspace::new(1, 1).unwrap();
    let coordinates = coordinates(1_000);
    let tensors = vec![
        CodedTensor::new(0, vec![1; 1000]),
        CodedTensor::in_subspace(0, coordinates.clone(), subspace),
        CodedTensor::in_subspace(0, coordinates, subspace),
    ];
    let layers = "conv:1000:1 max:2 dense:100 dense:10";
    let file = file(layers, input(1, 8), tensors, &[&[-1.0, 1.0]]);
    let evaluate = || {
        let model = Model::decode(&file).unwrap();
        Evaluator::new(&model).errors(&data).unwrap()
    };
    let one_thread = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    one_thread.install(evaluate);
    let (_, memory, _) = cost(|| one_thread.install(evaluate));
    assert_bounded("evaluation", memory, file.len());
}

#[test]
fn a_picture_of_one_colour_is_refused_before_it_is_decoded() {
    let _alone = alone();
    let framing = Framing::new(256, 224).unwrap();
    for (width, height) in [(65_000, 1), (1, 65_000), (6_000, 6_000), (65_000, 1_000)] {
        let mut file = Vec::new();
        let grey = image::GrayImage::from_pixel(width, height, image::Luma([128]));
        image::codecs::jpeg::JpegEncoder::new(&mut file)
            .encode_image(&grey)
            .unwrap();
        drop(grey);
        let (pixels, memory, _) = cost(|| framing.pixels(&file));
        assert_bounded("photograph", memory, file.len());
        match pixels {
            Ok(pixels) => assert_eq!(pixels.len(), 3 * 224 * 224),
            Err(DataError::PhotographTooLarge { .. }) => assert!(width.min(height) > 1),
            Err(other) => panic!("{width} x {height}: {other}"),
        }
    }
}

#[test]
fn text_that_is_nested_deeply_is_refused() {
    let _alone = alone();
    const DEPTH: usize = 200_000;
    let json = "[".repeat(DEPTH);
    let object = "{\"a\":".repeat(DEPTH);
    let toml = format!("a = {}", "[".repeat(DEPTH));
    let table = format!("[{}]", vec!["a"; DEPTH].join("."));
    let inline = format!("a = {}", "{a=".repeat(DEPTH));
    for text in [&json, &object, &toml, &table, &inline] {
        for (name, read) in INPUTS {
            if !["certificate", "recipe", "experiment", "safetensors"].contains(&name) {
                continue;
            }
            let bytes = if name == "safetensors" {
                let mut file = (text.len() as u64).to_le_bytes().to_vec();
                file.extend(text.as_bytes());
                file
            } else {
                text.as_bytes().to_vec()
            };
            let ((), memory, _) = cost(|| read(&bytes));
            assert_bounded(name, memory, bytes.len());
        }
    }
    assert!(Recipe::parse(&toml, input(1, 8), 10).is_err());
}

#[test]
fn headers_that_name_many_tensors_take_little_memory() {
    let _alone = alone();
    let (_, read) = *INPUTS
        .iter()
        .find(|(name, _)| *name == "safetensors")
        .unwrap();
    let many: Vec<String> = (0..100_000)
        .map(|name| {
            format!("\"{name}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}")
        })
        .collect();
    let zeros = vec!["0"; 500_000].join(",");
    let long = format!("\"a\":{{\"dtype\":\"F32\",\"shape\":[{zeros}],\"data_offsets\":[0,0]}}");
    for entries in [many.join(","), long] {
        let header = format!("{{{entries}}}");
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.as_bytes());
        let ((), memory, _) = cost(|| read(&file));
        assert_bounded("safetensors", memory, file.len());
    }
}
