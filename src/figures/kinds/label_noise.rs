//! Bits and their limit over label noise.

use std::path::PathBuf;

use crate::figures::chart::axis::Axis;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Dot, Plot, Side, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, INK, MUTED, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;
use crate::figures::table::Table;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "label-noise",
    shows:
        "Mean bits of the file that a network is sent in, and the limit below which no code can \
            be, over the probability that a label is wrong, with confidence bands.",
    files: "NAME.summary.csv of an experiment whose only list is noise",
    columns: &[
        "label",
        "bits",
        "bits_lower",
        "bits_upper",
        "limit_kl_bits",
        "limit_kl_bits_lower",
        "limit_kl_bits_upper",
        "slack",
    ],
    // Experiments that vary something else have the same columns.
    suits: |_| false,
    draw,
};

/// Where the ratio is written, and the line beside it, in bits: between the two curves.
const RATIO_HEIGHT: f64 = 220.0;
const RATIO_LINE: [f64; 2] = [100.0, 700.0];

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let table = DEFINITION.table(path)?;
    let noise = noise(&table)?;
    let (bits, limits) = (table.numbers("bits")?, table.numbers("limit_kl_bits")?);
    let most_noise = noise.iter().copied().fold(0.5, f64::max);
    let most_bits = bits.iter().copied().fold(2000.0, f64::max);
    let x = Axis::linear("probability that a label is wrong", 0.0, most_noise);
    let y = Axis::logarithmic("bits", 5.0, most_bits);
    let mut plot = Plot::new(x, y, 11);
    for (column, values, name, colour) in [
        ("bits", &bits, "file sent", BLUE),
        ("limit_kl_bits", &limits, "limit", VERMILION),
    ] {
        let lower = table.numbers(&format!("{column}_lower"))?.into_iter();
        let limits = lower.zip(table.numbers(&format!("{column}_upper"))?);
        let band = noise.iter().zip(limits);
        let band: Vec<(f64, f64, f64)> = band
            .map(|(&noise, (lower, upper))| (noise, lower, upper))
            .collect();
        let curve: Vec<(f64, f64)> = noise.iter().copied().zip(values.iter().copied()).collect();
        plot.band(&band, colour);
        plot.line(curve.iter().copied(), Stroke::Solid(colour));
        for place in curve {
            plot.point(place, Dot::Small(colour));
        }
        if let Some(&end) = values.last() {
            plot.end_label(end, name, colour);
        }
    }
    let slack = table.numbers("slack")?;
    let last = noise.len().saturating_sub(1);
    let mut lines = Vec::new();
    for (place, side) in [(0, Side::Right), (last, Side::Left)] {
        let (Some(&noise), Some(&slack)) = (noise.get(place), slack.get(place)) else {
            continue;
        };
        let (Some(&limit), Some(&bits)) = (limits.get(place), bits.get(place)) else {
            continue;
        };
        let (height, line) = between(limit, bits);
        let text = format!("{slack:.1} \u{d7} limit");
        plot.label((noise, height), &text, INK, side);
        lines.push(line.map(|bits| (noise, bits)));
    }
    for line in lines {
        plot.line(line, Stroke::Thin(MUTED));
    }
    render(&plot)
}

/// The probabilities in the labels of configurations.
fn noise(table: &Table) -> Result<Vec<f64>, FigureError> {
    let mut noise = Vec::new();
    for label in table.texts("label")? {
        let number = label.strip_prefix("noise ").map(str::parse::<f64>);
        let Some(Ok(probability)) = number else {
            return Err(table.wrong(&format!(
                "label \"{label}\"; accepted are labels such as \"noise 0.1\", of experiments in \
                 which nothing else varies"
            )));
        };
        noise.push(probability);
    }
    Ok(noise)
}

/// The height of the ratio of bits to their limit, and the line beside it.
fn between(limit: f64, bits: f64) -> (f64, [f64; 2]) {
    let [from, to] = RATIO_LINE;
    if limit < from && to < bits {
        return (RATIO_HEIGHT, RATIO_LINE);
    }
    ((limit * bits).sqrt(), [limit * 1.15, bits / 1.15])
}
