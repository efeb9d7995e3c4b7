//! Photographs as ImageNet is kept: in folders, one a class, or flat with a file of labels.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::flat_labels::FlatLabels;
use super::framing::Framing;
use super::pixel_cache::PixelCache;
use crate::causes::with_causes;
use crate::data::error::DataError;
use crate::data::formats::file::{in_file, io};
use crate::digest::hex;
use crate::evaluate::{Batch, Example};
use crate::spread::spread;

/// A photograph on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photograph {
    path: PathBuf,
    class: Result<usize, String>,
}

impl Photograph {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its class, or why it has none.
    ///
    /// # Errors
    /// A mislabelled photograph: it stays in the data set, and every network misreads it.
    pub fn class(&self) -> Result<usize, &str> {
        match &self.class {
            Ok(class) => Ok(*class),
            Err(reason) => Err(reason),
        }
    }
}

/// A data set of photographs that are decoded when they are needed. None is ever left out: what
/// cannot be read, and what has no class, is an example that every network misreads.
///
/// Classes are in ascending order of their names, photographs in that of their paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFolder {
    root: PathBuf,
    classes: Vec<String>,
    photographs: Vec<Photograph>,
}

impl ImageFolder {
    /// Lists `CLASS/*.jpg` (also `.jpeg`, in any case): each subfolder is a class, as in ImageNet's
    /// `train/WNID/*.JPEG`.
    ///
    /// A photograph whose name begins with another WordNet number than its folder's is mislabelled.
    ///
    /// # Errors
    /// If a folder cannot be read, or there are no photographs.
    pub fn open(folder: &Path) -> Result<Self, DataError> {
        let (mut classes, mut photographs) = (Vec::new(), Vec::new());
        for subfolder in sorted(folder)?.into_iter().filter(|path| path.is_dir()) {
            let name = name_of(&subfolder);
            for path in sorted(&subfolder)?
                .into_iter()
                .filter(|path| is_photograph(path))
            {
                let class = match wordnet_number(&name_of(&path)) {
                    Some(other) if wordnet_number(&name).is_some_and(|own| own != other) => Err(
                        format!("its name says {other}, but it is in the folder of {name}"),
                    ),
                    _ => Ok(classes.len()),
                };
                photographs.push(Photograph { path, class });
            }
            classes.push(name);
        }
        Self::checked(folder, classes, photographs)
    }

    /// Lists the photographs of one folder, as in ImageNet's validation set, with the labels of a
    /// file.
    ///
    /// Its lines are in one of these forms; classes are those of the training set, in order:
    /// - `NAME LABEL`, with a WordNet number, or a class number from 0 in ascending order of
    ///   WordNet numbers (Caffe's `val.txt`);
    /// - one `LABEL` a line, for photographs in the order of their names: a WordNet number
    ///   (TensorFlow's `imagenet_2012_validation_synset_labels.txt`), or a class number from 1
    ///   (`ILSVRC2012_validation_ground_truth.txt`); the latter are the devkit's numbers, in
    ///   another order than that of WordNet numbers, and need its `map_clsloc.txt`, of lines
    ///   `WNID NUMBER NAME`, beside the file of labels.
    ///
    /// A photograph without a label or of an unknown class is mislabelled; a label without a
    /// photograph is an example that cannot be read.
    ///
    /// # Errors
    /// If a file or folder cannot be read, the labels are in none of these forms, or there are no
    /// photographs.
    pub fn open_flat(folder: &Path, labels: &Path, classes: &[String]) -> Result<Self, DataError> {
        let names: Vec<String> = sorted(folder)?
            .iter()
            .filter(|path| is_photograph(path))
            .map(|path| name_of(path))
            .collect();
        let labels = FlatLabels::read(labels)?.classes(&names, classes);
        let photographs = labels.into_iter().map(|(name, class)| Photograph {
            path: folder.join(name),
            class,
        });
        Self::checked(folder, classes.to_vec(), photographs.collect())
    }

    fn checked(
        folder: &Path,
        classes: Vec<String>,
        photographs: Vec<Photograph>,
    ) -> Result<Self, DataError> {
        if photographs.is_empty() {
            return Err(in_file(folder, DataError::Empty));
        }
        Ok(Self {
            root: folder.to_path_buf(),
            classes,
            photographs,
        })
    }

