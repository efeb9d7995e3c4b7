//! All classical bounds of one network.

use super::chain::Chain;
use super::comparisons::comparisons;
use super::cushions::cushions;
use super::error::ClassicalError;
use super::examples::{measure, Entrance};
use super::misfit::NoBound;
use super::subject::Subject;
use crate::bounds::classical::{
    parameter_counting, AtMargin, Cushions, NetworkNorms, PiecewisePolynomial, VcBound,
};
use crate::bounds::{BoundError, EmpiricalRisk, FailureProbability};
use crate::code::Model;
use crate::evaluate::Examples;
use crate::storage::memory_limit::MemoryLimit;

/// The classical bounds of a network, and what they are computed from; or why a theorem says
/// nothing about it. None is cut to 1.
///
/// What stands before the first layer with weights is a fixed function of the image: it belongs to
/// the examples. Biases are weights of a number that is always 1. A layer normalisation behind
/// which nothing has a bias only scales the logits of an example by a positive number, and counts
/// as the subtraction of its mean: decisions are the same.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassicalBounds {
    /// Weights and biases, zeros included.
    pub parameters: u64,
    /// [`parameter_counting`].
    pub parameter_counting: f64,
    /// [`PiecewisePolynomial::bound`].
    pub vc_dimension: Result<VcBound, NoBound>,
    /// [`NetworkNorms::spectral_margin`].
    pub spectral_margin: Result<MarginBound, NoBound>,
    /// [`NetworkNorms::pac_bayes_margin`].
    pub pac_bayes_margin: Result<MarginBound, NoBound>,
    /// [`Cushions::margin_bound`].
    pub effective_parameters: Result<MarginBound, NoBound>,
}

/// A bound from margins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarginBound {
    /// The bound, and the margin at which it is least.
    pub least: AtMargin,
    /// What a margin is divided into, without the number of examples: the spectral complexity `R_A`
    /// of Bartlett, Foster and Telgarsky; the root of Neyshabur, Bhojanapalli and Srebro's
    /// `prod ||A||_2^2 sum ||A||_F^2 / ||A||_2^2`; the effective number of parameters of Arora et
    /// al. at this margin.
    pub complexity: f64,
}

/// The three that take examples, in the order of the fields.
type FromMargins = [Result<MarginBound, NoBound>; 3];

impl ClassicalBounds {
    /// All bounds of a model with so many errors on its training set; those from margins only with
    /// the examples themselves. Its linear maps may take as much memory as `limit` says.
    ///
    /// # Errors
    /// [`ClassicalError`] if the network does not fit the examples, or their number is not that of
    /// `risk`.
    pub fn new(
        model: &Model,
        risk: EmpiricalRisk,
        examples: Option<&dyn Examples>,
        delta: FailureProbability,
        limit: MemoryLimit,
    ) -> Result<Self, ClassicalError> {
        let counted = risk.sample_size().get();
        if let Some(examples) = examples.filter(|examples| examples.len() as u64 != counted) {
            let found = examples.len() as u64;
            return Err(ClassicalError::Count { counted, found });
        }
        let parameters = model.structure().weights().unwrap_or(u64::MAX);
        let subject = Subject::of(model);
        let vc_dimension = match &subject {
            Ok(subject) => vc_bound(subject, risk, delta)?,
            Err(NoBound::NoChain) => Err(NoBound::NotCounted),
            Err(reason) => Err(reason.clone()),
        };
        let from_margins = subject.and_then(|subject| {
            let chain = Chain::new(&subject, model, limit)?;
            let examples = examples.ok_or(NoBound::NoExamples)?;
            Ok((subject, chain, examples))
        });
        let [spectral_margin, pac_bayes_margin, effective_parameters] = match from_margins {
            Err(reason) => [(); 3].map(|()| Err(reason.clone())),
            Ok((subject, chain, examples)) => {
                let entrance = Entrance::new(&subject, model, &chain);
                of_margins(&chain, &entrance, examples, delta)?
            }
        };
        Ok(Self {
            parameters,
            parameter_counting: parameter_counting(risk, parameters, delta)?,
            vc_dimension,
            spectral_margin,
            pac_bayes_margin,
            effective_parameters,
        })
    }
}

fn vc_bound(
    subject: &Subject,
    risk: EmpiricalRisk,
    delta: FailureProbability,
) -> Result<Result<VcBound, NoBound>, BoundError> {
    match comparisons(subject) {
        Ok(comparisons) => Ok(Ok(PiecewisePolynomial::new(comparisons)?.bound(risk, delta))),
        Err(reason) => Ok(Err(reason)),
    }
}

fn of_margins(
    chain: &Chain,
    entrance: &Entrance,
    examples: &dyn Examples,
    delta: FailureProbability,
) -> Result<FromMargins, ClassicalError> {
    let measured = measure(entrance, examples)?;
    let margins = &measured.margins;
    let norms = NetworkNorms {
        layers: chain.norms(),
        all_inputs: measured.all_inputs,
        largest_input: measured.largest_input,
    };
    let spectral = bound(norms.spectral_margin(margins, delta), |_| {
        norms.spectral_complexity()
    });
    if !chain.is_homogeneous() {
        return Ok([
            spectral,
            Err(NoBound::NotHomogeneous),
            Err(NoBound::NotHomogeneous),
        ]);
    }
    let pac_bayes = bound(norms.pac_bayes_margin(margins, delta), |_| {
        norms.frobenius_complexity().sqrt()
    });
    let cushions = cushions(chain, entrance, examples, measured.largest_output)?;
    let effective = cushions.and_then(|cushions: Cushions| {
        bound(cushions.margin_bound(margins), |margin| {
            cushions.effective_parameters(margin)
        })
    });
    Ok([spectral, pac_bayes, effective])
}

/// A bound at a margin, with the complexity there.
fn bound(least: Option<AtMargin>, complexity: impl Fn(f64) -> f64) -> Result<MarginBound, NoBound> {
    let least = least.ok_or(NoBound::NoMargin)?;
    Ok(MarginBound {
        least,
        complexity: complexity(least.margin),
    })
}
