//! What independent draws of a learner say about the limit and about the bounds.

use crate::bounds::{
    limit_kl, Bits, BoundError, EmpiricalRisk, FailureProbability, GridRatio, InverseTemperature,
    Premises, Probability, SampleSize, TrainingError, BOUNDS,
};
use crate::lab::check::tally::Inequality;
use crate::lab::check::theory::Theory;
use crate::lab::confidence::{mean_limits, proportion_limits};
use crate::lab::run::{Outcome, Ranges, CONFIDENCE};

/// Draws of one configuration.
#[derive(Clone)]
pub(super) struct Drawn {
    /// `n`.
    pub examples: u64,
    /// What was sent.
    pub outcomes: Vec<Outcome>,
    /// Where it can be.
    pub ranges: Ranges,
    /// What the bounds may fail with.
    pub delta: FailureProbability,
}

impl Drawn {
    /// The limit at the upper `eb` and the lower `Lb` against the lower `E|W|`; all of them are
    /// right at once with the usual confidence.
    pub(super) fn limit(&self, theory: Theory) -> Result<Inequality, BoundError> {
        const LIMITS: f64 = 3.0;
        let failure = FailureProbability::new((1.0 - CONFIDENCE) / LIMITS)?;
        let limits = |range: (f64, f64), value: &dyn Fn(&Outcome) -> f64| {
            let values: Vec<f64> = self.outcomes.iter().map(value).collect();
            mean_limits(&values, range, failure)
        };
        let n = self.examples as f64;
        let (_, train) = limits(self.ranges.train_error, &|one| one.errors as f64 / n)?;
        let (test, _) = limits(self.ranges.test_error, &|one| one.test_error)?;
        let (bits, _) = limits(self.ranges.bits, &|one| theory.charged(one.bits))?;
        // Training errors above test errors are no overfitting.
        let limit = limit_kl(
            SampleSize::new(self.examples)?,
            Probability::new(train.min(test))?,
            Probability::new(test)?,
        )?;
        Ok(Inequality::comparison(
            "networks_limit",
            theory.limit(limit),
            bits,
            0.0,
        ))
    }

    /// The lower limit of how often each bound fails against its delta.
    pub(super) fn coverage(&self, theory: Theory) -> Result<Vec<Inequality>, BoundError> {
        let side = FailureProbability::new((1.0 - CONFIDENCE) / 2.0)?;
        let draws = self.outcomes.len() as u64;
        let mut all = Vec::with_capacity(BOUNDS.len());
        for bound in BOUNDS {
            let mut failures = 0;
            for outcome in &self.outcomes {
                let risk = EmpiricalRisk::new(outcome.errors, self.examples)?;
                let premises = Premises {
                    training_error: TrainingError::Deterministic(risk),
                    divergence: Bits::new(theory.charged(outcome.bits))?.to_nats(),
                    delta: theory.delta(self.delta)?,
                    lambda: InverseTemperature::sqrt(risk.into()),
                    ratio: GridRatio::ZHOU,
                };
                let value = theory.bound(&bound, &premises)?;
                failures += u64::from(value.is_some_and(|value| value < outcome.test_error));
            }
            let (rate, _) = proportion_limits(failures, draws, side)?;
            all.push(Inequality::comparison(
                "networks_coverage",
                rate,
                self.delta.get(),
                0.0,
            ));
        }
        Ok(all)
    }
}
