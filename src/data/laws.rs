//! Synthetic laws with a population error that is known exactly: points drawn uniformly from a
//! finite list, labels with noise.

use rand::{Rng, RngExt};

use super::dataset::LabelledImages;
use super::error::DataError;
use crate::shape::ImageSize;

/// A cube has at most this many dimensions, so that all its points can be enumerated.
pub const MOST_DIMENSIONS: u32 = 16;

/// What the label of a point of the Boolean cube is, before noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Always 0.
    Constant,
    /// 1 if more than half of the coordinates are.
    Majority,
    /// Whether an odd number of the first so many coordinates are 1.
    Parity(u32),
    /// 1 where a random network with so many hidden units is above its median over the cube.
    Teacher(u32),
}

/// Points drawn uniformly from a list; the label of each is its class with probability `1 - noise`,
/// else one of the other classes, each equally likely.
///
/// A sample is drawn independently, with replacement, so that the list is the whole population and
/// nothing about it is estimated.
#[derive(Debug, Clone, PartialEq)]
pub struct Law {
    points: LabelledImages,
    noise: f64,
}

impl Law {
    /// The law on `points`, a real data set for example.
    ///
    /// # Errors
    /// [`DataError::Noise`] if `noise` is not from 0 to 1.
    pub fn new(points: LabelledImages, noise: f64) -> Result<Self, DataError> {
        if (0.0..=1.0).contains(&noise) {
            Ok(Self { points, noise })
        } else {
            Err(DataError::Noise(noise))
        }
    }

    /// The uniform law on `{0, 1}^dimension`, as images of so many channels with two levels, in two
    /// classes.
    ///
    /// `random` makes the teacher.
    ///
    /// # Errors
    /// [`DataError::Dimension`] if `dimension` is not from 1 to [`MOST_DIMENSIONS`]; as
    /// [`Law::new`].
    pub fn cube(
        dimension: u32,
        target: Target,
        noise: f64,
        random: &mut impl Rng,
    ) -> Result<Self, DataError> {
        if !(1..=MOST_DIMENSIONS).contains(&dimension) {
            return Err(DataError::Dimension {
                dimension,
                most: MOST_DIMENSIONS,
            });
        }
        let points = 0..1u32 << dimension;
        let bit = |point: u32, i: u32| point >> i & 1;
        let labels: Vec<u8> = match target {
            Target::Constant => points.clone().map(|_| 0).collect(),
            Target::Majority => points
                .clone()
                .map(|point| u8::from(2 * point.count_ones() > dimension))
                .collect(),
            Target::Parity(bits) => {
                let mask = ((1u64 << bits.min(dimension)) - 1) as u32;
                points
                    .clone()
                    .map(|point| (point & mask).count_ones() as u8 & 1)
                    .collect()
            }
            Target::Teacher(units) => above_median(&teacher(dimension, units, random)),
        };
        let shape = ImageSize {
            channels: dimension as usize,
            height: 1,
            width: 1,
        };
        let levels = points
            .flat_map(|point| (0..dimension).map(move |i| bit(point, i) as u8))
            .collect();
        Self::new(LabelledImages::new(shape, 2, 2, levels, labels)?, noise)
    }

    /// All points, with their labels before noise.
    pub fn points(&self) -> &LabelledImages {
        &self.points
    }

    /// `noise`.
    pub fn noise(&self) -> f64 {
        self.noise
    }

    /// The error of the best classifier, which knows the law: a lower limit of all population
    /// errors.
    ///
    /// Of `K` classes the likeliest has probability `1 - noise` or `noise/(K - 1)`, at every point.
    pub fn least_error(&self) -> f64 {
        let others = (self.points.classes() - 1).max(1) as f64;
        // Rounded down by more than the rounding of `Law::error`.
        ((1.0 - (1.0 - self.noise).max(self.noise / others)) * (1.0 - 1e-12)).max(0.0)
    }

    /// A sample of independent examples.
    ///
    /// # Errors
    /// [`DataError::Empty`] if `examples` is 0.
    pub fn sample(
        &self,
        examples: usize,
        random: &mut impl Rng,
    ) -> Result<LabelledImages, DataError> {
        self.collect(examples, || {
            let place = random.random_range(0..self.points.len());
            let flips = self.flips(random);
            let further = if flips { self.further(random) } else { 0 };
            (place, further)
        })
    }

