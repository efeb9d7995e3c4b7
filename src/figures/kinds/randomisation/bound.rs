//! What is proved against what is true.

use std::path::PathBuf;

use super::draws::{groups, Draw};
use crate::figures::chart::axis::Axis;
use crate::figures::chart::number::percent;
use crate::figures::chart::picture::Picture;
use crate::figures::chart::plot::{Dot, Plot, Side, Stroke};
use crate::figures::chart::render::render;
use crate::figures::chart::style::{BLUE, INK, MUTED};
use crate::figures::definition::Definition;
use crate::figures::error::FigureError;

pub(in crate::figures) const DEFINITION: Definition = Definition {
    name: "randomisation-bound",
    shows:
        "The certified bound against the true error, for parts of the labels that were replaced \
            at random.",
    files: "RANDOMISATION.csv",
    columns: &[
        "randomised",
        "examples",
        "errors",
        "test_error",
        "bits",
        "delta",
    ],
    suits: |_| false,
    draw,
};

fn draw(files: &[PathBuf]) -> Result<Picture, FigureError> {
    let [path] = files else {
        return Err(DEFINITION.other_files(files));
    };
    let groups = groups(&DEFINITION.table(path)?, "randomised")?;
    let x = Axis::linear("true error", 0.0, 1.0).written(percent);
    let y = Axis::linear("certified bound on the error", 0.0, 1.0).written(percent);
    let mut plot = Plot::new(x, y, 0);
    plot.line([(0.0, 0.0), (1.0, 1.0)], Stroke::Thin(INK));
    plot.label((0.44, 0.36), "bound = truth", INK, Side::Right);
    for group in &groups {
        for draw in &group.draws {
            plot.point((draw.test_error, draw.bound()?), Dot::Small(BLUE));
        }
    }
    for group in &groups {
        let bounds = group
            .draws
            .iter()
            .map(Draw::bound)
            .collect::<Result<Vec<f64>, _>>()?;
        let place = (
            group.mean(|draw| draw.test_error),
            bounds.iter().sum::<f64>() / bounds.len() as f64,
        );
        let side = if place.0 < 0.25 {
            Side::Right
        } else {
            Side::Left
        };
        plot.label(
            place,
            &format!("{} random", percent(group.value)),
            MUTED,
            side,
        );
    }
    render(&plot)
}
