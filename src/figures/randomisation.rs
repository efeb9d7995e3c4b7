//! Labels replaced at random: what it takes to remember them.

use std::path::Path;

use super::axis::{number, percent, Axis};
use super::picture::Picture;
use super::plot::{Dot, Plot, Side, Stroke};
use super::rows::Rows;
use super::style::{BLUE, COLOURS, INK, MUTED, VERMILION};
use crate::bounds::{
    limit_kl, occam_binomial, Bits, EmpiricalRisk, FailureProbability, Probability, SampleSize,
};
use crate::figures::FigureError;

/// One draw.
#[derive(Debug, Clone, Copy)]
struct Draw {
    examples: u64,
    errors: u64,
    test_error: f64,
    bits: f64,
    delta: f64,
}

impl Draw {
    fn train_error(&self) -> f64 {
        self.errors as f64 / self.examples as f64
    }

    /// What its file proves.
    fn bound(&self) -> Result<f64, FigureError> {
        let risk = EmpiricalRisk::new(self.errors, self.examples)?;
        Ok(occam_binomial(
            risk,
            Bits::new(self.bits)?,
            FailureProbability::new(self.delta)?,
        ))
    }

    /// `L - e`.
    fn overfit(&self) -> f64 {
        self.test_error - self.train_error()
    }
}

/// All draws with one value of what is varied.
struct Group {
    value: f64,
    draws: Vec<Draw>,
}

impl Group {
    fn mean(&self, value: impl Fn(&Draw) -> f64) -> f64 {
        self.draws.iter().map(value).sum::<f64>() / self.draws.len() as f64
    }

    /// `n kl(eb||Lb)/ln 2` at the means.
    fn limit(&self) -> Result<f64, FigureError> {
        let examples = self.draws.first().map_or(1, |draw| draw.examples);
        let test = self.mean(|draw| draw.test_error);
        let train = self.mean(Draw::train_error).min(test);
        Ok(limit_kl(
            SampleSize::new(examples)?,
            Probability::new(train)?,
            Probability::new(test)?,
        )?
        .get())
    }

    /// The least and the largest value.
    fn spread(&self, value: impl Fn(&Draw) -> f64) -> (f64, f64) {
        let least = self.draws.iter().map(&value).fold(f64::INFINITY, f64::min);
        (
            least,
            self.draws
                .iter()
                .map(value)
                .fold(f64::NEG_INFINITY, f64::max),
        )
    }
}

/// The draws of an experiment, for each value of a column.
fn groups(path: &Path, column: &str) -> Result<Vec<Group>, FigureError> {
    let rows = Rows::read(path)?;
    let mut groups = Vec::new();
    for value in rows.distinct(column)? {
        let own = rows.only(column, &value)?;
        let names = ["examples", "errors", "test_error", "bits", "delta"];
        let columns = names
            .map(|name| own.numbers(name))
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?;
        let at = |name: usize, row: usize| {
            columns
                .get(name)
                .and_then(|column| column.get(row))
                .copied()
                .unwrap_or(f64::NAN)
        };
        let draw = |row: usize| Draw {
            examples: at(0, row) as u64,
            errors: at(1, row) as u64,
            test_error: at(2, row),
            bits: at(3, row),
            delta: at(4, row),
        };
        let count = columns.first().map_or(0, Vec::len);
        let value = own.numbers(column)?.first().copied().unwrap_or_default();
        groups.push(Group {
            value,
            draws: (0..count).map(draw).collect(),
        });
    }
    Ok(groups)
}

/// Bits against overfit, with the limit on the same axes.
pub(super) fn bits(path: &Path) -> Result<Picture, FigureError> {
    let groups = groups(path, "randomised")?;
    let (most, least) = extent(&groups)?;
    let x = Axis::linear("overfit: true error less training error", 0.0, 1.0).written(percent);
    let y = Axis::logarithmic("bits; above: labels replaced at random", least, most);
    let mut plot = Plot::new(x, y, 10);
    let mean = |group: &Group| group.mean(Draw::overfit);
    plot.line(
        groups
            .iter()
            .map(|group| (mean(group), group.mean(|draw| draw.bits))),
        Stroke::Thin(BLUE),
    );
    let mut limits = Vec::new();
    for group in &groups {
        limits.push((mean(group), group.limit()?));
        group
            .draws
            .iter()
            .for_each(|draw| plot.point((draw.overfit(), draw.bits), Dot::Small(BLUE)));
        let (_, top) = group.spread(|draw| draw.bits);
        if group.value < 1.0 {
            plot.label((mean(group), top), &percent(group.value), INK, Side::Above);
        } else {
            let (_, rightmost) = group.spread(Draw::overfit);
            plot.label(
                (rightmost, group.mean(|draw| draw.bits)),
                "all",
                INK,
                Side::Right,
            );
        }
    }
    if let (Some(last), Some(&(_, limit))) = (groups.last(), limits.last()) {
        plot.end_label(last.mean(|draw| draw.bits), "file sent", BLUE);
        plot.end_label(limit, "limit", VERMILION);
    }
    if let (Some(first), Some(&(_, limit))) = (groups.first(), limits.first()) {
        let bits = first.mean(|draw| draw.bits);
        ratio(&mut plot, mean(first), bits, limit, limit, Side::Right);
    }
    if let (Some(last), Some(&(_, limit))) = (groups.last(), limits.last()) {
        let bits = last.mean(|draw| draw.bits);
        ratio(
            &mut plot,
            mean(last),
            bits,
            limit,
            (bits * limit).sqrt(),
            Side::Left,
        );
    }
    limits
        .iter()
        .for_each(|&place| plot.point(place, Dot::Small(VERMILION)));
    plot.line(limits, Stroke::Solid(VERMILION));
    plot.picture()
}

