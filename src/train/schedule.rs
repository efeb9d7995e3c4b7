//! How long and how fast a network is trained.

use serde::{Deserialize, Serialize};

use super::augmentation::Augmentation;
use super::optimiser::Method;

/// How long and how fast, for everything else as usual: the settings that [`Training::from`] makes
/// of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Passes over the training set.
    pub epochs: usize,
    /// Images a step.
    pub batch: usize,
    /// Largest learning rate, reached after a tenth of all steps, linearly; then down to zero along
    /// a cosine.
    pub learning_rate: f64,
}

/// All settings of a training.
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    /// Passes over the training set.
    pub epochs: usize,
    /// Images a step; with as many as there are, or more, every step sees all.
    pub batch: usize,
    /// What a gradient does.
    pub method: Method,
    /// Largest learning rate.
    pub learning_rate: f64,
    /// How the learning rate changes.
    pub course: Course,
    /// Label smoothing, from 0 to 1, as in
    /// [`cross_entropy`](crate::train::operators::cross_entropy()).
    pub smoothing: f64,
    /// From 0, the cross-entropy `-ln p` of the true class's probability `p`, towards 1, its error
    /// probability `1 - p`: with `q` above 0 the loss is `(1 - p^q)/q` (Zhang and Sabuncu 2018). A
    /// small network cannot read every image; a bounded loss lets it give up the hopeless ones for
    /// those it can win. Not combined with smoothing.
    pub bounded: f64,
    /// How images are changed at random each time they are seen.
    pub augmentation: Augmentation,
    /// On how many of the examples, at equal distances; on all, if nothing is said.
    pub examples: Option<usize>,
}

impl From<Schedule> for Training {
    /// Adam, a warm-up of a tenth and a cosine; no smoothing, no augmentation.
    fn from(schedule: Schedule) -> Self {
        Self {
            epochs: schedule.epochs,
            batch: schedule.batch,
            method: Method::ADAM,
            learning_rate: schedule.learning_rate,
            course: Course::Cosine { warm_up: 0.1 },
            smoothing: 0.0,
            bounded: 0.0,
            augmentation: Augmentation::NONE,
            examples: None,
        }
    }
}

impl Training {
    /// The learning rate when the fraction `done` of all steps has been taken.
    pub fn rate(&self, done: f64) -> f64 {
        self.learning_rate * self.course.factor(done)
    }
}

/// The learning rate's course, as a fraction of the largest.
#[derive(Debug, Clone, PartialEq)]
pub enum Course {
    /// Always the largest.
    Constant,
    /// Linearly from zero during the first fraction `warm_up` of all steps, then to zero along half
    /// a cosine (Loshchilov and Hutter 2017).
    Cosine {
        /// From 0 to below 1.
        warm_up: f64,
    },
    /// From 1/25 up during the first fraction `warm_up` of all steps, then down to 1/250,000, each
    /// along half a cosine (Smith and Topin 2019, with the constants of PyTorch's `OneCycleLR`; the
    /// momentum stays).
    OneCycle {
        /// From 0 to below 1.
        warm_up: f64,
    },
    /// The largest, multiplied by `factor` for each of the fractions of all steps in `at` that is
    /// done (He et al. 2016).
    Steps {
        /// When the rate falls.
        at: Vec<f64>,
        /// To which part of what it was.
        factor: f64,
    },
}

impl Course {
    /// The learning rate when the fraction `done` of all steps has been taken, divided by the
    /// largest.
    ///
    /// ```
    /// use nonvacuous::train::Course;
    /// let steps = Course::Steps { at: vec![0.5, 0.75], factor: 0.1 };
    /// assert_eq!([0.0, 0.5, 0.9].map(|done| steps.factor(done)), [1.0, 0.1, 0.1 * 0.1]);
    /// assert_eq!(Course::Cosine { warm_up: 0.1 }.factor(0.05), 0.5);
    /// assert_eq!(Course::OneCycle { warm_up: 0.3 }.factor(0.3), 1.0);
    /// ```
    pub fn factor(&self, done: f64) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Cosine { warm_up } if done < *warm_up => done / warm_up,
            Self::Cosine { warm_up } => along_cosine(1.0, 0.0, (done - warm_up) / (1.0 - warm_up)),
            Self::OneCycle { warm_up } if done < *warm_up => {
                along_cosine(1.0 / 25.0, 1.0, done / warm_up)
            }
            Self::OneCycle { warm_up } => {
                along_cosine(1.0, 1.0 / 250_000.0, (done - warm_up) / (1.0 - warm_up))
            }
            Self::Steps { at, factor } => at
                .iter()
                .filter(|&&at| at <= done)
                .map(|_| factor)
                .product(),
        }
    }
}

/// From `first` at 0 to `last` at 1 along half a cosine.
fn along_cosine(first: f64, last: f64, fraction: f64) -> f64 {
    last + (first - last) * (0.5 * (1.0 + (std::f64::consts::PI * fraction).cos()))
}
