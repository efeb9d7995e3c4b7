//! A perceptron of signs as a model file, and its inputs as images.

use super::law::SignSample;
use super::packed::Signs;
use super::ternary::TernaryWeights;
use crate::code::{Architecture, CodeError, Codebook, CodedTensor, Model};
use crate::data::{DataError, LabelledImages};
use crate::shape::ImageSize;

/// The most inputs of a perceptron of signs.
///
/// The evaluator takes an image as right only if its logit is above the other by more than 1/4096
/// of the larger magnitude. The logits are `(S ± D)/2` with the sum `S` of the weights and the odd
/// sum `D` of weights times inputs, so that the sign of `D` decides as long as `|S| < 8191`.
/// [`perceptron`] refuses other weights; up to 8,189 inputs there are none, and of so many random
/// signs as this, they have a probability below `e^-500`.
pub const MAX_INPUTS: usize = 65_535;

/// `|S|` of the weights that cannot be told by their logits.
const FLAT_SUM: u64 = 8191;

/// The images of perceptrons and committees of `N` inputs: `N` channels, of two pixels. The first
/// pixel of channel `i` is 1 if input `i` is -1, the second if it is +1, else they are 0.
pub(super) fn size(inputs: usize) -> ImageSize {
    ImageSize {
        channels: inputs,
        height: 2,
        width: 1,
    }
}

/// The model: a convolution with one kernel of `1 x 1`, which is the weights.
///
/// It makes two numbers, the sum of the weights where inputs are -1 and that where they are +1.
/// Their difference is the sum of weights times inputs, whose sign so decides for class 0 or 1.
/// Each weight is in the file once, as one of two values.
///
/// # Errors
/// [`CodeError`] if there are no signs; nothing, if the sum of the signs is so large that the
/// evaluator would not take all of its decisions as such ([`MAX_INPUTS`]).
pub fn perceptron(signs: &Signs) -> Result<Option<Model>, CodeError> {
    let symbols = signs
        .positive()
        .map(|positive| if positive { 2 } else { 1 });
    one_kernel(symbols.collect(), signs.sum())
}

/// The same with weights in {-1, 0, +1}. Where their sum with inputs is 0 both outputs are the
/// same, which the evaluator takes as an error for either class.
///
/// # Errors
/// As [`perceptron`].
pub fn ternary_perceptron(weights: &TernaryWeights) -> Result<Option<Model>, CodeError> {
    let symbols = weights.values().map(|value| match value {
        0 => 0,
        ..0 => 1,
        1.. => 2,
    });
    one_kernel(symbols.collect(), weights.sum())
}

/// The convolution of [`perceptron`], from its symbols, 0 for 0, 1 for -1 and 2 for +1, and their
/// weights' sum.
fn one_kernel(symbols: Vec<u8>, sum: i64) -> Result<Option<Model>, CodeError> {
    if sum.unsigned_abs() >= FLAT_SUM {
        return Ok(None);
    }
    let architecture = Architecture::parse("conv:1:1", size(symbols.len()))?;
    let tensor = CodedTensor::new(0, symbols);
    Model::new(architecture, vec![signs_as_values()?], vec![tensor]).map(Some)
}

/// The codebook of -1 and +1.
pub(super) fn signs_as_values() -> Result<Codebook, CodeError> {
    Codebook::new(0, vec![-1.0, 1.0])
}

/// The signs of the weights of a model that [`perceptron`] has made, or of a committee's.
#[must_use]
pub fn signs_of(model: &Model) -> Signs {
    let positive: Vec<bool> = model
        .weights()
        .iter()
        .flatten()
        .map(|&weight| weight > 0.0)
        .collect();
    Signs::from_positive(&positive)
}

/// The weights of a model that [`ternary_perceptron`] has made.
#[must_use]
pub fn ternary_weights_of(model: &Model) -> TernaryWeights {
    let weights = model.weights();
    let value = |&weight: &f32| i8::from(weight > 0.0) - i8::from(weight < 0.0);
    TernaryWeights::new(&weights.iter().flatten().map(value).collect::<Vec<i8>>())
}

/// Examples as images of [`perceptron`], class 1 for +1, at most so many at a time.
///
/// # Errors
/// None in practice: such images are of their size.
pub fn images(
    sample: &SignSample,
    at_most: usize,
) -> impl Iterator<Item = Result<LabelledImages, DataError>> + '_ {
    let mut examples = sample.examples().peekable();
    std::iter::from_fn(move || {
        examples.peek()?;
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for (input, positive) in examples.by_ref().take(at_most) {
            pixels.extend(
                input
                    .positive()
                    .flat_map(|positive| [u8::from(!positive), u8::from(positive)]),
            );
            labels.push(u8::from(positive));
        }
        Some(LabelledImages::new(
            size(sample.inputs()),
            2,
            2,
            pixels,
            labels,
        ))
    })
}
