//! Every theorem, checked: exactly where possible, in as many random instances as time allows.
//!
//! A check counts the instances of each theorem's inequality and keeps the one that is closest to
//! being broken. Instances are pure functions of the seed and their number, so that the report is
//! the same whatever the number of threads. That the check can fail is itself tested:
//! [`Theory::broken`] breaks a theorem.

mod attainment;
mod converse;
mod coverage;
mod error;
mod mutation;
#[cfg(feature = "train")]
mod networks;
mod oracle;
mod other_bounds;
mod random_instance;
mod samplers;
mod tally;

use rayon::prelude::*;

use crate::bounds::BoundError;
use crate::lab::exact::Chain;
use crate::lab::run::RunError;
pub use error::{CheckError, InstanceFault};
pub use mutation::{Mutation, Theory};
use random_instance::Draw;
pub use tally::{CheckMethod, Theorem};
use tally::{Inequality, Kind, Place, Tallies};

/// How much is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Exact instances of the converse: a law, a class and a learner each.
    pub converse: u64,
    /// Exact instances of everything else.
    pub coverage: u64,
    /// Code words drawn, and searches of each kind.
    pub draws: u32,
    /// Networks of each kind, where training is built in.
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

/// What was found about one theorem.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TheoremVerdict {
    /// What it says.
    pub theorem: Theorem,
    /// Number of inequalities checked.
    pub instances: u64,
    /// Number of those that do not hold.
    pub violations: u64,
    /// The smaller side of the closest one.
    pub smaller: f64,
    /// Its larger side.
    pub larger: f64,
    /// Which instance that was.
    pub instance: String,
}

impl TheoremVerdict {
    /// Whether it was checked and never broken.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.instances > 0 && self.violations == 0
    }
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
    /// Whether every theorem holds.
    pub fn holds(&self) -> bool {
        self.verdicts.iter().all(TheoremVerdict::holds)
    }
}

const fn exact(name: &'static str, statement: &'static str) -> Theorem {
    Theorem {
        name,
        statement,
        method: CheckMethod::Exact,
    }
}

const fn sampled(name: &'static str, statement: &'static str) -> Theorem {
    Theorem {
        name,
        statement,
        method: CheckMethod::Sampled,
    }
}

