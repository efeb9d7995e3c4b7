//! The exact probability that an upper bound fails, on one instance.

use rand::RngExt;

use super::mutation::Theory;
use super::random_instance::Draw;
use super::tally::Inequality;
use crate::bounds::{
    ln_lower_tail, Bits, BoundError, EmpiricalRisk, FailureProbability, GibbsRisk, GridRatio,
    InverseTemperature, Nats, Predictor, Premises, Probability, SampleSize, TrainingError, BOUNDS,
};
use crate::lab::exact::{Gibbs, Learner, Posterior, POSTERIOR_TOTAL};
use crate::random::stream;

/// The columns of [`row`].
pub(super) fn columns() -> Vec<String> {
    let first = [
        "instance",
        "n",
        "examples",
        "hypotheses",
        "learner",
        "delta",
    ];
    let bounds = BOUNDS.iter().map(|bound| bound.name);
    first.into_iter().chain(bounds).map(String::from).collect()
}

/// What sums of exact masses and their last division may be off by.
const TOLERANCE: f64 = 1e-15;

/// A failure probability for which something happens: a usual one, or one at which a hypothesis's
/// bound is just below the truth for some number of errors, so that the union over hypotheses is
/// all that separates the failure from `delta`.
pub(super) fn delta(draw: &Draw, seed: u64, number: u64) -> Result<FailureProbability, BoundError> {
    const USUAL: [f64; 6] = [0.5, 0.2, 0.1, 0.05, 0.01, 0.001];
    /// Beyond the rounding of the bound.
    const BEYOND: f64 = 1.0 + 1e-6;
    let mut random = stream(seed, "check", number, "delta");
    let usual = FailureProbability::new(USUAL[random.random_range(0..USUAL.len())]);
    let n = u64::from(draw.instance.examples());
    let truths = draw.instance.population_errors();
    let hypothesis = random.random_range(0..truths.len());
    let mass = draw
        .instance
        .code()
        .lengths()
        .iter()
        .map(|&length| (-f64::from(length)).exp2())
        .nth(hypothesis);
    let errors = random.random_range(0..n);
    let tail = ln_lower_tail(
        EmpiricalRisk::new(errors, n)?,
        Probability::new(truths[hypothesis])?,
    )
    .exp();
    let edge = tail / mass.unwrap_or(1.0) * BEYOND;
    if random.random() && edge > 1e-9 && edge < 0.9 {
        FailureProbability::new(edge)
    } else {
        usual
    }
}

/// For each bound the probability that it fails for any code word or any of several posteriors: one
/// event, since bounds hold for all at once.
pub(super) fn inequalities(
    draw: &Draw,
    delta: FailureProbability,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let instance = &draw.instance;
    let samples = instance.law().type_classes(instance.examples());
    let errors: Vec<Vec<u64>> = samples
        .iter()
        .map(|sample| instance.class().errors(&sample.examples))
        .collect();
    let broken = theory.delta(delta);
    let truths = instance.population_errors();
    let mut posteriors: Vec<Vec<Stochastic>> = Vec::new();
    for learner in [
        &*draw.learner as &dyn Learner,
        &Gibbs {
            inverse_temperature: -1.0,
        },
    ] {
        let states = samples.iter().zip(&errors).map(|(sample, errors)| {
            let posterior = learner.posterior(instance.class(), &sample.examples);
            Stochastic::new(
                &posterior,
                errors,
                &truths,
                instance.code().lengths(),
                instance.examples(),
                theory,
            )
        });
        posteriors.push(states.collect::<Result<_, _>>()?);
    }

    let mut inequalities = Vec::with_capacity(BOUNDS.len());
    for bound in BOUNDS {
        let fails = table(draw, broken, theory, |premises| bound.value(premises))?;
        let mut happens: Vec<bool> = errors
            .iter()
            .map(|errors| fails.iter().zip(errors).any(|(row, &k)| row[k as usize]))
            .collect();
        if bound.predictor == Predictor::Gibbs {
            for states in &posteriors {
                for (happens, state) in happens.iter_mut().zip(states) {
                    *happens |= state.fails(broken, |premises| bound.value(premises));
                }
            }
        }
        let failure = instance.probability(&samples, &happens);
        inequalities.push(Inequality {
            theorem: bound.name,
            smaller: failure,
            larger: delta.get(),
            tolerance: TOLERANCE,
        });
    }
    Ok(inequalities)
}

/// For each hypothesis and each number of errors, whether the bound is below the truth.
fn table(
    draw: &Draw,
    delta: FailureProbability,
    theory: Theory,
    bound: impl Fn(&Premises) -> Option<f64>,
) -> Result<Vec<Vec<bool>>, BoundError> {
    let n = u64::from(draw.instance.examples());
    let truths = draw.instance.population_errors();
    let rows = truths
        .iter()
        .zip(draw.instance.code().lengths())
        .map(|(&truth, &length)| {
            let divergence = Bits::new(theory.charged(length.into()))?.to_nats();
            let cells = (0..=n).map(|k| {
                let risk = EmpiricalRisk::new(k, n)?;
                let premises = premises(TrainingError::Deterministic(risk), divergence, delta);
                Ok(bound(&premises).is_some_and(|bound| bound < truth))
            });
            cells.collect()
        });
    rows.collect()
}

