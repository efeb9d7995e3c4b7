//! What numbers lie behind a pickle: storages, of which tensors are views.

use std::collections::BTreeMap;
use std::fmt;

use super::error::shown;
use super::pickle::{Object, Objects, Reference};
use crate::network::float_type::FloatType;

/// Where in the file a storage's numbers are, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) position: u64,
    pub(super) length: u64,
}

/// Storages by their keys.
pub(super) type Storages = BTreeMap<String, Place>;

/// The type of the numbers in a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberType(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Float(FloatType),
    /// Whole numbers and truth values, of so many bytes, by the class of their storage.
    Other(String, Option<u64>),
}

impl NumberType {
    /// The type of a class of storages.
    fn of(class: &[u8]) -> Self {
        Self(match class {
            b"DoubleStorage" => Kind::Float(FloatType::F64),
            b"FloatStorage" => Kind::Float(FloatType::F32),
            b"HalfStorage" => Kind::Float(FloatType::F16),
            b"BFloat16Storage" => Kind::Float(FloatType::BF16),
            _ => {
                let width = match class {
                    b"LongStorage" | b"ComplexFloatStorage" => Some(8),
                    b"IntStorage" => Some(4),
                    b"ShortStorage" => Some(2),
                    b"CharStorage" | b"ByteStorage" | b"BoolStorage" | b"UntypedStorage" => Some(1),
                    _ => None,
                };
                Kind::Other(shown(class), width)
            }
        })
    }

    /// The type of floating point, if it is one.
    pub(super) fn float(&self) -> Option<FloatType> {
        match self.0 {
            Kind::Float(numbers) => Some(numbers),
            Kind::Other(..) => None,
        }
    }

    /// Bytes of a number, if they are known.
    pub(super) fn width(&self) -> Option<u64> {
        match &self.0 {
            Kind::Float(numbers) => Some(numbers.width() as u64),
            Kind::Other(_, width) => *width,
        }
    }
}

impl fmt::Display for NumberType {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match &self.0 {
            Kind::Float(FloatType::F64) => formatter.write_str("DoubleStorage"),
            Kind::Float(FloatType::F32) => formatter.write_str("FloatStorage"),
            Kind::Float(FloatType::F16) => formatter.write_str("HalfStorage"),
            Kind::Float(FloatType::BF16) => formatter.write_str("BFloat16Storage"),
            Kind::Other(class, _) => formatter.write_str(class),
        }
    }
}

/// A storage as a pickle names it.
pub(super) struct Storage<'a> {
    pub(super) key: &'a [u8],
    pub(super) numbers: NumberType,
    /// How many numbers it has.
    pub(super) count: u64,
}

/// The storage of a tuple `("storage", class, key, device, count)`.
pub(super) fn storage_of<'a>(objects: &Objects<'a>, place: Reference) -> Option<Storage<'a>> {
    let Object::Tuple(items) = objects.get(place) else {
        return None;
    };
    let (&[kind, class, key, _, count], rest) = items.split_first_chunk()?;
    // PyTorch before 0.4 had views of storages.
    let is_whole = match rest {
        [] => true,
        [view] => matches!(objects.get(*view), Object::Other),
        _ => false,
    };
    match [objects.get(kind), objects.get(class), objects.get(key)] {
        [Object::Text(b"storage"), Object::Global { name, .. }, &Object::Text(key)] if is_whole => {
            Some(Storage {
                key,
                numbers: NumberType::of(name),
                count: objects.length(count)?,
            })
        }
        _ => None,
    }
}
