//! Architectures that have a name in the literature.

use super::chain::Architecture;
use super::error::ArchitectureError;
use crate::code::error::CodeError;
use crate::shape::ImageSize;

/// What [`Architecture::named`] knows, for messages.
const NAMES: &str = "lenet5, resnet8, resnet20, resnet56, mobilenet-v1-W (a width from 0.01 to \
                     4), efficientnet-lite0";

impl Architecture {
    /// The network of that name, or of those layers, for images of size `input` and a number of
    /// classes.
    ///
    /// A single word without a colon is a name, as [`Architecture::named`] knows them; all else is
    /// layers, as [`Architecture::parse`] reads them.
    ///
    /// ```
    /// use nonvacuous::code::{Architecture, ArchitectureError, CodeError};
    /// use nonvacuous::shape::ImageSize;
    /// let cifar = ImageSize { channels: 3, height: 32, width: 32 };
    /// let network = |text| Architecture::from_name_or_layers(text, cifar, 10);
    /// assert_eq!(network("resnet20")?.weights(), Some(272_282));
    /// assert_eq!(network("conv:8:3 relu gap dense:10")?.weights(), Some(296));
    /// let error = network("conv:8:3 relu gap dense:2").unwrap_err();
    /// let ten = ArchitectureError::Outputs { outputs: 2, classes: 10 };
    /// assert_eq!(error, ten.into());
    /// # Ok::<(), CodeError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Architecture::named`] and [`Architecture::parse`]; and [`ArchitectureError::Outputs`]
    /// if there are not as many outputs as classes.
    pub fn from_name_or_layers(
        text: &str,
        input: ImageSize,
        classes: usize,
    ) -> Result<Self, CodeError> {
        let text = text.trim();
        let is_name =
            !text.contains(|character: char| character == ':' || character.is_whitespace());
        let architecture = if is_name {
            Self::named(text, input, classes)?
        } else {
            Self::parse(text, input)?
        };
        let outputs = architecture.classes();
        if outputs != classes {
            return Err(ArchitectureError::Outputs { outputs, classes }.into());
        }
        Ok(architecture)
    }

    /// A well-known network for images of size `input` and a number of classes.
    ///
    /// - `lenet5`: the variant of Caffe (LeCun et al. 1998; Jia et al. 2014), two convolutions
    ///   without padding or rectifier, 431,080 weights on MNIST;
    /// - `resnet8`, `resnet20`, `resnet56`: residual networks for small images (He et al. 2016), of
    ///   `6 n + 2` layers with 16, 32 and 64 channels; version 2 (He et al. 2016b): normalised and
    ///   rectified before each convolution, and with a 1x1 convolution on the shortcut where the
    ///   number of channels changes;
    /// - `mobilenet-v1-W`: MobileNet (Howard et al. 2017) with every number of channels multiplied
    ///   by `W`, at least 8, as in TensorFlow's slim models: padding `same`, relu6;
    /// - `efficientnet-lite0`: EfficientNet-Lite0 (Tan and Le 2019; Liu 2020), without squeeze and
    ///   excitation, with relu6.
    ///
    /// ```
    /// use nonvacuous::code::Architecture;
    /// use nonvacuous::shape::ImageSize;
    /// let mnist = ImageSize { channels: 1, height: 28, width: 28 };
    /// assert_eq!(Architecture::named("lenet5", mnist, 10)?.weights(), Some(431_080));
    /// let imagenet = ImageSize { channels: 3, height: 224, width: 224 };
    /// let efficientnet = Architecture::named("efficientnet-lite0", imagenet, 1000)?;
    /// assert_eq!(efficientnet.weights(), Some(4_652_008));
    /// # Ok::<(), nonvacuous::code::CodeError>(())
    /// ```
    ///
    /// # Errors
    /// [`ArchitectureError::UnknownName`], or the images are too small.
    pub fn named(name: &str, input: ImageSize, classes: usize) -> Result<Self, CodeError> {
        let unknown = || {
            CodeError::from(ArchitectureError::UnknownName {
                name: name.to_string(),
                known: NAMES,
            })
        };
        let text = match name {
            "lenet5" => {
                format!(
                    "conv:20:5:p0:b max:2 conv:50:5:p0:b max:2 dense:500:b relu dense:{classes}:b"
                )
            }
            "resnet8" => resnet(1, classes),
            "resnet20" => resnet(3, classes),
            "resnet56" => resnet(9, classes),
            "efficientnet-lite0" => efficientnet_lite0(classes),
            _ => {
                let width = name
                    .strip_prefix("mobilenet-v1-")
                    .and_then(|width| width.parse().ok());
                let width: f64 = width
                    .filter(|width| (0.01..=4.0).contains(width))
                    .ok_or_else(unknown)?;
                mobilenet_v1(width, classes)
            }
        };
        Self::parse(&text, input)
    }
}

