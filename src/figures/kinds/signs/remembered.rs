//! Coin flips that perceptrons and committees remember: bits for each bit of the limit, over the
//! load.

use std::path::{Path, PathBuf};

use plotters::prelude::RGBColor;

use super::draws::{ends_of_loads, sizes, Group, Size, COLUMNS};
use super::transitions::{transition, CAPACITY};
use crate::figures::chart::axis::Axis;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Dot, Plot, Side, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, BROWN, GREEN, INK, PURPLE, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;
use crate::figures::table::Table;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "signs-remembered",
    shows: "Bits sent for each bit of the limit by perceptrons of signs that remember coin flips, \
            over the examples a weight, with confidence limits; one bit a weight; and in what part \
            of the draws all were remembered. Perceptrons with zeros and committees beside them.",
    files: "SIGNS.csv SIGNS.summary.csv [TERNARY.csv TERNARY.summary.csv] […]",
    columns: COLUMNS,
    // Which file is the summary cannot be told from one of them.
    suits: |_| false,
    draw,
};

/// The ends of the axes, wider if results need it.
const LOADS: (f64, f64) = (0.55, 0.9);
const MOST: f64 = 2.0;

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let (pairs, rest) = files.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() || pairs.len() > COLOURS.len() {
        return Err(DEFINITION.other_files(files));
    }
    let read = |[draws, summary]: &[PathBuf; 2]| Remembered::read(draws, summary);
    let all: Vec<Remembered> = pairs.iter().map(read).collect::<Result<_, _>>()?;

    let sizes = || all.iter().map(|one| &one.size);
    let ends = sizes().map(|size| ends_of_loads(std::slice::from_ref(size), LOADS));
    let (from, to) = ends.fold(LOADS, |(from, to), (first, last)| {
        (from.min(first), to.max(last))
    });
    let ratios = all.iter().flat_map(|one| &one.ratios);
    let finite = ratios.flat_map(|ratio| [ratio.middle, ratio.upper]);
    let most = finite.filter(|one| one.is_finite()).fold(MOST, f64::max);
    let x = Axis::linear("coin flips to remember a weight, n/N", from, to);
    let y = Axis::linear("bits sent for each bit of the limit", 0.0, most);
    let mut plot = Plot::new(x, y, 0);
    let heights = [0.0, most, 0.12 * most];
    transition(&mut plot, CAPACITY, heights, "capacity", Side::Left);

    let floor = |load: f64| (load, 1.0 / load);
    let steps = (0..=50).map(|step| from + (CAPACITY.max(from) - from) * f64::from(step) / 50.0);
    plot.line(steps.map(floor), Stroke::Dashed(INK));
    for (one, colour) in all.iter().zip(COLOURS) {
        one.draw(&mut plot, colour, most);
    }

    let at = |part: f64| from + part * (to - from);
    // Alone it leaves more room below.
    let (bit, part) = if let [_] = all.as_slice() {
        let words = "file sent, 95% limits";
        plot.label((at(0.24), 0.94 * most), words, BLUE, Side::Right);
        (0.68, 0.33)
    } else {
        for (one, colour) in all.iter().zip(COLOURS) {
            one.tell(&mut plot, colour, most);
        }
        (0.47, 0.24)
    };
    plot.label(
        (at(0.02), bit * most),
        "one bit a weight, N/n",
        INK,
        Side::Right,
    );
    plot.label(
        (at(0.02), part * most),
        "part of draws without an error",
        GREEN,
        Side::Right,
    );
    render(&plot)
}

/// Of what learnt first, second, …; parts of draws are green.
const COLOURS: [RGBColor; 4] = [BLUE, VERMILION, PURPLE, BROWN];

/// The draws of one experiment.
struct Remembered {
    name: String,
    size: Size,
    ratios: Vec<Ratio>,
}

impl Remembered {
    fn read(draws: &Path, summary: &Path) -> Result<Self, FigureError> {
        let table = DEFINITION.table(draws)?;
        let mut sizes = sizes(&table, "coin-flips")?.into_iter();
        let (Some(size), None) = (sizes.next(), sizes.next()) else {
            return Err(table.wrong("several numbers of inputs; one curve shows one of them"));
        };
        let name = if table.has("units") {
            format!("committee of {}", table.shared("units")?)
        } else if table.has("threshold") {
            "with zeros".to_string()
        } else {
            "perceptron".to_string()
        };
        Ok(Self {
            name,
            ratios: ratios(&Table::read(summary)?, &table, &size.groups)?,
            size,
        })
    }

    /// The bits with their limits, and in what part of the draws all was remembered.
    fn draw(&self, plot: &mut Plot, colour: RGBColor, most: f64) {
        let places = self.ratios.iter().map(|ratio| (ratio.load, ratio.middle));
        plot.line(places, Stroke::Solid(colour));
        for ratio in &self.ratios {
            let ends = [ratio.lower, ratio.upper.min(most)];
            plot.line(ends.map(|end| (ratio.load, end)), Stroke::Thin(colour));
            plot.point((ratio.load, ratio.middle), Dot::Large(colour));
        }
        let learnt = self.size.curve(Group::learnt);
        plot.line(learnt.iter().copied(), Stroke::Solid(GREEN));
        for &place in &learnt {
            plot.point(place, Dot::Open(GREEN));
        }
    }

    /// Its name above the middle of its limits.
    fn tell(&self, plot: &mut Plot, colour: RGBColor, most: f64) {
        if let Some(ratio) = self.ratios.get(self.ratios.len() / 2) {
            let place = (ratio.load, ratio.upper.min(most) + 0.06 * most);
            plot.label(place, &self.name, colour, Side::Middle);
        }
    }
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
