//! The code word of a codebook.
//!
//! Every table here is frozen with the version of the format: few values with few digits are
//! expected, as many of them negative as positive, of like magnitudes.

use super::error::CodebookError;
use super::grid::{Grid, MAX_MULTIPLE};
use super::values::{Codebook, Form, FULL_MANTISSA, MAX_CODEWORDS};
use crate::code::coder::decoder::Decoder;
use crate::code::coder::distribution::{AdaptiveBit, Weighted};
use crate::code::coder::encoder::Encoder;
use crate::code::coder::integer::{
    read_bits, read_gamma, read_signed, write_bits, write_gamma, write_signed,
};
use crate::code::error::CodeError;

/// Weights of the number of values: 0, 1, …, 15, more.
const COUNTS: [u64; 17] = [1, 4, 24, 8, 8, 6, 6, 6, 4, 2, 2, 2, 2, 2, 2, 2, 3];

/// A list of numbers, or multiples of a step.
const FORMS: [u64; 2] = [2, 1];

/// Weights of the number of binary digits after the leading one: 0, 1, …, 31.
const DIGITS: [u64; 32] = [
    12, 24, 32, 24, 12, 6, 4, 6, 2, 2, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 8, 8, 4, 2, 1, 1, 1,
    1, 1,
];

/// Small exponents, or differences of exponents, with their weights; the last is for all others.
struct Exponents {
    values: &'static [i64],
    weights: &'static [u64],
}

/// The first.
const FIRST: Exponents = Exponents {
    values: &[0, -1, 1, -2, 2, -3, -4, 3],
    weights: &[8, 8, 8, 4, 3, 3, 2, 1, 3],
};

/// Each other's difference from the one before.
const DIFFERENCES: Exponents = Exponents {
    values: &[0, 1, -1, 2, -2],
    weights: &[16, 6, 6, 2, 2, 2],
};

/// A magnitude's bits, as IEEE 754 has them.
const EXPONENT_BIAS: i64 = 127;

fn write_exponent(
    encoder: &mut Encoder,
    value: i64,
    exponents: &Exponents,
) -> Result<(), CodeError> {
    let usual = exponents.values.iter().position(|&usual| usual == value);
    encoder.write(
        usual.unwrap_or(exponents.values.len()),
        &Weighted::new(exponents.weights),
    )?;
    match usual {
        Some(_) => Ok(()),
        None => write_signed(encoder, value),
    }
}

fn read_exponent(decoder: &mut Decoder, exponents: &Exponents) -> Result<i64, CodeError> {
    let index = decoder.read(&Weighted::new(exponents.weights))?;
    match exponents.values.get(index) {
        Some(&value) => Ok(value),
        None => read_signed(decoder),
    }
}

/// Weights of how many of `count` values are negative: about half are expected.
fn negatives(count: usize) -> Weighted {
    let weights: Vec<u64> = (0..=count)
        .map(|negative| 1 + 2 * negative.min(count - negative) as u64)
        .collect();
    Weighted::new(&weights)
}

fn outside(what: &'static str, value: i64) -> CodeError {
    CodebookError::OutOfRange { what, value }.into()
}

impl Codebook {
    /// Ideal length of the code word, in bits.
    ///
    /// # Errors
    /// None in practice; the coder's error type is passed on.
    pub fn code_length(&self) -> Result<f64, CodeError> {
        let mut encoder = Encoder::new();
        self.write(&mut encoder)?;
        Ok(encoder.ideal_bits())
    }

    pub(in crate::code) fn write(&self, encoder: &mut Encoder) -> Result<(), CodeError> {
        let count = self.values.len();
        let escape = COUNTS.len() - 1;
        encoder.write(count.min(escape), &Weighted::new(&COUNTS))?;
        if count >= escape {
            write_gamma(encoder, (count - escape + 1) as u64)?;
        }
        if count == 0 {
            return Ok(());
        }
        encoder.write(
            usize::from(matches!(self.form, Form::Grid(_))),
            &Weighted::new(&FORMS),
        )?;
        encoder.write(self.negative(), &negatives(count))?;
        match &self.form {
            Form::List(digits) => self.write_list(encoder, *digits),
            Form::Grid(grid) => write_grid(encoder, grid),
        }
    }

    fn write_list(&self, encoder: &mut Encoder, digits: u32) -> Result<(), CodeError> {
        encoder.write(digits as usize, &Weighted::new(&DIGITS))?;
        let mut last = None;
        for value in &self.values {
            let bits = value.abs().to_bits();
            let exponent = i64::from(bits >> FULL_MANTISSA) - EXPONENT_BIAS;
            match last {
                None => write_exponent(encoder, exponent, &FIRST)?,
                Some(last) => write_exponent(encoder, exponent - last, &DIFFERENCES)?,
            }
            let mantissa = bits & ((1 << FULL_MANTISSA) - 1);
            write_bits(
                encoder,
                u64::from(mantissa >> (FULL_MANTISSA - digits)),
                digits,
            )?;
            last = Some(exponent);
        }
        Ok(())
    }

