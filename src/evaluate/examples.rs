//! Some decoded photographs.

use sha2::{Digest, Sha256};

use crate::digest::hex;
use crate::shape::ImageSize;
use crate::spread::spread;

/// A decoded photograph with its class, or an example that cannot be read and that every network
/// misreads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pixels: Vec<u8>,
    class: Result<usize, String>,
}

impl Example {
    /// A photograph of a class.
    pub fn new(pixels: Vec<u8>, class: usize) -> Self {
        Self {
            pixels,
            class: Ok(class),
        }
    }

    /// An example without class, black; and what is wrong with it.
    pub fn unreadable(reason: String, size: ImageSize) -> Self {
        Self {
            pixels: vec![0; size.features()],
            class: Err(reason),
        }
    }

    /// Red, green and blue planes.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The class; none if the example cannot be read.
    pub fn class(&self) -> Option<usize> {
        self.class.as_ref().ok().copied()
    }

    /// Why it cannot be read.
    pub fn problem(&self) -> Option<&str> {
        self.class.as_ref().err().map(String::as_str)
    }
}

/// Photographs of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    shape: ImageSize,
    classes: usize,
    examples: Vec<Example>,
}

impl Batch {
    /// `examples` have the shape's number of pixels each.
    pub(crate) fn new(shape: ImageSize, classes: usize, examples: Vec<Example>) -> Self {
        Self {
            shape,
            classes,
            examples,
        }
    }

    /// At most so many of the photographs, at equal distances.
    pub fn spread(&self, count: usize) -> Self {
        let places = spread(self.examples.len(), count);
        Self {
            examples: places
                .filter_map(|place| self.examples.get(place).cloned())
                .collect(),
            ..*self
        }
    }

    /// The photographs, so many at a time.
    pub fn parts(&self, size: usize) -> impl Iterator<Item = Self> + '_ {
        self.examples.chunks(size.max(1)).map(|examples| Self {
            examples: examples.to_vec(),
            ..*self
        })
    }

    /// Size of an image.
    pub fn shape(&self) -> ImageSize {
        self.shape
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The photographs.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// SHA-256, in hexadecimal, of each example's pixels followed by its class as a 32-bit
    /// little-endian integer, `2^32 - 1` for none.
    pub fn sha256(&self) -> String {
        let hash = self.examples.iter().fold(Sha256::new(), |hash, example| {
            let class = example.class().map_or(u32::MAX, |class| class as u32);
            hash.chain_update(&example.pixels)
                .chain_update(class.to_le_bytes())
        });
        hex(&hash.finalize())
    }
}
