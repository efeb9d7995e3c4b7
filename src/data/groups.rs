//! Examples that are not independent: which of them belong together.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::DataError;
use super::formats::file::{in_file, read};

/// For each example the group that it is of: a patient, a video, a writer. Groups are independent,
/// the examples of one are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    of: Vec<usize>,
    count: usize,
}

impl Groups {
    /// Reads a file of one group a line, in the order of the examples; or of lines `NAME GROUP`,
    /// where `names` are those of the examples (none for images in memory). A group is called by
    /// any word.
    ///
    /// # Errors
    /// [`DataError::GroupCount`] for another number of lines than examples; [`DataError::Line`] for
    /// a name that no example has, or that is there twice; [`DataError::Ungrouped`] for an example
    /// without a line.
    pub fn read(path: &Path, examples: usize, names: &[String]) -> Result<Self, DataError> {
        let bytes = read(path, &mut Vec::new())?;
        Self::parse(&String::from_utf8_lossy(&bytes), examples, names)
            .map_err(|error| in_file(path, error))
    }

    /// The same, of a text.
    ///
    /// ```
    /// use nonvacuous::data::Groups;
    /// let groups = Groups::parse("anna\nberta\nanna\n", 3, &[])?;
    /// assert_eq!(groups.of(), [0, 1, 0]);
    /// assert_eq!(groups.count(), 2);
    /// # Ok::<(), nonvacuous::data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Groups::read`].
    pub fn parse(text: &str, examples: usize, names: &[String]) -> Result<Self, DataError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.lines().enumerate();
        let lines = lines.filter(|(_, line)| !line.trim().is_empty());
        let lines: Vec<(usize, &str)> = lines.map(|(number, line)| (number + 1, line)).collect();
        let has_name = |(_, line): &(usize, &str)| line.trim().contains(char::is_whitespace);
        if !names.is_empty() && lines.iter().all(has_name) && !lines.is_empty() {
            return Self::by_name(&lines, names);
        }
        if lines.len() != examples {
            return Err(DataError::GroupCount {
                lines: lines.len(),
                examples,
            });
        }
        let mut numbers = BTreeMap::new();
        let of = lines
            .iter()
            .map(|(_, line)| number(&mut numbers, line.trim()));
        let of = of.collect();
        Ok(Self {
            of,
            count: numbers.len(),
        })
    }

    fn by_name(lines: &[(usize, &str)], names: &[String]) -> Result<Self, DataError> {
        let places: BTreeMap<&str, usize> = names.iter().map(String::as_str).zip(0..).collect();
        let mut numbers = BTreeMap::new();
        let mut of = vec![None; names.len()];
        for &(line, text) in lines {
            let wrong = |reason: String| DataError::Line { line, reason };
            let (name, group) = text
                .trim()
                .rsplit_once(char::is_whitespace)
                .ok_or_else(|| wrong("accepted is \"NAME GROUP\"".to_string()))?;
            let name = name.trim();
            let place = places.get(name);
            let place = *place.ok_or_else(|| wrong(format!("there is no example {name:?}")))?;
            let group = number(&mut numbers, group);
            if of[place].replace(group).is_some() {
                return Err(wrong(format!("{name:?} is there twice")));
            }
        }
        if let Some(place) = of.iter().position(Option::is_none) {
            let example = format!("{:?}", names[place]);
            return Err(DataError::Ungrouped { example });
        }
        Ok(Self {
            of: of.into_iter().flatten().collect(),
            count: numbers.len(),
        })
    }

    /// The group of each example, below [`Groups::count`].
    pub fn of(&self) -> &[usize] {
        &self.of
    }

    /// Number of groups.
    pub fn count(&self) -> usize {
        self.count
    }
}

/// The number of a group, in the order in which they come first.
fn number<'a>(numbers: &mut BTreeMap<&'a str, usize>, group: &'a str) -> usize {
    let next = numbers.len();
    *numbers.entry(group).or_insert(next)
}
