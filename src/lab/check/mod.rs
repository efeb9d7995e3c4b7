//! Every theorem, checked: exactly where possible, in as many random instances as time allows.
//!
//! A check counts the instances of each theorem's inequality and keeps the one that is closest to
//! being broken. Instances are pure functions of the seed and their number, so that the report is
//! the same whatever the number of threads. That the check can fail is itself checked:
//! [`Theory::broken`] breaks a theorem in one of the ways of [`Mutation`], and [`mutations`] says
//! which lines notice.

mod attainment;
mod converse;
mod coverage;
mod error;
mod laws;
mod lemmas;
mod mutation;
mod mutation_table;
mod networks;
mod oracle;
mod other_bounds;
mod random_instance;
mod samplers;
mod signs;
mod tally;
mod theorems;
mod theory;
mod verdict;

use rayon::prelude::*;

use crate::bounds::BoundError;
use crate::lab::exact::Chain;
pub use error::{CheckError, InstanceFault};
pub use mutation::Mutation;
pub use mutation_table::MutationTable;
use networks::Networks;
use random_instance::Draw;
use tally::{Inequality, Kind, Place, Tallies};
pub use theorems::{CheckMethod, Theorem, THEOREMS};
pub use theory::Theory;
pub use verdict::{TheoremVerdict, Verdict};

/// How much is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Exact instances of the converse: a law, a class and a learner each.
    pub converse: u64,
    /// Exact instances of everything else.
    pub coverage: u64,
    /// Code words drawn, and searches of each kind.
    pub draws: u32,
    /// Trained networks of each kind, where training is built in; random networks a hundred times
    /// as often.
    pub networks: u64,
}

impl Budget {
    /// A minute at most.
    pub const QUICK: Self = Self {
        converse: 10_000,
        coverage: 5_000,
        draws: 1_000,
        networks: 300,
    };
    /// Half an hour at most.
    pub const FULL: Self = Self {
        converse: 400_000,
        coverage: 150_000,
        draws: 20_000,
        networks: 5_000,
    };
}

/// All verdicts, and everything they are made of as CSV.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// One a theorem.
    pub verdicts: Vec<TheoremVerdict>,
    /// A row for each instance of the converse, after the names of the columns.
    pub converse: Vec<Vec<String>>,
    /// A row for each instance of the upper bounds, after the names of the columns.
    pub coverage: Vec<Vec<String>>,
}

impl Report {
    /// The theorems of which the check says that.
    #[must_use]
    pub fn with(&self, verdict: Verdict) -> Vec<&'static str> {
        self.verdicts
            .iter()
            .filter(|line| line.verdict() == verdict)
            .map(|line| line.theorem.name)
            .collect()
    }
}

/// What the instances of one kind have to say.
#[derive(Default)]
struct Findings {
    tallies: Tallies,
    rows: Vec<(u64, Vec<String>)>,
}

impl Findings {
    fn merge(mut self, mut other: Self) -> Self {
        self.rows.append(&mut other.rows);
        Self {
            tallies: self.tallies.merge(other.tallies),
            rows: self.rows,
        }
    }

    /// The rows in the order of instances, after the names of the columns.
    fn csv(&mut self, columns: Vec<String>) -> Vec<Vec<String>> {
        self.rows.sort_unstable_by_key(|(number, _)| *number);
        std::iter::once(columns)
            .chain(self.rows.drain(..).map(|(_, row)| row))
            .collect()
    }
}

/// The inequalities of one instance, and a row of CSV about it.
type Instance = (Vec<Inequality>, Option<Vec<String>>);

