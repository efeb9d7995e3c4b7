//! The exponential moments that PAC-Bayes bounds rest on.
//!
//! For 0-1 losses of mean `p`, `Pr[k] exp(n kl(k/n||p))` does not depend on `p`, and its sum over
//! `k` is `xi(n)`: equality, for every `p` between 0 and 1. For losses in `[0, 1]` it is less
//! (Maurer 2004). The moment of Catoni's bound is 1 in the same way.

use rand::{Rng, RngExt};

use crate::bounds::{kl, BoundError, Probability, SampleSize};
use crate::lab::check::laws::{ln_choose, sums};
use crate::lab::check::tally::Inequality;
use crate::lab::check::theory::Theory;
use crate::random::stream;

/// Exponents reach some `1e7` and are sums of numbers rounded to a part `2e-16`.
const TOLERANCE: f64 = 1e-8;

/// The numbers of examples of the first instances, with every one of [`RARE`].
const EXAMPLES: [u64; 9] = [1, 2, 3, 5, 8, 30, 1_000, 30_000, 300_000];

/// And the probabilities of an error; their complements too.
const RARE: [f64; 5] = [0.5, 0.1, 1e-3, 1e-6, 1e-12];

/// `n` up to this are all tried in turn.
const SMALL: u64 = 1000;

pub(super) fn inequalities(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let mut random = stream(seed, "check", number, "moments");
    let (n, rare) = on_grid(number).unwrap_or_else(|| {
        (
            10f64.powf(random.random_range(0.0..4.0)) as u64,
            0.5 * 10f64.powf(-random.random_range(0.0..12.0)),
        )
    });
    let p = if number.is_multiple_of(2) {
        rare
    } else {
        1.0 - rare
    };
    let lambda = 10f64.powf(random.random_range(-2.0..2.0)) * (n as f64).sqrt();
    let mut all = of_coins(n, p, lambda, theory)?;
    all.extend(of_losses(&mut random, theory)?);
    let n = if number < SMALL {
        number + 1
    } else {
        10f64.powf(random.random_range(3.0..5.0)) as u64
    };
    all.push(Inequality::comparison(
        "xi_two_sqrt",
        xi(n),
        theory.two_sqrt(SampleSize::new(n)?),
        TOLERANCE,
    ));
    Ok(all)
}

fn on_grid(number: u64) -> Option<(u64, f64)> {
    let place = number as usize / 2;
    let n = EXAMPLES.get(place / RARE.len())?;
    Some((*n, RARE[place % RARE.len()]))
}

/// `sum_k C(n, k) (k/n)^k (1 - k/n)^(n-k)`, term by term.
fn xi(n: u64) -> f64 {
    let part = |count: u64| {
        if count == 0 {
            0.0
        } else {
            count as f64 * (count as f64 / n as f64).ln()
        }
    };
    (0..=n)
        .zip(ln_choose(n))
        .map(|(k, ln_choose)| (ln_choose + part(k) + part(n - k)).exp())
        .sum()
}

/// Both moments of the mean of `n` losses that are 1 with probability `p`, else 0.
fn of_coins(n: u64, p: f64, lambda: f64, theory: Theory) -> Result<Vec<Inequality>, BoundError> {
    let q = 1.0 - p;
    let (ln_p, ln_q) = (p.ln(), if p < 0.5 { (-p).ln_1p() } else { q.ln() });
    let law = (0..=n).zip(ln_choose(n)).map(|(k, ln_choose)| {
        let ln_mass = ln_choose + k as f64 * ln_p + (n - k) as f64 * ln_q;
        (k as f64 / n as f64, ln_mass)
    });
    of_law(law, n, p, lambda, theory)
}

/// Both moments of the mean of a few losses that are parts of 1.
fn of_losses(random: &mut impl Rng, theory: Theory) -> Result<Vec<Inequality>, BoundError> {
    let (n, parts) = (
        random.random_range(1..=12u64),
        random.random_range(2..=8usize),
    );
    let losses: [usize; 3] = std::array::from_fn(|_| random.random_range(0..=parts));
    let weights: [f64; 3] = std::array::from_fn(|_| f64::from(random.random_range(1..=9u32)));
    let most = (n as usize * parts) as f64;
    let law = sums(n, &losses, &weights);
    let p: f64 = (0..)
        .zip(&law)
        .map(|(sum, mass)| f64::from(sum) / most * mass)
        .sum();
    // Losses that are all the same have a mean that rounding moves off its only value.
    if !(1e-3..=1.0 - 1e-3).contains(&p) {
        return Ok(Vec::new());
    }
    let lambda = random.random_range(0.01..3.0) * n as f64;
    let law = law
        .iter()
        .enumerate()
        .map(|(sum, mass)| ((sum as f64 / most).min(1.0), mass.ln()));
    of_law(law, n, p, lambda, theory)
}

/// `E exp(n kl(e||p))` and `E exp(-lambda e) (1 - p (1 - exp(-lambda/n)))^-n` for the mean loss `e`
/// of a law, of which there are values with the logarithms of their masses.
fn of_law(
    law: impl Iterator<Item = (f64, f64)>,
    n: u64,
    p: f64,
    lambda: f64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let size = SampleSize::new(n)?;
    let truth = Probability::new(p)?;
    let examples = n as f64;
    let ln_normaliser = examples * theory.catoni_mean(p, 1.0 - p, lambda / examples).ln();
    let (mut maurer, mut catoni) = (0.0, 0.0);
    for (mean, ln_mass) in law {
        if ln_mass == f64::NEG_INFINITY {
            continue;
        }
        maurer += (ln_mass + examples * kl(Probability::new(mean)?, truth)).exp();
        catoni += (ln_mass - lambda * mean - ln_normaliser).exp();
    }
    Ok(vec![
        Inequality::comparison("maurer_moment", maurer, theory.xi(size), TOLERANCE),
        Inequality::comparison("catoni_moment", catoni, 1.0, TOLERANCE),
    ])
}
