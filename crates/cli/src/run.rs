//! `nonvacuous run`.

use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::output::{print, print_json};
use super::progress::progress_bar;
use super::row::{csv as lines, Row};
use super::shard::{shard, show_piece};
use super::submit::Work;
use super::table::table;
use nonvacuous::data::SearchPath;
use nonvacuous::lab::run::{
    coverage, differences, edges, links, run as draw_all, summary, Coverage, Difference,
    EdgeCoverage, Experiment, Links, Mean, Store, Summary,
};
use nonvacuous::pieces::{Shard, FOLDER};
use nonvacuous::storage::whole_file;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What is drawn and how often
    #[arg(value_name = "EXPERIMENT.toml")]
    experiment: PathBuf,

    /// Only part I of K, into NAME.I-of-K.csv; a run without it gathers all parts and computes what
    /// is missing. slurm, slurm/K, kubernetes/K and hyperqueue/K take I from the task of an array
    #[arg(long, value_name = "I/K", default_value = "1/1", value_parser = shard)]
    shard: Shard,

    /// Another value for a key of the experiment, such as draws=2 or epochs=[1,3]; texts in quotes.
    /// Use another --out, too
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,

    /// Folder for NAME.csv, NAME.summary.csv, NAME.coverage.csv, NAME.links.csv,
    /// NAME.differences.csv and NAME.edges.csv
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
}

impl Arguments {
    fn experiment(&self, search: &SearchPath) -> Result<Experiment, Failure> {
        let text = whole_file::read_text(&self.experiment)?;
        Experiment::parse_with(&text, &self.settings, search)
            .map_err(|error| Failure::from(error).about(self.experiment.display()))
    }

    /// What is done in pieces.
    pub(super) fn work(&self, search: &SearchPath) -> Result<Work, Failure> {
        Work::refuse_shard(self.shard != Shard::WHOLE)?;
        let name = self.experiment(search)?.name().to_string();
        Ok(Work {
            folder: self.out.clone(),
            pieces: self.out.join(FOLDER),
            names: vec![name.clone()],
            name,
        })
    }
}

pub(super) fn run(arguments: &Arguments, search: &SearchPath, json: bool) -> Result<(), Failure> {
    let experiment = arguments.experiment(search)?;
    let store = Store::open(&arguments.out, &experiment, arguments.shard)?;
    let total = store.wanted();
    let progress = progress_bar(total, "{bar:40} {pos}/{len} draws, {per_sec}, {eta} left");
    progress.inc(store.done());
    progress.reset_eta();
    draw_all(&experiment, arguments.shard, &store, |draws| {
        progress.inc(draws as u64)
    })?;
    progress.finish_and_clear();

    let rows = store.rows(&experiment)?;
    if arguments.shard != Shard::WHOLE {
        return show_piece(arguments.shard, store.path(), json);
    }
    let found = summary(&experiment, &rows)?;
    let summaries: Vec<Row> = found
        .iter()
        .map(|one| summary_row(&experiment, one))
        .collect();
    let coverages: Vec<Row> = coverage(&experiment, &rows)?
        .iter()
        .map(coverage_row)
        .collect();
    let columns: Vec<String> = experiment.columns().into_iter().map(String::from).collect();
    let cells = rows.iter().map(|row| &row.cells);
    whole_file::write_csv(store.path(), std::iter::once(&columns).chain(cells))?;
    let links: Vec<Row> = links(&experiment, &rows)?
        .iter()
        .map(|(place, links)| links_row(&experiment, *place, links))
        .collect();
    let differences: Vec<Row> = differences(&experiment, &rows)?
        .iter()
        .map(|one| difference_row(&experiment, one))
        .collect();
    let at_edges = edges(&experiment, &rows)?;
    let edges: Vec<Row> = at_edges
        .iter()
        .map(|(place, edge)| edge_row(*place, edge))
        .collect();
    for (kind, rows) in [
        ("summary", &summaries),
        ("coverage", &coverages),
        ("links", &links),
        ("differences", &differences),
        ("edges", &edges),
    ] {
        if !rows.is_empty() {
            let file = format!("{}.{kind}.csv", experiment.name());
            whole_file::write_lines(&arguments.out.join(file), &lines(rows)?)?;
        }
    }
    if json {
        let found = if edges.is_empty() { &summaries } else { &edges };
        return print_json(found);
    }
    if !found.is_empty() {
        print(&report(&experiment, &found));
    }
    if !at_edges.is_empty() {
        print(&edge_report(&at_edges));
    }
    print(&format!("\nevery draw is in {}", store.path().display()));
    Ok(())
}

