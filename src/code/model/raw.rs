//! Weights as they are: the 32 bits of each, the higher half first.

use crate::code::coder::decoder::Decoder;
use crate::code::coder::distribution::Uniform;
use crate::code::coder::encoder::Encoder;
use crate::code::coder::length::Purpose;
use crate::code::error::CodeError;

pub(super) fn write(encoder: &mut Encoder, weights: &[f32]) -> Result<(), CodeError> {
    encoder.set_purpose(Purpose::Assignment);
    for weight in weights {
        let bits = weight.to_bits();
        encoder.write((bits >> 16) as usize, &Uniform)?;
        encoder.write((bits & 0xffff) as usize, &Uniform)?;
    }
    encoder.set_purpose(Purpose::Description);
    Ok(())
}

/// # Errors
/// [`CodeError::InvalidCodeWord`] at the first that is not finite.
pub(super) fn read(decoder: &mut Decoder, count: usize) -> Result<Vec<f32>, CodeError> {
    let mut weights = Vec::with_capacity(count);
    for _ in 0..count {
        let high = decoder.read(&Uniform)? as u32;
        let weight = f32::from_bits(high << 16 | decoder.read(&Uniform)? as u32);
        if !weight.is_finite() {
            return Err(CodeError::InvalidCodeWord);
        }
        weights.push(weight);
    }
    Ok(weights)
}
