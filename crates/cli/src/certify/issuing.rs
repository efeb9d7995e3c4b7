//! A certificate about a network that is there, put into its folder.

use std::path::PathBuf;

use super::arguments::Arguments;
use crate::evaluation_progress::EvaluationProgress;
use crate::failure::Failure;
use nonvacuous::certificate::{
    remove_logs, Certificate, Evaluation, Folder, Issue, Kept, EVALUATION_PIECES,
};
use nonvacuous::data::{Groups, Readable};
use nonvacuous::pieces::{heads, Shard, FOLDER};

/// Evaluates one piece of the examples; says in which folder it is.
pub(super) fn piece(
    issue: Issue,
    data: &Readable,
    arguments: &Arguments,
    groups: Option<&Groups>,
    folder: &Folder,
    shard: Shard,
) -> Result<PathBuf, Failure> {
    let progress = EvaluationProgress::new(&data.sample(), arguments.model.subsample, Some(shard));
    let report = |count: usize, problems: &[String]| progress.advance(count, problems);
    let pieces = folder.path().join(FOLDER);
    let done = issue
        .unseen(arguments.unseen)
        .per_class(arguments.per_class)
        .groups(groups.map(Groups::of))
        .evaluation(Evaluation {
            report: Some(&report),
            ..Evaluation::default()
        })
        .piece(&pieces, shard);
    progress.finish();
    done?;
    Ok(pieces)
}

/// Counts the errors of the network, with bars on a terminal, and keeps the better of its
/// certificate and that in the folder.
pub(super) fn issued(
    issue: Issue,
    data: &Readable,
    arguments: &Arguments,
    groups: Option<&Groups>,
    folder: &Folder,
) -> Result<(Certificate, Kept), Failure> {
    let progress = EvaluationProgress::new(&data.sample(), arguments.model.subsample, None);
    let report = |count: usize, problems: &[String]| progress.advance(count, problems);
    // Such examples are decoded while they are evaluated, so that it takes long.
    let is_streamed = matches!(data, Readable::Photographs(_));
    let pieces = pieces_of(folder)?;
    let certificate = issue
        .unseen(arguments.unseen)
        .per_class(arguments.per_class)
        .groups(groups.map(Groups::of))
        .provenance(arguments.settings().provenance())
        .evaluation(Evaluation {
            folder: Some(folder.path()).filter(|_| is_streamed),
            pieces: pieces.as_deref(),
            report: Some(&report),
        })
        .run();
    progress.finish();
    let certificate = certificate?;
    let kept = folder.keep(&certificate, arguments.replace)?;
    remove_logs(folder.path())?;
    Ok((certificate, kept))
}

/// Where pieces of an evaluation are, if some of it was done in pieces.
fn pieces_of(folder: &Folder) -> Result<Option<PathBuf>, Failure> {
    let pieces = folder.path().join(FOLDER);
    let has_some = !heads(&pieces, &EVALUATION_PIECES)?.is_empty();
    Ok(has_some.then_some(pieces))
}
