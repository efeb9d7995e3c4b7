//! What the rows of an experiment say about the limit and about the upper bounds.

use super::edge_coverage::EdgeCoverage;
use super::experiment::{Configuration, Experiment};
use super::links::Links;
use super::mean::{share_of, Mean};
use super::store::DrawnRow;
use super::subject::{Outcome, Subject};
use crate::bounds::{
    Bits, BoundError, EmpiricalRisk, FailureProbability, GridRatio, InverseTemperature, Premises,
    SampleSize, TrainingError, BOUNDS,
};

/// Expected errors and length of a configuration, each with two limits.
const LIMITS: f64 = 6.0;

/// The limit on compressibility against the bits of one configuration.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Which one.
    pub configuration: usize,
    /// Number of draws.
    pub draws: u64,
    /// `eb`.
    pub train: Mean,
    /// `Lb`.
    pub test: Mean,
    /// `E|W|`, in bits.
    pub bits: Mean,
    /// `n kl(eb||Lb)`, in bits: at the limits of `eb` and `Lb` that make it smallest, at the means,
    /// and at those that make it largest.
    pub limit: Mean,
}

impl Summary {
    /// Bits for each bit of the limit: the least that the confidence limits allow, that of the
    /// means, and the most.
    #[must_use]
    pub fn slack(&self) -> Mean {
        Mean {
            lower: self.bits.lower / self.limit.upper,
            mean: self.bits.mean / self.limit.mean,
            upper: self.bits.upper / self.limit.lower,
        }
    }

    /// Whether the draws prove, with confidence, that the bits are not below the limit: the lower
    /// limit of `E|W|` against the limit at the upper `eb` and the lower `Lb`.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.bits.lower >= self.limit.lower
    }
}

/// One upper bound over the draws of one configuration.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Coverage {
    /// Which configuration.
    pub configuration: usize,
    /// The bound's name.
    pub bound: &'static str,
    /// What it may fail with.
    pub delta: FailureProbability,
    /// Number of draws.
    pub draws: u64,
    /// In how many it was below the population error.
    pub failures: u64,
    /// The failure probability, with its Clopper-Pearson limits.
    pub rate: Mean,
    /// Mean of the bound.
    pub mean: f64,
    /// The bound less the population error: its 5%, 50% and 95% quantiles.
    pub gap: [f64; 3],
}

impl Coverage {
    /// Whether the draws do not refute that it fails with probability `delta` at most.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.rate.lower <= self.delta.get()
    }
}

/// The results of each configuration that has been drawn.
fn results<'a>(
    experiment: &'a Experiment,
    rows: &'a [DrawnRow],
) -> Vec<(usize, &'a dyn Subject, Vec<Vec<&'a str>>)> {
    let of = |(place, configuration): (usize, &'a Configuration)| {
        let skipped = experiment.beginning(place, 0).len();
        let own = rows.iter().filter(|row| row.key.configuration == place);
        let results = |row: &'a DrawnRow| {
            let cells = row.cells.iter().skip(skipped);
            cells.map(String::as_str).collect::<Vec<&str>>()
        };
        (place, &*configuration.subject, own.map(results).collect())
    };
    let configurations = experiment.configurations().iter().enumerate();
    configurations.map(of).collect()
}

/// The outcomes of each configuration that has been drawn.
pub(in crate::lab) fn outcomes<'a>(
    experiment: &'a Experiment,
    rows: &'a [DrawnRow],
) -> Vec<(usize, &'a dyn Subject, Vec<Outcome>)> {
    let of = |(place, subject, results): (usize, &'a dyn Subject, Vec<Vec<&str>>)| {
        let outcomes = results.iter().filter_map(|one| subject.outcome(one));
        (place, subject, outcomes.collect::<Vec<Outcome>>())
    };
    let all = results(experiment, rows).into_iter().map(of);
    all.filter(|(_, _, outcomes)| !outcomes.is_empty())
        .collect()
}

