//! Labels of photographs that are not in folders of their classes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::data::error::DataError;
use crate::data::formats::file::{in_file, read};

/// The devkit's list of classes, `WNID NUMBER NAME` a line.
const DEVKIT_CLASSES: &str = "map_clsloc.txt";

/// Names of the column of a CSV with the names of photographs, in lower case.
const NAME_COLUMNS: [&str; 12] = [
    "imageid",
    "image_id",
    "filename",
    "file_name",
    "file",
    "image",
    "image_name",
    "img",
    "path",
    "filepath",
    "name",
    "id",
];

/// Names of the column of a CSV with their classes, in lower case.
const CLASS_COLUMNS: [&str; 10] = [
    "predictionstring",
    "label",
    "labels",
    "class",
    "classes",
    "class_name",
    "category",
    "target",
    "breed",
    "species",
];

/// What a file of labels says.
pub(in crate::data) enum FlatLabels {
    /// Name and label.
    Named(Vec<(String, String)>),
    /// One label for each photograph in the order of their names.
    InOrder(Vec<String>),
}

/// A photograph that is there or should be, with its class or why it has none.
pub(in crate::data) type Labelled = (String, Result<usize, String>);

impl FlatLabels {
    /// Reads a CSV with a column of names and one of classes (of which the first word counts), a
    /// file of `NAME LABEL` lines (after tabs, more may follow) or of one label a line; the
    /// devkit's numbers become WordNet numbers.
    pub(in crate::data) fn read(path: &Path) -> Result<Self, DataError> {
        let text = text_of(path)?;
        if path.extension().is_some_and(|extension| extension == "csv") {
            return from_csv(&text)
                .map(Self::Named)
                .ok_or_else(|| in_file(path, DataError::LabelLines));
        }
        let lines: Vec<&str> = lines(&text).collect();
        let mut fields = Vec::new();
        for line in &lines {
            match line.contains('\t') {
                true => fields.push(line.split('\t').take(2).map(str::trim).collect()),
                false => fields.push(line.split_whitespace().collect::<Vec<&str>>()),
            }
        }
        let all_have = |count: usize| fields.iter().all(|fields| fields.len() == count);
        if fields.is_empty() {
            Err(in_file(path, DataError::LabelLines))
        } else if all_have(2) {
            let named = fields
                .iter()
                .map(|fields| (fields[0].to_string(), fields[1].to_string()));
            Ok(Self::Named(named.collect()))
        } else if all_have(1) {
            let labels: Vec<String> = lines.iter().map(|line| line.trim().to_string()).collect();
            if labels.iter().all(|label| label.parse::<u32>().is_ok()) {
                Ok(Self::InOrder(from_devkit(path, labels)?))
            } else {
                Ok(Self::InOrder(labels))
            }
        } else {
            Err(in_file(path, DataError::LabelLines))
        }
    }

    /// The different labels, in no order.
    pub(in crate::data) fn distinct(&self) -> Vec<String> {
        let labels: BTreeSet<&String> = match self {
            Self::Named(lines) => lines.iter().map(|(_, label)| label).collect(),
            Self::InOrder(labels) => labels.iter().collect(),
        };
        labels.into_iter().cloned().collect()
    }

    /// For each photograph that is there or should be, in the order of names, its class or why it
    /// has none.
    pub(in crate::data) fn classes(&self, names: &[String], classes: &[String]) -> Vec<Labelled> {
        let numbers = Numbers::of(classes);
        match self {
            Self::Named(lines) => named(lines, names, &numbers),
            Self::InOrder(labels) => in_order(labels, names, &numbers),
        }
    }
}

/// The classes of photographs that are named, perhaps without the endings of their names.
fn named(lines: &[(String, String)], names: &[String], numbers: &Numbers) -> Vec<Labelled> {
    let mut labels: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, label) in lines {
        let name = name.rsplit('/').next().unwrap_or(name);
        labels.entry(name).or_default().insert(label);
    }
    let mut found: BTreeMap<String, Result<usize, String>> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for name in names {
        let stem = name
            .rsplit_once('.')
            .map_or(name.as_str(), |(stem, _)| stem);
        let class = match labels
            .get_key_value(name.as_str())
            .or(labels.get_key_value(stem))
        {
            Some((key, labels)) => {
                used.insert(*key);
                numbers.class(labels)
            }
            None => Err("it has no label".to_string()),
        };
        found.insert(name.clone(), class);
    }
    for (name, labels) in &labels {
        if !used.contains(name) {
            found.insert((*name).to_string(), numbers.class(labels));
        }
    }
    found.into_iter().collect()
}

