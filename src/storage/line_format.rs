//! How a record is written as one line of text.

use std::io;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::Serialize;

/// One record a line, below a header or not.
pub trait LineFormat {
    /// What a line says.
    type Record;

    /// The first line of a file, if records do not begin at once; without its end.
    fn header(&self) -> Option<String>;

    /// A record as a line, without its end.
    ///
    /// # Errors
    /// Why the record cannot be written.
    fn line(&self, record: &Self::Record) -> Result<String, String>;

    /// The record of a line without its end.
    ///
    /// # Errors
    /// Why the line is none.
    fn record(&self, line: &str) -> Result<Self::Record, String>;
}

/// Each record a JSON value; no header.
#[derive(Debug, Clone, Copy)]
pub struct JsonLines<R>(PhantomData<R>);

impl<R> JsonLines<R> {
    /// The format; what the records are is a matter of its type.
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<R> Default for JsonLines<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Serialize + DeserializeOwned> LineFormat for JsonLines<R> {
    type Record = R;

    fn header(&self) -> Option<String> {
        None
    }

    fn line(&self, record: &R) -> Result<String, String> {
        serde_json::to_string(record).map_err(|error| error.to_string())
    }

    fn record(&self, line: &str) -> Result<R, String> {
        serde_json::from_str(line).map_err(|error| error.to_string())
    }
}

/// Each record a row of CSV, below the names of the columns.
///
/// A record is a struct whose fields are named after the columns, or a `Vec<String>` of cells.
#[derive(Debug, Clone)]
pub struct CsvLines<R> {
    columns: csv::StringRecord,
    record: PhantomData<R>,
}

impl<R> CsvLines<R> {
    /// Rows with these columns.
    #[must_use]
    pub fn new(columns: &[impl AsRef<str>]) -> Self {
        Self {
            columns: columns.iter().map(AsRef::as_ref).collect(),
            record: PhantomData,
        }
    }
}

impl<R: Serialize + DeserializeOwned> LineFormat for CsvLines<R> {
    type Record = R;

    fn header(&self) -> Option<String> {
        csv_line(|writer| writer.write_record(&self.columns)).ok()
    }

    fn line(&self, record: &R) -> Result<String, String> {
        csv_line(|writer| writer.serialize(record))
    }

    fn record(&self, line: &str) -> Result<R, String> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(line.as_bytes());
        let row = match reader.records().next() {
            Some(row) => row.map_err(|error| error.to_string())?,
            None => csv::StringRecord::new(),
        };
        if row.len() != self.columns.len() {
            let (found, expected) = (row.len(), self.columns.len());
            return Err(format!("{found} cells for {expected} columns"));
        }
        row.deserialize(Some(&self.columns))
            .map_err(|error| error.to_string())
    }
}

/// One line of CSV without its end.
fn csv_line(
    write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>,
) -> Result<String, String> {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    write(&mut writer).map_err(|error| error.to_string())?;
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    let mut line = String::from_utf8(bytes).map_err(|error| io::Error::other(error).to_string())?;
    line.truncate(line.trim_end_matches('\n').len());
    Ok(line)
}
