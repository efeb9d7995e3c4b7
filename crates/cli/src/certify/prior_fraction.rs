//! `nonvacuous certify --prior-fraction`: a prior that is learnt on the first part of the data.

use std::io::ErrorKind;
use std::path::Path;

use super::arguments::Arguments;
use super::outcome::say_kept;
use super::relative::TransferProgress;
use super::trained::chosen_recipes;
use crate::base::read_base;
use crate::failure::Failure;
use crate::output::{print, print_json, write_whole};
use crate::progress::progress_bar;
use crate::table::table;
use nonvacuous::certificate::{percent_up, Folder};
use nonvacuous::code::Architecture;
use nonvacuous::compress::Progress;
use nonvacuous::data::DataSet;
use nonvacuous::search::prior_fraction::{
    data_dependent, prior_split, DataDependent, Learnt, PriorEvent, PriorNetwork,
};
use nonvacuous::search::SearchError;
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::file_error::FileError;
use nonvacuous::storage::whole_file;

/// Positions of a bar.
const RESOLUTION: f64 = 1000.0;

/// What is claimed with a prior that has seen a part of the data.
///
/// It is no certificate: that the base was made from the first examples alone cannot be seen from
/// any file, only from making it again.
const REPORT_FILE: &str = "data-dependent.json";

/// The network that the first part has made.
const BASE_FILE: &str = "data-dependent-base.nvc";

/// The file relative to it, if it does not decide as it is. Both have other names than that of a
/// certificate, whose network would no longer be the one that the certificate is about.
const MODEL_FILE: &str = "data-dependent.nvc";

/// Layers of the network that the first part makes, if nothing is said; two sizes of images.
const LAYERS: [&str; 2] = [
    "conv:16:3 bn relu conv:32:3 bn relu gap dense:",
    "conv:16:5 bn relu max:2 conv:32:3 bn relu max:2 conv:64:3 bn relu max:2 dense:128:b relu \
     dense:",
];

/// Rows and columns from which images have the second.
const LARGE: usize = 16;

/// Learns a base from the first part, and says what the rest bounds.
pub(super) fn certify(
    fraction: f64,
    arguments: &Arguments,
    data: &DataSet,
    folder: &Folder,
    json: bool,
) -> Result<(), Failure> {
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
    let Learnt { claim, base, model } = learnt(fraction, arguments, data, folder)?;
    if let Some(held) = held.filter(|held| held.bound <= claim.bound) {
        if json {
            return print_json(&held);
        }
        summarise(&held, &data.name);
        say_kept(&report, claim.bound);
        return Ok(());
    }
    let [base_file, model_file] = [BASE_FILE, MODEL_FILE].map(|name| folder.path().join(name));
    write_whole(&base_file, &base)?;
    match &model {
        Some(model) => write_whole(&model_file, model)?,
        None if model_file.exists() => {
            std::fs::remove_file(&model_file).map_err(FileError::of("remove", &model_file))?;
        }
        None => {}
    }
    let text = serde_json::to_string_pretty(&claim)? + "\n";
    write_whole(&report, text.as_bytes())?;
    if json {
        return print_json(&claim);
    }
    summarise(&claim, &data.name);
    let mut written = vec![base_file.display().to_string()];
    written.extend(model.map(|_| model_file.display().to_string()));
    written.push(report.display().to_string());
    print(&format!("\nwritten: {}", written.join(", ")));
    Ok(())
}

/// The base, and what is best relative to it.
fn learnt(
    fraction: f64,
    arguments: &Arguments,
    data: &DataSet,
    folder: &Folder,
) -> Result<Learnt, Failure> {
    let images = &data.train;
    let base = arguments.base.base.as_deref().map(read_base).transpose()?;
    let (recipe, layers, reading);
    let network = match &base {
        Some(base) => {
            arguments.base.claim()?;
            reading = arguments.base.new_head(base, images.shape())?;
            PriorNetwork::Head(base, &reading)
        }
        None if arguments.recipe.is_some() => {
            recipe = chosen_recipes(arguments, data)?;
            let recipe = recipe.first().ok_or(SearchError::NoRecipes)?;
            PriorNetwork::Recipe(recipe)
        }
        None => {
            layers = chosen_layers(arguments, images.shape(), images.classes())?;
            PriorNetwork::Layers(&layers)
        }
    };
    whole_file::create_folder(folder.path())?;
    let training = progress_bar(RESOLUTION as u64, "{bar:24} {percent}%, {msg}, {eta} left");
    let moving = TransferProgress::new(images.len());
    let found = data_dependent(
        fraction,
        network,
        arguments.base.moves(),
        images,
        &arguments.settings(),
        folder.path(),
        &mut |event| match event {
            PriorEvent::Progress(Progress::Step(done)) => {
                training.set_position((done * RESOLUTION) as u64);
            }
            PriorEvent::Progress(other) => training.set_message(other.to_string()),
            PriorEvent::Transfer(event) => moving.show(event),
        },
    );
    training.finish_and_clear();
    moving.finish();
    Ok(found?)
}

/// What --arch says, or layers that do well.
fn chosen_layers(
    arguments: &Arguments,
    shape: ImageSize,
    classes: usize,
) -> Result<Architecture, Failure> {
    if let Some(text) = &arguments.arch {
        return Ok(Architecture::from_name_or_layers(text, shape, classes)?);
    }
    let is_large = shape.height.min(shape.width) >= LARGE;
    let layers = format!("{}{classes}", LAYERS[usize::from(is_large)]);
    Ok(Architecture::parse(&layers, shape)?)
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
        bits,
        design_bits,
        delta,
        bound,
        held_out,
        ..
    } = claim;
    print(&format!(
        "With confidence {}%, at most {} of new {name} images are misclassified: by a network \
         relative to a base learnt on the first {prior_examples} training images,\nproved from \
         the other {n}, {k} of them misclassified, {bits} bits for what is not the base's, and \
         {design_bits} bits for the design of the training and the format.\n",
        100.0 * (1.0 - delta),
        percent_up(*bound)
    ));
    print(&table(&[
        vec!["bound".to_string(), "at most".to_string()],
        vec![
            "with the base learnt on a part".to_string(),
            percent_up(*bound),
        ],
        vec![
            "held-out, of the base on the same other images".to_string(),
            percent_up(*held_out),
        ],
    ]));
}