/// The classes of photographs in the order of their names.
fn in_order(labels: &[String], names: &[String], numbers: &Numbers) -> Vec<Labelled> {
    // With another number of labels than photographs, whose label is whose is not known.
    let matched = labels.len() == names.len();
    let mut found = Vec::new();
    for place in 0..names.len().max(labels.len()) {
        let name = match names.get(place) {
            Some(name) => name.clone(),
            None => format!("photograph {}", place + 1),
        };
        let class = match labels.get(place) {
            Some(label) if matched => numbers.class(&BTreeSet::from([label.as_str()])),
            _ => Err(format!(
                "there are {} labels for {} photographs",
                labels.len(),
                names.len()
            )),
        };
        found.push((name, class));
    }
    found
}

/// Numbers of classes.
struct Numbers<'a> {
    by_name: BTreeMap<&'a str, usize>,
}

impl<'a> Numbers<'a> {
    fn of(classes: &'a [String]) -> Self {
        let names = classes.iter().map(String::as_str);
        Self {
            by_name: names.zip(0..).collect(),
        }
    }

    /// The class that labels agree on: by its name, or by its number.
    fn class(&self, labels: &BTreeSet<&str>) -> Result<usize, String> {
        let (Some(label), 1) = (labels.first(), labels.len()) else {
            return Err(format!("it has {} labels", labels.len()));
        };
        let count = self.by_name.len();
        if let Some(&number) = self.by_name.get(label) {
            return Ok(number);
        }
        let number: Option<usize> = label.parse().ok();
        number
            .filter(|&class| class < count)
            .ok_or_else(|| format!("{label:?} is none of the {count} classes"))
    }
}

/// Names and the first words of classes in a CSV with a header; nothing if its columns are called
/// otherwise, or there are no lines.
fn from_csv(text: &str) -> Option<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader
        .headers()
        .ok()?
        .iter()
        .map(|name| name.trim().to_lowercase())
        .collect();
    let column = |known: &[&str]| {
        let mut places = known.iter();
        places.find_map(|known| header.iter().position(|name| name == known))
    };
    let (name, class) = (column(&NAME_COLUMNS)?, column(&CLASS_COLUMNS)?);
    let is_solution = header.get(class)? == "predictionstring";
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.ok()?;
        let label = record.get(class)?.trim();
        let label = match is_solution {
            // Boxes follow.
            true => label.split_whitespace().next().unwrap_or_default(),
            false => label,
        };
        lines.push((record.get(name)?.trim().to_string(), label.to_string()));
    }
    (!lines.is_empty()).then_some(lines)
}

/// WordNet numbers for the devkit's.
fn from_devkit(path: &Path, labels: Vec<String>) -> Result<Vec<String>, DataError> {
    let list = path.with_file_name(DEVKIT_CLASSES);
    if !list.is_file() {
        return Err(in_file(path, DataError::NoDevkitClasses(DEVKIT_CLASSES)));
    }
    let text = text_of(&list)?;
    let mut classes = BTreeMap::new();
    for line in lines(&text) {
        let mut fields = line.split_whitespace();
        if let (Some(class), Some(number)) = (fields.next(), fields.next()) {
            classes.insert(number, class);
        }
    }
    let mut names = Vec::new();
    for label in labels {
        // An unknown number becomes a name that is no class.
        names.push(match classes.get(label.as_str()) {
            Some(class) => (*class).to_string(),
            None => format!("number {label}"),
        });
    }
    Ok(names)
}

/// The text of a file, without a byte order mark.
fn text_of(path: &Path) -> Result<String, DataError> {
    let text = String::from_utf8(read(path, &mut Vec::new())?)
        .map_err(|_| in_file(path, DataError::LabelLines))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_string())
}

/// The lines that are not empty.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty())
}
