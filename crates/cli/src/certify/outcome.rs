//! What `certify` says when it is done.

use std::path::Path;

use crate::failure::Failure;
use crate::output::{print, print_json};
use crate::table::table;
use nonvacuous::bounds::BOUNDS;
use nonvacuous::certificate::{percent_up, Certificate, Claim, Folder, Kept};
use nonvacuous::printable::escaped;

/// Says what was certified, and which certificate the folder holds.
///
/// As JSON, the claim that is in the folder.
pub(super) fn report(
    folder: &Folder,
    certificate: &Certificate,
    kept: &Kept,
    data: &str,
    json: bool,
) -> Result<(), Failure> {
    match kept {
        Kept::New if json => print_json(certificate.claim()),
        Kept::Older(held) if json => print_json(held),
        Kept::New => {
            summarise(certificate.claim(), data);
            print(&format!(
                "\nwritten: {} ({} bytes), {}",
                folder.model().display(),
                certificate.file().len(),
                folder.claim().display()
            ));
            check_it(folder, certificate.claim(), data);
            Ok(())
        }
        Kept::Older(held) => {
            summarise(held, data);
            say_kept(folder.path(), certificate.claim().bounds.occam_binomial);
            check_it(folder, held, data);
            Ok(())
        }
    }
}

/// Says that what was there stays, since the bound of this run is no less.
pub(super) fn say_kept(place: &Path, bound: f64) {
    print(&format!(
        "\nkept: what {} held, for this run's bound is {}, no less; --replace has it replaced all \
         the same",
        place.display(),
        percent_up(bound)
    ));
}

/// The command that checks it: examples that no digest makes known must be named.
fn check_it(folder: &Folder, claim: &Claim, data: &str) {
    let named = match claim.known_training_set() {
        Some(_) => String::new(),
        None => format!(" --data {}", escaped(data)),
    };
    print(&format!(
        "check it: nonvacuous verify {}{named}",
        folder.claim().display()
    ));
}

fn summarise(claim: &Claim, data: &str) {
    print(&format!("{}\n", claim.sentence_about(data)));
    let bounds = &claim.bounds;
    let values = [
        ("occam_binomial", bounds.occam_binomial),
        ("occam_kl", bounds.occam_kl),
        ("occam_hoeffding", bounds.occam_hoeffding),
    ];
    let header = ["bound on the error", "at most", "source"];
    let mut rows = vec![header.map(str::to_string).to_vec()];
    for (name, value) in values {
        let known = BOUNDS.iter().find(|bound| bound.name == name);
        let source = known.map_or("", |bound| bound.source);
        rows.push(vec![
            name.to_string(),
            percent_up(value),
            source.to_string(),
        ]);
    }
    if let Some(held_out) = &claim.held_out {
        rows.push(vec![
            "held-out, for comparison".to_string(),
            percent_up(held_out.bound),
            format!("{} of {} wrong", held_out.k, held_out.n),
        ]);
    }
    for (class, bound) in claim.per_class.iter().flatten().enumerate() {
        rows.push(vec![
            format!("class {class}, all classes at once"),
            percent_up(bound.bound),
            format!("{} of {} wrong", bound.k, bound.n),
        ]);
    }
    print(&table(&rows));
}
