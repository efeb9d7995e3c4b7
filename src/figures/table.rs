//! CSV as figures read it: columns by name.

use std::path::{Path, PathBuf};

use super::error::FigureError;
use crate::storage::whole_file;

/// The rows of a CSV file.
#[derive(Debug, Clone)]
pub(super) struct Table {
    path: PathBuf,
    names: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    /// Reads a file.
    ///
    /// # Errors
    /// [`FigureError::Read`], [`FigureError::NotCsv`].
    pub(super) fn read(path: &Path) -> Result<Self, FigureError> {
        let text = whole_file::read(path)?;
        Self::parse(path, &text)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`FigureError::NotCsv`].
    pub(super) fn parse(path: &Path, text: &[u8]) -> Result<Self, FigureError> {
        let not_csv = |source: csv::Error| FigureError::NotCsv {
            path: path.to_path_buf(),
            source,
        };
        let mut reader = csv::Reader::from_reader(text);
        let names = reader.headers().map_err(not_csv)?;
        let names = names.iter().map(str::to_string).collect();
        let rows = reader.records().collect::<Result<_, _>>();
        Ok(Self {
            path: path.to_path_buf(),
            names,
            rows: rows.map_err(not_csv)?,
        })
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the columns.
    pub(super) fn columns(&self) -> &[String] {
        &self.names
    }

    /// Whether there is such a column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.names.iter().any(|name| name == column)
    }

    /// Whether there are no rows.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether there is such a column with several different texts.
    pub(super) fn varies(&self, column: &str) -> bool {
        self.distinct(column).is_ok_and(|texts| texts.len() > 1)
    }

    /// The rows whose cell in that column has this text.
    ///
    /// # Errors
    /// [`FigureError::Values`] if there is no such column.
    pub(super) fn only(&self, column: &str, text: &str) -> Result<Self, FigureError> {
        let place = self.place(column)?;
        let is_wanted = |row: &&csv::StringRecord| row.get(place) == Some(text);
        Ok(Self {
            path: self.path.clone(),
            names: self.names.clone(),
            rows: self.rows.iter().filter(is_wanted).cloned().collect(),
        })
    }

    /// A column as texts.
    ///
    /// # Errors
    /// [`FigureError::Values`] if there is no such column.
    pub(super) fn texts(&self, column: &str) -> Result<Vec<String>, FigureError> {
        let place = self.place(column)?;
        let cells = self.rows.iter().filter_map(|row| row.get(place));
        Ok(cells.map(str::to_string).collect())
    }

    /// The different texts of a column, in the order in which they come.
    ///
    /// # Errors
    /// [`FigureError::Values`] if there is no such column.
    pub(super) fn distinct(&self, column: &str) -> Result<Vec<String>, FigureError> {
        let mut found: Vec<String> = Vec::new();
        for text in self.texts(column)? {
            if !found.contains(&text) {
                found.push(text);
            }
        }
        Ok(found)
    }

    /// A column as numbers; infinity where a cell is empty.
    ///
    /// # Errors
    /// [`FigureError::Values`] if there is no such column, or a cell is no number.
    pub(super) fn numbers(&self, column: &str) -> Result<Vec<f64>, FigureError> {
        let mut numbers = Vec::with_capacity(self.rows.len());
        for text in self.texts(column)? {
            numbers.push(match text.parse::<f64>() {
                _ if text.is_empty() => f64::INFINITY,
                Ok(number) if !number.is_nan() => number,
                _ => return Err(self.wrong(&format!("\"{text}\" in column {column} is no number"))),
            });
        }
        Ok(numbers)
    }

    /// A column as counts.
    ///
    /// # Errors
    /// [`FigureError::Values`] if there is no such column, or a cell is no whole number from 0 on.
    pub(super) fn counts(&self, column: &str) -> Result<Vec<u64>, FigureError> {
        let mut counts = Vec::with_capacity(self.rows.len());
        for text in self.texts(column)? {
            let count = text.parse::<u64>().map_err(|_| {
                self.wrong(&format!(
                    "\"{text}\" in column {column}; accepted are whole numbers from 0 on"
                ))
            })?;
            counts.push(count);
        }
        Ok(counts)
    }

    /// The text that all cells of a column share.
    ///
    /// # Errors
    /// [`FigureError::Values`] if there is no such column, or it has different texts.
    pub(super) fn shared(&self, column: &str) -> Result<String, FigureError> {
        let mut texts = self.distinct(column)?;
        match (texts.pop(), texts.pop()) {
            (Some(text), None) => Ok(text),
            (Some(last), Some(other)) => Err(self.wrong(&format!(
                "column {column} has \"{other}\" and \"{last}\"; one picture shows one value of it"
            ))),
            (None, _) => Err(self.wrong("there are no rows")),
        }
    }

    /// An error about the values of this file.
    pub(super) fn wrong(&self, reason: &str) -> FigureError {
        FigureError::Values {
            path: self.path.clone(),
            reason: reason.to_string(),
        }
    }

    fn place(&self, column: &str) -> Result<usize, FigureError> {
        let place = self.names.iter().position(|name| name == column);
        place.ok_or_else(|| {
            let present = self.names.join(", ");
            self.wrong(&format!("no column {column}; there are {present}"))
        })
    }
}
