//! Bits and the limit over the length of training, or over the number of examples.

use std::path::PathBuf;

use super::draws::{extent, groups, Draw};
use crate::figures::chart::axis::Axis;
use crate::figures::chart::number::number;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Dot, Plot, Side, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, MUTED, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;
use crate::figures::table::Table;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "randomisation-course",
    shows:
        "Bits of the files that networks are sent in, and the limit, over the length of training \
            or over the number of examples; above, the overfit in points.",
    files: "RANDOMISATION.csv",
    columns: &[
        "epochs",
        "examples",
        "errors",
        "test_error",
        "bits",
        "delta",
    ],
    suits: |table| varied(table).is_ok(),
    draw,
};

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let table = DEFINITION.table(path)?;
    let (column, title) = varied(&table)?;
    let groups = groups(&table, column)?;
    let (least, most) = extent(&groups)?;
    let values: Vec<f64> = groups.iter().map(|group| group.value).collect();
    let (from, to) = (
        values.iter().copied().fold(f64::INFINITY, f64::min),
        values.iter().copied().fold(0.0, f64::max),
    );
    let x = Axis::logarithmic(title, from / 1.1, to * 1.1).ticks_at(&values);
    let y = Axis::logarithmic("bits; above: overfit in points", least, most);
    let mut plot = Plot::new(x, y, 10);
    let bits = |draw: &Draw| draw.bits;
    let band: Vec<(f64, f64, f64)> = groups
        .iter()
        .map(|group| {
            let (lower, upper) = group.spread(bits);
            (group.value, lower, upper)
        })
        .collect();
    plot.band(&band, BLUE);
    plot.line(
        groups.iter().map(|group| (group.value, group.mean(bits))),
        Stroke::Solid(BLUE),
    );
    let mut limits = Vec::new();
    for group in &groups {
        limits.push((group.value, group.limit()?));
        let overfit = number((100.0 * group.mean(Draw::overfit)).round());
        plot.label(
            (group.value, group.spread(bits).1),
            &overfit,
            MUTED,
            Side::Above,
        );
        plot.point((group.value, group.mean(bits)), Dot::Small(BLUE));
    }
    limits
        .iter()
        .for_each(|&place| plot.point(place, Dot::Small(VERMILION)));
    if let (Some(last), Some(&(_, limit))) = (groups.last(), limits.last()) {
        plot.end_label(last.mean(bits), "file sent", BLUE);
        plot.end_label(limit, "limit", VERMILION);
    }
    plot.line(limits, Stroke::Solid(VERMILION));
    render(&plot)
}

/// The column that varies, and what is written below the axis.
fn varied(table: &Table) -> Result<(&'static str, &'static str), FigureError> {
    match (table.varies("epochs"), table.varies("examples")) {
        (true, false) => Ok(("epochs", "passes over the training set")),
        (false, true) => Ok(("examples", "training examples")),
        (are_several, _) => Err(table.wrong(&format!(
            "{} of the columns epochs and examples has several values; accepted is one that has",
            if are_several { "each" } else { "neither" }
        ))),
    }
}
