//! Architectures as text: `conv:8:3 relu max:2 dense:10`.
//!
//! | word | layer |
//! |---|---|
//! | `conv:C:K` | convolution to `C` channels, kernel `K`, padding `K/2` |
//! | `dwconv:K` | depthwise convolution, kernel `K`, padding `K/2` |
//! | `upright` | the image stood upright; first of all |
//! | `oriented:F` | `F` fixed oriented filters on each channel |
//! | `max:S`, `avg:S`, `gap` | pooling |
//! | `relu`, `relu6`, `norm` | no parameters |
//! | `bn` | batch normalisation |
//! | `dense:U` | matrix product to `U` units |
//! | `( … )` | a residual block: what comes out is added to what went in |
//! | `( … \| … )` | the same with layers on the shortcut, after the bar |
//!
//! `conv` and `dwconv` take `:sS` (stride), `:pP` or `:same` (padding) and `:gG` (groups); these
//! and `dense` take `:b` (bias).

use std::fmt;

use super::layers::{Architecture, Convolution, Layer, Padding};
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
            Layer::Upright => formatter.write_str("upright"),
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
    /// Reads layers from text, as in the table above.
    ///
    /// ```
    /// use nonvacuous::code::{Architecture, ImageSize};
    /// let input = ImageSize { channels: 1, height: 8, width: 8 };
    /// let text = "conv:8:3 relu max:2 conv:8:3:g8 norm dense:10";
    /// let architecture = Architecture::parse(text, input)?;
    /// assert_eq!(architecture.to_string(), text);
    /// assert_eq!(architecture.classes(), 10);
    /// # Ok::<(), nonvacuous::code::CodeError>(())
    /// ```
    ///
    /// # Errors
    /// If a word is not a layer, or the layers do not fit each other.
    pub fn parse(text: &str, input: ImageSize) -> Result<Self, CodeError> {
        let mut architecture = Self::unfinished(input)?;
        for word in text.split_whitespace() {
            architecture.push(parse_layer(word, architecture.output().channels)?)?;
        }
        architecture.finished()
    }
}

/// Reads one layer; `channels` is the number of channels before it.
fn parse_layer(word: &str, channels: usize) -> Result<Layer, CodeError> {
    let mut parts = word.split(':');
    let name = parts.next().unwrap_or_default();
    let mut parts = parts.peekable();
    let mut number = |what: &str| {
        parts
            .next()
            .and_then(|part| part.parse::<usize>().ok())
            .ok_or_else(|| wrong(word, format!("it needs {what}")))
    };
    let layer = match name {
        "conv" => convolution(number("a number of channels")?, number("a kernel size")?, 1),
        "dwconv" => convolution(channels, number("a kernel size")?, channels),
        "upright" => Layer::Upright,
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
        _ => return Err(wrong(word, "there is no such layer".to_string())),
    };
    parts.try_fold(layer, |layer, option| with_option(layer, option, word))
}

fn wrong(word: &str, reason: String) -> CodeError {
    CodeError::Text {
        word: word.to_string(),
        reason,
    }
}

fn convolution(channels: usize, kernel: usize, groups: usize) -> Layer {
    let padding = Padding::Each(kernel / 2);
    Layer::Convolution(Convolution {
        channels,
        kernel,
        stride: 1,
        padding,
        groups,
        bias: false,
    })
}

fn with_option(mut layer: Layer, option: &str, word: &str) -> Result<Layer, CodeError> {
    let unknown = || wrong(word, format!("it has no option \"{option}\""));
    let value = || {
        option
            .get(1..)
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(unknown)
    };
    match (&mut layer, option.chars().next()) {
        (Layer::Dense { bias, .. }, Some('b')) if option == "b" => *bias = true,
        (Layer::Convolution(convolution), Some('b')) if option == "b" => convolution.bias = true,
        (Layer::Convolution(convolution), Some('s')) if option == "same" => {
            convolution.padding = Padding::Same
        }
        (Layer::Convolution(convolution), Some('s')) => convolution.stride = value()?,
        (Layer::Convolution(convolution), Some('p')) => {
            convolution.padding = Padding::Each(value()?)
        }
        (Layer::Convolution(convolution), Some('g')) => convolution.groups = value()?,
        _ => return Err(unknown()),
    }
    Ok(layer)
}
