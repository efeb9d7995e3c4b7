//! `nonvacuous certify --base`: a new head on a network that was trained on other data.

use std::path::Path;

use indicatif::ProgressBar;

use super::arguments::Arguments;
use super::issuing::issued;
use super::model::input_of;
use super::outcome;
use crate::base::read_base;
use crate::failure::Failure;
use crate::output::warn;
use crate::pixel_cache::pixel_cache;
use crate::progress::progress_bar;
use nonvacuous::certificate::{percent_up, Folder, Issue};
use nonvacuous::data::{Found, Groups};
use nonvacuous::evaluate::Loss;
use nonvacuous::search::transfer::{Reading, Transfer, TransferEvent};
use nonvacuous::storage::file_error::FileError;
use nonvacuous::storage::whole_file;

/// Numbers that the base makes of the examples, in the certificate's folder while they are needed.
const FEATURES_FILE: &str = "features.bin";

/// Trains heads, and certifies the one with the least bound.
pub(super) fn certify(
    path: &Path,
    arguments: &Arguments,
    found: Found,
    groups: Option<Groups>,
    folder: &Folder,
    json: bool,
) -> Result<(), Failure> {
    let base = read_base(path)?;
    let claim = arguments.base.claim()?;
    let input = match &found {
        Found::Photographs(set) if set.small_size().is_none() => base.graph().input(),
        _ => input_of(&found),
    };
    let reading = Reading::new(&base, input, arguments.base.side, arguments.base.head())?;
    let cache = match &found {
        Found::Images(_) => None,
        Found::Photographs(_) => pixel_cache(&found, arguments.model.cache.as_deref())?,
    };
    let data = found.read_at(input, cache.as_ref())?;
    let sample = data.sample();
    let settings = arguments.settings();
    if !arguments.replace {
        folder.check(&sample, Loss::Top1, arguments.delta)?;
    }
    whole_file::create_folder(folder.path())?;
    let kept = arguments.model.cache.as_deref().unwrap_or(folder.path());
    let features = kept.join(FEATURES_FILE);
    let progress = HeadProgress::new(sample.training.len());
    let transfer = Transfer::new(&base, &reading, sample.training, &settings);
    let model = transfer.run(&features, &mut |event| progress.show(event));
    progress.finish();
    let file = model?.encode()?;

    let issue = Issue::new(&file, sample, arguments.delta).relative_to(&base, claim);
    let (certificate, kept) = issued(issue, &data, arguments, groups.as_ref(), folder)?;
    if arguments.model.cache.is_none() {
        std::fs::remove_file(&features).map_err(FileError::of("remove", &features))?;
    }
    outcome::report(folder, &certificate, &kept, &arguments.data, json)
}

/// How far the search for a head is: a bar on a terminal, and a line for each that was found.
struct HeadProgress {
    bar: ProgressBar,
}

impl HeadProgress {
    fn new(examples: usize) -> Self {
        let template = "{bar:24} features of {pos}/{len} examples, {per_sec}, {eta} left";
        Self {
            bar: progress_bar(examples as u64, template),
        }
    }

    fn show(&self, event: TransferEvent) {
        match event {
            TransferEvent::Features(count) => self.bar.inc(count as u64),
            TransferEvent::Begun { rate } => self.bar.suspend(|| {
                warn(&format!("a head at {rate} nats for a nat of its length:"));
            }),
            TransferEvent::Found {
                errors,
                bits,
                bound,
            } => self.bar.suspend(|| {
                warn(&format!(
                    "  {errors} misread, {bits} bits: at most {}",
                    percent_up(bound)
                ));
            }),
            _ => {}
        }
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
