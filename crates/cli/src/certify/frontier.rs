//! The file of a network with the least bound, found without training.

use std::path::Path;
use std::time::{Duration, Instant};

use super::arguments::Arguments;
use crate::failure::Failure;
use crate::output::{print, write_whole};
use crate::progress::progress_bar;
use crate::table::table;
use nonvacuous::bounds::{
    fewest_examples_at_rate, most_bits, Bits, EmpiricalRisk, Probability, Target,
};
use nonvacuous::certificate::{design_bits, percent_up, Folder};
use nonvacuous::evaluate::{Examples, Loss};
use nonvacuous::network::{least_bound, Frontier, FrontierEvent, Gridded, Point};

/// How long the steps of single tensors are moved, if nothing is said.
const USUAL: Duration = Duration::from_secs(600);

/// Most files that are listed: those that no other beats in both bits and errors, thinned out.
const LISTED: usize = 16;

/// Looks for the file with the least bound, and says what was found on the way.
pub(super) fn best_file(
    network: &dyn Gridded,
    examples: &dyn Examples,
    loss: Loss,
    arguments: &Arguments,
    folder: &Folder,
    json: bool,
) -> Result<Frontier, Failure> {
    let deadline = Instant::now() + arguments.minutes.unwrap_or(USUAL).min(USUAL);
    let bar = progress_bar(0, "{bar:24} {pos}/{len} tensors measured, {eta} left");
    let trying = progress_bar(0, "{spinner} {msg}");
    let mut least = f64::INFINITY;
    let found = least_bound(
        network,
        examples,
        loss,
        arguments.delta,
        arguments.unseen,
        Some(deadline),
        &mut |event| match event {
            FrontierEvent::Measured { of } => {
                bar.set_length(of as u64);
                bar.inc(1);
            }
            FrontierEvent::Tried(point) => {
                bar.finish_and_clear();
                least = least.min(point.bound);
                trying.set_message(format!(
                    "{} bits: {} errors, bound {}; the least so far {}",
                    point.bits,
                    point.errors,
                    percent_up(point.bound),
                    percent_up(least)
                ));
                trying.inc(1);
            }
            _ => {}
        },
    );
    bar.finish_and_clear();
    trying.finish_and_clear();
    let found = found?;
    write_frontier(
        &folder.path().join("frontier.csv"),
        &found,
        examples,
        arguments,
    )?;
    if !json {
        say(&found, network, examples, arguments)?;
    }
    Ok(found)
}

/// Every file that was tried, a line each.
fn write_frontier(
    path: &Path,
    found: &Frontier,
    examples: &dyn Examples,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let n = examples.len();
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["n", "delta", "examined", "errors", "bits", "bound"])?;
    for point in &found.tried {
        table.write_record([
            n.to_string(),
            arguments.delta.get().to_string(),
            found.examined.to_string(),
            found.errors_among(n as u64, point.errors).to_string(),
            point.bits.to_string(),
            format!("{:.6}", point.bound),
        ])?;
    }
    let table = table.into_inner().map_err(|error| error.into_error())?;
    write_whole(path, &table)
}

fn say(
    found: &Frontier,
    network: &dyn Gridded,
    examples: &dyn Examples,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let rate = |errors: u64| 100.0 * errors as f64 / found.examined.max(1) as f64;
    print(&format!(
        "the network misreads {} of {} examined training images ({:.2}%); its files:\n",
        found.original_errors,
        found.examined,
        rate(found.original_errors)
    ));
    let header = ["bits", "misread", "", "bound"];
    let mut rows = vec![header.map(str::to_string).to_vec()];
    for point in listed(found) {
        rows.push(vec![
            point.bits.to_string(),
            point.errors.to_string(),
            format!("{:.2}%", rate(point.errors)),
            percent_up(point.bound),
        ]);
    }
    print(&table(&rows));
    print("");
    let classes = examples.classes().max(2) as f64;
    if found.best.bound >= 1.0 - 1.0 / classes {
        advise(found, network, examples, arguments)?;
    }
    Ok(())
}

/// Some of the files that no other beats, and the best.
fn listed(found: &Frontier) -> Vec<Point> {
    let points = found.unbeaten();
    let every = points.len().div_ceil(LISTED).max(1);
    let kept = points.into_iter().enumerate();
    kept.filter(|(place, point)| place % every == 0 || *point == found.best)
        .map(|(_, point)| point)
        .collect()
}

/// What it would take, where nothing is below chance.
fn advise(
    found: &Frontier,
    network: &dyn Gridded,
    examples: &dyn Examples,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let chance = 1.0 - 1.0 / examples.classes().max(2) as f64;
    let target = Target::new(chance)?;
    let n = examples.len();
    let errors = found.errors_among(n as u64, found.original_errors);
    let charged = design_bits(network.version(), arguments.unseen);
    print(&format!(
        "No file of this network proves less than chance, {}: with {n} examples and the network's \
         own errors a file would have at most {} bits.",
        percent_up(chance),
        most_bits(
            EmpiricalRisk::new(errors, n as u64)?,
            arguments.delta,
            target
        )
        .and_then(|bits| bits.checked_sub(charged))
        .map_or("no".to_string(), |bits| bits.to_string())
    ));
    let about_as_many = found.original_errors + found.examined as u64 / 100;
    let good = found
        .tried
        .iter()
        .filter(|point| point.errors <= about_as_many);
    if let Some(good) = good.min_by_key(|point| point.bits) {
        let rate = Probability::new(good.errors as f64 / found.examined.max(1) as f64)?;
        let bits = Bits::new((good.bits + charged) as f64)?;
        let needed = fewest_examples_at_rate(rate, bits, arguments.delta, target);
        print(&format!(
            "The shortest with at most 1% more errors has {} bits: for that {} examples would do.",
            good.bits,
            needed.map_or("too many".to_string(), |risk| risk
                .sample_size()
                .get()
                .to_string())
        ));
    }
    print(
        "What to try: more examples; a smaller network; training it further for a short file \
         (--minutes, or --recipe; docs/compress.md); or certify without --model, which trains \
         networks for short files from the start.\n",
    );
    Ok(())
}
