//! `nonvacuous check`.

use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::output::{print, print_json};
use super::row::{csv, Row};
use super::table::table_with_texts;
use nonvacuous::lab::check::{check, Budget, TheoremVerdict, Theory};
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

    /// Folder for check.csv, check-converse.csv and check-coverage.csv
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
    if json {
        print_json(&rows)?;
    } else {
        print(&text(&report.verdicts));
        print(&format!("\neverything is in {}", arguments.out.display()));
    }
    let broken: Vec<&str> = report
        .verdicts
        .iter()
        .filter(|v| !v.holds())
        .map(|verdict| verdict.theorem.name)
        .collect();
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
    row.put("smaller", verdict.smaller);
    row.put("larger", verdict.larger);
    row.put("tightest", verdict.instance.as_str());
    row.put("holds", verdict.holds());
    row
}

/// One line a theorem.
fn text(verdicts: &[TheoremVerdict]) -> String {
    /// Columns of words.
    const TEXTS: [usize; 3] = [0, 1, 8];
    let head = [
        "theorem",
        "",
        "",
        "instances",
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
            violations.to_string(),
            format!("{:.3e}", larger - smaller),
            format!("{:.2e}", 1.0 - smaller / larger),
            word(verdict).to_string(),
            instance.clone(),
        ]
    };
    let mut rows = vec![head.map(str::to_string).to_vec()];
    rows.extend(verdicts.iter().map(line));
    table_with_texts(&rows, &TEXTS)
}

fn word(verdict: &TheoremVerdict) -> &'static str {
    if verdict.holds() {
        "holds"
    } else {
        "DOES NOT HOLD"
    }
}
