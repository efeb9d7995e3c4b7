//! Upper bounds over the bits of a description.

use std::path::Path;

use super::axis::{percent, Axis};
use super::picture::Picture;
use super::plot::{Plot, Stroke};
use super::rows::Rows;
use super::style::{BLUE, BROWN, GREEN, INK, MUTED, PURPLE, VERMILION};
use crate::figures::FigureError;

pub(super) fn draw(experiments: &Path) -> Result<Picture, FigureError> {
    let curves = [
        ("occam_binomial", "exact binomial", Stroke::Solid(INK)),
        ("occam_kl", "kl", Stroke::Dashed(BLUE)),
        ("occam_hoeffding", "Hoeffding", Stroke::Solid(VERMILION)),
        ("pac_bayes_kl", "PAC-Bayes kl", Stroke::Solid(GREEN)),
        ("mcallester", "McAllester", Stroke::Dashed(PURPLE)),
        ("thiemann", "Thiemann", Stroke::Solid(BROWN)),
        (
            "catoni_uniform",
            "Catoni, any \u{3bb}",
            Stroke::Dashed(MUTED),
        ),
    ];
    let rows = Rows::read(&experiments.join("bounds.csv"))?;
    let bits = rows.numbers("bits")?;
    let last = bits.iter().copied().fold(0.0, f64::max);
    let x = Axis::linear("bits of the description", 0.0, last);
    let y = Axis::linear("bound on the error on new examples", 0.0, 0.6).written(percent);
    let mut plot = Plot::new(x, y, 15);
    for (column, name, stroke) in curves {
        let (Stroke::Solid(colour) | Stroke::Dashed(colour) | Stroke::Thin(colour)) = stroke;
        let values = rows.numbers(column)?;
        if let Some(&end) = values.last() {
            plot.end_label(end, name, colour);
        }
        plot.line(bits.iter().copied().zip(values), stroke);
    }
    plot.picture()
}
