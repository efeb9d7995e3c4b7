//! What does not depend on the image is computed at once: shape arithmetic, and weights that are
//! made of weights.

mod arrangement;
pub(super) mod creation;
mod elementwise;
pub(super) mod indexing;
pub(super) mod reduction;

use super::call::Call;
use super::constant::Constant;
use super::error::Refusal;
use super::ledger::Ledger;

/// What a node makes whose inputs are all constants; nothing, if its operator is not among those
/// that are computed at once.
///
/// # Errors
/// If it does not make sense, or takes too much memory.
pub(super) fn fold(call: &Call<'_>, ledger: &mut Ledger) -> Result<Option<Vec<Constant>>, Refusal> {
    let one = match call.operator {
        "Identity" => Some((**call.constant(0)?).clone()),
        "Split" => return indexing::split(call, ledger).map(Some),
        _ => None,
    };
    if one.is_some() {
        return Ok(one.map(|constant| vec![constant]));
    }
    for family in [
        creation::fold,
        arrangement::fold,
        indexing::fold,
        reduction::fold,
        elementwise::fold,
    ] {
        if let Some(constant) = family(call, ledger)? {
            return Ok(Some(vec![constant]));
        }
    }
    Ok(None)
}
