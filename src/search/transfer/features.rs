//! What a base makes of all examples.

use candle_core::Device;

use crate::evaluate::{EvaluationError, Evaluator};
use crate::shape::ImageSize;
use crate::train::{TrainError, TrainingSet};

/// Examples whose numbers are evaluated together.
const AT_ONCE: usize = 4096;

/// Numbers that the first steps of a network make of each example, and its class.
#[derive(Debug, Clone, Default)]
pub(super) struct BaseFeatures {
    /// Numbers of an example.
    pub(super) count: usize,
    /// `[examples, count]`.
    pub(super) numbers: Vec<f32>,
    /// None of an example that has none.
    pub(super) classes: Vec<Option<usize>>,
}

impl BaseFeatures {
    /// Number of examples.
    pub(super) fn len(&self) -> usize {
        self.classes.len()
    }

    /// Those of all examples from the one at this place on.
    pub(super) fn since(mut self, place: usize) -> Self {
        self.numbers.drain(..place * self.count);
        self.classes.drain(..place);
        self
    }

    /// Adds those of more examples.
    pub(super) fn extend(&mut self, more: Self) {
        self.numbers.extend(more.numbers);
        self.classes.extend(more.classes);
    }

    /// How many of the examples a network misclassifies whose first so many steps made these
    /// numbers.
    ///
    /// # Errors
    /// If the network makes another number of them there.
    pub(super) fn errors(
        &self,
        evaluator: &Evaluator,
        steps: usize,
    ) -> Result<u64, EvaluationError> {
        let mut errors = 0;
        for (numbers, classes) in self.parts() {
            errors += evaluator.errors_from(&evaluator.features_from(&numbers, classes, steps)?);
        }
        Ok(errors)
    }

    /// What the steps up to `to` of a network make of these numbers, which the first `from` made.
    ///
    /// # Errors
    /// If the network makes another number of them there.
    pub(super) fn advanced(
        &self,
        evaluator: &Evaluator,
        from: usize,
        to: usize,
    ) -> Result<Self, EvaluationError> {
        let mut made = Vec::new();
        for (numbers, classes) in self.parts() {
            let features = evaluator.features_from(&numbers, classes, from)?;
            made.extend(evaluator.advance(features, to).numbers().concat());
        }
        Ok(Self {
            count: made.len() / self.len().max(1),
            numbers: made,
            classes: self.classes.clone(),
        })
    }

    fn parts(&self) -> impl Iterator<Item = (Vec<&[f32]>, &[Option<usize>])> {
        let count = self.count.max(1);
        let numbers = self.numbers.chunks(AT_ONCE * count);
        let numbers = numbers.map(move |part| part.chunks(count).collect());
        numbers.zip(self.classes.chunks(AT_ONCE))
    }

    /// Those examples that have a class, each as a map of one place.
    ///
    /// # Errors
    /// If candle fails.
    pub(super) fn training_set(&self) -> Result<TrainingSet<'static>, TrainError> {
        let (mut numbers, mut labels) = (Vec::new(), Vec::new());
        let of_example = self.numbers.chunks(self.count.max(1));
        for (of_example, class) in of_example.zip(&self.classes) {
            if let Some(class) = class {
                numbers.extend_from_slice(of_example);
                labels.push(*class as u32);
            }
        }
        let size = ImageSize {
            channels: self.count,
            height: 1,
            width: 1,
        };
        let device = Device::Cpu;
        Ok(TrainingSet::of_numbers(numbers, size, labels, &device)?)
    }

    /// The numbers of all examples, one list a feature.
    pub(super) fn columns(&self) -> Vec<Vec<f32>> {
        let column = |feature: usize| {
            let numbers = self.numbers.iter().skip(feature);
            numbers.step_by(self.count.max(1)).copied().collect()
        };
        (0..self.count).map(column).collect()
    }
}
