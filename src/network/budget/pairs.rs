//! Photographs on their way through a network and, side by side, through what is made of it.

use super::inputs::{spread, PART};
use crate::code::Convolution;
use crate::evaluate::{Batch, Evaluator, Features, WindowMoments};
use crate::network::budget::error::BudgetError;
use crate::network::import::ImportError;
use crate::shape::ImageSize;

/// At most so many numbers are kept of each network's features, a gibibyte: early layers have
/// large features, and need fewer photographs.
const ROOM: usize = 1 << 28;

/// The features of both networks after the same layer, some photographs at a time.
pub(super) struct Pairs<'a> {
    parts: Vec<[Features; 2]>,
    /// Those for which there was no room yet.
    waiting: Vec<Batch<'a>>,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(images: &Batch<'a>) -> Self {
        let mut waiting: Vec<Batch> = images.parts(PART).collect();
        waiting.reverse();
        Self {
            parts: Vec::new(),
            waiting,
        }
    }

    /// Takes in more photographs, after the first `layers` layers, while there is room for so many
    /// features of each; at least one part.
    ///
    /// # Errors
    /// If the networks do not read them.
    pub(super) fn join(
        &mut self,
        original: &Evaluator,
        quantised: &Evaluator,
        layers: usize,
        features: usize,
    ) -> Result<(), BudgetError> {
        while self.parts.is_empty() || (self.parts.len() + 1) * PART * features <= ROOM {
            let Some(part) = self.waiting.pop() else {
                break;
            };
            let after = |evaluator: &Evaluator| {
                let features = evaluator.features_of(&part, layers);
                features.map_err(ImportError::from)
            };
            self.parts.push([after(original)?, after(quantised)?]);
        }
        Ok(())
    }

    /// On to the first `layers` layers.
    pub(super) fn advance(&mut self, original: &Evaluator, quantised: &Evaluator, layers: usize) {
        let parts = std::mem::take(&mut self.parts).into_iter();
        self.parts = parts
            .map(|[before, after]| {
                [
                    original.advance(before, layers),
                    quantised.advance(after, layers),
                ]
            })
            .collect();
    }

    /// In two halves, moments of the windows that a convolution reads of what the quantised network
    /// has, and behind these, of what the original has beyond it.
    pub(super) fn moments(
        &self,
        convolution: &Convolution,
        size: ImageSize,
    ) -> Option<[WindowMoments; 2]> {
        let spread = spread(convolution, size);
        let mut halves: Option<[WindowMoments; 2]> = None;
        for [before, after] in &self.parts {
            for (block, found) in after
                .window_moments_with(before, &spread, size)
                .into_iter()
                .enumerate()
            {
                halves.get_or_insert_with(|| [found.zeros(), found.zeros()])[block % 2].add(&found);
            }
        }
        halves
    }

    /// What the mean of each channel has lost.
    pub(super) fn lost(&self) -> Vec<f64> {
        let images: usize = self.parts.iter().map(|[before, _]| before.images()).sum();
        let mut lost = Vec::new();
        for [before, after] in &self.parts {
            let part = before.images() as f64 / images.max(1) as f64;
            let means = before
                .channel_means()
                .into_iter()
                .zip(after.channel_means());
            let found = means.map(|(before, after)| part * (before - after));
            if lost.is_empty() {
                lost = found.collect();
            } else {
                lost.iter_mut()
                    .zip(found)
                    .for_each(|(lost, found)| *lost += found);
            }
        }
        lost
    }

    /// Adds a number to each channel of the quantised network's features.
    pub(super) fn add_to_channels(&mut self, numbers: &[f32]) {
        for [_, after] in &mut self.parts {
            after.add_to_channels(numbers);
        }
    }
}