/// The limit against the bits, for each configuration with rows.
///
/// # Errors
/// If a row's numbers are outside a bound's domain.
pub fn summary(experiment: &Experiment, rows: &[DrawnRow]) -> Result<Vec<Summary>, BoundError> {
    let of = |(configuration, subject, outcomes): (usize, &dyn Subject, Vec<Outcome>)| {
        let n = subject.examples() as f64;
        let values =
            |value: &dyn Fn(&Outcome) -> f64| outcomes.iter().map(value).collect::<Vec<f64>>();
        let ranges = subject.ranges();
        let failure = share_of(LIMITS)?;
        let train = Mean::of(
            &values(&|outcome| outcome.errors as f64 / n),
            ranges.train_error,
            failure,
        )?;
        let test = Mean::of(
            &values(&|outcome| outcome.test_error),
            ranges.test_error,
            failure,
        )?;
        let bits = Mean::of(&values(&|outcome| outcome.bits), ranges.bits, failure)?;
        let size = SampleSize::new(subject.examples())?;
        let limit = Mean::limit(size, train, test)?;
        Ok(Summary {
            configuration,
            draws: outcomes.len() as u64,
            train,
            test,
            bits,
            limit,
        })
    };
    outcomes(experiment, rows).into_iter().map(of).collect()
}

/// Every link between the limit and the bits, for each configuration that knows them.
///
/// # Errors
/// If a row's numbers are outside a bound's domain.
pub fn links(
    experiment: &Experiment,
    rows: &[DrawnRow],
) -> Result<Vec<(usize, Links)>, BoundError> {
    of_each(experiment, rows, |subject, results| subject.links(results))
}

/// How often each bound fails at its edge, for each configuration whose law is at one.
///
/// # Errors
/// If a row's numbers are outside a bound's domain.
pub fn edges(
    experiment: &Experiment,
    rows: &[DrawnRow],
) -> Result<Vec<(usize, EdgeCoverage)>, BoundError> {
    of_each(experiment, rows, |subject, results| subject.edge(results))
}

/// What some subjects say of all their results, for each configuration that has been drawn.
fn of_each<T>(
    experiment: &Experiment,
    rows: &[DrawnRow],
    say: impl Fn(&dyn Subject, &[Vec<&str>]) -> Result<Option<T>, BoundError>,
) -> Result<Vec<(usize, T)>, BoundError> {
    let mut all = Vec::new();
    for (place, subject, results) in results(experiment, rows) {
        if !results.is_empty() {
            all.extend(say(subject, &results)?.map(|said| (place, said)));
        }
    }
    Ok(all)
}

/// Each upper bound against its failure probability, for each configuration with rows that asks for
/// it.
///
/// # Errors
/// If a row's numbers are outside a bound's domain.
pub fn coverage(experiment: &Experiment, rows: &[DrawnRow]) -> Result<Vec<Coverage>, BoundError> {
    let mut all = Vec::new();
    for (configuration, subject, outcomes) in outcomes(experiment, rows) {
        let Some(delta) = subject.delta() else {
            continue;
        };
        let mut values = vec![Vec::with_capacity(outcomes.len()); BOUNDS.len()];
        for outcome in &outcomes {
            let risk = EmpiricalRisk::new(outcome.errors, subject.examples())?;
            let premises = Premises {
                training_error: TrainingError::Deterministic(risk),
                divergence: Bits::new(outcome.bits)?.to_nats(),
                delta,
                lambda: InverseTemperature::sqrt(risk.into()),
                ratio: GridRatio::ZHOU,
            };
            for (values, bound) in values.iter_mut().zip(BOUNDS) {
                values.extend(
                    bound
                        .value(&premises)
                        .map(|value| (value, value - outcome.test_error)),
                );
            }
        }
        for (bound, values) in BOUNDS.iter().zip(values) {
            all.push(of_bound(configuration, bound.name, delta, &values)?);
        }
    }
    Ok(all)
}

/// From the values of a bound and how much each is above the truth.
fn of_bound(
    configuration: usize,
    bound: &'static str,
    delta: FailureProbability,
    values: &[(f64, f64)],
) -> Result<Coverage, BoundError> {
    let draws = values.len() as u64;
    let mut gaps: Vec<f64> = values.iter().map(|(_, gap)| *gap).collect();
    gaps.sort_unstable_by(f64::total_cmp);
    let failures = gaps.iter().filter(|&&gap| gap < 0.0).count() as u64;
    // The draw itself, not a value between two: so are the committed files. Hence by hand, and not
    // by statrs, whose quantiles interpolate.
    let quantile = |part: f64| {
        gaps.get((part * (draws - 1) as f64).round() as usize)
            .copied()
            .unwrap_or_default()
    };
    Ok(Coverage {
        configuration,
        bound,
        delta,
        draws,
        failures,
        rate: Mean::of_cases(failures, draws)?,
        mean: values.iter().map(|(value, _)| value).sum::<f64>() / draws as f64,
        gap: [0.05, 0.5, 0.95].map(quantile),
    })
}
