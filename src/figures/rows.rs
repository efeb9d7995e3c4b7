//! CSV as figures read it: columns by name.

use std::path::{Path, PathBuf};

use crate::figures::FigureError;

/// The rows of a CSV file.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    path: PathBuf,
    names: Vec<String>,
    cells: Vec<Vec<String>>,
}

impl Rows {
    /// Reads a file.
    ///
    /// # Errors
    /// [`FigureError::Io`], [`FigureError::Csv`].
    pub(super) fn read(path: &Path) -> Result<Self, FigureError> {
        let text = std::fs::read(path).map_err(|source| FigureError::Io {
            path: path.to_path_buf(),
            source,
        })?;
        Self::parse(path, &text)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`FigureError::Csv`].
    pub(super) fn parse(path: &Path, text: &[u8]) -> Result<Self, FigureError> {
        let failed = |error: csv::Error| FigureError::Csv {
            path: path.to_path_buf(),
            reason: error.to_string(),
        };
        let mut reader = csv::Reader::from_reader(text);
        let texts =
            |record: &csv::StringRecord| record.iter().map(str::to_string).collect::<Vec<String>>();
        let names = texts(reader.headers().map_err(failed)?);
        let cells = reader
            .records()
            .map(|record| record.map(|record| texts(&record)));
        let cells = cells.collect::<Result<_, _>>().map_err(failed)?;
        Ok(Self {
            path: path.to_path_buf(),
            names,
            cells,
        })
    }

    /// The rows whose cell in that column has this text.
    ///
    /// # Errors
    /// [`FigureError::Csv`] if there is no such column.
    pub(super) fn only(&self, column: &str, text: &str) -> Result<Self, FigureError> {
        let place = self.place(column)?;
        let is_wanted = |cells: &&Vec<String>| cells.get(place).is_some_and(|cell| cell == text);
        let cells = self.cells.iter().filter(is_wanted).cloned().collect();
        Ok(Self {
            path: self.path.clone(),
            names: self.names.clone(),
            cells,
        })
    }

    /// A column as texts.
    ///
    /// # Errors
    /// [`FigureError::Csv`] if there is no such column.
    pub(super) fn texts(&self, column: &str) -> Result<Vec<String>, FigureError> {
        let place = self.place(column)?;
        Ok(self
            .cells
            .iter()
            .filter_map(|cells| cells.get(place))
            .cloned()
            .collect())
    }

    /// The different texts of a column, in the order in which they come.
    ///
    /// # Errors
    /// [`FigureError::Csv`] if there is no such column.
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
    /// [`FigureError::Csv`] if there is no such column, or a cell is no number.
    pub(super) fn numbers(&self, column: &str) -> Result<Vec<f64>, FigureError> {
        let number = |text: String| match text.as_str() {
            "" => Ok(f64::INFINITY),
            text => text
                .parse::<f64>()
                .map_err(|_| self.wrong(&format!("\"{text}\" in column {column} is no number"))),
        };
        self.texts(column)?.into_iter().map(number).collect()
    }

    fn place(&self, column: &str) -> Result<usize, FigureError> {
        let place = self.names.iter().position(|name| name == column);
        place.ok_or_else(|| {
            self.wrong(&format!(
                "no column {column}; there are {}",
                self.names.join(", ")
            ))
        })
    }

    fn wrong(&self, reason: &str) -> FigureError {
        FigureError::Csv {
            path: self.path.clone(),
            reason: reason.to_string(),
        }
    }
}
