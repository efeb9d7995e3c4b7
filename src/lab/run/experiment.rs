//! Experiments as they are written down.
//!
//! ```toml
//! name = "codebook"      # of its files
//! seed = 1
//! draws = 100            # of each configuration
//!
//! [codebook]             # what is drawn: this, [networks], [randomisation], [signs],
//!                        # [ternary], [committee], [solutions], [edges], [bounds] or [bits]
//! examples = [100, 1000] # a list makes a configuration of each of its values
//! train_error = 0.0
//! test_error = 0.5
//! method = "drawn"
//! ```
//!
//! Every combination of the lists' values is a configuration; they are numbered with the first list
//! in alphabetical order varying slowest. Unknown keys are errors.

use std::ptr;

use serde::de::DeserializeOwned;
use serde::Deserialize;
use toml::{Table, Value};

use super::bounds::{Bounds, MostBits};
use super::edges::EdgesTable;
use super::error::RunError;
use super::random_codebook::CodebookTable;
use super::signs::{CommitteeTable, SignsTable, SolutionsTable, TernaryTable};
use super::subject::{Origin, Subject};
use crate::data::{LabelledImages, SearchPath};
use crate::nearest::nearest;
use crate::pieces::Identity;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    seed: u64,
    draws: u64,
    networks: Option<Table>,
    codebook: Option<Table>,
    randomisation: Option<Table>,
    signs: Option<Table>,
    ternary: Option<Table>,
    committee: Option<Table>,
    solutions: Option<Table>,
    edges: Option<Table>,
    bounds: Option<Table>,
    bits: Option<Table>,
}

/// One combination of values.
#[derive(Debug)]
#[non_exhaustive]
pub struct Configuration {
    /// Key and value, in alphabetical order.
    pub values: Vec<(String, String)>,
    /// What it means.
    pub subject: Box<dyn Subject>,
}

/// Configurations, and how often each is drawn.
#[derive(Debug)]
pub struct Experiment {
    name: String,
    seed: u64,
    draws: u64,
    configurations: Vec<Configuration>,
}

impl Experiment {
    /// Reads an experiment, and loads the data that it needs.
    ///
    /// # Errors
    /// [`RunError::Toml`] with a hint if a key is unknown or missing; otherwise what is wrong with
    /// a value.
    pub fn parse(text: &str, search: &SearchPath) -> Result<Self, RunError> {
        let file = toml::from_str(text)
            .map_err(|error| with_hint(error.to_string().trim_end(), error.message()))?;
        Self::of_file(file, search)
    }

    /// The same with other values of some keys, each a key and a value as TOML has it: to run a
    /// part of an experiment, or a smaller one.
    ///
    /// # Errors
    /// As [`Experiment::parse`].
    pub fn parse_with(
        text: &str,
        settings: &[(String, String)],
        search: &SearchPath,
    ) -> Result<Self, RunError> {
        if settings.is_empty() {
            return Self::parse(text, search);
        }
        let toml = |error: toml::de::Error| with_hint(error.message(), error.message());
        let mut all: Table = toml::from_str(text).map_err(toml)?;
        for (key, value) in settings {
            let mut parsed: Table = toml::from_str(&format!("value = {value}")).map_err(toml)?;
            let Some(value) = parsed.remove("value") else {
                continue;
            };
            let own = all.iter_mut().find_map(|(_, value)| value.as_table_mut());
            match own.filter(|_| !["name", "seed", "draws"].contains(&key.as_str())) {
                Some(own) => own.insert(key.clone(), value),
                None => all.insert(key.clone(), value),
            };
        }
        Self::of_file(all.try_into().map_err(toml)?, search)
    }

