//! The numbers of a tensor, wherever the file has them.

use std::borrow::Cow;
use std::rc::Rc;

use half::{bf16, f16};

use super::constant::{count_of, Constant, Numbers};
use super::error::Refusal;
use super::external::Folder;
use super::file::TensorMessage;
use super::ledger::Ledger;
use super::protobuf::Damaged;

/// A type of numbers, and how it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Single,
    Double,
    Half,
    BrainHalf,
    /// Integers of so many bytes.
    Signed(usize),
    Unsigned(usize),
}

impl Kind {
    /// By the number in `TensorProto.DataType`.
    fn of(data_type: i64) -> Result<Self, Refusal> {
        Ok(match data_type {
            1 => Kind::Single,
            2 | 9 => Kind::Unsigned(1),
            3 => Kind::Signed(1),
            4 => Kind::Unsigned(2),
            5 => Kind::Signed(2),
            6 => Kind::Signed(4),
            7 => Kind::Signed(8),
            10 => Kind::Half,
            11 => Kind::Double,
            12 => Kind::Unsigned(4),
            16 => Kind::BrainHalf,
            other => return Err(Refusal::Type(other)),
        })
    }

    fn bytes(self) -> usize {
        match self {
            Kind::Single => 4,
            Kind::Double => 8,
            Kind::Half | Kind::BrainHalf => 2,
            Kind::Signed(bytes) | Kind::Unsigned(bytes) => bytes,
        }
    }
}

/// Whether numbers of this type, as `TensorProto.DataType` counts them, are floating point numbers.
pub(super) fn is_float(data_type: i64) -> bool {
    matches!(data_type, 1 | 10 | 11 | 16)
}

/// Reads a tensor.
///
/// # Errors
/// If its numbers are of another type, missing, or too many; or in a file that cannot be read.
pub(super) fn read(
    tensor: &TensorMessage<'_>,
    folder: &Folder,
    ledger: &mut Ledger,
) -> Result<Constant, Refusal> {
    let kind = Kind::of(tensor.data_type)?;
    let mut shape = Vec::with_capacity(tensor.dimensions.len().min(16));
    for &length in &tensor.dimensions {
        let length =
            usize::try_from(length).map_err(|_| Refusal::Dimensions(tensor.dimensions.clone()))?;
        shape.push(length);
    }
    let count = count_of(&shape)?;
    let wrong_length = |found: usize, expected: usize| Refusal::Length {
        found,
        expected,
        dimensions: tensor.dimensions.clone(),
    };
    let raw = match tensor.is_external {
        true => Some(Cow::Owned(folder.read(
            &tensor.external,
            count * kind.bytes(),
            ledger,
        )?)),
        false => tensor.raw.map(Cow::Borrowed),
    };
    let numbers = match raw {
        Some(raw) => {
            if raw.len() != count * kind.bytes() {
                return Err(wrong_length(raw.len(), count * kind.bytes()));
            }
            ledger.take(count)?;
            of_bytes(kind, &raw)
        }
        None => of_fields(kind, tensor)?,
    };
    let found = match &numbers {
        Numbers::Floats(numbers) => numbers.len(),
        Numbers::Integers(numbers) => numbers.len(),
    };
    if found != count {
        return Err(wrong_length(found, count));
    }
    ledger.take(count)?;
    let name = tensor.name.to_string();
    Ok(Constant {
        name,
        shape,
        numbers,
    })
}

fn of_bytes(kind: Kind, raw: &[u8]) -> Numbers {
    let pairs = || raw.as_chunks::<2>().0.iter();
    let fours = || raw.as_chunks::<4>().0.iter();
    let eights = || raw.as_chunks::<8>().0.iter();
    let floats = |numbers: Vec<f32>| Numbers::Floats(Rc::new(numbers));
    let integers = |numbers: Vec<i64>| Numbers::Integers(Rc::new(numbers));
    match kind {
        Kind::Single => floats(fours().map(|bytes| f32::from_le_bytes(*bytes)).collect()),
        Kind::Double => floats(
            eights()
                .map(|bytes| f64::from_le_bytes(*bytes) as f32)
                .collect(),
        ),
        Kind::Half => floats(
            pairs()
                .map(|bytes| f16::from_le_bytes(*bytes).to_f32())
                .collect(),
        ),
        Kind::BrainHalf => floats(
            pairs()
                .map(|bytes| bf16::from_le_bytes(*bytes).to_f32())
                .collect(),
        ),
        Kind::Signed(size) | Kind::Unsigned(size) => {
            let is_signed = kind == Kind::Signed(size);
            let chunks = raw.chunks_exact(size);
            integers(chunks.map(|bytes| integer(bytes, is_signed)).collect())
        }
    }
}

/// An integer of at most eight bytes, the lowest first.
fn integer(bytes: &[u8], is_signed: bool) -> i64 {
    let is_negative = is_signed && bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let mut all = if is_negative { [0xff; 8] } else { [0; 8] };
    all[..bytes.len()].copy_from_slice(bytes);
    i64::from_le_bytes(all)
}

/// Numbers in the field that belongs to their type.
fn of_fields(kind: Kind, tensor: &TensorMessage<'_>) -> Result<Numbers, Refusal> {
    let expected = match kind {
        Kind::Single => 4,
        Kind::Double => 10,
        Kind::Signed(8) => 7,
        Kind::Unsigned(4) => 11,
        _ => 5,
    };
    let (mut floats, mut integers) = (Vec::new(), Vec::new());
    for field in &tensor.fields {
        if field.number != expected {
            return Err(Damaged::Type(field.number).into());
        }
        match kind {
            Kind::Single => field.append_floats(&mut floats)?,
            Kind::Double => field.append_doubles(&mut floats)?,
            _ => field.append_integers(&mut integers)?,
        }
    }
    let of_bits = |convert: fn(u16) -> f32| -> Vec<f32> {
        integers.iter().map(|&bits| convert(bits as u16)).collect()
    };
    Ok(match kind {
        Kind::Single | Kind::Double => Numbers::Floats(Rc::new(floats)),
        Kind::Half => Numbers::Floats(Rc::new(of_bits(|bits| f16::from_bits(bits).to_f32()))),
        Kind::BrainHalf => Numbers::Floats(Rc::new(of_bits(|bits| bf16::from_bits(bits).to_f32()))),
        // Fields of 32 bits hold them as 64.
        Kind::Signed(4) => {
            let narrow = integers.iter().map(|&number| i64::from(number as i32));
            Numbers::Integers(Rc::new(narrow.collect()))
        }
        _ => Numbers::Integers(Rc::new(integers)),
    })
}
