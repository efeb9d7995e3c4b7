//! Where perceptrons of signs change, as the number of their examples grows.

use crate::figures::chart::plot::{Plot, Side, Stroke};
use crate::figures::chart::style::MUTED;

/// The examples a weight up to which coin flips can be remembered (Krauth and Mézard 1989).
pub(super) const CAPACITY: f64 = 0.833;

/// The examples a weight from which a teacher is the only solution (Györgyi 1990).
pub(super) const ONLY_SOLUTION: f64 = 1.245;

/// Those from which fast learners find it (Barbier et al. 2019), about.
pub(super) const FOUND: f64 = 1.49;

/// A line from the bottom to the top of the chart, and beside it what changes there.
pub(super) fn transition(plot: &mut Plot, load: f64, heights: [f64; 3], name: &str, side: Side) {
    let [bottom, top, label] = heights;
    plot.line([(load, bottom), (load, top)], Stroke::Thin(MUTED));
    plot.label((load, label), name, MUTED, side);
}
