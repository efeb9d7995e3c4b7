//! Instances of the exact laboratory, and draws of networks, a second.
#![allow(clippy::unwrap_used, missing_docs)]

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use nonvacuous::data::SearchPath;
use nonvacuous::lab::check::{check, Budget, Theory};
use nonvacuous::lab::run::Experiment;

/// An MLP 12-16-2, 200 examples, 200 steps over all of them: trained, compressed, coded, decoded,
/// counted on the cube.
const NETWORKS: &str = r#"
name = "bench"
seed = 1
draws = 64

[networks]
delta = 0.05
examples = 200
kept = 0.5
law = "teacher:12:8"
layers = "dense:16:b relu dense:2:b"
learning_rate = 0.03
noise = 0.1
price = 0.1
steps = 200
tuning = 0
"#;

fn exact(criterion: &mut Criterion) {
    const INSTANCES: u64 = 1000;
    let mut group = criterion.benchmark_group("exact instances");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(INSTANCES));
    let none = Budget {
        converse: 0,
        coverage: 0,
        draws: 0,
        networks: 0,
    };
    for (name, effort) in [
        (
            "of the converse",
            Budget {
                converse: INSTANCES,
                ..none
            },
        ),
        (
            "of everything else",
            Budget {
                coverage: INSTANCES,
                ..none
            },
        ),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| check(effort, 1, Theory::default()).unwrap())
        });
    }
}

fn networks(criterion: &mut Criterion) {
    let experiment = Experiment::parse(NETWORKS, &SearchPath::from_environment(None)).unwrap();
    let configuration = &experiment.configurations()[0];
    let origin = experiment.origin(configuration);
    let draws: Vec<u64> = (0..experiment.draws()).collect();
    let mut group = criterion.benchmark_group("draws of networks 12-16-2");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(experiment.draws()));
    group.bench_function("stacked", |bencher| {
        bencher.iter(|| configuration.subject.draw(&origin, &draws).unwrap())
    });
    group.bench_function("one at a time", |bencher| {
        bencher.iter(|| {
            let alone = |&draw: &u64| configuration.subject.draw(&origin, &[draw]).unwrap();
            draws.iter().map(alone).collect::<Vec<_>>()
        });
    });
}

criterion_group!(benches, exact, networks);
criterion_main!(benches);
