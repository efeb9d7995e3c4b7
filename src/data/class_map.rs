//! Data of fewer classes than a network has outputs: which output is which class.

use std::path::Path;

use super::error::DataError;
use super::formats::file::{in_file, read};
use crate::evaluate::{Batch, Example, Examples, ExamplesDigest};
use crate::nearest::nearest;
use crate::shape::ImageSize;

/// For each class of a data set the output of a network that stands for it.
///
/// Chosen before the data were seen it costs nothing; otherwise it is a part of what is described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassMap {
    outputs: Vec<usize>,
    of: usize,
}

impl ClassMap {
    /// Reads a file of lines `CLASS OUTPUT`: a class of the data set by its name, or by its number
    /// from 0, and an output of the network by its number from 0. A line that begins with `#` is a
    /// comment. Every class must have one line; several may have the same output.
    ///
    /// `classes` are the names of the classes, `outputs` is how many the network has.
    ///
    /// # Errors
    /// [`DataError::Line`] for a class or an output that there is not, and for a class that is
    /// there twice; [`DataError::Unmapped`] for classes without a line.
    pub fn read(path: &Path, classes: &[String], outputs: usize) -> Result<Self, DataError> {
        let bytes = read(path, &mut Vec::new())?;
        Self::parse(&String::from_utf8_lossy(&bytes), classes, outputs)
            .map_err(|error| in_file(path, error))
    }

    /// The same, of a text.
    ///
    /// ```
    /// use nonvacuous::data::ClassMap;
    /// let classes = ["cat".to_string(), "dog".to_string()];
    /// let map = ClassMap::parse("# as in ImageNet\ncat 281\ndog 207\n", &classes, 1000)?;
    /// assert_eq!(map.outputs(), [281, 207]);
    /// assert!(ClassMap::parse("cat 281\n", &classes, 1000).is_err());
    /// # Ok::<(), nonvacuous::data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As [`ClassMap::read`].
    pub fn parse(text: &str, classes: &[String], outputs: usize) -> Result<Self, DataError> {
        let mut map = vec![None; classes.len()];
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |reason: String| DataError::Line {
                line: number + 1,
                reason,
            };
            let (class, output) = line
                .rsplit_once(char::is_whitespace)
                .ok_or_else(|| wrong(format!("{line:?}: accepted is \"CLASS OUTPUT\"")))?;
            let place = class_number(class.trim(), classes).map_err(wrong)?;
            let output = output
                .parse()
                .ok()
                .filter(|&output: &usize| output < outputs)
                .ok_or_else(|| {
                    wrong(format!(
                        "output {output:?}: the network has {outputs}, from 0"
                    ))
                })?;
            if map[place].replace(output).is_some() {
                return Err(wrong(format!("{:?} is there twice", classes[place])));
            }
        }
        let mut missing = Vec::new();
        for (class, output) in classes.iter().zip(&map) {
            if output.is_none() {
                missing.push(format!("{class:?}"));
            }
        }
        if !missing.is_empty() {
            let classes = missing.join(", ");
            return Err(DataError::Unmapped { classes });
        }
        Ok(Self {
            outputs: map.into_iter().flatten().collect(),
            of: outputs,
        })
    }

    /// The output of each class, in the order of classes.
    pub fn outputs(&self) -> &[usize] {
        &self.outputs
    }
}

/// A class by its name, or by its number.
fn class_number(class: &str, classes: &[String]) -> Result<usize, String> {
    if let Some(place) = classes.iter().position(|name| name == class) {
        return Ok(place);
    }
    let number: Option<usize> = class.parse().ok();
    number
        .filter(|&number| number < classes.len())
        .ok_or_else(|| {
            let names = classes.iter().map(String::as_str);
            let nearest = nearest(class, names);
            let hint = nearest.map_or(String::new(), |name| format!(" (did you mean {name:?}?)"));
            format!("there is no class {class:?}{hint}")
        })
}

/// Examples whose classes are outputs of a network: one is misclassified unless the output of its
/// class is the largest of all outputs.
#[derive(Clone, Copy)]
pub struct MappedClasses<'a> {
    examples: &'a dyn Examples,
    map: &'a ClassMap,
}

impl<'a> MappedClasses<'a> {
    /// Examples of a data set with the map of its classes.
    pub fn new(examples: &'a dyn Examples, map: &'a ClassMap) -> Self {
        Self { examples, map }
    }
}

impl Examples for MappedClasses<'_> {
    fn shape(&self) -> ImageSize {
        self.examples.shape()
    }

    fn classes(&self) -> usize {
        self.map.of
    }

    fn len(&self) -> usize {
        self.examples.len()
    }

    fn batch(&self, indices: &[usize]) -> Batch<'_> {
        let batch = self.examples.batch(indices);
        let mut mapped = Vec::with_capacity(indices.len());
        for example in batch.examples() {
            let output = example
                .class()
                .and_then(|class| self.map.outputs.get(class));
            mapped.push(match output {
                Some(&output) => Example::new(example.pixels().to_vec(), output),
                None => {
                    let reason = example.problem().unwrap_or("its class has no output");
                    Example::unreadable(reason.to_string(), batch.shape())
                }
            });
        }
        Batch::new(batch.shape(), batch.levels(), self.map.of, mapped)
    }

    fn digest(&self, evaluated: usize) -> ExamplesDigest {
        self.examples.digest(evaluated)
    }

    fn state(&self, indices: &[usize]) -> String {
        self.examples.state(indices)
    }

    fn part(&self) -> usize {
        self.examples.part()
    }
}
