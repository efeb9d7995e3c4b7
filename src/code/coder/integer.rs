//! Universal codes for integers, written through the arithmetic coder at one half a bit.

use super::decoder::Decoder;
use super::distribution::Binary;
use super::encoder::Encoder;
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