/// Checks all instances of one kind in parallel.
fn all<Fault: Into<InstanceFault>>(
    kind: Kind,
    instances: u64,
    check: impl Fn(u64) -> Result<Instance, Fault> + Sync,
) -> Result<Findings, CheckError> {
    let findings = |number| {
        let (inequalities, row) = check(number).map_err(|fault| CheckError::Domain {
            instance: number,
            source: fault.into(),
        })?;
        let mut tallies = Tallies::default();
        inequalities
            .into_iter()
            .for_each(|inequality| tallies.count(inequality, Place { kind, number }));
        Ok(Findings {
            tallies,
            rows: row.map(|row| (number, row)).into_iter().collect(),
        })
    };
    (0..instances)
        .into_par_iter()
        .map(findings)
        .try_reduce(Findings::default, |first, second| Ok(first.merge(second)))
}

/// An instance without a row of CSV.
fn without_row(inequalities: Vec<Inequality>) -> Instance {
    (inequalities, None)
}

/// Checks every theorem.
///
/// # Errors
/// [`CheckError`] if an instance's numbers are outside a bound's domain, which would be a fault of
/// this program.
pub fn check(budget: Budget, seed: u64, theory: Theory) -> Result<Report, CheckError> {
    let networks = Networks::draw(seed, budget.networks)?;
    check_with(&networks, budget, seed, theory)
}

/// Checks the theorems as they are, and with each mutation. `report` is told which one is next.
///
/// # Errors
/// As [`check`].
pub fn mutations(
    budget: Budget,
    seed: u64,
    report: impl Fn(Mutation),
) -> Result<MutationTable, CheckError> {
    // Networks do not depend on what is claimed about them.
    let networks = Networks::draw(seed, budget.networks)?;
    let sound = check_with(&networks, budget, seed, Theory::default())?.verdicts;
    let mut mutated = Vec::with_capacity(Mutation::ALL.len());
    for mutation in Mutation::ALL {
        report(mutation);
        let theory = Theory::broken(mutation);
        mutated.push((
            mutation,
            check_with(&networks, budget, seed, theory)?.verdicts,
        ));
    }
    Ok(MutationTable { sound, mutated })
}

fn check_with(
    networks: &Networks,
    budget: Budget,
    seed: u64,
    theory: Theory,
) -> Result<Report, CheckError> {
    let Budget {
        converse,
        coverage,
        draws,
        ..
    } = budget;
    // Without draws there is nothing to test samplers by.
    let sampler_count = if draws > 0 { samplers::SAMPLERS } else { 0 };
    let mut converse_findings = all(
        Kind::Converse,
        converse,
        |number| -> Result<_, BoundError> {
            let Some(draw) = random_instance::of_converse(seed, number) else {
                return Ok(without_row(Vec::new()));
            };
            let chain = Chain::new(&draw.instance, &*draw.learner);
            Ok((
                converse::inequalities(&draw, &chain, theory)?,
                Some(converse::row(number, &draw, &chain)),
            ))
        },
    )?;
    let mut coverage_findings = all(
        Kind::Coverage,
        coverage,
        |number| -> Result<_, BoundError> {
            let Some(draw) = random_instance::of_coverage(seed, number) else {
                return Ok(without_row(Vec::new()));
            };
            let claim = coverage::claim(&draw, seed, number)?;
            let inequalities = coverage::inequalities(&draw, claim, theory)?;
            let row = coverage::row(number, &draw, claim, &inequalities);
            Ok((inequalities, Some(row)))
        },
    )?;
    let pairs = |kind, inequalities: fn(u64, u64, Theory) -> Vec<Inequality>| {
        all(kind, coverage, |number| {
            Ok::<_, BoundError>(without_row(inequalities(seed, number, theory)))
        })
    };
    let others = [
        all(Kind::Messages, coverage, |number| {
            converse::of_random_messages(seed, number, theory).map(without_row)
        })?,
        all(Kind::Independent, coverage, |number| {
            coverage::of_independent(seed, number, theory).map(without_row)
        })?,
        all(Kind::Other, coverage, |number| {
            other_bounds::inequalities(seed, number, theory).map(without_row)
        })?,
        all(Kind::Lemma, coverage, |number| {
            lemmas::inequalities(seed, number, theory).map(without_row)
        })?,
        all(Kind::Codebook, coverage, |number| {
            attainment::inequalities(seed, number, theory).map(without_row)
        })?,
        all(Kind::Drawn, 1, |_| {
            attainment::drawn(seed, draws, theory).map(without_row)
        })?,
        all(Kind::Oracle, coverage, |number| {
            oracle::inequalities(seed, number, theory).map(without_row)
        })?,
        all(Kind::Sampler, sampler_count, |sampler| {
            samplers::inequality(seed, sampler, draws, theory)
                .map(|inequality| without_row(vec![inequality]))
        })?,
        all(Kind::SignChain, signs::CHAINS, |case| {
            signs::chain(case, theory).map(without_row)
        })?,
        pairs(Kind::SignPair, signs::difference)?,
        pairs(Kind::TernaryPair, signs::error_with_zeros)?,
        pairs(Kind::CommitteePair, signs::of_committees)?,
        all(Kind::Searched, attainment::SEARCHES, |case| {
            attainment::searched(seed, case, draws, theory).map(without_row)
        })?,
    ];
    let converse = converse_findings.csv(converse::COLUMNS.map(String::from).to_vec());
    let coverage = coverage_findings.csv(coverage::columns());
    let tallies = [converse_findings, coverage_findings]
        .into_iter()
        .chain(others)
        .map(|findings| findings.tallies);
    let tallies = tallies.fold(of_networks(networks, theory)?, Tallies::merge);
    Ok(Report {
        verdicts: THEOREMS
            .iter()
            .map(|&theorem| verdict(theorem, &tallies, seed))
            .collect(),
        converse,
        coverage,
    })
}

