//! Coin flips that perceptrons of signs remember: bits for each bit of the limit over the load.

use std::path::PathBuf;

use super::draws::{ends_of_loads, sizes, Group, COLUMNS};
use super::transitions::{transition, CAPACITY};
use crate::figures::chart::axis::Axis;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Dot, Plot, Side, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, GREEN, INK};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;
use crate::figures::table::Table;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "signs-remembered",
    shows: "Bits sent for each bit of the limit by perceptrons of signs that remember coin flips, \
            over the examples a weight, with confidence limits; one bit a weight; and in what part \
            of the draws all were remembered.",
    files: "SIGNS.csv SIGNS.summary.csv",
    columns: COLUMNS,
    // Which file is the summary cannot be told from one of them.
    suits: |_| false,
    draw,
};

/// The ends of the axes, wider if results need it.
const LOADS: (f64, f64) = (0.55, 0.9);
const MOST: f64 = 2.0;

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [draws, summary] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let table = DEFINITION.table(draws)?;
    let sizes = sizes(&table, "coin-flips")?;
    let (from, to) = ends_of_loads(&sizes, LOADS);
    let [size] = sizes.as_slice() else {
        return Err(table.wrong("several numbers of inputs; one picture shows one of them"));
    };
    let ratios = ratios(&Table::read(summary)?, &table, &size.groups)?;

    let finite = ratios.iter().flat_map(|ratio| [ratio.middle, ratio.upper]);
    let most = finite.filter(|one| one.is_finite()).fold(MOST, f64::max);
    let x = Axis::linear("coin flips to remember a weight, n/N", from, to);
    let y = Axis::linear("bits sent for each bit of the limit", 0.0, most);
    let mut plot = Plot::new(x, y, 0);
    let heights = [0.0, most, 0.12 * most];
    transition(&mut plot, CAPACITY, heights, "capacity", Side::Left);

    let floor = |load: f64| (load, 1.0 / load);
    let steps = (0..=50).map(|step| from + (CAPACITY.max(from) - from) * f64::from(step) / 50.0);
    plot.line(steps.map(floor), Stroke::Dashed(INK));
    plot.line(
        ratios.iter().map(|ratio| (ratio.load, ratio.middle)),
        Stroke::Solid(BLUE),
    );
    for ratio in &ratios {
        let ends = [ratio.lower, ratio.upper.min(most)];
        plot.line(ends.map(|end| (ratio.load, end)), Stroke::Thin(BLUE));
        plot.point((ratio.load, ratio.middle), Dot::Large(BLUE));
    }
    let learnt = size.curve(Group::learnt);
    plot.line(learnt.iter().copied(), Stroke::Solid(GREEN));
    for &place in &learnt {
        plot.point(place, Dot::Open(GREEN));
    }

    let at = |part: f64| from + part * (to - from);
    plot.label(
        (at(0.24), 0.94 * most),
        "file sent, 95% limits",
        BLUE,
        Side::Right,
    );
    plot.label(
        (at(0.02), 0.68 * most),
        "one bit a weight, N/n",
        INK,
        Side::Right,
    );
    plot.label(
        (at(0.02), 0.33 * most),
        "part of draws without an error",
        GREEN,
        Side::Right,
    );
    render(&plot)
}

/// Bits for each bit of the limit at one load.
struct Ratio {
    load: f64,
    lower: f64,
    middle: f64,
    upper: f64,
}

/// The rows of a summary, which are in the order of the configurations of its draws.
fn ratios(summary: &Table, draws: &Table, groups: &[Group]) -> Result<Vec<Ratio>, FigureError> {
    let lower = summary.numbers("slack_lower")?;
    if lower.len() != groups.len() {
        return Err(summary.wrong(&format!(
            "{} configurations, and {} loads are drawn; accepted is the summary of those draws",
            lower.len(),
            groups.len()
        )));
    }
    let mut loads: Vec<f64> = Vec::new();
    for load in draws.distinct("load")? {
        loads.extend(draws.only("load", &load)?.numbers("load")?.first());
    }
    let limits = lower.into_iter().zip(summary.numbers("slack_upper")?);
    let slacks = summary.numbers("slack")?.into_iter().zip(limits);
    let ratio = |(load, (middle, (lower, upper)))| Ratio {
        load,
        lower,
        middle,
        upper,
    };
    let mut ratios: Vec<Ratio> = loads.into_iter().zip(slacks).map(ratio).collect();
    ratios.sort_by(|one, other| one.load.total_cmp(&other.load));
    // A whole number of examples is drawn.
    for (ratio, group) in ratios.iter_mut().zip(groups) {
        ratio.load = group.load;
    }
    Ok(ratios)
}
