//! `nonvacuous check`.

use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::output::{print, print_json};
use super::progress::progress_bar;
use super::row::{csv, Row};
use super::table::table_with_texts;
use nonvacuous::lab::check::{
    check, mutations, Budget, Mutation, MutationTable, TheoremVerdict, Theory, Verdict,
};
use nonvacuous::storage::whole_file;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A minute at most: thousands of instances [the default]
    #[arg(long, conflicts_with = "full")]
    quick: bool,

    /// Half an hour at most on two cores: hundreds of thousands of instances
    #[arg(long)]
    full: bool,

    /// Another seed makes other instances
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Break the theorems on purpose, one way after the other, and say which lines notice: a few
    /// minutes, an hour and more with --full
    #[arg(long)]
    mutations: bool,

    /// Folder for check.csv, check-converse.csv and check-coverage.csv, or check-mutations.csv
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let budget = if arguments.full {
        Budget::FULL
    } else {
        Budget::QUICK
    };
    whole_file::create_folder(&arguments.out)?;
    if arguments.mutations {
        return try_mutations(budget, arguments, json);
    }
    let report = check(budget, arguments.seed, Theory::default())?;
    let rows: Vec<Row> = report.verdicts.iter().map(row).collect();
    let path = |name: &str| arguments.out.join(name).with_extension("csv");
    whole_file::write_lines(&path("check"), &csv(&rows)?)?;
    for (name, rows) in [
        ("check-converse", &report.converse),
        ("check-coverage", &report.coverage),
    ] {
        whole_file::write_csv(&path(name), rows)?;
    }
    let broken = report.with(Verdict::DoesNotHold);
    if json {
        print_json(&rows)?;
    } else {
        print(&text(&report.verdicts));
        print(&format!(
            "\n{} theorems: {} hold, {} do not hold, {} cannot be told at this size",
            report.verdicts.len(),
            report.with(Verdict::Holds).len(),
            broken.len(),
            report.with(Verdict::CannotTell).len(),
        ));
        print(&format!("everything is in {}", arguments.out.display()));
    }
    if broken.is_empty() {
        return Ok(());
    }
    Err(Failure::does_not_hold(format!(
        "these do not hold: {}",
        broken.join(", ")
    )))
}

/// One verdict under the names of `check.csv`.
fn row(verdict: &TheoremVerdict) -> Row {
    let mut row = Row::default();
    row.put("theorem", verdict.theorem.name);
    row.put("statement", verdict.theorem.statement);
    row.put("method", verdict.theorem.method.name());
    row.put("instances", verdict.instances);
    row.put("violations", verdict.violations);
    row.put("telling", verdict.telling);
    row.put("smaller", verdict.smaller);
    row.put("larger", verdict.larger);
    row.put("tightest", verdict.instance.as_str());
    row.put("verdict", verdict.verdict().name());
    row
}

/// One line a theorem.
fn text(verdicts: &[TheoremVerdict]) -> String {
    /// Columns of words.
    const TEXTS: [usize; 4] = [0, 1, 8, 9];
    let head = [
        "theorem",
        "",
        "",
        "instances",
        "telling",
        "broken",
        "slack of the closest",
        "relative",
        "",
        "",
    ];
    let line = |verdict: &TheoremVerdict| {
        let TheoremVerdict {
            theorem,
            instances,
            violations,
            telling,
            smaller,
            larger,
            instance,
            ..
        } = verdict;
        vec![
            theorem.name.to_string(),
            theorem.statement.to_string(),
            theorem.method.name().to_string(),
            instances.to_string(),
            telling.to_string(),
            violations.to_string(),
            format!("{:.3e}", larger - smaller),
            format!("{:.2e}", relative_slack(*smaller, *larger)),
            word(verdict).to_string(),
            instance.clone(),
        ]
    };
    let mut rows = vec![head.map(str::to_string).to_vec()];
    rows.extend(verdicts.iter().map(line));
    table_with_texts(&rows, &TEXTS)
}

/// The slack as a part of the larger side; of equal sides, which may both be 0, nothing.
fn relative_slack(smaller: f64, larger: f64) -> f64 {
    if smaller == larger {
        0.0
    } else {
        1.0 - smaller / larger
    }
}

fn word(verdict: &TheoremVerdict) -> &'static str {
    match verdict.verdict() {
        Verdict::DoesNotHold => "DOES NOT HOLD",
        other => other.name(),
    }
}

/// Every mutation against every line: `check-mutations.csv`, and the exit code of something that
/// does not hold if a line notices none, or a mutation is noticed by none.
fn try_mutations(budget: Budget, arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let length = Mutation::ALL.len() as u64;
    let bar = progress_bar(length, "{pos}/{len} mutations {wide_bar} {eta}");
    let table = mutations(budget, arguments.seed, |_| bar.inc(1))?;
    bar.finish_and_clear();
    let rows: Vec<Row> = table
        .sound
        .iter()
        .map(|line| broken_by(&table, line))
        .collect();
    let path = arguments.out.join("check-mutations.csv");
    whole_file::write_lines(&path, &csv(&rows)?)?;
    if json {
        print_json(&rows)?;
    } else {
        print(&text_of_mutations(&table));
        print(&format!("\neverything is in {}", path.display()));
    }
    let useless = table.useless_lines();
    let uncaught: Vec<&str> = table
        .uncaught_mutations()
        .into_iter()
        .map(Mutation::name)
        .collect();
    if useless.is_empty() && uncaught.is_empty() {
        return Ok(());
    }
    Err(Failure::does_not_hold(format!(
        "lines that are broken by no mutation, or without one: [{}]; mutations that no line \
         notices: [{}]",
        useless.join(", "),
        uncaught.join(", ")
    )))
}

/// How many instances of a line each mutation breaks.
fn broken_by(table: &MutationTable, line: &TheoremVerdict) -> Row {
    let mut row = Row::default();
    row.put("theorem", line.theorem.name);
    row.put("instances", line.instances);
    row.put("none", line.violations);
    let counts = table.violations(line.theorem.name);
    for (mutation, count) in Mutation::ALL.iter().zip(counts) {
        row.put(mutation.name(), count);
    }
    row
}

/// For each line the mutations that break it, and in how many instances; then for each mutation the
/// number of lines.
fn text_of_mutations(table: &MutationTable) -> String {
    let mut rows = vec![["theorem", "instances", "broken by"]
        .map(str::to_string)
        .to_vec()];
    let mut lines_of = vec![0; Mutation::ALL.len()];
    for line in &table.sound {
        let mut broken_by = Vec::new();
        let counts = table.violations(line.theorem.name);
        for ((mutation, count), lines) in Mutation::ALL.iter().zip(counts).zip(&mut lines_of) {
            if count > 0 {
                broken_by.push(format!("{} {count}", mutation.name()));
                *lines += 1;
            }
        }
        rows.push(vec![
            line.theorem.name.to_string(),
            line.instances.to_string(),
            if broken_by.is_empty() {
                "NOTHING".to_string()
            } else {
                broken_by.join(", ")
            },
        ]);
    }
    let mut of_mutations = vec![["mutation", "lines"].map(str::to_string).to_vec()];
    for (mutation, lines) in Mutation::ALL.iter().zip(lines_of) {
        of_mutations.push(vec![mutation.name().to_string(), lines.to_string()]);
    }
    format!(
        "{}\n\n{}",
        table_with_texts(&rows, &[0, 2]),
        table_with_texts(&of_mutations, &[0])
    )
}
