//! Errors of perceptrons of signs that learn from a teacher, through both transitions.

use std::path::PathBuf;

use super::draws::{ends_of_loads, sizes, stroke, tell_strokes, Draw, Group};
use super::transitions::{transition, FOUND, ONLY_SOLUTION};
use crate::figures::chart::axis::Axis;
use crate::figures::chart::number::percent;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Plot, Side};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "signs-errors",
    shows:
        "Training error and true error of perceptrons of signs that learn from a teacher, over the \
            examples a weight: means, and the middle 90% of the draws of the largest.",
    files: "SIGNS.csv",
    columns: &[
        "inputs",
        "labels",
        "load",
        "passes",
        "examples",
        "errors",
        "test_error",
        "bits",
    ],
    suits: |table| sizes(table, "teacher").is_ok() && table.varies("load"),
    draw,
};

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let sizes = sizes(&DEFINITION.table(path)?, "teacher")?;
    let groups = || sizes.iter().flat_map(|size| &size.groups);
    let (from, to) = ends_of_loads(&sizes, (1.0, 2.0));
    let most = groups()
        .map(|group| group.middle(|draw| draw.test_error).1)
        .fold(0.45, f64::max);
    let x = Axis::linear("examples a weight, n/N", from, to);
    let y = Axis::linear("error", 0.0, most).written(percent);
    let mut plot = Plot::new(x, y, 0);
    let top = [0.0, most, 0.97 * most];
    transition(&mut plot, ONLY_SOLUTION, top, "only solution", Side::Left);
    transition(&mut plot, FOUND, top, "found fast", Side::Right);
    type Quantity = fn(&Draw) -> f64;
    let quantities: [(Quantity, _); 2] = [
        (|draw| draw.test_error, BLUE),
        (Draw::train_error, VERMILION),
    ];
    for (value, colour) in quantities {
        if let Some(largest) = sizes.last() {
            let limits = |group: &Group| {
                let (low, high) = group.middle(value);
                (group.load, low, high)
            };
            plot.band(
                &largest.groups.iter().map(limits).collect::<Vec<_>>(),
                colour,
            );
        }
        for (place, size) in sizes.iter().enumerate() {
            let curve = size.curve(|group| group.mean(value));
            plot.line(curve, stroke(place, sizes.len(), colour));
        }
    }
    let at = |part: f64| from + part * (to - from);
    plot.label((at(0.0), 0.62 * most), "true error", BLUE, Side::Right);
    plot.label(
        (at(0.0), 0.08 * most),
        "training error",
        VERMILION,
        Side::Right,
    );
    let words = (at(0.0), 0.42 * most);
    tell_strokes(&mut plot, &sizes, words, 0.09 * most, Side::Right);
    render(&plot)
}
