//! A network trained elsewhere: from named tensors to an architecture's.

use thiserror::Error;

use super::import_names::{read_moments, KnownNames};
use super::safetensors::{SafetensorsError, SafetensorsFile};
use super::trained_network::TrainedNetwork;
use crate::code::{Architecture, CodeError, Convolution, Layer, Padding, TensorShape};
use crate::evaluate::EvaluationError;

/// Why a file does not become a network.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file.
    #[error(transparent)]
    File(#[from] SafetensorsError),
    /// The architecture or the code.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The function cannot be computed.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// No tensor has the name.
    #[error("no tensor of the file is called {wanted}, alone or after a prefix; it has {found}; name it with --tensor {wanted}=NAME")]
    Name {
        /// The architecture's name.
        wanted: String,
        /// Names in the file.
        found: String,
    },
    /// Several tensors have it.
    #[error("several tensors could be {wanted}: {found}; choose with --tensor {wanted}=NAME")]
    Ambiguous {
        /// The architecture's name.
        wanted: String,
        /// Names in the file.
        found: String,
    },
    /// A tensor has other sizes.
    #[error("{tensor} has shape {found:?}, but {wanted} of the architecture needs {expected:?}{alternative}")]
    Shape {
        /// The tensor in the file.
        tensor: String,
        /// The architecture's name.
        wanted: String,
        /// What the file has.
        found: Vec<usize>,
        /// What the architecture has.
        expected: Vec<usize>,
        /// The other layout, if it has another shape.
        alternative: String,
    },
    /// Too many values for a codebook.
    #[error("{tensor} takes more than {limit} values that are not zero; quantise it first, or with --codewords 16")]
    Values {
        /// The tensor.
        tensor: String,
        /// Most values.
        limit: usize,
    },
    /// A weight that is not a finite number.
    #[error("{tensor} has the weight {value}; weights are finite numbers")]
    NotFinite {
        /// The tensor.
        tensor: String,
        /// The weight.
        value: f32,
    },
    /// Numbers for black and white that do not fit the channels.
    #[error("{found} numbers for black and white, but {channels} channels take 2 or {needed}")]
    Pixels {
        /// How many numbers were given.
        found: usize,
        /// Channels of the input.
        channels: usize,
        /// One pair a channel.
        needed: usize,
    },
    /// A step of simplification did not keep the function.
    #[error(
        "simplification changed a logit by {difference:e} of the largest, more than {allowed:e}"
    )]
    Changed {
        /// Largest difference seen.
        difference: f64,
        /// Largest accepted.
        allowed: f64,
    },
}

/// How to read a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportOptions {
    /// Names: of the architecture's tensor, and of the file's.
    pub names: Vec<(String, String)>,
    /// What the network expects for black and for white, in all channels or in each: `[-1, 1]`, if
    /// it was trained on pixels from -1 to 1. Empty: from 0 to 1.
    pub pixels: Vec<f32>,
    /// What is added to a variance before its root, where a batch normalisation comes with moments;
    /// if it is not given, `1e-3` for EfficientNet-Lite0, else `1e-5` as in PyTorch.
    pub epsilon: Option<f64>,
}

/// Reads the tensors that `architecture` needs.
///
/// A name fits if it ends in the architecture's (`model.conv1.weight`, `LeNet/conv1/weights`).
/// Kernels may be stored as `[out, in, rows, columns]` and matrices as `[out, in]` (PyTorch), or as
/// `[rows, columns, in, out]` and `[in, out]` (TensorFlow). The inputs of a dense layer after a
/// feature map are in the order channel, row, column.
///
/// Batch normalisations that come with moments (`bn1.running_mean` and `bn1.running_var` beside
/// `bn1.weight`) get scales and shifts that include them. EfficientNet-Lite0 is known by the names
/// of `efficientnet-lite-pytorch`.
///
/// If the network expects pixels in another range than from 0 to 1, a depthwise 1x1 convolution in
/// front maps them: it is part of the function, so it is part of the file.
///
/// # Errors
/// If the file cannot be read or its names, shapes or types do not fit.
pub fn import(
    file: &mut SafetensorsFile,
    architecture: &Architecture,
    options: &ImportOptions,
) -> Result<TrainedNetwork, ImportError> {
    let shapes = architecture.tensors();
    let known = KnownNames::of(file);
    let mut sources = Vec::with_capacity(shapes.len());
    for shape in &shapes {
        sources.push((find(file, &shape.name, options, &known)?, shape));
    }
    let moments = read_moments(file, &sources, options.epsilon.unwrap_or(known.epsilon))?;
    // A square matrix does not tell its layout; the others do.
    let layouts = sources
        .iter()
        .filter_map(|(name, shape)| Layout::of(file, name, shape));
    let usual = layouts
        .filter(|layout| layout.is_certain)
        .map(|layout| layout.is_transposed)
        .next()
        .unwrap_or(false);
    let mut weights = Vec::with_capacity(shapes.len());
    for (name, shape) in sources {
        let Some(layout) = Layout::of(file, &name, shape) else {
            return Err(wrong_shape(file, name, shape));
        };
        let mut numbers = file.read(&name)?;
        if if layout.is_certain {
            layout.is_transposed
        } else {
            usual
        } {
            numbers = transpose(&numbers, &shape.dimensions);
        }
        weights.push(numbers);
    }
    for (place, moments) in moments {
        if let Some([scale, shift]) = weights.get_mut(place..place + 2) {
            moments.fold(scale, shift);
        }
    }
    // Minus zero is zero.
    weights
        .iter_mut()
        .flatten()
        .filter(|number| **number == 0.0)
        .for_each(|number| *number = 0.0);
    with_pixels(architecture, weights, &options.pixels)
}

