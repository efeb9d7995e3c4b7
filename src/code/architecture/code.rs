//! The code word of an architecture: a fixed prior over layers, so that usual networks have short
//! ones.
//!
//! Layers form a Markov chain: the kind of the next depends on the kind of the last, and on what
//! followed that kind before. Every table here was fixed before any data were seen and belongs to
//! the format; every architecture has a code word, if a longer one.

use super::layers::{Architecture, Convolution, Layer, Padding};
use crate::code::coder::distribution::Weighted;
use crate::code::coder::integer::{
    read_bit, read_bits, read_gamma, write_bit, write_bits, write_gamma,
};
use crate::code::coder::range_coder::{Decoder, Encoder};
use crate::code::error::CodeError;
use crate::shape::ImageSize;

/// Kinds of layers, in the order of the tables' columns; `END` closes the chain.
const CONVOLUTION: usize = 0;
const MAX_POOL: usize = 1;
const AVERAGE_POOL: usize = 2;
const GLOBAL_AVERAGE: usize = 3;
const RELU: usize = 4;
const NORMALISE: usize = 5;
const DENSE: usize = 6;
const RELU6: usize = 7;
const BATCH_NORMALISE: usize = 8;
const BRANCH: usize = 9;
const EXCHANGE: usize = 10;
const JOIN: usize = 11;
const ORIENTED: usize = 12;
const END: usize = 13;
const KINDS: usize = 14;

/// Weights of the next kind (column) after each kind (row); the last row is for the first layer.
const NEXT: [[u64; KINDS]; KINDS] = [
    [32, 32, 8, 8, 192, 64, 8, 2, 8, 1, 1, 4, 0, 8],
    [128, 8, 8, 8, 64, 64, 64, 1, 1, 4, 1, 1, 0, 8],
    [128, 8, 8, 8, 16, 32, 64, 1, 1, 4, 1, 1, 0, 8],
    [16, 8, 8, 8, 16, 32, 128, 1, 1, 1, 1, 1, 0, 64],
    [128, 96, 16, 16, 8, 32, 64, 1, 1, 4, 1, 4, 0, 8],
    [96, 32, 8, 8, 128, 8, 64, 1, 1, 4, 1, 4, 0, 8],
    [8, 8, 8, 8, 48, 16, 16, 1, 1, 1, 1, 4, 0, 192],
    [128, 8, 8, 32, 1, 8, 32, 1, 1, 16, 1, 8, 0, 8],
    [32, 8, 8, 8, 128, 1, 8, 64, 1, 16, 4, 32, 0, 8],
    [64, 1, 1, 1, 16, 8, 8, 8, 64, 1, 1, 1, 0, 1],
    [64, 4, 16, 1, 1, 1, 8, 1, 4, 1, 1, 64, 0, 1],
    [32, 4, 4, 8, 64, 8, 8, 16, 32, 64, 1, 8, 0, 8],
    [32, 16, 8, 8, 192, 16, 8, 8, 8, 1, 1, 1, 0, 1],
    [192, 8, 32, 8, 8, 16, 64, 1, 8, 1, 1, 1, 128, 8],
];

/// Added to a pair's weight each time it occurs.
const SEEN: u64 = 64;

/// What the coder expects of the next layer: the table above, and what has been seen in this
/// architecture.
struct Expectation {
    next: [[u64; KINDS]; KINDS],
    last: usize,
    bias: [u64; 2],
}

impl Expectation {
    /// Biases are the exception: one in sixteen, until seen.
    fn new() -> Self {
        Self {
            next: NEXT,
            last: END,
            bias: [15, 1],
        }
    }

    /// The next kind's distribution: without an open branch none is exchanged or joined.
    fn kinds(&self, has_open_branch: bool) -> Weighted {
        let mut weights = self.next[self.last];
        if !has_open_branch {
            (weights[EXCHANGE], weights[JOIN]) = (0, 0);
        }
        Weighted::new(&weights)
    }

    fn observe(&mut self, kind: usize) {
        self.next[self.last][kind] += SEEN;
        self.last = kind;
    }

    fn write_bias(&mut self, encoder: &mut Encoder, bias: bool) -> Result<(), CodeError> {
        encoder.write(usize::from(bias), &Weighted::new(&self.bias))?;
        self.bias[usize::from(bias)] += BIAS_SEEN;
        Ok(())
    }

    fn read_bias(&mut self, decoder: &mut Decoder) -> Result<bool, CodeError> {
        let bias = decoder.read(&Weighted::new(&self.bias))?;
        self.bias[bias] += BIAS_SEEN;
        Ok(bias == 1)
    }
}

