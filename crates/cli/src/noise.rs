//! `nonvacuous noise`.

use std::path::PathBuf;

use clap::Args;

use super::data_set::load;
use super::failure::Failure;
use super::memory_limit::LimitArgument;
use super::output::{print, print_json, read};
use super::table::table;
use nonvacuous::bounds::{occam_binomial, Bits, EmpiricalRisk, FailureProbability};
use nonvacuous::certificate::percent_up;
use nonvacuous::code::BYTES_PER_NONZERO;
use nonvacuous::data::SearchPath;
use nonvacuous::evaluate::Evaluator;
use nonvacuous::network::stochastic_bounds;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A model file
    file: PathBuf,

    /// Training set: digits, mnist, fashion-mnist, cifar10, or a folder of idx files
    #[arg(long, value_name = "NAME|DIR")]
    data: String,

    /// Pairs of a network and a training example drawn to estimate the training error
    #[arg(long, default_value_t = 20_000)]
    draws: u64,

    /// Probability that one of the bounds fails
    #[arg(long, default_value_t = 0.05)]
    delta: f64,

    /// Seed of the noise
    #[arg(long, default_value_t = 1)]
    seed: u64,

    #[command(flatten)]
    limit: LimitArgument,
}

pub(super) fn run(arguments: &Arguments, search: &SearchPath, json: bool) -> Result<(), Failure> {
    let Arguments {
        file,
        data,
        draws,
        delta,
        seed,
        limit,
    } = arguments;
    let bytes = read(file)?;
    let model = limit.decode(&bytes, None)?;
    // Each network that is drawn has its own weights.
    let threads = rayon::current_num_threads() as u64;
    let weights = model.structure().weights().unwrap_or(u64::MAX);
    let drawn = weights.saturating_mul(size_of::<f32>() as u64 + BYTES_PER_NONZERO);
    limit
        .of(&bytes, None)
        .check(drawn.saturating_mul(threads))?;
    let data = load(data, search)?.train;
    let risk = EmpiricalRisk::new(Evaluator::new(&model).errors(&data)?, data.len() as u64)?;
    let bits = Bits::new(8.0 * bytes.len() as f64)?;
    let delta = FailureProbability::new(*delta)?;
    let deterministic = occam_binomial(risk, bits, delta);
    let bounds = stochastic_bounds(&model, &data, *draws, delta, *seed)?;
    if json {
        let rows = bounds.iter().map(|bound| {
            serde_json::json!({
                "relative_width": bound.relative_width,
                "mean_error": bound.mean_error,
                "error_limit": bound.error_limit,
                "divergence_nats": bound.divergence,
                "bound": bound.bound,
            })
        });
        let rows: Vec<serde_json::Value> = rows.collect();
        return print_json(
            &serde_json::json!({ "without_noise": deterministic, "with_noise": rows }),
        );
    }
    let header = [
        "noise",
        "mean training error",
        "at most",
        "divergence, bits",
        "bound",
    ];
    let mut rows = vec![header.map(str::to_string).to_vec()];
    let error = percent_up(risk.rate());
    rows.push(vec![
        "none".into(),
        error.clone(),
        error,
        format!("{}", bits.get()),
        percent_up(deterministic),
    ]);
    for bound in &bounds {
        rows.push(vec![
            format!("{}", bound.relative_width),
            percent_up(bound.mean_error),
            percent_up(bound.error_limit),
            format!("{:.1}", bound.divergence / std::f64::consts::LN_2),
            percent_up(bound.bound),
        ]);
    }
    print(&table(&rows));
    Ok(())
}
