//! The draws of an experiment with labels replaced at random.

use crate::bounds::{
    limit_kl, occam_binomial, Bits, EmpiricalRisk, FailureProbability, Probability, SampleSize,
};
use crate::figures::error::FigureError;
use crate::figures::table::Table;

/// One draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draw {
    examples: u64,
    errors: u64,
    pub(super) test_error: f64,
    pub(super) bits: f64,
    delta: f64,
}

impl Draw {
    pub(super) fn train_error(&self) -> f64 {
        self.errors as f64 / self.examples as f64
    }

    /// What its file proves.
    pub(super) fn bound(&self) -> Result<f64, FigureError> {
        let risk = EmpiricalRisk::new(self.errors, self.examples)?;
        Ok(occam_binomial(
            risk,
            Bits::new(self.bits)?,
            FailureProbability::new(self.delta)?,
        ))
    }

    /// `L - e`.
    pub(super) fn overfit(&self) -> f64 {
        self.test_error - self.train_error()
    }
}

/// All draws with one value of what is varied.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) value: f64,
    pub(super) draws: Vec<Draw>,
}

impl Group {
    pub(super) fn mean(&self, value: impl Fn(&Draw) -> f64) -> f64 {
        self.draws.iter().map(value).sum::<f64>() / self.draws.len() as f64
    }

    /// `n kl(eb||Lb)/ln 2` at the means.
    pub(super) fn limit(&self) -> Result<f64, FigureError> {
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
    pub(super) fn spread(&self, value: impl Fn(&Draw) -> f64) -> (f64, f64) {
        let values = || self.draws.iter().map(&value);
        let least = values().fold(f64::INFINITY, f64::min);
        (least, values().fold(f64::NEG_INFINITY, f64::max))
    }
}

/// The draws of an experiment, for each value of a column.
///
/// # Errors
/// [`FigureError::Values`] for a cell that is no such number, or a draw without a file.
pub(super) fn groups(table: &Table, column: &str) -> Result<Vec<Group>, FigureError> {
    let mut groups = Vec::new();
    for value in table.distinct(column)? {
        let own = table.only(column, &value)?;
        let values = own.numbers(column)?;
        groups.push(Group {
            value: values.first().copied().unwrap_or_default(),
            draws: draws(&own)?,
        });
    }
    Ok(groups)
}

fn draws(table: &Table) -> Result<Vec<Draw>, FigureError> {
    let bits = table.numbers("bits")?;
    if bits.iter().any(|bits| bits.is_infinite()) {
        return Err(
            table.wrong("column bits is empty where no file was made; accepted are numbers")
        );
    }
    let examples = table.counts("examples")?.into_iter();
    let counts = examples.zip(table.counts("errors")?);
    let reals = table.numbers("test_error")?.into_iter().zip(bits);
    let rows = counts.zip(reals).zip(table.numbers("delta")?);
    let draw = |(((examples, errors), (test_error, bits)), delta)| Draw {
        examples,
        errors,
        test_error,
        bits,
        delta,
    };
    Ok(rows.map(draw).collect())
}

/// The ends of an axis for the bits and for the limits that are at least a bit.
pub(super) fn extent(groups: &[Group]) -> Result<(f64, f64), FigureError> {
    let mut most = 1.0f64;
    for group in groups {
        most = most.max(group.spread(|draw| draw.bits).1);
    }
    let mut least = most;
    for group in groups {
        let limit = group.limit()?;
        if limit >= 1.0 {
            least = least.min(limit);
        }
    }
    Ok((least / 2.0, 2.0 * most))
}
