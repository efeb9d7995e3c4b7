//! `nonvacuous certify --prior-fraction`: a prior that is learnt on the first part of the data.

use super::arguments::Arguments;
use super::trained::{chosen_recipes, TrainingProgress};
use crate::failure::Failure;
use crate::output::{print, print_json, write_whole};
use crate::table::table;
use nonvacuous::certificate::{percent_up, Folder};
use nonvacuous::data::DataSet;
use nonvacuous::search::prior_fraction::{data_dependent, DataDependent};
use nonvacuous::storage::whole_file;

/// What is claimed with a prior that has seen a part of the data.
///
/// It is no certificate: that the prior was made from the first examples alone cannot be seen from
/// any file, only from making it again.
const REPORT_FILE: &str = "data-dependent.json";

/// Learns the prior, and says what it bounds.
pub(super) fn certify(
    fraction: f64,
    arguments: &Arguments,
    data: &DataSet,
    folder: &Folder,
    json: bool,
) -> Result<(), Failure> {
    let recipes = chosen_recipes(arguments, data)?;
    let settings = arguments.settings();
    let progress = TrainingProgress::new();
    let found = data_dependent(fraction, &recipes, &data.train, &settings, &mut |event| {
        progress.show(&event);
    });
    progress.finish();
    let (claim, file) = found?;
    whole_file::create_folder(folder.path())?;
    let report = folder.path().join(REPORT_FILE);
    write_whole(&folder.model(), &file)?;
    let text = serde_json::to_string_pretty(&claim)? + "\n";
    write_whole(&report, text.as_bytes())?;
    if json {
        return print_json(&claim);
    }
    summarise(&claim, &data.name);
    let model = folder.model();
    print(&format!(
        "\nwritten: {}, {}",
        model.display(),
        report.display()
    ));
    Ok(())
}

fn summarise(claim: &DataDependent, name: &str) {
    let DataDependent {
        prior_examples,
        n,
        k,
        networks,
        bits,
        delta,
        bound,
        held_out,
        ..
    } = claim;
    print(&format!(
        "With confidence {}%, at most {} of new {name} images are misclassified: by a prior learnt \
         on the first {prior_examples} training images,\nproved from the other {n}, {k} of them \
         misclassified, and {bits:.1} bits that name one of {networks} networks.\n",
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
