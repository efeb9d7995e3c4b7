//! Training uses no more memory in its hundredth pass than in its first.
#![cfg(all(feature = "train", target_os = "linux"))]
#![allow(clippy::unwrap_used)]

use std::time::Instant;

use candle_core::Device;
use nonvacuous::code::Architecture;
use nonvacuous::data::LabelledImages;
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use nonvacuous::train::{FreeWeights, Network, Schedule, Trainer, TrainingSet};
use rand::RngExt;

/// The most memory this process has ever used, in KiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Peaks after a tenth of the passes over some images, and after all.
fn peaks(images: usize, passes: usize) -> [u64; 2] {
    let shape = ImageSize {
        channels: 1,
        height: 28,
        width: 28,
    };
    let mut random = stream(1, "memory", 0, "images");
    let pixels = (0..images * shape.features())
        .map(|_| random.random())
        .collect();
    let labels = (0..images).map(|_| random.random_range(0..10)).collect();
    let data = LabelledImages::new(shape, 256, 10, pixels, labels).unwrap();
    let set = TrainingSet::new(&data, &Device::Cpu).unwrap();
    let network = Network::new(Architecture::named("lenet5", shape, 10).unwrap());
    let mut weights =
        FreeWeights::new(&network, stream(1, "memory", 0, "weights"), &Device::Cpu).unwrap();
    let schedule = Schedule {
        epochs: passes,
        batch: 128,
        learning_rate: 0.001,
    };
    let mut trainer = Trainer::new(
        &network,
        &weights,
        &set,
        schedule,
        stream(1, "memory", 0, "order"),
    )
    .unwrap();
    let start = Instant::now();
    let mut early = 0;
    while !trainer.is_done() {
        trainer.epoch(&mut weights).unwrap();
        if trainer.epochs() == passes.div_ceil(10) {
            early = peak_memory();
            println!(
                "{} passes over {images} images, {:.1?}: {early} KiB",
                trainer.epochs(),
                start.elapsed()
            );
        }
    }
    println!(
        "{passes} passes over {images} images, {:.1?}: {} KiB",
        start.elapsed(),
        peak_memory()
    );
    [early, peak_memory()]
}

#[test]
fn the_memory_of_lenet_5_does_not_grow_over_100_passes() {
    let [early, late] = peaks(128, 100);
    assert!(late <= early + early / 20, "{early} KiB, then {late} KiB");
}

#[test]
#[ignore = "minutes: 100 passes over 6,000 images"]
fn the_memory_of_lenet_5_does_not_grow_over_100_passes_over_6000_images() {
    let [early, late] = peaks(6000, 100);
    assert!(late <= early + early / 20, "{early} KiB, then {late} KiB");
}
