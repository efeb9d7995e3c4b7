//! What is told of a training by a recipe while it goes on.

use std::fmt;

use crate::train::Epoch;

/// How far [`compress`](super::compress()) or
/// [`compress_pretrained`](super::compress_pretrained) has come.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Progress {
    /// After a step of training: the fraction of all steps that is done.
    Step(f64),
    /// An epoch of training while the smallest weights are pruned.
    Pruning(Epoch),
    /// An epoch of training with a codebook.
    Codebook(Epoch),
    /// Polishing has lowered the bound to this.
    Polish(f64),
}

impl fmt::Display for Progress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (stage, epoch) = match self {
            Progress::Pruning(epoch) => ("training and pruning", epoch),
            Progress::Codebook(epoch) => ("training the codebook", epoch),
            Progress::Step(done) => return write!(formatter, "{:.0}% trained", 100.0 * done),
            Progress::Polish(bound) => {
                return write!(formatter, "polishing: bound {:.2}%", 100.0 * bound)
            }
        };
        write!(
            formatter,
            "{stage}: loss {:.3}, error {:.1}%",
            epoch.loss,
            100.0 * epoch.error
        )
    }
}
