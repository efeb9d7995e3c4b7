//! Arrays as numpy has them: images and labels of several types and shapes.

use std::io::Read;

use npyz::{DType, NpyFile, Order, TypeChar};

use crate::data::dataset::{classes_of, DataSet, LabelledImages};
use crate::data::error::DataError;
use crate::shape::ImageSize;

/// An array with its dimensions, in the order of C.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    dimensions: Vec<usize>,
    values: Values,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Bytes(Vec<u8>),
    /// Of a type that holds integers.
    Integers(Vec<f64>),
    Floats(Vec<f64>),
}

impl Array {
    /// Bytes, as many as the product of the dimensions.
    ///
    /// # Errors
    /// If there are more or fewer.
    pub fn of_bytes(dimensions: Vec<usize>, bytes: Vec<u8>) -> Result<Self, DataError> {
        checked(&dimensions, bytes.len())?;
        let values = Values::Bytes(bytes);
        Ok(Self { dimensions, values })
    }

    /// Integers, as many as the product of the dimensions.
    ///
    /// # Errors
    /// If there are more or fewer.
    pub fn of_integers(dimensions: Vec<usize>, integers: &[i64]) -> Result<Self, DataError> {
        checked(&dimensions, integers.len())?;
        let values = Values::Integers(integers.iter().map(|&integer| integer as f64).collect());
        Ok(Self { dimensions, values })
    }

    /// Floats, as many as the product of the dimensions: if none is above 1, parts of white.
    ///
    /// # Errors
    /// If there are more or fewer.
    pub fn of_floats(dimensions: Vec<usize>, floats: Vec<f64>) -> Result<Self, DataError> {
        checked(&dimensions, floats.len())?;
        let values = Values::Floats(floats);
        Ok(Self { dimensions, values })
    }

    /// Reads an `.npy` file of at most so many bytes of numbers.
    ///
    /// # Errors
    /// If it is damaged, longer than files of data may be, in Fortran's order, or of anything but
    /// numbers.
    pub(super) fn read(file: impl Read, limit: u64) -> Result<Self, DataError> {
        let array = NpyFile::new(file).map_err(damaged)?;
        let dtype = array.dtype();
        let DType::Plain(kind) = &dtype else {
            return Err(unsupported("structures"));
        };
        let width = kind.num_bytes().unwrap_or(usize::MAX) as u64;
        let bytes = array
            .shape()
            .iter()
            .try_fold(width, |product, &dimension| product.checked_mul(dimension));
        if bytes.is_none_or(|bytes| bytes > limit) {
            return Err(DataError::TooLong { limit });
        }
        if array.order() == Order::Fortran && array.shape().len() > 1 {
            return Err(unsupported("Fortran's order: numpy.ascontiguousarray"));
        }
        let dimensions = array.shape().iter().map(|&length| length as usize);
        let dimensions = dimensions.collect();
        let type_char = kind.type_char();
        macro_rules! numbers {
            ($kind:ty, $values:path) => {{
                let values = array.into_vec::<$kind>().map_err(damaged)?;
                $values(values.into_iter().map(|value| value as f64).collect())
            }};
        }
        let values = match (type_char, width) {
            (TypeChar::Uint, 1) => Values::Bytes(array.into_vec().map_err(damaged)?),
            (TypeChar::Uint, 2) => numbers!(u16, Values::Integers),
            (TypeChar::Uint, 4) => numbers!(u32, Values::Integers),
            (TypeChar::Uint, 8) => numbers!(u64, Values::Integers),
            (TypeChar::Int, 1) => numbers!(i8, Values::Integers),
            (TypeChar::Int, 2) => numbers!(i16, Values::Integers),
            (TypeChar::Int, 4) => numbers!(i32, Values::Integers),
            (TypeChar::Int, 8) => numbers!(i64, Values::Integers),
            (TypeChar::Float, 4) => numbers!(f32, Values::Floats),
            (TypeChar::Float, 8) => numbers!(f64, Values::Floats),
            _ => return Err(unsupported("this type of numbers")),
        };
        Ok(Self { dimensions, values })
    }

    /// Grey levels, and the size of an image: `N x H x W`, `N x H x W x C`, `N x C x H x W` (with 1
    /// or 3 channels), or `N x F` features.
    fn images(&self) -> Result<(ImageSize, Vec<u8>), DataError> {
        let size = |channels, height, width| ImageSize {
            channels,
            height,
            width,
        };
        let levels = match &self.values {
            Values::Bytes(bytes) => bytes.clone(),
            Values::Integers(integers) => bytes(integers).ok_or(DataError::RealFeatures)?,
            Values::Floats(floats) if is_fraction(floats) => fractions(floats)?,
            Values::Floats(floats) => bytes(floats).ok_or(DataError::RealFeatures)?,
        };
        let is_colours = |length: usize| matches!(length, 1 | 3);
        match *self.dimensions.as_slice() {
            [_, features] => Ok((size(1, 1, features), levels)),
            [_, height, width] => Ok((size(1, height, width), levels)),
            [_, height, width, channels] if is_colours(channels) && !is_colours(height) => {
                let plane = height * width;
                let mut planes = Vec::with_capacity(levels.len());
                for image in levels.chunks((plane * channels).max(1)) {
                    for channel in 0..channels {
                        planes.extend(image.iter().skip(channel).step_by(channels));
                    }
                }
                Ok((size(channels, height, width), planes))
            }
            [_, channels, height, width] if is_colours(channels) && !is_colours(width) => {
                Ok((size(channels, height, width), levels))
            }
            _ => Err(DataError::Dimensions {
                found: self.dimensions.clone(),
            }),
        }
    }

