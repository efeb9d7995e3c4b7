//! The numbers of an input and of layers: usual ones have short code words.

use super::layer::{Convolution, Padding};
use crate::code::coder::decoder::Decoder;
use crate::code::coder::distribution::Weighted;
use crate::code::coder::encoder::Encoder;
use crate::code::coder::integer::{
    read_bit, read_bits, read_gamma, write_bit, write_bits, write_gamma,
};
use crate::code::error::CodeError;
use crate::shape::ImageSize;

/// Input sizes with a short code word: digits, MNIST, CIFAR, ImageNet.
const INPUTS: [ImageSize; 4] = [
    ImageSize {
        channels: 1,
        height: 8,
        width: 8,
    },
    ImageSize {
        channels: 1,
        height: 28,
        width: 28,
    },
    ImageSize {
        channels: 3,
        height: 32,
        width: 32,
    },
    ImageSize {
        channels: 3,
        height: 224,
        width: 224,
    },
];

/// Small integers with their weights; any other is escaped (the last symbol) and gamma coded.
pub(super) struct Favourites {
    values: &'static [usize],
    weights: &'static [u64],
}

const KERNELS: Favourites = Favourites {
    values: &[1, 3, 5, 7, 2, 4],
    weights: &[6, 16, 4, 1, 1, 1, 1],
};
const STRIDES: Favourites = Favourites {
    values: &[1, 2],
    weights: &[24, 6, 1],
};
pub(super) const POOLS: Favourites = Favourites {
    values: &[2, 3, 4],
    weights: &[24, 2, 2, 1],
};
pub(super) const FILTERS: Favourites = Favourites {
    values: &[4, 8, 12],
    weights: &[2, 4, 8, 1],
};
pub(super) const UNITS: Favourites = Favourites {
    values: &[10, 2, 100, 1000],
    weights: &[24, 2, 1, 1, 12],
};

/// Weights of the number of binary digits of a width: 1, 2, …, 12, more.
const WIDTH_DIGITS: [u64; 13] = [1, 2, 6, 16, 12, 6, 4, 3, 2, 2, 1, 1, 1];

pub(super) fn write_favourite(
    encoder: &mut Encoder,
    value: usize,
    favourites: &Favourites,
) -> Result<(), CodeError> {
    let index = favourites
        .values
        .iter()
        .position(|&favourite| favourite == value);
    encoder.write(
        index.unwrap_or(favourites.values.len()),
        &Weighted::new(favourites.weights),
    )?;
    match index {
        Some(_) => Ok(()),
        None => write_gamma(encoder, value as u64),
    }
}

pub(super) fn read_favourite(
    decoder: &mut Decoder,
    favourites: &Favourites,
) -> Result<usize, CodeError> {
    let index = decoder.read(&Weighted::new(favourites.weights))?;
    match favourites.values.get(index) {
        Some(&value) => Ok(value),
        None => Ok(read_gamma(decoder)? as usize),
    }
}

/// A number of channels or units: its number of binary digits, then the digits after the first.
fn write_width(encoder: &mut Encoder, width: usize) -> Result<(), CodeError> {
    let digits = (usize::BITS - width.leading_zeros()) as usize;
    let class = digits.saturating_sub(1).min(WIDTH_DIGITS.len() - 1);
    encoder.write(class, &Weighted::new(&WIDTH_DIGITS))?;
    if class == WIDTH_DIGITS.len() - 1 {
        write_gamma(encoder, width as u64)
    } else {
        write_bits(encoder, width as u64, class as u32)
    }
}

fn read_width(decoder: &mut Decoder) -> Result<usize, CodeError> {
    let class = decoder.read(&Weighted::new(&WIDTH_DIGITS))?;
    if class == WIDTH_DIGITS.len() - 1 {
        Ok(read_gamma(decoder)? as usize)
    } else {
        Ok(1 << class | read_bits(decoder, class as u32)? as usize)
    }
}

/// How a convolution's channels are grouped.
const GROUPINGS: [u64; 3] = [16, 8, 1];
const DENSE_GROUPING: usize = 0;
const DEPTHWISE: usize = 1;

