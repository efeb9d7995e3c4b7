//! From the bytes of a photograph to the pixels that a network reads.

use super::decoding::decoded;
use super::scaling::{middle, scaled_middle};
use crate::data::error::DataError;
use crate::shape::ImageSize;

/// Which part of a photograph a network reads: its shorter side brought to `shorter` pixels
/// (bicubic, if it is not so already), then the `side x side` in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing {
    shorter: u32,
    side: u32,
}

impl Framing {
    /// # Errors
    /// [`DataError::Framing`] if `side` is zero or larger than `shorter`.
    pub fn new(shorter: u32, side: u32) -> Result<Self, DataError> {
        if side == 0 || side > shorter {
            return Err(DataError::Framing { shorter, side });
        }
        Ok(Self { shorter, side })
    }

    /// As is usual for ImageNet, 256 for 224: a shorter side of `8 / 7` of the images that a
    /// network reads, rounded to nearest.
    ///
    /// # Errors
    /// [`DataError::Framing`] if these are not square, or not in three channels.
    pub fn usual(input: ImageSize) -> Result<Self, DataError> {
        let side = u32::try_from(input.width).unwrap_or(0);
        let refused = DataError::Framing {
            shorter: side,
            side,
        };
        if input.channels != 3 || input.height != input.width || side > 1 << 16 {
            return Err(refused);
        }
        Self::new((side * 8 + 3) / 7, side)
    }

    /// Size of what a network reads.
    pub fn size(self) -> ImageSize {
        ImageSize {
            channels: 3,
            height: self.side as usize,
            width: self.side as usize,
        }
    }

    /// The pixels of a JPEG file: red, green and blue planes, each row by row.
    ///
    /// # Errors
    /// [`DataError::Photograph`] if it cannot be decoded; [`DataError::PhotographTooLarge`] if that
    /// would take more memory than
    /// [`MemoryLimit::of_file`](crate::storage::memory_limit::MemoryLimit::of_file).
    pub fn pixels(self, file: &[u8]) -> Result<Vec<u8>, DataError> {
        let Self { shorter, side } = self;
        let photograph = decoded(file)?;
        let least = photograph.width().min(photograph.height()).max(1);
        if least == shorter {
            return Ok(middle(&photograph, side));
        }
        let scaled = |length: u32| u64::from(length) * u64::from(shorter) / u64::from(least);
        let (width, height) = photograph.dimensions();
        let size = [scaled(width), scaled(height)];
        Ok(scaled_middle(&photograph, size, side))
    }

    /// What pixels depend on beside the file.
    pub(in crate::data) fn bytes(self) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&self.shorter.to_le_bytes());
        bytes[4..].copy_from_slice(&self.side.to_le_bytes());
        bytes
    }
}
