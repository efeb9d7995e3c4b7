//! The recipes that `certify` tries, by data set and effort.

use super::Recipe;
use crate::code::{Architecture, CodeError};
use crate::data::LabelledImages;
use crate::nets::Schedule;

/// How long to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "command", derive(clap::ValueEnum))]
pub enum Effort {
    /// One small network for a few seconds: to see that everything works.
    Quick,
    /// Networks that are known to do well.
    Standard,
    /// More of them, trained for longer.
    Max,
}

/// Images of this height and less are small.
const SMALL: usize = 12;

/// Recipes for a data set, in the order in which they are tried.
///
/// # Errors
/// If the images are too small for the layers.
pub fn recipes(data: &LabelledImages, effort: Effort) -> Result<Vec<Recipe>, CodeError> {
    let classes = data.classes();
    let small = data.shape().height <= SMALL;
    let linear = format!("norm dense:{classes}");
    let texts = match (small, effort) {
        (true, _) | (false, Effort::Quick) => vec![linear],
        (false, _) => vec![format!(
            "conv:8:3 relu max:2 dwconv:3 conv:16:1 norm relu max:2 dwconv:3 conv:24:1 norm relu max:2 dense:{classes}"
        )],
    };
    let epochs = match (small, effort) {
        (false, Effort::Quick) => 2,
        _ => 60,
    };
    texts
        .iter()
        .map(|text| {
            Ok(Recipe {
                architecture: Architecture::parse(text, data.shape())?,
                sparsity: 0.8,
                codewords: 1,
                rate: 1.0,
                digits: 2,
                pruning: Schedule { epochs, batch: 64, learning_rate: 0.01 },
                quantised: Schedule { epochs, batch: 64, learning_rate: 0.01 },
            })
        })
        .collect()
}