    fn of_file(file: File, search: &SearchPath) -> Result<Self, RunError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if file.name.is_empty() || !file.name.chars().all(fits) {
            return Err(RunError::Name(file.name));
        }
        if file.draws == 0 {
            return Err(RunError::NoDraws);
        }
        let tables = [
            &file.networks,
            &file.codebook,
            &file.randomisation,
            &file.signs,
            &file.ternary,
            &file.committee,
            &file.solutions,
            &file.edges,
            &file.bounds,
            &file.bits,
        ]
        .into_iter()
        .flatten()
        .count();
        if tables != 1 {
            return Err(RunError::Tables(tables));
        }
        let mut configurations = match &file.networks {
            Some(table) => networks(table, &file.name, file.seed, search)?,
            None => Vec::new(),
        };
        if let Some(table) = &file.randomisation {
            configurations = randomisation(table, &file.name, file.seed, search)?;
        }
        if let Some(table) = &file.codebook {
            configurations = self::configurations(table, "codebook", |codebook: CodebookTable| {
                codebook.checked()
            })?;
        }
        if let Some(table) = &file.signs {
            configurations = self::configurations(table, "signs", |signs: SignsTable| {
                signs.checked(&file.name, file.seed)
            })?;
        }
        if let Some(table) = &file.ternary {
            let checked = |ternary: TernaryTable| ternary.checked(&file.name, file.seed);
            configurations = self::configurations(table, "ternary", checked)?;
        }
        if let Some(table) = &file.committee {
            let checked = |committee: CommitteeTable| committee.checked(&file.name, file.seed);
            configurations = self::configurations(table, "committee", checked)?;
        }
        if let Some(table) = &file.solutions {
            let checked = |solutions: SolutionsTable| solutions.checked(&file.name, file.seed);
            configurations = self::configurations(table, "solutions", checked)?;
        }
        if let Some(table) = &file.edges {
            configurations =
                self::configurations(table, "edges", |edges: EdgesTable| edges.checked())?;
        }
        if let Some(table) = &file.bounds {
            configurations =
                self::configurations(table, "bounds", |bounds: Bounds| bounds.checked())?;
        }
        if let Some(table) = &file.bits {
            configurations = self::configurations(table, "bits", |bits: MostBits| bits.checked())?;
        }
        Ok(Self {
            name: file.name,
            seed: file.seed,
            draws: file.draws,
            configurations,
        })
    }

    /// What its files are called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Draws of each configuration.
    #[must_use]
    pub fn draws(&self) -> u64 {
        self.draws
    }

    /// All configurations; at least one.
    #[must_use]
    pub fn configurations(&self) -> &[Configuration] {
        &self.configurations
    }

    /// Where the randomness of a configuration's draws comes from.
    #[must_use]
    pub fn origin(&self, configuration: &Configuration) -> Origin {
        let pairs = configuration
            .values
            .iter()
            .map(|(key, value)| format!("{key}={value}"));
        Origin {
            experiment: self.name.clone(),
            configuration: pairs.collect::<Vec<String>>().join(","),
            seed: self.seed,
        }
    }

    /// What its pieces belong to.
    #[must_use]
    pub fn identity(&self) -> Identity {
        let mut configuration = format!("draws of {} {}\n", self.name, self.draws);
        let mut all_data: Vec<&LabelledImages> = Vec::new();
        for one in &self.configurations {
            configuration += &format!("{:?}\n", self.origin(one));
            let data = one.subject.data();
            // Most configurations share theirs.
            let is_new = |data: &&LabelledImages| !all_data.iter().any(|one| ptr::eq(*one, *data));
            let new = data.filter(is_new);
            all_data.extend(new);
        }
        configuration += &format!("{:?}\n", self.columns());
        let digests: Vec<String> = all_data.iter().map(|data| data.sha256()).collect();
        Identity::new(&configuration, &digests.join("\n"))
    }

    /// The columns of its CSV.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let mut columns = vec!["configuration", "draw", "seed"];
        if let Some(first) = self.configurations.first() {
            columns.extend(first.values.iter().map(|(key, _)| key.as_str()));
            columns.extend(first.subject.results());
        }
        columns
    }

    /// The cells of a row of its CSV.
    #[must_use]
    pub fn cells(&self, place: usize, draw: u64, results: Vec<String>) -> Vec<String> {
        let mut cells = self.beginning(place, draw);
        cells.extend(results);
        cells
    }

    /// The cells of a row before its results.
    pub(super) fn beginning(&self, place: usize, draw: u64) -> Vec<String> {
        let values = self
            .configurations
            .get(place)
            .map_or(&[][..], |configuration| &configuration.values);
        let numbers = [place as u64, draw, self.seed].map(|number| number.to_string());
        numbers
            .into_iter()
            .chain(values.iter().map(|(_, value)| value.clone()))
            .collect()
    }
}

