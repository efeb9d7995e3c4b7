//! A network within a budget of bytes, without training: bits go where they are worth most.
//!
//! The error that quantisation makes in a tensor `t` is taken to cost `S_t ||w_t - w'_t||^2`, with a [sensitivity](Sensitivities) for
//! each tensor. With entropy-coded uniform grids the sum of costs is smallest, for given bits, where a bit more buys the same everywhere: the
//! steps are in proportion to `1 / sqrt(S_t)` (Gish and Pierce 1968). One number is left, and is found by bisection.
//!
//! Scales of batch normalisations are folded into the convolutions before them, so that one step fits all rows; afterwards each
//! channel's mean is brought back to what it was ([`correct_means`]; Nagel et al. 2019).

mod correction;
mod fold;
mod grids;
mod sensitivity;

use thiserror::Error;

pub use correction::correct_means;
pub use sensitivity::Sensitivities;

use super::{ImportError, TrainedNetwork};
use crate::code::CodeError;
use crate::data::Batch;
use fold::with_folded_scales;
use grids::Grids;

/// Why a network does not fit a budget.
#[derive(Debug, Error)]
pub enum BudgetError {
    /// The network.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The code.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// Not even the coarsest grids are within it.
    #[error("a budget of {budget} bytes is too small: the least that was reached is {least}")]
    TooSmall {
        /// What was asked for.
        budget: usize,
        /// What was reached.
        least: usize,
    },
}

/// How often the estimate of the bits is brought in line with the length of the file.
const ROUNDS: usize = 4;

/// A file of this part of the budget is near enough.
const NEAR: f64 = 0.995;

/// The network with its weights on grids, so that its file has at most `budget` bytes; and the file.
///
/// With `images`, means of channels are corrected on them. Without `sensitivities` they are [relative](Sensitivities::relative).
///
/// # Errors
/// [`BudgetError::TooSmall`]; otherwise as [`TrainedNetwork::model`], and if the network does not read the images.
pub fn within_budget(
    network: &TrainedNetwork,
    sensitivities: Option<&Sensitivities>,
    images: Option<&Batch>,
    budget: usize,
) -> Result<(TrainedNetwork, Vec<u8>), BudgetError> {
    let folded = with_folded_scales(network);
    let grids = match sensitivities {
        Some(sensitivities) => Grids::new(&folded, sensitivities),
        None => Grids::new(&folded, &Sensitivities::relative(&folded)),
    };
    let mut best: Option<(TrainedNetwork, Vec<u8>)> = None;
    let (mut aim, mut least) = (8.0 * budget as f64, usize::MAX);
    for _ in 0..ROUNDS {
        let (mut quantised, bits) = grids.within(aim);
        if let Some(images) = images {
            quantised = grids.rounded(&correct_means(&folded, &quantised, images)?);
        }
        let file = quantised.model()?.encode()?;
        least = least.min(file.len());
        let part = file.len() as f64 / budget as f64;
        if part <= 1.0 && best.as_ref().is_none_or(|(_, best)| best.len() < file.len()) {
            best = Some((quantised, file));
        }
        if (NEAR..=1.0).contains(&part) {
            break;
        }
        // A little less than the file's length asks for: the next one is to be within the budget.
        aim = bits / part * (1.0 + NEAR) / 2.0;
    }
    best.ok_or(BudgetError::TooSmall { budget, least })
}
