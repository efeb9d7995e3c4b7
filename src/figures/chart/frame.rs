//! What is around a chart: axes, labels to the right of it, and the key.

use plotters::element::Rectangle;
use plotters::prelude::{Color, RGBColor};
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::canvas::Canvas;
use super::plot::Plot;
use super::spacing::moved_apart;
use super::style::{text_width, GAP, GRID, INK, MUTED, TEXT, THIN, TOP};
use crate::figures::error::FigureError;

impl Canvas<'_> {
    pub(super) fn axes(&self) -> Result<(), FigureError> {
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

    /// Labels to the right of the chart, moved apart until none covers another, with lines to where
    /// they belong.
    pub(super) fn end_labels(&self) -> Result<(), FigureError> {
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

    /// A square and a name for each colour, in a line under the title.
    pub(super) fn key(&self) -> Result<(), FigureError> {
        const SIDE: i32 = 70;
        let (mut x, middle) = (self.plot.left, TOP - 70);
        for (name, colour) in &self.plot.key {
            let corners = [(x, middle - SIDE / 2), (x + SIDE, middle + SIDE / 2)];
            self.element(&Rectangle::new(corners, colour.filled()))?;
            self.text(
                name,
                (x + SIDE + GAP, middle),
                *colour,
                Pos::new(HPos::Left, VPos::Center),
            )?;
            x += SIDE + 3 * GAP + text_width(name.chars().count());
        }
        Ok(())
    }
}
