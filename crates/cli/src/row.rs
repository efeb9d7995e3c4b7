//! A line of results: values by name, in order.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// One JSON object, or one line of CSV.
#[derive(Debug, Default)]
pub(super) struct Row {
    fields: Vec<(&'static str, Value)>,
}

impl Row {
    /// Appends a field.
    pub(super) fn put(&mut self, name: &'static str, value: impl Into<Value>) {
        self.fields.push((name, value.into()));
    }

    /// Its names as a line of CSV.
    fn header(&self) -> String {
        let names: Vec<&str> = self.fields.iter().map(|(name, _)| *name).collect();
        names.join(",")
    }

    /// Its values as a line of CSV; nothing where a value does not apply.
    fn line(&self) -> csv::Result<String> {
        let cells: csv::Result<Vec<String>> =
            self.fields.iter().map(|(_, value)| cell(value)).collect();
        Ok(cells?.join(","))
    }
}

/// A value as it stands in CSV. Texts are in quotes whether or not they need them, so that files
/// do not change with the words in them.
fn cell(value: &Value) -> csv::Result<String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => quoted(text),
        other => Ok(other.to_string()),
    }
}

fn quoted(text: &str) -> csv::Result<String> {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    writer.write_record([text])?;
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_string())
}

/// The names of the first row, which are those of all, then the values of each; nothing if there
/// are no rows.
pub(super) fn csv(rows: &[Row]) -> csv::Result<Vec<String>> {
    let mut lines: Vec<String> = rows.first().map(Row::header).into_iter().collect();
    for row in rows {
        lines.push(row.line()?);
    }
    Ok(lines)
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for (name, value) in &self.fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
