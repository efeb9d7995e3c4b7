//! How long a bound takes, over a mix of inputs.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use nonvacuous::bounds::{occam_binomial, occam_hoeffding, occam_kl, Bits, EmpiricalRisk, FailureProbability};

type Arguments = (EmpiricalRisk, Bits, FailureProbability);

/// Training errors from none to half of the examples, code words from 10 bits to a tenth of a bit an example.
fn mix(n: u64) -> Vec<Arguments> {
    let mut mix = Vec::new();
    for error in [0.0, 0.001, 0.01, 0.03, 0.1, 0.25, 0.5] {
        for bits in [10.0, 300.0, 2000.0, 0.1 * n as f64] {
            let risk = EmpiricalRisk::new((error * n as f64) as u64, n).unwrap();
            mix.push((risk, Bits::new(bits).unwrap(), FailureProbability::new(0.05).unwrap()));
        }
    }
    mix
}

fn occam(criterion: &mut Criterion) {
    for n in [60_000, 100_000_000] {
        let mix = mix(n);
        let mut group = criterion.benchmark_group(format!("occam at n = {n}"));
        group.throughput(Throughput::Elements(mix.len() as u64));
        type Bound = fn(EmpiricalRisk, Bits, FailureProbability) -> f64;
        let bounds: [(&str, Bound); 3] =
            [("binomial", occam_binomial), ("kl", occam_kl), ("hoeffding", occam_hoeffding)];
        for (name, bound) in bounds {
            group.bench_function(name, |bencher| {
                bencher
                    .iter(|| mix.iter().map(|&(risk, bits, delta)| bound(black_box(risk), bits, delta)).sum::<f64>());
            });
        }
    }
}

criterion_group!(benches, occam);
criterion_main!(benches);
