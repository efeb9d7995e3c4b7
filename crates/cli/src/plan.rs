//! `nonvacuous bound --target`: what a bound takes.

use super::failure::Failure;
use super::output::{print, print_json};
use super::percent::percent;
use super::row::Row;
use nonvacuous::bounds::{
    errors_of, fewest_examples, fewest_examples_at_rate, most_bits, most_errors, occam_binomial,
    Bits, EmpiricalRisk, FailureProbability, Probability, SampleSize, Target,
};
use nonvacuous::certificate::DESIGN_BITS;

/// What is given, as it was written.
pub(super) struct Given<'a> {
    /// The bound to be reached.
    pub(super) target: &'a str,
    /// Training examples.
    pub(super) n: Option<u64>,
    /// Errors among them.
    pub(super) errors: Option<u64>,
    /// At most this part of them are errors.
    pub(super) train_error: Option<&'a str>,
    /// Length of the code word.
    pub(super) bits: Option<f64>,
    /// The probability that the bound fails.
    pub(super) delta: &'a str,
}

/// Which of three numbers is asked for, and the other two.
#[derive(Clone, Copy)]
enum Question {
    Bits { risk: EmpiricalRisk },
    Errors { examples: SampleSize, bits: Bits },
    Examples { errors: Errors, bits: Bits },
}

/// Training errors, where the number of examples is not known.
#[derive(Clone, Copy)]
enum Errors {
    Count(u64),
    Rate(Probability),
}

/// Three numbers that reach the target.
#[derive(Clone, Copy)]
struct Answer {
    risk: EmpiricalRisk,
    bits: Bits,
}

pub(super) fn run(given: &Given, json: bool) -> Result<(), Failure> {
    let question = Question::new(given)?;
    let (target, delta) = (given.target.parse()?, given.delta.parse()?);
    let answer = question.answer(target, delta)?;
    let beyond = answer.and_then(|answer| question.beyond(answer));
    let bound = |answer: Answer| occam_binomial(answer.risk, answer.bits, delta);
    let (reached, missed) = (answer.map(bound), beyond.map(bound));
    if json {
        return print_json(&question.row(given, answer, reached, missed));
    }
    let target = given.target.trim();
    let Some(answer) = answer else {
        print(&question.impossible(target));
        return Ok(());
    };
    print(&question.sentence(target, answer));
    if let (Some(reached), Some(missed)) = (reached, missed) {
        print(&format!(
            "The bound is then {}; with {} it is {}.",
            percent(reached),
            question.step(),
            percent(missed)
        ));
    }
    print(&question.as_a_file(answer.bits));
    Ok(())
}

impl Question {
    /// Exactly one of the three is not given.
    fn new(given: &Given) -> Result<Self, Failure> {
        let examples = given.n.map(SampleSize::new).transpose()?;
        let bits = given.bits.map(Bits::new).transpose()?;
        let rate = given.train_error.map(str::parse).transpose()?;
        let errors = given.errors.map(Errors::Count).or(rate.map(Errors::Rate));
        match (examples, errors, bits) {
            (Some(examples), Some(errors), None) => {
                let risk = EmpiricalRisk::new(errors.among(examples), examples.get())?;
                Ok(Self::Bits { risk })
            }
            (Some(examples), None, Some(bits)) => Ok(Self::Errors { examples, bits }),
            (None, Some(errors), Some(bits)) => Ok(Self::Examples { errors, bits }),
            _ => Err(Failure::misuse(
                "--target asks for one of three: give two of --n, --errors (or --train-error) and \
                 --bits, and leave out the third",
            )),
        }
    }

    fn answer(self, target: Target, delta: FailureProbability) -> Result<Option<Answer>, Failure> {
        Ok(match self {
            Self::Bits { risk } => match most_bits(risk, delta, target) {
                Some(bits) => Some((risk, Bits::new(bits as f64)?)),
                None => None,
            },
            Self::Errors { examples, bits } => match most_errors(examples, bits, delta, target) {
                Some(errors) => Some((EmpiricalRisk::new(errors, examples.get())?, bits)),
                None => None,
            },
            Self::Examples { errors, bits } => {
                let risk = match errors {
                    Errors::Count(count) => fewest_examples(count, bits, delta, target),
                    Errors::Rate(rate) => fewest_examples_at_rate(rate, bits, delta, target),
                };
                risk.map(|risk| (risk, bits))
            }
        }
        .map(|(risk, bits)| Answer { risk, bits }))
    }

