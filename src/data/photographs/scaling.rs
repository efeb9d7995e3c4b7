//! Bicubic scaling, of the part of a photograph that is read and of nothing else.
//!
//! The arithmetic is that of `image::imageops::resize` with `FilterType::CatmullRom`, operation by
//! operation, so that the pixels are the same bits as those of the whole photograph scaled and then
//! cropped. What is outside the part costs neither memory nor time: a strip of 65,000 x 1 pixels
//! takes no more than a square.

use image::RgbImage;

/// Red, green and blue.
const CHANNELS: usize = 3;

/// How far from a pixel's centre others count, in pixels of the smaller picture.
const SUPPORT: f32 = 2.0;

/// The pixels that one scaled pixel is made of, along one side.
struct Window {
    /// The first of them.
    first: usize,
    /// What each counts.
    weights: Vec<f32>,
}

impl Window {
    fn end(&self) -> usize {
        self.first + self.weights.len()
    }
}

/// The `side x side` pixels in the middle, plane by plane; nothing outside the photograph is asked
/// for.
pub(super) fn middle(photograph: &RgbImage, side: u32) -> Vec<u8> {
    let left = (photograph.width() - side) / 2;
    let top = (photograph.height() - side) / 2;
    let mut planes = Vec::with_capacity(CHANNELS * (side * side) as usize);
    for channel in 0..CHANNELS {
        for row in top..top + side {
            for column in left..left + side {
                planes.push(photograph.get_pixel(column, row).0[channel]);
            }
        }
    }
    planes
}

/// The `side x side` pixels in the middle of a photograph that is scaled to `[width, height]`,
/// plane by plane.
pub(super) fn scaled_middle(photograph: &RgbImage, size: [u64; 2], side: u32) -> Vec<u8> {
    let columns = windows(photograph.width(), size[0], side);
    let rows = windows(photograph.height(), size[1], side);
    let read_from = columns.iter().map(|window| window.first).min().unwrap_or(0);
    let read_to = columns.iter().map(Window::end).max().unwrap_or(0);
    let area = (side * side) as usize;
    let mut planes = vec![0; CHANNELS * area];
    let mut scaled_row = vec![0.0; CHANNELS * (read_to - read_from)];
    for (row, window) in rows.iter().enumerate() {
        scale_rows(photograph, window, read_from, &mut scaled_row);
        for (column, window) in columns.iter().enumerate() {
            let pixel = scale_columns(&scaled_row, window, read_from);
            for (channel, level) in pixel.into_iter().enumerate() {
                planes[channel * area + row * side as usize + column] =
                    level.clamp(0.0, 255.0).round() as u8;
            }
        }
    }
    planes
}

/// One scaled row, of the columns from `read_from` on.
fn scale_rows(photograph: &RgbImage, window: &Window, read_from: usize, scaled: &mut [f32]) {
    let stride = CHANNELS * photograph.width() as usize;
    scaled.fill(0.0);
    for (offset, weight) in window.weights.iter().enumerate() {
        let start = (window.first + offset) * stride + CHANNELS * read_from;
        let levels = &photograph.as_raw()[start..][..scaled.len()];
        for (sum, &level) in scaled.iter_mut().zip(levels) {
            *sum += f32::from(level) * weight;
        }
    }
}

/// One scaled pixel of a scaled row, whose first column is `read_from`.
fn scale_columns(scaled_row: &[f32], window: &Window, read_from: usize) -> [f32; CHANNELS] {
    let mut sums = [0.0; CHANNELS];
    let pixels = scaled_row[CHANNELS * (window.first - read_from)..].chunks_exact(CHANNELS);
    for (pixel, weight) in pixels.zip(&window.weights) {
        for (sum, level) in sums.iter_mut().zip(pixel) {
            *sum += level * weight;
        }
    }
    sums
}

