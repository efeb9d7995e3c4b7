//! `nonvacuous verify`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::output::{cannot, print, print_json, read};
use super::photograph_progress::PhotographProgress;
use super::{Failure, DOES_NOT_HOLD, MISUSE};
use nonvacuous::certificate::{
    parse, percent_up, verify, verify_photographs, Certificate, Evaluation, Unverifiable, Verdict,
};
use nonvacuous::data::{load, photographs, PhotographSet, PixelCache, SearchPath};

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
}

pub(super) fn run(arguments: &Arguments, search: &SearchPath, json: bool) -> Result<(), Failure> {
    let mut path = arguments.certificate.clone();
    if path.is_dir() {
        path.push("certificate.json");
    }
    let text = std::fs::read_to_string(&path).map_err(|error| cannot("read", &path, &error))?;
    let certificate = parse(&text).map_err(cannot_be_checked)?;
    let file = read(&beside(&path, &certificate.model.file)?)?;
    let selector = arguments
        .data
        .as_deref()
        .unwrap_or(&certificate.training_set.name);
    let verdict = match photographs(selector, search).map_err(cannot_be_checked)? {
        Some(set) => on_photographs(&certificate, &file, &set, arguments.cache.as_deref())?,
        None => load(selector, search)
            .map_err(cannot_be_checked)
            .and_then(|data| verify(&certificate, &file, &data).map_err(cannot_be_checked))?,
    };
    if json {
        print_json(&serde_json::json!({ "holds": verdict.holds(), "checks": verdict.checks }))?;
    }
    if !verdict.holds() {
        return Err(Failure {
            message: format!("{} does not hold\n{}", path.display(), failures(&verdict)),
            code: DOES_NOT_HOLD,
        });
    }
    if !json {
        print(&format!("holds: {}", certificate.sentence()));
        if let Some(held_out) = &certificate.held_out {
            print(&format!(
                "For comparison: {} of {} held-out images are misread, which bounds the error by {}.",
                held_out.k,
                held_out.n,
                percent_up(held_out.bound)
            ));
        }
    }
    Ok(())
}

fn on_photographs(
    certificate: &Certificate,
    file: &[u8],
    set: &PhotographSet,
    cache: Option<&Path>,
) -> Result<Verdict, Failure> {
    let cache = cache.map(PixelCache::open).transpose()?;
    let evaluated = certificate
        .subsample
        .map_or(set.train.len(), |subsample| subsample.size as usize);
    let held_out = certificate
        .held_out
        .as_ref()
        .map_or(0, |held_out| held_out.n as usize);
    let progress = PhotographProgress::new(evaluated.saturating_add(held_out));
    let report = |count: usize, problems: &[String]| progress.advance(count, problems);
    let evaluation = Evaluation {
        folder: None,
        cache: cache.as_ref(),
        report: Some(&report),
    };
    let verdict: Result<Verdict, Unverifiable> =
        verify_photographs(certificate, file, set, &evaluation);
    progress.finish();
    verdict.map_err(cannot_be_checked)
}

/// The model file's path; a certificate may not name a file elsewhere.
fn beside(certificate: &Path, model: &str) -> Result<PathBuf, Failure> {
    if Path::new(model)
        .file_name()
        .is_none_or(|name| name != model)
    {
        return Err(Failure {
            message: format!(
                "cannot be checked: the model file \"{model}\" is not the name of a file beside the certificate"
            ),
            code: MISUSE,
        });
    }
    Ok(certificate.with_file_name(model))
}

fn cannot_be_checked(error: impl std::error::Error) -> Failure {
    let Failure { message, .. } = error.into();
    Failure {
        message: format!("cannot be checked: {message}"),
        code: MISUSE,
    }
}

fn failures(verdict: &Verdict) -> String {
    let lines: Vec<String> = verdict
        .failures()
        .map(|check| format!("  {}", check.what))
        .collect();
    lines.join("\n")
}
