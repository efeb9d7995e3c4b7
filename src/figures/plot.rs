//! One chart on a card: axes, and what is drawn between them.

use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{Color, IntoDrawingArea, IntoFont, RGBColor, SVGBackend, ShapeStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::TextStyle;

use super::axis::Axis;
use super::picture::Picture;
use super::style::{CARD, CURVE, FONT, GAP, GRID, INK, LETTER, MUTED, TEXT, THIN, UNITS, WIDTH};
use crate::figures::FigureError;

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stroke {
    /// A curve.
    Solid(RGBColor),
    /// A curve of another kind.
    Dashed(RGBColor),
    /// A line behind the others.
    Thin(RGBColor),
}

/// How a point is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Dot {
    /// One of many.
    Small(RGBColor),
    /// One of few.
    Large(RGBColor),
    /// One of others.
    Open(RGBColor),
}

/// On which side of its place a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
    Above,
    Below,
    Middle,
}

/// What is drawn, in this order, in values of the axes.
#[derive(Debug, Clone)]
enum Mark {
    Line(Vec<(f64, f64)>, Stroke),
    Band(Vec<(f64, f64)>, RGBColor),
    Bar([(f64, f64); 2], RGBColor),
    Point((f64, f64), Dot),
    Label((f64, f64), String, RGBColor, Side),
}

/// A chart that is being put together.
#[derive(Debug, Clone)]
pub(super) struct Plot {
    x: Axis,
    y: Axis,
    height: i32,
    left: i32,
    right: i32,
    has_rows: bool,
    marks: Vec<Mark>,
    ends: Vec<(f64, String, RGBColor)>,
    key: Vec<(String, RGBColor)>,
}

/// Space above the chart, where the vertical axis has its title, and below it.
const TOP: i32 = 280;
const BOTTOM: i32 = 400;

/// Confidence bands and bars let through what is behind.
const BAND_OPACITY: f64 = 0.16;

/// So does, a little, what is under labels.
const BACKING_OPACITY: f64 = 0.85;

impl Plot {
    /// An empty chart. `right` is the space for labels to the right of it, in letters.
    pub(super) fn new(x: Axis, y: Axis, right: u32) -> Self {
        let widest = y
            .ticks()
            .iter()
            .map(|(_, text)| text.chars().count())
            .max()
            .unwrap_or(0);
        let left = width(widest) + 2 * GAP + 40;
        let right = if right == 0 {
            230
        } else {
            width(right as usize) + 2 * GAP
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

    /// An empty chart of rows, the first one on top, each with its name to the left.
    pub(super) fn of_rows(x: Axis, title: &str, names: &[String], right: u32) -> Self {
        let rows = names.len() as f64;
        let places: Vec<f64> = (0..names.len())
            .map(|place| row_place(place, names.len()))
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
        let height = TOP + BOTTOM + 180 * names.len() as i32;
        Self {
            height,
            has_rows: true,
            ..Self::new(x, y, right)
        }
    }

    pub(super) fn line(&mut self, points: impl IntoIterator<Item = (f64, f64)>, stroke: Stroke) {
        self.marks
            .push(Mark::Line(points.into_iter().collect(), stroke));
    }

    /// Between a lower and an upper limit, `(x, lower, upper)` each.
    pub(super) fn band(&mut self, limits: &[(f64, f64, f64)], colour: RGBColor) {
        let (_, top) = self.y.range();
        let finite = |value: f64| if value.is_finite() { value } else { top };
        let there = limits.iter().map(|&(x, lower, _)| (x, lower));
        let back = limits.iter().rev().map(|&(x, _, upper)| (x, finite(upper)));
        self.marks
            .push(Mark::Band(there.chain(back).collect(), colour));
    }

    /// A filled rectangle with these corners.
    pub(super) fn bar(&mut self, corners: [(f64, f64); 2], colour: RGBColor) {
        self.marks.push(Mark::Bar(corners, colour));
    }

    pub(super) fn point(&mut self, place: (f64, f64), dot: Dot) {
        self.marks.push(Mark::Point(place, dot));
    }

    pub(super) fn label(&mut self, place: (f64, f64), text: &str, colour: RGBColor, side: Side) {
        self.marks
            .push(Mark::Label(place, text.to_string(), colour, side));
    }

    /// A label to the right of the chart, at the height of `y` or as near as other labels let it
    /// be.
    pub(super) fn end_label(&mut self, y: f64, text: &str, colour: RGBColor) {
        self.ends.push((y, text.to_string(), colour));
    }

    /// Names of colours, above the chart to the right.
    pub(super) fn key(&mut self, names: &[(&str, RGBColor)]) {
        self.key = names
            .iter()
            .map(|(name, colour)| (name.to_string(), *colour))
            .collect();
    }

    /// Draws everything.
    ///
    /// # Errors
    /// [`FigureError::Drawing`] if the drawing library reports an error.
    pub(super) fn picture(&self) -> Result<Picture, FigureError> {
        let mut svg = String::new();
        let size = (WIDTH as u32, self.height as u32);
        {
            let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
            let canvas = Canvas { area, plot: self };
            canvas.draw()?;
        }
        Ok(Picture::from_units(&svg, (size.0 / UNITS, size.1 / UNITS)))
    }
}

/// The place of a row, counted from the top, on an axis of so many.
pub(super) fn row_place(row: usize, rows: usize) -> f64 {
    (rows - row) as f64 - 0.5
}

/// About how wide a text of so many letters is.
fn width(letters: usize) -> i32 {
    (letters as f64 * LETTER * f64::from(TEXT)) as i32
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// A chart being drawn.
struct Canvas<'a> {
    area: Area<'a>,
    plot: &'a Plot,
}

fn failed(error: impl std::fmt::Display) -> FigureError {
    FigureError::Drawing(error.to_string())
}

impl Canvas<'_> {
    fn draw(&self) -> Result<(), FigureError> {
        self.area.fill(&CARD).map_err(failed)?;
        self.axes()?;
        self.plot
            .marks
            .iter()
            .try_for_each(|mark| self.mark(mark))?;
        self.end_labels()?;
        self.key()?;
        self.area.present().map_err(failed)
    }

    fn right_edge(&self) -> i32 {
        WIDTH - self.plot.right
    }

    fn bottom_edge(&self) -> i32 {
        self.plot.height - BOTTOM
    }

    /// The canvas's coordinates of a place between 0 and 1 on both axes.
    fn at(&self, (x, y): (f64, f64)) -> (i32, i32) {
        let Plot { left, .. } = *self.plot;
        let across = f64::from(self.right_edge() - left) * x;
        let up = f64::from(self.bottom_edge() - TOP) * y;
        (
            left + across.round() as i32,
            self.bottom_edge() - up.round() as i32,
        )
    }

    /// Where a pair of values is on both axes.
    fn position(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.plot.x.position(x), self.plot.y.position(y))
    }