    /// Numbers of classes: `N` or `N x 1` of them, from 0 to 255.
    fn labels(&self) -> Result<Vec<u8>, DataError> {
        if !matches!(*self.dimensions.as_slice(), [_] | [_, 1]) {
            return Err(DataError::Dimensions {
                found: self.dimensions.clone(),
            });
        }
        match &self.values {
            Values::Bytes(bytes) => Ok(bytes.clone()),
            Values::Integers(numbers) | Values::Floats(numbers) => {
                bytes(numbers).ok_or(DataError::ArrayLabels)
            }
        }
    }
}

/// Refuses dimensions of another number of values.
fn checked(dimensions: &[usize], found: usize) -> Result<(), DataError> {
    let expected = dimensions
        .iter()
        .try_fold(1usize, |product, &length| product.checked_mul(length));
    match expected {
        Some(expected) if expected == found => Ok(()),
        _ => Err(DataError::Truncated {
            expected: expected.map_or(u64::MAX, |expected| expected as u64),
            found: found as u64,
        }),
    }
}

impl DataSet {
    /// The data set of arrays of images and of their labels, for training and held out: images as
    /// `N x H x W`, `N x H x W x C`, `N x C x H x W` (with 1 or 3 channels) or `N x F` integers
    /// from 0 to 255, floats `k / 255`, or, if one is above 1, whole floats from 0 to 255; labels
    /// as `N` or `N x 1` numbers from 0 to 255. There are as many classes as the largest label
    /// says.
    ///
    /// # Errors
    /// If images and labels are not as many, or are of other shapes or values.
    pub fn of_arrays(
        name: &str,
        train: [&Array; 2],
        test: Option<[&Array; 2]>,
    ) -> Result<Self, DataError> {
        let pair = |[images, labels]: [&Array; 2]| Pair::new(images, labels);
        Pair::data_set(name, Vec::new(), pair(train)?, test.map(pair).transpose()?)
    }
}

impl LabelledImages {
    /// The images of an array, as [`DataSet::of_arrays`] reads them, for what depends on no labels:
    /// all are said to be of the first of so many classes.
    ///
    /// # Errors
    /// As [`DataSet::of_arrays`].
    pub fn unlabelled(images: &Array, classes: usize) -> Result<Self, DataError> {
        let (size, levels) = images.images()?;
        let labels = vec![0; levels.len() / size.features().max(1)];
        Self::new(size, 256, classes, levels, labels)
    }
}

/// Images with their labels.
pub(super) struct Pair {
    size: ImageSize,
    levels: Vec<u8>,
    labels: Vec<u8>,
}

impl Pair {
    pub(super) fn new(images: &Array, labels: &Array) -> Result<Self, DataError> {
        let (size, levels) = images.images()?;
        Ok(Self {
            size,
            levels,
            labels: labels.labels()?,
        })
    }

    /// Of grey levels and labels that were read from elsewhere.
    pub(super) fn of_levels(size: ImageSize, levels: Vec<u8>, labels: Vec<u8>) -> Self {
        Self {
            size,
            levels,
            labels,
        }
    }

    /// A data set of as many classes as the largest label says.
    pub(super) fn data_set(
        name: &str,
        remarks: Vec<String>,
        train: Self,
        test: Option<Self>,
    ) -> Result<DataSet, DataError> {
        let labels = test.iter().flat_map(|test| &test.labels);
        let classes = classes_of(train.labels.iter().chain(labels));
        Ok(DataSet {
            name: name.to_string(),
            remarks,
            train: train.labelled(classes)?,
            test: test.map(|test| test.labelled(classes)).transpose()?,
        })
    }

    fn labelled(self, classes: usize) -> Result<LabelledImages, DataError> {
        LabelledImages::new(self.size, 256, classes, self.levels, self.labels)
    }
}

/// Grey levels of numbers that are whole from 0 to 255, or `k / 255` exactly, in single or double
/// precision.
pub(super) fn levels(numbers: &[f64]) -> Result<Vec<u8>, DataError> {
    let has_fraction = numbers.iter().any(|&number| number.fract() != 0.0);
    if !is_fraction(numbers) || !has_fraction {
        return bytes(numbers).ok_or(DataError::RealFeatures);
    }
    fractions(numbers)
}

/// Whether no number is above 1.
fn is_fraction(numbers: &[f64]) -> bool {
    numbers.iter().all(|&number| number <= 1.0)
}

/// Grey levels of parts of white.
fn fractions(numbers: &[f64]) -> Result<Vec<u8>, DataError> {
    let level = |&number: &f64| {
        let level = (number * 255.0).round();
        let single = f64::from(level as f32 / 255.0);
        let is_exact = number >= 0.0 && (number == level / 255.0 || number == single);
        is_exact.then_some(level as u8)
    };
    let levels: Option<Vec<u8>> = numbers.iter().map(level).collect();
    levels.ok_or(DataError::RealFeatures)
}

/// Whole numbers from 0 to 255.
fn bytes(numbers: &[f64]) -> Option<Vec<u8>> {
    let byte = |&number: &f64| {
        let is_byte = number.fract() == 0.0 && (0.0..=255.0).contains(&number);
        is_byte.then_some(number as u8)
    };
    numbers.iter().map(byte).collect()
}

fn damaged(source: std::io::Error) -> DataError {
    DataError::Array { source }
}

fn unsupported(what: &str) -> DataError {
    DataError::Array {
        source: std::io::Error::new(
            std::io::ErrorKind::Unsupported,
            format!("{what}: accepted are bytes, integers and floats in the order of C"),
        ),
    }
}
