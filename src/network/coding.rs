//! Lists of numbers as symbols of codebooks, which neighbouring lists share where that saves bits.

use super::import::error::ImportError;
use crate::code::{CodeError, Codebook, CodedTensor, MAX_CODEWORDS};

/// Codebooks of neighbouring lists are merged where that saves bits; it is tried up to this many
/// numbers.
const MERGED_WEIGHTS: usize = 1 << 12;

/// Why a list of numbers has no codebook.
pub(super) struct Misfit {
    /// The list, counted from 0.
    pub(super) list: usize,
    cause: Cause,
}

enum Cause {
    Distinct(Distinct),
    Code(CodeError),
}

impl Misfit {
    /// As an error about a tensor of that name.
    pub(super) fn named(self, tensor: String) -> ImportError {
        match self.cause {
            Cause::Distinct(Distinct::TooMany) => ImportError::Values {
                tensor,
                limit: MAX_CODEWORDS,
            },
            Cause::Distinct(Distinct::NotANumber(value)) => {
                ImportError::NotFinite { tensor, value }
            }
            Cause::Code(error) => error.into(),
        }
    }
}

/// The codebooks and the tensors that say exactly these numbers. A list of more than
/// [`MAX_CODEWORDS`] values that are not zero is raw, where that may be.
pub(super) fn coded(
    lists: &[&[f32]],
    may_be_raw: bool,
) -> Result<(Vec<Codebook>, Vec<CodedTensor>), Misfit> {
    let mut groups: Vec<Vec<f32>> = Vec::new();
    let mut codebook_of: Vec<Option<usize>> = Vec::new();
    for (list, numbers) in lists.iter().enumerate() {
        let misfit = |cause| Misfit { list, cause };
        let values = match distinct(numbers) {
            Ok(values) => values,
            Err(Distinct::TooMany) if may_be_raw => {
                codebook_of.push(None);
                continue;
            }
            Err(error) => return Err(misfit(Cause::Distinct(error))),
        };
        if let Some(last) = groups.last() {
            let mut merged = last.clone();
            merged.extend(&values);
            merged.sort_by(f32::total_cmp);
            merged.dedup();
            let is_subset = merged.len() == last.len();
            let is_small = numbers.len() <= MERGED_WEIGHTS && merged.len() <= MAX_CODEWORDS;
            let before = lists.iter().zip(&codebook_of);
            let of_last = before.filter(|(_, codebook)| **codebook == Some(groups.len() - 1));
            let together: Vec<&[f32]> = of_last.map(|(numbers, _)| *numbers).collect();
            let is_merged = is_subset
                || is_small
                    && is_cheaper_merged(&together, numbers, &values)
                        .map_err(|error| misfit(Cause::Code(error)))?;
            if is_merged {
                if let Some(last) = groups.last_mut() {
                    *last = merged;
                }
                codebook_of.push(Some(groups.len() - 1));
                continue;
            }
        }
        groups.push(values);
        codebook_of.push(Some(groups.len() - 1));
    }
    let mut codebooks = Vec::with_capacity(groups.len());
    for (group, values) in groups.into_iter().enumerate() {
        let list = codebook_of.iter().position(|&of| of == Some(group));
        codebooks.push(Codebook::exact(values).map_err(|error| Misfit {
            list: list.unwrap_or_default(),
            cause: Cause::Code(error),
        })?);
    }
    let tensors = lists.iter().zip(codebook_of).map(|(numbers, codebook)| {
        match codebook.and_then(|place| Some((place, codebooks.get(place)?))) {
            None => CodedTensor::raw(numbers.to_vec()),
            Some((place, codebook)) => CodedTensor::new(place, codebook.symbols(numbers)),
        }
    });
    let tensors = tensors.collect();
    Ok((codebooks, tensors))
}

/// Whether numbers had better share the codebook of those before them.
fn is_cheaper_merged(
    together: &[&[f32]],
    numbers: &[f32],
    values: &[f32],
) -> Result<bool, CodeError> {
    if together.iter().map(|numbers| numbers.len()).sum::<usize>() > MERGED_WEIGHTS {
        return Ok(false);
    }
    let last: Vec<f32> = together.concat();
    let separate = plain_bits(&last)? + plain_bits(numbers)?;
    let merged = plain_bits(&[&last, numbers].concat())?;
    Ok(!values.is_empty() && merged < separate)
}

/// An estimate of the bits of weights with a codebook of their own: the codebook's and the
/// empirical entropy of all symbols, with half a logarithm for each.
fn plain_bits(weights: &[f32]) -> Result<f64, CodeError> {
    let Ok(values) = distinct(weights) else {
        return Ok(f64::INFINITY);
    };
    let total = weights.len() as f64;
    let zeros = weights.iter().filter(|&&weight| weight == 0.0).count() as f64;
    let mut bits = Codebook::exact(values.clone())?.code_length()?;
    let counts = values
        .iter()
        .map(|value| weights.iter().filter(|&weight| weight == value).count() as f64);
    for count in counts.chain([zeros]).filter(|&count| count > 0.0) {
        bits += count * (total / count).log2() + 0.5 * total.log2();
    }
    Ok(bits)
}

/// Why the values of a tensor cannot be listed.
pub(super) enum Distinct {
    TooMany,
    NotANumber(f32),
}

/// The values that are not zero, ascending.
pub(super) fn distinct(weights: &[f32]) -> Result<Vec<f32>, Distinct> {
    let mut values: Vec<f32> = Vec::new();
    for &weight in weights {
        if !weight.is_finite() {
            return Err(Distinct::NotANumber(weight));
        }
        if weight == 0.0 {
            continue;
        }
        let place = values.partition_point(|&value| value < weight);
        if values.get(place) != Some(&weight) {
            if values.len() == MAX_CODEWORDS {
                return Err(Distinct::TooMany);
            }
            values.insert(place, weight);
        }
    }
    Ok(values)
}
