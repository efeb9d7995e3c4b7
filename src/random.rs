//! Randomness: independent ChaCha streams, named by what they are for.
//!
//! A stream is a pure function of (seed, experiment, draw, purpose). So results depend neither on
//! the number of threads nor on the order in which things happen, and any part can be repeated
//! alone.

use rand_chacha::rand_core::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// The stream for one purpose.
///
/// Its key is the SHA-256 of the four parts, each preceded by its length.
///
/// ```
/// use nonvacuous::random::stream;
/// use rand::RngExt;
/// let weights: f32 = stream(1, "certify", 0, "initial weights").random();
/// let again: f32 = stream(1, "certify", 0, "initial weights").random();
/// assert_eq!(weights, again);
/// ```
pub fn stream(seed: u64, experiment: &str, draw: u64, purpose: &str) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    for part in [
        &seed.to_le_bytes()[..],
        experiment.as_bytes(),
        &draw.to_le_bytes()[..],
        purpose.as_bytes(),
    ] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    ChaCha8Rng::from_seed(hash.finalize().into())
}
