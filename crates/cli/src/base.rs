//! The base that a model file is relative to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::failure::Failure;
use nonvacuous::code::Base;
use nonvacuous::storage::whole_file;

#[derive(Debug, Clone, Args)]
pub(super) struct BaseArgument {
    /// The model file that this one is relative to, as `nonvacuous import` makes it
    #[arg(long, value_name = "FILE.nvc")]
    base: Option<PathBuf>,
}

impl BaseArgument {
    /// The base, if one was given.
    pub(super) fn read(&self) -> Result<Option<Arc<Base>>, Failure> {
        self.base.as_deref().map(read_base).transpose()
    }
}

/// The base in a file.
pub(super) fn read_base(path: &Path) -> Result<Arc<Base>, Failure> {
    let file = whole_file::read(path)?;
    let base = Base::decode(&file).map_err(|error| Failure::from(error).about(path.display()))?;
    Ok(Arc::new(base))
}
