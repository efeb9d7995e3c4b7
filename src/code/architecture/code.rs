//! The code word of an architecture: a fixed prior over layers, so that usual networks have short
//! ones.
//!
//! Layers form a Markov chain: the kind of the next depends on the kind of the last, and on what
//! followed that kind before. Every table here is frozen with the version of the format.

use super::chain::Architecture;
use super::layer::{Convolution, Layer};
use super::numbers::{
    read_convolution, read_favourite, read_input, write_convolution, write_favourite, write_input,
    FILTERS, POOLS, UNITS,
};
use crate::code::coder::decoder::Decoder;
use crate::code::coder::distribution::Weighted;
use crate::code::coder::encoder::Encoder;
use crate::code::error::CodeError;

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

/// Added to the weight of a bias, or of none, each time it occurs.
const BIAS_SEEN: u64 = 8;

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

impl Layer {
    /// None if the version of the format says that the layer is there.
    fn kind(&self) -> Option<usize> {
        Some(match self {
            Layer::Deskew => return None,
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
    /// Writes input size and layers, but not that the image is deskewed first.
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

    /// Reads what [`Architecture::write`] wrote of an architecture that begins with deskewing or
    /// not.
    pub(in crate::code) fn read(
        decoder: &mut Decoder,
        is_deskewed: bool,
    ) -> Result<Self, CodeError> {
        let mut architecture = Self::unfinished(read_input(decoder)?)?;
        if is_deskewed {
            architecture.push(Layer::Deskew)?;
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