/// Everything that is checked, in the order of reports.
pub const THEOREMS: &[Theorem] = &[
    exact("limit_examplewise", "n kl(eb||Lb) <= sum_i I(Z_i;W)"),
    exact("examplewise_information", "sum_i I(Z_i;W) <= I(S;W)"),
    exact("information_entropy", "I(S;W) <= H(W)"),
    exact("entropy_huffman", "H(W) <= E|Huffman|"),
    exact("huffman_entropy_plus_one", "E|Huffman| <= H(W) + 1"),
    exact("huffman_code", "E|Huffman| <= E|W| of any prefix code"),
    exact("limit_code", "n kl(eb||Lb) <= E|W|"),
    exact("limit_jensen_shannon", "2 n JS(eb, Lb) <= sum_i I(Z_i;W)"),
    exact("limit_pinsker", "2 n (Lb - eb)^2 <= sum_i I(Z_i;W)"),
    exact("max_test_error", "Lb <= kl_inv(eb, E|W|/n)"),
    exact(
        "limit_injective",
        "H - log2(H + 1) - log2 e <= E|W| one to one",
    ),
    exact("length_prior", "H <= E[|W| - log2 m(|W|)] one to one"),
    exact("occam_binomial", "Pr[fails for any code word] <= delta"),
    exact("occam_kl", "Pr[fails for any code word] <= delta"),
    exact("occam_hoeffding", "Pr[fails for any code word] <= delta"),
    exact("pac_bayes_kl_xi", "Pr[fails for any posterior] <= delta"),
    exact("pac_bayes_kl", "Pr[fails for any posterior] <= delta"),
    exact("mcallester", "Pr[fails for any posterior] <= delta"),
    exact("thiemann", "Pr[fails for any posterior] <= delta"),
    exact(
        "catoni_lambda_sqrt_n",
        "Pr[fails for any posterior] <= delta",
    ),
    exact("catoni_uniform", "Pr[fails for any posterior] <= delta"),
    exact("held_out", "Pr[fails] <= delta"),
    exact("subsample", "Pr[fails] <= delta"),
    exact("monte_carlo_pairs", "Pr[fails] <= delta"),
    exact("monte_carlo_means", "Pr[fails] <= delta"),
    exact("prior_split", "Pr[fails for any code word] <= delta"),
    exact(
        "codebook_limit",
        "n kl(eb||Lb) <= E|W| of the random codebook",
    ),
    exact(
        "codebook_attains",
        "E|W| <= n kl(eb||Lb) + O(log n) of the random codebook",
    ),
    sampled(
        "codebook_within_a_thousandth",
        "mean |W| within 0.1% of the limit at n = 10,000",
    ),
    sampled(
        "codebook_drawn_as_expected",
        "mean |W| of drawn indices is E|W| to 6 deviations",
    ),
    sampled(
        "codebook_searched_as_expected",
        "mean log2 J and errors of real searches are as expected to 6 deviations",
    ),
    exact(
        "oracle_binomial_tail",
        "Pr[Bin(n, p) <= k] is that of statrs",
    ),
    exact(
        "oracle_hypergeometric",
        "the largest K with Pr[Hyp(n, K, s) <= k] >= delta is that of statrs",
    ),
    exact(
        "oracle_clopper_pearson",
        "held_out is the 1 - delta quantile of Beta(k + 1, n - k) of statrs",
    ),
    sampled(
        "index_sampler",
        "drawn indices are geometric: chi-square does not refute it",
    ),
    sampled(
        "label_noise_sampler",
        "points are uniform, labels noisy: chi-square does not refute it",
    ),
    sampled(
        "mean_limits_coverage",
        "how often a limit of a mean fails does not refute its probability",
    ),
    #[cfg(feature = "train")]
    sampled(
        "networks_limit",
        "n kl(eb||Lb) <= E|W| of networks, at 95% limits",
    ),
    #[cfg(feature = "train")]
    sampled(
        "networks_coverage",
        "how often a bound on networks fails does not refute delta",
    ),
];

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
    let Budget {
        converse,
        coverage,
        draws,
        networks,
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
            let delta = coverage::delta(&draw, seed, number)?;
            let inequalities = coverage::inequalities(&draw, delta, theory)?;
            let row = coverage::row(number, &draw, delta, &inequalities);
            Ok((inequalities, Some(row)))
        },
    )?;
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
        all(Kind::Searched, attainment::SEARCHES, |case| {
            attainment::searched(seed, case, draws).map(without_row)
        })?,
    ];
    let converse = converse_findings.csv(converse::COLUMNS.map(String::from).to_vec());
    let coverage = coverage_findings.csv(coverage::columns());
    let tallies = [converse_findings, coverage_findings]
        .into_iter()
        .chain(others)
        .map(|findings| findings.tallies);
    let tallies = tallies.fold(of_networks(seed, networks)?, Tallies::merge);
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
#[cfg(feature = "train")]
fn of_networks(seed: u64, draws: u64) -> Result<Tallies, RunError> {
    let mut tallies = Tallies::default();
    let inequalities = if draws > 0 {
        networks::inequalities(seed, draws)?
    } else {
        Vec::new()
    };
    for (number, inequality) in (0..).zip(inequalities) {
        tallies.count(
            inequality,
            Place {
                kind: Kind::Network,
                number,
            },
        );
    }
    Ok(tallies)
}

/// Nothing, where training is not built in.
#[cfg(not(feature = "train"))]
fn of_networks(_: u64, _: u64) -> Result<Tallies, RunError> {
    Ok(Tallies::default())
}

fn verdict(theorem: Theorem, tallies: &Tallies, seed: u64) -> TheoremVerdict {
    match tallies.get(theorem.name) {
        None => TheoremVerdict {
            theorem,
            instances: 0,
            violations: 0,
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
        Kind::Codebook => format!("random codebook {number}"),
        Kind::Drawn => "drawn indices".to_string(),
        Kind::Searched => format!("search {number}"),
        Kind::Oracle => format!("tail {number}"),
        Kind::Sampler => format!("sampler {number}"),
        #[cfg(feature = "train")]
        Kind::Network => format!("network {number}"),
    }
}
