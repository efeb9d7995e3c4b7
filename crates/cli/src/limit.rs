//! `nonvacuous limit`.

use super::failure::Failure;
use super::output::{print, print_json};
use super::row::Row;
use super::sweep::{Scale, Sweep};
use super::table::table;
use clap::Args;
use nonvacuous::bounds::{
    limit_injective, limit_jensen_shannon, limit_kl, limit_pinsker, max_test_error,
    round_down_thousandths, round_up_decimals, Bits, EmpiricalRisk, Probability, RandomCodebook,
    SampleSize,
};

#[derive(Debug, Clone, Args)]
#[command(group = clap::ArgGroup::new("reading")
    .required(true)
    .multiple(true)
    .args(["test_error", "bits", "sweep"]))]
pub(super) struct Arguments {
    /// Number of training examples
    #[arg(long, allow_hyphen_values = true, required_unless_present = "sweep")]
    n: Option<u64>,

    /// Expected training error
    #[arg(
        long,
        value_name = "E",
        allow_hyphen_values = true,
        required_unless_present = "sweep"
    )]
    train_error: Option<String>,

    /// Expected test error: how many bits does it take to overfit so much?
    #[arg(long, value_name = "L", allow_hyphen_values = true)]
    test_error: Option<String>,

    /// Expected length in bits: how large may the test error be?
    #[arg(long, allow_hyphen_values = true)]
    bits: Option<f64>,

    /// Also show what the learner with a shared random codebook takes, whose hypotheses have this
    /// test error
    #[arg(long)]
    attained: bool,

    /// Write a curve as CSV: bits, train-error, test-error or n over a range, such as
    /// bits=100..10000 or test-error=0.1..0.5:9
    #[arg(long, value_name = "NAME=FROM..TO[:POINTS]")]
    sweep: Option<Sweep>,
}

const SWEPT: [(&str, Scale); 4] = [
    ("bits", Scale::Real),
    ("train-error", Scale::Real),
    ("test-error", Scale::Real),
    ("n", Scale::Whole),
];

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    if let Some(sweep) = &arguments.sweep {
        let rows = sweep.rows(&SWEPT, |name, value| row(&arguments.with(name, value)))?;
        return sweep.print(&rows, json);
    }
    if json {
        return print_json(&row(arguments)?);
    }
    let limits = arguments.limits()?;
    if let Some(limits) = limits {
        let mut rows = vec![vec![
            "limit".to_string(),
            "bits, at least".to_string(),
            String::new(),
        ]];
        let texts = [
            ("kl, for uniquely decodable codes", limits.kl, "tightest"),
            ("Jensen-Shannon", limits.jensen_shannon, ""),
            ("Pinsker", limits.pinsker, ""),
            (
                "kl, for codes that are only injective",
                limit_injective(limits.kl),
                "",
            ),
        ];
        for (name, bits, mark) in texts {
            let bits = format!("{:.3}", round_down_thousandths(bits.get()));
            rows.push(vec![name.to_string(), bits, mark.to_string()]);
        }
        print(&table(&rows));
    }
    if let Some(learner) = arguments.random_codebook()? {
        print(&format!(
            "attained with a random codebook: {:.3} bits expected with an ideal code, {:.3} with \
             Elias's omega code, at an expected training error of {:.6}",
            learner.ideal_bits().get(),
            learner.elias_omega_bits().get(),
            learner.expected_training_error()
        ));
    }
    if let Some(largest) = arguments.max_test_error()? {
        let millionths = (round_up_decimals(largest, 6).min(1.0) * 1e6).round();
        print(&format!(
            "expected test error with these bits: at most {:.4}%",
            millionths / 1e4
        ));
    }
    Ok(())
}

/// The converse's three forms.
struct Limits {
    kl: Bits,
    jensen_shannon: Bits,
    pinsker: Bits,
}

/// The arguments and what follows from them, under the column names of the reference values.
fn row(arguments: &Arguments) -> Result<Row, Failure> {
    if arguments.test_error.is_none() && arguments.bits.is_none() {
        return Err(Failure::misuse(
            "which reading? give --test-error, --bits or both",
        ));
    }
    let limits = arguments.limits()?;
    let error = |text: &String| text.trim().parse::<f64>().ok();
    let mut row = Row::default();
    row.put("n", arguments.n);
    row.put(
        "train_error",
        arguments.train_error.as_ref().and_then(error),
    );
    row.put("test_error", arguments.test_error.as_ref().and_then(error));
    row.put(
        "limit_kl_bits",
        limits.as_ref().map(|limits| limits.kl.get()),
    );
    row.put(
        "limit_js_bits",
        limits.as_ref().map(|limits| limits.jensen_shannon.get()),
    );
    row.put(
        "limit_pinsker_bits",
        limits.as_ref().map(|limits| limits.pinsker.get()),
    );
    row.put("bits", arguments.bits);
    row.put("max_test_error", arguments.max_test_error()?);
    if let Some(learner) = arguments.random_codebook()? {
        row.put("attained_train_error", learner.expected_training_error());
        row.put("attained_ideal_bits", learner.ideal_bits().get());
        row.put("attained_rice_bits", learner.rice_bits().get());
        row.put("attained_omega_bits", learner.elias_omega_bits().get());
    }
    Ok(row)
}

impl Arguments {
    /// Sample size and expected training error.
    fn sample(&self) -> Result<(SampleSize, Probability), Failure> {
        let (Some(n), Some(train)) = (self.n, &self.train_error) else {
            return Err(Failure::misuse(
                "a limit needs --n and --train-error, unless one of them is swept",
            ));
        };
        Ok((SampleSize::new(n)?, train.parse()?))
    }

    fn limits(&self) -> Result<Option<Limits>, Failure> {
        let (n, train) = self.sample()?;
        let Some(test) = &self.test_error else {
            return Ok(None);
        };
        let test = test.parse::<Probability>()?;
        Ok(Some(Limits {
            kl: limit_kl(n, train, test)?,
            jensen_shannon: limit_jensen_shannon(n, train, test),
            pinsker: limit_pinsker(n, train, test),
        }))
    }

    fn max_test_error(&self) -> Result<Option<f64>, Failure> {
        let Some(bits) = self.bits else {
            return Ok(None);
        };
        let (n, train) = self.sample()?;
        Ok(Some(max_test_error(n, train, Bits::new(bits)?)))
    }

    /// The learner that accepts at most the training error given, if it was asked for.
    fn random_codebook(&self) -> Result<Option<RandomCodebook>, Failure> {
        if !self.attained {
            return Ok(None);
        }
        let (n, train) = self.sample()?;
        let Some(test) = &self.test_error else {
            return Err(Failure::misuse(
                "--attained is about a learner of a given --test-error",
            ));
        };
        // Whole multiples of 1/n are meant exactly, however their decimals round.
        let most_errors = (n.get() as f64 * train.get() * (1.0 + 1e-12)).floor();
        let risk = EmpiricalRisk::new((most_errors as u64).min(n.get()), n.get())?;
        Ok(Some(RandomCodebook::new(risk, test.parse()?)))
    }

    /// These arguments with one of [`SWEPT`] replaced.
    fn with(&self, name: &str, value: f64) -> Self {
        let mut arguments = self.clone();
        match name {
            "bits" => arguments.bits = Some(value),
            "train-error" => arguments.train_error = Some(value.to_string()),
            "test-error" => arguments.test_error = Some(value.to_string()),
            _ => arguments.n = Some(value as u64),
        }
        arguments
    }
}
