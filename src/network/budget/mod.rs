//! A network within a budget of bytes, without training: bits go where they are worth most.
//!
//! The error that quantisation makes in a tensor `t` is taken to cost `S_t ||w_t - w'_t||^2`, with
//! a sensitivity for each tensor. With entropy-coded uniform grids the sum of costs is smallest,
//! for given bits, where a bit more buys the same everywhere: the steps are in proportion to
//! `1 / sqrt(S_t)` (Gish and Pierce 1968). One number is left, and is found by bisection.
//!
//! Scales of batch normalisations are folded into the convolutions before them, so that one step
//! fits all rows; rows with weights that are too large for it keep a power of two. With a
//! [`Calibration`], what rounding one weight of a unit does to its output is made up for by the
//! weights that are rounded after it, as the inputs of a layer are correlated; and each channel's
//! mean is brought back to what it was.

mod calibration;
mod correction;
mod error;
mod fold;
mod grids;
mod inputs;

pub use calibration::Calibration;
pub use error::BudgetError;

use super::sensitivity;
use super::trained_network::TrainedNetwork;
use correction::correct_means;
use fold::Folded;
use grids::Grids;

/// How often the estimate of the bits is brought in line with the length of the file.
const ROUNDS: usize = 4;

/// A file of this part of the budget is near enough.
const NEAR: f64 = 0.995;

/// The network with its weights on grids, so that its file has at most `budget` bytes; and the
/// file. Without a calibration the same relative error costs the same in all tensors.
///
/// # Errors
/// [`BudgetError::TooSmall`]; otherwise as [`TrainedNetwork::model`].
pub fn within_budget(
    network: &TrainedNetwork,
    calibration: Option<&Calibration>,
    budget: usize,
) -> Result<(TrainedNetwork, Vec<u8>), BudgetError> {
    let folded = Folded::new(network);
    let relative = sensitivity::relative(&folded.network);
    let grids = Grids::new(
        &folded,
        calibration.map_or(&relative, Calibration::sensitivities),
        calibration,
    );
    let mut best: Option<(TrainedNetwork, Vec<u8>)> = None;
    let (mut aim, mut least) = (8.0 * budget as f64, usize::MAX);
    for _ in 0..ROUNDS {
        let mut quantised = grids.at(grids.exponent_within(aim));
        if let Some(calibration) = calibration {
            quantised = correct_means(&folded.network, quantised, calibration.images())?;
        }
        let file = quantised.model()?.encode()?;
        least = least.min(file.len());
        let part = file.len() as f64 / budget as f64;
        if part <= 1.0
            && best
                .as_ref()
                .is_none_or(|(_, best)| best.len() < file.len())
        {
            best = Some((quantised, file));
        }
        if (NEAR..=1.0).contains(&part) {
            break;
        }
        // A little less than the file's length asks for: the next one is to be within the budget.
        aim *= (1.0 + NEAR) / 2.0 / part;
    }
    best.ok_or(BudgetError::TooSmall { budget, least })
}
