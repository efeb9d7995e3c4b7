//! Curves: one argument runs over a range, and each of its values is a line of CSV.

use std::str::FromStr;

use super::failure::Failure;
use super::output::{print, print_json};
use super::row::{csv, Row};

/// `NAME=FROM..TO[:POINTS]`: evenly spaced on the scale of logarithms if `FROM` is positive, on the
/// plain one if it is 0.
#[derive(Debug, Clone)]
pub(super) struct Sweep {
    name: String,
    from: f64,
    to: f64,
    points: u32,
}

/// Which values an argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// Any.
    Real,
    /// Whole numbers, to which the range is rounded; each comes once.
    Whole,
}

const DEFAULT_POINTS: u32 = 100;
const MOST_POINTS: u32 = 1_000_000;

impl FromStr for Sweep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "accepted is NAME=FROM..TO or NAME=FROM..TO:POINTS, such as bits=100..10000:50";
        let (name, range) = text.split_once('=').ok_or(form)?;
        let (range, points) = range
            .split_once(':')
            .map_or((range, None), |(range, points)| (range, Some(points)));
        let (from, to) = range.split_once("..").ok_or(form)?;
        let number = |text: &str| {
            text.trim()
                .parse::<f64>()
                .map_err(|_| format!("\"{text}\" is not a number; {form}"))
        };
        let (from, to) = (number(from)?, number(to)?);
        let points = match points {
            Some(points) => points
                .parse()
                .map_err(|_| format!("\"{points}\" points; {form}"))?,
            None => DEFAULT_POINTS,
        };
        if !(from >= 0.0 && from <= to && to.is_finite()) {
            return Err(format!(
                "the range {from}..{to} is empty; FROM is at least 0 and not above TO"
            ));
        }
        if !(1..=MOST_POINTS).contains(&points) {
            return Err(format!("{points} points; accepted are 1 to {MOST_POINTS}"));
        }
        Ok(Self {
            name: name.to_string(),
            from,
            to,
            points,
        })
    }
}

impl Sweep {
    /// A row for each value, with both ends exact.
    pub(super) fn rows(
        &self,
        accepted: &[(&str, Scale)],
        row: impl Fn(&str, f64) -> Result<Row, Failure>,
    ) -> Result<Vec<Row>, Failure> {
        let Some((_, scale)) = accepted.iter().find(|(name, _)| *name == self.name) else {
            let names: Vec<&str> = accepted.iter().map(|(name, _)| *name).collect();
            return Err(Failure::misuse(format!(
                "cannot sweep \"{}\"; accepted are {}",
                self.name,
                names.join(", ")
            )));
        };
        let mut values: Vec<f64> = (0..self.points).map(|point| self.value(point)).collect();
        if *scale == Scale::Whole {
            values.iter_mut().for_each(|value| *value = value.round());
            values.dedup();
        }
        values
            .into_iter()
            .map(|value| row(&self.name, value))
            .collect()
    }

    fn value(&self, point: u32) -> f64 {
        let last = self.points - 1;
        if point == 0 {
            return self.from;
        }
        if point == last {
            return self.to;
        }
        let part = f64::from(point) / f64::from(last);
        if self.from > 0.0 {
            (self.from.ln() + part * (self.to.ln() - self.from.ln()))
                .exp()
                .clamp(self.from, self.to)
        } else {
            self.to * part
        }
    }

    /// CSV, or one JSON array.
    pub(super) fn print(&self, rows: &[Row], json: bool) -> Result<(), Failure> {
        if json {
            return print_json(&rows);
        }
        csv(rows)?.iter().for_each(|line| print(line));
        Ok(())
    }
}