#[cfg(feature = "train")]
fn networks(
    table: &Table,
    name: &str,
    seed: u64,
    search: &SearchPath,
) -> Result<Vec<Configuration>, RunError> {
    let mut laws = super::laws::Laws::new(name, seed, search);
    configurations(table, "networks", |networks: super::networks::Networks| {
        networks.checked(&mut laws)
    })
}

#[cfg(feature = "train")]
fn randomisation(
    table: &Table,
    name: &str,
    seed: u64,
    search: &SearchPath,
) -> Result<Vec<Configuration>, RunError> {
    let mut laws = super::laws::Laws::new(name, seed, search);
    let checked = |one: super::randomisation::Randomisation| one.checked(&mut laws);
    configurations(table, "randomisation", checked)
}

#[cfg(not(feature = "train"))]
fn networks(_: &Table, _: &str, _: u64, _: &SearchPath) -> Result<Vec<Configuration>, RunError> {
    Err(RunError::NoTraining("networks"))
}

#[cfg(not(feature = "train"))]
fn randomisation(
    _: &Table,
    _: &str,
    _: u64,
    _: &SearchPath,
) -> Result<Vec<Configuration>, RunError> {
    Err(RunError::NoTraining("randomisation"))
}

/// All combinations of the values in a table.
fn configurations<T: DeserializeOwned>(
    table: &Table,
    name: &str,
    mut subject: impl FnMut(T) -> Result<Box<dyn Subject>, RunError>,
) -> Result<Vec<Configuration>, RunError> {
    let mut combinations = vec![Table::new()];
    for (key, value) in table {
        let values = match value {
            Value::Array(values) if !values.is_empty() => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        let with = |combination: &Table, value: &Value| {
            let mut longer = combination.clone();
            longer.insert(key.clone(), value.clone());
            longer
        };
        combinations = combinations
            .iter()
            .flat_map(|combination| values.iter().map(|value| with(combination, value)))
            .collect();
    }
    let configuration = |combination: Table| {
        let cell = |(key, value): (&String, &Value)| Ok((key.clone(), cell(key, value)?));
        let values = combination
            .iter()
            .map(cell)
            .collect::<Result<_, RunError>>()?;
        let parsed = combination.try_into::<T>();
        let parsed = parsed.map_err(|error| {
            with_hint(
                &format!("in [{name}]: {}", error.message()),
                error.message(),
            )
        })?;
        Ok(Configuration {
            values,
            subject: subject(parsed)?,
        })
    };
    combinations.into_iter().map(configuration).collect()
}

/// A value as it stands in CSV.
fn cell(key: &str, value: &Value) -> Result<String, RunError> {
    match value {
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Boolean(whether) => Ok(whether.to_string()),
        Value::String(text) if !text.contains([',', '"', '\n', '\r']) => Ok(text.clone()),
        other => Err(RunError::Value {
            key: key.to_string(),
            value: format!("a value of type {}", other.type_str()),
        }),
    }
}

/// An error of the TOML reader; with the name that is like it if it says that one is unknown and,
/// in backticks, which are expected.
fn with_hint(text: &str, message: &str) -> RunError {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = quoted.next().filter(|_| message.starts_with("unknown"));
    let meant = unknown.and_then(|typed| nearest(typed, quoted));
    let hint = meant.map_or(String::new(), |name| format!("\ndid you mean `{name}`?"));
    RunError::Toml(text.to_string() + &hint)
}
