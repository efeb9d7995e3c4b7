//! Labels of photographs that are not in folders of their classes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::data::error::DataError;
use crate::data::formats::file::{in_file, read};

/// The devkit's list of classes, `WNID NUMBER NAME` a line.
const DEVKIT_CLASSES: &str = "map_clsloc.txt";

/// What a file of labels says.
pub(in crate::data) enum FlatLabels {
    /// Name and label.
    Named(Vec<(String, String)>),
    /// One label for each photograph in the order of their names.
    InOrder(Vec<String>),
}

impl FlatLabels {
    /// Reads a file of `NAME LABEL` lines or of one label a line; the devkit's numbers become
    /// WordNet numbers.
    pub(in crate::data) fn read(path: &Path) -> Result<Self, DataError> {
        let lines = lines(path)?;
        let fields: Vec<Vec<&str>> = lines
            .iter()
            .map(|line| line.split_whitespace().collect())
            .collect();
        match fields.first().map(Vec::len) {
            Some(2) if fields.iter().all(|fields| fields.len() == 2) => Ok(Self::Named(
                fields
                    .iter()
                    .map(|fields| (fields[0].to_string(), fields[1].to_string()))
                    .collect(),
            )),
            Some(1) if fields.iter().all(|fields| fields.len() == 1) => {
                let labels: Vec<String> =
                    lines.iter().map(|line| line.trim().to_string()).collect();
                match labels.iter().all(|label| label.parse::<u32>().is_ok()) {
                    true => Ok(Self::InOrder(from_devkit(path, labels)?)),
                    false => Ok(Self::InOrder(labels)),
                }
            }
            _ => Err(in_file(path, DataError::LabelLines)),
        }
    }

    /// For each photograph that is there or should be, in the order of names, its class or why it
    /// has none.
    pub(in crate::data) fn classes(
        &self,
        names: &[String],
        classes: &[String],
    ) -> Vec<(String, Result<usize, String>)> {
        let numbers = numbered(classes);
        let class = |label: &str| {
            let number = numbers
                .get(label)
                .copied()
                .or_else(|| label.parse().ok().filter(|&class| class < classes.len()));
            number.ok_or_else(|| format!("{label} is none of the {} classes", classes.len()))
        };
        match self {
            Self::Named(lines) => {
                let labels: BTreeMap<&str, &str> = lines
                    .iter()
                    .map(|(name, label)| (name.rsplit('/').next().unwrap_or(name), label.as_str()))
                    .collect();
                let all: BTreeSet<&str> = labels
                    .keys()
                    .copied()
                    .chain(names.iter().map(String::as_str))
                    .collect();
                let entry = |name: &str| match labels.get(name) {
                    Some(label) => (name.to_string(), class(label)),
                    None => (name.to_string(), Err("it has no label".to_string())),
                };
                all.into_iter().map(entry).collect()
            }
            Self::InOrder(labels) => {
                // With another number of labels than photographs, whose label is whose is not
                // known.
                let matched = labels.len() == names.len();
                let reason = || {
                    format!(
                        "there are {} labels for {} photographs",
                        labels.len(),
                        names.len()
                    )
                };
                let label = |place: usize| match labels.get(place) {
                    Some(label) if matched => class(label),
                    _ => Err(reason()),
                };
                let name = |place: usize| {
                    names
                        .get(place)
                        .cloned()
                        .unwrap_or_else(|| format!("photograph {}", place + 1))
                };
                (0..names.len().max(labels.len()))
                    .map(|place| (name(place), label(place)))
                    .collect()
            }
        }
    }
}

/// WordNet numbers for the devkit's.
fn from_devkit(path: &Path, labels: Vec<String>) -> Result<Vec<String>, DataError> {
    let list = path.with_file_name(DEVKIT_CLASSES);
    if !list.is_file() {
        return Err(in_file(path, DataError::NoDevkitClasses(DEVKIT_CLASSES)));
    }
    let lines = lines(&list)?;
    let pair = |line: &String| {
        let mut fields = line.split_whitespace();
        let class = fields.next()?.to_string();
        Some((fields.next()?.to_string(), class))
    };
    let classes: BTreeMap<String, String> = lines.iter().filter_map(pair).collect();
    // An unknown number becomes a name that is no class.
    Ok(labels
        .into_iter()
        .map(|label| {
            classes
                .get(&label)
                .cloned()
                .unwrap_or(format!("number {label}"))
        })
        .collect())
}

fn lines(path: &Path) -> Result<Vec<String>, DataError> {
    let text = String::from_utf8(read(path)?).map_err(|_| in_file(path, DataError::LabelLines))?;
    Ok(text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_string)
        .collect())
}

/// Names to numbers.
fn numbered(classes: &[String]) -> BTreeMap<&str, usize> {
    classes
        .iter()
        .enumerate()
        .map(|(number, class)| (class.as_str(), number))
        .collect()
}
