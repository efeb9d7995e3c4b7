//! Upper bounds as functions of the errors.

use rand::{Rng, RngExt};
use statrs::distribution::{DiscreteCDF, Hypergeometric};

use crate::bounds::{
    held_out, ln_lower_tail, monte_carlo_risk, monte_carlo_risk_of_pairs, pac_bayes_kl_xi,
    population_errors, Bits, Bound, BoundError, EmpiricalRisk, FailureProbability, GridRatio,
    InverseTemperature, Nats, Premises, Probability, SampleSize, TrainingError,
};

/// The part of delta that [`Claim::MonteCarloSplit`] spends on the draws.
const OF_DRAWS: f64 = 0.9;

/// An upper bound from `k` errors in `n` trials, and what the trials are.
#[derive(Debug, Clone, Copy)]
pub enum Claim {
    /// One of [`BOUNDS`](crate::bounds::BOUNDS), on the error of a hypothesis with a code word; the
    /// trials are training examples. Lambda is `sqrt(n)`, and the grid of lambdas that of Zhou et
    /// al.
    CodeWord(Bound),
    /// [`held_out`], on the error of one hypothesis; the trials are examples that it never saw.
    HeldOut,
    /// [`population_errors`], on the part of a population's examples that are errors; the trials
    /// are drawn from them without replacement. It is that of a verifier, who draws its own: a
    /// maker's claim charges for `2^64` subsamples, and its edge is at a delta as much smaller.
    Subsample {
        /// How many examples there are.
        population: SampleSize,
    },
    /// [`monte_carlo_risk_of_pairs`], on the training error of a randomised predictor; the trials
    /// are draws of a hypothesis and a training example.
    MonteCarloPairs,
    /// [`monte_carlo_risk`], on the same; the trials are draws of a hypothesis, each of which is
    /// wrong on all training examples or on none.
    MonteCarloMeans,
    /// [`pac_bayes_kl_xi`] with a tenth of delta, at the limit of [`monte_carlo_risk_of_pairs`]
    /// with the rest, on the error of a randomised predictor; the trials are draws of a hypothesis
    /// and a training example. The posterior is the prior.
    MonteCarloSplit {
        /// How many training examples there are.
        examples: SampleSize,
    },
}

impl Claim {
    /// What it is called, in `nonvacuous check`, too.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::CodeWord(bound) => bound.name,
            Self::HeldOut => "held_out",
            Self::Subsample { .. } => "subsample",
            Self::MonteCarloPairs => "monte_carlo_pairs",
            Self::MonteCarloMeans => "monte_carlo_means",
            Self::MonteCarloSplit { .. } => "monte_carlo_split",
        }
    }

    /// The bound at `trials`; `bits` are those of the code word, where there is one.
    ///
    /// # Errors
    /// [`BoundError`] if the trials are outside the bound's domain.
    pub fn limit(
        &self,
        trials: EmpiricalRisk,
        bits: Bits,
        delta: FailureProbability,
    ) -> Result<f64, BoundError> {
        match *self {
            Self::CodeWord(bound) => {
                let premises = Premises {
                    training_error: TrainingError::Deterministic(trials),
                    divergence: bits.to_nats(),
                    delta,
                    lambda: InverseTemperature::sqrt(trials.into()),
                    ratio: GridRatio::ZHOU,
                };
                // Every bound is for one hypothesis.
                Ok(bound.value(&premises).unwrap_or(1.0))
            }
            Self::HeldOut => Ok(held_out(trials, delta)),
            Self::Subsample { population } => {
                Ok(population_errors(trials, population, delta)?.rate())
            }
            Self::MonteCarloPairs => {
                let size = trials.sample_size();
                Ok(monte_carlo_risk_of_pairs(trials, size, delta)?.rate())
            }
            Self::MonteCarloMeans => {
                let size = trials.sample_size();
                Ok(monte_carlo_risk(mean(trials)?, size, size, delta)?.rate())
            }
            Self::MonteCarloSplit { examples } => {
                let of_draws = FailureProbability::new(OF_DRAWS * delta.get())?;
                let rest = FailureProbability::new(delta.get() - of_draws.get())?;
                let risk = monte_carlo_risk_of_pairs(trials, examples, of_draws)?;
                Ok(pac_bayes_kl_xi(risk, Nats::new(0.0)?, rest))
            }
        }
    }

    /// The least truth above a limit; nothing if there is none below 1, where something can still
    /// go right.
    pub(super) fn truth_above(&self, limit: f64) -> Option<f64> {
        let truth = match self {
            Self::Subsample { population } => {
                let all = population.get() as f64;
                // The limit is a whole number of errors, but for the rounding of the quotient.
                ((limit * all).round() + 1.0) / all
            }
            _ => limit.next_up(),
        };
        Some(truth).filter(|&truth| truth < 1.0)
    }

    /// The probability of at most so many errors.
    pub(super) fn tail(&self, most: EmpiricalRisk, truth: f64) -> Result<f64, BoundError> {
        match self {
            Self::Subsample { population } => {
                let all = population.get();
                let law =
                    Hypergeometric::new(all, errors_among(all, truth), most.sample_size().get());
                // A sample larger than the population, which has no limit either.
                Ok(law.map_or(0.0, |law| law.cdf(most.count())))
            }
            _ => Ok(ln_lower_tail(most, Probability::new(truth)?).exp()),
        }
    }

    /// The errors in the trials of hypotheses of these truths, which err independently.
    pub(super) fn errors(&self, trials: u64, truths: &[f64], random: &mut impl Rng) -> Vec<u64> {
        let mut errors = vec![0; truths.len()];
        for trial in 0..trials {
            for (errors, &truth) in errors.iter_mut().zip(truths) {
                *errors += u64::from(match self {
                    // Each example that is left is drawn as likely as the others.
                    Self::Subsample { population } => {
                        let (all, left) = (population.get(), population.get() - trial);
                        random.random_range(0..left) < errors_among(all, truth) - *errors
                    }
                    _ => random.random::<f64>() < truth,
                });
            }
        }
        errors
    }
}

/// The whole number of errors whose part of all examples that is.
fn errors_among(all: u64, part: f64) -> u64 {
    (part * all as f64).round() as u64
}

/// The mean of trials that are 0 or 1, rounded up.
fn mean(trials: EmpiricalRisk) -> Result<Probability, BoundError> {
    Probability::new(if trials.count() == 0 {
        0.0
    } else {
        trials.rate().next_up().min(1.0)
    })
}
