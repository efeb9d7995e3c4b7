//! Files of the corpus of `fuzz/`, changed as a stranger might.

use std::fs;
use std::path::Path;

use crate::models::Noise;

/// What parsers of numbers, lists and lengths trip over.
const HOSTILE: [&[u8]; 12] = [
    b"18446744073709551616",
    b"-1",
    b"1e999",
    b"nan",
    b"0",
    b"[[[[",
    b"\"",
    b":",
    b" ",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\0\0\0\0",
    "\u{202e}\u{e9}".as_bytes(),
];

/// The files of an input, by their paths.
pub fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no corpus of {name}");
    files
}

/// One to four changes: a bit flipped, a part removed or repeated, something hostile put in, or the
/// rest of another file.
pub fn mutated(file: &[u8], other: &[u8], noise: &mut Noise) -> Vec<u8> {
    let mut file = file.to_vec();
    for _ in 0..=noise.below(4) {
        let length = file.len() as u64;
        let start = noise.below(length + 1) as usize;
        let end = (start + noise.below(16) as usize).min(file.len());
        match noise.below(5) {
            0 if start < file.len() => file[start] ^= 1 << noise.below(8),
            1 => drop(file.drain(start..end)),
            2 => {
                let part = file[start..end].to_vec();
                file.splice(start..start, part.repeat(1 + noise.below(4) as usize));
            }
            3 => {
                let hostile = HOSTILE[noise.below(HOSTILE.len() as u64) as usize];
                file.splice(start..end, hostile.iter().copied());
            }
            _ => {
                file.truncate(start);
                file.extend(&other[noise.below(other.len() as u64 + 1) as usize..]);
            }
        }
    }
    file
}