    fn path(&self, points: Vec<(i32, i32)>, style: ShapeStyle) -> Result<(), FigureError> {
        self.area
            .draw(&PathElement::new(points, style))
            .map_err(failed)
    }

    fn text(
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
        self.area
            .draw(&Text::new(text.to_string(), place, style))
            .map_err(failed)
    }

    fn axes(&self) -> Result<(), FigureError> {
        let Plot {
            x,
            y,
            left,
            has_rows,
            ..
        } = self.plot;
        let (left, right, bottom) = (*left, self.right_edge(), self.bottom_edge());
        for (value, text) in y.ticks() {
            let (_, height) = self.at((0.0, y.position(*value)));
            self.path(
                vec![(left, height), (right, height)],
                GRID.stroke_width(THIN),
            )?;
            let colour = if *has_rows { INK } else { MUTED };
            self.text(
                text,
                (left - GAP, height),
                colour,
                Pos::new(HPos::Right, VPos::Center),
            )?;
        }
        for (value, text) in x.ticks() {
            let (place, _) = self.at((x.position(*value), 0.0));
            self.path(
                vec![(place, bottom), (place, bottom + GAP)],
                MUTED.stroke_width(THIN),
            )?;
            self.text(
                text,
                (place, bottom + 2 * GAP - 15),
                MUTED,
                Pos::new(HPos::Center, VPos::Top),
            )?;
        }
        self.path(
            vec![(left, bottom), (right, bottom)],
            MUTED.stroke_width(THIN),
        )?;
        self.text(
            y.title(),
            (GAP + 20, TOP - 150),
            INK,
            Pos::new(HPos::Left, VPos::Bottom),
        )?;
        let middle = ((left + right) / 2, self.plot.height - GAP - 90);
        self.text(x.title(), middle, INK, Pos::new(HPos::Center, VPos::Center))
    }

