//! Attempts to learn, of passes over the examples, until one leaves none wrong.

use rand::Rng;

/// What was learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Learnt<Weights> {
    /// The weights: without an error if some were found, else those with the fewest errors among
    /// the ends of passes in which fewer examples were wrong than in any before.
    pub weights: Weights,
    /// Training examples that they get wrong.
    pub errors: u64,
    /// Passes over the examples, those of all attempts together.
    pub passes: u64,
    /// Attempts that were begun.
    pub attempts: u64,
}

/// A way to learn the examples that it holds.
pub(super) trait Method {
    /// What changes while it learns.
    type States;
    /// What is sent.
    type Weights;

    /// Before the first pass.
    fn begin(&self, random: &mut impl Rng) -> Self::States;

    /// One pass over the examples: on how many of them the weights of that moment were wrong.
    fn pass(&self, states: &mut Self::States, random: &mut impl Rng) -> u64;

    /// The weights at hand.
    fn weights(&self, states: &Self::States) -> Self::Weights;

    /// On how many examples these weights err.
    fn errors(&self, weights: &Self::Weights) -> u64;
}

/// Learns, and begins anew where an example was left wrong after so many passes, as often as
/// allowed.
pub(super) fn attempts<M: Method>(
    method: &M,
    passes: u64,
    attempts: u64,
    random: &mut impl Rng,
) -> Learnt<M::Weights> {
    let mut states = method.begin(random);
    let weights = method.weights(&states);
    let mut learnt = Learnt {
        errors: method.errors(&weights),
        weights,
        passes: 0,
        attempts: 0,
    };
    while learnt.attempts < attempts && learnt.errors > 0 {
        if learnt.attempts > 0 {
            states = method.begin(random);
        }
        learnt.attempts += 1;
        let mut fewest = u64::MAX;
        for _ in 0..passes {
            let wrong = method.pass(&mut states, random);
            learnt.passes += 1;
            if wrong < fewest {
                fewest = wrong;
                let weights = method.weights(&states);
                let errors = method.errors(&weights);
                if errors < learnt.errors {
                    learnt.weights = weights;
                    learnt.errors = errors;
                }
            }
            if learnt.errors == 0 {
                break;
            }
        }
    }
    learnt
}
