//! Draws of the learner with a shared random codebook.

use serde::Deserialize;

use super::error::{DrawError, RunError};
use super::subject::{Origin, Outcome, Ranges, Subject};
use crate::bounds::{
    ln_lower_tail, EmpiricalRisk, FailureProbability, Probability, RandomCodebook,
};
use crate::lab::random_codebook::{search, Index};
use rand::RngExt;

/// The table `[codebook]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodebookTable {
    /// `n`.
    examples: u64,
    /// `a`: the first hypothesis with at most `floor(n a)` errors is sent.
    train_error: f64,
    /// `b`, the error of every hypothesis; `1 - 1/K` with a whole `K` for a search.
    test_error: f64,
    method: IndexMethod,
}

/// How an index is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum IndexMethod {
    /// From its law, for any `n`.
    Drawn,
    /// By trying one hypothesis after the other.
    Searched,
}

impl CodebookTable {
    /// Whether all values are in their domains.
    pub(super) fn checked(self) -> Result<Box<dyn Subject>, RunError> {
        /// A search tries more hypotheses than this with the probability of `exp(-64)` at most.
        const MOST_TRIALS: f64 = (1u64 << 27) as f64;
        // A product just below a whole number is meant to be it.
        let most_errors =
            (self.examples as f64 * Probability::new(self.train_error)?.get() + 1e-9).floor();
        let risk = EmpiricalRisk::new(most_errors as u64, self.examples)?;
        let learner = RandomCodebook::new(risk, Probability::new(self.test_error)?);
        let domain = |key, value: String, accepted| {
            Err(RunError::Domain {
                key,
                value,
                accepted,
            })
        };
        if !(self.test_error > 0.0 && self.test_error < 1.0) {
            return domain(
                "test_error",
                self.test_error.to_string(),
                "numbers between 0 and 1, both excluded",
            );
        }
        let classes = (1.0 / (1.0 - self.test_error)).round();
        if self.method == IndexMethod::Searched {
            if 1.0 - 1.0 / classes != self.test_error || classes > 256.0 {
                let accepted =
                    "1 - 1/K for K from 2 to 256, such as 0.5 or 0.75, if it is searched";
                return domain("test_error", self.test_error.to_string(), accepted);
            }
            if learner.ln_success() < -(MOST_TRIALS / 64.0).ln() {
                let accepted =
                    "so few that one hypothesis in a million is good enough, if it is searched";
                return domain("examples", self.examples.to_string(), accepted);
            }
        }
        Ok(Box::new(Learner {
            learner,
            method: self.method,
            classes: classes as u32,
            most_trials: MOST_TRIALS as u64,
        }))
    }
}

#[derive(Debug)]
struct Learner {
    learner: RandomCodebook,
    method: IndexMethod,
    classes: u32,
    most_trials: u64,
}

impl Learner {
    /// The number of training errors of the hypothesis that is sent, whose law is binomial, up to
    /// the most: by inversion.
    fn errors(&self, uniform: f64) -> Result<u64, DrawError> {
        let most = self.learner.most_errors();
        let (mut below, mut above) = (0, most.count());
        let target = uniform.ln() + self.learner.ln_success();
        while below < above {
            let middle = (below + above) / 2;
            let risk = EmpiricalRisk::new(middle, most.sample_size().get())?;
            if ln_lower_tail(risk, self.learner.error()) < target {
                below = middle + 1;
            } else {
                above = middle;
            }
        }
        Ok(below)
    }

    fn one(&self, origin: &Origin, draw: u64) -> Result<Vec<String>, DrawError> {
        let (index, errors) = match self.method {
            IndexMethod::Drawn => {
                let index = Index::draw(&self.learner, &mut origin.stream(draw, "index"));
                (index, self.errors(origin.stream(draw, "errors").random())?)
            }
            IndexMethod::Searched => {
                let most = self.learner.most_errors();
                let (n, k) = (most.sample_size().get() as u32, most.count() as u32);
                let mut random = origin.stream(draw, "search");
                let found = search(n, self.classes, k, self.most_trials, &mut random);
                let (index, errors) = found.ok_or(DrawError::NoHypothesis(self.most_trials))?;
                (Index::new(index).ok_or(DrawError::Index)?, errors.into())
            }
        };
        let rice = index
            .rice_bits(self.learner.rice_exponent())
            .ok_or(DrawError::Index)?;
        let numbers = [errors, index.magnitude(), index.elias_omega_bits(), rice];
        Ok(numbers.iter().map(u64::to_string).collect())
    }
}

impl Subject for Learner {
    fn results(&self) -> &'static [&'static str] {
        &["errors", "log2_index", "elias_omega_bits", "rice_bits"]
    }

    fn draw(&self, origin: &Origin, draws: &[u64]) -> Result<Vec<Vec<String>>, RunError> {
        let one = |&draw: &u64| self.one(origin, draw).map_err(DrawError::of_draw(draw));
        draws.iter().map(one).collect()
    }

    fn outcome(&self, results: &[&str]) -> Option<Outcome> {
        let [errors, _, _, rice] = results else {
            return None;
        };
        let (errors, bits) = (errors.parse().ok()?, rice.parse().ok()?);
        Some(Outcome {
            errors,
            test_error: self.learner.error().get(),
            bits,
        })
    }

    fn examples(&self) -> u64 {
        self.learner.most_errors().sample_size().get()
    }

    fn ranges(&self) -> Ranges {
        let error = self.learner.error().get();
        // The quotient of Rice's code is this much above its mean once in e^16 draws.
        let bits = (0.0, self.learner.rice_bits().get() + 32.0);
        Ranges {
            train_error: (0.0, self.learner.most_errors().rate()),
            test_error: (error, error),
            bits,
        }
    }

    fn delta(&self) -> Option<FailureProbability> {
        None
    }
}
