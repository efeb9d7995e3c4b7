//! What in a folder is an example: the one rule.
//!
//! Every file in the folder of a class, and in the folders inside it, is an example. It is decoded
//! by its content, whatever its name; one that cannot be, damaged, empty or of a format that is
//! unknown, is an example that every network misclassifies, so that no bound gets smaller by it.
//! Left out, and named on standard error, is only what is no image by its content and by its name
//! is none either: hidden files and resource forks, files of operating systems, annotations
//! ([`recognition`](super::recognition) has the names); and hidden folders with all that is in
//! them.

use std::fs;
use std::path::{Path, PathBuf};

use super::left_out::{LeftOut, Reason};
use super::recognition::{is_hidden_folder, kind, Kind};
use crate::data::error::DataError;
use crate::data::formats::file::{in_file, io};

/// Folders are looked into so deep below that of their class.
const DEEPEST: usize = 32;

/// The examples of a folder and of the folders inside it, in the order of their paths.
///
/// # Errors
/// If a folder cannot be read, is too deep, or is a link to one that it is in.
pub(super) fn examples_below(
    folder: &Path,
    left_out: &mut LeftOut,
) -> Result<Vec<PathBuf>, DataError> {
    let mut examples = Vec::new();
    collect(folder, 0, &mut examples, left_out)?;
    Ok(examples)
}

fn collect(
    folder: &Path,
    depth: usize,
    examples: &mut Vec<PathBuf>,
    left_out: &mut LeftOut,
) -> Result<(), DataError> {
    for entry in entries(folder)? {
        if !entry.is_folder {
            if is_example(&entry.path, left_out) {
                examples.push(entry.path);
            }
        } else if is_hidden_folder(&entry.path) {
            left_out.add(Reason::HiddenFolder, &entry.path);
        } else if depth == DEEPEST || (entry.is_link && leads_back(&entry.path)?) {
            return Err(in_file(&entry.path, DataError::EndlessFolder));
        } else {
            collect(&entry.path, depth + 1, examples, left_out)?;
        }
    }
    Ok(())
}

/// The examples in a folder, without those in folders inside it.
///
/// # Errors
/// If the folder cannot be read.
pub(super) fn examples_in(
    folder: &Path,
    left_out: &mut LeftOut,
) -> Result<Vec<PathBuf>, DataError> {
    let mut examples = Vec::new();
    for entry in entries(folder)? {
        if entry.is_folder {
            left_out.add(Reason::BesideClasses, &entry.path);
        } else if is_example(&entry.path, left_out) {
            examples.push(entry.path);
        }
    }
    Ok(examples)
}

/// The folders of classes in a folder, in the order of their names.
///
/// # Errors
/// If the folder cannot be read.
pub(super) fn class_folders(
    folder: &Path,
    left_out: &mut LeftOut,
) -> Result<Vec<PathBuf>, DataError> {
    let mut folders = Vec::new();
    for entry in entries(folder)? {
        if !entry.is_folder {
            // What is no example anywhere is called what it is.
            if is_example(&entry.path, left_out) {
                left_out.add(Reason::BesideClasses, &entry.path);
            }
        } else if is_hidden_folder(&entry.path) {
            left_out.add(Reason::HiddenFolder, &entry.path);
        } else {
            folders.push(entry.path);
        }
    }
    Ok(folders)
}

/// Whether a file is an example; if not, it is noted.
fn is_example(path: &Path, left_out: &mut LeftOut) -> bool {
    let reason = match kind(path) {
        Kind::Image | Kind::Unknown => return true,
        Kind::ResourceFork => Reason::ResourceFork,
        Kind::SystemFile => Reason::SystemFile,
        Kind::Hidden => Reason::HiddenFile,
        Kind::Annotation => Reason::Annotation,
    };
    left_out.add(reason, path);
    false
}

/// What is in a folder.
pub(super) struct Entry {
    pub(super) path: PathBuf,
    pub(super) is_folder: bool,
    is_link: bool,
}

/// What is in a folder, by name. Links are followed; one that leads nowhere is a file that cannot
/// be read.
pub(super) fn entries(folder: &Path) -> Result<Vec<Entry>, DataError> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| io(folder, error))? {
        let entry = entry.map_err(|error| io(folder, error))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(|error| io(&path, error))?;
        let is_link = kind.is_symlink();
        entries.push(Entry {
            is_folder: kind.is_dir() || is_link && path.is_dir(),
            is_link,
            path,
        });
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// Whether a link is to a folder that it is in.
fn leads_back(link: &Path) -> Result<bool, DataError> {
    let real = |path: &Path| fs::canonicalize(path).map_err(|error| io(path, error));
    let place = real(link.parent().unwrap_or(link))?;
    Ok(place.starts_with(real(link)?))
}
