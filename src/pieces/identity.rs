//! What a piece belongs to.

use serde::{Deserialize, Serialize};

use crate::digest::sha256;

/// Everything that the results of a piece depend on, beside its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Version of the program: others may compute differently.
    pub program: String,
    /// SHA-256 of what was asked for.
    pub configuration: String,
    /// SHA-256 of what says which data these are, or of nothing.
    pub data: String,
    /// SHA-256 of the model's file, or of nothing.
    pub model: String,
}

impl Identity {
    /// Of this version of the program: the SHA-256 of a configuration and of what says which data
    /// these are.
    #[must_use]
    pub fn new(configuration: &str, data: &str) -> Self {
        Self {
            program: env!("CARGO_PKG_VERSION").to_string(),
            configuration: sha256(configuration.as_bytes()),
            data: sha256(data.as_bytes()),
            model: sha256(b""),
        }
    }

    /// The same, of a model whose file has that SHA-256.
    #[must_use]
    pub fn of_model(self, sha256: &str) -> Self {
        Self {
            model: sha256.to_string(),
            ..self
        }
    }

    /// In what a piece differs from what is wanted, if it does.
    #[must_use]
    pub fn difference(&self, wanted: &Self) -> Option<String> {
        if self.program != wanted.program {
            return Some(format!(
                "version {} made it, and this is {}",
                self.program, wanted.program
            ));
        }
        let differs = [
            (
                self.configuration != wanted.configuration,
                "it is of another configuration",
            ),
            (
                self.data != wanted.data,
                "it is of other data, or their files have changed",
            ),
            (self.model != wanted.model, "it is of another model"),
        ];
        let found = differs.into_iter().find(|(differs, _)| *differs);
        found.map(|(_, reason)| reason.to_string())
    }
}
