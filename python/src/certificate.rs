//! A claim with its model file.

use std::path::PathBuf;

use nonvacuous::bounds::FailureProbability;
use nonvacuous::certificate::{self, Evaluation, Issue, Provenance, Verification};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::examples::{data_set, Pair};
use crate::interruption::interruptible;
use crate::model::base_of;
use crate::problem::Kind;

/// A claim with its model file.
#[pyclass(frozen, module = "nonvacuous._nonvacuous")]
pub(crate) struct Certificate {
    certificate: certificate::Certificate,
}

#[pymethods]
impl Certificate {
    /// The certificate in a folder.
    #[staticmethod]
    fn open(path: PathBuf) -> PyResult<Self> {
        let certificate = certificate::Certificate::open(path);
        Ok(Self {
            certificate: certificate.map_err(|error| Kind::Certificate.of(&error))?,
        })
    }

    /// Counts the errors of a model file on arrays, and bounds its error on new examples.
    #[staticmethod]
    #[allow(clippy::too_many_arguments)]
    fn issue(
        py: Python<'_>,
        file: Vec<u8>,
        train: Pair<'_>,
        test: Option<Pair<'_>>,
        delta: f64,
        is_unseen: bool,
        is_per_class: bool,
        command: String,
    ) -> PyResult<Self> {
        let data = data_set(&train, test.as_ref())?;
        let delta = FailureProbability::new(delta).map_err(|error| Kind::Domain.of(&error))?;
        let certificate = interruptible(py, move |interruption| {
            let report = |_: usize, _: &[String]| interruption.leave_if_interrupted();
            let provenance = Provenance {
                command,
                ..Provenance::default()
            };
            Issue::new(&file, &data, delta)
                .unseen(is_unseen)
                .per_class(is_per_class)
                .provenance(provenance)
                .evaluation(Evaluation {
                    folder: None,
                    pieces: None,
                    report: Some(&report),
                })
                .run()
        })?;
        Ok(Self {
            certificate: certificate.map_err(|error| Kind::Certificate.of(&error))?,
        })
    }

    /// Writes it into a folder.
    fn save(&self, folder: PathBuf) -> PyResult<()> {
        let saved = self.certificate.save(folder);
        saved.map_err(|error| Kind::Certificate.of(&error))
    }

    /// The bytes of the model file.
    fn file<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.certificate.file())
    }

    /// What is claimed, as the JSON in the folder.
    fn claim(&self) -> PyResult<String> {
        let json = self.certificate.claim().to_json();
        json.map_err(|error| Kind::Certificate.of(&error))
    }

    /// Bits of the file and all that is charged beside it.
    fn description_length(&self) -> u64 {
        self.certificate.claim().description_length()
    }

    /// The claim as a sentence, about examples of this name.
    #[pyo3(signature = (name=None))]
    fn sentence(&self, name: Option<&str>) -> String {
        match name {
            Some(name) => self.certificate.claim().sentence_about(name),
            None => self.certificate.claim().sentence(),
        }
    }

    /// What cannot be checked.
    fn assumptions(&self) -> Vec<String> {
        self.certificate.claim().assumptions()
    }

    /// Counts again on these examples: whether it holds, why that cannot be decided, and each check
    /// with whether it passed.
    #[pyo3(signature = (train, test, base, name))]
    fn verify(
        &self,
        py: Python<'_>,
        train: Pair<'_>,
        test: Option<Pair<'_>>,
        base: Option<&[u8]>,
        name: String,
    ) -> PyResult<Verified> {
        let data = data_set(&train, test.as_ref())?;
        let certificate = match base_of(base)? {
            Some(base) => self.certificate.clone().with_base(base),
            None => self.certificate.clone(),
        };
        let verdict = interruptible(py, move |interruption| {
            let report = |_: usize, _: &[String]| interruption.leave_if_interrupted();
            let verdict = Verification::new(&certificate, &data)
                .evaluation(Evaluation {
                    folder: None,
                    pieces: None,
                    report: Some(&report),
                })
                .run()?;
            let sentence = verdict.sentence(certificate.claim(), &name);
            Ok::<_, certificate::Unverifiable>((verdict, sentence))
        })?;
        let (verdict, sentence) = verdict.map_err(|error| Kind::Certificate.of(&error))?;
        let holds = verdict.holds();
        let checks = verdict.checks.iter();
        let checks = checks.map(|check| (check.what.clone(), check.holds));
        Ok((holds, sentence, checks.collect(), verdict.undecided))
    }
}

/// Whether it holds, the sentence, the checks, and why it cannot be decided.
type Verified = (bool, String, Vec<(String, bool)>, Option<String>);