    /// One bit or error more than the answer, or one example less; nothing where there is none.
    fn beyond(self, Answer { risk, bits }: Answer) -> Option<Answer> {
        let examples = risk.sample_size();
        match self {
            Self::Bits { .. } => {
                let bits = Bits::new(bits.get() + 1.0).ok()?;
                Some(Answer { risk, bits })
            }
            Self::Errors { .. } => {
                let risk = EmpiricalRisk::new(risk.count() + 1, examples.get()).ok()?;
                Some(Answer { risk, bits })
            }
            Self::Examples { errors, .. } => {
                let fewer = SampleSize::new(examples.get() - 1).ok()?;
                let risk = EmpiricalRisk::new(errors.among(fewer), fewer.get()).ok()?;
                Some(Answer { risk, bits })
            }
        }
    }

    fn step(self) -> &'static str {
        match self {
            Self::Bits { .. } => "one bit more",
            Self::Errors { .. } => "one error more",
            Self::Examples { .. } => "one example less",
        }
    }

    fn sentence(self, target: &str, Answer { risk, bits }: Answer) -> String {
        let (n, errors, bits) = (risk.sample_size().get(), risk.count(), bits.get());
        match self {
            Self::Bits { .. } => format!(
                "A bound of {target} with {errors} errors on {n} examples allows at most {bits} \
                 bits."
            ),
            Self::Errors { .. } => format!(
                "A bound of {target} with {n} examples and {bits} bits allows at most {errors} \
                 errors ({}).",
                percent(risk.rate())
            ),
            Self::Examples { .. } => format!(
                "A bound of {target} with {bits} bits takes at least {n} examples, of which at \
                 most {errors} are errors."
            ),
        }
    }

    fn impossible(self, target: &str) -> String {
        match self {
            Self::Bits { .. } => {
                format!("No code word is short enough for a bound of {target} with these errors.")
            }
            Self::Errors { .. } => {
                format!("Even without errors no bound of {target} is reached with these bits.")
            }
            Self::Examples { .. } => format!(
                "No number of examples up to {} is large enough for a bound of {target}.",
                SampleSize::LARGEST
            ),
        }
    }

    /// What the bits are as a model file.
    fn as_a_file(self, bits: Bits) -> String {
        let most = match self {
            Self::Bits { .. } => "at most ",
            Self::Errors { .. } | Self::Examples { .. } => "",
        };
        match file_bytes(bits) {
            Some(bytes) => format!(
                "As a model file of this program: {most}{bytes} bytes, and {DESIGN_BITS} bits for \
                 the design of its format (a chain of layers; 16 more for a graph)."
            ),
            None => format!(
                "For a model file of this program it is too little: the design of its format \
                 alone is charged {DESIGN_BITS} bits."
            ),
        }
    }

    /// What is given, and the answer.
    fn row(
        self,
        given: &Given,
        answer: Option<Answer>,
        reached: Option<f64>,
        missed: Option<f64>,
    ) -> Row {
        let number = |text: &str| text.trim().parse::<f64>().ok();
        let bits = answer
            .map(|answer| answer.bits)
            .or(given.bits.and_then(|bits| Bits::new(bits).ok()));
        let asked = match self {
            Self::Bits { .. } => "bits",
            Self::Errors { .. } => "errors",
            Self::Examples { .. } => "n",
        };
        let mut row = Row::default();
        row.put("target", number(given.target));
        row.put("asked", asked);
        let n = answer.map(|answer| answer.risk.sample_size().get());
        row.put("n", n.or(given.n));
        if let Some(rate) = given.train_error {
            row.put("train_error", number(rate));
        }
        let errors = answer.map(|answer| answer.risk.count());
        row.put("errors", errors.or(given.errors));
        row.put("bits", bits.map(Bits::get));
        row.put("delta", number(given.delta));
        row.put("occam_binomial", reached);
        row.put("occam_binomial_beyond", missed);
        row.put("design_bits", DESIGN_BITS);
        row.put("file_bytes", bits.and_then(file_bytes));
        row
    }
}

impl Errors {
    /// How many they are at most among so many examples.
    fn among(self, examples: SampleSize) -> u64 {
        match self {
            Self::Count(count) => count,
            Self::Rate(rate) => errors_of(rate, examples),
        }
    }
}

/// Bytes of a model file for which so many bits suffice, with those for the design of its format.
fn file_bytes(bits: Bits) -> Option<u64> {
    let file = bits.get() - DESIGN_BITS as f64;
    (file >= 0.0).then_some((file / 8.0).floor() as u64)
}
