//! What a chart is put together from.

use plotters::prelude::RGBColor;

use super::axis::Axis;
use super::style::{text_width, BOTTOM, GAP, TOP, WIDTH};

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stroke {
    /// A curve.
    Solid(RGBColor),
    /// A curve of another kind.
    Dashed(RGBColor),
    /// A line behind the others.
    Thin(RGBColor),
}

/// How a point is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dot {
    /// One of many.
    Small(RGBColor),
    /// One of few.
    Large(RGBColor),
    /// One of others.
    Open(RGBColor),
}

/// On which side of its place a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
    Above,
    Below,
    Middle,
}

/// What is drawn, in this order, in values of the axes.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    Line(Vec<(f64, f64)>, Stroke),
    Band(Vec<(f64, f64)>, RGBColor),
    Bar([(f64, f64); 2], RGBColor),
    Point((f64, f64), Dot),
    Label((f64, f64), String, RGBColor, Side),
}

/// A chart that is being put together.
#[derive(Debug, Clone)]
pub struct Plot {
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) height: i32,
    pub(super) left: i32,
    pub(super) right: i32,
    pub(super) has_rows: bool,
    pub(super) marks: Vec<Mark>,
    pub(super) ends: Vec<(f64, String, RGBColor)>,
    pub(super) key: Vec<(String, RGBColor)>,
}

impl Plot {
    /// An empty chart. `right` is the space for labels to the right of it, in letters.
    pub fn new(x: Axis, y: Axis, right: u32) -> Self {
        let widest = y
            .ticks()
            .iter()
            .map(|(_, text)| text.chars().count())
            .max()
            .unwrap_or(0);
        let left = text_width(widest) + 2 * GAP + 40;
        let right = if right == 0 {
            230
        } else {
            text_width(right as usize) + 2 * GAP
        };
        Self {
            x,
            y,
            height: 2300,
            left,
            right,
            has_rows: false,
            marks: Vec::new(),
            ends: Vec::new(),
            key: Vec::new(),
        }
    }

    /// An empty chart of rows, the first one on top, each with its name to the left and a line; one
    /// without a name is empty space.
    pub fn of_rows(x: Axis, title: &str, names: &[String], right: u32) -> Self {
        let rows = names.len() as f64;
        let named = names
            .iter()
            .enumerate()
            .filter(|(_, name)| !name.is_empty());
        let places: Vec<f64> = named
            .map(|(place, _)| row_place(place, names.len()))
            .collect();
        let name = |value: f64| {
            names
                .get((rows - 0.5 - value).round() as usize)
                .cloned()
                .unwrap_or_default()
        };
        let y = Axis::linear(title, 0.0, rows)
            .ticks_at(&places)
            .written(name);
        let height = (names.len() as i32)
            .saturating_mul(180)
            .saturating_add(TOP + BOTTOM);
        Self {
            height,
            has_rows: true,
            ..Self::new(x, y, right)
        }
    }

    pub fn line(&mut self, points: impl IntoIterator<Item = (f64, f64)>, stroke: Stroke) {
        self.marks
            .push(Mark::Line(points.into_iter().collect(), stroke));
    }

    /// Between a lower and an upper limit, `(x, lower, upper)` each.
    pub fn band(&mut self, limits: &[(f64, f64, f64)], colour: RGBColor) {
        let (_, top) = self.y.range();
        let finite = |value: f64| if value.is_finite() { value } else { top };
        let there = limits.iter().map(|&(x, lower, _)| (x, lower));
        let back = limits.iter().rev().map(|&(x, _, upper)| (x, finite(upper)));
        self.marks
            .push(Mark::Band(there.chain(back).collect(), colour));
    }

    /// A filled rectangle with these corners.
    pub fn bar(&mut self, corners: [(f64, f64); 2], colour: RGBColor) {
        self.marks.push(Mark::Bar(corners, colour));
    }

    pub fn point(&mut self, place: (f64, f64), dot: Dot) {
        self.marks.push(Mark::Point(place, dot));
    }

    pub fn label(&mut self, place: (f64, f64), text: &str, colour: RGBColor, side: Side) {
        self.marks
            .push(Mark::Label(place, text.to_string(), colour, side));
    }

    /// A label to the right of the chart, at the height of `y` or as near as other labels let it
    /// be.
    pub fn end_label(&mut self, y: f64, text: &str, colour: RGBColor) {
        self.ends.push((y, text.to_string(), colour));
    }

    /// Width and height, in units.
    pub(super) fn size(&self) -> (u32, u32) {
        (WIDTH as u32, self.height as u32)
    }

    /// Names of colours, above the chart to the right.
    pub fn key(&mut self, names: &[(&str, RGBColor)]) {
        self.key = names
            .iter()
            .map(|(name, colour)| (name.to_string(), *colour))
            .collect();
    }
}

/// The place of a row, counted from the top, on an axis of so many.
pub fn row_place(row: usize, rows: usize) -> f64 {
    (rows - row) as f64 - 0.5
}
