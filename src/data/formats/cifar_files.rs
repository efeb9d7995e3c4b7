//! CIFAR-10 and CIFAR-100 as they are handed out: binary or pickled for Python, in a folder or in
//! an archive.

use std::collections::BTreeMap;
#[cfg(feature = "photographs")]
use std::io::Read;
use std::path::Path;

use super::array::Pair;
use super::cifar::{read_records, PIXELS, SHAPE};
use super::file::{in_file, name_of, paths_in, read};
#[cfg(feature = "photographs")]
use super::file::{io, LIMIT};
use super::pickle::{dictionary, Value};
use crate::data::catalogue::{CIFAR10_TEST, CIFAR10_TRAINING};
use crate::data::dataset::DataSet;
use crate::data::error::DataError;

/// How records are written.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// So many bytes of labels, the last of which counts, then the pixels.
    Binary { labels: usize },
    /// A dictionary with `data` and this list of labels.
    Pickled { labels: &'static [u8] },
}

/// A data set by the names of its files.
struct Kind {
    training: &'static [&'static str],
    test: &'static str,
    form: Form,
}

/// Of CIFAR-100 the fine labels are read.
const KINDS: [Kind; 4] = [
    Kind {
        training: &CIFAR10_TRAINING,
        test: CIFAR10_TEST,
        form: Form::Binary { labels: 1 },
    },
    Kind {
        training: &[
            "data_batch_1",
            "data_batch_2",
            "data_batch_3",
            "data_batch_4",
            "data_batch_5",
        ],
        test: "test_batch",
        form: Form::Pickled { labels: b"labels" },
    },
    Kind {
        training: &["train.bin"],
        test: "test.bin",
        form: Form::Binary { labels: 2 },
    },
    Kind {
        training: &["train"],
        test: "test",
        form: Form::Pickled {
            labels: b"fine_labels",
        },
    },
];

/// Whether a file is called like an archive; archives are read with the feature `photographs`.
pub(in crate::data) fn is_archive(path: &Path) -> bool {
    let name = name_of(path);
    cfg!(feature = "photographs")
        && [".tar", ".tar.gz", ".tgz"]
            .iter()
            .any(|ending| name.ends_with(ending))
}

/// CIFAR in a folder, or in an archive, which is not unpacked on disk; nothing if it has other
/// files.
///
/// # Errors
/// If some of its files are missing or damaged.
pub(in crate::data) fn read_cifar(name: &str, path: &Path) -> Result<Option<DataSet>, DataError> {
    let mut remarks = Vec::new();
    #[cfg(feature = "photographs")]
    let mut files = if path.is_file() {
        in_archive(&read(path, &mut remarks)?).map_err(|error| io(path, error))?
    } else {
        in_folder(path, &mut remarks)?
    };
    #[cfg(not(feature = "photographs"))]
    let mut files = in_folder(path, &mut remarks)?;
    let has_some = |kind: &&Kind| {
        let mut names = kind.training.iter().chain([&kind.test]);
        names.any(|name| files.contains_key(*name))
    };
    let Some(kind) = KINDS.iter().find(has_some) else {
        return Ok(None);
    };
    let mut records = |names: &[&'static str]| {
        let mut levels = Vec::new();
        let mut labels = Vec::new();
        for name in names {
            let file = path.join(name);
            let bytes = files.remove(*name);
            let bytes = bytes.ok_or_else(|| in_file(&file, DataError::NoFile))?;
            kind.form
                .read(&bytes, &mut levels, &mut labels)
                .map_err(|error| in_file(&file, error))?;
        }
        Ok::<Pair, DataError>(Pair::of_levels(SHAPE, levels, labels))
    };
    let train = records(kind.training)?;
    let test = records(&[kind.test])?;
    Pair::data_set(name, remarks, train, Some(test))
        .map(Some)
        .map_err(|error| in_file(path, error))
}

/// Whether a file has one of the names.
fn is_known(name: &str) -> bool {
    let mut kinds = KINDS.iter();
    kinds.any(|kind| kind.training.contains(&name) || kind.test == name)
}

fn in_folder(
    folder: &Path,
    remarks: &mut Vec<String>,
) -> Result<BTreeMap<String, Vec<u8>>, DataError> {
    let mut files = BTreeMap::new();
    for path in paths_in(folder)? {
        let name = name_of(&path);
        let name = name.strip_suffix(".gz").unwrap_or(&name).to_string();
        if is_known(&name) && path.is_file() {
            files.insert(name, read(&path, remarks)?);
        }
    }
    Ok(files)
}

/// The files of CIFAR in an archive.
#[cfg(feature = "photographs")]
fn in_archive(archive: &[u8]) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        let name = name_of(&entry.path()?);
        if is_known(&name) && entry.header().entry_type().is_file() {
            let mut bytes = Vec::new();
            entry.by_ref().take(LIMIT).read_to_end(&mut bytes)?;
            files.insert(name, bytes);
        }
    }
    Ok(files)
}

impl Form {
    /// Appends the records of a file.
    fn read(
        self,
        bytes: &[u8],
        levels: &mut Vec<u8>,
        labels: &mut Vec<u8>,
    ) -> Result<(), DataError> {
        match self {
            Self::Binary { labels: count } => read_records(bytes, count, levels, labels),
            Self::Pickled { labels: name } => {
                let entries = dictionary(bytes)?;
                let (Some(Value::Array(dimensions, pixels)), Some(Value::List(classes))) =
                    (entries.get(&b"data"[..]), entries.get(name))
                else {
                    return Err(DataError::NotCifar);
                };
                if dimensions.as_slice() != [classes.len(), PIXELS]
                    || pixels.len() != classes.len() * PIXELS
                {
                    return Err(DataError::Dimensions {
                        found: dimensions.clone(),
                    });
                }
                for class in classes {
                    let class = match class {
                        Value::Number(class) => u8::try_from(*class).ok(),
                        _ => None,
                    };
                    labels.push(class.ok_or(DataError::ArrayLabels)?);
                }
                levels.extend(*pixels);
                Ok(())
            }
        }
    }
}
