//! Architectures that the field knows by name.

use crate::code::{Architecture, CodeError, ImageSize};

/// Name, input and layers.
const NAMED: [(&str, ImageSize, &str); 3] = [
    (
        // LeCun et al. 1998, as in Caffe: no non-linearity after the convolutions but their pooling.
        "lenet5",
        ImageSize { channels: 1, height: 28, width: 28 },
        "conv:20:5:p0:b max:2 conv:50:5:p0:b max:2 dense:500:b relu dense:10:b",
    ),
    (
        // LeCun et al. 1998.
        "lenet300",
        ImageSize { channels: 1, height: 28, width: 28 },
        "dense:300:b relu dense:100:b relu dense:10:b",
    ),
    (
        // Krizhevsky 2012, the small network of cuda-convnet and Caffe's CIFAR-10 example, without its normalisation.
        "cifar10-quick",
        ImageSize { channels: 3, height: 32, width: 32 },
        "conv:32:5:b max:2 relu conv:32:5:b relu avg:2 conv:64:5:b relu avg:2 dense:64:b dense:10:b",
    ),
];

/// The architecture of that name, or of those layers; `input` is the size of images, which a name has of its own.
///
/// ```
/// use nonvacuous::compress::named_architecture;
/// assert_eq!(named_architecture("lenet5", None)?.weights(), Some(431_080));
/// # Ok::<(), nonvacuous::code::CodeError>(())
/// ```
///
/// # Errors
/// If the layers do not fit, there is no such name, or layers come without a size.
pub fn named_architecture(text: &str, input: Option<ImageSize>) -> Result<Architecture, CodeError> {
    if let Some((_, usual, layers)) = NAMED.iter().find(|(name, ..)| *name == text) {
        return Architecture::parse(layers, input.unwrap_or(*usual));
    }
    match input {
        Some(input) => Architecture::parse(text, input),
        None => {
            let names: Vec<&str> = NAMED.iter().map(|(name, ..)| *name).collect();
            Err(CodeError::Architecture(format!(
                "\"{text}\" is not one of {}, and layers need the size of the images, such as 1x28x28",
                names.join(", ")
            )))
        }
    }
}
