//! The canvas of a chart: where values are on it, and lines and texts in its units.

use plotters::drawing::DrawingArea;
use plotters::element::{PathElement, Rectangle, Text};
use plotters::prelude::{Color, IntoDrawingArea, IntoFont, RGBColor, SVGBackend, ShapeStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::TextStyle;

use super::lettering::width_of;
use super::plot::Plot;
use super::style::{BOTTOM, CARD, FONT, TEXT, TOP, WIDTH};
use crate::figures::error::FigureError;

/// What is under labels is let through a little.
const BACKING_OPACITY: f64 = 0.85;

/// A chart being drawn.
pub(super) struct Canvas<'a> {
    pub(super) area: DrawingArea<SVGBackend<'a>, plotters::coord::Shift>,
    pub(super) plot: &'a Plot,
}

impl<'a> Canvas<'a> {
    /// A canvas of the plot's size, which writes to `svg`.
    pub(super) fn new(svg: &'a mut String, plot: &'a Plot) -> Self {
        let area = SVGBackend::with_string(svg, plot.size()).into_drawing_area();
        Self { area, plot }
    }

    /// Draws any element of plotters.
    pub(super) fn element<'e, E>(&self, element: &'e E) -> Result<(), FigureError>
    where
        &'e E: plotters::element::PointCollection<'e, (i32, i32)>,
        E: plotters::element::Drawable<SVGBackend<'a>>,
    {
        self.area.draw(element).map_err(failed)
    }

    pub(super) fn right_edge(&self) -> i32 {
        WIDTH - self.plot.right
    }

    pub(super) fn bottom_edge(&self) -> i32 {
        self.plot.height - BOTTOM
    }

    /// The canvas's coordinates of a place between 0 and 1 on both axes; what is far outside stays
    /// far outside, within what coordinates can be.
    pub(super) fn at(&self, (x, y): (f64, f64)) -> (i32, i32) {
        const FAR: f64 = 1e4;
        let (left, bottom) = (self.plot.left, self.bottom_edge());
        let across = f64::from(self.right_edge() - left) * x.clamp(-FAR, FAR);
        let up = f64::from(bottom - TOP) * y.clamp(-FAR, FAR);
        (left + across.round() as i32, bottom - up.round() as i32)
    }

    /// Where a pair of values is on both axes.
    pub(super) fn position(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.plot.x.position(x), self.plot.y.position(y))
    }

    pub(super) fn path(
        &self,
        points: Vec<(i32, i32)>,
        style: ShapeStyle,
    ) -> Result<(), FigureError> {
        self.element(&PathElement::new(points, style))
    }

    pub(super) fn text(
        &self,
        text: &str,
        place: (i32, i32),
        colour: RGBColor,
        pos: Pos,
    ) -> Result<(), FigureError> {
        // The backend divides the size of text by 1.24.
        let style = TextStyle::from((FONT, f64::from(TEXT) * 1.24).into_font())
            .color(&colour)
            .pos(pos);
        self.element(&Text::new(text.to_string(), place, style))
    }

    /// Clears the space under a text.
    pub(super) fn backing(
        &self,
        text: &str,
        (x, y): (i32, i32),
        pos: &Pos,
    ) -> Result<(), FigureError> {
        /// How much further than its letters.
        const MARGIN: i32 = 12;
        let (width, height) = (width_of(text), TEXT + 10);
        let left = match pos.h_pos {
            HPos::Left => x,
            HPos::Center => x - width / 2,
            HPos::Right => x - width,
        };
        let top = match pos.v_pos {
            VPos::Top => y - 10,
            VPos::Center => y - height / 2,
            VPos::Bottom => y - height,
        };
        let corners = [(left - MARGIN, top), (left + width + MARGIN, top + height)];
        self.element(&Rectangle::new(corners, CARD.mix(BACKING_OPACITY).filled()))
    }
}

/// The drawing library's error.
pub(super) fn failed(error: impl std::fmt::Display) -> FigureError {
    FigureError::Drawing(error.to_string())
}