    fn mark(&self, mark: &Mark) -> Result<(), FigureError> {
        match mark {
            Mark::Line(points, stroke) => self.line(points, *stroke),
            Mark::Band(outline, colour) => {
                let inside = |place: &(f64, f64)| {
                    let (x, y) = self.position(*place);
                    self.at((x.clamp(0.0, 1.0), y.clamp(0.0, 1.0)))
                };
                let outline: Vec<(i32, i32)> = outline.iter().map(inside).collect();
                self.area
                    .draw(&Polygon::new(outline, colour.mix(BAND_OPACITY).filled()))
                    .map_err(failed)
            }
            Mark::Bar(corners, colour) => {
                let corners = corners.map(|corner| self.at(self.position(corner)));
                self.area
                    .draw(&Rectangle::new(corners, colour.filled()))
                    .map_err(failed)
            }
            Mark::Point(place, dot) => {
                let place = self.at(self.position(*place));
                let (radius, colour, is_open) = match *dot {
                    Dot::Small(colour) => (22, colour, false),
                    Dot::Large(colour) => (38, colour, false),
                    Dot::Open(colour) => (36, colour, true),
                };
                self.area
                    .draw(&Circle::new(place, radius, colour.filled()))
                    .map_err(failed)?;
                if is_open {
                    self.area
                        .draw(&Circle::new(place, radius - 16, CARD.filled()))
                        .map_err(failed)?;
                }
                Ok(())
            }
            Mark::Label(place, text, colour, side) => {
                let (x, y) = self.at(self.position(*place));
                let (place, pos) = match side {
                    Side::Left => ((x - GAP - 10, y), Pos::new(HPos::Right, VPos::Center)),
                    Side::Right => ((x + GAP + 10, y), Pos::new(HPos::Left, VPos::Center)),
                    Side::Above => ((x, y - GAP - 10), Pos::new(HPos::Center, VPos::Bottom)),
                    Side::Below => ((x, y + GAP + 20), Pos::new(HPos::Center, VPos::Top)),
                    Side::Middle => ((x, y), Pos::new(HPos::Center, VPos::Center)),
                };
                self.backing(text, place, &pos)?;
                self.text(text, place, *colour, pos)
            }
        }
    }

    /// Clears the space under a text.
    fn backing(&self, text: &str, (x, y): (i32, i32), pos: &Pos) -> Result<(), FigureError> {
        let (width, height) = (width(text.chars().count()), TEXT + 10);
        let left = match pos.h_pos {
            HPos::Left => x - 15,
            HPos::Center => x - width / 2,
            HPos::Right => x - width,
        };
        let top = match pos.v_pos {
            VPos::Top => y - 10,
            VPos::Center => y - height / 2,
            VPos::Bottom => y - height,
        };
        let corners = [(left, top), (left + width + 15, top + height)];
        self.area
            .draw(&Rectangle::new(corners, CARD.mix(BACKING_OPACITY).filled()))
            .map_err(failed)
    }

    fn line(&self, points: &[(f64, f64)], stroke: Stroke) -> Result<(), FigureError> {
        let style = match stroke {
            Stroke::Solid(colour) | Stroke::Dashed(colour) => colour.stroke_width(CURVE),
            Stroke::Thin(colour) => colour.stroke_width(THIN),
        };
        let places: Vec<(f64, f64)> = points.iter().map(|&point| self.position(point)).collect();
        for piece in within_unit_square(&places) {
            let piece: Vec<(f64, f64)> = piece
                .into_iter()
                .map(|place| self.at(place))
                .map(real)
                .collect();
            let parts = if matches!(stroke, Stroke::Dashed(_)) {
                dashes(&piece)
            } else {
                vec![piece]
            };
            for part in parts {
                let whole = part
                    .into_iter()
                    .map(|(x, y)| (x.round() as i32, y.round() as i32));
                self.path(whole.collect(), style)?;
            }
        }
        Ok(())
    }

    /// Labels to the right of the chart, moved apart until none covers another, with lines to where
    /// they belong.
    fn end_labels(&self) -> Result<(), FigureError> {
        const LEAST_DISTANCE: i32 = TEXT + 22;
        let mut labels: Vec<(i32, &str, RGBColor)> = Vec::new();
        for (y, text, colour) in &self.plot.ends {
            labels.push((
                self.at((1.0, self.plot.y.position(*y).clamp(0.0, 1.0))).1,
                text,
                *colour,
            ));
        }
        labels.sort_by_key(|(height, ..)| *height);
        let wanted: Vec<i32> = labels.iter().map(|(height, ..)| *height).collect();
        let heights = moved_apart(&wanted, LEAST_DISTANCE, self.bottom_edge());
        let edge = self.right_edge();
        for ((wanted, text, colour), height) in labels.into_iter().zip(heights) {
            if (wanted - height).abs() > 25 {
                self.path(
                    vec![(edge + 12, wanted), (edge + GAP + 25, height)],
                    MUTED.stroke_width(5),
                )?;
            }
            self.text(
                text,
                (edge + GAP + 40, height),
                colour,
                Pos::new(HPos::Left, VPos::Center),
            )?;
        }
        Ok(())
    }
}

