//! `nonvacuous classical`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::base::BaseArgument;
use super::data_set::load;
use super::failure::Failure;
use super::memory_limit::LimitArgument;
use super::output::{print, print_json, read};
use super::row::{csv, Row};
use super::table::table_with_texts;
use super::training_error::counts;
use nonvacuous::bounds::{occam_binomial, Bits, EmpiricalRisk, FailureProbability};
use nonvacuous::certificate::{design_bits, percent_up, Certificate, Claim};
use nonvacuous::code::{Base, Model};
use nonvacuous::data::{DataSet, SearchPath};
use nonvacuous::evaluate::{Evaluator, Examples, Loss};
use nonvacuous::network::classical::{ClassicalBounds, MarginBound, NoBound};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A model file, or the folder of a certificate
    #[arg(value_name = "FILE|DIR")]
    network: PathBuf,

    /// Training set: digits, mnist, fashion-mnist, cifar10, or a folder of idx files; of a
    /// certificate, without it, the well-known one that has its digest
    #[arg(long, value_name = "NAME|DIR", conflicts_with_all = ["n", "errors", "held_out"])]
    data: Option<String>,

    /// Instead of examples: how many there were; bounds from margins are then left out
    #[arg(long, value_name = "N", requires = "errors")]
    n: Option<u64>,

    /// Instead of examples: how many of them the network misclassified
    #[arg(long, value_name = "K", requires = "n")]
    errors: Option<u64>,

    /// Instead of examples: K errors on N that were never used, for comparison
    #[arg(long, value_name = "N:K", value_parser = counts, requires = "n")]
    held_out: Option<EmpiricalRisk>,

    /// Probability, over the draw of the training set, that a bound fails
    #[arg(long, default_value = "0.05", allow_hyphen_values = true)]
    delta: String,

    /// What the network is called, in place of the name of its file or folder
    #[arg(long)]
    name: Option<String>,

    /// Print a line of CSV for each bound
    #[arg(long)]
    csv: bool,

    #[command(flatten)]
    base: BaseArgument,

    #[command(flatten)]
    limit: LimitArgument,
}

/// A network, what it got wrong, and what its file is charged.
struct Subject {
    model: Model,
    /// What the examples are called.
    data: Option<String>,
    risk: EmpiricalRisk,
    held_out: Option<EmpiricalRisk>,
    /// Probability that a bound fails, as it was written.
    delta: String,
    /// Bits of the file, and of what is charged beside it.
    bits: [u64; 2],
    examples: Option<DataSet>,
    /// Bytes of the files that it was read from, which set how much memory may be taken.
    file: Vec<u8>,
}

/// One line of the table.
struct Line {
    key: &'static str,
    title: &'static str,
    /// Where its constants come from.
    constants: &'static str,
    value: Result<f64, NoBound>,
    /// What it is computed from, in words.
    from: String,
    /// The same, as numbers.
    numbers: Vec<(&'static str, f64)>,
}

const PROVED: &str = "proved";
const OF_THE_SOURCE: &str = "of the source";
const IN_ITS_FAVOUR: &str = "1, in its favour";

pub(super) fn run(arguments: &Arguments, search: &SearchPath, json: bool) -> Result<(), Failure> {
    if json && arguments.csv {
        return Err(Failure::misuse(
            "--json and --csv are two forms of the same: give one of them",
        ));
    }
    let delta: FailureProbability = arguments.delta.parse()?;
    let base = arguments.base.read()?;
    let subject = arguments.subject(base.as_deref(), search)?;
    let examples = subject.examples.as_ref();
    let examples = examples.map(|data| &data.train as &dyn Examples);
    let bounds = ClassicalBounds::new(
        &subject.model,
        subject.risk,
        examples,
        delta,
        arguments.limit.of(&subject.file, base.as_deref()),
    )?;
    let lines = lines(&subject, &bounds, delta)?;
    let name = arguments.name();
    if json {
        return print_json(&as_json(&name, &subject, &bounds, &lines));
    }
    if arguments.csv {
        let rows: Vec<Row> = lines
            .iter()
            .map(|line| row(&name, &subject, &bounds, line))
            .collect();
        csv(&rows)?.iter().for_each(|line| print(line));
        return Ok(());
    }
    summarise(&name, &subject, &lines);
    Ok(())
}

impl Arguments {
    /// What the network is called.
    fn name(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let path = &self.network;
        let stem = if path.is_dir() {
            path.file_name()
        } else {
            path.file_stem()
        };
        stem.map_or_else(
            || path.display().to_string(),
            |stem| stem.to_string_lossy().into_owned(),
        )
    }

