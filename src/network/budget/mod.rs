//! A network within a budget of bytes, without training: bits go where they are worth most.
//!
//! The error that quantisation makes in a tensor `t` is taken to cost `S_t ||w_t - w'_t||^2`, with
//! a sensitivity for each tensor. With entropy-coded uniform grids the sum of costs is smallest,
//! for given bits, where a bit more buys the same everywhere: the steps are in proportion to
//! `1 / sqrt(S_t)` (Gish and Pierce 1968). One number is left, and is found by bisection.
//!
//! Scales of batch normalisations are folded into the convolutions before them, so that one step
//! fits all rows; rows with weights that are too large for it keep a power of two.
//!
//! With a [`Calibration`] steps are measured again at the working point, by what each tensor alone
//! does to the probabilities; what rounding one weight of a unit does to its output is made up for
//! by the weights that are rounded after it, as the inputs of a layer are correlated; and each
//! channel's mean is brought back to what it was.

mod calibration;
mod correction;
mod divergence;
mod error;
mod fold;
mod grids;
mod inputs;
mod means;
mod working_point;

pub use calibration::Calibration;
pub use divergence::divergence;
pub use error::BudgetError;

use super::sensitivity;
use super::trained_network::TrainedNetwork;
use fold::Folded;
use grids::Grids;
use inputs::PART;
use means::correct_means;
use working_point::{measure_again, MEASUREMENTS};

/// How often the estimate of the bits is brought in line with the length of the file, at most.
const ROUNDS: usize = 8;

/// A file of this part of the budget is near enough.
const NEAR: f64 = 0.995;

/// The network with its weights on grids, so that its file has at most `budget` bytes; and the
/// file. Without a calibration the same relative error costs the same in all tensors. With one, it
/// takes a minute or more for a network of millions of weights.
///
/// # Errors
/// [`BudgetError::TooSmall`]; otherwise as [`TrainedNetwork::model`].
pub fn within_budget(
    network: &TrainedNetwork,
    calibration: Option<&Calibration>,
    budget: usize,
) -> Result<(TrainedNetwork, Vec<u8>), BudgetError> {
    within_budget_reporting(network, calibration, budget, &mut || {})
}

/// How many steps [`within_budget_reporting`] takes with a calibration, at most.
#[must_use]
pub fn budget_steps(network: &TrainedNetwork) -> usize {
    MEASUREMENTS * sensitivity::sensitive_tensors(network)
}

/// As [`within_budget`], and `report` is told after each of the [steps](budget_steps).
///
/// # Errors
/// As there.
pub fn within_budget_reporting(
    network: &TrainedNetwork,
    calibration: Option<&Calibration>,
    budget: usize,
    report: &mut dyn FnMut(),
) -> Result<(TrainedNetwork, Vec<u8>), BudgetError> {
    let folded = Folded::new(network);
    let relative = sensitivity::relative(&folded.network);
    let mut grids = Grids::new(
        &folded,
        calibration.map_or(&relative, Calibration::sensitivities),
        calibration,
    );
    let mut aim = 8.0 * budget as f64;
    if let Some(calibration) = calibration {
        measure_again(&mut grids, calibration, aim, report)?;
    }
    let mut best: Option<(TrainedNetwork, Vec<u8>)> = None;
    let mut least = usize::MAX;
    // The largest aim whose file was within the budget, and the smallest whose file was not.
    let (mut within, mut beyond) = (0.0, f64::INFINITY);
    for _ in 0..ROUNDS {
        let exponent = grids.exponent_within(aim);
        let mut quantised = grids.at(exponent);
        if let Some(calibration) = calibration {
            quantised = correct_means(
                grids.original(),
                quantised,
                &calibration.images().spread(PART),
            )?;
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
        if part <= 1.0 {
            within = aim;
        } else {
            beyond = aim;
        }
        // A little less than the file's length asks for: the next one is to be within the budget.
        aim *= (1.0 + NEAR) / 2.0 / part;
        if aim <= within || aim >= beyond {
            aim = (within + beyond) / 2.0;
        }
    }
    best.ok_or(BudgetError::TooSmall { budget, least })
}