/// All but the bias.
pub(super) fn write_convolution(
    encoder: &mut Encoder,
    convolution: &Convolution,
    before: ImageSize,
) -> Result<(), CodeError> {
    let Convolution {
        channels,
        kernel,
        stride,
        padding,
        groups,
        ..
    } = *convolution;
    write_favourite(encoder, kernel, &KERNELS)?;
    write_favourite(encoder, stride, &STRIDES)?;
    write_padding(encoder, padding, kernel)?;
    let depthwise = groups == before.channels && channels == before.channels && groups != 1;
    let grouping = match (groups, depthwise) {
        (1, _) => DENSE_GROUPING,
        (_, true) => DEPTHWISE,
        _ => GROUPINGS.len() - 1,
    };
    encoder.write(grouping, &Weighted::new(&GROUPINGS))?;
    if grouping != DEPTHWISE {
        write_width(encoder, channels)?;
    }
    if grouping == GROUPINGS.len() - 1 {
        write_gamma(encoder, groups as u64)?;
    }
    Ok(())
}

/// All but the bias.
pub(super) fn read_convolution(
    decoder: &mut Decoder,
    before: ImageSize,
) -> Result<Convolution, CodeError> {
    let kernel = read_favourite(decoder, &KERNELS)?;
    let stride = read_favourite(decoder, &STRIDES)?;
    let padding = read_padding(decoder, kernel)?;
    let (channels, groups) = match decoder.read(&Weighted::new(&GROUPINGS))? {
        DENSE_GROUPING => (read_width(decoder)?, 1),
        DEPTHWISE => (before.channels, before.channels),
        _ => (read_width(decoder)?, read_gamma(decoder)? as usize),
    };
    Ok(Convolution {
        channels,
        kernel,
        stride,
        padding,
        groups,
        bias: false,
    })
}

/// Padding is mostly half the kernel or none.
const PADDINGS: [u64; 4] = [128, 48, 8, 8];
const HALF: usize = 0;
const NONE: usize = 1;
const SAME: usize = 2;
const OTHER: usize = 3;

fn write_padding(encoder: &mut Encoder, padding: Padding, kernel: usize) -> Result<(), CodeError> {
    let (class, other) = match padding {
        Padding::Each(padding) if padding == kernel / 2 => (HALF, None),
        Padding::Each(0) => (NONE, None),
        Padding::Same => (SAME, None),
        Padding::Each(padding) => (OTHER, Some(padding)),
    };
    encoder.write(class, &Weighted::new(&PADDINGS))?;
    other.map_or(Ok(()), |padding| write_gamma(encoder, padding as u64))
}

fn read_padding(decoder: &mut Decoder, kernel: usize) -> Result<Padding, CodeError> {
    Ok(match decoder.read(&Weighted::new(&PADDINGS))? {
        HALF => Padding::Each(kernel / 2),
        NONE => Padding::Each(0),
        SAME => Padding::Same,
        _ => Padding::Each(read_gamma(decoder)? as usize),
    })
}

pub(in crate::code) fn write_input(
    encoder: &mut Encoder,
    input: ImageSize,
) -> Result<(), CodeError> {
    match INPUTS.iter().position(|&usual| usual == input) {
        Some(index) => {
            write_bit(encoder, true)?;
            write_bits(encoder, index as u64, 2)
        }
        None => {
            write_bit(encoder, false)?;
            write_gamma(encoder, input.channels as u64)?;
            write_gamma(encoder, input.height as u64)?;
            write_gamma(encoder, input.width as u64)
        }
    }
}

pub(in crate::code) fn read_input(decoder: &mut Decoder) -> Result<ImageSize, CodeError> {
    if read_bit(decoder)? {
        let index = read_bits(decoder, 2)? as usize;
        return INPUTS.get(index).copied().ok_or(CodeError::InvalidCodeWord);
    }
    Ok(ImageSize {
        channels: read_gamma(decoder)? as usize,
        height: read_gamma(decoder)? as usize,
        width: read_gamma(decoder)? as usize,
    })
}