    fn subject(&self, base: Option<&Base>, search: &SearchPath) -> Result<Subject, Failure> {
        if self.network.is_dir() {
            return self.of_certificate(&self.network, base, search);
        }
        let file = read(&self.network)?;
        let model = self.limit.decode(&file, base)?;
        let bits = [8 * file.len() as u64, design_bits(model.version(), false)];
        let (risk, held_out, examples) = match (&self.data, self.n, self.errors) {
            (Some(data), ..) => {
                let data = load(data, search)?;
                let evaluator = Evaluator::new(&model);
                let risk = |examples: &dyn Examples| -> Result<EmpiricalRisk, Failure> {
                    let errors = evaluator.errors(examples)?;
                    Ok(EmpiricalRisk::new(errors, examples.len() as u64)?)
                };
                let held_out = data.test.as_ref().map(|test| risk(test)).transpose()?;
                (risk(&data.train)?, held_out, Some(data))
            }
            (None, Some(n), Some(errors)) => (EmpiricalRisk::new(errors, n)?, self.held_out, None),
            _ => {
                return Err(Failure::misuse(
                    "which examples was the network trained on? give --data NAME|DIR, or counts \
                     of them with --n N --errors K",
                ))
            }
        };
        Ok(Subject {
            model,
            data: examples.as_ref().map(|data| data.name.clone()),
            risk,
            held_out,
            delta: self.delta.clone(),
            bits,
            examples,
            file,
        })
    }