    /// Number of photographs; at least one.
    pub fn len(&self) -> usize {
        self.photographs.len()
    }

    /// Whether there are no photographs: never, since that is refused.
    pub fn is_empty(&self) -> bool {
        self.photographs.is_empty()
    }

    /// Names of the classes.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The photographs.
    pub fn photographs(&self) -> &[Photograph] {
        &self.photographs
    }

    /// SHA-256 of the listing, in hexadecimal: for each photograph a line of its path within the
    /// folder, with slashes, a tab, and the number of its class or a dash.
    pub fn listing_sha256(&self) -> String {
        let hash = self
            .photographs
            .iter()
            .fold(Sha256::new(), |hash, photograph| {
                let path = photograph
                    .path
                    .strip_prefix(&self.root)
                    .unwrap_or(&photograph.path);
                let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
                let class = photograph
                    .class()
                    .map_or("-".to_string(), |class| class.to_string());
                hash.chain_update(format!("{}\t{class}\n", parts.join("/")))
            });
        hex(&hash.finalize())
    }

    /// SHA-256 of the lengths and times of change of the photographs at `indices`: another one says
    /// that a file was replaced.
    pub fn state_sha256(&self, indices: &[usize]) -> String {
        let state = |&index: &usize| {
            let data = self
                .photographs
                .get(index)
                .and_then(|photograph| fs::metadata(&photograph.path).ok());
            data.map(|data| (data.len(), data.modified().ok()))
        };
        let states: Vec<_> = indices.par_iter().map(state).collect();
        let hash = states.iter().fold(Sha256::new(), |hash, state| {
            hash.chain_update(format!("{state:?}\n"))
        });
        hex(&hash.finalize())
    }

    /// Indices of `count` photographs, or of all if there are fewer, at equal distances: of many
    /// classes.
    pub fn spread(&self, count: usize) -> Vec<usize> {
        spread(self.len(), count).collect()
    }

    /// Reads and decodes the photographs at `indices`, in parallel.
    pub fn batch(
        &self,
        indices: &[usize],
        framing: Framing,
        cache: Option<&PixelCache>,
    ) -> Batch<'static> {
        let read = |&index: &usize| match self.photographs.get(index) {
            Some(photograph) => Self::example(photograph, framing, cache),
            None => Example::unreadable(format!("there is no photograph {index}"), framing.size()),
        };
        Batch::new(
            framing.size(),
            256,
            self.classes.len(),
            indices.par_iter().map(read).collect(),
        )
    }

    fn example(
        photograph: &Photograph,
        framing: Framing,
        cache: Option<&PixelCache>,
    ) -> Example<'static> {
        let name = photograph.path.display();
        let class = match &photograph.class {
            Ok(class) => *class,
            Err(reason) => {
                return Example::unreadable(
                    format!("{name}: mislabelled: {reason}"),
                    framing.size(),
                )
            }
        };
        let pixels = fs::read(&photograph.path)
            .map_err(|error| io(&photograph.path, error))
            .and_then(|bytes| {
                let pixels = match cache {
                    Some(cache) => cache.pixels(&bytes, framing),
                    None => framing.pixels(&bytes),
                };
                pixels.map_err(|error| in_file(&photograph.path, error))
            });
        match pixels {
            Ok(pixels) => Example::new(pixels, class),
            Err(error) => Example::unreadable(with_causes(&error), framing.size()),
        }
    }
}

pub(super) fn is_photograph(path: &Path) -> bool {
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    matches!(extension.as_str(), "jpg" | "jpeg")
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The WordNet number (`n` and eight digits) that a name begins with.
fn wordnet_number(name: &str) -> Option<&str> {
    let number = name.get(..9)?;
    let digits = number.strip_prefix('n')?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(number)
}

/// What is in a folder, by name.
pub(super) fn sorted(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| io(folder, error))? {
        paths.push(entry.map_err(|error| io(folder, error))?.path());
    }
    paths.sort();
    Ok(paths)
}
