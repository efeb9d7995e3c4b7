//! Upper bounds over the bits of a description.

use std::path::PathBuf;

use plotters::prelude::RGBColor;

use crate::figures::chart::axis::Axis;
use crate::figures::chart::number::percent;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Plot, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, BROWN, GREEN, INK, MUTED, PURPLE, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;
use crate::figures::table::Table;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "bounds",
    shows: "What each upper bound proves over the bits of a description, for one number of errors \
            on one number of examples, with one confidence.",
    files: "BOUNDS.csv",
    columns: &["bits"],
    suits: |table| table.varies("bits") && curves(table).next().is_some() && is_one(table).is_ok(),
    draw,
};

/// A column of bounds, the name of its curve, and how it is drawn.
type Curve = (&'static str, &'static str, fn(RGBColor) -> Stroke, RGBColor);

const CURVES: [Curve; 7] = [
    ("occam_binomial", "exact binomial", Stroke::Solid, INK),
    ("occam_kl", "kl", Stroke::Dashed, BLUE),
    ("occam_hoeffding", "Hoeffding", Stroke::Solid, VERMILION),
    ("pac_bayes_kl", "PAC-Bayes kl", Stroke::Solid, GREEN),
    ("mcallester", "McAllester", Stroke::Dashed, PURPLE),
    ("thiemann", "Thiemann", Stroke::Solid, BROWN),
    (
        "catoni_uniform",
        "Catoni, any \u{3bb}",
        Stroke::Dashed,
        MUTED,
    ),
];

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let table = DEFINITION.table(path)?;
    if curves(&table).next().is_none() {
        let accepted = CURVES.map(|(column, ..)| column).join(", ");
        return Err(DEFINITION.lacks(&table, &format!("of a bound, of which one of {accepted}")));
    }
    is_one(&table)?;
    let bits = table.numbers("bits")?;
    let last = bits.iter().copied().fold(0.0, f64::max);
    let mut columns = Vec::new();
    for (column, name, stroke, colour) in curves(&table) {
        columns.push((table.numbers(column)?, name, stroke(colour), colour));
    }
    // As far as the tightest bound goes, not the loosest.
    let ends = columns.iter().filter_map(|(values, ..)| values.last());
    let tightest = ends.copied().fold(1.0, f64::min);
    let top = if tightest <= 0.5 { 0.6 } else { 1.0 };
    let x = Axis::linear("bits of the description", 0.0, last);
    let y = Axis::linear("bound on the error on new examples", 0.0, top).written(percent);
    let mut plot = Plot::new(x, y, 15);
    for (values, name, stroke, colour) in columns {
        if let Some(&end) = values.last() {
            plot.end_label(end, name, colour);
        }
        plot.line(bits.iter().copied().zip(values), stroke);
    }
    render(&plot)
}

/// The curves whose columns are there.
fn curves(table: &Table) -> impl Iterator<Item = Curve> + '_ {
    let curves = CURVES.into_iter();
    curves.filter(|(column, ..)| table.has(column))
}

/// Whether all rows are about the same errors, examples and confidence, where these are given.
fn is_one(table: &Table) -> Result<(), FigureError> {
    for column in ["errors", "n", "examples", "delta"] {
        if table.has(column) {
            table.shared(column)?;
        }
    }
    Ok(())
}
