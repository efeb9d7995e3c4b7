//! Photographs as ImageNet is kept: in folders, one a class, or flat with a file of labels.

use std::borrow::Cow;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::ImageReader;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::flat_labels::FlatLabels;
use super::framing::Framing;
use super::left_out::LeftOut;
use super::listing::{class_folders, examples_below, examples_in};
use super::pixel_cache::PixelCache;
use crate::causes::with_causes;
use crate::data::class_order::sort_classes;
use crate::data::error::DataError;
use crate::data::formats::file::{in_file, io, name_of};
use crate::digest::{hex, sha256};
use crate::evaluate::{Batch, Example};
use crate::spread::spread;
use crate::storage::whole_file;

/// A photograph on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photograph {
    path: PathBuf,
    /// Its file, if that is not on disk but in another one.
    file: Option<Arc<[u8]>>,
    class: Result<usize, String>,
}

impl Photograph {
    /// A photograph on disk.
    fn on_disk(path: PathBuf, class: Result<usize, String>) -> Self {
        Self {
            path,
            file: None,
            class,
        }
    }

    /// A photograph that was read already, and where it comes from.
    pub(super) fn in_memory(path: PathBuf, file: Arc<[u8]>, class: Result<usize, String>) -> Self {
        Self {
            path,
            file: Some(file),
            class,
        }
    }

    /// The bytes of its file.
    ///
    /// # Errors
    /// [`DataError::Io`], for a pipe or a device too.
    pub(super) fn read(&self) -> Result<Cow<'_, [u8]>, DataError> {
        if let Some(file) = &self.file {
            return Ok(Cow::Borrowed(file));
        }
        let read = whole_file::read(&self.path);
        read.map(Cow::Owned)
            .map_err(|error| io(&self.path, error.source))
    }

    /// Width and height, as its file says; none if it says nothing.
    pub(super) fn dimensions(&self) -> Option<(u32, u32)> {
        let size = match &self.file {
            Some(file) => ImageReader::new(Cursor::new(file))
                .with_guessed_format()
                .ok()?
                .into_dimensions(),
            None if self.path.is_file() => ImageReader::open(&self.path)
                .ok()?
                .with_guessed_format()
                .ok()?
                .into_dimensions(),
            None => return None,
        };
        size.ok()
    }

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

/// A data set of photographs that are decoded when they are needed. None is ever left out silently:
/// what cannot be read, and what has no class, is an example that every network misreads, and what
/// is no example is in the [`remarks`](ImageFolder::remarks).
///
/// Classes are in ascending order of their names, of numbers if all are numbers; photographs in
/// that of their paths, class by class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFolder {
    root: PathBuf,
    classes: Vec<String>,
    photographs: Vec<Photograph>,
    left_out: LeftOut,
}

impl ImageFolder {
    /// Lists `CLASS/*`: each subfolder that is not hidden is a class, as in ImageNet's
    /// `train/WNID/*.JPEG`, and each file in it and in the folders inside it is an example (see
    /// `docs/data.md` for what is left out).
    ///
    /// A photograph whose name begins with another WordNet number than its folder's is mislabelled.
    ///
    /// # Errors
    /// If a folder cannot be read, or there are no photographs.
    pub fn open(folder: &Path) -> Result<Self, DataError> {
        let mut left_out = LeftOut::default();
        let mut folders = class_folders(folder, &mut left_out)?;
        sort_classes(&mut folders, |folder| name_of(folder));
        let classes: Vec<String> = folders.iter().map(|folder| name_of(folder)).collect();
        let mut photographs = Vec::new();
        for (class, folder) in folders.iter().enumerate() {
            photographs.extend(photographs_of(folder, class, &mut left_out)?);
        }
        Self::checked(folder, classes, photographs, left_out)
    }

    /// Lists `CLASS/*` of some of these classes.
    ///
    /// # Errors
    /// As [`ImageFolder::open`]; and if a folder has the name of no class.
    pub(super) fn open_classes(folder: &Path, classes: &[String]) -> Result<Self, DataError> {
        let mut left_out = LeftOut::default();
        let mut photographs = Vec::new();
        let mut unknown = Vec::new();
        let mut folders = class_folders(folder, &mut left_out)?;
        sort_classes(&mut folders, |folder| name_of(folder));
        for folder in folders {
            let name = name_of(&folder);
            match classes.iter().position(|class| *class == name) {
                Some(class) => photographs.extend(photographs_of(&folder, class, &mut left_out)?),
                None => unknown.push(format!("{name:?}")),
            }
        }
        if !unknown.is_empty() {
            let unknown = unknown.join(", ");
            return Err(in_file(folder, DataError::OtherClasses { unknown }));
        }
        Self::checked(folder, classes.to_vec(), photographs, left_out)
    }

