//! `nonvacuous bound`.

use std::num::NonZeroU64;

use super::failure::Failure;
use super::output::{print, print_json};
use super::percent::percent;
use super::plan::{self, Given};
use super::row::Row;
use super::sweep::{Scale, Sweep};
use super::table::table_with_texts;
use super::training_error::{counts, Measured, Source};
use clap::Args;
use nonvacuous::bounds::{
    catoni_uniform, held_out, ln_xi, Bits, Bound, EmpiricalRisk, FailureProbability, GridRatio,
    InverseTemperature, Lambda, LengthPrior, Nats, Premises, PriorSplit, SampleSize, BOUNDS,
};

#[derive(Debug, Clone, Args)]
pub(super) struct Arguments {
    /// What does it take? The bound to be reached: leave out one of --n, --errors and --bits, and
    /// it is found
    #[arg(
        long,
        value_name = "B",
        allow_hyphen_values = true,
        conflicts_with_all = [
            "sweep", "nats", "length_prior", "prior_examples", "lambda", "alpha_minus_one",
            "held_out", "subsample", "risk", "risk_draws", "monte_carlo", "estimate_delta",
        ]
    )]
    target: Option<String>,

    /// With --target: at most this part of the training examples are errors, in place of --errors
    #[arg(
        long,
        value_name = "E",
        allow_hyphen_values = true,
        requires = "target",
        conflicts_with = "errors"
    )]
    train_error: Option<String>,

    /// Number of training examples
    #[arg(
        long,
        allow_hyphen_values = true,
        required_unless_present_any = ["sweep", "target"]
    )]
    n: Option<u64>,

    #[command(flatten)]
    source: Source,

    /// Length of the code word in bits
    #[arg(
        long,
        allow_hyphen_values = true,
        required_unless_present_any = ["nats", "sweep", "target"],
        conflicts_with = "nats"
    )]
    bits: Option<f64>,

    /// Divergence of the posterior from the prior in nats
    #[arg(long, allow_hyphen_values = true, value_name = "KL")]
    nats: Option<f64>,

    /// Probability, over the draw of the training set, that a bound fails
    #[arg(long, default_value = "0.05", allow_hyphen_values = true)]
    delta: String,

    /// Pay for the length, if the code is decodable only given it: reciprocal, elias-gamma,
    /// elias-delta, elias-omega
    #[arg(long, value_name = "PRIOR", value_parser = length_prior)]
    length_prior: Option<LengthPrior>,

    /// Examples that the prior has seen; the errors are those on the others
    #[arg(
        long,
        value_name = "M",
        default_value_t = 0,
        allow_hyphen_values = true
    )]
    prior_examples: u64,

    /// Inverse temperature fixed before the data, for catoni_lambda_sqrt_n [default: the root of n]
    #[arg(long, allow_hyphen_values = true)]
    lambda: Option<f64>,

    /// alpha - 1 for catoni_uniform
    #[arg(
        long,
        value_name = "EXCESS",
        default_value = "1e-4",
        allow_hyphen_values = true
    )]
    alpha_minus_one: f64,

    /// K errors on N examples that were never used, for comparison
    #[arg(long, value_name = "N:K", value_parser = counts, allow_hyphen_values = true)]
    held_out: Option<EmpiricalRisk>,

    /// Write a curve as CSV: bits, nats, errors, n or delta over a range, such as bits=100..10000
    /// or n=1000..2000:11
    #[arg(long, value_name = "NAME=FROM..TO[:POINTS]")]
    sweep: Option<Sweep>,
}

fn length_prior(name: &str) -> Result<LengthPrior, String> {
    let known = LengthPrior::ALL
        .into_iter()
        .find(|prior| prior.name() == name);
    known.ok_or_else(|| {
        format!(
            "accepted are {}",
            LengthPrior::ALL.map(LengthPrior::name).join(", ")
        )
    })
}

