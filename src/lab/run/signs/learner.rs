//! Draws of what learns by counting.

use std::fmt::Debug;

use rand_chacha::ChaCha8Rng;

use super::sent::Sent;
use crate::bounds::FailureProbability;
use crate::lab::run::error::{DrawError, RunError};
use crate::lab::run::subject::{one_by_one, Origin, Outcome, Ranges, Subject};
use crate::lab::signs::SignSample;

/// What learns: a law, an architecture and a method.
pub(super) trait Pupil: Debug + Send + Sync {
    /// The columns of a draw, of which the last three are those of an [`Outcome`].
    const RESULTS: &'static [&'static str] = &[
        "examples",
        "attempts_made",
        "passes_made",
        "errors",
        "test_error",
        "bits",
    ];

    /// `n` examples.
    fn sample(&self, examples: usize, random: &mut ChaCha8Rng) -> SignSample;

    /// Learns them, and says what comes out of the file.
    fn learn(&self, sample: &SignSample, random: &mut ChaCha8Rng) -> Result<Told, DrawError>;

    /// Where errors and bits can be.
    fn ranges(&self) -> Ranges;
}

/// What a draw tells.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) attempts: u64,
    pub(super) passes: u64,
    /// What stands in the columns between the passes and the errors.
    pub(super) more: Vec<String>,
    pub(super) sent: Sent,
}

/// One that learns from so many examples.
#[derive(Debug)]
pub(super) struct Learner<P> {
    pub(super) examples: u64,
    pub(super) pupil: P,
}

impl<P: Pupil> Learner<P> {
    fn one(&self, origin: &Origin, draw: u64) -> Result<Vec<String>, DrawError> {
        let mut random = origin.stream(draw, "sample");
        let sample = self.pupil.sample(self.examples as usize, &mut random);
        let told = self
            .pupil
            .learn(&sample, &mut origin.stream(draw, "learner"))?;
        let before = [self.examples, told.attempts, told.passes];
        let mut cells: Vec<String> = before.map(|count| count.to_string()).into();
        cells.extend(told.more);
        cells.extend([
            told.sent.errors.to_string(),
            told.sent.test_error.to_string(),
            told.sent.bits.to_string(),
        ]);
        Ok(cells)
    }
}

impl<P: Pupil> Subject for Learner<P> {
    fn results(&self) -> &'static [&'static str] {
        P::RESULTS
    }

    fn draw(&self, origin: &Origin, draws: &[u64]) -> Result<Vec<Vec<String>>, RunError> {
        one_by_one(draws, |draw| self.one(origin, draw))
    }

    fn outcome(&self, results: &[&str]) -> Option<Outcome> {
        let [.., errors, test_error, bits] = results else {
            return None;
        };
        (results.len() == P::RESULTS.len())
            .then(|| Outcome::parse(errors, test_error, bits))
            .flatten()
    }

    fn examples(&self) -> u64 {
        self.examples
    }

    fn ranges(&self) -> Ranges {
        self.pupil.ranges()
    }

    fn delta(&self) -> Option<FailureProbability> {
        None
    }
}