/// Added to the weight of a bias, or of none, each time it occurs.
const BIAS_SEEN: u64 = 8;

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
struct Favourites {
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
const POOLS: Favourites = Favourites {
    values: &[2, 3, 4],
    weights: &[24, 2, 2, 1],
};
const FILTERS: Favourites = Favourites {
    values: &[4, 8, 12],
    weights: &[2, 4, 8, 1],
};
const UNITS: Favourites = Favourites {
    values: &[10, 2, 100, 1000],
    weights: &[24, 2, 1, 1, 12],
};

/// Weights of the number of binary digits of a width: 1, 2, …, 12, more.
const WIDTH_DIGITS: [u64; 13] = [1, 2, 6, 16, 12, 6, 4, 3, 2, 2, 1, 1, 1];

fn write_favourite(
    encoder: &mut Encoder,
    value: usize,
    favourites: &Favourites,
) -> Result<(), CodeError> {
    let place = favourites
        .values
        .iter()
        .position(|&favourite| favourite == value);
    encoder.write(
        place.unwrap_or(favourites.values.len()),
        &Weighted::new(favourites.weights),
    )?;
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

/// All but the bias.
fn write_convolution(
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
fn read_convolution(decoder: &mut Decoder, before: ImageSize) -> Result<Convolution, CodeError> {
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
    /// None if the version of the format says that the layer is there.
    fn kind(&self) -> Option<usize> {
        Some(match self {
            Layer::Upright => return None,
            Layer::Convolution(_) => CONVOLUTION,
            Layer::Oriented { .. } => ORIENTED,
            Layer::MaxPool { .. } => MAX_POOL,
            Layer::AveragePool { .. } => AVERAGE_POOL,
            Layer::GlobalAverage => GLOBAL_AVERAGE,
            Layer::Relu => RELU,
            Layer::Normalise => NORMALISE,
            Layer::Relu6 => RELU6,
            Layer::BatchNormalise => BATCH_NORMALISE,
            Layer::Branch => BRANCH,
            Layer::Exchange => EXCHANGE,
            Layer::Join => JOIN,
            Layer::Dense { .. } => DENSE,
        })
    }
}

impl Architecture {
    /// Writes input size and layers, but not that the image is stood upright first.
    pub(in crate::code) fn write(&self, encoder: &mut Encoder) -> Result<(), CodeError> {
        write_input(encoder, self.input())?;
        let mut expectation = Expectation::new();
        let mut open = 0;
        for (layer, before, _) in self.steps() {
            let Some(kind) = layer.kind() else {
                continue;
            };
            encoder.write(kind, &expectation.kinds(open > 0))?;
            expectation.observe(kind);
            match layer {
                Layer::Convolution(convolution) => {
                    write_convolution(encoder, convolution, before)?;
                    expectation.write_bias(encoder, convolution.bias)?;
                }
                Layer::MaxPool { size } | Layer::AveragePool { size } => {
                    write_favourite(encoder, *size, &POOLS)?;
                }
                Layer::Oriented { filters } => write_favourite(encoder, *filters, &FILTERS)?,
                Layer::Dense { units, bias } => {
                    write_favourite(encoder, *units, &UNITS)?;
                    expectation.write_bias(encoder, *bias)?;
                }
                Layer::Branch => open += 1,
                Layer::Join => open -= 1,
                _ => {}
            }
        }
        encoder.write(END, &expectation.kinds(open > 0))
    }

    /// Reads what [`Architecture::write`] wrote of an architecture that begins upright or not.
    pub(in crate::code) fn read(
        decoder: &mut Decoder,
        is_upright: bool,
    ) -> Result<Self, CodeError> {
        let mut architecture = Self::unfinished(read_input(decoder)?)?;
        if is_upright {
            architecture.push(Layer::Upright)?;
        }
        let mut expectation = Expectation::new();
        loop {
            let kind = decoder.read(&expectation.kinds(architecture.has_open_branch()))?;
            expectation.observe(kind);
            let layer = match kind {
                CONVOLUTION => {
                    let convolution = read_convolution(decoder, architecture.output())?;
                    Layer::Convolution(Convolution {
                        bias: expectation.read_bias(decoder)?,
                        ..convolution
                    })
                }
                MAX_POOL => Layer::MaxPool {
                    size: read_favourite(decoder, &POOLS)?,
                },
                AVERAGE_POOL => Layer::AveragePool {
                    size: read_favourite(decoder, &POOLS)?,
                },
                ORIENTED => Layer::Oriented {
                    filters: read_favourite(decoder, &FILTERS)?,
                },
                GLOBAL_AVERAGE => Layer::GlobalAverage,
                RELU => Layer::Relu,
                RELU6 => Layer::Relu6,
                NORMALISE => Layer::Normalise,
                BATCH_NORMALISE => Layer::BatchNormalise,
                BRANCH => Layer::Branch,
                EXCHANGE => Layer::Exchange,
                JOIN => Layer::Join,
                DENSE => {
                    let units = read_favourite(decoder, &UNITS)?;
                    Layer::Dense {
                        units,
                        bias: expectation.read_bias(decoder)?,
                    }
                }
                _ => return architecture.finished(),
            };
            architecture.push(layer)?;
        }
    }
}
