//! An open file of PyTorch's, whose tensors are read one by one.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use super::container::Container;
use super::error::PyTorchError;
use super::pickle::run;
use super::state_dict::StateDict;
use super::storage::NumberType;
use super::view::View;
use crate::storage::memory_limit::MemoryLimit;
use crate::storage::whole_file;

/// An open file.
#[derive(Debug)]
pub struct PyTorchFile {
    file: File,
    names: Vec<String>,
    views: BTreeMap<String, View>,
    wrapper: Vec<String>,
    left_out: Vec<String>,
}

impl PyTorchFile {
    /// Whether a file that begins like this may be one: a ZIP archive, or a pickle.
    #[must_use]
    pub fn is_begun_by(beginning: &[u8]) -> bool {
        Container::is_begun_by(beginning)
    }

    /// Runs the pickle, finds the state dict, and checks that the tensors are where they should be.
    ///
    /// The state dict is what was saved, or in it under `state_dict`, `model_state_dict`,
    /// `model_state`, `model`, `net`, `network`, `module`, `params` or `weights`.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, has a whole module or no state dict or several, or
    /// if its tensors would take much more memory than it has bytes.
    pub fn open(path: &Path) -> Result<Self, PyTorchError> {
        let mut file = whole_file::open(path).map_err(|error| error.source)?;
        let length = file.metadata()?.len();
        let container = Container::read(&mut file, length)?;
        let (objects, end) = run(container.pickle())?;
        let storages = container.storages(&objects, end, &mut file, length)?;
        let state_dict = StateDict::find(&objects)?;
        let allowed = MemoryLimit::of_file(usize::try_from(length).unwrap_or(usize::MAX)).bytes();
        let mut needed = 0u64;
        let mut names = Vec::with_capacity(state_dict.tensors.len());
        let mut views = BTreeMap::new();
        for (name, arguments) in state_dict.tensors {
            let view = View::of(&name, arguments, &objects, &storages)?;
            let bytes = view.count().and_then(|count| count.checked_mul(4));
            needed = needed.saturating_add(bytes.unwrap_or(u64::MAX));
            if needed > allowed {
                return Err(PyTorchError::TooMuchMemory { needed, allowed });
            }
            names.push(name.clone());
            views.insert(name, view);
        }
        Ok(Self {
            file,
            names,
            views,
            wrapper: state_dict.wrapper,
            left_out: state_dict.left_out,
        })
    }

    /// The names of the tensors, in order of registration.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The shape of a tensor, of which the last index runs fastest.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.views.get(name).map(|view| view.shape.as_slice())
    }

    /// The type of a tensor's numbers.
    #[must_use]
    pub fn number_type(&self, name: &str) -> Option<&NumberType> {
        self.views.get(name).map(|view| &view.numbers)
    }

    /// The keys under which the state dict is, if it is not all that was saved.
    #[must_use]
    pub fn wrapper(&self) -> &[String] {
        &self.wrapper
    }

    /// What else was saved, by key: the state of an optimiser, an epoch.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// The numbers of a tensor in single precision; those of double precision are rounded.
    ///
    /// # Errors
    /// If there is no such tensor, it is not of floating point, or the file cannot be read.
    pub fn read(&mut self, name: &str) -> Result<Vec<f32>, PyTorchError> {
        match self.views.get(name) {
            Some(view) => view.read(name, &mut self.file),
            None => Err(PyTorchError::Missing(name.to_string())),
        }
    }
}
