//! From a chart to its picture.

use super::canvas::{failed, Canvas};
use super::picture::Picture;
use super::plot::Plot;
use super::style::{CARD, UNITS};
use crate::figures::error::FigureError;

/// Draws everything: what comes later covers what came before.
///
/// # Errors
/// [`FigureError::Drawing`] if the drawing library reports an error.
pub fn render(plot: &Plot) -> Result<Picture, FigureError> {
    let mut svg = String::new();
    draw(&Canvas::new(&mut svg, plot))?;
    let (width, height) = plot.size();
    Ok(Picture::from_units(&svg, (width / UNITS, height / UNITS)))
}

fn draw(canvas: &Canvas) -> Result<(), FigureError> {
    canvas.area.fill(&CARD).map_err(failed)?;
    canvas.axes()?;
    for mark in &canvas.plot.marks {
        canvas.mark(mark)?;
    }
    canvas.end_labels()?;
    canvas.key()?;
    canvas.area.present().map_err(failed)
}
