//! The few values that the weights of a tensor take, at the precision they are used with.

use super::integer::{read_bit, read_bits, read_gamma, read_signed, write_bit, write_bits, write_gamma, write_signed};
use super::{CodeError, Decoder, Encoder};

/// A codebook has at most this many codewords.
pub const MAX_CODEWORDS: usize = 255;

/// Digits of a single-precision significand after the leading one.
const FULL_MANTISSA: u32 = 23;

/// Distinct non-zero numbers `±(1 + m / 2^p) 2^e`, in ascending order, with `p` binary digits after the point.
///
/// Zero is not a codeword: a weight that is zero is not kept. With `p = 23` every normal single-precision number is
/// a codeword; fewer digits make a shorter code word and the network computes with exactly those digits.
///
/// Code word: the gamma code of the number of values plus one, of `p + 1`, then for each value its sign, its
/// exponent's difference from the value before (from 0, for the first), signed, and `p` bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Codebook {
    digits: u32,
    values: Vec<f32>,
}

impl Codebook {
    /// No values: every weight is zero.
    pub const EMPTY: Self = Self { digits: 0, values: Vec::new() };

    /// Checks that `values` ascend, are not zero, and have at most `digits` binary digits after the leading one.
    ///
    /// # Errors
    /// [`CodeError::Codebook`] names the first value that is not accepted.
    pub fn new(digits: u32, values: Vec<f32>) -> Result<Self, CodeError> {
        if digits > FULL_MANTISSA {
            return Err(CodeError::Codebook(format!(
                "{digits} binary digits, but at most {FULL_MANTISSA} are accepted"
            )));
        }
        if values.len() > MAX_CODEWORDS {
            return Err(CodeError::Codebook(format!(
                "{} values, but at most {MAX_CODEWORDS} are accepted",
                values.len()
            )));
        }
        for &value in &values {
            if !value.is_normal() || Self::round(value, digits) != value {
                return Err(CodeError::Codebook(format!("{value} is not a normal number with {digits} binary digits")));
            }
        }
        if let Some(pair) = values.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(CodeError::Codebook(format!("values must ascend, but {} comes before {}", pair[0], pair[1])));
        }
        Ok(Self { digits, values })
    }

    /// The values, ascending.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The number with `digits` binary digits after the leading one that is nearest to `value`, ties away from zero.
    ///
    /// ```
    /// use nonvacuous::code::Codebook;
    /// assert_eq!(Codebook::round(0.3, 1), 0.25);
    /// assert_eq!(Codebook::round(-0.9, 0), -1.0);
    /// ```
    pub fn round(value: f32, digits: u32) -> f32 {
        let dropped = FULL_MANTISSA.saturating_sub(digits);
        let half = (1u32 << dropped) >> 1;
        f32::from_bits(value.to_bits().saturating_add(half) >> dropped << dropped)
    }

    /// Places values into a codebook: each is rounded, zeros and duplicates are dropped, the rest sorted.
    ///
    /// # Errors
    /// If a rounded value is not a normal number, or there are too many.
    pub fn nearest(digits: u32, values: &[f32]) -> Result<Self, CodeError> {
        let mut rounded: Vec<f32> =
            values.iter().filter(|value| **value != 0.0).map(|&value| Self::round(value, digits)).collect();
        rounded.sort_by(f32::total_cmp);
        rounded.dedup();
        Self::new(digits, rounded)
    }

    pub(super) fn write(&self, encoder: &mut Encoder) -> Result<(), CodeError> {
        write_gamma(encoder, self.values.len() as u64 + 1)?;
        write_gamma(encoder, u64::from(self.digits) + 1)?;
        let mut last = 0;
        for value in &self.values {
            let bits = value.to_bits();
            let exponent = (bits >> FULL_MANTISSA & 0xff) as i64 - 127;
            write_bit(encoder, value.is_sign_negative())?;
            write_signed(encoder, exponent - last)?;
            let mantissa = bits & ((1 << FULL_MANTISSA) - 1);
            write_bits(encoder, u64::from(mantissa >> (FULL_MANTISSA - self.digits)), self.digits)?;
            last = exponent;
        }
        Ok(())
    }

    pub(super) fn read(decoder: &mut Decoder) -> Result<Self, CodeError> {
        let count = read_gamma(decoder)? - 1;
        let digits = read_gamma(decoder)? - 1;
        if count > MAX_CODEWORDS as u64 || digits > u64::from(FULL_MANTISSA) {
            return Err(CodeError::Codebook(format!("{count} values of {digits} digits")));
        }
        let digits = digits as u32;
        let mut last = 0i64;
        let mut values = Vec::new();
        for _ in 0..count {
            let negative = read_bit(decoder)?;
            let exponent = last + read_signed(decoder)?;
            if !(-126..=127).contains(&exponent) {
                return Err(CodeError::Codebook(format!("exponent {exponent}")));
            }
            let mantissa = (read_bits(decoder, digits)? as u32) << (FULL_MANTISSA - digits);
            let bits = u32::from(negative) << 31 | ((exponent + 127) as u32) << FULL_MANTISSA | mantissa;
            values.push(f32::from_bits(bits));
            last = exponent;
        }
        Self::new(digits, values)
    }
}
