//! What is claimed about a network, and its verification.
//!
//! A [`Certificate`] says: *with probability at least `1 - delta` over the draw of the training
//! set, the network in this file misclassifies at most this fraction of new examples.* It is
//! [issued](Certificate::issue) from a model and a data set, and [verified](Certificate::verify)
//! from its file and the same data by anyone, whoever trained the network and however.

mod at_hand;
mod bounds;
#[allow(clippy::module_inception)]
mod certificate;
mod claim;
mod class_map;
mod counted;
mod evaluation;
mod evaluation_log;
mod evaluation_part;
mod evaluation_pieces;
mod folder;
mod groups;
mod issue;
mod proof;
mod recount;
mod sentence;
mod strict_json;
mod subsample;
mod unverifiable;
mod verdict;
mod verify;

pub use at_hand::{known_name, mark, sets_in_common};
pub use certificate::Certificate;
pub use claim::{
    design_bits, BaseClaim, Bounds, Claim, ClaimError, ClassBound, ClassMap, DataClaim,
    GroupsClaim, HeldOut, ModelClaim, Provenance, CERTIFICATE_VERSION, DECIMALS, DESIGN_BITS,
    GRAPH_DESIGN_BITS, RELATIVE_DESIGN_BITS,
};
pub use counted::{CountError, Report};
pub use evaluation::{Evaluation, EVALUATION_PIECES};
pub use evaluation_log::remove_logs;
pub use folder::{Folder, FolderError, Kept, MODEL_FILE};
pub use issue::{refuse_at_hand, Issue, IssueError};
pub use proof::{Development, ProofError};
pub use sentence::percent_up;
pub use subsample::{subsample_indices, Draw, Drawer, Subsample, GRINDING_BITS};
pub use unverifiable::Unverifiable;
pub use verdict::{Check, Verdict};
pub use verify::Verification;
