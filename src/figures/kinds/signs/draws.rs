//! The draws of an experiment on perceptrons of signs, by their inputs and examples.

use plotters::prelude::RGBColor;

use crate::bounds::{limit_kl, EmpiricalRisk, Probability, SampleSize};
use crate::figures::chart::number::number;
use crate::figures::chart::plot::{Plot, Side, Stroke};
use crate::figures::chart::style::INK;
use crate::figures::error::FigureError;
use crate::figures::table::Table;

/// What every file of draws must have.
pub(super) const COLUMNS: &[&str] = &[
    "inputs",
    "labels",
    "load",
    "examples",
    "errors",
    "test_error",
    "bits",
];

/// One draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draw {
    examples: u64,
    errors: u64,
    pub(super) test_error: f64,
    pub(super) bits: f64,
}

impl Draw {
    pub(super) fn train_error(&self) -> f64 {
        self.errors as f64 / self.examples as f64
    }
}

/// All draws of perceptrons of `N` inputs that have seen `n` examples.
#[derive(Debug)]
pub(super) struct Group {
    /// `n/N`.
    pub(super) load: f64,
    /// `n`.
    pub(super) examples: u64,
    draws: Vec<Draw>,
}

impl Group {
    pub(super) fn mean(&self, value: impl Fn(&Draw) -> f64) -> f64 {
        self.draws.iter().map(value).sum::<f64>() / self.draws.len() as f64
    }

    /// The 5% and the 95% quantile: draws themselves, not values between two.
    pub(super) fn middle(&self, value: impl Fn(&Draw) -> f64) -> (f64, f64) {
        let mut values: Vec<f64> = self.draws.iter().map(value).collect();
        values.sort_unstable_by(f64::total_cmp);
        let last = values.len().saturating_sub(1) as f64;
        let [low, high] = [0.05, 0.95].map(|part| {
            let place = (part * last).round() as usize;
            values.get(place).copied().unwrap_or_default()
        });
        (low, high)
    }

    /// `n kl(eb||Lb)/ln 2` at the means.
    pub(super) fn limit(&self) -> Result<f64, FigureError> {
        let test = self.mean(|draw| draw.test_error);
        let train = self.mean(Draw::train_error).min(test);
        Ok(limit_kl(
            SampleSize::new(self.examples)?,
            Probability::new(train)?,
            Probability::new(test)?,
        )?
        .get())
    }

    /// In what part of the draws no example was left wrong.
    pub(super) fn learnt(&self) -> f64 {
        self.mean(|draw| f64::from(u8::from(draw.errors == 0)))
    }
}

/// All draws of perceptrons of as many inputs.
#[derive(Debug)]
pub(super) struct Size {
    /// `N`.
    pub(super) inputs: u64,
    /// By their loads.
    pub(super) groups: Vec<Group>,
}

impl Size {
    /// A curve over the loads.
    pub(super) fn curve(&self, value: impl Fn(&Group) -> f64) -> Vec<(f64, f64)> {
        let place = |group: &Group| (group.load, value(group));
        self.groups.iter().map(place).collect()
    }
}

/// The ends of an axis of loads, which go farther than `least` if results need it.
pub(super) fn ends_of_loads(sizes: &[Size], least: (f64, f64)) -> (f64, f64) {
    let groups = || sizes.iter().flat_map(|size| &size.groups);
    (
        groups().map(|group| group.load).fold(least.0, f64::min),
        groups().map(|group| group.load).fold(least.1, f64::max),
    )
}

/// The draws of an experiment whose labels are all of one kind, the smallest perceptrons first.
///
/// # Errors
/// [`FigureError::Values`] for labels of another kind, or a cell that is no such number.
pub(super) fn sizes(table: &Table, labels: &str) -> Result<Vec<Size>, FigureError> {
    let given = table.shared("labels")?;
    if given != labels {
        return Err(table.wrong(&format!("labels \"{given}\"; accepted are \"{labels}\"")));
    }
    let mut sizes = Vec::new();
    for inputs in table.distinct("inputs")? {
        let own = table.only("inputs", &inputs)?;
        let count = own.counts("inputs")?.first().copied().unwrap_or_default();
        if count == 0 {
            return Err(table.wrong("inputs = 0; accepted are 1 or more"));
        }
        let mut groups = Vec::new();
        for load in own.distinct("load")? {
            groups.push(group(&own.only("load", &load)?, count)?);
        }
        groups.sort_by(|one: &Group, other| one.load.total_cmp(&other.load));
        sizes.push(Size {
            inputs: count,
            groups,
        });
    }
    sizes.sort_by_key(|size| size.inputs);
    Ok(sizes)
}

fn group(table: &Table, inputs: u64) -> Result<Group, FigureError> {
    let examples: u64 = table
        .shared("examples")?
        .parse()
        .map_err(|_| table.wrong("examples that are no whole number"))?;
    let errors = table.counts("errors")?.into_iter();
    let reals = table.numbers("test_error")?.into_iter();
    let mut draws = Vec::new();
    for ((errors, test_error), bits) in errors.zip(reals).zip(table.numbers("bits")?) {
        // More errors than examples are refused here.
        EmpiricalRisk::new(errors, examples)?;
        draws.push(Draw {
            examples,
            errors,
            test_error: Probability::new(test_error)?.get(),
            bits,
        });
    }
    Ok(Group {
        load: examples as f64 / inputs as f64,
        examples,
        draws,
    })
}

/// How the curve of a size is drawn, of so many: the largest solid, the smallest dashed, others
/// thin, so that they can be told apart without colours.
pub(super) fn stroke(place: usize, sizes: usize, colour: RGBColor) -> Stroke {
    if place + 1 == sizes {
        Stroke::Solid(colour)
    } else if place == 0 {
        Stroke::Dashed(colour)
    } else {
        Stroke::Thin(colour)
    }
}

/// Says beside a place what [`stroke`] means, each line so much below the one before.
pub(super) fn tell_strokes(
    plot: &mut Plot,
    sizes: &[Size],
    (x, y): (f64, f64),
    line_height: f64,
    side: Side,
) {
    for (line, text) in strokes_in_words(sizes).iter().enumerate() {
        plot.label((x, y - line_height * line as f64), text, INK, side);
    }
}

fn strokes_in_words(sizes: &[Size]) -> Vec<String> {
    let inputs = |size: &Size| number(size.inputs as f64);
    match sizes {
        [] => Vec::new(),
        [only] => vec![format!("N = {}", inputs(only))],
        [least, between @ .., most] => {
            let mut lines = vec![
                format!("solid: N = {}", inputs(most)),
                format!("dashed: N = {}", inputs(least)),
            ];
            if !between.is_empty() {
                let between: Vec<String> = between.iter().map(inputs).collect();
                lines.insert(1, format!("thin: {}", between.join("; ")));
            }
            lines
        }
    }
}
