//! From the bytes of a photograph to the pixels that a network reads.

use image::RgbImage;

use super::decoding::decoded;
use super::scaling::{middle, scaled_middle};
use crate::data::error::DataError;
use crate::shape::ImageSize;

/// What of a photograph a network reads.
///
/// Either the middle: the shorter side is brought to `shorter` pixels (bicubic, if it is not so
/// already), then the `side x side` in the middle is read. Or all of an image that has the size
/// that the network reads, as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing(Part);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Middle { shorter: u32, side: u32 },
    Whole(ImageSize),
}

impl Framing {
    /// The middle.
    ///
    /// # Errors
    /// [`DataError::Framing`] if `side` is zero or larger than `shorter`.
    pub fn new(shorter: u32, side: u32) -> Result<Self, DataError> {
        if side == 0 || side > shorter {
            return Err(DataError::Framing { shorter, side });
        }
        Ok(Self(Part::Middle { shorter, side }))
    }

    /// All of images of this size, as they are, in three channels or in one.
    ///
    /// # Errors
    /// [`DataError::Channels`] for another number of channels.
    pub fn whole(size: ImageSize) -> Result<Self, DataError> {
        match size.channels {
            1 | 3 => Ok(Self(Part::Whole(size))),
            channels => Err(DataError::Channels { channels }),
        }
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
        match self.0 {
            Part::Middle { side, .. } => ImageSize {
                channels: 3,
                height: side as usize,
                width: side as usize,
            },
            Part::Whole(size) => size,
        }
    }

    /// The pixels of an image file: red, green and blue planes, each row by row; or one plane of
    /// grey.
    ///
    /// # Errors
    /// [`DataError::Photograph`] if it cannot be decoded; [`DataError::PhotographTooLarge`] if that
    /// would take more memory than
    /// [`MemoryLimit::of_file`](crate::storage::memory_limit::MemoryLimit::of_file);
    /// [`DataError::OtherSize`] or [`DataError::Coloured`] if all of it is to be read, and it has
    /// another size than the network reads, or colours that it does not read.
    pub fn pixels(self, file: &[u8]) -> Result<Vec<u8>, DataError> {
        self.of(&decoded(file)?)
    }

    /// The pixels of a decoded image.
    pub(super) fn of(self, photograph: &RgbImage) -> Result<Vec<u8>, DataError> {
        match self.0 {
            Part::Middle { shorter, side } => Ok(middle_of(photograph, shorter, side)),
            Part::Whole(size) => whole(photograph, size),
        }
    }

    /// What pixels depend on beside the file.
    pub(in crate::data) fn bytes(self) -> Vec<u8> {
        format!("{self:?}\n").into_bytes()
    }
}

/// The shorter side brought to `shorter` pixels, of which the `side x side` in the middle.
fn middle_of(photograph: &RgbImage, shorter: u32, side: u32) -> Vec<u8> {
    let least = photograph.width().min(photograph.height()).max(1);
    if least == shorter {
        return middle(photograph, side);
    }
    let scaled = |length: u32| u64::from(length) * u64::from(shorter) / u64::from(least);
    let (width, height) = photograph.dimensions();
    scaled_middle(photograph, [scaled(width), scaled(height)], side)
}

/// All pixels, plane by plane.
fn whole(photograph: &RgbImage, size: ImageSize) -> Result<Vec<u8>, DataError> {
    let (width, height) = photograph.dimensions();
    if (width as usize, height as usize) != (size.width, size.height) {
        return Err(DataError::OtherSize {
            width,
            height,
            size,
        });
    }
    if size.channels == 1 && !is_grey(photograph) {
        return Err(DataError::Coloured);
    }
    let plane = |channel: usize| photograph.pixels().map(move |pixel| pixel.0[channel]);
    Ok((0..size.channels).flat_map(plane).collect())
}

/// Whether red, green and blue are equal everywhere.
pub(super) fn is_grey(photograph: &RgbImage) -> bool {
    photograph
        .pixels()
        .all(|pixel| pixel.0[0] == pixel.0[1] && pixel.0[1] == pixel.0[2])
}
