//! Random changes of training images that leave their class as it is.
//!
//! An image that is seen in many variants is still one example: augmentation never changes the `n`
//! of a bound.

use candle_core::{Result, Tensor};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How images are changed at random each time they are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Augmentation {
    /// Images move by up to this many rows and columns, each uniformly; zeros fill the gap.
    pub shift: usize,
    /// Whether every second image is mirrored, left to right.
    pub flip: bool,
}

impl Augmentation {
    /// Images stay as they are.
    pub const NONE: Self = Self {
        shift: 0,
        flip: false,
    };

    /// Changes images, `[batch, channels, height, width]`, each by itself, with three draws from
    /// the stream an image.
    ///
    /// # Errors
    /// If they have another shape or are not of single precision.
    pub fn apply(&self, images: &Tensor, random: &mut ChaCha8Rng) -> Result<Tensor> {
        if *self == Self::NONE {
            return Ok(images.clone());
        }
        let (_, channels, height, width) = images.dims4()?;
        let source: Vec<f32> = images.flatten_all()?.to_vec1()?;
        let mut target = vec![0.0; source.len()];
        let features = (channels * height * width).max(1);
        for (target, source) in target.chunks_mut(features).zip(source.chunks(features)) {
            let mut shift = || random.random_range(-(self.shift as i64)..=self.shift as i64);
            let (rows, columns) = (shift(), shift());
            let mirrored = random.random::<bool>() && self.flip;
            let planes = target
                .chunks_mut(height * width)
                .zip(source.chunks(height * width));
            for (target, source) in planes {
                move_plane(target, source, width, [rows, columns], mirrored);
            }
        }
        Tensor::from_vec(target, images.shape(), images.device())
    }
}

/// Fills what is not covered with what is in `target` already.
fn move_plane(
    target: &mut [f32],
    source: &[f32],
    width: usize,
    [rows, columns]: [i64; 2],
    mirrored: bool,
) {
    let lines: Vec<&[f32]> = source.chunks(width).collect();
    for (row, line) in target.chunks_mut(width).enumerate() {
        let Some(source) = usize::try_from(row as i64 - rows)
            .ok()
            .and_then(|row| lines.get(row))
        else {
            continue;
        };
        for (column, target) in line.iter_mut().enumerate() {
            let from = column as i64 - columns;
            let from = if mirrored {
                width as i64 - 1 - from
            } else {
                from
            };
            if let Some(&value) = usize::try_from(from).ok().and_then(|from| source.get(from)) {
                *target = value;
            }
        }
    }
}
