//! Model files that someone has damaged: nothing panics, nothing verifies, memory stays small.
#![cfg(feature = "train")]
#![allow(clippy::unwrap_used)]

use std::fs;

use nonvacuous::bounds::FailureProbability;
use nonvacuous::certificate::{Certificate, Issue};
use nonvacuous::code::Model;
use nonvacuous::compress::{compress, recipes, Effort};
use nonvacuous::data::digits;
use nonvacuous::random::stream;
use nonvacuous::train::TrainingSet;
use rand::RngExt;

/// The most memory that this process has ever used, in KiB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn damaged_files_never_panic_never_verify_and_never_use_much_memory() {
    let data = digits().unwrap();
    let recipe = recipes(&data.train, Effort::Quick).unwrap().remove(0);
    let training_set = TrainingSet::new(&data.train, &candle_core::Device::Cpu).unwrap();
    let delta = FailureProbability::new(0.05).unwrap();
    let file = compress(&recipe, &data.train, &training_set, delta, 1, |_| {})
        .unwrap()
        .encode()
        .unwrap();
    let delta = FailureProbability::new(0.05).unwrap();
    let certificate = Issue::new(&file, &data, delta).run().unwrap();
    let holds_for = |file: &[u8]| {
        let claimed = Certificate::from_parts(certificate.claim().clone(), file.to_vec());
        claimed.verify(&data).unwrap().holds()
    };
    assert!(holds_for(&file));

    let mut random = stream(1, "hostile files", 0, "damage");
    let mut decoded = 0;
    for _ in 0..1000 {
        let mut flipped = file.clone();
        flipped[random.random_range(0..file.len())] ^= 1 << random.random_range(0..8);
        decoded += u32::from(Model::decode(&flipped).is_ok());
        assert!(!holds_for(&flipped));

        let truncated = &file[..random.random_range(0..file.len())];
        assert!(
            Model::decode(truncated).is_err(),
            "a file is never the beginning of another"
        );
        assert!(!holds_for(truncated));

        let length = random.random_range(0..200);
        let noise: Vec<u8> = (0..length).map(|_| random.random()).collect();
        // Anything but a panic.
        let _ = Model::decode(&noise);
    }
    println!("{decoded} of 1000 flipped files decode to another network");
    if let Some(peak) = peak_memory() {
        assert!(peak < 256 << 10, "{peak} KiB");
    }
}