/// Whether a tensor is stored with its output index last, and whether its shape alone tells.
struct Layout {
    is_transposed: bool,
    is_certain: bool,
}

impl Layout {
    fn of(file: &SafetensorsFile, name: &str, shape: &TensorShape) -> Option<Self> {
        let found = &file.entries().get(name)?.shape;
        let (straight, transposed) = (
            *found == shape.dimensions,
            *found == transposed(&shape.dimensions),
        );
        let is_certain = straight != transposed;
        (straight || transposed).then_some(Self {
            is_transposed: !straight,
            is_certain,
        })
    }
}

/// `[out, in, rows, columns]` becomes `[rows, columns, in, out]`, `[out, in]` becomes `[in, out]`.
fn transposed(dimensions: &[usize]) -> Vec<usize> {
    match *dimensions {
        [out, input, rows, columns] => vec![rows, columns, input, out],
        [out, input] => vec![input, out],
        _ => dimensions.to_vec(),
    }
}

/// From the transposed layout to `dimensions`.
fn transpose(numbers: &[f32], dimensions: &[usize]) -> Vec<f32> {
    let (out, input, area) = match *dimensions {
        [out, input, rows, columns] => (out, input, rows * columns),
        [out, input] => (out, input, 1),
        _ => return numbers.to_vec(),
    };
    let mut straight = Vec::with_capacity(numbers.len());
    for output in 0..out {
        for channel in 0..input {
            straight.extend(
                (0..area).filter_map(|place| numbers.get((place * input + channel) * out + output)),
            );
        }
    }
    straight
}

fn wrong_shape(file: &SafetensorsFile, tensor: String, shape: &TensorShape) -> ImportError {
    let found = file
        .entries()
        .get(&tensor)
        .map(|entry| entry.shape.clone())
        .unwrap_or_default();
    let other = transposed(&shape.dimensions);
    let alternative = if other == shape.dimensions {
        String::new()
    } else {
        format!(" or {other:?}")
    };
    ImportError::Shape {
        tensor,
        wanted: shape.name.clone(),
        found,
        expected: shape.dimensions.clone(),
        alternative,
    }
}

/// The name in the file of an architecture's tensor.
fn find(
    file: &SafetensorsFile,
    wanted: &str,
    options: &ImportOptions,
    known: &KnownNames,
) -> Result<String, ImportError> {
    let entries = file.entries();
    if let Some((_, name)) = options
        .names
        .iter()
        .chain(&known.names)
        .find(|(ours, _)| ours == wanted)
    {
        return match entries.contains_key(name) {
            true => Ok(name.clone()),
            false => Err(SafetensorsError::Missing(name.clone()).into()),
        };
    }
    let normal = |name: &str| {
        format!(
            ".{}",
            name.to_lowercase()
                .replace('/', ".")
                .replace("weights", "weight")
        )
    };
    let ending = normal(wanted);
    let fitting: Vec<&String> = entries
        .keys()
        .filter(|name| normal(name).ends_with(&ending))
        .collect();
    let list = |names: &mut dyn Iterator<Item = &String>| {
        names
            .map(String::as_str)
            .take(20)
            .collect::<Vec<&str>>()
            .join(", ")
    };
    match fitting[..] {
        [name] => Ok(name.clone()),
        [] => Err(ImportError::Name {
            wanted: wanted.to_string(),
            found: list(&mut entries.keys()),
        }),
        _ => Err(ImportError::Ambiguous {
            wanted: wanted.to_string(),
            found: list(&mut fitting.into_iter()),
        }),
    }
}

/// Puts a convolution in front that maps pixels from 0 to 1 to those that the network expects.
fn with_pixels(
    architecture: &Architecture,
    mut weights: Vec<Vec<f32>>,
    pixels: &[f32],
) -> Result<TrainedNetwork, ImportError> {
    let channels = architecture.input().channels;
    if pixels.is_empty() {
        return Ok(TrainedNetwork {
            architecture: architecture.clone(),
            weights,
        });
    }
    let needed = 2 * channels;
    if pixels.len() != 2 && pixels.len() != needed {
        return Err(ImportError::Pixels {
            found: pixels.len(),
            channels,
            needed,
        });
    }
    let pairs: Vec<&[f32]> = pixels.chunks_exact(2).cycle().take(channels).collect();
    let white_less_black = pairs.iter().map(|pair| pair[1] - pair[0]).collect();
    let black = pairs.iter().map(|pair| pair[0]).collect();
    let map = Convolution {
        channels,
        kernel: 1,
        stride: 1,
        padding: Padding::Each(0),
        groups: channels,
        bias: true,
    };
    let layers = std::iter::once(Layer::Convolution(map))
        .chain(architecture.layers().iter().cloned())
        .collect();
    weights.splice(0..0, [white_less_black, black]);
    Ok(TrainedNetwork {
        architecture: Architecture::new(architecture.input(), layers)?,
        weights,
    })
}
