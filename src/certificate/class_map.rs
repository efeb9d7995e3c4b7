//! Examples of fewer classes than a network has outputs.

use std::collections::BTreeSet;

use super::claim::ClassMap;
use crate::evaluate::{Batch, Example, Examples};
use crate::shape::ImageSize;

/// How many examples are copied at once.
const COPIED: usize = 256;

/// Examples whose classes are called by the outputs that stand for them; the examples as they are
/// where there is no map.
///
/// Their digest is that of the examples with these classes.
pub(super) struct Mapped<'a> {
    examples: &'a dyn Examples,
    map: Option<&'a ClassMap>,
}

impl<'a> Mapped<'a> {
    pub(super) fn new(examples: &'a dyn Examples, map: Option<&'a ClassMap>) -> Self {
        Self { examples, map }
    }

    /// What is wrong with the map, if it is not one of these examples' classes.
    pub(super) fn problem(&self) -> Option<String> {
        let map = self.map?;
        let (given, classes) = (map.output_of_class.len(), self.examples.classes());
        if given != classes {
            return Some(format!("a map of {given} classes, but there are {classes}"));
        }
        let mut outputs = map.output_of_class.iter();
        if let Some(outside) = outputs.find(|&&output| output >= map.outputs) {
            return Some(format!(
                "a class is mapped to output {outside}, but the network has {} from 0",
                map.outputs
            ));
        }
        // One output for two classes would count the errors of one as those of the other.
        let mut seen = BTreeSet::new();
        let twice = map
            .output_of_class
            .iter()
            .find(|&&output| !seen.insert(output))?;
        Some(format!("two classes are mapped to output {twice}"))
    }

    /// The numbers of the classes, as the examples have them.
    pub(super) fn class_numbers(&self) -> Vec<usize> {
        match self.map {
            None => (0..self.classes()).collect(),
            Some(map) => map
                .output_of_class
                .iter()
                .map(|&output| output as usize)
                .collect(),
        }
    }
}

impl Examples for Mapped<'_> {
    fn shape(&self) -> ImageSize {
        self.examples.shape()
    }

    fn levels(&self) -> u16 {
        self.examples.levels()
    }

    fn classes(&self) -> usize {
        self.map
            .map_or(self.examples.classes(), |map| map.outputs as usize)
    }

    fn len(&self) -> usize {
        self.examples.len()
    }

    fn batch(&self, indices: &[usize]) -> Batch<'_> {
        let batch = self.examples.batch(indices);
        let Some(map) = self.map else {
            return batch;
        };
        let mapped = |example: &Example| {
            let Some(class) = example.class() else {
                return example.clone().into_owned();
            };
            match map.output_of_class.get(class) {
                Some(&output) => example.clone().into_owned().with_class(output as usize),
                None => {
                    let reason = format!("class {class} is not in the map");
                    Example::unreadable(reason, self.shape())
                }
            }
        };
        let examples = batch.examples().iter().map(mapped).collect();
        Batch::new(batch.shape(), batch.levels(), self.classes(), examples)
    }

    fn is_decoded(&self) -> bool {
        self.examples.is_decoded()
    }

    fn state(&self) -> String {
        format!("{}{:?}", self.examples.state(), self.map)
    }

    fn part(&self) -> usize {
        match self.map {
            None => self.examples.part(),
            Some(_) => self.examples.part().min(COPIED),
        }
    }
}
