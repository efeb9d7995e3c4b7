//! Local search on the bound over the weights of a head: the layer that reads a base's features.

use rayon::prelude::*;

use super::features::BaseFeatures;
use crate::bounds::{occam_kl, Bits, EmpiricalRisk, FailureProbability};
use crate::evaluate::MARGIN;
use crate::search::error::SearchError;

/// Weights of a unit whose changes are tried together, of which the best is made.
const TOGETHER: usize = 32;

/// What is added to each count of a symbol in the estimate of a code length (Krichevsky and
/// Trofimov 1981).
const PRIOR_COUNT: f64 = 0.5;

/// A head as symbols, and what it makes of the examples.
pub(super) struct Head<'a> {
    features: &'a BaseFeatures,
    /// The features of all examples, one list a feature.
    columns: &'a [Vec<f32>],
    units: usize,
    /// `[units, features]`; 0 is zero, symbol `s` the value `s - 1`.
    pub(super) symbols: Vec<u8>,
    values: Vec<f32>,
    /// How often each symbol occurs.
    counts: Vec<f64>,
    /// For each unit its logit of each example.
    logits: Vec<Vec<f32>>,
    /// Of the file, as far as it has been estimated.
    bits: f64,
    delta: FailureProbability,
}

/// A change of one weight of a unit, and the bound that it leads to.
#[derive(Debug, Clone, Copy)]
struct Change {
    bound: f64,
    bits: f64,
    feature: usize,
    symbol: u8,
}

/// What decides about an example while the logit of one unit changes.
#[derive(Debug, Clone, Copy)]
struct Rivals {
    /// The unit's logit.
    own: f32,
    /// The logit of the example's class, if that is another unit.
    class: Option<f32>,
    /// The largest of all logits but these two.
    largest: f32,
    /// By how much the class's logit must exceed others.
    margin: f32,
    has_class: bool,
}

impl Rivals {
    /// Whether the example is misclassified if the unit's logit is that.
    fn is_wrong(&self, logit: f32) -> bool {
        let (truth, rival) = match self.class {
            Some(truth) => (truth, self.largest.max(logit)),
            None => (logit, self.largest),
        };
        !(self.has_class && truth - rival > self.margin)
    }
}

impl<'a> Head<'a> {
    pub(super) fn new(
        features: &'a BaseFeatures,
        columns: &'a [Vec<f32>],
        symbols: Vec<u8>,
        values: Vec<f32>,
        bits: f64,
        delta: FailureProbability,
    ) -> Self {
        let units = symbols.len() / columns.len().max(1);
        let mut counts = vec![0.0; values.len() + 1];
        for &symbol in &symbols {
            counts[usize::from(symbol)] += 1.0;
        }
        let mut head = Self {
            features,
            columns,
            units,
            symbols,
            values,
            counts,
            logits: Vec::new(),
            bits,
            delta,
        };
        head.logits = (0..units)
            .into_par_iter()
            .map(|unit| head.unit(unit))
            .collect();
        head
    }

    fn value(&self, symbol: u8) -> f32 {
        match symbol {
            0 => 0.0,
            _ => self.values[usize::from(symbol) - 1],
        }
    }

    /// The logits of a unit.
    fn unit(&self, unit: usize) -> Vec<f32> {
        let mut logits = vec![0.0; self.features.len()];
        let row = &self.symbols[unit * self.columns.len()..][..self.columns.len()];
        for (column, &symbol) in self
            .columns
            .iter()
            .zip(row)
            .filter(|(_, &symbol)| symbol > 0)
        {
            let value = self.value(symbol);
            for (logit, feature) in logits.iter_mut().zip(column) {
                *logit += value * feature;
            }
        }
        logits
    }

