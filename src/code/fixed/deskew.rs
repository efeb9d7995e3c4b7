//! Deskewed images: the slant and the position of what is drawn are taken out of them.
//!
//! Handwriting slants, each hand in its own way, and no letter changes its meaning by that; so the
//! oldest systems that read it begin by undoing the slant (LeCun et al. 1998, section III). Here
//! the image is sheared along its rows until its second moments have no mixed part, and its centre
//! of mass is moved to the middle. It belongs to the format, so it costs no bits.

use crate::shape::ImageSize;

/// Slants beyond this, a line of 45 degrees, are undone only so far.
const STEEPEST: f32 = 1.0;

/// Deskews and centres an image: the layer written `upright`.
///
/// With `v(y, x)` the sum over channels, the mass is `sum v`, the centre
/// `(c_y, c_x) = sum v (y, x) / mass`, and the slant
/// `s = sum v (x - c_x)(y - c_y) / sum v (y - c_y)^2`, kept between -1 and 1. The new value at
/// `(y, x)` is the old one at
/// `(y + c_y - (height - 1)/2, x + c_x - (width - 1)/2 + s (y - (height - 1)/2))`, linear between
/// the four pixels around it, and 0 outside. An image without mass, or with one row of it, has no
/// slant; one without mass stays as it is.
///
/// `image` holds `size.features()` numbers, channel by channel, row by row. All operations are in
/// single precision, in the order that `docs/format.md` gives.
pub fn deskew(image: &mut [f32], size: ImageSize) {
    let area = size.height * size.width;
    let Some(moments) = Moments::new(image, size) else {
        return;
    };
    let (middle_y, middle_x) = (
        (size.height - 1) as f32 / 2.0,
        (size.width - 1) as f32 / 2.0,
    );
    let mut before = vec![0.0; area];
    for channel in image.chunks_exact_mut(area) {
        before.copy_from_slice(channel);
        for (y, row) in channel.chunks_exact_mut(size.width).enumerate() {
            let source_y = y as f32 + (moments.centre_y - middle_y);
            let shift = moments.slant * (y as f32 - middle_y) + (moments.centre_x - middle_x);
            for (x, value) in row.iter_mut().enumerate() {
                *value = interpolated(&before, size, source_y, x as f32 + shift);
            }
        }
    }
}

/// What is undone.
struct Moments {
    centre_y: f32,
    centre_x: f32,
    slant: f32,
}

impl Moments {
    /// Of an image with mass.
    fn new(image: &[f32], size: ImageSize) -> Option<Self> {
        let area = size.height * size.width;
        let mut values = vec![0.0; area];
        for channel in image.chunks_exact(area) {
            values
                .iter_mut()
                .zip(channel)
                .for_each(|(sum, value)| *sum += value);
        }
        let pixels = || {
            let rows = values.chunks_exact(size.width).enumerate();
            rows.flat_map(|(y, row)| {
                let row = row.iter().enumerate();
                row.map(move |(x, &v)| (v, y as f32, x as f32))
            })
        };
        let total = |term: &dyn Fn(f32, f32, f32) -> f32| {
            pixels().fold(0.0, |sum, (v, y, x)| sum + term(v, y, x))
        };
        let mass = total(&|v, _, _| v);
        if mass.is_nan() || mass <= 0.0 {
            return None;
        }
        let centre_y = total(&|v, y, _| v * y) / mass;
        let centre_x = total(&|v, _, x| v * x) / mass;
        let mixed = total(&|v, y, x| v * ((x - centre_x) * (y - centre_y)));
        let vertical = total(&|v, y, _| v * ((y - centre_y) * (y - centre_y)));
        let slant = if vertical > 0.0 {
            (mixed / vertical).clamp(-STEEPEST, STEEPEST)
        } else {
            0.0
        };
        Some(Self {
            centre_y,
            centre_x,
            slant,
        })
    }
}

/// The value of a channel between its pixels, linear in each direction.
fn interpolated(channel: &[f32], size: ImageSize, y: f32, x: f32) -> f32 {
    let (above, left) = (y.floor(), x.floor());
    let (down, right) = (y - above, x - left);
    let at = |y: f32, x: f32| {
        let is_inside = y >= 0.0 && x >= 0.0 && y < size.height as f32 && x < size.width as f32;
        if is_inside {
            channel[y as usize * size.width + x as usize]
        } else {
            0.0
        }
    };
    let along = |y: f32| (1.0 - right) * at(y, left) + right * at(y, left + 1.0);
    (1.0 - down) * along(above) + down * along(above + 1.0)
}
