//! A tensor as a view of a storage: an offset, sizes and strides.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use super::error::PyTorchError;
use super::pickle::{Object, Objects, Reference};
use super::storage::{storage_of, NumberType, Storages};

/// Most dimensions of a tensor.
const MOST_DIMENSIONS: usize = 8;

/// A view that leaves out less than so much of what it spans is read at once and then gathered.
const SPARSE: u64 = 4;

/// Where the numbers of a tensor are.
#[derive(Debug)]
pub(super) struct View {
    pub(super) shape: Vec<usize>,
    pub(super) numbers: NumberType,
    strides: Vec<u64>,
    /// Where in the file the first number is.
    position: u64,
    /// How many numbers lie from the first to the last, with both.
    span: u64,
}

impl View {
    /// The view that a tensor is, by the arguments it is made from: a storage, an offset in it,
    /// sizes and strides.
    ///
    /// # Errors
    /// [`PyTorchError::Tensor`] if there is no such storage, or it is too short.
    pub(super) fn of(
        name: &str,
        arguments: Reference,
        objects: &Objects,
        storages: &Storages,
    ) -> Result<Self, PyTorchError> {
        let wrong = |wrong: &str| PyTorchError::Tensor {
            name: name.to_string(),
            wrong: wrong.to_string(),
        };
        let senseless = || wrong("is not made from a storage, an offset, sizes and strides");
        let Object::Tuple(items) = objects.get(arguments) else {
            return Err(senseless());
        };
        let Some((&[storage, offset, sizes, strides], _)) = items.split_first_chunk() else {
            return Err(senseless());
        };
        let &Object::Storage(place) = objects.get(storage) else {
            return Err(senseless());
        };
        let storage = storage_of(objects, place).ok_or_else(senseless)?;
        let (Some(offset), Some(sizes), Some(strides)) = (
            objects.length(offset),
            objects.lengths(sizes),
            objects.lengths(strides),
        ) else {
            return Err(senseless());
        };
        if sizes.len() != strides.len() || sizes.len() > MOST_DIMENSIONS {
            return Err(senseless());
        }
        let key = String::from_utf8_lossy(storage.key);
        let place = storages.get(&*key);
        let place = place.ok_or_else(|| wrong("is in a storage that the file does not have"))?;
        // Where they are not known, nothing is read.
        let width = storage.numbers.width().unwrap_or(0);
        let is_there = |count: u64| {
            let bytes = count.checked_mul(width);
            count <= storage.count && bytes.is_some_and(|bytes| bytes <= place.length)
        };
        let span = span(&sizes, &strides);
        let end = span.and_then(|span| offset.checked_add(span));
        let (Some(span), Some(true)) = (span, end.map(is_there)) else {
            return Err(wrong("reaches beyond the end of its storage"));
        };
        let shape = sizes.iter().map(|&size| usize::try_from(size).ok());
        Ok(Self {
            shape: shape.collect::<Option<_>>().ok_or_else(senseless)?,
            numbers: storage.numbers,
            strides,
            position: place.position + offset * width,
            span,
        })
    }

    /// How many numbers it has; nothing if there is no such number.
    pub(super) fn count(&self) -> Option<u64> {
        let mut sizes = self.shape.iter();
        sizes.try_fold(1u64, |product, &size| product.checked_mul(size as u64))
    }

    /// The numbers, the last index running fastest.
    ///
    /// # Errors
    /// If they are not of floating point, or the file cannot be read.
    pub(super) fn read(&self, name: &str, file: &mut File) -> Result<Vec<f32>, PyTorchError> {
        let Some(numbers) = self.numbers.float() else {
            return Err(PyTorchError::Type {
                name: name.to_string(),
                storage: self.numbers.to_string(),
            });
        };
        let count = self.count().unwrap_or(0);
        if count == 0 {
            return Ok(Vec::new());
        }
        file.seek(SeekFrom::Start(self.position))?;
        if self.is_contiguous() {
            return Ok(numbers.read(file, count as usize)?);
        }
        let mut gathered = Vec::with_capacity(count as usize);
        if self.span / SPARSE <= count {
            let all = numbers.read(file, self.span as usize)?;
            for place in self.places() {
                gathered.extend(all.get(place as usize));
            }
            return Ok(gathered);
        }
        for place in self.places() {
            file.seek(SeekFrom::Start(
                self.position + place * numbers.width() as u64,
            ))?;
            gathered.extend(numbers.read(file, 1)?);
        }
        Ok(gathered)
    }

    /// Whether the numbers follow each other in the storage.
    fn is_contiguous(&self) -> bool {
        let mut expected = 1;
        for (&size, &stride) in self.shape.iter().zip(&self.strides).rev() {
            if size != 1 && stride != expected {
                return false;
            }
            expected *= size as u64;
        }
        true
    }

    /// The place of each number behind the first one, the last index running fastest.
    fn places(&self) -> impl Iterator<Item = u64> + '_ {
        let count = self.count().unwrap_or(0);
        let mut indices = vec![0; self.shape.len()];
        let mut place = 0;
        (0..count).map(move |_| {
            let this = place;
            for dimension in (0..indices.len()).rev() {
                let stride = self.strides[dimension];
                indices[dimension] += 1;
                place += stride;
                if indices[dimension] < self.shape[dimension] {
                    break;
                }
                place -= stride * self.shape[dimension] as u64;
                indices[dimension] = 0;
            }
            this
        })
    }
}

/// How many numbers lie from the first to the last of a view, with both: none if one of its sizes
/// is 0.
fn span(sizes: &[u64], strides: &[u64]) -> Option<u64> {
    if sizes.contains(&0) {
        return Some(0);
    }
    let steps = sizes.iter().zip(strides);
    let mut steps = steps.map(|(&size, &stride)| (size - 1).checked_mul(stride));
    steps.try_fold(1u64, |sum, step| sum.checked_add(step?))
}
