//! The training error that `nonvacuous bound` starts from: counted, or estimated and then bounded
//! from above.

use clap::Args;

use super::failure::Failure;
use super::row::Row;
use nonvacuous::bounds::{
    monte_carlo_risk, monte_carlo_risk_of_pairs, population_errors, EmpiricalRisk,
    FailureProbability, GibbsRisk, Probability, SampleSize, TrainingError,
};

/// Failure probability of an estimate, unless another is given.
const ESTIMATE_DELTA: &str = "0.01";

#[derive(Debug, Clone, Args)]
pub(super) struct Source {
    /// Number of training errors of one hypothesis
    #[arg(
        long,
        value_name = "K",
        allow_hyphen_values = true,
        group = "training error"
    )]
    pub(super) errors: Option<u64>,

    /// One hypothesis had K errors on S of the training examples, drawn uniformly without
    /// replacement
    #[arg(
        long,
        value_name = "S:K",
        value_parser = counts,
        allow_hyphen_values = true,
        group = "training error"
    )]
    subsample: Option<EmpiricalRisk>,

    /// Mean training error of a randomised predictor: an upper limit on it, not an estimate
    #[arg(
        long,
        value_name = "MEAN",
        allow_hyphen_values = true,
        group = "training error"
    )]
    risk: Option<String>,

    /// The --risk is an estimate: the mean over M hypotheses drawn from the posterior
    #[arg(
        long,
        value_name = "M",
        allow_hyphen_values = true,
        requires = "risk",
        conflicts_with_all = ["errors", "subsample", "monte_carlo"]
    )]
    risk_draws: Option<u64>,

    /// A randomised predictor had K errors on M training examples, each drawn anew together with a
    /// hypothesis
    #[arg(
        long,
        value_name = "M:K",
        value_parser = counts,
        allow_hyphen_values = true,
        group = "training error"
    )]
    monte_carlo: Option<EmpiricalRisk>,

    /// Probability that --subsample, --risk-draws or --monte-carlo misleads, beside --delta
    /// [default: 0.01]
    #[arg(long, value_name = "DELTA", allow_hyphen_values = true)]
    estimate_delta: Option<String>,
}

/// `N:K`, K errors in N examples.
pub(super) fn counts(text: &str) -> Result<EmpiricalRisk, String> {
    let form = "accepted are a number of examples and one of errors, such as 10000:125";
    let (examples, errors) = text.split_once(':').ok_or(form)?;
    let number = |text: &str| {
        text.trim()
            .parse::<u64>()
            .map_err(|_| format!("\"{text}\" is not a count; {form}"))
    };
    EmpiricalRisk::new(number(errors)?, number(examples)?).map_err(|error| error.to_string())
}

/// A training error, or an upper limit on one.
pub(super) struct Measured {
    pub(super) training_error: TrainingError,
    /// What it was estimated from, and with which probability the limit fails.
    pub(super) estimate: Option<Estimate>,
}

pub(super) struct Estimate {
    pub(super) failure: FailureProbability,
    /// The same, as it was written.
    pub(super) delta: String,
    /// Name and number of what was drawn.
    draws: (&'static str, u64),
    /// Name and number of what was observed.
    observed: (&'static str, serde_json::Value),
}

impl Source {
    /// The training error on `examples`, or an upper limit on it.
    pub(super) fn measure(&self, examples: SampleSize) -> Result<Measured, Failure> {
        if let Some(errors) = self.errors {
            let risk = EmpiricalRisk::new(errors, examples.get())?;
            return self.known(TrainingError::Deterministic(risk));
        }
        let delta = self
            .estimate_delta
            .clone()
            .unwrap_or_else(|| ESTIMATE_DELTA.to_string());
        let failure = delta.parse::<FailureProbability>()?;
        if let Some(sample) = self.subsample {
            let risk = population_errors(sample, examples, failure)?;
            let draws = ("sample", sample.sample_size().get());
            let estimate = Estimate {
                failure,
                delta,
                draws,
                observed: ("sample_errors", sample.count().into()),
            };
            return Ok(Measured {
                training_error: TrainingError::Deterministic(risk),
                estimate: Some(estimate),
            });
        }
        if let Some(pairs) = self.monte_carlo {
            let risk = monte_carlo_risk_of_pairs(pairs, examples, failure)?;
            let draws = ("draws", pairs.sample_size().get());
            let estimate = Estimate {
                failure,
                delta,
                draws,
                observed: ("draws_errors", pairs.count().into()),
            };
            return Ok(Measured {
                training_error: TrainingError::Gibbs(risk),
                estimate: Some(estimate),
            });
        }
        let Some(mean) = &self.risk else {
            return Err(Failure::misuse(
                "what is the training error? give --errors, --subsample, --risk or --monte-carlo",
            ));
        };
        let mean = mean.parse::<Probability>()?;
        let Some(draws) = self.risk_draws else {
            return self.known(TrainingError::Gibbs(GibbsRisk::new(mean, examples)));
        };
        let risk = monte_carlo_risk(mean, SampleSize::new(draws)?, examples, failure)?;
        let estimate = Estimate {
            failure,
            delta,
            draws: ("draws", draws),
            observed: ("draws_mean", mean.get().into()),
        };
        Ok(Measured {
            training_error: TrainingError::Gibbs(risk),
            estimate: Some(estimate),
        })
    }

    fn known(&self, training_error: TrainingError) -> Result<Measured, Failure> {
        if self.estimate_delta.is_some() {
            return Err(Failure::misuse(
                "--estimate-delta is for --subsample, --risk-draws and --monte-carlo; leave it \
                 out for a known training error",
            ));
        }
        Ok(Measured {
            training_error,
            estimate: None,
        })
    }

    /// With `errors` for whatever was given.
    pub(super) fn with_errors(&self, errors: u64) -> Self {
        Self {
            errors: Some(errors),
            subsample: None,
            risk: None,
            risk_draws: None,
            monte_carlo: None,
            estimate_delta: self.estimate_delta.clone(),
        }
    }
}

impl Measured {
    /// Appends what was observed and the training error that follows.
    pub(super) fn put(&self, row: &mut Row) {
        if let Some(estimate) = &self.estimate {
            row.put(estimate.draws.0, estimate.draws.1);
            row.put(estimate.observed.0, estimate.observed.1.clone());
        }
        match self.training_error {
            TrainingError::Deterministic(risk) => row.put("errors", risk.count()),
            TrainingError::Gibbs(risk) => row.put("risk", risk.rate()),
        }
    }
}