fn setting(text: &str) -> Result<(String, String), String> {
    let pair = text
        .split_once('=')
        .ok_or("accepted is KEY=VALUE, such as draws=2")?;
    Ok((pair.0.trim().to_string(), pair.1.trim().to_string()))
}

/// The values of a configuration that are not those of all others, or all of them if there is one.
fn label(experiment: &Experiment, place: usize) -> String {
    let all = experiment.configurations();
    let Some(own) = all.get(place) else {
        return String::new();
    };
    let differs = |key: usize| {
        all.len() == 1
            || all
                .iter()
                .any(|other| other.values.get(key) != own.values.get(key))
    };
    let pairs = own
        .values
        .iter()
        .enumerate()
        .filter(|(key, _)| differs(*key));
    pairs
        .map(|(_, (key, value))| format!("{key} {value}"))
        .collect::<Vec<String>>()
        .join(", ")
}

/// One line a configuration.
fn report(experiment: &Experiment, summaries: &[Summary]) -> String {
    let head = [
        "configuration",
        "draws",
        "train error",
        "test error",
        "bits",
        "limit",
        "slack",
        "95%",
        "",
    ];
    let line = |one: &Summary| {
        let slack = one.slack();
        vec![
            label(experiment, one.configuration),
            one.draws.to_string(),
            format!("{:.4}", one.train.mean),
            format!("{:.4}", one.test.mean),
            format!("{:.1}", one.bits.mean),
            format!("{:.1}", one.limit.mean),
            ratio(slack.mean),
            format!("{} to {}", ratio(slack.lower), ratio(slack.upper)),
            if one.holds() { "holds" } else { "NOT SHOWN" }.to_string(),
        ]
    };
    headed(head, summaries.iter().map(line))
}

/// A table of lines, below the names of its columns.
fn headed<const COUNT: usize>(
    head: [&str; COUNT],
    lines: impl Iterator<Item = Vec<String>>,
) -> String {
    let head = head.map(str::to_string).to_vec();
    table(&std::iter::once(head).chain(lines).collect::<Vec<_>>())
}

/// One line a law at an edge.
fn edge_report(edges: &[(usize, EdgeCoverage)]) -> String {
    let head = [
        "law at the edge",
        "delta",
        "fails",
        "drawn",
        "95%",
        "sets",
        "",
    ];
    let line = |(_, one): &(usize, EdgeCoverage)| {
        let rate = one.rate;
        vec![
            one.law.clone(),
            one.delta.get().to_string(),
            format!("{:.5}", one.failure_probability),
            format!("{:.5}", rate.mean),
            format!("{:.5} to {:.5}", rate.lower, rate.upper),
            one.sets.to_string(),
            if one.holds() { "holds" } else { "REFUTED" }.to_string(),
        ]
    };
    headed(head, edges.iter().map(line))
}

/// A slack, or a word where there is nothing to compare with.
fn ratio(slack: f64) -> String {
    const MOST: f64 = 1e6;
    if slack > MOST {
        "any".to_string()
    } else {
        format!("{slack:.3}")
    }
}

