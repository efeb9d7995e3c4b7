//! Upper bounds on the error on new examples, and lower bounds on the bits that overfitting takes:
//! pure functions of counts, bits and a failure probability.
//!
//! # Which one
//! For one hypothesis with a code word, [`occam_binomial`]: nothing here is tighter. For a
//! randomised predictor, [`pac_bayes_kl_xi`]. The others are for comparison with published numbers;
//! [`BOUNDS`] lists them with their assumptions.
//!
//! # The safe side
//! Every upper bound returned is at least its exact real value for the arguments given, and at most
//! a relative `1e-10` above it; lower bounds are mirrored. There is no interval arithmetic: each
//! computed quantity comes with an a-priori bound on its error, written where it is computed, and
//! the last step of each function moves outward by that much. An inverse ends with a step of
//! Newton's or Taylor's whose remainder has a known sign, because the function is convex or its
//! derivatives alternate: it cannot end on the wrong side of the root, whatever came before it.
//! [`tails::kl`] and [`tails::binomial_tail`] say how; both ends of every result were compared with
//! 60 digits on tens of thousands of random and extreme arguments, and with `tests/reference` in
//! every run of the tests.
//!
//! What is assumed of the platform: IEEE doubles, and `exp`, `ln`, `exp_m1` and `ln_1p` to within
//! four units in the last place. The outward steps are 20 times that at least.
//!
//! # Units
//! [`Bits`] and [`Nats`] are different types, converted in one place, upward.
//!
//! # Where what is explained
//! The modules are essays: each begins with what it computes and why the result is on the safe
//! side. [`quantities`] are what bounds are functions of, [`tails`] the distributions behind them;
//! the other modules are the bounds, a family each; those of [`classical`] are there to be compared
//! with, and are on no safe side. Sources are named by author and year; `docs/references.bib` has
//! their titles.

pub mod catalogue;
pub mod catoni;
pub mod classical;
pub mod error;
pub mod length_prior;
pub mod limit;
pub mod monte_carlo;
pub mod noise;
pub mod occam;
pub mod pac_bayes;
pub mod plan;
pub mod prior_split;
pub mod quantities;
pub mod random_codebook;
pub mod symmetry;
pub mod tails;

#[doc(inline)]
pub use catalogue::{Bound, Loss, Predictor, Premises, TrainingError, BOUNDS};
#[doc(inline)]
pub use catoni::{catoni, catoni_uniform, CatoniMinimum, GridRatio, InverseTemperature};
#[doc(inline)]
pub use error::BoundError;
#[doc(inline)]
pub use length_prior::{elias_omega_bits, LengthPrior};
#[doc(inline)]
pub use limit::{limit_injective, limit_jensen_shannon, limit_kl, limit_pinsker, max_test_error};
#[doc(inline)]
pub use monte_carlo::{monte_carlo_risk, monte_carlo_risk_of_pairs};
#[doc(inline)]
pub use noise::GaussianNoise;
#[doc(inline)]
pub use occam::{held_out, occam_binomial, occam_hoeffding, occam_kl};
#[doc(inline)]
pub use pac_bayes::{lambda_bound, mcallester, pac_bayes_kl, pac_bayes_kl_xi, thiemann, Lambda};
#[doc(inline)]
pub use plan::{
    errors_of, fewest_examples, fewest_examples_at_rate, most_bits, most_errors, Target,
};
#[doc(inline)]
pub use prior_split::PriorSplit;
#[doc(inline)]
pub use quantities::bits_and_nats::{Bits, Nats};
#[doc(inline)]
pub use quantities::probability::{FailureProbability, Probability};
#[doc(inline)]
pub use quantities::risk::{EmpiricalRisk, GibbsRisk, SampleSize};
#[doc(inline)]
pub use quantities::rounding::{round_down_thousandths, round_up_decimals};
#[doc(inline)]
pub use random_codebook::RandomCodebook;
#[doc(inline)]
pub use symmetry::symmetry_gain;
#[doc(inline)]
pub use tails::binomial_tail::{binomial_tail_inverse, ln_lower_tail};
#[doc(inline)]
pub use tails::hypergeometric::population_errors;
#[doc(inline)]
pub use tails::kl::{kl, kl_inverse, kl_inverse_lower, kl_inverse_upper};
#[doc(inline)]
pub use tails::xi::{ln_two_sqrt, ln_xi};