/// Occam's bounds are nested, so that the tightest costs nothing; those of randomised predictors
/// fail on different events.
const CHOICE: &str = "Each of these holds with probability 1 - delta. The smallest holds with it \
    only if its kind was\nchosen before the numbers were seen; otherwise with 1 - 3 delta.";

const SWEPT: [(&str, Scale); 5] = [
    ("bits", Scale::Real),
    ("nats", Scale::Real),
    ("errors", Scale::Whole),
    ("n", Scale::Whole),
    ("delta", Scale::Real),
];

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    if let Some(target) = &arguments.target {
        return plan::run(&arguments.given(target), json);
    }
    if let Some(sweep) = &arguments.sweep {
        let rows = sweep.rows(&SWEPT, |name, value| row(&arguments.with(name, value)))?;
        return sweep.print(&rows, json);
    }
    if json {
        return print_json(&row(arguments)?);
    }
    let (measured, premises) = arguments.premises()?;
    let values = BOUNDS.map(|bound| bound.value(&premises));
    let tightest = values
        .iter()
        .flatten()
        .copied()
        .fold(f64::INFINITY, f64::min);
    let head = [
        "bound on the error",
        "at most",
        "",
        "about",
        "loss",
        "holds for",
        "source",
    ];
    let mut rows = vec![head.map(str::to_string).to_vec()];
    let mut marked = false;
    for (bound, value) in BOUNDS.iter().zip(values) {
        let Some(value) = value else { continue };
        let is_tightest = value == tightest && !marked;
        marked |= is_tightest;
        let mark = if is_tightest { "tightest" } else { "" };
        let (name, about, loss) = (
            arguments.column(bound),
            bound.predictor.name(),
            bound.loss.name(),
        );
        rows.push(
            [
                name,
                &percent(value),
                mark,
                about,
                loss,
                bound.uniform,
                bound.source,
            ]
            .map(str::to_string)
            .to_vec(),
        );
    }
    if let Some(bound) = arguments.held_out_bound()? {
        let texts = [
            "held_out",
            &percent(bound),
            "",
            "deterministic",
            "{0, 1}",
            "one",
            "Clopper and Pearson 1934",
        ];
        rows.push(texts.map(str::to_string).to_vec());
    }
    print(&table_with_texts(&rows, &[0, 2, 3, 4, 5, 6]));
    print("");
    if arguments.nats.is_some() {
        print(CHOICE);
    }
    if arguments.prior_examples > 0 {
        let rest = premises.training_error.gibbs().sample_size().get();
        print(&format!(
            "The prior has seen {} examples; the bounds are about the other {rest}.",
            arguments.prior_examples
        ));
    }
    let delta = arguments.delta.trim();
    match &measured.estimate {
        None => print(&format!(
            "Each holds with probability at least 1 - {delta}."
        )),
        Some(estimate) => {
            let risk = percent(premises.training_error.gibbs().rate());
            let draws = estimate.delta.trim();
            print(&format!(
                "The training error is estimated to be at most {risk}. Each bound holds with \
                 probability at least 1 - {delta} - {draws}."
            ));
        }
    }
    Ok(())
}

/// The arguments and all bounds, under the column names of the reference values.
fn row(arguments: &Arguments) -> Result<Row, Failure> {
    let (measured, premises) = arguments.premises()?;
    let risk = premises.training_error.gibbs();
    let mut row = Row::default();
    row.put("n", arguments.n);
    if arguments.prior_examples > 0 {
        row.put("prior_examples", arguments.prior_examples);
    }
    measured.put(&mut row);
    match arguments.bits {
        Some(bits) => row.put("bits", bits),
        None => row.put("nats", arguments.nats),
    };
    row.put("delta", arguments.delta.trim().parse::<f64>().ok());
    if let Some(estimate) = &measured.estimate {
        row.put("estimate_delta", estimate.delta.trim().parse::<f64>().ok());
        row.put("total_delta", premises.delta.or(estimate.failure)?.get());
    }
    for bound in BOUNDS {
        match bound.name {
            "pac_bayes_kl_xi" => row.put("ln_xi", ln_xi(risk.sample_size()).get()),
            "thiemann" => row.put(
                "lambda_star",
                Lambda::optimal(risk, premises.divergence, premises.delta).get(),
            ),
            _ => {}
        };
        row.put(arguments.column(&bound), bound.value(&premises));
    }
    let minimum = catoni_uniform(risk, premises.divergence, premises.delta, premises.ratio);
    row.put("catoni_uniform_lambda", minimum.lambda);
    if let (Some(risk), Some(bound)) = (arguments.held_out, arguments.held_out_bound()?) {
        row.put("held_out_n", risk.sample_size().get());
        row.put("held_out_errors", risk.count());
        row.put("held_out", bound);
    }
    Ok(row)
}