    /// Lists the photographs of one folder, as in ImageNet's validation set, with the labels of a
    /// file.
    ///
    /// Its lines are in one of these forms; classes are those of the training set, in order:
    /// - CSV with a header that names a column of photographs and one of classes, such as
    ///   `ImageId,PredictionString` (Kaggle's `LOC_val_solution.csv`);
    /// - `NAME LABEL`, with a WordNet number, or a class number from 0 in ascending order of
    ///   WordNet numbers (Caffe's `val.txt`); after tabs, more may follow (Tiny ImageNet's
    ///   `val_annotations.txt`);
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
        let mut left_out = LeftOut::default();
        let mut names = Vec::new();
        for path in examples_in(folder, &mut left_out)? {
            if path != labels {
                names.push(name_of(&path));
            }
        }
        left_out.remove(labels);
        let labels = FlatLabels::read(labels)?.classes(&names, classes);
        let mut photographs = Vec::new();
        for (name, class) in labels {
            photographs.push(Photograph::on_disk(folder.join(name), class));
        }
        Self::checked(folder, classes.to_vec(), photographs, left_out)
    }

    /// Photographs that are in a file, of these classes.
    ///
    /// # Errors
    /// If there are none.
    pub(super) fn in_memory(
        file: &Path,
        classes: Vec<String>,
        photographs: Vec<Photograph>,
    ) -> Result<Self, DataError> {
        Self::checked(file, classes, photographs, LeftOut::default())
    }

    fn checked(
        folder: &Path,
        classes: Vec<String>,
        photographs: Vec<Photograph>,
        left_out: LeftOut,
    ) -> Result<Self, DataError> {
        if photographs.is_empty() {
            return Err(in_file(folder, DataError::Empty));
        }
        Ok(Self {
            root: folder.to_path_buf(),
            classes,
            photographs,
            left_out,
        })
    }

    /// What a person should know about how the folder was read: what in it is no example, and which
    /// classes have none.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = self.left_out.remarks(&self.root);
        let empty = self.empty_classes();
        if !empty.is_empty() {
            let names: Vec<String> = empty.iter().map(|name| format!("{name:?}")).collect();
            remarks.push(format!(
                "{} of the {} classes of {:?} have no images: {}",
                empty.len(),
                self.classes.len(),
                self.root,
                names.join(", ")
            ));
        }
        remarks
    }

    /// The names of the classes, or of the first of many; empty ones are marked.
    pub(in crate::data) fn listed_classes(&self) -> String {
        const MOST: usize = 30;
        let empty = self.empty_classes();
        let mut names = Vec::new();
        for name in self.classes.iter().take(MOST) {
            let mark = if empty.contains(&name) {
                " (empty)"
            } else {
                ""
            };
            names.push(format!("{name:?}{mark}"));
        }
        if self.classes.len() > MOST {
            names.push(format!("and {} others", self.classes.len() - MOST));
        }
        names.join(", ")
    }

    /// The classes without photographs.
    fn empty_classes(&self) -> Vec<&String> {
        let mut is_empty = vec![true; self.classes.len()];
        for photograph in &self.photographs {
            if let Ok(class) = photograph.class {
                is_empty[class] = false;
            }
        }
        let classes = self.classes.iter().zip(is_empty);
        classes
            .filter_map(|(name, is_empty)| is_empty.then_some(name))
            .collect()
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

    /// The path of each photograph within the folder, with slashes.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::with_capacity(self.len());
        for Photograph { path, .. } in &self.photographs {
            let path = path.strip_prefix(&self.root).unwrap_or(path);
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            names.push(parts.join("/"));
        }
        names
    }

    /// SHA-256 of the listing, in hexadecimal: for each photograph a line of its path within the
    /// folder, with slashes, a tab, and the number of its class or a dash.
    pub fn listing_sha256(&self) -> String {
        let mut hash = Sha256::new();
        for (name, photograph) in self.names().iter().zip(&self.photographs) {
            let class = photograph
                .class()
                .map_or("-".to_string(), |class| class.to_string());
            hash.update(format!("{name}\t{class}\n"));
        }
        hex(&hash.finalize())
    }

    /// SHA-256 of the lengths and times of change of all photographs: another one says that a file
    /// was replaced.
    pub fn state_sha256(&self) -> String {
        let state = |photograph: &Photograph| {
            if let Some(file) = &photograph.file {
                return Some(sha256(file));
            }
            let data = fs::metadata(&photograph.path).ok()?;
            Some(format!("{} {:?}", data.len(), data.modified().ok()))
        };
        let states: Vec<_> = self.photographs.par_iter().map(state).collect();
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
        let pixels = photograph.read().and_then(|bytes| {
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

/// The examples of one class.
fn photographs_of(
    folder: &Path,
    class: usize,
    left_out: &mut LeftOut,
) -> Result<Vec<Photograph>, DataError> {
    let name = name_of(folder);
    let mut photographs = Vec::new();
    for path in examples_below(folder, left_out)? {
        let class = match wordnet_number(&name_of(&path)) {
            Some(other) if wordnet_number(&name).is_some_and(|own| own != other) => Err(format!(
                "its name says {other}, but it is in the folder of {name}"
            )),
            _ => Ok(class),
        };
        photographs.push(Photograph::on_disk(path, class));
    }
    Ok(photographs)
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
