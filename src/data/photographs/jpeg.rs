//! JPEG files, decoded whole or not at all.
//!
//! Decoders that are made for looking at photographs fill what is missing of a damaged one with
//! grey. An example must be all there.

use image::RgbImage;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::data::error::DataError;

/// Red, green and blue of each pixel; the other colour spaces of JPEG (grey, CMYK and YCCK) are
/// converted, and the orientation that a camera noted is not applied.
///
/// # Errors
/// [`DataError::Photograph`] if it is damaged, and [`DataError::CutOff`] if its end is missing.
pub(super) fn decode(file: &[u8]) -> Result<RgbImage, DataError> {
    if !has_end(file) {
        return Err(DataError::CutOff);
    }
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    let undecodable =
        |source: Box<dyn std::error::Error + Send + Sync>| DataError::Photograph { source };
    let pixels = decoder
        .decode()
        .map_err(|error| undecodable(error.to_string().into()))?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    RgbImage::from_raw(width as u32, height as u32, pixels).ok_or(DataError::CutOff)
}

/// Whether the last scan of a file is followed by the marker of the end of the image.
fn has_end(file: &[u8]) -> bool {
    const END: u8 = 0xd9;
    let mut place = 2;
    while let Some(&byte) = file.get(place) {
        let Some(&marker) = file.get(place + 1) else {
            return false;
        };
        let is_marker = byte == 0xff && !matches!(marker, 0 | 0xff | 0xd0..=0xd7);
        if is_marker && marker == END {
            return true;
        }
        // Segments have a length, except what follows the head of a scan, in which no marker is.
        let length = match (is_marker, file.get(place + 2..place + 4)) {
            (true, Some(&[high, low])) => 2 + (usize::from(high) << 8 | usize::from(low)),
            (true, _) => return false,
            (false, _) => 1,
        };
        place += length;
    }
    false
}
