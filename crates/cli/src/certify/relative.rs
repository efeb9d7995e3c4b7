//! `nonvacuous certify --base`: what is new about a network that was trained on other data.

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
use crate::shard::show_piece;
use nonvacuous::certificate::{percent_up, Folder, Issue};
use nonvacuous::data::{Found, Groups};
use nonvacuous::evaluate::Loss;
use nonvacuous::pieces::FOLDER;
use nonvacuous::search::transfer::{Part, Transfer, TransferEvent};
use nonvacuous::storage::whole_file;

/// Trains a head, and numbers of the base, and certifies the network with the least bound.
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
    let cache = match &found {
        Found::Images(_) => None,
        Found::Photographs(_) => pixel_cache(&found, arguments.model.cache.as_deref())?,
    };
    let data = found.read_at(input, cache.as_ref())?;
    let sample = data.sample();
    let reading = arguments.base.reading(&base, input, sample.training)?;
    let settings = arguments.settings();
    if !arguments.replace {
        folder.check(&sample, Loss::Top1, arguments.delta)?;
    }
    whole_file::create_folder(folder.path())?;
    let kept = arguments.model.cache.as_deref().unwrap_or(folder.path());
    let count = sample.training.len();
    let count = arguments
        .shard
        .map_or(count, |shard| shard.range(count).len());
    let progress = TransferProgress::new(count);
    let moves = arguments.base.moves();
    let transfer = Transfer::new(&base, &reading, sample.training, &settings, moves);
    if let Some(shard) = arguments.shard {
        let done = transfer.run_piece(kept, shard, &mut |event| progress.show(event));
        progress.finish();
        done?;
        return show_piece(shard, &kept.join(FOLDER), json);
    }
    let model = transfer.run(kept, &mut |event| progress.show(event));
    progress.finish();
    let file = model?.encode()?;

    let issue = Issue::new(&file, sample, arguments.delta).relative_to(&base, claim);
    let (certificate, outcome) = issued(issue, &data, arguments, groups.as_ref(), folder)?;
    if arguments.model.cache.is_none() {
        transfer.forget(kept)?;
    }
    outcome::report(folder, &certificate, &outcome, &arguments.data, json)
}

/// How far the search is: a bar on a terminal, and a line for each that was found.
pub(super) struct TransferProgress {
    bar: ProgressBar,
}

impl TransferProgress {
    pub(super) fn new(examples: usize) -> Self {
        let template = "{bar:24} features of {pos}/{len} examples, {per_sec}, {eta} left";
        Self {
            bar: progress_bar(examples as u64, template),
        }
    }

    pub(super) fn show(&self, event: TransferEvent) {
        match event {
            TransferEvent::Computing => self.bar.reset(),
            TransferEvent::Features(count) => self.bar.inc(count as u64),
            TransferEvent::TooLarge => self.say(
                "the base stays as it is: no part of it is small enough to be trained on so many \
                 examples",
            ),
            TransferEvent::Begun { part, rate } => self.say(&format!(
                "{} at {rate} nats for a nat of its length:",
                match part {
                    Part::Head => "a head",
                    Part::Base => "numbers of the base",
                }
            )),
            TransferEvent::Found {
                errors,
                bits,
                bound,
            } => self.say(&format!(
                "  {errors} misread, {bits} bits: at most {}",
                percent_up(bound)
            )),
            _ => {}
        }
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| warn(line));
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
