//! `nonvacuous certify --prior-fraction`: a prior that is learnt on the first part of the data.

use std::path::Path;

use serde::Serialize;

use super::output::{create_folder, print, print_json, write_whole};
use super::search::encoded;
use super::table::table;
use super::{Failure, MISUSE};
use nonvacuous::bounds::{
    held_out, occam_binomial, round_up_decimals, Bits, FailureProbability, PriorSplit, SampleSize,
};
use nonvacuous::certificate::{percent_up, DECIMALS};
use nonvacuous::code::Model;
use nonvacuous::compress::Recipe;
use nonvacuous::data::{DataSet, LabelledImages};
use nonvacuous::digest::sha256;
use nonvacuous::evaluate::Evaluator;
use nonvacuous::train::TrainingSet;

const MODEL_FILE: &str = "model.nvc";
const REPORT_FILE: &str = "data-dependent.json";

/// What is claimed with a prior that has seen a part of the data: `data-dependent.json`.
///
/// It is no certificate: that the prior was made from the first examples alone cannot be seen from
/// any file, only from making it again.
#[derive(Debug, Serialize)]
struct DataDependent {
    /// SHA-256 of the model file that was chosen.
    model_sha256: String,
    /// SHA-256 of the whole training set.
    training_set_sha256: String,
    /// Examples that made the prior.
    prior_examples: u64,
    /// Examples of the bound.
    n: u64,
    /// Of these, errors.
    k: u64,
    /// Networks that the prior holds, each with the same weight.
    networks: u64,
    /// What it takes to name one of them.
    bits: f64,
    /// Failure probability.
    delta: f64,
    /// `occam_binomial`.
    bound: f64,
    /// The bound that the same examples give as held-out ones for the network that is best on the
    /// first part.
    held_out: f64,
}

/// Trains each recipe on the first part; names one of the networks for its errors on the rest, and
/// bounds it there.
///
/// The prior is uniform on the networks that the first part has made, so the code of each is `log2`
/// of their number, and the bound holds with the rest in place of all examples ([`PriorSplit`]).
pub(super) fn certify(
    fraction: f64,
    recipes: &[Recipe],
    data: &DataSet,
    (delta, seed): (f64, u64),
    folder: &Path,
    json: bool,
) -> Result<(), Failure> {
    if !(fraction > 0.0 && fraction < 1.0) {
        let message = format!("--prior-fraction is {fraction}; it must be above 0 and below 1");
        return Err(Failure {
            message,
            code: MISUSE,
        });
    }
    let failure = FailureProbability::new(delta)?;
    let n = data.train.len();
    let split = PriorSplit::new(SampleSize::new(n as u64)?, (fraction * n as f64) as u64)?;
    let m = split.prior_examples() as usize;
    let (first, rest) = (data.train.slice(0..m)?, data.train.slice(m..n)?);

    let training_set = TrainingSet::new(&first, &candle_core::Device::Cpu)?;
    let mut networks = Vec::new();
    for (place, recipe) in recipes.iter().enumerate() {
        let file = encoded(
            recipe,
            &first,
            &training_set,
            (delta, seed),
            (place + 1, recipes.len()),
        )?;
        let model = Model::decode(&file)?;
        let errors = |data: &LabelledImages| Evaluator::new(&model).errors(data);
        networks.push((errors(&first)?, errors(&rest)?, file));
    }
    let nothing = || Failure {
        message: "there is no recipe to try".to_string(),
        code: MISUSE,
    };
    let (_, unseen, _) = networks
        .iter()
        .min_by_key(|(seen, ..)| seen)
        .ok_or_else(nothing)?;
    let (_, k, file) = networks
        .iter()
        .min_by_key(|(_, errors, _)| errors)
        .ok_or_else(nothing)?;
    let bits = Bits::new((networks.len() as f64).log2())?;
    let publish = |bound: f64| round_up_decimals(bound, DECIMALS).min(1.0);
    let claim = DataDependent {
        model_sha256: sha256(file),
        training_set_sha256: data.train.sha256(),
        prior_examples: split.prior_examples(),
        n: split.bound_examples().get(),
        k: *k,
        networks: networks.len() as u64,
        bits: bits.get(),
        delta,
        bound: publish(occam_binomial(split.risk(*k)?, bits, failure)),
        held_out: publish(held_out(split.risk(*unseen)?, failure)),
    };
    create_folder(folder)?;
    write_whole(&folder.join(MODEL_FILE), file)?;
    write_whole(
        &folder.join(REPORT_FILE),
        (serde_json::to_string_pretty(&claim)? + "\n").as_bytes(),
    )?;
    if json {
        return print_json(&claim);
    }
    summarise(&claim, &data.name, folder);
    Ok(())
}

fn summarise(claim: &DataDependent, name: &str, folder: &Path) {
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
        "With confidence {}%, at most {} of new {name} images are misread: by a prior learnt on the first {prior_examples} training images,\n\
         proved from the other {n}, {k} of them misread, and {bits:.1} bits that name one of {networks} networks.\n",
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
    print(&format!(
        "\nwritten: {}, {}",
        folder.join(MODEL_FILE).display(),
        folder.join(REPORT_FILE).display()
    ));
}
