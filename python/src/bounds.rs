//! Bounds on arrays: element by element, on all cores, without Python's lock.

use nonvacuous::bounds::{
    self as library, Bits, BoundError, EmpiricalRisk, FailureProbability, GibbsRisk, GridRatio,
    InverseTemperature, Nats, Premises, Probability, SampleSize, TrainingError, BOUNDS,
};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::problem::Kind;
use crate::threads::on_threads;

/// Elements that a core takes at once.
const PART: usize = 1024;

/// `alpha` of Catoni's bound that holds for all temperatures, less 1: as the command has it.
const RATIO_LESS_ONE: f64 = 1e-4;

type Values<'py> = PyResult<Bound<'py, PyArray1<f64>>>;

/// The value at each index; the first element that is outside its domain is named.
fn each(
    py: Python<'_>,
    len: usize,
    value: impl Fn(usize) -> Result<f64, BoundError> + Sync,
) -> Values<'_> {
    let mut values = vec![0.0; len];
    let fill = || {
        let parts = values.par_chunks_mut(PART).enumerate();
        parts
            .filter_map(|(part, values)| {
                let indices = part * PART..;
                let mut pairs = values.iter_mut().zip(indices);
                pairs.find_map(|(place, index)| match value(index) {
                    Ok(value) => {
                        *place = value;
                        None
                    }
                    Err(error) => Some((index, error)),
                })
            })
            .min_by_key(|(index, _)| *index)
    };
    let failed = py.detach(|| on_threads(fill));
    match failed {
        None => Ok(values.into_pyarray(py)),
        Some((_, error)) if len == 1 => Err(Kind::Domain.of(&error)),
        Some((index, error)) => Err(Kind::Domain.says(format!("element {index}: {error}"))),
    }
}

/// Name, whom it is about, and source of each bound.
#[pyfunction]
pub(crate) fn bound_names() -> Vec<[&'static str; 3]> {
    let names = BOUNDS.map(|bound| [bound.name, bound.predictor.name(), bound.source]);
    names.to_vec()
}

/// The bound of this name, from arrays of one length.
#[pyfunction]
pub(crate) fn bound_values<'py>(
    py: Python<'py>,
    name: &str,
    n: PyReadonlyArray1<'py, u64>,
    errors: PyReadonlyArray1<'py, u64>,
    bits: PyReadonlyArray1<'py, f64>,
    delta: PyReadonlyArray1<'py, f64>,
) -> Values<'py> {
    let Some(bound) = BOUNDS.into_iter().find(|bound| bound.name == name) else {
        let known = BOUNDS.map(|bound| bound.name).join(", ");
        let message = format!("there is no bound {name:?}: accepted are {known}");
        return Err(Kind::Domain.says(message));
    };
    let (n, errors) = (n.as_slice()?, errors.as_slice()?);
    let (bits, delta) = (bits.as_slice()?, delta.as_slice()?);
    let ratio = GridRatio::one_plus(RATIO_LESS_ONE).map_err(|error| Kind::Domain.of(&error))?;
    each(py, n.len(), |index| {
        let risk = EmpiricalRisk::new(errors[index], n[index])?;
        let premises = Premises {
            training_error: TrainingError::Deterministic(risk),
            divergence: Bits::new(bits[index])?.to_nats(),
            delta: FailureProbability::new(delta[index])?,
            lambda: InverseTemperature::sqrt(risk.into()),
            ratio,
        };
        // Of one hypothesis every bound speaks.
        Ok(bound.value(&premises).unwrap_or(1.0))
    })
}

/// A percentage with two decimals, rounded up, as sentences have it.
#[pyfunction]
pub(crate) fn percent_up(probability: f64) -> String {
    nonvacuous::certificate::percent_up(probability)
}

/// Clopper and Pearson's bound, from arrays of one length.
#[pyfunction]
pub(crate) fn binomial_tail_inverse<'py>(
    py: Python<'py>,
    n: PyReadonlyArray1<'py, u64>,
    errors: PyReadonlyArray1<'py, u64>,
    delta: PyReadonlyArray1<'py, f64>,
) -> Values<'py> {
    let (n, errors, delta) = (n.as_slice()?, errors.as_slice()?, delta.as_slice()?);
    each(py, n.len(), |index| {
        let risk = EmpiricalRisk::new(errors[index], n[index])?;
        Ok(library::held_out(
            risk,
            FailureProbability::new(delta[index])?,
        ))
    })
}

/// `max { p : kl(q || p) <= c }`, from arrays of one length.
#[pyfunction]
pub(crate) fn kl_inverse<'py>(
    py: Python<'py>,
    q: PyReadonlyArray1<'py, f64>,
    c: PyReadonlyArray1<'py, f64>,
) -> Values<'py> {
    let (q, c) = (q.as_slice()?, c.as_slice()?);
    each(py, q.len(), |index| {
        let risk = GibbsRisk::new(Probability::new(q[index])?, SampleSize::new(1)?);
        Ok(library::kl_inverse(risk, Nats::new(c[index])?))
    })
}

/// `n kl(e || L) / ln 2`, from arrays of one length.
#[pyfunction]
pub(crate) fn limit<'py>(
    py: Python<'py>,
    n: PyReadonlyArray1<'py, u64>,
    train: PyReadonlyArray1<'py, f64>,
    test: PyReadonlyArray1<'py, f64>,
) -> Values<'py> {
    let (n, train, test) = (n.as_slice()?, train.as_slice()?, test.as_slice()?);
    each(py, n.len(), |index| {
        let (train, test) = (
            Probability::new(train[index])?,
            Probability::new(test[index])?,
        );
        Ok(library::limit_kl(SampleSize::new(n[index])?, train, test)?.get())
    })
}

/// `kl_inv(e, B ln 2 / n)`, from arrays of one length.
#[pyfunction]
pub(crate) fn max_test_error<'py>(
    py: Python<'py>,
    n: PyReadonlyArray1<'py, u64>,
    train: PyReadonlyArray1<'py, f64>,
    bits: PyReadonlyArray1<'py, f64>,
) -> Values<'py> {
    let (n, train, bits) = (n.as_slice()?, train.as_slice()?, bits.as_slice()?);
    each(py, n.len(), |index| {
        let train = Probability::new(train[index])?;
        let bits = Bits::new(bits[index])?;
        Ok(library::max_test_error(
            SampleSize::new(n[index])?,
            train,
            bits,
        ))
    })
}
