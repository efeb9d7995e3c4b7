//! Perceptrons with weights in {-1, +1}, which come near the limit when they remember coin flips.
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
//! - [`perceptron`]: its model file, and [`images`]: what the evaluator reads.

mod agreements;
mod best;
mod chain;
mod hidden_states;
mod law;
mod learner;
mod model;
mod packed;
mod population_error;

pub use agreements::{information_limits, information_of_agreements};
pub use best::{BestSigns, MOST_ENUMERATED};
pub use chain::SignChain;
pub use law::{SignLaw, SignSample};
pub use learner::{Learnt, StochasticBeliefPropagation};
pub use model::{images, perceptron, signs_of, MAX_INPUTS};
pub use packed::Signs;
pub use population_error::disagreement;
