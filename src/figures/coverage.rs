//! Bounds against the truth, over many training sets.

use std::path::Path;

use super::axis::{number, percent, Axis};
use super::picture::Picture;
use super::plot::{row_place, Dot, Plot, Stroke};
use super::rows::Rows;
use super::style::{BLUE, MUTED};
use crate::figures::FigureError;

pub(super) fn draw(experiments: &Path) -> Result<Picture, FigureError> {
    let rows =
        Rows::read(&experiments.join("coverage.coverage.csv"))?.only("configuration", "0")?;
    let names: Vec<String> = rows
        .texts("bound")?
        .iter()
        .map(|name| name.replace('_', " "))
        .collect();
    let (low, middle, high) = (
        rows.numbers("gap_5_percent")?,
        rows.numbers("gap_median")?,
        rows.numbers("gap_95_percent")?,
    );
    let (failures, draws) = (rows.numbers("failures")?, rows.numbers("draws")?);
    let x = Axis::linear("bound less true error, in points", 0.0, 1.0)
        .written(|value| number(100.0 * value));
    let delta = rows.numbers("delta")?.first().copied().unwrap_or_default();
    let title = format!("bound, and its failures (allowed: {})", percent(delta));
    let mut plot = Plot::of_rows(x, &title, &names, 10);
    for place in 0..names.len() {
        let height = row_place(place, names.len());
        let value = |values: &[f64]| values.get(place).copied().unwrap_or(f64::NAN);
        plot.line(
            [(value(&low), height), (value(&high), height)],
            Stroke::Solid(BLUE),
        );
        plot.point((value(&middle), height), Dot::Large(BLUE));
        let failures = format!("{} of {}", number(value(&failures)), number(value(&draws)));
        plot.end_label(height, &failures, MUTED);
    }
    plot.picture()
}