/// What the `count` pixels in the middle of `after` are made of, where there are `before`.
fn windows(before: u32, after: u64, count: u32) -> Vec<Window> {
    let first = (after - u64::from(count)) / 2;
    let places = first..first + u64::from(count);
    places.map(|place| window(place, before, after)).collect()
}

/// What the pixel at `place` of `after` is made of.
fn window(place: u64, before: u32, after: u64) -> Window {
    let ratio = before as f32 / after as f32;
    let scale = if ratio < 1.0 { 1.0 } else { ratio };
    let support = SUPPORT * scale;
    let centre = (place as f32 + 0.5) * ratio;
    let last = i64::from(before);
    let first = ((centre - support).floor() as i64).clamp(0, last - 1);
    let end = ((centre + support).ceil() as i64).clamp(first + 1, last);
    // From here on a pixel is where its centre is.
    let centre = centre - 0.5;
    let mut weights: Vec<f32> = (first..end)
        .map(|pixel| catmull_rom((pixel as f32 - centre) / scale))
        .collect();
    let mut sum = 0.0;
    for weight in &weights {
        sum += weight;
    }
    for weight in &mut weights {
        *weight /= sum;
    }
    Window {
        first: first as usize,
        weights,
    }
}

/// The cubic of Catmull and Rom (1974), as Mitchell and Netravali (1988) write it, with `b = 0` and
/// `c = 1/2`.
fn catmull_rom(distance: f32) -> f32 {
    let (b, c) = (0.0_f32, 0.5_f32);
    let x = distance.abs();
    let sixfold = if x < 1.0 {
        (12.0 - 9.0 * b - 6.0 * c) * x.powi(3)
            + (-18.0 + 12.0 * b + 6.0 * c) * x.powi(2)
            + (6.0 - 2.0 * b)
    } else if x < 2.0 {
        (-b - 6.0 * c) * x.powi(3)
            + (6.0 * b + 30.0 * c) * x.powi(2)
            + (-12.0 * b - 48.0 * c) * x
            + (8.0 * b + 24.0 * c)
    } else {
        0.0
    };
    sixfold / 6.0
}

#[cfg(test)]
mod tests {
    use image::imageops::{crop_imm, resize, FilterType};
    use proptest::prelude::*;

    use super::*;

    /// Scaled as a whole, then cropped.
    fn cropped_after_scaling(photograph: &RgbImage, size: [u64; 2], side: u32) -> Vec<u8> {
        let [width, height] = size.map(|length| length as u32);
        let scaled = resize(photograph, width, height, FilterType::CatmullRom);
        let (left, top) = ((width - side) / 2, (height - side) / 2);
        let middle = crop_imm(&scaled, left, top, side, side).to_image();
        (0..3)
            .flat_map(|channel| middle.pixels().map(move |pixel| pixel.0[channel]))
            .collect()
    }

    fn noise(width: u32, height: u32, seed: u32) -> RgbImage {
        let mut state = seed;
        let levels = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let levels = levels.take(CHANNELS * (width * height) as usize).collect();
        RgbImage::from_raw(width, height, levels).unwrap_or_default()
    }

    proptest! {
        #[test]
        fn the_middle_is_to_the_bit_that_of_the_whole_photograph_scaled(
            width in 1u32..120,
            height in 1u32..120,
            shorter in 1u32..40,
            margin in 0u32..12,
            seed in any::<u32>(),
        ) {
            let photograph = noise(width, height, seed);
            let least = width.min(height);
            let size = [width, height].map(|length| u64::from(length * shorter / least));
            let side = shorter.saturating_sub(margin).max(1);
            prop_assert_eq!(
                scaled_middle(&photograph, size, side),
                cropped_after_scaling(&photograph, size, side)
            );
        }
    }

    #[test]
    fn a_strip_costs_no_more_than_its_middle() {
        // As a whole this would be 4,161,600,000 x 64,000 pixels.
        let strip = noise(65_025, 1, 7);
        assert_eq!(
            scaled_middle(&strip, [65_025 * 64_000, 64_000], 8).len(),
            3 * 64
        );
    }
}