impl Arguments {
    /// What is given beside the bound to be reached.
    fn given<'a>(&'a self, target: &'a str) -> Given<'a> {
        Given {
            target,
            n: self.n,
            errors: self.source.errors,
            train_error: self.train_error.as_deref(),
            bits: self.bits,
            delta: &self.delta,
        }
    }

    /// The training error as it was measured, and what bounds are computed from.
    fn premises(&self) -> Result<(Measured, Premises), Failure> {
        let Some(n) = self.n else {
            return Err(Failure::misuse("how many training examples? give --n"));
        };
        let split = PriorSplit::new(SampleSize::new(n)?, self.prior_examples)?;
        let measured = self.source.measure(split.bound_examples())?;
        let training_error = measured.training_error;
        let ratio = GridRatio::one_plus(self.alpha_minus_one)?;
        let lambda = match self.lambda {
            Some(lambda) => InverseTemperature::new(lambda)?,
            None => InverseTemperature::sqrt(training_error.gibbs()),
        };
        let delta: FailureProbability = self.delta.parse()?;
        if let Some(estimate) = &measured.estimate {
            delta.or(estimate.failure)?;
        }
        Ok((
            measured,
            Premises {
                training_error,
                divergence: self.divergence()?,
                delta,
                lambda,
                ratio,
            },
        ))
    }

    /// A bound's name, which for a fixed lambda says whether it is the customary one.
    fn column(&self, bound: &Bound) -> &'static str {
        match (bound.name, self.lambda) {
            ("catoni_lambda_sqrt_n", Some(_)) => "catoni_lambda",
            (name, _) => name,
        }
    }

    fn divergence(&self) -> Result<Nats, Failure> {
        let nats = match (self.bits, self.nats) {
            (Some(bits), _) => Bits::new(bits)?.to_nats(),
            (None, Some(nats)) => Nats::new(nats)?,
            (None, None) => {
                return Err(Failure::misuse(
                    "how long is the code word? give --bits or --nats",
                ))
            }
        };
        let Some(prior) = self.length_prior else {
            return Ok(nats);
        };
        let length = self
            .bits
            .filter(|bits| bits.fract() == 0.0)
            .and_then(|bits| NonZeroU64::new(bits as u64));
        match length {
            Some(length) => Ok(nats.plus(prior.cost(length))),
            None => Err(Failure::misuse(
                "--length-prior is for a whole number of --bits, at least 1",
            )),
        }
    }

    fn held_out_bound(&self) -> Result<Option<f64>, Failure> {
        let Some(risk) = self.held_out else {
            return Ok(None);
        };
        Ok(Some(held_out(
            risk,
            self.delta.parse::<FailureProbability>()?,
        )))
    }

    /// These arguments with one of [`SWEPT`] replaced.
    fn with(&self, name: &str, value: f64) -> Self {
        let mut arguments = self.clone();
        match name {
            "bits" => (arguments.bits, arguments.nats) = (Some(value), None),
            "nats" => (arguments.bits, arguments.nats) = (None, Some(value)),
            "errors" => arguments.source = self.source.with_errors(value as u64),
            "delta" => arguments.delta = value.to_string(),
            _ => arguments.n = Some(value as u64),
        }
        if self.length_prior.is_some() {
            arguments.bits = arguments.bits.map(f64::ceil);
        }
        arguments
    }
}
