//! `nonvacuous certify --base`: a new head on a network that was trained on other data.

use std::path::Path;

use indicatif::ProgressBar;

use super::arguments::Arguments;
use super::model::input_of;
use super::outcome;
use crate::base::read_base;
use crate::evaluation_progress::EvaluationProgress;
use crate::failure::Failure;
use crate::output::warn;
use crate::pixel_cache::pixel_cache;
use crate::progress::progress_bar;
use nonvacuous::certificate::{percent_up, remove_logs, BaseClaim, Evaluation, Folder, Issue};
use nonvacuous::data::{Found, Groups, Readable};
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
    let small = match &found {
        Found::Images(data) => Some(data.train.shape()),
        Found::Photographs(set) => set.small_size().map(|_| input_of(&found)),
    };
    let input = small.unwrap_or(base.graph().input());
    let reading = Reading::new(&base, input, arguments.base.side, arguments.base.head())?;
    let cache = match &found {
        Found::Images(_) => None,
        Found::Photographs(_) => pixel_cache(&found, arguments.model.cache.as_deref())?,
    };
    let data = found.read_at(input, cache.as_ref())?;
    let sample = data.sample();
    let settings = arguments.settings();
    if !arguments.replace {
        folder.check(&sample, nonvacuous::evaluate::Loss::Top1, arguments.delta)?;
    }
    whole_file::create_folder(folder.path())?;
    let kept = arguments.model.cache.as_deref().unwrap_or(folder.path());
    let features = kept.join(FEATURES_FILE);
    let progress = HeadProgress::new(sample.training.len());
    let transfer = Transfer::new(&base, &reading, sample.training, &settings);
    let model = transfer.run(&features, &mut |event| progress.show(event));
    progress.finish();
    let file = model?.encode()?;

    let is_streamed = matches!(data, Readable::Photographs(_));
    let progress = EvaluationProgress::new(&sample, None);
    let report = |count: usize, problems: &[String]| progress.advance(count, problems);
    let certificate = Issue::new(&file, sample, arguments.delta)
        .relative_to(&base, claim)
        .unseen(arguments.unseen)
        .per_class(arguments.per_class)
        .groups(groups.as_ref().map(Groups::of))
        .provenance(settings.provenance())
        .evaluation(Evaluation {
            folder: Some(folder.path()).filter(|_| is_streamed),
            report: Some(&report),
        })
        .run();
    progress.finish();
    let certificate = certificate?;
    let kept = folder.keep(&certificate, arguments.replace)?;
    remove_logs(folder.path())?;
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

impl super::arguments::BaseOptions {
    /// What the certificate says of the base.
    pub(super) fn claim(&self) -> Result<BaseClaim, Failure> {
        let (Some(source), Some(trained_on)) = (&self.base_source, &self.base_trained_on) else {
            return Err(Failure::misuse(
                "a certificate relative to a base says where that came from and what it was \
                 trained on: --base-source TEXT --base-trained-on TEXT",
            ));
        };
        Ok(BaseClaim {
            sha256: String::new(),
            source: source.clone(),
            trained_on: trained_on.clone(),
            considered: self.bases,
        })
    }
}
