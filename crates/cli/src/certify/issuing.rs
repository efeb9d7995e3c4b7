//! A certificate about a network that is there, put into its folder.

use super::arguments::Arguments;
use crate::evaluation_progress::EvaluationProgress;
use crate::failure::Failure;
use nonvacuous::certificate::{remove_logs, Certificate, Evaluation, Folder, Issue, Kept};
use nonvacuous::data::{Groups, Readable};

/// Counts the errors of the network, with bars on a terminal, and keeps the better of its
/// certificate and that in the folder.
pub(super) fn issued(
    issue: Issue,
    data: &Readable,
    arguments: &Arguments,
    groups: Option<&Groups>,
    folder: &Folder,
) -> Result<(Certificate, Kept), Failure> {
    let progress = EvaluationProgress::new(&data.sample(), arguments.model.subsample);
    let report = |count: usize, problems: &[String]| progress.advance(count, problems);
    // Such examples are decoded while they are evaluated, so that it takes long.
    let is_streamed = matches!(data, Readable::Photographs(_));
    let certificate = issue
        .unseen(arguments.unseen)
        .per_class(arguments.per_class)
        .groups(groups.map(Groups::of))
        .provenance(arguments.settings().provenance())
        .evaluation(Evaluation {
            folder: Some(folder.path()).filter(|_| is_streamed),
            report: Some(&report),
        })
        .run();
    progress.finish();
    let certificate = certificate?;
    let kept = folder.keep(&certificate, arguments.replace)?;
    remove_logs(folder.path())?;
    Ok((certificate, kept))
}
