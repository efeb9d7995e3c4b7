//! The size of an image, and of what is between two layers.

use std::fmt;

/// Channels, rows and columns of an image, or of the feature map between two layers.
///
/// Numbers are stored channel by channel, each row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ImageSize {
    /// Number of channels; of units, after a dense layer.
    pub channels: usize,
    /// Number of rows.
    pub height: usize,
    /// Number of columns.
    pub width: usize,
}

/// Pixels that are decoded at once where images are large: those of 256 photographs as ImageNet's
/// are usually read, in bytes.
pub const PIXELS_AT_ONCE: usize = 256 * 3 * 224 * 224;

impl ImageSize {
    /// `channels * height * width`.
    pub fn features(&self) -> usize {
        self.channels * self.height * self.width
    }
}

impl fmt::Display for ImageSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}x{}x{}",
            self.channels, self.height, self.width
        )
    }
}
