//! How many perceptrons of a few signs a teacher's examples leave, and what they get wrong.

use std::path::PathBuf;

use super::draws::{ends_of_loads, sizes, stroke, tell_strokes, Size};
use super::transitions::{transition, ONLY_SOLUTION};
use crate::bounds::FailureProbability;
use crate::figures::chart::axis::Axis;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Plot, Side};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, GREEN, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;
use crate::figures::table::Table;
use crate::lab::confidence::proportion_limits;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "signs-solutions",
    shows:
        "Of all perceptrons of a few signs with the fewest errors on a teacher's examples: in what \
            part of the draws there is only one, the logarithm of their number a weight, and the \
            true error of one of them.",
    files: "SOLUTIONS.csv",
    columns: &[
        "inputs",
        "labels",
        "load",
        "examples",
        "best",
        "errors",
        "test_error",
        "bits",
    ],
    suits: |table| sizes(table, "teacher").is_ok() && table.varies("load"),
    draw,
};

/// How many there are in each draw of a group.
struct Counts(Vec<u64>);

impl Counts {
    /// The part of the draws with one only, and its limits, which hold together with probability
    /// 95% (Clopper and Pearson 1934).
    fn single(&self) -> Result<(f64, f64, f64), FigureError> {
        let draws = self.0.len() as u64;
        let single = self.0.iter().filter(|&&count| count == 1).count() as u64;
        let side = FailureProbability::new(0.025)?;
        let (lower, upper) = proportion_limits(single, draws, side)?;
        Ok((lower, single as f64 / draws as f64, upper))
    }

    /// The mean logarithm, in bits.
    fn logarithm(&self) -> f64 {
        let sum: f64 = self.0.iter().map(|&count| (count as f64).log2()).sum();
        sum / self.0.len() as f64
    }
}

/// Their counts, in the order of the groups of a size.
fn counts(table: &Table, size: &Size) -> Result<Vec<Counts>, FigureError> {
    let own = table.only("inputs", &size.inputs.to_string())?;
    let mut all = Vec::new();
    for group in &size.groups {
        let counts = own.only("examples", &group.examples.to_string())?;
        let counts = counts.counts("best")?;
        if counts.contains(&0) {
            return Err(table.wrong("\"0\" in column best; accepted are 1 or more"));
        }
        all.push(Counts(counts));
    }
    Ok(all)
}

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let table = DEFINITION.table(path)?;
    let sizes = sizes(&table, "teacher")?;
    let (from, to) = ends_of_loads(&sizes, (0.2, 2.0));
    let x = Axis::linear("examples a weight, n/N", from, to);
    let y = Axis::linear("part; error; bits a weight", 0.0, 1.1);
    let mut plot = Plot::new(x, y, 0);
    let heights = [0.0, 1.1, 1.06];
    transition(
        &mut plot,
        ONLY_SOLUTION,
        heights,
        "only solution",
        Side::Left,
    );
    for (place, size) in sizes.iter().enumerate() {
        let counts = counts(&table, size)?;
        let mut single = Vec::new();
        let mut band = Vec::new();
        for (counts, group) in counts.iter().zip(&size.groups) {
            let (lower, middle, upper) = counts.single()?;
            single.push((group.load, middle));
            band.push((group.load, lower, upper));
        }
        if place + 1 == sizes.len() {
            plot.band(&band, GREEN);
        }
        let weights = size.inputs as f64;
        let logarithms = counts.iter().zip(&size.groups);
        let logarithms =
            logarithms.map(|(counts, group)| (group.load, counts.logarithm() / weights));
        let errors = size.curve(|group| group.mean(|draw| draw.test_error));
        plot.line(logarithms, stroke(place, sizes.len(), VERMILION));
        plot.line(errors, stroke(place, sizes.len(), BLUE));
        plot.line(single, stroke(place, sizes.len(), GREEN));
    }
    let at = |part: f64| from + part * (to - from);
    plot.label((at(0.05), 0.68), "log2 solutions/N", VERMILION, Side::Right);
    plot.label((at(0.0), 0.20), "true error", BLUE, Side::Right);
    plot.label((to, 0.90), "only one", GREEN, Side::Left);
    tell_strokes(&mut plot, &sizes, (to, 0.34), 0.09, Side::Left);
    render(&plot)
}
