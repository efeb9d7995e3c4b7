//! The recipes that `certify` tries, by data set and effort.

use super::Recipe;
use crate::code::{Architecture, CodeError};
use crate::data::LabelledImages;
use crate::nets::Schedule;

/// How long to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "command", derive(clap::ValueEnum))]
pub enum Effort {
    /// One network for a moment: to see that everything works.
    Quick,
    /// Recipes that are known to do well.
    Standard,
    /// More of them, trained for longer.
    Max,
}

/// With at most this many numbers an image is small, and a linear network does best for its bits.
const SMALL: usize = 144;

/// Recipes for a data set, in the order in which they are tried.
///
/// # Errors
/// If the images are too small for the layers.
pub fn recipes(data: &LabelledImages, effort: Effort) -> Result<Vec<Recipe>, CodeError> {
    if data.shape().features() <= SMALL {
        for_small_images(data, effort)
    } else {
        for_large_images(data, effort)
    }
}

fn for_small_images(data: &LabelledImages, effort: Effort) -> Result<Vec<Recipe>, CodeError> {
    let (passes, most): (&[usize], _) = match effort {
        Effort::Quick => (&[30], 1),
        Effort::Standard => (&[60], 12),
        Effort::Max => (&[60, 120, 240], 24),
    };
    let architecture = Architecture::parse(&format!("norm dense:{}", data.classes()), data.shape())?;
    let mut recipes = Vec::new();
    for &epochs in passes {
        for codewords in [3, 2] {
            for step in 0..most {
                recipes.push(Recipe {
                    architecture: architecture.clone(),
                    sparsity: 0.5,
                    codewords,
                    // From 2.5 on, in steps of 0.1, alternately up and down.
                    rate: 2.5 + 0.1 * f64::from((step + 1) / 2) * if step % 2 == 0 { 1.0 } else { -1.0 },
                    digits: 2,
                    pruning: Schedule { epochs: epochs / 2, batch: 64, learning_rate: 0.01 },
                    quantised: Schedule { epochs, batch: 64, learning_rate: 0.01 },
                    bounded: 0.0,
                });
            }
        }
    }
    if effort == Effort::Quick {
        recipes.truncate(1);
    }
    Ok(recipes)
}

fn for_large_images(data: &LabelledImages, effort: Effort) -> Result<Vec<Recipe>, CodeError> {
    let classes = data.classes();
    let wide = format!("conv:8:3 relu max:2 conv:12:3 norm relu max:2 conv:16:3 norm relu max:2 dense:{classes}");
    let narrow = format!("conv:6:3 relu max:2 conv:10:3 norm relu max:2 conv:12:3 norm relu max:2 dense:{classes}");
    let (texts, rates, epochs): (&[&str], &[f64], _) = match effort {
        Effort::Quick => (&[&narrow], &[4.0], [1, 1]),
        Effort::Standard => (&[&narrow], &[5.0], [2, 20]),
        Effort::Max => (&[&narrow, &wide], &[4.0, 5.0, 6.0], [6, 60]),
    };
    let mut recipes = Vec::new();
    for text in texts {
        for &rate in rates {
            recipes.push(Recipe {
                architecture: Architecture::parse(text, data.shape())?,
                sparsity: 0.3,
                codewords: 2,
                rate,
                digits: 2,
                pruning: Schedule { epochs: epochs[0], batch: 64, learning_rate: 0.01 },
                quantised: Schedule { epochs: epochs[1], batch: 64, learning_rate: 0.01 },
                bounded: 0.0,
            });
        }
    }
    Ok(recipes)
}
