//! Labelled images, and a training set with a test set.

use std::ops::Range;

use super::error::DataError;
use crate::evaluate::{Batch, Example, Examples, ExamplesDigest, Sample};
use crate::shape::ImageSize;

/// Images of one size with a class each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledImages {
    shape: ImageSize,
    levels: u16,
    classes: usize,
    images: Vec<u8>,
    labels: Vec<u8>,
}

impl LabelledImages {
    /// Checks that there are as many images as labels, and that labels and pixels are in range.
    ///
    /// `images` holds the images one after the other, each channel by channel, row by row; a pixel
    /// is a grey level below `levels`, which is from 2 to 256.
    ///
    /// # Errors
    /// [`DataError::Size`], [`DataError::Empty`], [`DataError::GreyLevels`],
    /// [`DataError::Truncated`] if the last image is incomplete, [`DataError::Count`],
    /// [`DataError::Label`] or [`DataError::Level`].
    pub fn new(
        shape: ImageSize,
        levels: u16,
        classes: usize,
        images: Vec<u8>,
        labels: Vec<u8>,
    ) -> Result<Self, DataError> {
        let features = [shape.channels, shape.height, shape.width]
            .into_iter()
            .try_fold(1usize, usize::checked_mul)
            .ok_or(DataError::Size(shape))?;
        if features == 0 || images.is_empty() {
            return Err(DataError::Empty);
        }
        if !(2..=256).contains(&levels) {
            return Err(DataError::GreyLevels(levels));
        }
        if !images.len().is_multiple_of(features) {
            return Err(DataError::Truncated {
                expected: (images.len() / features + 1) as u64 * features as u64,
                found: images.len() as u64,
            });
        }
        if images.len() / features != labels.len() {
            return Err(DataError::Count {
                images: images.len() / features,
                labels: labels.len(),
            });
        }
        if let Some((index, &label)) = labels
            .iter()
            .enumerate()
            .find(|(_, &label)| usize::from(label) >= classes)
        {
            return Err(DataError::Label {
                index,
                label,
                classes,
            });
        }
        if let Some((place, &level)) = images
            .iter()
            .enumerate()
            .find(|(_, &level)| u16::from(level) >= levels)
        {
            return Err(DataError::Level {
                index: place / features,
                level,
                levels,
            });
        }
        Ok(Self {
            shape,
            levels,
            classes,
            images,
            labels,
        })
    }

    /// Number of examples; at least one.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no examples: never, since [`LabelledImages::new`] refuses that.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Size of an image.
    pub fn shape(&self) -> ImageSize {
        self.shape
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Number of grey levels; a pixel is below it.
    pub fn levels(&self) -> u16 {
        self.levels
    }

    /// The pixels of all images.
    pub fn images(&self) -> &[u8] {
        &self.images
    }

    /// The classes of all images.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The pixels of one image.
    ///
    /// # Panics
    /// If `index` is not below [`LabelledImages::len`].
    pub fn image(&self, index: usize) -> &[u8] {
        let features = self.shape.features();
        &self.images[index * features..][..features]
    }

    /// The class of one image.
    ///
    /// # Panics
    /// If `index` is not below [`LabelledImages::len`].
    pub fn label(&self, index: usize) -> u8 {
        self.labels[index]
    }

    /// The examples in a range.
    ///
    /// # Errors
    /// [`DataError::Empty`] if there are none, or not all of them.
    pub fn slice(&self, range: Range<usize>) -> Result<Self, DataError> {
        let features = self.shape.features();
        // Labels first: a range within them cannot overflow when it is multiplied.
        let labels = self.labels.get(range.clone()).ok_or(DataError::Empty)?;
        let images = &self.images[range.start * features..range.end * features];
        Self::new(
            self.shape,
            self.levels,
            self.classes,
            images.to_vec(),
            labels.to_vec(),
        )
    }

    /// SHA-256, in hexadecimal, of the set, whatever the order of its images: see
    /// [`ExamplesDigest`].
    pub fn sha256(&self) -> String {
        ExamplesDigest::of(self).sha256
    }
}

/// The number of classes that the largest label says, from 0.
pub(super) fn classes_of<'a>(labels: impl Iterator<Item = &'a u8>) -> usize {
    labels.max().map_or(0, |&largest| usize::from(largest) + 1)
}

impl Examples for LabelledImages {
    fn shape(&self) -> ImageSize {
        self.shape
    }

    fn levels(&self) -> u16 {
        self.levels
    }

    fn classes(&self) -> usize {
        self.classes
    }

    fn len(&self) -> usize {
        self.labels.len()
    }

    fn batch(&self, indices: &[usize]) -> Batch<'_> {
        let example = |&index: &usize| {
            if index < self.labels.len() {
                Example::new(self.image(index), usize::from(self.label(index)))
            } else {
                Example::unreadable(format!("there is no image {index}"), self.shape)
            }
        };
        let examples = indices.iter().map(example).collect();
        Batch::new(self.shape, self.levels, self.classes, examples)
    }

    fn is_decoded(&self) -> bool {
        true
    }

    fn state(&self) -> String {
        String::new()
    }

    /// More than of what must be decoded first: nothing is copied.
    fn part(&self) -> usize {
        1 << 16
    }
}

/// A training set and, where there is one, a test set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSet<E = LabelledImages> {
    /// As `--data` takes it.
    pub name: String,
    /// What a person should know about how it was read: files that are no examples, folders that
    /// were not looked into, classes that are empty. A sentence each, escaped for a terminal.
    pub remarks: Vec<String>,
    /// What a learner sees.
    pub train: E,
    /// What no learner sees.
    pub test: Option<E>,
}

impl<'a, E: Examples> From<&'a DataSet<E>> for Sample<'a> {
    fn from(data: &'a DataSet<E>) -> Self {
        let sample = Sample::new(&data.name, &data.train);
        match &data.test {
            Some(test) => sample.with_held_out(test),
            None => sample,
        }
    }
}

/// What images in memory are called when nothing else is said.
const UNNAMED: &str = "these";

impl<'a> From<&'a LabelledImages> for Sample<'a> {
    fn from(images: &'a LabelledImages) -> Self {
        Sample::new(UNNAMED, images)
    }
}
