//! The recipes that `certify` tries, by data set and effort.

use super::Recipe;
use crate::code::{Architecture, CodeError, ImageSize};
use crate::nets::Schedule;

/// How long to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "command", derive(clap::ValueEnum))]
pub enum Effort {
    /// One recipe, a few epochs: to see that everything works.
    Quick,
    /// One recipe that is known to do well.
    Standard,
    /// Several recipes, more epochs.
    Max,
}

/// Recipes for images of a size, in the order in which they are tried.
///
/// # Errors
/// If the images are too small for the layers.
pub fn recipes(input: ImageSize, classes: usize, examples: usize, effort: Effort) -> Result<Vec<Recipe>, CodeError> {
    let _ = examples;
    let text = format!("conv:8:3 relu max:2 dwconv:3 conv:12:1 norm relu max:2 dense:{classes}");
    let recipe = Recipe {
        architecture: Architecture::parse(&text, input)?,
        sparsity: 0.5,
        codewords: 2,
        digits: 2,
        pruning: Schedule { epochs: 60, batch: 64, learning_rate: 0.01 },
        quantised: Schedule { epochs: 60, batch: 64, learning_rate: 0.01 },
    };
    let _ = effort;
    Ok(vec![recipe])
}
