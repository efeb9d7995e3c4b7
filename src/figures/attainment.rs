//! Bits sent for each bit of the limit.

use std::path::Path;

use super::axis::Axis;
use super::picture::Picture;
use super::plot::{Dot, Plot, Side, Stroke};
use super::rows::Rows;
use super::style::{BLUE, GREEN, INK, VERMILION};
use crate::figures::FigureError;

/// Experiments with networks, and the limit below which means say nothing.
const NETWORKS: [&str; 7] = [
    "pure-noise",
    "label-noise",
    "sample-size",
    "width",
    "steps",
    "digits",
    "mnist",
];
const LEAST_LIMIT: f64 = 10.0;

pub(super) fn draw(experiments: &Path) -> Result<Picture, FigureError> {
    let x = Axis::logarithmic("limit n kl/ln 2, in bits", 1.0, 1e5);
    let y = Axis::logarithmic("bits sent for each bit of the limit", 0.6, 500.0);
    let mut plot = Plot::new(x, y, 0);
    plot.line([(1.0, 1.0), (1e5, 1.0)], Stroke::Thin(INK));
    plot.label((180.0, 220.0), "trained networks", VERMILION, Side::Right);
    plot.label((550.0, 1.32), "random codebook", BLUE, Side::Right);
    plot.label((1.15, 3.3), "found by search", GREEN, Side::Right);
    plot.label((8e4, 0.78), "no code below", INK, Side::Left);
    let slack = |name: &str| -> Result<Vec<(f64, f64)>, FigureError> {
        let rows = Rows::read(&experiments.join(format!("{name}.summary.csv")))?;
        Ok(rows
            .numbers("limit_kl_bits")?
            .into_iter()
            .zip(rows.numbers("slack")?)
            .collect())
    };
    for name in NETWORKS {
        if experiments.join(format!("{name}.summary.csv")).exists() {
            let all = slack(name)?
                .into_iter()
                .filter(|place| place.0 >= LEAST_LIMIT);
            all.for_each(|place| plot.point(place, Dot::Small(VERMILION)));
        }
    }
    slack("codebook")?
        .into_iter()
        .for_each(|place| plot.point(place, Dot::Small(BLUE)));
    slack("codebook-search")?
        .into_iter()
        .for_each(|place| plot.point(place, Dot::Open(GREEN)));
    plot.picture()
}
