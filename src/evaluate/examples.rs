//! Examples behind one trait: images in memory, photographs in folders, whatever has pixels and
//! classes.

use std::borrow::Cow;

use crate::shape::{ImageSize, PIXELS_AT_ONCE};
use crate::spread::spread;

/// SHA-256 of an example: its pixels, then its class as a 32-bit little-endian integer, `2^32 - 1`
/// for one that cannot be read.
pub type ExampleDigest = [u8; 32];

/// Examples on which errors are counted.
///
/// Whatever implements it gets every feature: top-1 and top-k losses, subsamples, resumed
/// evaluation, streaming in constant memory. None of its examples may ever be left out: what cannot
/// be read is an [`Example::unreadable`], which every network misclassifies.
pub trait Examples: Sync {
    /// Size of an image as a network reads it.
    fn shape(&self) -> ImageSize;

    /// Number of grey levels; a pixel is below it.
    fn levels(&self) -> u16 {
        256
    }

    /// Number of classes.
    fn classes(&self) -> usize;

    /// Number of examples.
    fn len(&self) -> usize;

    /// Whether there are no examples.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The examples at `indices`, decoded: one for each index, in their order. An index that is not
    /// below [`Examples::len`] gives an unreadable example.
    fn batch(&self, indices: &[usize]) -> Batch<'_>;

    /// Whether they are decoded already, so that their digests can be made before they are
    /// evaluated; where decoding is dear, digests are made while they are.
    fn is_decoded(&self) -> bool;

    /// What says whether these are still the examples of an interrupted evaluation, cheaper than
    /// decoding them: names, lengths and times of change of files, say. It may be empty where they
    /// [are decoded](Examples::is_decoded), since their digests say it.
    fn state(&self) -> String;

    /// How many examples are decoded and evaluated together: what memory holds at once. At most
    /// 256, fewer where these would have more than [`PIXELS_AT_ONCE`].
    fn part(&self) -> usize {
        (PIXELS_AT_ONCE / self.shape().features().max(1)).clamp(1, 256)
    }
}

/// All examples in their order, as many at a time as are decoded together.
pub fn batches(examples: &dyn Examples) -> impl Iterator<Item = Batch<'_>> {
    let (len, part) = (examples.len(), examples.part().max(1));
    (0..len).step_by(part).map(move |start| {
        let indices: Vec<usize> = (start..len.min(start.saturating_add(part))).collect();
        examples.batch(&indices)
    })
}

/// A training set, the examples that were never used if there are some, and what they are called.
#[derive(Clone, Copy)]
pub struct Sample<'a> {
    /// As `--data` takes it.
    pub name: &'a str,
    /// What a learner sees.
    pub training: &'a dyn Examples,
    /// What no learner sees.
    pub held_out: Option<&'a dyn Examples>,
}

impl<'a> Sample<'a> {
    /// A training set without held-out examples.
    pub fn new(name: &'a str, training: &'a dyn Examples) -> Self {
        Self {
            name,
            training,
            held_out: None,
        }
    }

    /// The same, with held-out examples.
    #[must_use]
    pub fn with_held_out(self, held_out: &'a dyn Examples) -> Self {
        Self {
            held_out: Some(held_out),
            ..self
        }
    }
}

impl std::fmt::Debug for Sample<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Sample")
            .field("name", &self.name)
            .field("training", &self.training.len())
            .field("held_out", &self.held_out.map(|examples| examples.len()))
            .finish()
    }
}

/// A decoded image with its class, or an example that cannot be read and that every network
/// misclassifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example<'a> {
    pixels: Cow<'a, [u8]>,
    class: Result<usize, String>,
}

impl<'a> Example<'a> {
    /// An image of a class: its grey levels channel by channel, each row by row.
    pub fn new(pixels: impl Into<Cow<'a, [u8]>>, class: usize) -> Self {
        Self {
            pixels: pixels.into(),
            class: Ok(class),
        }
    }

    /// An example without class, black; and what is wrong with it.
    pub fn unreadable(reason: String, size: ImageSize) -> Self {
        Self {
            pixels: vec![0; size.features()].into(),
            class: Err(reason),
        }
    }

    /// The same, with its own copy of the pixels.
    pub fn into_owned(self) -> Example<'static> {
        Example {
            pixels: Cow::Owned(self.pixels.into_owned()),
            class: self.class,
        }
    }

    /// The same image, of another class.
    #[must_use]
    pub fn with_class(self, class: usize) -> Self {
        Self {
            class: Ok(class),
            ..self
        }
    }

    /// Grey levels, channel by channel, each row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The class; none if the example cannot be read.
    pub fn class(&self) -> Option<usize> {
        self.class.as_ref().ok().copied()
    }

    /// Why it cannot be read.
    pub fn problem(&self) -> Option<&str> {
        self.class.as_ref().err().map(String::as_str)
    }
}

/// Some decoded examples of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch<'a> {
    shape: ImageSize,
    levels: u16,
    classes: usize,
    examples: Vec<Example<'a>>,
}

impl<'a> Batch<'a> {
    /// Examples of `shape`, with pixels below `levels`, of at most `classes` classes. One with
    /// another number of pixels becomes unreadable.
    pub fn new(
        shape: ImageSize,
        levels: u16,
        classes: usize,
        mut examples: Vec<Example<'a>>,
    ) -> Self {
        let features = shape.features();
        for example in &mut examples {
            let found = example.pixels.len();
            if found != features {
                let reason = format!("{found} pixels: {shape} asks for {features}");
                *example = Example::unreadable(reason, shape);
            }
        }
        Self {
            shape,
            levels: levels.max(2),
            classes,
            examples,
        }
    }

    /// At most so many of the examples, at equal distances.
    #[must_use]
    pub fn spread(&self, count: usize) -> Self {
        self.select(spread(self.examples.len(), count))
    }

    /// The examples at these places of the batch.
    #[must_use]
    pub fn select(&self, places: impl Iterator<Item = usize>) -> Self {
        Self {
            examples: places
                .filter_map(|place| self.examples.get(place).cloned())
                .collect(),
            ..*self
        }
    }

    /// The examples, so many at a time.
    pub fn parts(&self, size: usize) -> impl Iterator<Item = Self> + '_ {
        self.examples.chunks(size.max(1)).map(|examples| Self {
            examples: examples.to_vec(),
            ..*self
        })
    }

    /// Size of an image.
    pub fn shape(&self) -> ImageSize {
        self.shape
    }

    /// Number of grey levels; a pixel is below it.
    pub fn levels(&self) -> u16 {
        self.levels
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The examples.
    pub fn examples(&self) -> &[Example<'a>] {
        &self.examples
    }
}
