//! The code word of an architecture: a fixed prior over layers, so that usual networks have short ones.
//!
//! Layers form a Markov chain: the kind of the next depends on the kind of the last. Every table here was fixed
//! before any data were seen and belongs to the format; every architecture has a code word, if a longer one.

use super::distribution::Weighted;
use super::integer::{read_bit, read_bits, read_gamma, write_bit, write_bits, write_gamma};
use super::{Architecture, CodeError, Convolution, Decoder, Encoder, ImageSize, Layer};

/// Kinds of layers, in the order of the tables' columns; `END` closes the chain.
const CONVOLUTION: usize = 0;
const MAX_POOL: usize = 1;
const AVERAGE_POOL: usize = 2;
const GLOBAL_AVERAGE: usize = 3;
const RELU: usize = 4;
const NORMALISE: usize = 5;
const DENSE: usize = 6;
const ORIENTED: usize = 7;
const END: usize = 8;

/// Weights of the next kind (column) after each kind (row); the last row is for the first layer.
const NEXT: [[u64; 9]; 9] = [
    [4, 4, 1, 1, 24, 8, 1, 0, 1],
    [16, 1, 1, 1, 8, 8, 8, 0, 1],
    [16, 1, 1, 1, 2, 4, 8, 0, 1],
    [2, 1, 1, 1, 2, 4, 16, 0, 8],
    [16, 12, 2, 2, 1, 4, 8, 0, 1],
    [12, 4, 1, 1, 16, 1, 8, 0, 1],
    [1, 1, 1, 1, 6, 2, 2, 0, 24],
    [4, 2, 1, 1, 24, 2, 1, 0, 1],
    [24, 1, 4, 1, 1, 2, 8, 16, 1],
];

/// Input sizes with a short code word: digits, MNIST, CIFAR, ImageNet.
const INPUTS: [ImageSize; 4] = [
    ImageSize { channels: 1, height: 8, width: 8 },
    ImageSize { channels: 1, height: 28, width: 28 },
    ImageSize { channels: 3, height: 32, width: 32 },
    ImageSize { channels: 3, height: 224, width: 224 },
];

/// Small integers with their weights; any other is escaped (the last symbol) and gamma coded.
struct Favourites {
    values: &'static [usize],
    weights: &'static [u64],
}

const KERNELS: Favourites = Favourites { values: &[1, 3, 5, 7, 2, 4], weights: &[6, 16, 4, 1, 1, 1, 1] };
const STRIDES: Favourites = Favourites { values: &[1, 2], weights: &[24, 6, 1] };
const POOLS: Favourites = Favourites { values: &[2, 3, 4], weights: &[24, 2, 2, 1] };
const FILTERS: Favourites = Favourites { values: &[4, 8, 12], weights: &[2, 4, 8, 1] };
const UNITS: Favourites = Favourites { values: &[10, 2, 100, 1000], weights: &[24, 2, 1, 1, 12] };

/// Weights of the number of binary digits of a width: 1, 2, …, 12, more.
const WIDTH_DIGITS: [u64; 13] = [1, 2, 6, 16, 12, 6, 4, 3, 2, 2, 1, 1, 1];

fn write_favourite(encoder: &mut Encoder, value: usize, favourites: &Favourites) -> Result<(), CodeError> {
    let place = favourites.values.iter().position(|&favourite| favourite == value);
    encoder.write(place.unwrap_or(favourites.values.len()), &Weighted::new(favourites.weights))?;
    match place {
        Some(_) => Ok(()),
        None => write_gamma(encoder, value as u64),
    }
}

