//! JSON that every reader understands alike.
//!
//! Readers of JSON differ where the standard leaves them free: which of two equal keys counts,
//! whether an array may stand for an object. A text is accepted here only if there is nothing to
//! differ about.

use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, Serialize};
use serde_json::{Map, Number, Value};

use crate::printable::{escaped, is_printable};

/// The value of a text without equal keys and without characters that are not shown.
pub(super) fn value(text: &str) -> serde_json::Result<Value> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// What a value stands for, if that is read from nothing but what it would be written as: from no
/// array in the place of an object, and from no number or key in another form.
///
/// # Errors
/// If the value is anything else.
pub(super) fn read<T: DeserializeOwned + Serialize>(value: Value) -> serde_json::Result<T> {
    let read = T::deserialize(&value)?;
    if serde_json::to_value(&read)? != value {
        let reason = "it is not written as its reader would write it: an array for an object, or \
                      a number or key in another form";
        return Err(serde_json::Error::custom(reason));
    }
    Ok(read)
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A string that can be shown.
fn shown<E: Error>(text: String) -> Result<String, E> {
    if is_printable(&text) {
        return Ok(text);
    }
    let shown: String = escaped(&text).chars().take(60).collect();
    let reason = format!("the string \"{shown}\" has characters that cannot be shown");
    Err(E::custom(reason))
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("a number is not finite"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        shown(value.to_string()).map(Value::String)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element_seed(Strict)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let key = shown(key)?;
            let value = entries.next_value_seed(Strict)?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!(
                    "the key \"{key}\" is there twice"
                )));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::{read, value};

    fn parse(text: &str) -> serde_json::Result<Pair> {
        read(value(text)?)
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        count: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    }

    #[test]
    fn only_what_would_be_written_so_is_read() {
        let read = parse(r#" {"name": "Größe", "count": 3} "#).unwrap();
        assert_eq!(read.count, 3);
        for text in [
            r#"{"count": 3, "count": 3}"#,
            r#"{"count": 3, "name": null}"#,
            r#"{"count": 3, "other": 1}"#,
            r#"{"count": 3.0}"#,
            r#"{"count": 3, "name": "a\u202eb"}"#,
            r#"{"count": 3, "name": "a\u0000"}"#,
            r#"{"count": 3} {}"#,
            "[3, \"x\"]",
            "\u{feff}{\"count\": 3}",
            "{\"count\": 1e400}",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"[".repeat(200_000)).is_err());
    }
}
