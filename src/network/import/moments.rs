//! The moments of batch normalisations, which others keep beside the weights.

use super::error::ImportError;
use super::source::{MomentNames, Source, Sources};
use crate::network::tensor_file::TensorFile;

/// The moments of one batch normalisation.
pub(super) struct Moments {
    mean: Vec<f32>,
    variance: Vec<f32>,
    epsilon: f64,
}

impl Moments {
    /// `w' = w / sqrt(v + epsilon)`, `b' = b - m w'`.
    pub(super) fn fold(&self, scale: &mut [f32], shift: &mut [f32]) {
        let moments = self.mean.iter().zip(&self.variance);
        for ((scale, shift), (&mean, &variance)) in scale.iter_mut().zip(shift).zip(moments) {
            let folded = f64::from(*scale) / (f64::from(variance) + self.epsilon).sqrt();
            *shift = (f64::from(*shift) - f64::from(mean) * folded) as f32;
            *scale = folded as f32;
        }
    }
}

/// The moments that stand beside a tensor of the architecture, if it is the scale of a batch
/// normalisation and has any.
///
/// # Errors
/// If there is only one of the two, one has another shape, or one cannot be read.
pub(super) fn read_moments(
    file: &mut TensorFile,
    sources: &Sources,
    source: &Source,
    given_epsilon: Option<f64>,
) -> Result<Option<Moments>, ImportError> {
    let shape_of = |name: &str| sources.shape_of(name);
    let is_there = |name: &str| shape_of(name).is_some();
    let mut named = source.moments().into_iter();
    let Some(MomentNames {
        mean,
        variance,
        epsilon,
    }) = named.find(|names| is_there(&names.mean) || is_there(&names.variance))
    else {
        return Ok(None);
    };
    for tensor in [&mean, &variance] {
        let wrong = match shape_of(tensor) {
            Some(shape) if shape == source.shape.dimensions => continue,
            Some(shape) => format!("has shape {shape:?}, not {:?}", source.shape.dimensions),
            None => "is missing".to_string(),
        };
        return Err(ImportError::Moments {
            normalisation: source.name.clone(),
            tensor: tensor.clone(),
            wrong,
        });
    }
    Ok(Some(Moments {
        mean: file.read(&mean)?,
        variance: file.read(&variance)?,
        epsilon: given_epsilon.unwrap_or(epsilon),
    }))
}
