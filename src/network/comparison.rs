//! Whether two networks compute the same: their logits on some images.
//!
//! ```
//! use nonvacuous::code::Architecture;
//! use nonvacuous::network::comparison::{largest_difference, logits, noise_images};
//! use nonvacuous::network::{simplify, TrainedNetwork};
//! use nonvacuous::shape::ImageSize;
//! let input = ImageSize { channels: 1, height: 2, width: 2 };
//! let architecture = Architecture::parse("dense:2", input)?;
//! let network = TrainedNetwork::new(architecture.clone(), vec![vec![0.5; 8]])?;
//! let images = noise_images(input, architecture.classes())?;
//! let (simple, _) = simplify(network.clone(), &images)?;
//! let [before, after] = [logits(&network, &images)?, logits(&simple, &images)?];
//! assert!(largest_difference(&before, &after) < 1e-5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use rand::RngExt;

use super::import::error::ImportError;
use super::trained_network::TrainedNetwork;
use crate::data::{DataError, LabelledImages};
use crate::evaluate::Evaluator;
use crate::random::stream;
use crate::shape::ImageSize;

/// Images to compare functions on: the first of a data set.
///
/// # Errors
/// None in practice: a data set has at least one image.
pub fn first_images(data: &LabelledImages) -> Result<LabelledImages, DataError> {
    const IMAGES: usize = 512;
    data.slice(0..data.len().min(IMAGES))
}

/// Images to compare functions on: noise of every contrast, from one stream.
///
/// # Errors
/// If this is not the size of an image.
pub fn noise_images(shape: ImageSize, classes: usize) -> Result<LabelledImages, DataError> {
    const IMAGES: usize = 64;
    let mut random = stream(1, "simplify", 0, "images");
    let mut images = Vec::with_capacity(IMAGES * shape.features());
    for image in 0..IMAGES {
        let kept = (image + 1) as f64 / IMAGES as f64;
        images.extend(
            (0..shape.features()).map(|_| match random.random::<f64>() < kept {
                true => random.random::<u8>(),
                false => 0,
            }),
        );
    }
    LabelledImages::new(shape, 256, classes, images, vec![0; IMAGES])
}

/// The logits of the model of a network, one list an image.
///
/// # Errors
/// If the network has no model, or does not read such images.
pub fn logits(
    network: &TrainedNetwork,
    images: &LabelledImages,
) -> Result<Vec<Vec<f32>>, ImportError> {
    Ok(Evaluator::new(&network.model()?).logits(images)?)
}

/// The largest difference between two networks' logits of the same images, as a fraction of the
/// first's largest logit of the image.
pub fn largest_difference(first: &[Vec<f32>], second: &[Vec<f32>]) -> f64 {
    let mut largest = 0.0f64;
    for (one, other) in first.iter().zip(second) {
        let scale = one
            .iter()
            .fold(0.0f32, |scale, logit| scale.max(logit.abs()));
        for (one, other) in one.iter().zip(other) {
            let difference =
                f64::from((one - other).abs()) / f64::from(scale.max(f32::MIN_POSITIVE));
            // A difference that is not a number is the largest of all.
            largest = if difference > largest || difference.is_nan() {
                difference
            } else {
                largest
            };
        }
    }
    if largest.is_nan() {
        f64::INFINITY
    } else {
        largest
    }
}
