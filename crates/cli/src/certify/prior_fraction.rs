//! `nonvacuous certify --prior-fraction`: a prior that is learnt on the first part of the data.

use std::io::ErrorKind;
use std::path::Path;

use super::arguments::Arguments;
use super::outcome::say_kept;
use super::trained::{chosen_recipes, TrainingProgress};
use crate::failure::Failure;
use crate::output::{print, print_json, write_whole};
use crate::table::table;
use nonvacuous::certificate::{percent_up, Folder};
use nonvacuous::data::DataSet;
use nonvacuous::search::prior_fraction::{data_dependent, prior_split, DataDependent};
use nonvacuous::storage::whole_file;

/// What is claimed with a prior that has seen a part of the data.
///
/// It is no certificate: that the prior was made from the first examples alone cannot be seen from
/// any file, only from making it again.
const REPORT_FILE: &str = "data-dependent.json";

/// The network that it is about. It has another name than that of a certificate, whose network
/// would no longer be the one that the certificate is about.
const MODEL_FILE: &str = "data-dependent.nvc";

/// Learns the prior, and says what it bounds.
pub(super) fn certify(
    fraction: f64,
    arguments: &Arguments,
    data: &DataSet,
    folder: &Folder,
    json: bool,
) -> Result<(), Failure> {
    let recipes = chosen_recipes(arguments, data)?;
    let report = folder.path().join(REPORT_FILE);
    let held = held(&report)?.filter(|_| !arguments.replace);
    if let Some(held) = &held {
        let prior_examples = prior_split(fraction, data.train.len())?.prior_examples();
        let digest = data.train.sha256();
        if !held.is_about(&digest, prior_examples, arguments.delta.get()) {
            return Err(Failure::misuse(format!(
                "{} is about other examples, another part of them or another delta: name another \
                 folder (--out), or have it replaced (--replace)",
                report.display()
            )));
        }
    }
    whole_file::create_folder(folder.path())?;
    let settings = arguments.settings();
    let progress = TrainingProgress::new();
    let found = data_dependent(fraction, &recipes, &data.train, &settings, &mut |event| {
        progress.show(&event);
    });
    progress.finish();
    let (claim, file) = found?;
    if let Some(held) = held.filter(|held| held.bound <= claim.bound) {
        if json {
            return print_json(&held);
        }
        summarise(&held, &data.name);
        say_kept(&report, claim.bound);
        return Ok(());
    }
    let model = folder.path().join(MODEL_FILE);
    write_whole(&model, &file)?;
    let text = serde_json::to_string_pretty(&claim)? + "\n";
    write_whole(&report, text.as_bytes())?;
    if json {
        return print_json(&claim);
    }
    summarise(&claim, &data.name);
    print(&format!(
        "\nwritten: {}, {}",
        model.display(),
        report.display()
    ));
    Ok(())
}

/// The claim that is there already, if there is one.
fn held(report: &Path) -> Result<Option<DataDependent>, Failure> {
    let text = match whole_file::read_text(report) {
        Ok(text) => text,
        Err(error) if error.source.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let claim = serde_json::from_str(&text);
    claim.map_err(|error| Failure::from(error).about(report.display()))
}

fn summarise(claim: &DataDependent, name: &str) {
    let DataDependent {
        prior_examples,
        n,
        k,
        networks,
        bits,
        design_bits,
        delta,
        bound,
        held_out,
        ..
    } = claim;
    print(&format!(
        "With confidence {}%, at most {} of new {name} images are misclassified: by a prior learnt \
         on the first {prior_examples} training images,\nproved from the other {n}, {k} of them \
         misclassified, {bits:.1} bits that name one of {networks} networks, and {design_bits} \
         bits for the design of the recipes.\n",
        100.0 * (1.0 - delta),
        percent_up(*bound)
    ));
    print(&table(&[
        vec!["bound".to_string(), "at most".to_string()],
        vec![
            "with the prior learnt on a part".to_string(),
            percent_up(*bound),
        ],
        vec![
            "held-out, on the same other images".to_string(),
            percent_up(*held_out),
        ],
    ]));
}