fn resnet(blocks: usize, classes: usize) -> String {
    let mut words = vec!["conv:16:3".to_string()];
    for (stage, channels) in [16, 32, 64].into_iter().enumerate() {
        for block in 0..blocks {
            let stride = if stage > 0 && block == 0 { ":s2" } else { "" };
            let residual = format!("conv:{channels}:3{stride} bn relu conv:{channels}:3");
            words.push(if stride.is_empty() {
                format!("( bn relu {residual} )")
            } else {
                // The shortcut, too, starts from what is normalised and rectified.
                format!("bn relu ( {residual} | conv:{channels}:1{stride} )")
            });
        }
    }
    words.push(format!("bn relu gap dense:{classes}:b"));
    words.join(" ")
}

fn mobilenet_v1(width: f64, classes: usize) -> String {
    const CHANNELS: [(usize, usize); 13] = [
        (64, 1),
        (128, 2),
        (128, 1),
        (256, 2),
        (256, 1),
        (512, 2),
        (512, 1),
        (512, 1),
        (512, 1),
        (512, 1),
        (512, 1),
        (1024, 2),
        (1024, 1),
    ];
    let scaled = |channels: usize| ((channels as f64 * width) as usize).max(8);
    let mut words = vec![format!("conv:{}:3:s2:same bn relu6", scaled(32))];
    for (channels, stride) in CHANNELS {
        words.push(format!(
            "dwconv:3:s{stride}:same bn relu6 conv:{}:1 bn relu6",
            scaled(channels)
        ));
    }
    words.push(format!("gap dense:{classes}:b"));
    words.join(" ")
}

fn efficientnet_lite0(classes: usize) -> String {
    /// Repetitions, kernel, first stride, expansion, channels before and after.
    const STAGES: [[usize; 6]; 7] = [
        [1, 3, 1, 1, 32, 16],
        [2, 3, 2, 6, 16, 24],
        [2, 5, 2, 6, 24, 40],
        [3, 3, 2, 6, 40, 80],
        [3, 5, 1, 6, 80, 112],
        [4, 5, 2, 6, 112, 192],
        [1, 3, 1, 6, 192, 320],
    ];
    let mut words = vec!["conv:32:3:s2:same bn relu6".to_string()];
    for [repetitions, kernel, stride, expansion, before, after] in STAGES {
        for repetition in 0..repetitions {
            let (stride, channels) = if repetition == 0 {
                (stride, before)
            } else {
                (1, after)
            };
            let expand = match expansion {
                1 => String::new(),
                _ => format!("conv:{}:1 bn relu6 ", channels * expansion),
            };
            let block =
                format!("{expand}dwconv:{kernel}:s{stride}:same bn relu6 conv:{after}:1 bn");
            words.push(if stride == 1 && channels == after {
                format!("( {block} )")
            } else {
                block
            });
        }
    }
    words.push(format!("conv:1280:1 bn relu6 gap dense:{classes}:b"));
    words.join(" ")
}
