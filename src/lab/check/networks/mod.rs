//! The converse and the coverage of the bounds on networks: random ones of which the best is sent
//! by its number, where both are nearly attained, and trained ones.

mod chosen;
mod drawn;
#[cfg(feature = "train")]
mod trained;

use super::error::CheckError;
use super::tally::Inequality;
use super::theory::Theory;
use crate::bounds::BoundError;
use drawn::Drawn;

/// What learners sent, again and again: it does not depend on what is claimed about them.
pub(super) struct Networks(Vec<Drawn>);

impl Networks {
    /// So many draws of each trained network, and a hundred times as many of each choice.
    pub(super) fn draw(seed: u64, draws: u64) -> Result<Self, CheckError> {
        const CHOICES: u64 = 100;
        if draws == 0 {
            return Ok(Self(Vec::new()));
        }
        let all = chosen::draw(seed, CHOICES * draws).map_err(|source| CheckError::Domain {
            instance: 0,
            source,
        })?;
        #[cfg(feature = "train")]
        let all = [all, trained::draw(seed, draws)?].concat();
        Ok(Self(all))
    }

    /// For each configuration the limit and all bounds.
    pub(super) fn inequalities(&self, theory: Theory) -> Result<Vec<Inequality>, BoundError> {
        let mut all = Vec::new();
        for drawn in &self.0 {
            all.push(drawn.limit(theory)?);
            all.extend(drawn.coverage(theory)?);
        }
        Ok(all)
    }
}
