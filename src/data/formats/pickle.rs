//! The part of Python's pickles that CIFAR is written in: a dictionary of strings, lists of whole
//! numbers and one array of bytes. Nothing is ever called; anything else is an error.

use std::collections::BTreeMap;

use crate::data::error::DataError;
use crate::pickle_bytes::PickleBytes;

/// Dictionaries, lists, tuples and objects that a file may make: CIFAR's make fewer than twenty.
const MOST_CONTAINERS: usize = 64;

/// What is on the stack of a pickle.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    /// None, floats, types of numbers.
    Other,
    Number(i64),
    Text(&'a [u8]),
    List(Vec<Value<'a>>),
    Tuple(Vec<Value<'a>>),
    Dictionary(Vec<Value<'a>>),
    /// A function or a class by its last name.
    Global(&'a [u8]),
    /// An array of numpy, of which the state follows.
    NewArray,
    /// Bytes of so many dimensions.
    Array(Vec<usize>, &'a [u8]),
    /// Where a list of items begins.
    Mark,
}

/// The entries of the dictionary in a pickle, by their names.
///
/// # Errors
/// [`DataError::Pickle`], with the place.
pub(super) fn dictionary(bytes: &[u8]) -> Result<BTreeMap<&[u8], Value<'_>>, DataError> {
    let mut reader = Reader {
        bytes: PickleBytes::new(bytes),
        stack: Vec::new(),
        memo: BTreeMap::new(),
        containers: 0,
    };
    reader.run().ok_or(DataError::Pickle {
        place: reader.bytes.place,
    })
}

struct Reader<'a> {
    bytes: PickleBytes<'a>,
    stack: Vec<Value<'a>>,
    /// Strings and names that are used again.
    memo: BTreeMap<u64, Value<'a>>,
    containers: usize,
}

impl<'a> Reader<'a> {
    /// What is on the stack above the last mark, which is taken away.
    fn since_mark(&mut self) -> Option<Vec<Value<'a>>> {
        let is_mark = |value: &Value| matches!(value, Value::Mark);
        let mark = self.stack.iter().rposition(is_mark)?;
        let values = self.stack.split_off(mark + 1);
        self.stack.pop();
        Some(values)
    }

    /// The last so many values.
    fn last(&mut self, count: usize) -> Option<Vec<Value<'a>>> {
        let place = self.stack.len().checked_sub(count)?;
        Some(self.stack.split_off(place))
    }

    fn push_text(&mut self, length: usize) -> Option<()> {
        let text = self.bytes.take(length)?;
        self.stack.push(Value::Text(text));
        Some(())
    }

    fn push_container(&mut self, value: Value<'a>) -> Option<()> {
        self.containers += 1;
        self.stack.push(value);
        (self.containers <= MOST_CONTAINERS).then_some(())
    }

    fn remember(&mut self, place: u64) -> Option<()> {
        let value = match self.stack.last()? {
            value @ (Value::Text(_) | Value::Global(_)) => value.clone(),
            _ => return Some(()),
        };
        self.memo.insert(place, value);
        Some(())
    }

    fn run(&mut self) -> Option<BTreeMap<&'a [u8], Value<'a>>> {
        loop {
            let code = *self.bytes.take(1)?.first()?;
            match code {
                b'.' => return self.finished(),
                0x80 => self.bytes.take(1).map(|_| ())?,
                0x95 => self.bytes.take(8).map(|_| ())?,
                0x94 => self.remember(self.memo.len() as u64)?,
                b'q' => {
                    let place = self.bytes.number(1)?;
                    self.remember(place)?;
                }
                b'r' => {
                    let place = self.bytes.number(4)?;
                    self.remember(place)?;
                }
                b'h' | b'j' => {
                    let place = self.bytes.number(if code == b'h' { 1 } else { 4 })?;
                    self.stack.push(self.memo.get(&place)?.clone());
                }
                b'U' | b'C' | 0x8c => {
                    let length = self.bytes.number(1)?;
                    self.push_text(length as usize)?;
                }
                b'T' | b'B' | b'X' => {
                    let length = self.bytes.number(4)?;
                    self.push_text(length as usize)?;
                }
                b'K' => {
                    let number = self.bytes.number(1)?;
                    self.stack.push(Value::Number(number as i64));
                }
                b'M' => {
                    let number = self.bytes.number(2)?;
                    self.stack.push(Value::Number(number as i64));
                }
                b'J' => {
                    let number = self.bytes.number(4)?;
                    self.stack
                        .push(Value::Number(i64::from(number as u32 as i32)));
                }
                b'N' | 0x88 | 0x89 => self.stack.push(Value::Other),
                b'c' => {
                    self.bytes.line()?;
                    let name = self.bytes.line()?;
                    self.stack.push(Value::Global(name));
                }
                b'(' => self.stack.push(Value::Mark),
                b'}' => self.push_container(Value::Dictionary(Vec::new()))?,
                b']' => self.push_container(Value::List(Vec::new()))?,
                b')' => self.push_container(Value::Tuple(Vec::new()))?,
                b't' => {
                    let values = self.since_mark()?;
                    self.push_container(Value::Tuple(values))?;
                }
                0x85..=0x87 => {
                    let values = self.last(usize::from(code - 0x84))?;
                    self.push_container(Value::Tuple(values))?;
                }
                b'a' | b'e' | b's' | b'u' => self.add_items(code)?,
                b'R' => self.reduce()?,
                b'b' => self.build()?,
                _ => {
                    self.bytes.place -= 1;
                    return None;
                }
            }
        }
    }

    fn add_items(&mut self, code: u8) -> Option<()> {
        let items = match code {
            b'a' => self.last(1)?,
            b's' => self.last(2)?,
            _ => self.since_mark()?,
        };
        match (self.stack.last_mut()?, code) {
            (Value::List(values), b'a' | b'e') => values.extend(items),
            (Value::Dictionary(values), b's' | b'u') if items.len().is_multiple_of(2) => {
                values.extend(items)
            }
            _ => return None,
        }
        Some(())
    }

    /// An object that numpy would make.
    fn reduce(&mut self) -> Option<()> {
        let values = self.last(2)?;
        let [Value::Global(name), Value::Tuple(_)] = values.as_slice() else {
            return None;
        };
        match *name {
            b"_reconstruct" => self.push_container(Value::NewArray),
            b"dtype" => match values.get(1)? {
                Value::Tuple(kind) if matches!(kind.first(), Some(Value::Text(b"u1" | b"|u1"))) => {
                    self.push_container(Value::Other)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// What an object is given: an array its version, dimensions, type, order and bytes.
    fn build(&mut self) -> Option<()> {
        let state = self.last(1)?.pop()?;
        match self.stack.last_mut()? {
            Value::Other => Some(()),
            array @ Value::NewArray => {
                let Value::Tuple(state) = state else {
                    return None;
                };
                let [_, Value::Tuple(lengths), _, Value::Other, Value::Text(bytes)] =
                    state.as_slice()
                else {
                    return None;
                };
                let mut dimensions = Vec::new();
                for length in lengths {
                    match length {
                        Value::Number(length) => dimensions.push(usize::try_from(*length).ok()?),
                        _ => return None,
                    }
                }
                *array = Value::Array(dimensions, bytes);
                Some(())
            }
            _ => None,
        }
    }

    fn finished(&mut self) -> Option<BTreeMap<&'a [u8], Value<'a>>> {
        let (Some(Value::Dictionary(items)), true) = (self.stack.pop(), self.stack.is_empty())
        else {
            return None;
        };
        let mut entries = BTreeMap::new();
        let mut items = items.into_iter();
        while let (Some(name), Some(value)) = (items.next(), items.next()) {
            match name {
                Value::Text(name) => entries.insert(name, value),
                _ => return None,
            };
        }
        Some(entries)
    }
}