/// What networks have to say.
fn of_networks(networks: &Networks, theory: Theory) -> Result<Tallies, CheckError> {
    let inequalities = networks
        .inequalities(theory)
        .map_err(|fault| CheckError::Domain {
            instance: 0,
            source: fault.into(),
        })?;
    let mut tallies = Tallies::default();
    for (number, inequality) in (0..).zip(inequalities) {
        let kind = Kind::Network;
        tallies.count(inequality, Place { kind, number });
    }
    Ok(tallies)
}

fn verdict(theorem: Theorem, tallies: &Tallies, seed: u64) -> TheoremVerdict {
    match tallies.get(theorem.name) {
        None => TheoremVerdict {
            theorem,
            instances: 0,
            violations: 0,
            telling: 0,
            smaller: 0.0,
            larger: 0.0,
            instance: String::new(),
        },
        Some(tally) => {
            let (inequality, place) = tally.tightest;
            TheoremVerdict {
                theorem,
                instances: tally.instances,
                violations: tally.violations,
                telling: tally.telling,
                smaller: inequality.smaller,
                larger: inequality.larger,
                instance: describe(place, seed),
            }
        }
    }
}

/// Which instance it was, in words.
fn describe(Place { kind, number }: Place, seed: u64) -> String {
    let drawn = |draw: Option<Draw>| draw.as_ref().map(Draw::describe).unwrap_or_default();
    match kind {
        Kind::Converse => format!(
            "learner {number}: {}",
            drawn(random_instance::of_converse(seed, number))
        ),
        Kind::Coverage => format!(
            "class {number}: {}",
            drawn(random_instance::of_coverage(seed, number))
        ),
        Kind::Messages => format!("random message {number}"),
        Kind::Independent => format!("independent hypotheses {number}"),
        Kind::Other => format!("sample {number}"),
        Kind::Lemma => format!("lemma {number}"),
        Kind::Codebook => format!("random codebook {number}"),
        Kind::Drawn => "drawn indices".to_string(),
        Kind::Searched => format!("search {number}"),
        Kind::Oracle => format!("tail {number}"),
        Kind::Sampler => format!("sampler {number}"),
        Kind::SignChain => format!("best signs {number}"),
        Kind::SignPair => format!("two perceptrons {number}"),
        Kind::TernaryPair => format!("perceptron with zeros {number}"),
        Kind::CommitteePair => format!("two committees {number}"),
        Kind::Network => format!("network {number}"),
    }
}
