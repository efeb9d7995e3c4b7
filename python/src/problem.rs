//! What goes wrong, as the exceptions of `nonvacuous.exceptions`.

use std::error::Error;

use nonvacuous::causes::with_causes;
use pyo3::prelude::*;
use pyo3::types::PyType;

/// Which exception.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A number outside its domain.
    Domain,
    /// Examples that cannot be read.
    Data,
    /// A file that does not decode, or a network that does not fit.
    Model,
    /// A certificate that cannot be read, written or checked.
    Certificate,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Domain => "DomainError",
            Self::Data => "DataError",
            Self::Model => "ModelError",
            Self::Certificate => "CertificateError",
        }
    }

    /// The exception of an error, with the library's message.
    pub(crate) fn of(self, error: &(dyn Error + 'static)) -> PyErr {
        self.says(with_causes(error))
    }

    /// The exception with this message.
    pub(crate) fn says(self, message: String) -> PyErr {
        Python::attach(|py| {
            let class = py
                .import("nonvacuous.exceptions")
                .and_then(|module| module.getattr(self.name()))
                .and_then(|class| Ok(class.cast_into::<PyType>()?));
            match class {
                Ok(class) => PyErr::from_type(class, message),
                Err(error) => error,
            }
        })
    }
}
