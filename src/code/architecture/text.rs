//! Architectures as text: `conv:8:3 relu max:2 dense:10`.

use std::fmt;

use super::chain::Architecture;
use super::error::{ArchitectureError, WordError};
use super::layer::{Convolution, Layer, Padding};
use crate::code::error::CodeError;
use crate::shape::ImageSize;

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Layer::Convolution(convolution) => {
                let Convolution {
                    channels,
                    kernel,
                    stride,
                    padding,
                    groups,
                    bias,
                } = convolution;
                write!(formatter, "conv:{channels}:{kernel}")?;
                if *stride != 1 {
                    write!(formatter, ":s{stride}")?;
                }
                match *padding {
                    Padding::Each(padding) if padding == kernel / 2 => {}
                    Padding::Each(padding) => write!(formatter, ":p{padding}")?,
                    Padding::Same => formatter.write_str(":same")?,
                }
                if *groups != 1 {
                    write!(formatter, ":g{groups}")?;
                }
                formatter.write_str(if *bias { ":b" } else { "" })
            }
            Layer::Deskew => formatter.write_str("upright"),
            Layer::Oriented { filters } => write!(formatter, "oriented:{filters}"),
            Layer::MaxPool { size } => write!(formatter, "max:{size}"),
            Layer::AveragePool { size } => write!(formatter, "avg:{size}"),
            Layer::GlobalAverage => formatter.write_str("gap"),
            Layer::Relu => formatter.write_str("relu"),
            Layer::Relu6 => formatter.write_str("relu6"),
            Layer::Normalise => formatter.write_str("norm"),
            Layer::BatchNormalise => formatter.write_str("bn"),
            Layer::Branch => formatter.write_str("("),
            Layer::Exchange => formatter.write_str("|"),
            Layer::Join => formatter.write_str(")"),
            Layer::Dense { units, bias } => {
                write!(formatter, "dense:{units}{}", if *bias { ":b" } else { "" })
            }
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, layer) in self.layers().iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(formatter, "{space}{layer}")?;
        }
        Ok(())
    }
}

impl Architecture {
    /// Reads layers from text, [in the words above](Architecture#layers-as-text).
    ///
    /// ```
    /// use nonvacuous::code::Architecture;
    /// use nonvacuous::shape::ImageSize;
    /// let input = ImageSize { channels: 1, height: 8, width: 8 };
    /// let text = "conv:8:3 relu max:2 conv:8:3:g8 norm dense:10";
    /// let architecture = Architecture::parse(text, input)?;
    /// assert_eq!(architecture.to_string(), text);
    /// assert_eq!(architecture.classes(), 10);
    /// # Ok::<(), nonvacuous::code::CodeError>(())
    /// ```
    ///
    /// # Errors
    /// [`ArchitectureError::Word`] if a word is not a layer; and as [`Architecture::new`].
    pub fn parse(text: &str, input: ImageSize) -> Result<Self, CodeError> {
        let mut architecture = Self::unfinished(input)?;
        for word in text.split_whitespace() {
            let layer = parse_layer(word, architecture.output().channels).map_err(|source| {
                ArchitectureError::Word {
                    word: word.to_string(),
                    source,
                }
            })?;
            architecture.push(layer)?;
        }
        architecture.finished()
    }
}

/// Reads one layer; `channels` is the number of channels before it.
fn parse_layer(word: &str, channels: usize) -> Result<Layer, WordError> {
    let mut parts = word.split(':');
    let name = parts.next().unwrap_or_default();
    let mut number = |what| {
        parts
            .next()
            .and_then(|part| part.parse::<usize>().ok())
            .ok_or(WordError::Missing { what })
    };
    let layer = match name {
        "conv" => convolution(number("a number of channels")?, number("a kernel size")?, 1),
        "dwconv" => convolution(channels, number("a kernel size")?, channels),
        "upright" => Layer::Deskew,
        "oriented" => Layer::Oriented {
            filters: number("a number of filters")?,
        },
        "max" => Layer::MaxPool {
            size: number("a window size")?,
        },
        "avg" => Layer::AveragePool {
            size: number("a window size")?,
        },
        "gap" => Layer::GlobalAverage,
        "relu" => Layer::Relu,
        "relu6" => Layer::Relu6,
        "norm" => Layer::Normalise,
        "bn" => Layer::BatchNormalise,
        "(" => Layer::Branch,
        "|" => Layer::Exchange,
        ")" => Layer::Join,
        "dense" => Layer::Dense {
            units: number("a number of units")?,
            bias: false,
        },
        _ => return Err(WordError::Unknown),
    };
    parts.try_fold(layer, with_option)
}

fn convolution(channels: usize, kernel: usize, groups: usize) -> Layer {
    Layer::Convolution(Convolution {
        channels,
        kernel,
        stride: 1,
        padding: Padding::Each(kernel / 2),
        groups,
        bias: false,
    })
}

/// The layer with one of the options that follow its numbers.
fn with_option(mut layer: Layer, option: &str) -> Result<Layer, WordError> {
    let unknown = |accepted| WordError::Option {
        option: option.to_string(),
        accepted,
    };
    match &mut layer {
        Layer::Dense { bias, .. } if option == "b" => *bias = true,
        Layer::Dense { .. } => return Err(unknown("dense has b (bias)")),
        Layer::Convolution(convolution) => with_convolution_option(convolution, option)
            .ok_or_else(|| {
                unknown(
                    "convolutions have sS (stride), pP or same (padding), gG (groups), b (bias)",
                )
            })?,
        _ => return Err(unknown("it has none")),
    }
    Ok(layer)
}

/// Sets an option, if there is such a one.
fn with_convolution_option(convolution: &mut Convolution, option: &str) -> Option<()> {
    if option == "same" {
        convolution.padding = Padding::Same;
        return Some(());
    }
    if option == "b" {
        convolution.bias = true;
        return Some(());
    }
    let letter = option.chars().next()?;
    let value = option.get(1..)?.parse().ok()?;
    match letter {
        's' => convolution.stride = value,
        'p' => convolution.padding = Padding::Each(value),
        'g' => convolution.groups = value,
        _ => return None,
    }
    Some(())
}
