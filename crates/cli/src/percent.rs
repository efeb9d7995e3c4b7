//! Parts as people read them.

use nonvacuous::bounds::round_up_decimals;

/// A part as a percentage with four decimals, rounded up.
pub(super) fn percent(part: f64) -> String {
    let millionths = (round_up_decimals(part, 6).min(1.0) * 1e6).round();
    format!("{:.4}%", millionths / 1e4)
}
