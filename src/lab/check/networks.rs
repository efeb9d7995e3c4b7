//! The converse and the coverage of the bounds on networks that are trained again and again.

use super::tally::Inequality;
use crate::data::SearchPath;
use crate::lab::run::draw_all;
use crate::lab::run::Experiment;
use crate::lab::run::RunError;
use crate::lab::run::{coverage, summary};

/// Small networks on the Boolean cube, without label noise, with some, and with nothing else; and
/// with few and many weights kept.
const EXPERIMENT: &str = r#"
name = "check"
seed = SEED
draws = DRAWS

[networks]
delta = 0.05
examples = 100
kept = [0.3, 1.0]
law = "teacher:10:4"
layers = "dense:16:b relu dense:2:b"
learning_rate = 0.03
noise = [0.0, 0.2, 0.5]
price = 0.1
steps = 150
tuning = 0
"#;

/// For each configuration the limit and all bounds.
pub(super) fn inequalities(seed: u64, draws: u64) -> Result<Vec<Inequality>, RunError> {
    let text = EXPERIMENT
        .replace("SEED", &seed.to_string())
        .replace("DRAWS", &draws.to_string());
    let experiment = Experiment::parse(&text, &SearchPath::from_environment(None))?;
    let rows = draw_all(&experiment)?;
    let sampled = |theorem, smaller, larger| Inequality {
        theorem,
        smaller,
        larger,
        tolerance: 0.0,
    };
    let limits = summary(&experiment, &rows)?;
    let limits = limits
        .iter()
        .map(|one| sampled("networks_limit", one.limit.lower, one.bits.lower));
    let rates = coverage(&experiment, &rows)?;
    let rates = rates
        .iter()
        .map(|one| sampled("networks_coverage", one.rate.lower, one.delta.get()));
    Ok(limits.chain(rates).collect())
}
