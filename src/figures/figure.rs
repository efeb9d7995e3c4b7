//! A figure of a folder: what is drawn from which of its files, and what it says.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::chart::picture::Picture;
use super::error::FigureError;
use super::kind::FigureKind;

/// A figure of a folder of experiments.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Figure {
    /// Its name, and that of its files.
    pub name: String,
    /// How it is drawn.
    pub kind: FigureKind,
    /// Its heading.
    pub title: String,
    /// What it shows, in a sentence or two.
    pub caption: String,
    /// The files that it is drawn from, as the kind needs them, relative to the folder.
    pub sources: Vec<PathBuf>,
    /// The command that makes these files, if it is known.
    pub command: Option<String>,
}

impl Figure {
    /// Draws it from the files of a folder.
    ///
    /// # Errors
    /// [`FigureError`] if a file is not there or lacks what is drawn.
    pub fn draw(&self, folder: &Path) -> Result<Picture, FigureError> {
        self.kind.draw(&self.paths(folder))
    }

    /// The sources that are not in a folder.
    #[must_use]
    pub fn missing_sources(&self, folder: &Path) -> Vec<PathBuf> {
        let paths = self.paths(folder).into_iter();
        paths.filter(|path| !path.exists()).collect()
    }

    fn paths(&self, folder: &Path) -> Vec<PathBuf> {
        let sources = self.sources.iter();
        sources.map(|source| folder.join(source)).collect()
    }
}
