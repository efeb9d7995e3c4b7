//! How a file is read.

use thiserror::Error;

/// How to read a file.
///
/// Nothing of a file is left out unless it is named here: tensors that the architecture does not
/// read are an error, and so is a name that does not exist.
///
/// ```
/// use nonvacuous::network::ImportOptions;
/// // A network that was trained on pixels from -1 to 1, in a file with a second copy of its
/// // weights, the exponential moving averages.
/// let options = ImportOptions {
///     pixels: vec![-1.0, 1.0],
///     ignore: vec!["ema.*".to_string()],
///     ..ImportOptions::default()
/// };
/// # assert_eq!(options.epsilon, None);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportOptions {
    /// Names: of the architecture's tensor, and of the file's; [`parse_names`] reads them.
    pub names: Vec<(String, String)>,
    /// Tensors of the file that are treated as if they were not there; in a name each `*` stands
    /// for any letters. What only training needs always is: PyTorch's `num_batches_tracked`,
    /// TensorFlow's `global_step`, `beta1_power`, `beta2_power`, and whatever ends in `/Adam`,
    /// `/Adam_1`, `/Momentum`, `/quantized/min` or `/quantized/max`.
    pub ignore: Vec<String>,
    /// What the network expects for black and for white, in all channels or in each: `[-1, 1]`, if
    /// it was trained on pixels from -1 to 1. Empty: from 0 to 1.
    pub pixels: Vec<f32>,
    /// What is added to a variance before its root, where a batch normalisation comes with moments;
    /// if it is not given, `1e-3` for EfficientNet-Lite0, else `1e-5` as in PyTorch.
    pub epsilon: Option<f64>,
    /// In which order dense layers read feature maps. It must be given for a file whose weights are
    /// stored as TensorFlow has them, if a dense layer reads a map of several channels and several
    /// places; if it is not given for another, [`FlattenOrder::ChannelFirst`].
    pub flatten: Option<FlattenOrder>,
}

/// In which order a dense layer reads a feature map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlattenOrder {
    /// Channel, row, column, as PyTorch has it, and this program.
    ChannelFirst,
    /// Row, column, channel: what `Flatten` does in Keras, and a reshape in TensorFlow and Flax.
    ChannelLast,
}

impl FlattenOrder {
    /// Its name in options: `channel-first` or `channel-last`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ChannelFirst => "channel-first",
            Self::ChannelLast => "channel-last",
        }
    }
}

/// Why a text does not give names of tensors.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, \"{text}\", does not have the form OURS=THEIRS")]
#[non_exhaustive]
pub struct NamesError {
    /// The line, counted from 1.
    pub line: usize,
    /// What it says.
    pub text: String,
}

/// The pairs of names in a text with a line `OURS=THEIRS` for each: the architecture's tensor, and
/// the file's. Empty lines, spaces around names and a byte order mark are skipped.
///
/// # Errors
/// [`NamesError`] names the first line without an equals sign, or with nothing beside it.
///
/// ```
/// use nonvacuous::network::parse_names;
/// let names = parse_names("\u{feff}conv1.weight = features.0.weight\r\n\n")?;
/// assert_eq!(names, [("conv1.weight".to_string(), "features.0.weight".to_string())]);
/// # Ok::<(), nonvacuous::network::NamesError>(())
/// ```
pub fn parse_names(text: &str) -> Result<Vec<(String, String)>, NamesError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut names = Vec::new();
    for (line, text) in (1..).zip(text.lines().map(str::trim)) {
        if text.is_empty() {
            continue;
        }
        let pair = text
            .split_once('=')
            .map(|(ours, theirs)| (ours.trim(), theirs.trim()));
        match pair {
            Some((ours, theirs)) if !ours.is_empty() && !theirs.is_empty() => {
                names.push((ours.to_string(), theirs.to_string()));
            }
            _ => {
                return Err(NamesError {
                    line,
                    text: text.to_string(),
                });
            }
        }
    }
    Ok(names)
}
