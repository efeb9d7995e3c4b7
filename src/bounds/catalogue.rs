//! What tables say about each bound, and how to compute it.

use super::catoni::{catoni, catoni_uniform, GridRatio, InverseTemperature};
use super::occam::hoeffding_inverse;
use super::pac_bayes::{mcallester, pac_bayes_kl, pac_bayes_kl_xi, thiemann};
use super::plan::{largest, MOST_BITS};
use crate::bounds::quantities::bits_and_nats::{Bits, Nats};
use crate::bounds::quantities::probability::{FailureProbability, Probability};
use crate::bounds::quantities::risk::{EmpiricalRisk, GibbsRisk};
use crate::bounds::tails::binomial_tail::binomial_tail_inverse;
use crate::bounds::tails::kl::kl_inverse;

/// What a bound is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Predictor {
    /// One hypothesis with a code word.
    Deterministic,
    /// A posterior from which a hypothesis is drawn for each example; one hypothesis is the case of
    /// a single point.
    Gibbs,
}

impl Predictor {
    /// As a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Deterministic => "deterministic",
            Self::Gibbs => "Gibbs",
        }
    }
}

/// What a loss may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// 0 or 1.
    ZeroOne,
    /// Any number from 0 to 1.
    UnitInterval,
}

impl Loss {
    /// As a set.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ZeroOne => "{0, 1}",
            Self::UnitInterval => "[0, 1]",
        }
    }
}

/// The training error that a bound starts from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TrainingError {
    /// Of one hypothesis, counted.
    Deterministic(EmpiricalRisk),
    /// Of a randomised predictor.
    Gibbs(GibbsRisk),
}

impl TrainingError {
    /// Either as that of a randomised predictor.
    #[must_use]
    pub fn gibbs(self) -> GibbsRisk {
        match self {
            Self::Deterministic(risk) => risk.into(),
            Self::Gibbs(risk) => risk,
        }
    }
}

/// What bounds are computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Premises {
    /// Training error.
    pub training_error: TrainingError,
    /// `KL(Q || P)`; for one hypothesis the length of its code word.
    pub divergence: Nats,
    /// `delta`.
    pub delta: FailureProbability,
    /// Inverse temperature fixed before the data.
    pub lambda: InverseTemperature,
    /// Ratio of the grid of those that are not.
    pub ratio: GridRatio,
}

/// A bound's name, assumptions and origin.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Bound {
    /// Its key in certificates and CSV.
    pub name: &'static str,
    /// What it is about.
    pub predictor: Predictor,
    /// What the loss may be, beside independent examples.
    pub loss: Loss,
    /// What it holds for at once.
    pub uniform: &'static str,
    /// Where it is from.
    pub source: &'static str,
    compute: Compute,
}

#[derive(Debug, Clone, Copy)]
enum Compute {
    Deterministic(fn(EmpiricalRisk, Nats) -> f64),
    Gibbs(fn(GibbsRisk, &Premises) -> f64),
}

impl Bound {
    /// The bound, or nothing if it is for one hypothesis and the premises are about a randomised
    /// predictor.
    #[must_use]
    pub fn value(&self, premises: &Premises) -> Option<f64> {
        match (self.compute, premises.training_error) {
            (Compute::Gibbs(compute), risk) => Some(compute(risk.gibbs(), premises)),
            (Compute::Deterministic(compute), TrainingError::Deterministic(risk)) => Some(compute(
                risk,
                premises.divergence.plus(premises.delta.nats()),
            )),
            (Compute::Deterministic(_), TrainingError::Gibbs(_)) => None,
        }
    }

