//! Names that others give to tensors, and the moments of batch normalisations, which others keep
//! beside the weights.

use super::safetensors::{SafetensorsError, SafetensorsFile};
use crate::code::TensorShape;

/// What is known of a file by its names.
pub(super) struct KnownNames {
    /// Of the architecture's tensor, and of the file's.
    pub(super) names: Vec<(String, String)>,
    /// What was added to variances.
    pub(super) epsilon: f64,
}

/// Of PyTorch's batch normalisation.
const USUAL_EPSILON: f64 = 1e-5;

impl KnownNames {
    pub(super) fn of(file: &SafetensorsFile) -> Self {
        if file.entries().contains_key("_conv_stem.weight") {
            return Self {
                names: efficientnet_lite0(),
                epsilon: 1e-3,
            };
        }
        Self {
            names: Vec::new(),
            epsilon: USUAL_EPSILON,
        }
    }
}

/// The names of `efficientnet-lite-pytorch` for the architecture `efficientnet-lite0`.
fn efficientnet_lite0() -> Vec<(String, String)> {
    const BLOCKS: usize = 16;
    const PARTS: [(&str, &str); 3] = [
        ("_expand_conv", "_bn0"),
        ("_depthwise_conv", "_bn1"),
        ("_project_conv", "_bn2"),
    ];
    let mut pairs = vec![("_conv_stem".to_string(), "_bn0".to_string())];
    for block in 0..BLOCKS {
        // The first block does not expand.
        for (convolution, normalisation) in PARTS.iter().skip(usize::from(block == 0)) {
            pairs.push((
                format!("_blocks.{block}.{convolution}"),
                format!("_blocks.{block}.{normalisation}"),
            ));
        }
    }
    pairs.push(("_conv_head".to_string(), "_bn1".to_string()));
    let mut names = Vec::new();
    for ((convolution, normalisation), place) in pairs.iter().zip(1..) {
        names.push((
            format!("conv{place}.weight"),
            format!("{convolution}.weight"),
        ));
        names.extend(["weight", "bias"].map(|part| {
            (
                format!("bn{place}.{part}"),
                format!("{normalisation}.{part}"),
            )
        }));
    }
    names.extend(["weight", "bias"].map(|part| (format!("fc1.{part}"), format!("_fc.{part}"))));
    names
}

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

/// The moments that stand beside the scales of batch normalisations, with the places of these among
/// the tensors; `sources` are names in the file and shapes.
///
/// # Errors
/// If one cannot be read.
pub(super) fn read_moments(
    file: &mut SafetensorsFile,
    sources: &[(String, &TensorShape)],
    epsilon: f64,
) -> Result<Vec<(usize, Moments)>, SafetensorsError> {
    let mut all = Vec::new();
    for (place, (name, shape)) in sources.iter().enumerate() {
        let is_scale = shape.name.starts_with("bn") && shape.name.ends_with(".weight");
        let Some(prefix) = name.strip_suffix("weight").filter(|_| is_scale) else {
            continue;
        };
        let [mean, variance] =
            ["running_mean", "running_var"].map(|part| format!("{prefix}{part}"));
        let fits = |name: &str| {
            file.entries()
                .get(name)
                .is_some_and(|entry| entry.shape == shape.dimensions)
        };
        if fits(&mean) && fits(&variance) {
            all.push((
                place,
                Moments {
                    mean: file.read(&mean)?,
                    variance: file.read(&variance)?,
                    epsilon,
                },
            ));
        }
    }
    Ok(all)
}