    pub(in crate::code) fn read(decoder: &mut Decoder) -> Result<Self, CodeError> {
        let escape = COUNTS.len() - 1;
        let mut count = decoder.read(&Weighted::new(&COUNTS))? as u64;
        if count == escape as u64 {
            count += read_gamma(decoder)? - 1;
        }
        if count > MAX_CODEWORDS as u64 {
            return Err(CodebookError::TooManyValues {
                count,
                limit: MAX_CODEWORDS,
            }
            .into());
        }
        let count = count as usize;
        if count == 0 {
            return Ok(Self::EMPTY);
        }
        let is_grid = decoder.read(&Weighted::new(&FORMS))? == 1;
        let negative = decoder.read(&negatives(count))?;
        if is_grid {
            let grid = read_grid(decoder, count, negative)?;
            let values = grid.values();
            return Ok(Self::with_form(Form::Grid(grid), values)?);
        }
        read_list(decoder, count, negative)
    }
}

fn read_list(decoder: &mut Decoder, count: usize, negative: usize) -> Result<Codebook, CodeError> {
    let digits = decoder.read(&Weighted::new(&DIGITS))? as u32;
    if digits > FULL_MANTISSA {
        return Err(outside("a number of binary digits", i64::from(digits)));
    }
    let mut last = None;
    let mut values = Vec::with_capacity(count);
    for index in 0..count {
        let exponent = match last {
            None => read_exponent(decoder, &FIRST)?,
            Some(last) => read_exponent(decoder, &DIFFERENCES)? + last,
        };
        if !(1 - EXPONENT_BIAS..=EXPONENT_BIAS).contains(&exponent) {
            return Err(outside("an exponent", exponent));
        }
        let mantissa = (read_bits(decoder, digits)? as u32) << (FULL_MANTISSA - digits);
        let bits = ((exponent + EXPONENT_BIAS) as u32) << FULL_MANTISSA | mantissa;
        let magnitude = f32::from_bits(bits);
        values.push(if index < negative {
            -magnitude
        } else {
            magnitude
        });
        last = Some(exponent);
    }
    Ok(Codebook::with_form(Form::List(digits), values)?)
}

/// Splits ascending multiples into the magnitudes of each sign, each ascending.
fn write_grid(encoder: &mut Encoder, grid: &Grid) -> Result<(), CodeError> {
    let (digits, exponent, mantissa) = grid.step();
    encoder.write(digits as usize, &Weighted::new(&DIGITS))?;
    write_exponent(encoder, i64::from(exponent), &FIRST)?;
    write_bits(encoder, mantissa, digits)?;
    let multiples = grid.multiples();
    let (below, above) = multiples.split_at(multiples.partition_point(|&multiple| multiple < 0));
    let mut is_next = AdaptiveBit::default();
    let mut last = 0u64;
    for (index, multiple) in below.iter().rev().chain(above).enumerate() {
        if index == below.len() {
            last = 0;
        }
        let magnitude = u64::from(multiple.unsigned_abs());
        let gap = magnitude - last;
        encoder.write(usize::from(gap == 1), &is_next.expect())?;
        is_next.observe(gap == 1);
        if gap > 1 {
            write_gamma(encoder, gap - 1)?;
        }
        last = magnitude;
    }
    Ok(())
}

fn read_grid(decoder: &mut Decoder, count: usize, negative: usize) -> Result<Grid, CodeError> {
    let digits = decoder.read(&Weighted::new(&DIGITS))? as u32;
    let exponent = read_exponent(decoder, &FIRST)?;
    let mantissa = read_bits(decoder, digits)?;
    let mut is_next = AdaptiveBit::default();
    let mut magnitudes = Vec::with_capacity(count);
    let mut last = 0i64;
    for index in 0..count {
        if index == negative {
            last = 0;
        }
        let next = decoder.read(&is_next.expect())? == 1;
        is_next.observe(next);
        last += if next {
            1
        } else {
            1 + read_gamma(decoder)? as i64
        };
        if last > i64::from(MAX_MULTIPLE) {
            return Err(outside("a multiple", last));
        }
        magnitudes.push(if index < negative {
            -last as i32
        } else {
            last as i32
        });
    }
    let (below, _) = magnitudes.split_at_mut(negative);
    below.reverse();
    Grid::new(
        digits,
        i32::try_from(exponent).unwrap_or(i32::MAX),
        mantissa,
        magnitudes,
    )
    .ok_or_else(|| outside("a step's exponent", exponent))
}
