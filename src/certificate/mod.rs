//! What is claimed about a network, and its verification.
//!
//! A [`Certificate`] says: *with probability at least `1 - delta` over the draw of the training
//! set, the network in this file misclassifies at most this fraction of new examples.* It is
//! [issued](Certificate::issue) from a model and a data set, and [verified](Certificate::verify)
//! from its file and the same data by anyone, whoever trained the network and however.

mod bounds;
#[allow(clippy::module_inception)]
mod certificate;
mod claim;
mod evaluation;
mod evaluation_log;
mod folder;
mod issue;
mod subsample;
mod verify;

pub use certificate::Certificate;
pub use claim::{
    percent_up, Bounds, Claim, ClaimError, DataClaim, HeldOut, ModelClaim, Provenance,
    CERTIFICATE_VERSION, DECIMALS,
};
pub use evaluation::{CountError, Counted, Evaluation, Report};
pub use evaluation_log::remove_logs;
pub use folder::{Folder, FolderError, Kept, MODEL_FILE};
pub use issue::{Issue, IssueError};
pub use subsample::{subsample_indices, Subsample};
pub use verify::{Check, Unverifiable, Verdict, Verification};
