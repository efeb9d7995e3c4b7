//! Each bound at several sizes, over a mix of inputs, beside a plain bisection with the obvious
//! formulas.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion};
use nonvacuous::bounds::{
    binomial_tail_inverse, kl_inverse_upper, limit_kl, ln_xi, population_errors, Bits,
    EmpiricalRisk, FailureProbability, GaussianNoise, GridRatio, InverseTemperature, Nats,
    Premises, Probability, SampleSize, TrainingError, BOUNDS,
};

const SIZES: [u64; 4] = [1_000, 60_000, 1_281_167, 100_000_000];

/// A fixed sequence of numbers in [0, 1) that fill it evenly (Weyl), the same in every run.
fn spread(index: usize, irrational: f64) -> f64 {
    (index as f64 * irrational).fract()
}

/// Pairs of a training error, many small, and a budget for each example from 1e-5 to 1 nats.
fn mix() -> Vec<(f64, f64)> {
    let pair = |index| {
        let error = spread(index, 0.618_033_988_749_894_9).powi(2);
        (
            error,
            10f64.powf(-5.0 + 5.0 * spread(index, 0.414_213_562_373_095_1)),
        )
    };
    (1..=256).map(pair).collect()
}

/// Counts and budgets: the mix at `n` examples, with `ln(1/delta)` at least.
fn counts(n: u64) -> Vec<(EmpiricalRisk, Nats)> {
    let pair = |(error, budget): (f64, f64)| {
        let risk = EmpiricalRisk::new((error * n as f64) as u64, n).unwrap();
        (risk, Nats::new(budget * n as f64 + 20f64.ln()).unwrap())
    };
    mix().into_iter().map(pair).collect()
}

/// A bisection to a relative `1e-12`, as published codes have it: some forty evaluations.
fn bisect(mut low: f64, mut high: f64, is_inside: impl Fn(f64) -> bool) -> f64 {
    while high - low > 1e-12 * high {
        let middle = (low + high) / 2.0;
        if is_inside(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

fn obvious_kl(q: f64, p: f64) -> f64 {
    let term = |q: f64, p: f64| if q == 0.0 { 0.0 } else { q * (q / p).ln() };
    term(q, p) + term(1.0 - q, 1.0 - p)
}

/// The logarithm of the binomial's lower tail, summed term by term from the largest.
fn obvious_ln_tail(k: u64, n: u64, p: f64) -> f64 {
    let ln_factorial = |x: u64| ln_gamma(x as f64 + 1.0);
    let last = ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
        + k as f64 * p.ln()
        + (n - k) as f64 * (-p).ln_1p();
    let (mut sum, mut term) = (1.0, 1.0);
    for j in (1..=k).rev() {
        term *= j as f64 * (1.0 - p) / ((n - j + 1) as f64 * p);
        sum += term;
        if term < 1e-16 * sum {
            break;
        }
    }
    last + sum.ln()
}

/// Stirling's series.
fn ln_gamma(x: f64) -> f64 {
    let shifted = x + 7.0;
    let product: f64 = (0..7).map(|i| x + f64::from(i)).product();
    (shifted - 0.5) * shifted.ln() - shifted + 0.918_938_533_204_672_7 + 1.0 / (12.0 * shifted)
        - product.ln()
}

/// Runs over a list of inputs, one a call.
fn over<I: Copy>(
    criterion: &mut Criterion,
    group: &str,
    size: u64,
    inputs: &[I],
    compute: impl Fn(I) -> f64,
) {
    criterion
        .benchmark_group(group)
        .bench_function(BenchmarkId::from_parameter(size), |bencher| {
            let mut inputs = inputs.iter().cycle();
            bencher.iter(|| compute(black_box(*inputs.next().unwrap())));
        });
}

fn inverses(criterion: &mut Criterion) {
    let pairs: Vec<_> = mix()
        .into_iter()
        .map(|(q, c)| (Probability::new(q).unwrap(), Nats::new(c).unwrap()))
        .collect();
    over(criterion, "kl_inverse", 1, &pairs, |(q, c)| {
        kl_inverse_upper(q, c)
    });
    over(criterion, "kl_inverse by bisection", 1, &pairs, |(q, c)| {
        bisect(q.get(), 1.0, |p| obvious_kl(q.get(), p) <= c.get())
    });
    for n in SIZES {
        let inputs = counts(n);
        over(criterion, "binomial_tail", n, &inputs, |(risk, budget)| {
            binomial_tail_inverse(risk, budget)
        });
        over(
            criterion,
            "binomial_tail by bisection",
            n,
            &inputs,
            |(risk, budget)| {
                let (k, n) = (risk.count(), risk.sample_size().get());
                bisect(risk.rate(), 1.0, |p| {
                    obvious_ln_tail(k, n, p) >= -budget.get()
                })
            },
        );
    }
}

fn bounds(criterion: &mut Criterion) {
    for n in SIZES {
        let delta = FailureProbability::new(0.05).unwrap();
        let inputs: Vec<_> = counts(n)
            .into_iter()
            .map(|(risk, divergence)| Premises {
                training_error: TrainingError::Deterministic(risk),
                divergence,
                delta,
                lambda: InverseTemperature::sqrt(risk.into()),
                ratio: GridRatio::ZHOU,
            })
            .collect();
        for bound in BOUNDS {
            over(criterion, bound.name, n, &inputs, |premises| {
                bound.value(&premises).unwrap()
            });
        }
        let size = SampleSize::new(n).unwrap();
        over(criterion, "ln_xi", n, &[size], |size| ln_xi(size).get());
        let errors: Vec<_> = mix()
            .into_iter()
            .map(|(train, test)| {
                (
                    Probability::new(train).unwrap(),
                    Probability::new(0.9 * test).unwrap(),
                )
            })
            .collect();
        over(criterion, "limit_kl", n, &errors, |(train, test)| {
            limit_kl(size, train, test).unwrap().get()
        });
        let sample = EmpiricalRisk::new(n / 200, n / 10).unwrap();
        over(criterion, "population_errors", n, &[sample], |sample| {
            population_errors(sample, size, delta).unwrap().errors()
        });
    }
    let noise = GaussianNoise::new(&[-0.4, -0.2, 0.0, 0.2, 0.4], 0.1, 0.12).unwrap();
    over(criterion, "noise, closed form", 5, &[0.2], |weight| {
        noise.closed_form(weight)
    });
    over(criterion, "noise, quadrature", 5, &[0.2], |weight| {
        noise.quadrature(weight)
    });
    over(criterion, "bits to nats", 1, &[2000.0], |bits| {
        Bits::new(bits).unwrap().to_nats().get()
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_millis(300))
        .measurement_time(std::time::Duration::from_millis(1000));
    targets = inverses, bounds
}
criterion_main!(benches);
