//! The exact probability that an upper bound fails, on one instance.

use rand::{Rng, RngExt};

use super::random_instance::Draw;
use super::tally::Inequality;
use super::theory::Theory;
use crate::bounds::{
    kl, ln_lower_tail, Bits, Bound, BoundError, EmpiricalRisk, FailureProbability, GibbsRisk,
    GridRatio, InverseTemperature, Nats, Predictor, Premises, Probability, SampleSize,
    TrainingError, BOUNDS,
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

/// What the bounds of an instance are claimed with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    /// What they fail with.
    delta: FailureProbability,
    /// The ratio of Catoni's grid.
    ratio: GridRatio,
}

impl Claim {
    /// Half of the grids are the customary one, half are coarser: only those are so cheap that
    /// the bound ever fails.
    fn new(delta: FailureProbability, random: &mut impl Rng) -> Result<Self, BoundError> {
        let ratio = if random.random() {
            GridRatio::ZHOU
        } else {
            GridRatio::one_plus(10f64.powf(random.random_range(-1.0..0.3)))?
        };
        Ok(Self { delta, ratio })
    }

    /// The same with a mutation.
    fn broken(self, theory: Theory) -> Result<Self, BoundError> {
        Ok(Self {
            delta: theory.delta(self.delta)?,
            ..self
        })
    }

    fn premises(self, training_error: TrainingError, divergence: Nats) -> Premises {
        Premises {
            training_error,
            divergence,
            delta: self.delta,
            lambda: InverseTemperature::sqrt(training_error.gibbs()),
            ratio: self.ratio,
        }
    }
}

/// The claim of an instance.
pub(super) fn claim(draw: &Draw, seed: u64, number: u64) -> Result<Claim, BoundError> {
    let mut random = stream(seed, "check", number, "claim");
    Claim::new(delta(draw, seed, number)?, &mut random)
}

/// A failure probability for which something happens: a usual one, or one at which a hypothesis's
/// bound is just below the truth for some number of errors, so that the union over hypotheses is
/// all that separates the failure from `delta`.
fn delta(draw: &Draw, seed: u64, number: u64) -> Result<FailureProbability, BoundError> {
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
    claim: Claim,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let instance = &draw.instance;
    let samples = instance.law().type_classes(instance.examples());
    let errors: Vec<Vec<u64>> = samples
        .iter()
        .map(|sample| instance.class().errors(&sample.examples))
        .collect();
    let broken = claim.broken(theory)?;
    let truths = instance.population_errors();
    let worst = Gibbs {
        inverse_temperature: -1.0,
    };
    let mut posteriors: Vec<Vec<Stochastic>> = Vec::with_capacity(samples.len());
    for (sample, errors) in samples.iter().zip(&errors) {
        let class = instance.class();
        let lengths = instance.code().lengths();
        let of_sample = [
            draw.learner.posterior(class, &sample.examples),
            worst.posterior(class, &sample.examples),
            against_the_bound(errors, &truths, lengths, instance.examples())?,
        ];
        let of_sample = of_sample.iter().map(|posterior| {
            let n = instance.examples();
            Stochastic::new(posterior, errors, &truths, lengths, n, theory)
        });
        posteriors.push(of_sample.collect::<Result<_, _>>()?);
    }

    let mut inequalities = Vec::with_capacity(BOUNDS.len());
    for bound in BOUNDS {
        let fails = table(draw, &bound, broken, theory)?;
        let mut happens: Vec<bool> = errors
            .iter()
            .map(|errors| fails.iter().zip(errors).any(|(row, &k)| row[k as usize]))
            .collect();
        if bound.predictor == Predictor::Gibbs {
            for (happens, posteriors) in happens.iter_mut().zip(&posteriors) {
                for posterior in posteriors {
                    *happens = *happens || posterior.fails(&bound, broken, theory)?;
                }
            }
        }
        inequalities.push(Inequality::comparison(
            bound.name,
            instance.probability(&samples, &happens),
            claim.delta.get(),
            TOLERANCE,
        ));
    }
    Ok(inequalities)
}

