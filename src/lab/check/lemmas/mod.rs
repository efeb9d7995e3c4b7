//! The lemma that each constant of a bound comes from, computed exactly.
//!
//! How often a bound fails does not show whether a constant inside its logarithm is right: for a
//! point mass the bound without it is true, too. So the inequality that the constant is for is
//! checked itself, where it is nearly an equality.

mod catoni_grid;
mod divergence;
mod moments;
mod noise;
mod splits;
mod weights;

use super::tally::Inequality;
use super::theory::Theory;
use crate::bounds::BoundError;

/// One instance of each lemma.
pub(super) fn inequalities(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let mut all = moments::inequalities(seed, number, theory)?;
    all.extend(divergence::inequalities(seed, number, theory)?);
    all.extend(catoni_grid::inequalities(seed, number, theory)?);
    all.extend(weights::inequalities(seed, number, theory)?);
    all.extend(noise::inequalities(seed, number, theory)?);
    all.extend(splits::inequalities(seed, number, theory)?);
    Ok(all)
}
