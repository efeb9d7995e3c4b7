//! What is within a chart: lines, bands, bars, points and labels.

use plotters::element::{Circle, Polygon, Rectangle};
use plotters::prelude::Color;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::canvas::Canvas;
use super::clipping::within_unit_square;
use super::dashes::dashes;
use super::plot::{Dot, Mark, Side, Stroke};
use super::style::{CARD, CURVE, GAP, THIN};
use crate::figures::error::FigureError;

/// Confidence bands let through what is behind.
const BAND_OPACITY: f64 = 0.16;

impl Canvas<'_> {
    pub(super) fn mark(&self, mark: &Mark) -> Result<(), FigureError> {
        match mark {
            Mark::Line(points, stroke) => self.line(points, *stroke),
            Mark::Band(outline, colour) => {
                let inside = |place: &(f64, f64)| {
                    let (x, y) = self.position(*place);
                    self.at((x.clamp(0.0, 1.0), y.clamp(0.0, 1.0)))
                };
                let outline: Vec<(i32, i32)> = outline.iter().map(inside).collect();
                self.element(&Polygon::new(outline, colour.mix(BAND_OPACITY).filled()))
            }
            Mark::Bar(corners, colour) => {
                let corners = corners.map(|corner| self.at(self.position(corner)));
                self.element(&Rectangle::new(corners, colour.filled()))
            }
            Mark::Point(place, dot) => {
                let place = self.at(self.position(*place));
                let (radius, colour, is_open) = match *dot {
                    Dot::Small(colour) => (22, colour, false),
                    Dot::Large(colour) => (38, colour, false),
                    Dot::Open(colour) => (36, colour, true),
                };
                self.element(&Circle::new(place, radius, colour.filled()))?;
                if is_open {
                    self.element(&Circle::new(place, radius - 16, CARD.filled()))?;
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
}

fn real((x, y): (i32, i32)) -> (f64, f64) {
    (f64::from(x), f64::from(y))
}
