//! The learner with a shared random codebook: never below the limit, and close to it.

use rand::RngExt;

use super::tally::Inequality;
use super::theory::Theory;
use crate::bounds::{limit_kl, BoundError, EmpiricalRisk, Probability, RandomCodebook, SampleSize};
use crate::lab::random_codebook::{search, Index};
use crate::random::stream;

/// Standard deviations that the mean of draws may be off by: 6 of them happen once in `5e8`.
const DEVIATIONS: f64 = 6.0;

/// Expected lengths are known to a relative `1e-10`.
const TOLERANCE: f64 = 1e-9;

fn learner(k: u64, n: u64, error: f64) -> Result<RandomCodebook, BoundError> {
    Ok(RandomCodebook::new(
        EmpiricalRisk::new(k, n)?,
        Probability::new(error)?,
    ))
}

/// The limit at a learner's own expected errors.
fn limit(learner: &RandomCodebook, theory: Theory) -> Result<f64, BoundError> {
    let train = Probability::new(learner.expected_training_error().min(1.0))?;
    Ok(theory.limit(limit_kl(
        learner.most_errors().sample_size(),
        train,
        learner.error(),
    )?))
}

/// One random learner with `n` up to 100,000: expected lengths against the limit, in closed form.
pub(super) fn inequalities(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let mut random = stream(seed, "check", number, "random codebook");
    let n = 10f64.powf(random.random_range(0.0..5.0)) as u64;
    let error: f64 = random.random_range(0.02..0.98);
    let errors = (n as f64 * error * random.random::<f64>()) as u64;
    let learner = learner(errors, n, error)?;
    let limit = limit(&learner, theory)?;
    let exact =
        |theorem, smaller, larger| Inequality::comparison(theorem, smaller, larger, TOLERANCE);
    let lengths = [
        learner.ideal_bits(),
        learner.rice_bits(),
        learner.elias_gamma_bits(),
        learner.elias_delta_bits(),
        learner.elias_omega_bits(),
    ];
    let mut all: Vec<Inequality> = lengths
        .map(|bits| exact("codebook_limit", limit, theory.charged(bits.get())))
        .into();
    // The excess for each example vanishes as (log n)/n does.
    let size = SampleSize::new(n)?.get() as f64;
    all.push(exact(
        "codebook_attains",
        learner.rice_bits().get(),
        limit + 2.0 * (size + 1.0).log2() + 6.0,
    ));
    Ok(all)
}

/// The mean length of drawn code words at `n = 10,000`, no training errors, and error one half:
/// within 0.1% of the limit, and as expected.
pub(super) fn drawn(seed: u64, draws: u32, theory: Theory) -> Result<Vec<Inequality>, BoundError> {
    let learner = learner(0, 10_000, 0.5)?;
    let lengths: Vec<f64> = (0..draws)
        .filter_map(|draw| {
            let index = Index::draw(&learner, &mut stream(seed, "check", draw.into(), "index"));
            index.rice_bits(learner.rice_exponent())
        })
        .map(|bits| bits as f64)
        .collect();
    let (mean, deviation) = mean_and_deviation(&lengths);
    let limit = limit(&learner, theory)?;
    Ok(vec![
        Inequality::agreement("codebook_within_a_thousandth", mean, limit, limit / 1000.0),
        Inequality::agreement(
            "codebook_drawn_as_expected",
            mean,
            theory.charged(learner.rice_bits().get()),
            DEVIATIONS * deviation,
        ),
    ])
}

/// Examples, classes, and most errors of each search.
const CASES: [(u32, u32, u32); 5] = [(8, 2, 0), (12, 2, 1), (10, 4, 3), (14, 2, 2), (6, 8, 2)];

/// How many kinds of searches there are.
pub(super) const SEARCHES: u64 = CASES.len() as u64;

/// Searches through real functions: the mean of `log2 J` and the mean training error, against their
/// exact expectations.
pub(super) fn searched(
    seed: u64,
    case: u64,
    draws: u32,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    /// Never reached: the rarest success has probability `2^-8`.
    const LIMIT: u64 = 1 << 24;
    let (n, classes, k) = CASES[case as usize];
    let error = 1.0 - 1.0 / f64::from(classes);
    let expected = learner(theory.errors(k.into()), n.into(), error)?;
    let found: Vec<(u64, u32)> = (0..draws)
        .filter_map(|draw| {
            let mut random = stream(seed, "check", u64::from(draw) * SEARCHES + case, "search");
            search(n, classes, k, LIMIT, &mut random)
        })
        .collect();
    let logarithms: Vec<f64> = found
        .iter()
        .map(|(index, _)| (*index as f64).log2())
        .collect();
    let errors: Vec<f64> = found
        .iter()
        .map(|(_, errors)| f64::from(*errors) / f64::from(n))
        .collect();
    let expected = [
        expected.expected_log2_index(),
        expected.expected_training_error(),
    ];
    let inequality = |(values, expected): (&Vec<f64>, f64)| {
        let (mean, deviation) = mean_and_deviation(values);
        Inequality::agreement(
            "codebook_searched_as_expected",
            mean,
            expected,
            DEVIATIONS * deviation + TOLERANCE,
        )
    };
    Ok([logarithms, errors]
        .iter()
        .zip(expected)
        .map(inequality)
        .collect())
}

/// The mean, and the standard deviation of the mean.
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0) / count).sqrt())
}
