//! Names that others give to tensors.

use crate::network::tensor_file::TensorFile;

/// What is known of a file by its names.
pub(super) struct KnownNames {
    /// Of the architecture's tensor, and of the file's.
    pub(super) names: Vec<(String, String)>,
    /// What was added to variances, if the file is known.
    pub(super) epsilon: Option<f64>,
}

impl KnownNames {
    pub(super) fn of(file: &TensorFile) -> Self {
        if file.shape("_conv_stem.weight").is_some() {
            return Self {
                names: efficientnet_lite0(),
                epsilon: Some(1e-3),
            };
        }
        Self {
            names: Vec::new(),
            epsilon: None,
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
