//! Bounds against the truth, over many training sets.

use std::path::PathBuf;

use crate::figures::chart::axis::Axis;
use crate::figures::chart::number::{number, percent};
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{row_place, Dot, Plot, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, MUTED};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;
use crate::figures::table::Table;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "coverage",
    shows: "Each bound less the error that it bounds, over many training sets: median, and the \
            middle 90%; and how often the bound has failed.",
    files: "NAME.coverage.csv",
    columns: &[
        "configuration",
        "bound",
        "delta",
        "draws",
        "failures",
        "gap_5_percent",
        "gap_median",
        "gap_95_percent",
    ],
    suits: |table| table.shared("delta").is_ok(),
    draw,
};

/// A picture with more rows than this can be read by nobody.
const MOST_ROWS: usize = 200;

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let table = DEFINITION.table(path)?;
    table.shared("delta")?;
    let names = names(&table)?;
    if names.len() > MOST_ROWS {
        let rows = names.len();
        return Err(table.wrong(&format!("{rows} rows; accepted are up to {MOST_ROWS}")));
    }
    let (low, middle, high) = (
        table.numbers("gap_5_percent")?,
        table.numbers("gap_median")?,
        table.numbers("gap_95_percent")?,
    );
    let (failures, draws) = (table.numbers("failures")?, table.numbers("draws")?);
    let least = low.iter().copied().fold(0.0, f64::min);
    let x = Axis::linear("bound less true error, in points", least, 1.0)
        .written(|value| number(100.0 * value));
    let delta = table.numbers("delta")?.first().copied().unwrap_or_default();
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
    render(&plot)
}

/// The names of the rows: those of bounds, after the number of the configuration if there are
/// several.
fn names(table: &Table) -> Result<Vec<String>, FigureError> {
    let has_several = table.varies("configuration");
    let configurations = table.texts("configuration")?.into_iter();
    let rows = configurations.zip(table.texts("bound")?);
    let name = |(configuration, bound): (String, String)| {
        let bound = bound.replace('_', " ");
        if has_several {
            format!("{configuration}: {bound}")
        } else {
            bound
        }
    };
    Ok(rows.map(name).collect())
}
