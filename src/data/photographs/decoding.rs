//! Photographs decoded, if that takes no more memory than a file of their length may take.

use std::io::Cursor;

use image::{ColorType, DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use super::jpeg;
use crate::data::error::DataError;
use crate::storage::memory_limit::MemoryLimit;

/// The pixels of a file.
///
/// The limit is no option: whether a photograph can be read is a fact about the data set, and must
/// not depend on who verifies.
pub(super) fn decoded(file: &[u8]) -> Result<RgbImage, DataError> {
    let undecodable = |error: image::ImageError| DataError::Photograph {
        source: error.into(),
    };
    let reader = ImageReader::new(Cursor::new(file))
        .with_guessed_format()
        .map_err(|error| undecodable(error.into()))?;
    let format = reader.format();
    let mut decoder = reader.into_decoder().map_err(undecodable)?;
    let (width, height) = decoder.dimensions();
    let limit = MemoryLimit::of_file(file.len());
    let needed = match format {
        Some(ImageFormat::Jpeg) => memory_of_jpeg(file, width, height),
        _ => memory(&decoder),
    };
    if limit.check(needed).is_err() {
        return Err(DataError::PhotographTooLarge {
            width,
            height,
            bytes: file.len(),
            needed,
            limit,
        });
    }
    if format == Some(ImageFormat::Jpeg) {
        return jpeg::decode(file);
    }
    // What a decoder takes beside the pixels.
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(limit.bytes());
    decoder.set_limits(limits).map_err(undecodable)?;
    let photograph = DynamicImage::from_decoder(decoder).map_err(undecodable)?;
    Ok(photograph.into_rgb8())
}

/// What most decoders take: the pixels as they are in the file, once more in the decoder, and as
/// bytes of red, green and blue if they are anything else.
fn memory(decoder: &impl ImageDecoder) -> u64 {
    let (width, height) = decoder.dimensions();
    let converted = match decoder.color_type() {
        ColorType::Rgb8 => 0,
        _ => 3 * u64::from(width) * u64::from(height),
    };
    decoder
        .total_bytes()
        .saturating_mul(2)
        .saturating_add(converted)
}

/// Pixels are decoded in squares of this side.
const SQUARE: u64 = 16;

/// What a JPEG takes: up to four channels of a byte, and for a progressive one as many coefficients
/// of two bytes.
fn memory_of_jpeg(file: &[u8], width: u32, height: u32) -> u64 {
    let whole = |length: u32| u64::from(length).next_multiple_of(SQUARE);
    let bytes_per_pixel = if is_progressive(file) { 4 + 8 } else { 4 };
    whole(width) * whole(height) * bytes_per_pixel
}

/// Whether the coefficients of a JPEG come in several scans: whether it has a frame of that kind.
fn is_progressive(file: &[u8]) -> bool {
    const PROGRESSIVE: [u8; 2] = [0xff, 0xc2];
    file.windows(2).any(|marker| marker == PROGRESSIVE)
}
