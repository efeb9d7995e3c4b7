//! Arguments of commands that read a network trained elsewhere.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::imported::{Imported, Originals};
use super::output::warn;
use nonvacuous::code::Architecture;
use nonvacuous::data::{LabelledImages, IMAGENET};
use nonvacuous::network::pytorch::PyTorchError;
use nonvacuous::network::safetensors::SafetensorsError;
use nonvacuous::network::{
    import, match_tensors, parse_names, simplify, FlattenOrder, ImportOptions, Simplification,
    TensorFile, TensorFileError, TrainedNetwork,
};
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::file_error::FileError;
use nonvacuous::storage::whole_file;

#[derive(Debug, Clone, Args)]
pub(super) struct ImportArguments {
    /// Tensor of the file for a tensor of the architecture, such as conv1.weight=features.0.weight;
    /// without it, the one whose name ends alike, and if there is none, by order and shape
    #[arg(long, value_name = "OURS=THEIRS", value_parser = name_pair)]
    tensor: Vec<(String, String)>,

    /// File with a line OURS=THEIRS for each such tensor
    #[arg(long, value_name = "FILE")]
    tensors: Option<PathBuf>,

    /// Tensor of the file that is left out knowingly; in its name each * stands for any letters
    #[arg(long, value_name = "PATTERN")]
    ignore: Vec<String>,

    /// Added to variances before their root, where batch normalisations come with moments; usually
    /// 1e-5
    #[arg(long, value_name = "E")]
    epsilon: Option<f64>,

    /// Numbers that the network expects for black and white, such as -1,1; one pair for all
    /// channels or one for each; imagenet for pixels that are standardised as is usual there
    #[arg(long, value_name = "BLACK,WHITE|imagenet", allow_hyphen_values = true)]
    pixels: Option<Pixels>,

    /// In which order a dense layer reads a feature map: it must be said for files whose weights
    /// are stored as TensorFlow has them
    #[arg(long, value_name = "ORDER", value_enum)]
    flatten: Option<Flatten>,

    /// Let the weights of each tensor share at most this many values that are not zero
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(1..=255))]
    codewords: Option<u16>,

    /// Code the network as it is: remove, fold and sort nothing
    #[arg(long)]
    no_simplify: bool,
}

/// In which order a dense layer reads a feature map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Flatten {
    /// Channel, row, column, as PyTorch has it
    ChannelFirst,
    /// Row, column, channel, as after Flatten in Keras
    ChannelLast,
}

impl From<Flatten> for FlattenOrder {
    fn from(flatten: Flatten) -> Self {
        match flatten {
            Flatten::ChannelFirst => Self::ChannelFirst,
            Flatten::ChannelLast => Self::ChannelLast,
        }
    }
}

/// What a network expects for black and white, by channel.
#[derive(Debug, Clone)]
struct Pixels(Vec<f32>);