impl Canvas<'_> {
    /// A square and a name for each colour, in a line under the title.
    fn key(&self) -> Result<(), FigureError> {
        const SIDE: i32 = 70;
        let (mut x, middle) = (self.plot.left, TOP - 70);
        for (name, colour) in &self.plot.key {
            let corners = [(x, middle - SIDE / 2), (x + SIDE, middle + SIDE / 2)];
            self.area
                .draw(&Rectangle::new(corners, colour.filled()))
                .map_err(failed)?;
            self.text(
                name,
                (x + SIDE + GAP, middle),
                *colour,
                Pos::new(HPos::Left, VPos::Center),
            )?;
            x += SIDE + 3 * GAP + width(name.chars().count());
        }
        Ok(())
    }
}

fn real((x, y): (i32, i32)) -> (f64, f64) {
    (f64::from(x), f64::from(y))
}

/// Heights that are in order and at least `distance` apart, near those that are wanted, none below
/// the floor.
fn moved_apart(wanted: &[i32], distance: i32, floor: i32) -> Vec<i32> {
    let mut heights = wanted.to_vec();
    // Each of a few rounds halves what is too near; the last one is exact, downwards then upwards
    // from the floor.
    for _ in 0..200 {
        for place in 1..heights.len() {
            let lacking = distance - (heights[place] - heights[place - 1]);
            if lacking > 0 {
                heights[place - 1] -= lacking / 2;
                heights[place] += lacking - lacking / 2;
            }
        }
    }
    let mut most = floor;
    for height in heights.iter_mut().rev() {
        *height = (*height).min(most);
        most = *height - distance;
    }
    heights
}

/// The pieces of a chain of lines that are inside of the unit square.
fn within_unit_square(points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    for pair in points.windows(2) {
        let [from, to] = *pair else { continue };
        let Some((from, to)) = clipped(from, to) else {
            continue;
        };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

/// The part of a line inside of the unit square (Liang and Barsky 1984); none if there is none, or
/// an end is not a number.
fn clipped(from: (f64, f64), to: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    if !(dx.is_finite() && dy.is_finite()) {
        return None;
    }
    let (mut begin, mut end) = (0.0f64, 1.0f64);
    for (step, room) in [
        (-dx, from.0),
        (dx, 1.0 - from.0),
        (-dy, from.1),
        (dy, 1.0 - from.1),
    ] {
        if step == 0.0 && room < 0.0 {
            return None;
        }
        if step < 0.0 {
            begin = begin.max(room / step);
        } else if step > 0.0 {
            end = end.min(room / step);
        }
    }
    let along = |part: f64| match part {
        0.0 => from,
        1.0 => to,
        part => (from.0 + part * dx, from.1 + part * dy),
    };
    (begin <= end).then(|| (along(begin), along(end)))
}

/// A chain of lines cut into dashes.
fn dashes(points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
    const LENGTHS: [f64; 2] = [70.0, 50.0];
    let mut parts = Vec::new();
    let mut part: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    let (mut kind, mut left) = (0, LENGTHS[0]);
    for pair in points.windows(2) {
        let [mut from, to] = *pair else { continue };
        loop {
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if length <= left {
                left -= length;
                part.push(to);
                break;
            }
            let cut = left / length;
            from = (
                from.0 + cut * (to.0 - from.0),
                from.1 + cut * (to.1 - from.1),
            );
            part.push(from);
            if kind == 0 {
                parts.push(std::mem::take(&mut part));
            }
            part = vec![from];
            kind = 1 - kind;
            left = LENGTHS[kind];
        }
    }
    if kind == 0 && part.len() > 1 {
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{moved_apart, within_unit_square};

    #[test]
    fn labels_that_would_cover_each_other_are_moved_apart_and_stay_in_order() {
        let heights = moved_apart(&[100, 100, 110, 900], 50, 920);
        assert!(
            heights.windows(2).all(|pair| pair[1] - pair[0] >= 49),
            "{heights:?}"
        );
        assert_eq!(heights[3], 900);
    }

    #[test]
    fn lines_end_at_the_edge_of_the_chart() {
        let pieces = within_unit_square(&[(0.5, -1.0), (0.5, 0.5), (0.5, 2.0)]);
        assert_eq!(pieces, [vec![(0.5, 0.0), (0.5, 0.5), (0.5, 1.0)]]);
        assert!(within_unit_square(&[(0.0, 2.0), (1.0, 2.0)]).is_empty());
        assert!(within_unit_square(&[(0.0, f64::NAN), (1.0, 0.0)]).is_empty());
    }
}
