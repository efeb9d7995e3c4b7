//! `nonvacuous verify`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::data_set::find;
use super::evaluation_progress::EvaluationProgress;
use super::failure::Failure;
use super::memory_limit::LimitArgument;
use super::output::{print, print_json};
use super::pixel_cache::pixel_cache;
use nonvacuous::causes::with_causes;
use nonvacuous::certificate::{percent_up, Certificate, Evaluation, Verdict, Verification};
use nonvacuous::data::{Found, SearchPath};
use nonvacuous::shape::ImageSize;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// certificate.json, or the folder it is in; the model file is looked for beside it
    certificate: PathBuf,

    /// Data set to check against, if its name or folder is not the one in the certificate
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,

    /// Keep decoded photographs in this folder
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,

    #[command(flatten)]
    limit: LimitArgument,
}

/// Of a file that does not decode: its verdict does not depend on it.
const UNKNOWN_INPUT: ImageSize = ImageSize {
    channels: 3,
    height: 224,
    width: 224,
};

pub(super) fn run(arguments: &Arguments, search: &SearchPath, json: bool) -> Result<(), Failure> {
    let certificate = Certificate::open(&arguments.certificate).map_err(cannot_be_checked)?;
    let limit = arguments.limit.of(certificate.file());
    let certificate = certificate.allowing(limit);
    let claim = certificate.claim();
    let selector = arguments
        .data
        .as_deref()
        .unwrap_or(&claim.training_set.name);
    let found = find(selector, search).map_err(cannot_be_checked)?;
    let verdict = verdict(&certificate, found, arguments.cache.as_deref())?;
    if json {
        print_json(&serde_json::json!({ "holds": verdict.holds(), "checks": verdict.checks }))?;
    }
    if !verdict.holds() {
        let mut message = format!("{} does not hold", arguments.certificate.display());
        for check in verdict.failures() {
            message = format!("{message}\n  {}", check.what);
        }
        return Err(Failure::does_not_hold(message));
    }
    if !json {
        print(&format!("holds: {}", claim.sentence()));
        if let Some(held_out) = &claim.held_out {
            print(&format!(
                "For comparison: {} of {} held-out images are misclassified, which bounds the \
                 error by {}.",
                held_out.k,
                held_out.n,
                percent_up(held_out.bound)
            ));
        }
    }
    Ok(())
}

fn verdict(
    certificate: &Certificate,
    found: Found,
    cache: Option<&Path>,
) -> Result<Verdict, Failure> {
    let cache = pixel_cache(&found, cache)?;
    let input = match certificate.model() {
        Ok(model) => model.architecture().input(),
        Err(_) => UNKNOWN_INPUT,
    };
    let data = found
        .read_at(input, cache.as_ref())
        .map_err(|error| Failure::does_not_hold(with_causes(&error)))?;
    let sample = data.sample();
    let subsample = certificate
        .claim()
        .subsample
        .map(|subsample| subsample.size);
    let progress = EvaluationProgress::new(&sample, subsample);
    let report = |count: usize, problems: &[String]| progress.advance(count, problems);
    let verdict = Verification::new(certificate, sample)
        .evaluation(Evaluation {
            folder: None,
            report: Some(&report),
        })
        .run();
    progress.finish();
    verdict.map_err(cannot_be_checked)
}

fn cannot_be_checked(error: impl std::error::Error + 'static) -> Failure {
    Failure::from(error).about("cannot be checked")
}