impl FromStr for Pixels {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == IMAGENET {
            // Means and deviations of ImageNet's levels, in parts of white.
            const MOMENTS: [[f32; 2]; 3] = [[0.485, 0.229], [0.456, 0.224], [0.406, 0.225]];
            let pairs = MOMENTS
                .into_iter()
                .flat_map(|[mean, deviation]| [-mean / deviation, (1.0 - mean) / deviation]);
            return Ok(Self(pairs.collect()));
        }
        let number = |part: &str| {
            part.trim()
                .parse::<f32>()
                .map_err(|_| format!("\"{part}\" is not a number"))
        };
        text.split(',')
            .map(number)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// Where in a file of PyTorch's the state dict is, if it is not all that was saved.
fn state_dict(file: &TensorFile) -> Option<String> {
    const LISTED: usize = 10;
    let TensorFile::PyTorch(file) = file else {
        return None;
    };
    let (wrapper, left_out) = (file.wrapper(), file.left_out());
    let mut parts = Vec::new();
    if !wrapper.is_empty() {
        parts.push(format!("the state dict is under {}", wrapper.join(".")));
    }
    if !left_out.is_empty() {
        let listed = left_out[..left_out.len().min(LISTED)].join(", ");
        let more = match left_out.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        parts.push(format!("left out is {listed}{more}"));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn name_pair(text: &str) -> Result<(String, String), String> {
    let wrong = "it has the form OURS=THEIRS";
    parse_names(text)
        .ok()
        .and_then(|mut names| names.pop())
        .ok_or_else(|| wrong.to_string())
}

/// `CxHxW`.
pub(super) fn image_size(text: &str) -> Result<ImageSize, String> {
    let sizes: Vec<usize> = text
        .split('x')
        .filter_map(|part| part.parse().ok())
        .collect();
    match sizes[..] {
        [channels, height, width] => Ok(ImageSize {
            channels,
            height,
            width,
        }),
        _ => Err("it has the form CHANNELSxROWSxCOLUMNS, such as 1x28x28".to_string()),
    }
}

impl ImportArguments {
    /// The file of names.
    pub(super) fn names_file(&self) -> Option<&Path> {
        self.tensors.as_deref()
    }

    /// Names from the command line, then from the file.
    fn names(&self) -> Result<Vec<(String, String)>, Failure> {
        let mut names = self.tensor.clone();
        if let Some(path) = &self.tensors {
            let text = whole_file::read_text(path)?;
            let more =
                parse_names(&text).map_err(|error| Failure::from(error).about(path.display()))?;
            names.extend(more);
        }
        Ok(names)
    }

    /// Reads a network as it is, but for `--codewords`; on standard error is said what of the file
    /// was read, where its names do not tell.
    pub(super) fn read(
        &self,
        path: &Path,
        architecture: &Architecture,
    ) -> Result<Imported<Architecture>, Failure> {
        let mut file = TensorFile::open(path).map_err(|error| match error {
            TensorFileError::Io(source)
            | TensorFileError::Safetensors(SafetensorsError::Io(source))
            | TensorFileError::PyTorch(PyTorchError::Io(source)) => {
                FileError::new("read", path, source).into()
            }
            other => Failure::from(other).about(path.display()),
        })?;
        let pixels = self.pixels.clone().map_or(Vec::new(), |pixels| pixels.0);
        let options = ImportOptions {
            names: self.names()?,
            ignore: self.ignore.clone(),
            pixels,
            epsilon: self.epsilon,
            flatten: self.flatten.map(FlattenOrder::from),
        };
        let matching = match_tensors(&file, architecture, &options)?;
        if let Some(state_dict) = state_dict(&file) {
            warn(&format!("{}: {state_dict}", path.display()));
        }
        if matching.order.is_some() {
            warn(&format!("{}: {matching}", path.display()));
        }
        let mut network = import(&mut file, architecture, &options)?;
        if let Some(codewords) = self.codewords {
            network.quantise(usize::from(codewords));
        }
        let names = matching.tensors.into_iter().map(|tensor| tensor.theirs);
        let originals = Originals::of_last(network.architecture().clone(), names.collect());
        Ok(Imported { network, originals })
    }

    /// Refuses names of tensors and of layers, which an ONNX file has; `has_layers` if the latter
    /// were given.
    pub(super) fn refuse_for_onnx(&self, has_layers: bool) -> Result<(), Failure> {
        if has_layers || self.names_a_tensor() {
            return Err(Failure::misuse(
                "an ONNX file says its layers and their tensors: --arch, --classes, --tensor, \
                 --tensors, --ignore, --epsilon and --flatten have no use",
            ));
        }
        Ok(())
    }

    /// Whether names of tensors, or what only state dicts need, were given.
    pub(super) fn names_a_tensor(&self) -> bool {
        let is_named = !self.tensor.is_empty() || self.tensors.is_some();
        is_named || !self.ignore.is_empty() || self.epsilon.is_some() || self.flatten.is_some()
    }

    /// Refuses `--no-simplify` where the file is a graph.
    pub(super) fn refuse_no_simplify(&self) -> Result<(), Failure> {
        if self.no_simplify {
            return Err(Failure::misuse(
                "--no-simplify has no use for this network: its file is a graph of operators, and \
                 only chains of layers are simplified; leave it out",
            ));
        }
        Ok(())
    }

    /// At most how many values each tensor is to share.
    pub(super) fn codewords(&self) -> Option<usize> {
        self.codewords.map(usize::from)
    }

    /// What the network expects for black and white; nothing, if it is not said.
    pub(super) fn pixels(&self) -> &[f32] {
        self.pixels.as_ref().map_or(&[], |pixels| &pixels.0)
    }

    /// Simplifies a network, unless told not to; its function is compared on `images`.
    pub(super) fn simplified(
        &self,
        network: TrainedNetwork,
        images: &LabelledImages,
    ) -> Result<(TrainedNetwork, Option<Simplification>), Failure> {
        if self.no_simplify {
            return Ok((network, None));
        }
        let (network, simplification) = simplify(network, images)?;
        Ok((network, Some(simplification)))
    }
}
