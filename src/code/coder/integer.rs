//! Universal codes for integers, written through the arithmetic coder at one half a bit.

use super::distribution::{Binary, Weighted};
use super::range_coder::{Decoder, Encoder};
use crate::code::error::CodeError;

/// Integers in the stream have at most this many bits.
pub const MAX_BITS: u32 = 40;

/// Writes one equiprobable bit.
///
/// # Errors
/// None in practice; the coder's error type is passed on.
pub fn write_bit(encoder: &mut Encoder, bit: bool) -> Result<(), CodeError> {
    encoder.write(usize::from(bit), &Binary::FAIR)
}

/// Reads one equiprobable bit.
///
/// # Errors
/// If the stream is damaged.
pub fn read_bit(decoder: &mut Decoder) -> Result<bool, CodeError> {
    Ok(decoder.read(&Binary::FAIR)? == 1)
}

/// Writes the lowest `count` bits of `value`, the highest first.
///
/// # Errors
/// None in practice; the coder's error type is passed on.
pub fn write_bits(encoder: &mut Encoder, value: u64, count: u32) -> Result<(), CodeError> {
    (0..count)
        .rev()
        .try_for_each(|position| write_bit(encoder, value >> position & 1 == 1))
}

/// Reads `count` bits, the highest first.
///
/// # Errors
/// If the stream is damaged.
pub fn read_bits(decoder: &mut Decoder, count: u32) -> Result<u64, CodeError> {
    (0..count).try_fold(0, |value, _| Ok(value << 1 | u64::from(read_bit(decoder)?)))
}

/// Writes `value >= 1` in Elias's gamma code (1975): `2 floor(log2 value) + 1` bits.
///
/// # Errors
/// If `value` is zero or has more than [`MAX_BITS`] bits.
pub fn write_gamma(encoder: &mut Encoder, value: u64) -> Result<(), CodeError> {
    let length = u64::BITS - value.leading_zeros();
    if length == 0 || length > MAX_BITS {
        return Err(CodeError::IntegerTooLong { limit: MAX_BITS });
    }
    write_bits(encoder, 0, length - 1)?;
    write_bits(encoder, value, length)
}

/// Reads an integer written by [`write_gamma`].
///
/// # Errors
/// If the stream is damaged or the integer has more than [`MAX_BITS`] bits.
pub fn read_gamma(decoder: &mut Decoder) -> Result<u64, CodeError> {
    let mut more = 0;
    while !read_bit(decoder)? {
        more += 1;
        if more == MAX_BITS {
            return Err(CodeError::IntegerTooLong { limit: MAX_BITS });
        }
    }
    Ok(1 << more | read_bits(decoder, more)?)
}

/// Writes any integer as the gamma code of `1, 2, 3, 4, 5, …` for `0, -1, 1, -2, 2, …`.
///
/// # Errors
/// If its magnitude has more than `MAX_BITS - 1` bits.
pub fn write_signed(encoder: &mut Encoder, value: i64) -> Result<(), CodeError> {
    let folded = (value << 1 ^ value >> 63) as u64;
    write_gamma(encoder, folded.saturating_add(1))
}

/// Reads an integer written by [`write_signed`].
///
/// # Errors
/// If the stream is damaged or the integer is too long.
pub fn read_signed(decoder: &mut Decoder) -> Result<i64, CodeError> {
    let folded = read_gamma(decoder)? - 1;
    Ok((folded >> 1) as i64 ^ -((folded & 1) as i64))
}

/// Writes `value >= 1` in Elias's delta code (1975): its number of binary digits in gamma code,
/// then the digits after the first; `floor(log2 value) + 2 floor(log2(floor(log2 value) + 1)) + 1`
/// bits.
///
/// # Errors
/// If `value` is zero or has more than [`MAX_BITS`] bits.
pub fn write_delta(encoder: &mut Encoder, value: u64) -> Result<(), CodeError> {
    let length = u64::BITS - value.leading_zeros();
    if length == 0 || length > MAX_BITS {
        return Err(CodeError::IntegerTooLong { limit: MAX_BITS });
    }
    write_gamma(encoder, u64::from(length))?;
    write_bits(encoder, value, length - 1)
}

/// Reads an integer written by [`write_delta`].
///
/// # Errors
/// If the stream is damaged or the integer has more than [`MAX_BITS`] bits.
pub fn read_delta(decoder: &mut Decoder) -> Result<u64, CodeError> {
    let length = read_gamma(decoder)?;
    if length > u64::from(MAX_BITS) {
        return Err(CodeError::IntegerTooLong { limit: MAX_BITS });
    }
    let more = length as u32 - 1;
    Ok(1 << more | read_bits(decoder, more)?)
}