/// A line from the limit to the bits, and beside it, at a height, how many times the limit the bits
/// are.
fn ratio(plot: &mut Plot, x: f64, bits: f64, limit: f64, height: f64, side: Side) {
    plot.line([(x, limit * 1.15), (x, bits / 1.15)], Stroke::Thin(MUTED));
    plot.label(
        (x, height),
        &format!("{:.1} \u{d7} limit", bits / limit),
        INK,
        side,
    );
}

/// The ends of an axis of bits.
fn extent(groups: &[Group]) -> Result<(f64, f64), FigureError> {
    let most = groups
        .iter()
        .map(|group| group.spread(|draw| draw.bits).1)
        .fold(1.0, f64::max);
    let limits = groups
        .iter()
        .map(Group::limit)
        .collect::<Result<Vec<f64>, _>>()?;
    let least = limits
        .into_iter()
        .filter(|limit| *limit >= 1.0)
        .fold(most, f64::min);
    Ok((2.0 * most, least / 2.0))
}

/// What is proved against what is true.
pub(super) fn bound(path: &Path) -> Result<Picture, FigureError> {
    let groups = groups(path, "randomised")?;
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
    plot.picture()
}

/// Bits and the limit over the length of training, or over the number of examples.
pub(super) fn course(path: &Path, column: &str, title: &str) -> Result<Picture, FigureError> {
    let groups = groups(path, column)?;
    let (most, least) = extent(&groups)?;
    let values: Vec<f64> = groups.iter().map(|group| group.value).collect();
    let (from, to) = (
        values.iter().copied().fold(f64::INFINITY, f64::min),
        values.iter().copied().fold(0.0, f64::max),
    );
    let x = Axis::logarithmic(title, from / 1.1, to * 1.1).ticks_at(&values);
    let y = Axis::logarithmic("bits; above: overfit in points", least, most);
    let mut plot = Plot::new(x, y, 10);
    let bits = |draw: &Draw| draw.bits;
    let band: Vec<(f64, f64, f64)> = groups
        .iter()
        .map(|group| {
            let (lower, upper) = group.spread(bits);
            (group.value, lower, upper)
        })
        .collect();
    plot.band(&band, BLUE);
    plot.line(
        groups.iter().map(|group| (group.value, group.mean(bits))),
        Stroke::Solid(BLUE),
    );
    let mut limits = Vec::new();
    for group in &groups {
        limits.push((group.value, group.limit()?));
        let overfit = number((100.0 * group.mean(Draw::overfit)).round());
        plot.label(
            (group.value, group.spread(bits).1),
            &overfit,
            MUTED,
            Side::Above,
        );
        plot.point((group.value, group.mean(bits)), Dot::Small(BLUE));
    }
    limits
        .iter()
        .for_each(|&place| plot.point(place, Dot::Small(VERMILION)));
    if let (Some(last), Some(&(_, limit))) = (groups.last(), limits.last()) {
        plot.end_label(last.mean(bits), "file sent", BLUE);
        plot.end_label(limit, "limit", VERMILION);
    }
    plot.line(limits, Stroke::Solid(VERMILION));
    plot.picture()
}

/// Training accuracy of pruned networks against the part of their weights that is left.
pub(super) fn sparsity(path: &Path) -> Result<Picture, FigureError> {
    let rows = Rows::read(path)?;
    let mut left: Vec<f64> = rows
        .numbers("sparsity")?
        .into_iter()
        .map(|sparsity| 1.0 - sparsity)
        .collect();
    left.sort_by(f64::total_cmp);
    left.dedup();
    let least = left.first().copied().unwrap_or(0.01);
    let x = Axis::logarithmic("weights that are left", 1.0, least / 1.1)
        .ticks_at(&left)
        .written(percent);
    let y = Axis::linear("training accuracy of the pruned network", 0.0, 1.0).written(percent);
    let mut plot = Plot::new(x, y, 13);
    for (place, randomised) in rows.distinct("randomised")?.iter().enumerate() {
        let own = rows.only("randomised", randomised)?;
        let colour = COLOURS.get(place % COLOURS.len()).copied().unwrap_or(INK);
        let mut points: Vec<(f64, f64, f64, f64)> = Vec::new();
        for pruned in own.distinct("sparsity")? {
            let draws = own.only("sparsity", &pruned)?;
            let pairs = draws
                .numbers("pruned_errors")?
                .into_iter()
                .zip(draws.numbers("examples")?);
            let accuracies: Vec<f64> = pairs
                .map(|(errors, examples)| 1.0 - errors / examples)
                .collect();
            let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
            let lower = accuracies.iter().copied().fold(f64::INFINITY, f64::min);
            let upper = accuracies.iter().copied().fold(0.0, f64::max);
            let left = 1.0
                - draws
                    .numbers("sparsity")?
                    .first()
                    .copied()
                    .unwrap_or_default();
            points.push((left, lower, mean, upper));
        }
        points.sort_by(|one, other| other.0.total_cmp(&one.0));
        let band: Vec<(f64, f64, f64)> = points
            .iter()
            .map(|&(x, lower, _, upper)| (x, lower, upper))
            .collect();
        plot.band(&band, colour);
        plot.line(
            points.iter().map(|&(x, _, mean, _)| (x, mean)),
            Stroke::Solid(colour),
        );
        points
            .iter()
            .for_each(|&(x, _, mean, _)| plot.point((x, mean), Dot::Small(colour)));
        if let Some(&(_, _, mean, _)) = points.last() {
            let share = randomised
                .parse::<f64>()
                .map_or(randomised.clone(), percent);
            plot.end_label(mean, &format!("{share} random"), colour);
        }
    }
    plot.picture()
}
