//! The data sets that were at hand while the format of model files was designed, by digest.
//!
//! They are also those whose names the program knows: `data/at-hand.toml` is frozen with each
//! version of the format.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::digest::hex;
use crate::evaluate::{batches, Examples};

/// The file, in this program.
const TEXT: &str = include_str!("../../data/at-hand.toml");

/// Number of hexadecimal digits that are kept of the digest of an image's pixels.
const DIGITS: usize = 16;

/// One set of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    name: String,
    /// Digest of the training set.
    training: Option<String>,
    /// Digest of the held-out examples.
    held_out: Option<String>,
    /// What begins the SHA-256 of the pixels of one in 64 of all images, training and held out.
    pixels: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    set: Vec<Set>,
}

/// The sets; none only if the file in this program were damaged, which a test excludes.
static SETS: LazyLock<Vec<Set>> =
    LazyLock::new(|| toml::from_str::<File>(TEXT).map_or(Vec::new(), |file| file.set));

/// Which set has an image with these pixels.
static IMAGES: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let sets = SETS.iter();
    sets.flat_map(|set| {
        set.pixels
            .iter()
            .map(|digest| (digest.as_str(), set.name.as_str()))
    })
    .collect()
});

/// The name of the set of examples with that digest, training or held out, if it is well known.
///
/// The names that a certificate claims are confirmed by this list and nothing else.
#[must_use]
pub fn known_name(sha256: &str) -> Option<&'static str> {
    let has = |digest: &Option<String>| digest.as_deref() == Some(sha256);
    let set = SETS
        .iter()
        .find(|set| has(&set.training) || has(&set.held_out));
    set.map(|set| set.name.as_str())
}

/// Whether a well-known training set has this name.
pub(super) fn is_known_name(name: &str) -> bool {
    let mut sets = SETS.iter().filter(|set| set.training.is_some());
    sets.any(|set| set.name == name)
}

/// What the list keeps of an image: the beginning of the SHA-256 of its pixels, in hexadecimal, for
/// the one image in 64 whose digest begins with six zero bits.
#[must_use]
pub fn mark(pixels: &[u8]) -> Option<String> {
    let digest = Sha256::digest(pixels);
    (digest[0] < 4).then(|| hex(&digest)[..DIGITS].to_string())
}

/// The sets at hand with which some images have pixels in common, whatever their classes.
///
/// One image in 64 is looked for, so that 300 of a set escape with probability `0.9%`, and 1,000
/// with `1.5e-7`. An image of which one pixel was changed is another.
#[must_use]
pub fn sets_in_common(examples: &dyn Examples) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    for batch in batches(examples) {
        let readable = batch.examples().iter().filter(|one| one.class().is_some());
        let marks = readable.filter_map(|example| mark(example.pixels()));
        names.extend(marks.filter_map(|mark| IMAGES.get(mark.as_str())));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{DIGITS, IMAGES, SETS};

    #[test]
    fn the_list_can_be_read() {
        assert!(SETS.len() >= 4);
        for set in SETS.iter() {
            assert!(!set.pixels.is_empty(), "{}", set.name);
        }
        assert!(IMAGES.keys().all(|digest| digest.len() == DIGITS));
    }
}
