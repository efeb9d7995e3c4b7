//! Perceptrons and committees with weights in {-1, +1} or {-1, 0, +1}, which come near the limit
//! when they remember coin flips.
//!
//! A perceptron of `N` signs, `N` odd, sees `N` signs and decides by the sign of the sum of their
//! products, which is never 0. To remember `n` coin flips costs at least `n` bits, and its file has
//! `N` and a header: `N/n` times the limit, 1.20 at its capacity of about `0.833 N` (Krauth and
//! Mézard 1989), about 1.5 where a fast learner stops.
//!
//! - [`Signs`]: many signs in a word;
//! - [`SignLaw`]: inputs, labels by coin flips or by a teacher, and the population error, exactly;
//! - [`StochasticBeliefPropagation`]: the learner;
//! - [`BestSigns`]: of a few signs, all with the fewest errors, by enumeration;
//! - [`SignChain`]: every link of the converse for one of them, over all training sets;
//! - [`perceptron`]: its model file, and [`images`]: what the evaluator reads;
//! - [`Committee`]: the majority of several, with [`CommitteeLaw`] and [`committee_model`];
//! - [`TernaryWeights`]: with zeros among the weights, and [`ternary_perceptron`].

mod agreements;
mod attempts;
mod best;
mod chain;
mod committee;
mod committee_law;
mod committee_learner;
mod committee_model;
mod hidden_states;
mod law;
mod learner;
mod model;
mod packed;
mod population_error;
mod ternary;
mod ternary_learner;

pub use agreements::{information_limits, information_of_agreements};
pub use attempts::Learnt;
pub use best::{BestSigns, MOST_ENUMERATED};
pub use chain::SignChain;
pub use committee::{inputs_of_a_unit, Committee, MAX_UNITS};
pub use committee_law::CommitteeLaw;
pub use committee_model::committee_model;
pub use law::{SignLaw, SignSample};
pub use learner::StochasticBeliefPropagation;
pub use model::{images, perceptron, signs_of, ternary_perceptron, ternary_weights_of, MAX_INPUTS};
pub use packed::Signs;
pub use population_error::{disagreement, disagreement_with_zeros, sum_is_zero};
pub use ternary::TernaryWeights;