/// A line of `NAME.summary.csv`.
fn summary_row(experiment: &Experiment, one: &Summary) -> Row {
    let mut row = Row::default();
    row.put("configuration", one.configuration as u64);
    row.put("label", label(experiment, one.configuration));
    row.put("draws", one.draws);
    let means = [
        (
            ["train_error_lower", "train_error", "train_error_upper"],
            one.train,
        ),
        (
            ["test_error_lower", "test_error", "test_error_upper"],
            one.test,
        ),
        (["bits_lower", "bits", "bits_upper"], one.bits),
        (
            [
                "limit_kl_bits_lower",
                "limit_kl_bits",
                "limit_kl_bits_upper",
            ],
            one.limit,
        ),
        (["slack_lower", "slack", "slack_upper"], one.slack()),
    ];
    put_means(&mut row, means);
    row.put("holds", one.holds());
    row
}

/// Means, each with its limits, under three names.
fn put_means<const COUNT: usize>(row: &mut Row, means: [([&'static str; 3], Mean); COUNT]) {
    for (names, mean) in means {
        names
            .into_iter()
            .zip([mean.lower, mean.mean, mean.upper])
            .for_each(|(name, value)| row.put(name, value));
    }
}

/// A line of `NAME.links.csv`.
fn links_row(experiment: &Experiment, place: usize, links: &Links) -> Row {
    let mut row = Row::default();
    row.put("configuration", place as u64);
    row.put("label", label(experiment, place));
    row.put("draws", links.draws);
    row.put("exact", links.is_exact);
    let means = [
        (
            [
                "limit_kl_bits_lower",
                "limit_kl_bits",
                "limit_kl_bits_upper",
            ],
            links.limit,
        ),
        (
            [
                "sum_examplewise_bits_lower",
                "sum_examplewise_bits",
                "sum_examplewise_bits_upper",
            ],
            links.examplewise,
        ),
        (
            [
                "information_bits_lower",
                "information_bits",
                "information_bits_upper",
            ],
            links.information,
        ),
    ];
    put_means(&mut row, means);
    row.put("entropy_bits", links.entropy);
    put_means(
        &mut row,
        [(["bits_lower", "bits", "bits_upper"], links.bits)],
    );
    row
}

/// A line of `NAME.differences.csv`.
fn difference_row(experiment: &Experiment, one: &Difference) -> Row {
    let mut row = Row::default();
    row.put("configuration", one.configuration as u64);
    row.put("label", label(experiment, one.configuration));
    row.put("before", label(experiment, one.before));
    row.put("draws", one.draws);
    let names = ["more_bits_lower", "more_bits", "more_bits_upper"];
    put_means(&mut row, [(names, one.bits)]);
    row.put("rises", one.rises);
    row.put("sign_test", one.sign_test);
    row.put("established", one.is_established());
    row
}

/// A line of `NAME.edges.csv`.
fn edge_row(place: usize, one: &EdgeCoverage) -> Row {
    let mut row = Row::default();
    row.put("configuration", place as u64);
    row.put("law", one.law.as_str());
    row.put("bound", one.bound);
    row.put("delta", one.delta.get());
    row.put("failure_probability", one.failure_probability);
    row.put("part_of_delta", one.part_of_delta());
    row.put("sets", one.sets);
    row.put("failures", one.failures);
    put_means(
        &mut row,
        [(
            ["failure_rate_lower", "failure_rate", "failure_rate_upper"],
            one.rate,
        )],
    );
    row.put("holds", one.holds());
    row
}

/// A line of `NAME.coverage.csv`.
fn coverage_row(one: &Coverage) -> Row {
    let mut row = Row::default();
    row.put("configuration", one.configuration as u64);
    row.put("bound", one.bound);
    row.put("delta", one.delta.get());
    row.put("draws", one.draws);
    row.put("failures", one.failures);
    row.put("failure_rate_lower", one.rate.lower);
    row.put("failure_rate", one.rate.mean);
    row.put("failure_rate_upper", one.rate.upper);
    row.put("mean", one.mean);
    let names = ["gap_5_percent", "gap_median", "gap_95_percent"];
    names
        .into_iter()
        .zip(one.gap)
        .for_each(|(name, value)| row.put(name, value));
    row.put("holds", one.holds());
    row
}