    /// Errors are those that the certificate claims, which `nonvacuous verify` checks.
    fn of_certificate(
        &self,
        folder: &Path,
        base: Option<&Base>,
        search: &SearchPath,
    ) -> Result<Subject, Failure> {
        if self.n.is_some() {
            return Err(Failure::misuse(
                "a certificate says how many examples and errors there are: --n and --errors are \
                 for a model file",
            ));
        }
        let certificate = Certificate::open(folder)?;
        let claim = certificate.claim();
        if claim.loss != Loss::Top1.name()
            || claim.groups.is_some()
            || claim.class_map.is_some()
            || claim.subsample.is_some()
        {
            return Err(Failure::misuse(format!(
                "{} does not count every example by its largest logit (groups, subsamples, maps of \
                 classes, top-5 errors): give its model file with --data instead",
                folder.display()
            )));
        }
        let selector = self.data.as_deref().or(claim.known_training_set());
        let data = load(
            selector.ok_or_else(|| {
                Failure::misuse(
                    "the certificate is about no data set that is known by its digest: name the \
                     examples with --data NAME|DIR",
                )
            })?,
            search,
        )?;
        if data.train.sha256() != claim.training_set.sha256 {
            return Err(Failure::misuse(format!(
                "{} is not about the training examples of {}: name the right ones with --data \
                 NAME|DIR",
                folder.display(),
                data.name
            )));
        }
        let file = certificate.file().to_vec();
        let held_out = claim.held_out.as_ref();
        Ok(Subject {
            model: self.limit.decode(&file, base)?,
            data: Some(data.name.clone()),
            risk: EmpiricalRisk::new(claim.k, claim.n)?,
            held_out: held_out
                .map(|held_out| EmpiricalRisk::new(held_out.k, held_out.n))
                .transpose()?,
            delta: self.delta.clone(),
            bits: charged(claim),
            examples: Some(data),
            file,
        })
    }
}

fn charged(claim: &Claim) -> [u64; 2] {
    let beside = claim.description_length().saturating_sub(claim.bits);
    [claim.bits, beside]
}

fn lines(
    subject: &Subject,
    bounds: &ClassicalBounds,
    delta: FailureProbability,
) -> Result<Vec<Line>, Failure> {
    let [file, beside] = subject.bits;
    let compression = occam_binomial(subject.risk, Bits::new((file + beside) as f64)?, delta);
    let vc = bounds.vc_dimension.as_ref();
    let n = subject.risk.sample_size().get();
    Ok(vec![
        Line {
            key: "compression",
            title: "bits of this file",
            constants: PROVED,
            value: Ok(compression),
            from: format!("{file} bits, and {beside} for the design of the format"),
            numbers: vec![("complexity", (file + beside) as f64)],
        },
        Line {
            key: "parameter_counting",
            title: "parameter counting",
            constants: PROVED,
            value: Ok(bounds.parameter_counting),
            from: format!("{} parameters of 32 bits", bounds.parameters),
            numbers: vec![("complexity", bounds.parameters as f64)],
        },
        Line {
            key: "vc_dimension",
            title: "VC dimension",
            constants: OF_THE_SOURCE,
            value: vc.map(|bound| bound.value).map_err(Clone::clone),
            from: vc.map_or_else(ToString::to_string, |bound| {
                format!("dimension at most {}, {n} examples", short(bound.dimension))
            }),
            numbers: vc.map_or_else(|_| vec![], |bound| vec![("complexity", bound.dimension)]),
        },
        of_margins(
            "spectral_margin",
            "spectral norms, margins",
            OF_THE_SOURCE,
            &bounds.spectral_margin,
            "spectral complexity",
        ),
        of_margins(
            "pac_bayes_margin",
            "spectral norms, PAC-Bayes",
            IN_ITS_FAVOUR,
            &bounds.pac_bayes_margin,
            "product of norms",
        ),
        of_margins(
            "effective_parameters",
            "effective parameters",
            IN_ITS_FAVOUR,
            &bounds.effective_parameters,
            "effective parameters",
        ),
    ])
}

fn of_margins(
    key: &'static str,
    title: &'static str,
    constants: &'static str,
    bound: &Result<MarginBound, NoBound>,
    complexity: &str,
) -> Line {
    Line {
        key,
        title,
        constants,
        value: bound
            .as_ref()
            .map(|bound| bound.least.value)
            .map_err(Clone::clone),
        from: match bound {
            Err(reason) => reason.to_string(),
            Ok(MarginBound {
                least,
                complexity: value,
            }) => format!(
                "{complexity} {}, margin {}, {} below",
                short(*value),
                short(least.margin),
                percent_up(least.share_below)
            ),
        },
        numbers: bound.as_ref().map_or_else(
            |_| vec![],
            |bound| {
                vec![
                    ("complexity", bound.complexity),
                    ("margin", bound.least.margin),
                    ("share_below", bound.least.share_below),
                ]
            },
        ),
    }
}

/// A number in few digits.
fn short(number: f64) -> String {
    if (0.1..100.0).contains(&number) {
        format!("{number:.2}")
    } else {
        format!("{number:.1e}")
    }
}

/// A bound: a percentage up to 1, and what it is above.
fn written(value: f64) -> String {
    if value <= 1.0 {
        percent_up(value)
    } else {
        short(value)
    }
}

impl Subject {
    /// Whether a bound says no more than that a guess among the classes is as good.
    fn is_vacuous(&self, value: f64) -> bool {
        value >= 1.0 - 1.0 / self.model.structure().classes() as f64
    }
}

fn summarise(name: &str, subject: &Subject, lines: &[Line]) {
    let (risk, classes) = (subject.risk, subject.model.structure().classes());
    let (n, k) = (risk.sample_size().get(), risk.count());
    let data = subject.data.as_deref().unwrap_or("its training set");
    print(&format!(
        "{name} on {data}: {k} of {n} training examples misclassified; every bound fails with \
         probability {} at most\n",
        subject.delta
    ));
    let header = ["bound", "error below", "", "constants", "from"];
    let mut rows = vec![header.map(str::to_string).to_vec()];
    for line in lines {
        let (value, remark) = match &line.value {
            Err(_) => (String::new(), "none"),
            Ok(value) if subject.is_vacuous(*value) => (written(*value), "vacuous"),
            Ok(value) => (written(*value), ""),
        };
        let constants = if line.value.is_ok() {
            line.constants
        } else {
            ""
        };
        rows.push(vec![
            line.title.to_string(),
            value,
            remark.to_string(),
            constants.to_string(),
            line.from.clone(),
        ]);
    }
    print(&table_with_texts(&rows, &[0, 2, 3, 4]));
    if let Some(held_out) = subject.held_out {
        print(&format!(
            "\nFor comparison: {} of {} held-out examples are misclassified, {}.",
            held_out.count(),
            held_out.sample_size().get(),
            percent_up(held_out.rate())
        ));
    }
    print(&format!(
        "\nVacuous is what is at least 1 - 1/{classes}, the error of a guess. What a source leaves \
         open is decided in\nfavour of the classical bound: docs/bounds.md says how."
    ));
}

/// What is the same for all bounds of a network.
fn shared(name: &str, subject: &Subject, bounds: &ClassicalBounds) -> Row {
    let mut row = Row::default();
    let held_out = subject.held_out;
    row.put("network", name);
    row.put("data", subject.data.clone());
    row.put("n", subject.risk.sample_size().get());
    row.put("errors", subject.risk.count());
    row.put("classes", subject.model.structure().classes());
    row.put("delta", subject.delta.trim().parse::<f64>().ok());
    row.put("held_out_n", held_out.map(|risk| risk.sample_size().get()));
    row.put("held_out_errors", held_out.map(EmpiricalRisk::count));
    row.put("parameters", bounds.parameters);
    row.put("bits", subject.bits[0]);
    row.put("charged_bits", subject.bits[0] + subject.bits[1]);
    row
}

/// Appends a bound. What is infinite has no value in JSON or CSV.
fn put(row: &mut Row, subject: &Subject, line: &Line) {
    let value = line.value.as_ref();
    row.put("bound", line.key);
    row.put("value", value.ok().copied());
    row.put(
        "vacuous",
        value.ok().map(|&value| subject.is_vacuous(value)),
    );
    row.put("constants", value.ok().map(|_| line.constants));
    for name in ["complexity", "margin", "share_below"] {
        let found = line.numbers.iter().find(|(other, _)| *other == name);
        row.put(name, found.map(|(_, number)| *number));
    }
    row.put("reason", value.err().map(ToString::to_string));
}

fn row(name: &str, subject: &Subject, bounds: &ClassicalBounds, line: &Line) -> Row {
    let mut row = shared(name, subject, bounds);
    put(&mut row, subject, line);
    row
}

fn as_json(name: &str, subject: &Subject, bounds: &ClassicalBounds, lines: &[Line]) -> Row {
    let mut object = shared(name, subject, bounds);
    let rows = lines.iter().map(|line| {
        let mut row = Row::default();
        put(&mut row, subject, line);
        serde_json::json!(row)
    });
    object.put("bounds", rows.collect::<Vec<serde_json::Value>>());
    object
}