fn premises(
    training_error: TrainingError,
    divergence: Nats,
    delta: FailureProbability,
) -> Premises {
    let lambda = InverseTemperature::sqrt(training_error.gibbs());
    Premises {
        training_error,
        divergence,
        delta,
        lambda,
        ratio: GridRatio::ZHOU,
    }
}

/// A posterior on one sample: its risk, divergence and truth.
struct Stochastic {
    risk: GibbsRisk,
    divergence: Nats,
    truth: f64,
}

impl Stochastic {
    fn new(
        posterior: &Posterior,
        errors: &[u64],
        truths: &[f64],
        lengths: &[u32],
        examples: u32,
        theory: Theory,
    ) -> Result<Self, BoundError> {
        let (mut count, mut divergence, mut truth) = (0u64, 0.0, 0.0);
        for (h, &units) in posterior
            .units()
            .iter()
            .enumerate()
            .filter(|(_, &units)| units > 0)
        {
            let share = units as f64 / POSTERIOR_TOTAL as f64;
            count += units * errors[h];
            divergence += share * (share.ln() + f64::from(lengths[h]) * std::f64::consts::LN_2);
            truth += share * truths[h];
        }
        let mean = count as f64 / (POSTERIOR_TOTAL * u64::from(examples)) as f64;
        // A few roundings of terms below 10: upward, as for every number that enters a bound; and
        // the truth downward.
        let divergence = Nats::new(divergence.max(0.0) + 1e-14)?;
        Ok(Self {
            risk: GibbsRisk::new(
                Probability::new(upward(mean))?,
                SampleSize::new(examples.into())?,
            ),
            divergence: theory.divergence(divergence),
            truth: truth - 1e-15,
        })
    }

    fn fails(&self, delta: FailureProbability, bound: impl Fn(&Premises) -> Option<f64>) -> bool {
        let premises = premises(TrainingError::Gibbs(self.risk), self.divergence, delta);
        bound(&premises).is_some_and(|bound| bound < self.truth)
    }
}

/// A quotient rounded to nearest, upward.
fn upward(quotient: f64) -> f64 {
    if quotient == 0.0 {
        quotient
    } else {
        quotient.next_up().min(1.0)
    }
}

/// A row of CSV: the failure probability of each bound.
pub(super) fn row(
    number: u64,
    draw: &Draw,
    delta: FailureProbability,
    inequalities: &[Inequality],
) -> Vec<String> {
    let mut row = draw.cells(number);
    row.push(delta.get().to_string());
    row.extend(
        inequalities
            .iter()
            .map(|inequality| inequality.smaller.to_string()),
    );
    row
}

/// `2^b` hypotheses that err independently, each with a code word of `b` bits and the same
/// population error, and `n` in the thousands: the probability that a bound fails for any is
/// `1 - (1 - Pr[Bin(n, L) <= k])^(2^b)` for the largest `k` at which it does.
pub(super) fn of_independent(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    /// Tails are known to an absolute `1e-12` and a relative `1e-13` in the logarithm, which is
    /// below 100 where it matters.
    const TOLERANCE: f64 = 1e-10;
    let mut random = stream(seed, "check", number, "independent hypotheses");
    let n = 10f64.powf(random.random_range(0.0..4.0)) as u64;
    let bits = random.random_range(0..=20u32);
    let truth = Probability::new(random.random_range(0.01..0.99))?;
    let delta = FailureProbability::new(10f64.powf(random.random_range(-3.0..-0.1)))?;
    let divergence = Bits::new(theory.charged(bits.into()))?.to_nats();
    let broken = theory.delta(delta);
    let mut all = Vec::with_capacity(BOUNDS.len());
    for bound in BOUNDS {
        let fails = |k: u64| -> Result<bool, BoundError> {
            let premises = premises(
                TrainingError::Deterministic(EmpiricalRisk::new(k, n)?),
                divergence,
                broken,
            );
            Ok(bound
                .value(&premises)
                .is_some_and(|value| value < truth.get()))
        };
        // Bounds increase in k, so that it fails below some k.
        let (mut below, mut above) = (0, n);
        while below < above {
            let middle = (below + above) / 2;
            if fails(middle)? {
                below = middle + 1;
            } else {
                above = middle;
            }
        }
        let failure = match below.checked_sub(1) {
            None => 0.0,
            Some(k) => {
                let tail = ln_lower_tail(EmpiricalRisk::new(k, n)?, truth).exp();
                -(f64::from(bits).exp2() * (-tail).ln_1p()).exp_m1()
            }
        };
        all.push(Inequality {
            theorem: bound.name,
            smaller: failure,
            larger: delta.get(),
            tolerance: TOLERANCE,
        });
    }
    Ok(all)
}
