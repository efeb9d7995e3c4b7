//! Files with other bytes of the same length, which are read much further than cut ones.

use nonvacuous::network::{OnnxNetwork, OnnxOptions};

use crate::models::Noise;
use crate::mutations::corpus;

/// One to eight bytes become others: near ones, or any.
fn mutated(file: &[u8], noise: &mut Noise) -> Vec<u8> {
    let mut file = file.to_vec();
    for _ in 0..=noise.below(8) {
        let place = noise.below(file.len() as u64) as usize;
        file[place] = match noise.below(3) {
            0 => noise.below(256) as u8,
            1 => file[place].wrapping_add(1),
            _ => file[place].wrapping_sub(1),
        };
    }
    file
}

/// How many of so many files are networks; the others are refused.
fn read(count: usize) -> usize {
    let files = corpus("onnx");
    let mut noise = Noise::new(3);
    let mut accepted = 0;
    for _ in 0..count {
        let (_, file) = &files[noise.below(files.len() as u64) as usize];
        let bytes = mutated(file, &mut noise);
        match OnnxNetwork::decode(&bytes, &OnnxOptions::default()) {
            Ok(network) => {
                accepted += 1;
                let lengths = network.weights.iter().map(Vec::len);
                let tensors = network.graph.tensors();
                assert!(lengths.eq(tensors.iter().map(|shape| shape.len())));
            }
            Err(error) => assert!(!nonvacuous::causes::with_causes(&error).is_empty()),
        }
    }
    accepted
}

#[test]
fn changed_files_are_networks_or_refused() {
    let accepted = read(2_000);
    assert!((50..1_800).contains(&accepted), "{accepted}");
}

#[test]
#[ignore = "a minute: 100,000 changed files"]
fn a_hundred_thousand_changed_files_are_networks_or_refused() {
    println!("{} of 100,000 are networks", read(100_000));
}
