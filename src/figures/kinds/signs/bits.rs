//! Bits a weight of perceptrons of signs that learn from a teacher, and the limit.

use std::path::PathBuf;

use super::draws::{ends_of_loads, sizes, stroke, tell_strokes, Group, COLUMNS};
use super::transitions::{transition, FOUND, ONLY_SOLUTION};
use crate::figures::chart::axis::Axis;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Plot, Side};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, VERMILION};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "signs-bits",
    shows:
        "Bits a weight of the files of perceptrons of signs that learn from a teacher, and of the \
            limit n kl/ln 2, over the examples a weight.",
    files: "SIGNS.csv",
    columns: COLUMNS,
    // Drawn so only if it is asked for: it shows less of the same file than its errors do.
    suits: |_| false,
    draw,
};

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let sizes = sizes(&DEFINITION.table(path)?, "teacher")?;
    let mut curves = Vec::new();
    for size in &sizes {
        let weights = size.inputs as f64;
        let mut limits = Vec::new();
        for group in &size.groups {
            limits.push((group.load, group.limit()? / weights));
        }
        let sent = |group: &Group| group.mean(|draw| draw.bits) / weights;
        curves.push((size.curve(sent), limits));
    }
    let places = curves
        .iter()
        .flat_map(|(sent, limits)| sent.iter().chain(limits));
    let (from, to) = ends_of_loads(&sizes, (1.0, 2.0));
    let most = places.map(|place| place.1).fold(1.4, f64::max);
    let x = Axis::linear("examples a weight, n/N", from, to);
    let y = Axis::linear("bits a weight", 0.0, most);
    let mut plot = Plot::new(x, y, 0);
    let top = [0.0, most, 0.97 * most];
    transition(&mut plot, ONLY_SOLUTION, top, "only solution", Side::Left);
    transition(&mut plot, FOUND, top, "found fast", Side::Right);
    let count = sizes.len();
    for (place, (sent, limits)) in curves.into_iter().enumerate() {
        plot.line(limits, stroke(place, count, VERMILION));
        plot.line(sent, stroke(place, count, BLUE));
    }
    let at = |part: f64| from + part * (to - from);
    plot.label((at(0.0), 0.87 * most), "file sent", BLUE, Side::Right);
    plot.label(
        (at(0.0), 0.10 * most),
        "limit n kl/ln 2",
        VERMILION,
        Side::Right,
    );
    let words = (at(0.0), 0.62 * most);
    tell_strokes(&mut plot, &sizes, words, 0.09 * most, Side::Right);
    render(&plot)
}
