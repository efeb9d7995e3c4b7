//! Which tensor of a file became which of the architecture, for people to check.

use std::fmt;

use super::error::ImportError;
use super::known::KnownNames;
use super::options::ImportOptions;
use super::source::Sources;
use crate::code::Architecture;
use crate::network::tensor_file::{TensorFile, TensorOrder};

/// A tensor of the architecture and the file's that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MatchedTensor {
    /// The architecture's name.
    pub ours: String,
    /// The file's.
    pub theirs: String,
    /// The shape in the file.
    pub shape: Vec<usize>,
}

/// All of them, in the architecture's order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matching {
    /// The pairs.
    pub tensors: Vec<MatchedTensor>,
    /// The order by which they were matched; nothing if by their names.
    pub order: Option<TensorOrder>,
}

/// Matches the tensors of a file with those of an architecture, as [`import`](super::import) does.
///
/// # Errors
/// If names do not fit, and order and shapes do not either.
pub fn match_tensors(
    file: &TensorFile,
    architecture: &Architecture,
    options: &ImportOptions,
) -> Result<Matching, ImportError> {
    let sources = Sources::find(file, architecture, options, &KnownNames::of(file))?;
    let tensors = sources.all.iter().map(|source| MatchedTensor {
        ours: source.shape.name.clone(),
        theirs: source.name.clone(),
        shape: sources.shape_of(&source.name).unwrap_or_default().to_vec(),
    });
    Ok(Matching {
        tensors: tensors.collect(),
        order: sources.order,
    })
}

impl fmt::Display for Matching {
    /// A line for each tensor, behind one that says what decided.
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let by = match self.order {
            None => "by name",
            Some(TensorOrder::Registration) => "by order of registration, and shape",
            Some(TensorOrder::Names) => "by order of the numbers in their names, and shape",
        };
        write!(formatter, "tensors matched {by}:")?;
        let ours = self.tensors.iter().map(|tensor| tensor.ours.len());
        let width = ours.max().unwrap_or(0);
        for MatchedTensor {
            ours,
            theirs,
            shape,
        } in &self.tensors
        {
            write!(formatter, "\n  {ours:width$} <- {theirs} {shape:?}")?;
        }
        Ok(())
    }
}
