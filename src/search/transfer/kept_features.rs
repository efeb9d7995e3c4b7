//! Features in a file, so that an interrupted computation goes on.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::features::BaseFeatures;
use crate::storage::file_error::FileError;

/// The class of an example that has none.
const NO_CLASS: u32 = u32::MAX;

/// A file of features: a line that says which they are, then for each example its class and its
/// numbers, 32 bits each with the lowest byte first.
#[derive(Debug)]
pub(super) struct KeptFeatures {
    path: PathBuf,
    file: File,
}

impl KeptFeatures {
    /// The file at a path, and what is in it of these features: whole examples. One of others is
    /// begun again.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub(super) fn open(
        path: &Path,
        key: &str,
        count: usize,
    ) -> Result<(Self, BaseFeatures), FileError> {
        let failed = FileError::of("keep features in", path);
        let options = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path);
        let mut file = options.map_err(&failed)?;
        let head = head(key);
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(&failed)?;
        let (features, whole) = match bytes.strip_prefix(head.as_bytes()) {
            Some(examples) => {
                let (features, length) = examples_in(examples, count);
                (features, head.len() + length)
            }
            None => {
                file.set_len(0).map_err(&failed)?;
                file.rewind().map_err(&failed)?;
                file.write_all(head.as_bytes()).map_err(&failed)?;
                (examples_in(&[], count).0, head.len())
            }
        };
        file.set_len(whole as u64).map_err(&failed)?;
        file.seek(SeekFrom::End(0)).map_err(&failed)?;
        let path = path.to_path_buf();
        Ok((Self { path, file }, features))
    }

    /// Adds examples.
    pub(super) fn append(&mut self, features: &BaseFeatures) -> Result<(), FileError> {
        let mut bytes = Vec::new();
        let numbers = features.numbers.chunks(features.count.max(1));
        for (class, numbers) in features.classes.iter().zip(numbers) {
            let class = class.map_or(NO_CLASS, |class| class as u32);
            bytes.extend(class.to_le_bytes());
            bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        let failed = FileError::of("keep features in", &self.path);
        self.file.write_all(&bytes).map_err(failed)
    }
}

/// The features in the bytes of such a file; none if they are others.
pub(super) fn features_in(bytes: &[u8], key: &str, count: usize) -> Option<BaseFeatures> {
    let examples = bytes.strip_prefix(head(key).as_bytes())?;
    Some(examples_in(examples, count).0)
}

/// The first line.
fn head(key: &str) -> String {
    format!("nonvacuous features {key}\n")
}

/// Whole examples, and how many bytes they take.
fn examples_in(bytes: &[u8], count: usize) -> (BaseFeatures, usize) {
    let mut features = BaseFeatures {
        count,
        ..BaseFeatures::default()
    };
    let length = size_of::<u32>() * (1 + count);
    for example in bytes.chunks_exact(length) {
        let words = example.as_chunks().0.iter();
        let mut words = words.map(|&word| u32::from_le_bytes(word));
        let class = words.next().filter(|&class| class != NO_CLASS);
        features.classes.push(class.map(|class| class as usize));
        features.numbers.extend(words.map(f32::from_bits));
    }
    let whole = length * features.len();
    (features, whole)
}
