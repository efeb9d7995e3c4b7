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
    pub(super) fn header(&self) -> String {
        self.fields
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(",")
    }

    /// Its values as a line of CSV; nothing where a value does not apply.
    pub(super) fn line(&self) -> String {
        let cell = |value: &Value| {
            if value.is_null() {
                String::new()
            } else {
                value.to_string()
            }
        };
        self.fields
            .iter()
            .map(|(_, value)| cell(value))
            .collect::<Vec<_>>()
            .join(",")
    }
}

/// The names of the first row, which are those of all, then the values of each; nothing if there
/// are no rows.
pub(super) fn csv(rows: &[Row]) -> Vec<String> {
    rows.first()
        .map(Row::header)
        .into_iter()
        .chain(rows.iter().map(Row::line))
        .collect()
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