fn read_favourite(decoder: &mut Decoder, favourites: &Favourites) -> Result<usize, CodeError> {
    let place = decoder.read(&Weighted::new(favourites.weights))?;
    match favourites.values.get(place) {
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

fn write_convolution(encoder: &mut Encoder, convolution: &Convolution, before: ImageSize) -> Result<(), CodeError> {
    let Convolution { channels, kernel, stride, padding, groups, bias } = *convolution;
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
    write_flag(encoder, bias)
}

fn read_convolution(decoder: &mut Decoder, before: ImageSize) -> Result<Convolution, CodeError> {
    let kernel = read_favourite(decoder, &KERNELS)?;
    let stride = read_favourite(decoder, &STRIDES)?;
    let padding = read_padding(decoder, kernel)?;
    let (channels, groups) = match decoder.read(&Weighted::new(&GROUPINGS))? {
        DENSE_GROUPING => (read_width(decoder)?, 1),
        DEPTHWISE => (before.channels, before.channels),
        _ => (read_width(decoder)?, read_gamma(decoder)? as usize),
    };
    let bias = read_flag(decoder)?;
    Ok(Convolution { channels, kernel, stride, padding, groups, bias })
}

/// Padding is mostly half the kernel or none.
const PADDINGS: [u64; 3] = [16, 6, 1];

fn write_padding(encoder: &mut Encoder, padding: usize, kernel: usize) -> Result<(), CodeError> {
    let class = if padding == kernel / 2 {
        0
    } else if padding == 0 {
        1
    } else {
        2
    };
    encoder.write(class, &Weighted::new(&PADDINGS))?;
    match class {
        2 => write_gamma(encoder, padding as u64),
        _ => Ok(()),
    }
}

fn read_padding(decoder: &mut Decoder, kernel: usize) -> Result<usize, CodeError> {
    match decoder.read(&Weighted::new(&PADDINGS))? {
        0 => Ok(kernel / 2),
        1 => Ok(0),
        _ => Ok(read_gamma(decoder)? as usize),
    }
}

/// Biases are the exception: one in sixteen.
const FLAG: [u64; 2] = [15, 1];

fn write_flag(encoder: &mut Encoder, flag: bool) -> Result<(), CodeError> {
    encoder.write(usize::from(flag), &Weighted::new(&FLAG))
}

fn read_flag(decoder: &mut Decoder) -> Result<bool, CodeError> {
    Ok(decoder.read(&Weighted::new(&FLAG))? == 1)
}

fn write_input(encoder: &mut Encoder, input: ImageSize) -> Result<(), CodeError> {
    match INPUTS.iter().position(|&usual| usual == input) {
        Some(place) => {
            write_bit(encoder, true)?;
            write_bits(encoder, place as u64, 2)
        }
        None => {
            write_bit(encoder, false)?;
            write_gamma(encoder, input.channels as u64)?;
            write_gamma(encoder, input.height as u64)?;
            write_gamma(encoder, input.width as u64)
        }
    }
}

fn read_input(decoder: &mut Decoder) -> Result<ImageSize, CodeError> {
    if read_bit(decoder)? {
        let place = read_bits(decoder, 2)? as usize;
        return INPUTS.get(place).copied().ok_or(CodeError::InvalidCodeWord);
    }
    Ok(ImageSize {
        channels: read_gamma(decoder)? as usize,
        height: read_gamma(decoder)? as usize,
        width: read_gamma(decoder)? as usize,
    })
}

impl Layer {
    fn kind(&self) -> usize {
        match self {
            Layer::Convolution(_) => CONVOLUTION,
            Layer::Oriented { .. } => ORIENTED,
            Layer::MaxPool { .. } => MAX_POOL,
            Layer::AveragePool { .. } => AVERAGE_POOL,
            Layer::GlobalAverage => GLOBAL_AVERAGE,
            Layer::Relu => RELU,
            Layer::Normalise => NORMALISE,
            Layer::Dense { .. } => DENSE,
        }
    }
}

impl Architecture {
    /// Writes input size and layers.
    pub(super) fn write(&self, encoder: &mut Encoder) -> Result<(), CodeError> {
        write_input(encoder, self.input())?;
        let mut last = END;
        for (layer, before, _) in self.steps() {
            encoder.write(layer.kind(), &Weighted::new(&NEXT[last]))?;
            last = layer.kind();
            match layer {
                Layer::Convolution(convolution) => write_convolution(encoder, convolution, before)?,
                Layer::MaxPool { size } | Layer::AveragePool { size } => {
                    write_favourite(encoder, *size, &POOLS)?;
                }
                Layer::Oriented { filters } => write_favourite(encoder, *filters, &FILTERS)?,
                Layer::Dense { units, bias } => {
                    write_favourite(encoder, *units, &UNITS)?;
                    write_flag(encoder, *bias)?;
                }
                Layer::GlobalAverage | Layer::Relu | Layer::Normalise => {}
            }
        }
        encoder.write(END, &Weighted::new(&NEXT[last]))
    }

    /// Reads what [`Architecture::write`] wrote.
    pub(super) fn read(decoder: &mut Decoder) -> Result<Self, CodeError> {
        let mut architecture = Self::unfinished(read_input(decoder)?)?;
        let mut last = END;
        loop {
            let kind = decoder.read(&Weighted::new(&NEXT[last]))?;
            let layer = match kind {
                CONVOLUTION => Layer::Convolution(read_convolution(decoder, architecture.output())?),
                MAX_POOL => Layer::MaxPool { size: read_favourite(decoder, &POOLS)? },
                AVERAGE_POOL => Layer::AveragePool { size: read_favourite(decoder, &POOLS)? },
                ORIENTED => Layer::Oriented { filters: read_favourite(decoder, &FILTERS)? },
                GLOBAL_AVERAGE => Layer::GlobalAverage,
                RELU => Layer::Relu,
                NORMALISE => Layer::Normalise,
                DENSE => Layer::Dense { units: read_favourite(decoder, &UNITS)?, bias: read_flag(decoder)? },
                _ => return architecture.finished(),
            };
            architecture.push(layer)?;
            last = kind;
        }
    }
}
