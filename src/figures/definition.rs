//! What a kind of figure is: the files that it needs, and the function that draws them.

use std::path::{Path, PathBuf};

use super::chart::picture::Picture;
use super::error::FigureError;
use super::table::Table;

/// A kind of figure; each file of `kinds` has one.
#[derive(Debug)]
pub(super) struct Definition {
    /// Its name on the command line and in lists of figures.
    pub(super) name: &'static str,
    /// What it shows, in a sentence.
    pub(super) shows: &'static str,
    /// The files that it is drawn from, in their order.
    pub(super) files: &'static str,
    /// The columns of its CSV files that it needs.
    pub(super) columns: &'static [&'static str],
    /// Whether a CSV file that has the columns is drawn so if nobody says how.
    pub(super) suits: fn(&Table) -> bool,
    /// Draws it.
    pub(super) draw: fn(&[PathBuf]) -> Result<Picture, FigureError>,
}

impl Definition {
    /// Reads a CSV file that has the columns, and rows.
    ///
    /// # Errors
    /// [`FigureError::MissingColumns`] with all that are not there, [`FigureError::Values`] if
    /// there are no rows, and what [`Table::read`] says.
    pub(super) fn table(&self, path: &Path) -> Result<Table, FigureError> {
        let table = Table::read(path)?;
        let missing: Vec<&str> = self.missing(&table);
        if !missing.is_empty() {
            return Err(self.lacks(&table, &missing.join(", ")));
        }
        if table.is_empty() {
            return Err(table.wrong("there are no rows to draw"));
        }
        Ok(table)
    }

    /// Whether a table can be drawn, and this is how it is drawn if nobody says how.
    pub(super) fn recognises(&self, table: &Table) -> bool {
        !self.columns.is_empty()
            && self.missing(table).is_empty()
            && !table.is_empty()
            && (self.suits)(table)
    }

    /// The error about columns that are not there.
    pub(super) fn lacks(&self, table: &Table, missing: &str) -> FigureError {
        FigureError::MissingColumns {
            path: table.path().to_path_buf(),
            kind: self.name,
            missing: missing.to_string(),
            needed: self.columns.join(", "),
            present: table.columns().join(", "),
        }
    }

    /// The error about too few files or too many.
    pub(super) fn other_files(&self, files: &[PathBuf]) -> FigureError {
        FigureError::Files {
            kind: self.name,
            accepted: self.files,
            given: files.len(),
        }
    }

    fn missing(&self, table: &Table) -> Vec<&'static str> {
        let needed = self.columns.iter().copied();
        needed.filter(|column| !table.has(column)).collect()
    }
}
