//! The figures of a folder: those that its `figures.toml` lists, or without one those that its
//! files can be recognised as.

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use super::error::FigureError;
use super::figure::Figure;
use super::folder::entries;
use super::kind::FigureKind;
use super::table::Table;
use crate::nearest::nearest;
use crate::storage::whole_file;

/// The list of a folder's figures.
pub const FIGURE_LIST: &str = "figures.toml";

/// The figures of a folder.
///
/// If it has a file [`FIGURE_LIST`], these are the figures there, in their order: each a table
/// `[[figure]]` with the keys of [`Figure`]. Otherwise they are those of its CSV files whose
/// columns a kind is made for, of `trials.csv` together with `certificate.json`, and of
/// `model.nvc`.
///
/// # Errors
/// [`FigureError::NotAList`] for a list in another form or with unknown keys,
/// [`FigureError::Listed`] for a name that is given twice or cannot be that of a file, or a source
/// outside of the folder; [`FigureError::Read`] and [`FigureError::NotCsv`] for what cannot be
/// read.
pub fn figures(folder: &Path) -> Result<Vec<Figure>, FigureError> {
    let path = folder.join(FIGURE_LIST);
    match whole_file::read_text(&path) {
        Ok(text) => listed(&path, &text),
        Err(error) if error.source.kind() == ErrorKind::NotFound => recognised(folder),
        Err(error) => Err(error.into()),
    }
}

/// The figure of that name.
///
/// # Errors
/// [`FigureError::UnknownFigure`] with all names.
pub fn named<'a>(figures: &'a [Figure], name: &str) -> Result<&'a Figure, FigureError> {
    let names = || figures.iter().map(|figure| figure.name.as_str());
    let found = figures.iter().find(|figure| figure.name == name);
    found.ok_or_else(|| FigureError::UnknownFigure {
        name: name.to_string(),
        hint: nearest(name, names()).map(str::to_string),
        accepted: names().collect::<Vec<_>>().join(", "),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    figure: Vec<Figure>,
}

fn listed(path: &Path, text: &str) -> Result<Vec<Figure>, FigureError> {
    let list: List = toml::from_str(text).map_err(|source| FigureError::NotAList {
        path: path.to_path_buf(),
        source: Box::new(source),
    })?;
    for (place, figure) in list.figure.iter().enumerate() {
        let wrong = |reason: &str| FigureError::Listed {
            path: path.to_path_buf(),
            name: figure.name.clone(),
            reason: reason.to_string(),
        };
        if !is_file_stem(&figure.name) {
            return Err(wrong("accepted are names of letters, digits, - and _"));
        }
        let mut before = list.figure.iter().take(place);
        if before.any(|other| other.name == figure.name) {
            return Err(wrong("this name is given twice"));
        }
        if let Some(source) = figure.sources.iter().find(|source| !is_within(source)) {
            let source = source.display();
            return Err(wrong(&format!(
                "source \"{source}\"; accepted are paths within the folder of the list"
            )));
        }
    }
    Ok(list.figure)
}

fn is_file_stem(name: &str) -> bool {
    let is_accepted = |letter: char| letter.is_alphanumeric() || "-_".contains(letter);
    !name.is_empty() && name.chars().all(is_accepted)
}

/// Whether a relative path stays below where it starts.
fn is_within(path: &Path) -> bool {
    let is_name = |part: Component| matches!(part, Component::Normal(_));
    path.components().all(is_name) && path.components().next().is_some()
}

fn recognised(folder: &Path) -> Result<Vec<Figure>, FigureError> {
    let mut figures = Vec::new();
    for path in entries(folder)? {
        let (Some(name), Some(stem)) = (path.file_name(), path.file_stem()) else {
            continue;
        };
        let Some(kind) = kind_of(&path)? else {
            continue;
        };
        let mut sources = vec![PathBuf::from(name)];
        if kind == FigureKind::Frontier && folder.join("certificate.json").exists() {
            sources.push("certificate.json".into());
        }
        let (file, stem) = (name.to_string_lossy(), stem.to_string_lossy());
        let is_taken = figures.iter().any(|other: &Figure| other.name == stem);
        figures.push(Figure {
            name: if is_taken { file.clone() } else { stem }.into_owned(),
            kind,
            title: file.into_owned(),
            caption: kind.shows().to_string(),
            sources,
            command: None,
        });
    }
    Ok(figures)
}

/// How a file is drawn if nobody says how.
fn kind_of(path: &Path) -> Result<Option<FigureKind>, FigureError> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => Ok(FigureKind::recognised(&Table::read(path)?)),
        Some("nvc") => Ok(Some(FigureKind::Bits)),
        _ => Ok(None),
    }
}