    /// What it takes: the longest code word, in whole bits, with which the bound is at most
    /// `target`; the divergence of `premises` does not matter. Nothing if no code word is short
    /// enough, or the bound is not for such premises.
    ///
    /// ```
    /// use nonvacuous::bounds::{
    ///     EmpiricalRisk, FailureProbability, GridRatio, InverseTemperature, Nats, Premises,
    ///     Probability, TrainingError, BOUNDS,
    /// };
    /// // ImageNet with 35% training error, to certify 90%.
    /// let risk = EmpiricalRisk::new(448_408, 1_281_167)?;
    /// let premises = Premises {
    ///     training_error: TrainingError::Deterministic(risk),
    ///     divergence: Nats::new(0.0)?,
    ///     delta: FailureProbability::new(0.05)?,
    ///     lambda: InverseTemperature::sqrt(risk.into()),
    ///     ratio: GridRatio::ZHOU,
    /// };
    /// let bits = BOUNDS[0].most_bits(&premises, Probability::new(0.9)?);
    /// assert_eq!(bits.map(|bits| bits / 8 / 1024), Some(199));
    /// # Ok::<(), nonvacuous::bounds::BoundError>(())
    /// ```
    #[must_use]
    pub fn most_bits(&self, premises: &Premises, target: Probability) -> Option<u64> {
        let suffices = |bits: u64| {
            let divergence = Bits::trusted(bits as f64).to_nats();
            self.value(&Premises {
                divergence,
                ..*premises
            })
            .is_some_and(|bound| bound <= target.get())
        };
        // Bounds ascend with the bits.
        largest(0, MOST_BITS, suffices)
    }
}

const fn occam(
    name: &'static str,
    source: &'static str,
    compute: fn(EmpiricalRisk, Nats) -> f64,
) -> Bound {
    let compute = Compute::Deterministic(compute);
    Bound {
        name,
        predictor: Predictor::Deterministic,
        loss: Loss::ZeroOne,
        uniform: "all code words",
        source,
        compute,
    }
}

const fn gibbs(
    name: &'static str,
    uniform: &'static str,
    source: &'static str,
    compute: fn(GibbsRisk, &Premises) -> f64,
) -> Bound {
    let compute = Compute::Gibbs(compute);
    Bound {
        name,
        predictor: Predictor::Gibbs,
        loss: Loss::UnitInterval,
        uniform,
        source,
        compute,
    }
}

/// All bounds: those of a certificate first, the tightest first.
pub const BOUNDS: [Bound; 9] = [
    occam(
        "occam_binomial",
        "Langford 2005, exact binomial tail",
        binomial_tail_inverse,
    ),
    occam(
        "occam_kl",
        "Langford 2005, Chernoff's inequality",
        kl_inverse,
    ),
    occam(
        "occam_hoeffding",
        "Blumer et al. 1987, Hoeffding's inequality",
        hoeffding_inverse,
    ),
    gibbs(
        "pac_bayes_kl_xi",
        "all posteriors",
        "Seeger 2002, Maurer 2004",
        |risk, premises| pac_bayes_kl_xi(risk, premises.divergence, premises.delta),
    ),
    gibbs(
        "pac_bayes_kl",
        "all posteriors",
        "Maurer 2004, xi(n) <= 2 sqrt(n)",
        |risk, premises| pac_bayes_kl(risk, premises.divergence, premises.delta),
    ),
    gibbs(
        "mcallester",
        "all posteriors",
        "McAllester 1999, Maurer's constant",
        |risk, premises| mcallester(risk, premises.divergence, premises.delta),
    ),
    gibbs(
        "thiemann",
        "all posteriors and lambda in (0, 2)",
        "Thiemann et al. 2017",
        |risk, premises| thiemann(risk, premises.divergence, premises.delta),
    ),
    gibbs(
        "catoni_lambda_sqrt_n",
        "all posteriors; lambda fixed before the data",
        "Catoni 2007",
        |risk, premises| catoni(risk, premises.divergence, premises.delta, premises.lambda),
    ),
    gibbs(
        "catoni_uniform",
        "all posteriors and lambda > 1",
        "Zhou et al. 2019, Catoni 2007",
        |risk, premises| {
            catoni_uniform(risk, premises.divergence, premises.delta, premises.ratio).bound
        },
    ),
];