    /// One pass over all weights: where another symbol of a weight lowers the bound, it takes it.
    /// Whether any did.
    ///
    /// # Errors
    /// None in practice: counts and bits are within the bound's domain.
    pub(super) fn sweep(&mut self) -> Result<bool, SearchError> {
        let mut has_changed = false;
        let features: Vec<usize> = (0..self.columns.len()).collect();
        for unit in 0..self.units {
            let mut rivals = self.rivals(unit);
            let errors = rivals
                .iter()
                .filter(|rivals| rivals.is_wrong(rivals.own))
                .count() as u64;
            let mut bound = self.bound(errors, self.bits)?;
            for together in features.chunks(TOGETHER) {
                let tried = together
                    .par_iter()
                    .map(|&feature| self.best(unit, feature, &rivals));
                let tried: Vec<Option<Change>> = tried.collect::<Result<_, _>>()?;
                let best = tried.into_iter().flatten();
                let best = best.min_by(|one, other| one.bound.total_cmp(&other.bound));
                if let Some(change) = best.filter(|change| change.bound < bound) {
                    bound = change.bound;
                    self.make(unit, change, &mut rivals);
                    has_changed = true;
                }
            }
        }
        Ok(has_changed)
    }

    fn bound(&self, errors: u64, bits: f64) -> Result<f64, SearchError> {
        let risk = EmpiricalRisk::new(errors, self.features.len() as u64)?;
        Ok(occam_kl(risk, Bits::new(bits.max(0.0))?, self.delta))
    }

    fn rivals(&self, unit: usize) -> Vec<Rivals> {
        let rivals = |(example, class): (usize, &Option<usize>)| {
            let mut largest = f32::NEG_INFINITY;
            let mut magnitude = 0.0f32;
            for (other, logits) in self.logits.iter().enumerate() {
                let logit = logits[example];
                magnitude = magnitude.max(logit.abs());
                if other != unit && Some(other) != *class {
                    largest = largest.max(logit);
                }
            }
            let class_logit = class.filter(|&class| class != unit && class < self.units);
            Rivals {
                own: self.logits[unit][example],
                class: class_logit.map(|class| self.logits[class][example]),
                largest,
                margin: MARGIN * magnitude,
                has_class: class.is_some_and(|class| class < self.units),
            }
        };
        let classes = self.features.classes.par_iter().enumerate();
        classes.map(rivals).collect()
    }

    /// The best change of a weight.
    fn best(
        &self,
        unit: usize,
        feature: usize,
        rivals: &[Rivals],
    ) -> Result<Option<Change>, SearchError> {
        let now = self.symbols[unit * self.columns.len() + feature];
        let mut best: Option<Change> = None;
        for symbol in (0..=self.values.len() as u8).filter(|&symbol| symbol != now) {
            let step = self.value(symbol) - self.value(now);
            let examples = rivals.iter().zip(&self.columns[feature]);
            let errors = examples
                .filter(|(rivals, feature)| rivals.is_wrong(rivals.own + step * **feature))
                .count() as u64;
            let [from, to] = [now, symbol].map(|symbol| self.counts[usize::from(symbol)]);
            let bits = self.bits + ((from - 1.0 + PRIOR_COUNT) / (to + PRIOR_COUNT)).log2();
            let bound = self.bound(errors, bits)?;
            if best.is_none_or(|best| bound < best.bound) {
                best = Some(Change {
                    bound,
                    bits,
                    feature,
                    symbol,
                });
            }
        }
        Ok(best)
    }

    fn make(&mut self, unit: usize, change: Change, rivals: &mut [Rivals]) {
        let place = unit * self.columns.len() + change.feature;
        let now = self.symbols[place];
        let step = self.value(change.symbol) - self.value(now);
        self.counts[usize::from(now)] -= 1.0;
        self.counts[usize::from(change.symbol)] += 1.0;
        self.symbols[place] = change.symbol;
        self.bits = change.bits;
        let logits = self.logits[unit].iter_mut().zip(rivals);
        for ((logit, rivals), feature) in logits.zip(&self.columns[change.feature]) {
            *logit += step * feature;
            rivals.own = *logit;
        }
    }
}
