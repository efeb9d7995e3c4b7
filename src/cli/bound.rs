//! `nonvacuous bound`.

use std::num::NonZeroU64;

use super::output::{print, print_json};
use super::row::Row;
use super::sweep::Sweep;
use super::table::table;
use super::Failure;
use crate::bounds::{
    catoni_uniform, held_out, ln_xi, round_up_decimals, Bits, EmpiricalRisk, FailureProbability, GibbsRisk, GridRatio,
    InverseTemperature, Lambda, LengthPrior, Nats, Premises, PriorSplit, Probability, SampleSize, TrainingError,
    BOUNDS,
};
use clap::Args;

#[derive(Debug, Clone, Args)]
pub(super) struct Arguments {
    /// Number of training examples
    #[arg(long)]
    n: u64,

    /// Number of training errors of one hypothesis
    #[arg(long, value_name = "K", required_unless_present_any = ["risk", "sweep"], conflicts_with = "risk")]
    errors: Option<u64>,

    /// Mean training error of a randomised predictor: an upper limit on it, not an estimate
    #[arg(long, value_name = "MEAN")]
    risk: Option<String>,

    /// Length of the code word in bits
    #[arg(long, allow_hyphen_values = true, required_unless_present_any = ["nats", "sweep"], conflicts_with = "nats")]
    bits: Option<f64>,

    /// Divergence of the posterior from the prior in nats
    #[arg(long, allow_hyphen_values = true, value_name = "KL")]
    nats: Option<f64>,

    /// Probability, over the draw of the training set, that a bound fails
    #[arg(long, default_value = "0.05", allow_hyphen_values = true)]
    delta: String,

    /// Pay for the length, if the code is decodable only given it: reciprocal, elias-gamma, elias-delta, elias-omega
    #[arg(long, value_name = "PRIOR", value_parser = length_prior)]
    length_prior: Option<LengthPrior>,

    /// Examples that the prior has seen; the errors are those on the others
    #[arg(long, value_name = "M", default_value_t = 0)]
    prior_examples: u64,

    /// Inverse temperature fixed before the data, for catoni_lambda_sqrt_n [default: the root of n]
    #[arg(long, allow_hyphen_values = true)]
    lambda: Option<f64>,

    /// alpha - 1 for catoni_uniform
    #[arg(long, value_name = "EXCESS", default_value = "1e-4", allow_hyphen_values = true)]
    alpha_minus_one: f64,

    /// Examples that were never used, for comparison
    #[arg(long, value_name = "N", requires = "held_out_errors")]
    held_out: Option<u64>,

    /// Errors on them
    #[arg(long, value_name = "K", requires = "held_out")]
    held_out_errors: Option<u64>,

    /// Write a curve as CSV: bits, nats, errors or n over a range, such as bits=100..10000 or n=1000..2000:11
    #[arg(long, value_name = "NAME=FROM..TO[:POINTS]")]
    sweep: Option<Sweep>,
}

fn length_prior(name: &str) -> Result<LengthPrior, String> {
    let known = LengthPrior::ALL.into_iter().find(|prior| prior.name() == name);
    known.ok_or_else(|| format!("accepted are {}", LengthPrior::ALL.map(LengthPrior::name).join(", ")))
}

const SWEPT: [&str; 4] = ["bits", "nats", "errors", "n"];

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    if let Some(sweep) = &arguments.sweep {
        let rows = sweep.rows(&SWEPT, |name, value| row(&arguments.with(name, value)))?;
        return sweep.print(&rows, json);
    }
    if json {
        return print_json(&row(arguments)?);
    }
    let premises = arguments.premises()?;
    let values = BOUNDS.map(|bound| bound.value(&premises));
    let tightest = values.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let mut rows =
        vec![["bound on the error", "at most", "", "about", "loss", "holds for", "source"].map(str::to_string)];
    let mut marked = false;
    for (bound, value) in BOUNDS.iter().zip(values) {
        let Some(value) = value else { continue };
        let is_tightest = value == tightest && !marked;
        marked |= is_tightest;
        let mark = if is_tightest { "tightest" } else { "" };
        let (about, loss) = (bound.predictor.name(), bound.loss.name());
        rows.push([bound.name, &percent(value), mark, about, loss, bound.uniform, bound.source].map(str::to_string));
    }
    if let Some(bound) = arguments.held_out_bound()? {
        let texts = ["held_out", &percent(bound), "", "deterministic", "{0, 1}", "one", "Clopper and Pearson 1934"];
        rows.push(texts.map(str::to_string));
    }
    print(&table(&with_text_to_the_left(rows)));
    if arguments.prior_examples > 0 {
        print(&format!("\nthe prior has seen {} of {} examples", arguments.prior_examples, arguments.n));
    }
    Ok(())
}