/// Writes `value >= 1` in Elias's omega code (1975): groups of digits, each saying how long the
/// next is, and a zero.
///
/// # Errors
/// If `value` is zero or has more than [`MAX_BITS`] bits.
pub fn write_omega(encoder: &mut Encoder, value: u64) -> Result<(), CodeError> {
    if value == 0 || value >> MAX_BITS != 0 {
        return Err(CodeError::IntegerTooLong { limit: MAX_BITS });
    }
    let mut groups = Vec::new();
    let mut rest = value;
    while rest > 1 {
        groups.push(rest);
        rest = u64::from(rest.ilog2());
    }
    for group in groups.into_iter().rev() {
        write_bits(encoder, group, group.ilog2() + 1)?;
    }
    write_bit(encoder, false)
}

/// Reads an integer written by [`write_omega`].
///
/// # Errors
/// If the stream is damaged or the integer has more than [`MAX_BITS`] bits.
pub fn read_omega(decoder: &mut Decoder) -> Result<u64, CodeError> {
    let mut value = 1u64;
    while read_bit(decoder)? {
        if value >= u64::from(MAX_BITS) {
            return Err(CodeError::IntegerTooLong { limit: MAX_BITS });
        }
        value = 1 << value | read_bits(decoder, value as u32)?;
    }
    Ok(value)
}

/// Quotients of the Rice code are at most this.
pub const MAX_QUOTIENT: u64 = 1 << 16;

/// Writes any `value` in the Rice code of `parameter` digits (Golomb 1966; Rice 1979): the value
/// without its last `parameter` digits in unary, then these digits; best for geometric values whose
/// mean is about `2^parameter`.
///
/// # Errors
/// If the quotient is above [`MAX_QUOTIENT`] or `parameter` above [`MAX_BITS`].
pub fn write_rice(encoder: &mut Encoder, value: u64, parameter: u32) -> Result<(), CodeError> {
    if parameter > MAX_BITS || value >> parameter > MAX_QUOTIENT {
        return Err(CodeError::IntegerTooLong { limit: MAX_BITS });
    }
    for _ in 0..value >> parameter {
        write_bit(encoder, true)?;
    }
    write_bit(encoder, false)?;
    write_bits(encoder, value, parameter)
}

/// Reads an integer written by [`write_rice`] with the same parameter.
///
/// # Errors
/// If the stream is damaged, the quotient is above [`MAX_QUOTIENT`] or `parameter` above
/// [`MAX_BITS`].
pub fn read_rice(decoder: &mut Decoder, parameter: u32) -> Result<u64, CodeError> {
    let mut quotient = 0;
    while read_bit(decoder)? {
        quotient += 1;
        if quotient > MAX_QUOTIENT || parameter > MAX_BITS {
            return Err(CodeError::IntegerTooLong { limit: MAX_BITS });
        }
    }
    Ok(quotient << parameter | read_bits(decoder, parameter)?)
}

/// Writes a subset of `mask.len()` places enumeratively (Cover 1973): after its size, which the
/// reader must know, `log2 C(places, size)` bits up to rounding.
///
/// Place by place, the next is in the subset with probability *missing members / missing places*:
/// the product over all places is one over the number of subsets of that size.
///
/// # Errors
/// None in practice; the coder's error type is passed on.
pub fn write_subset(encoder: &mut Encoder, mask: &[bool]) -> Result<(), CodeError> {
    let mut members = mask.iter().filter(|&&member| member).count() as u64;
    for (place, &member) in mask.iter().enumerate() {
        let others = (mask.len() - place) as u64 - members;
        if members > 0 && others > 0 {
            encoder.write(usize::from(member), &Weighted::new(&[others, members]))?;
        }
        members -= u64::from(member);
    }
    Ok(())
}

/// Reads a subset of `members` of `places` written by [`write_subset`].
///
/// # Errors
/// If the stream is damaged or there are more members than places.
pub fn read_subset(
    decoder: &mut Decoder,
    places: usize,
    members: usize,
) -> Result<Vec<bool>, CodeError> {
    if members > places {
        return Err(CodeError::InvalidCodeWord);
    }
    let mut missing = members as u64;
    let mut mask = Vec::with_capacity(places);
    for place in 0..places {
        let others = (places - place) as u64 - missing;
        let member = match (missing, others) {
            (0, _) => false,
            (_, 0) => true,
            _ => decoder.read(&Weighted::new(&[others, missing]))? == 1,
        };
        missing -= u64::from(member);
        mask.push(member);
    }
    Ok(mask)
}