    /// A sample whose points come from one source of randomness and its labels from another.
    ///
    /// Two laws with the same points, from the same sources, so make the same points, and a label
    /// that is another one with the smaller `noise` is the same other one with the larger.
    ///
    /// # Errors
    /// As [`Law::sample`].
    pub fn sample_apart(
        &self,
        examples: usize,
        places: &mut impl Rng,
        labels: &mut impl Rng,
    ) -> Result<LabelledImages, DataError> {
        self.collect(examples, || {
            let place = places.random_range(0..self.points.len());
            // Both are drawn always, so that the next label does not depend on this one.
            let flips = self.flips(labels);
            let further = self.further(labels);
            (place, if flips { further } else { 0 })
        })
    }

    /// Whether a label becomes another one.
    fn flips(&self, random: &mut impl Rng) -> bool {
        let flips = random.random::<f64>() < self.noise;
        flips && self.points.classes() > 1
    }

    /// How many classes further the other one is.
    fn further(&self, random: &mut impl Rng) -> usize {
        random.random_range(1..self.points.classes().max(2))
    }

    /// Examples: the place of each among the points, and how many classes its label is further.
    fn collect(
        &self,
        examples: usize,
        mut draw: impl FnMut() -> (usize, usize),
    ) -> Result<LabelledImages, DataError> {
        let points = &self.points;
        let classes = points.classes();
        let mut images = Vec::with_capacity(examples * points.shape().features());
        let mut labels = Vec::with_capacity(examples);
        for _ in 0..examples {
            let (place, further) = draw();
            images.extend(points.image(place));
            labels.push(((usize::from(points.label(place)) + further) % classes) as u8);
        }
        LabelledImages::new(points.shape(), points.levels(), classes, images, labels)
    }

    /// The population error of a classifier that takes these decisions at all points, in order; no
    /// decision is always wrong.
    ///
    /// With `a` points where it decides for the class before noise and `b` where it decides for
    /// another, of `N` points and `K` classes: `1 - ((1 - noise) a + noise b/(K - 1))/N`, to a few
    /// units in the last place.
    pub fn error(&self, decisions: &[Option<u8>]) -> f64 {
        let count = |is_class: bool| {
            let pairs = decisions.iter().zip(self.points.labels());
            pairs
                .filter(|(decision, label)| decision.is_some_and(|d| (d == **label) == is_class))
                .count() as f64
        };
        let others = (self.points.classes() - 1).max(1) as f64;
        let right = (1.0 - self.noise) * count(true) + self.noise * count(false) / others;
        (1.0 - right / self.points.len() as f64).clamp(0.0, 1.0)
    }
}

/// The output of a random network with one hidden layer of rectified units, at all points.
fn teacher(dimension: u32, units: u32, random: &mut impl Rng) -> Vec<f64> {
    let mut symmetric = || 2.0 * random.random::<f64>() - 1.0;
    let hidden: Vec<(Vec<f64>, f64, f64)> = (0..units)
        .map(|_| {
            (
                (0..dimension).map(|_| symmetric()).collect(),
                symmetric(),
                symmetric(),
            )
        })
        .collect();
    let output = |point: u32| {
        let unit = |(weights, bias, outgoing): &(Vec<f64>, f64, f64)| {
            let signs = (0..dimension).map(|i| if point >> i & 1 == 1 { 1.0 } else { -1.0 });
            let sum: f64 = weights
                .iter()
                .zip(signs)
                .map(|(weight, sign)| weight * sign)
                .sum();
            outgoing * (sum + bias).max(0.0)
        };
        hidden.iter().map(unit).sum()
    };
    (0..1u32 << dimension).map(output).collect()
}

/// Which values are above the median: half of them, or fewer if some are equal to it.
fn above_median(values: &[f64]) -> Vec<u8> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let median = sorted
        .get((sorted.len() / 2).saturating_sub(1))
        .copied()
        .unwrap_or_default();
    values
        .iter()
        .map(|&value| u8::from(value > median))
        .collect()
}
