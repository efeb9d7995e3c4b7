//! Bits and their limit over label noise.

use std::path::Path;

use super::axis::Axis;
use super::picture::Picture;
use super::plot::{Dot, Plot, Side, Stroke};
use super::rows::Rows;
use super::style::{BLUE, INK, MUTED, VERMILION};
use crate::figures::FigureError;

pub(super) fn draw(experiments: &Path) -> Result<Picture, FigureError> {
    let rows = Rows::read(&experiments.join("label-noise.summary.csv"))?;
    let noise: Vec<f64> = rows
        .texts("label")?
        .iter()
        .filter_map(|text| text.rsplit(' ').next()?.parse().ok())
        .collect();
    let x = Axis::linear("probability that a label is wrong", 0.0, 0.5);
    let y = Axis::logarithmic("bits", 5.0, 2000.0);
    let mut plot = Plot::new(x, y, 11);
    for (column, name, colour) in [
        ("bits", "file sent", BLUE),
        ("limit_kl_bits", "limit", VERMILION),
    ] {
        let values = rows.numbers(column)?;
        let limits = rows
            .numbers(&format!("{column}_lower"))?
            .into_iter()
            .zip(rows.numbers(&format!("{column}_upper"))?);
        let band: Vec<(f64, f64, f64)> = noise
            .iter()
            .zip(limits)
            .map(|(&x, (lower, upper))| (x, lower, upper))
            .collect();
        plot.band(&band, colour);
        plot.line(
            noise.iter().copied().zip(values.iter().copied()),
            Stroke::Solid(colour),
        );
        noise
            .iter()
            .zip(&values)
            .for_each(|(&x, &y)| plot.point((x, y), Dot::Small(colour)));
        if let Some(&end) = values.last() {
            plot.end_label(end, name, colour);
        }
    }
    let slack = rows.numbers("slack")?;
    for place in [0, noise.len().saturating_sub(1)] {
        let (Some(&x), Some(&slack)) = (noise.get(place), slack.get(place)) else {
            continue;
        };
        let side = if place == 0 { Side::Right } else { Side::Left };
        plot.label((x, 220.0), &format!("{slack:.1} \u{d7} limit"), INK, side);
    }
    plot.line([(0.0, 100.0), (0.0, 700.0)], Stroke::Thin(MUTED));
    plot.line([(0.5, 100.0), (0.5, 700.0)], Stroke::Thin(MUTED));
    plot.picture()
}