/// The posterior that PAC-Bayes bounds are hardest for: among all it makes
/// `E_Q n kl(k_h/n||L_h) - KL(Q||P)` largest, over the hypotheses with fewer errors than expected
/// (Donsker and Varadhan 1975).
fn against_the_bound(
    errors: &[u64],
    truths: &[f64],
    lengths: &[u32],
    examples: u32,
) -> Result<Posterior, BoundError> {
    let n = f64::from(examples);
    let mut weights = Vec::with_capacity(errors.len());
    for ((&errors, &truth), &length) in errors.iter().zip(truths).zip(lengths) {
        let rate = errors as f64 / n;
        let gap = if rate < truth {
            n * kl(Probability::new(rate)?, Probability::new(truth)?)
        } else {
            0.0
        };
        let prior = (-f64::from(length)).exp2();
        // A truth of 1 and no error: it cannot happen, or has probability 0.
        weights.push(prior * gap.min(600.0).exp());
    }
    Ok(Posterior::in_proportion(&weights))
}

/// For each hypothesis and each number of errors, whether the bound is below the truth.
fn table(
    draw: &Draw,
    bound: &Bound,
    claim: Claim,
    theory: Theory,
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
                let premises = claim.premises(TrainingError::Deterministic(risk), divergence);
                let value = theory.bound(bound, &premises)?;
                Ok(value.is_some_and(|value| value < truth))
            });
            cells.collect()
        });
    rows.collect()
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
            divergence: theory.divergence(divergence)?,
            truth: truth - 1e-15,
        })
    }

    fn fails(&self, bound: &Bound, claim: Claim, theory: Theory) -> Result<bool, BoundError> {
        let premises = claim.premises(TrainingError::Gibbs(self.risk), self.divergence);
        let value = theory.bound(bound, &premises)?;
        Ok(value.is_some_and(|value| value < self.truth))
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
    claim: Claim,
    inequalities: &[Inequality],
) -> Vec<String> {
    let mut row = draw.cells(number);
    row.push(claim.delta.get().to_string());
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
    // Few examples, short code words and large deltas more often: only there do the looser bounds
    // ever fail; and that for all lambda does most often on grids of about this ratio.
    let n = 10f64.powf(4.0 * random.random::<f64>().powi(2)) as u64;
    let bits = (21.0 * random.random::<f64>().powi(2)) as u32;
    let mut truth = Probability::new(random.random_range(0.01..0.99))?;
    let ln_delta = -0.05 - 7.0 * random.random::<f64>().powi(2);
    let delta = FailureProbability::new(ln_delta.exp())?;
    let claim = Claim {
        delta,
        ratio: GridRatio::one_plus(random.random_range(0.2..0.7))?,
    };
    if random.random() {
        truth = edge(n, bits, claim, &mut random)?.unwrap_or(truth);
    }
    let divergence = Bits::new(theory.charged(bits.into()))?.to_nats();
    let broken = claim.broken(theory)?;
    let mut all = Vec::with_capacity(BOUNDS.len());
    for bound in BOUNDS {
        let fails = |k: u64| -> Result<bool, BoundError> {
            let risk = TrainingError::Deterministic(EmpiricalRisk::new(k, n)?);
            let value = theory.bound(&bound, &broken.premises(risk, divergence))?;
            Ok(value.is_some_and(|value| value < truth.get()))
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
        all.push(Inequality::comparison(
            bound.name,
            failure,
            delta.get(),
            TOLERANCE,
        ));
    }
    Ok(all)
}

/// A truth that a random bound is just below for some number of errors, few as often as many.
fn edge(
    n: u64,
    bits: u32,
    claim: Claim,
    random: &mut impl Rng,
) -> Result<Option<Probability>, BoundError> {
    /// Beyond the rounding of the bound.
    const BEYOND: f64 = 1.0 + 1e-9;
    let bound = BOUNDS[random.random_range(0..BOUNDS.len())];
    let few = (n as f64).powf(random.random_range(0.0..1.0)) as u64 - 1;
    let risk = TrainingError::Deterministic(EmpiricalRisk::new(few, n)?);
    let divergence = Bits::new(bits.into())?.to_nats();
    let edge = bound.value(&claim.premises(risk, divergence));
    Ok(edge
        .map(|edge| edge * BEYOND)
        .filter(|&edge| edge < 1.0)
        .and_then(|edge| Probability::new(edge).ok()))
}