/// Columns of text, which the table would align to the right as it does numbers.
fn with_text_to_the_left<const COLUMNS: usize>(mut rows: Vec<[String; COLUMNS]>) -> Vec<Vec<String>> {
    const FIRST: usize = 2;
    for column in FIRST..COLUMNS {
        let width = rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        for row in &mut rows {
            row[column] = format!("{:<width$}", row[column]);
        }
    }
    rows.into_iter().map(Vec::from).collect()
}

/// A bound as a percentage with four decimals, rounded up.
fn percent(bound: f64) -> String {
    let millionths = (round_up_decimals(bound, 6).min(1.0) * 1e6).round();
    format!("{:.4}%", millionths / 1e4)
}

/// The arguments and all bounds, under the column names of the reference values.
fn row(arguments: &Arguments) -> Result<Row, Failure> {
    let premises = arguments.premises()?;
    let risk = premises.training_error.gibbs();
    let mut row = Row::default();
    row.put("n", arguments.n);
    match arguments.errors {
        Some(errors) => row.put("errors", errors),
        None => row.put("risk", risk.rate()),
    };
    match arguments.bits {
        Some(bits) => row.put("bits", bits),
        None => row.put("nats", arguments.nats),
    };
    row.put("delta", arguments.delta.trim().parse::<f64>().ok());
    for bound in BOUNDS {
        match bound.name {
            "pac_bayes_kl_xi" => row.put("ln_xi", ln_xi(risk.sample_size()).get()),
            "thiemann" => row.put("lambda_star", Lambda::optimal(risk, premises.divergence, premises.delta).get()),
            _ => {}
        };
        row.put(bound.name, bound.value(&premises));
    }
    let minimum = catoni_uniform(risk, premises.divergence, premises.delta, premises.ratio);
    row.put("catoni_uniform_lambda", minimum.lambda);
    if let Some(bound) = arguments.held_out_bound()? {
        row.put("held_out", bound);
    }
    if arguments.prior_examples > 0 {
        row.put("prior_examples", arguments.prior_examples);
    }
    Ok(row)
}

impl Arguments {
    fn premises(&self) -> Result<Premises, Failure> {
        let split = PriorSplit::new(SampleSize::new(self.n)?, self.prior_examples)?;
        let training_error = match (&self.errors, &self.risk) {
            (Some(errors), _) => TrainingError::Deterministic(split.risk(*errors)?),
            (None, Some(risk)) => {
                TrainingError::Gibbs(GibbsRisk::new(risk.parse::<Probability>()?, split.bound_examples()))
            }
            (None, None) => return Err(Failure::misuse("give --errors or --risk")),
        };
        let ratio = GridRatio::one_plus(self.alpha_minus_one)?;
        let lambda = match self.lambda {
            Some(lambda) => InverseTemperature::new(lambda)?,
            None => InverseTemperature::sqrt(training_error.gibbs()),
        };
        Ok(Premises { training_error, divergence: self.divergence()?, delta: self.delta.parse()?, lambda, ratio })
    }

    fn divergence(&self) -> Result<Nats, Failure> {
        let nats = match (self.bits, self.nats) {
            (Some(bits), _) => Bits::new(bits)?.to_nats(),
            (None, Some(nats)) => Nats::new(nats)?,
            (None, None) => return Err(Failure::misuse("give --bits or --nats")),
        };
        let Some(prior) = self.length_prior else { return Ok(nats) };
        let length = self.bits.filter(|bits| bits.fract() == 0.0).and_then(|bits| NonZeroU64::new(bits as u64));
        match length {
            Some(length) => Ok(nats.plus(prior.cost(length))),
            None => Err(Failure::misuse("--length-prior is for a whole number of --bits, at least 1")),
        }
    }

    fn held_out_bound(&self) -> Result<Option<f64>, Failure> {
        let (Some(n), Some(k)) = (self.held_out, self.held_out_errors) else { return Ok(None) };
        Ok(Some(held_out(EmpiricalRisk::new(k, n)?, self.delta.parse::<FailureProbability>()?)))
    }

    /// These arguments with one of [`SWEPT`] replaced; counts are rounded to whole numbers.
    fn with(&self, name: &str, value: f64) -> Self {
        let mut arguments = self.clone();
        match name {
            "bits" => (arguments.bits, arguments.nats) = (Some(value), None),
            "nats" => (arguments.bits, arguments.nats) = (None, Some(value)),
            "errors" => (arguments.errors, arguments.risk) = (Some(value.round() as u64), None),
            _ => arguments.n = value.round() as u64,
        }
        if self.length_prior.is_some() {
            arguments.bits = arguments.bits.map(f64::ceil);
        }
        arguments
    }
}
