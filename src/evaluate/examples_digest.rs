//! Digests of examples and of sets of them, the same in whatever order they are stored.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::examples::{batches, Batch, Example, ExampleDigest, Examples};
use crate::digest::hex;
use crate::shape::ImageSize;

/// The first line of what a set's digest is of.
const HEADER: &[u8] = b"nonvacuous examples v2\n";

impl Example<'_> {
    /// Its digest.
    pub fn digest(&self) -> ExampleDigest {
        let class = self.class().map_or(u32::MAX, |class| class as u32);
        Sha256::new()
            .chain_update(self.pixels())
            .chain_update(class.to_le_bytes())
            .finalize()
            .into()
    }
}

impl Batch<'_> {
    /// The digest of each example, in their order.
    pub fn digests(&self) -> Vec<ExampleDigest> {
        self.examples().par_iter().map(Example::digest).collect()
    }
}

/// What a set of examples is, whatever the order of its examples and the files that they are in:
/// how many there are of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExamplesDigest {
    /// SHA-256, in hexadecimal, of the line `nonvacuous examples v2`; as 64-bit little-endian
    /// integers the number of examples, channels, rows, columns, grey levels and classes; and the
    /// digests of all examples in ascending order.
    pub sha256: String,
    /// Number of different examples.
    pub distinct: u64,
}

impl ExamplesDigest {
    /// Of a set whose examples have these digests.
    pub fn new(examples: &dyn Examples, mut digests: Vec<ExampleDigest>) -> Self {
        digests.sort_unstable();
        let mut hash = Sha256::new_with_prefix(HEADER);
        let ImageSize {
            channels,
            height,
            width,
        } = examples.shape();
        let (levels, classes) = (usize::from(examples.levels()), examples.classes());
        for number in [digests.len(), channels, height, width, levels, classes] {
            hash.update((number as u64).to_le_bytes());
        }
        for digest in &digests {
            hash.update(digest);
        }
        digests.dedup();
        Self {
            sha256: hex(&hash.finalize()),
            distinct: digests.len() as u64,
        }
    }

    /// Of a set, all of which is decoded for it if need be.
    pub fn of(examples: &dyn Examples) -> Self {
        Self::new(examples, digests(examples))
    }
}

/// What tells a set of examples from others: the digest of what is decoded already, else
/// [`Examples::state`], which is cheaper.
pub fn examples_identity(examples: &dyn Examples) -> String {
    if examples.is_decoded() {
        ExamplesDigest::of(examples).sha256
    } else {
        examples.state()
    }
}

/// The digest of every example, in their order; all of them are decoded for it if need be.
pub fn digests(examples: &dyn Examples) -> Vec<ExampleDigest> {
    batches(examples)
        .flat_map(|batch| batch.digests())
        .collect()
}
