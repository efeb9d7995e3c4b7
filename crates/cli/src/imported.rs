//! A network from a user's file, with what its tensors were called there.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::output::write_whole;
use nonvacuous::code::{AsChain, Graph, Structure};
use nonvacuous::network::{OriginalNames, TrainedNetwork};

/// A network, and what its tensors were called in the file that it comes from.
pub(super) struct Imported<S> {
    pub(super) network: TrainedNetwork<S>,
    pub(super) originals: Originals,
}

/// What the tensors of a network were called in the file that it comes from.
#[derive(Debug, Clone)]
pub(super) struct Originals {
    structure: Structure,
    /// For each of its tensors; nothing for those that no file had.
    names: Vec<Option<String>>,
}

impl Originals {
    /// Names of the last tensors of a network; those before them were added to it.
    pub(super) fn of_last(structure: impl Into<Structure>, names: Vec<String>) -> Self {
        let structure = structure.into();
        let added = structure.tensors().len().saturating_sub(names.len());
        let names = names
            .into_iter()
            .map(|name| Some(name).filter(|name| !name.is_empty()));
        Self {
            names: std::iter::repeat_n(None, added).chain(names).collect(),
            structure,
        }
    }

    /// Of the chain of layers that a graph is, if it is one.
    fn simplest(self) -> Self {
        let chain = self.structure.graph().and_then(Graph::as_chain);
        let Some(AsChain {
            architecture,
            tensors,
        }) = chain
        else {
            return self;
        };
        let names = tensors.into_iter();
        Self {
            names: names
                .map(|tensor| self.names.get(tensor).cloned().flatten())
                .collect(),
            structure: architecture.into(),
        }
    }

    /// Writes them beside the file of a model that the network has become.
    pub(super) fn write_beside(
        &self,
        path: &Path,
        structure: &Structure,
        file: &[u8],
    ) -> Result<PathBuf, Failure> {
        let names = OriginalNames::new(&self.structure, &self.names, structure, file);
        let path = OriginalNames::beside(path);
        write_whole(&path, names.to_json()?.as_bytes())?;
        Ok(path)
    }
}

impl Imported<Graph> {
    /// As a chain of layers, if it is one, which has a shorter file.
    pub(super) fn simplest(self) -> Result<Imported<Structure>, Failure> {
        Ok(Imported {
            network: self.network.simplest()?,
            originals: self.originals.simplest(),
        })
    }
}
