//! Model files that someone has damaged: nothing panics, nothing is accepted that the encoder does
//! not write, memory stays small.
#![allow(clippy::unwrap_used)]

mod models;

use models::{every_kind, Noise};
use nonvacuous::code::Model;

/// The most memory that this process has ever used, in KiB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Anything but a panic; and what is accepted is canonical.
fn decodes(file: &[u8]) -> bool {
    match Model::decode(file) {
        Ok(model) => {
            assert_eq!(model.encode().unwrap(), file);
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

#[test]
fn damaged_files_of_every_kind_never_panic_and_never_use_much_memory() {
    let mut noise = Noise::new(1);
    let mut accepted = 0;
    let mut tried = 0;
    // Large files only cost time.
    for (_, model) in every_kind() {
        let file = model.encode().unwrap();
        for _ in 0..if file.len() < 2000 { 60 } else { 4 } {
            let mut flipped = file.clone();
            let index = noise.below(file.len() as u64) as usize;
            flipped[index] ^= 1 << noise.below(8);
            let mut spliced = file[..index].to_vec();
            spliced.extend((0..noise.below(30)).map(|_| noise.below(256) as u8));
            accepted += u32::from(decodes(&flipped)) + u32::from(decodes(&spliced));
            tried += 2;
            assert!(
                !decodes(&file[..index]),
                "a file is never the beginning of another"
            );
        }
    }
    for _ in 0..2000 {
        let length = noise.below(60);
        let file: Vec<u8> = (0..length).map(|_| noise.below(256) as u8).collect();
        decodes(&file);
    }
    println!("{accepted} of {tried} damaged files decode to another network");
    if let Some(peak) = peak_memory() {
        assert!(peak < 256 << 10, "{peak} KiB");
    }
}
