//! How often bounds fail on laws at their edges, against what is allowed.

use std::path::PathBuf;

use crate::figures::chart::axis::Axis;
use crate::figures::chart::number::{number, percent};
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{row_place, Dot, Plot, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, INK, MUTED, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;
use crate::figures::table::Table;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "edges",
    shows: "How often each bound fails on a law at its edge, in percent of what is allowed: \
            exactly, and as drawn with 95% limits; and, from a second file, how often it has \
            failed for trained networks.",
    files: "NAME.edges.csv [NAME.coverage.csv]",
    columns: &[
        "law",
        "bound",
        "delta",
        "failure_probability",
        "failure_rate_lower",
        "failure_rate",
        "failure_rate_upper",
    ],
    suits: |_| true,
    draw,
};

/// A picture with more rows than this can be read by nobody.
const MOST_ROWS: usize = 200;

/// Half the height of the tick at the exact probability, in rows.
const TICK: f64 = 0.3;

/// How far the law at the edge is above the middle of its row, and networks below it, so that
/// points at 0 do not hide each other.
const APART: f64 = 0.2;

/// Where the axis begins, so that a point at 0 stands clear of the names.
const FROM: f64 = -0.05;

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let (path, networks) = match files {
        [path] => (path, None),
        [path, networks] => (path, Some(Table::read(networks)?)),
        _ => return Err(DEFINITION.other_files(files)),
    };
    let table = DEFINITION.table(path)?;
    let names = names(&table)?;
    if names.len() > MOST_ROWS {
        let rows = names.len();
        return Err(table.wrong(&format!("{rows} rows; accepted are up to {MOST_ROWS}")));
    }
    let rates = Rates::of(&table)?;
    let exact = parts(&table, "failure_probability")?;
    let others = match &networks {
        Some(networks) => Some((networks.texts("bound")?, Rates::of(networks)?)),
        None => None,
    };

    let shown = rates.upper.iter().chain(&exact).copied();
    let most = shown.fold(1.1, f64::max);
    let x = Axis::linear("failures, in % of what is allowed", FROM, most)
        .written(|value| number(100.0 * value));
    let mut plot = Plot::of_rows(x, "bound, and what it fails with at its edge", &names, 8);
    plot.line(
        [(1.0, 0.0), (1.0, names.len() as f64)],
        Stroke::Dashed(MUTED),
    );
    let bounds = table.texts("bound")?;
    for (place, (bound, &exact)) in bounds.iter().zip(&exact).enumerate() {
        let middle = row_place(place, names.len());
        let height = if others.is_some() {
            middle + APART
        } else {
            middle
        };
        if let Some((bounds, networks)) = &others {
            let rows = bounds
                .iter()
                .enumerate()
                .filter(|(_, other)| *other == bound);
            for (row, _) in rows {
                networks.draw(&mut plot, row, middle - APART, Dot::Open(VERMILION));
            }
        }
        plot.line(
            [(exact, height - TICK), (exact, height + TICK)],
            Stroke::Thin(INK),
        );
        rates.draw(&mut plot, place, height, Dot::Large(BLUE));
        plot.end_label(middle, &written(exact), INK);
    }
    if others.is_some() {
        plot.key(&[("law at the edge", BLUE), ("networks", VERMILION)]);
    }
    render(&plot)
}

/// Failure rates with their limits, as parts of delta.
struct Rates {
    lower: Vec<f64>,
    middle: Vec<f64>,
    upper: Vec<f64>,
}

impl Rates {
    fn of(table: &Table) -> Result<Self, FigureError> {
        Ok(Self {
            lower: parts(table, "failure_rate_lower")?,
            middle: parts(table, "failure_rate")?,
            upper: parts(table, "failure_rate_upper")?,
        })
    }

    /// A row of the table, at a height of the picture.
    fn draw(&self, plot: &mut Plot, row: usize, height: f64, dot: Dot) {
        let value = |values: &[f64]| values.get(row).copied().unwrap_or(f64::NAN);
        let (Dot::Small(colour) | Dot::Large(colour) | Dot::Open(colour)) = dot;
        let ends = [value(&self.lower), value(&self.upper)];
        plot.line(ends.map(|end| (end, height)), Stroke::Solid(colour));
        plot.point((value(&self.middle), height), dot);
    }
}

/// A column as parts of delta.
fn parts(table: &Table, column: &str) -> Result<Vec<f64>, FigureError> {
    let deltas = table.numbers("delta")?;
    if !deltas.iter().all(|&delta| delta > 0.0 && delta < 1.0) {
        return Err(table.wrong("a delta that is not between 0 and 1"));
    }
    let rates = table.numbers(column)?.into_iter();
    Ok(rates
        .zip(deltas)
        .map(|(rate, delta)| rate / delta)
        .collect())
}

/// A part as a percentage; not as 0 if it is not.
fn written(part: f64) -> String {
    const LEAST: f64 = 1e-4;
    if part > 0.0 && part < LEAST {
        format!("<{}", percent(LEAST))
    } else {
        percent(part)
    }
}

/// The names of the rows: those of bounds, or of laws if a bound has several.
fn names(table: &Table) -> Result<Vec<String>, FigureError> {
    let is_of_bounds = table.distinct("bound")?.len() == table.texts("bound")?.len();
    let names = table.texts(if is_of_bounds { "bound" } else { "law" })?;
    Ok(names.iter().map(|name| name.replace('_', " ")).collect())
}
