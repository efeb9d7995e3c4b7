//! Photographs in folders, one a class: `CLASS/*.jpg`.

use std::fs;
use std::path::{Path, PathBuf};

use image::imageops::FilterType;

use super::file::in_file;
use super::DataError;

/// A data set of photographs that are decoded when they are needed.
///
/// Classes are the names of the subfolders in ascending order, photographs are in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFolder {
    classes: Vec<String>,
    files: Vec<(PathBuf, usize)>,
}

impl ImageFolder {
    /// Lists the photographs (`.jpg`, `.jpeg`) of a folder's subfolders.
    ///
    /// # Errors
    /// If a folder cannot be read, or there are none.
    pub fn open(folder: &Path) -> Result<Self, DataError> {
        let (mut classes, mut files) = (Vec::new(), Vec::new());
        for subfolder in sorted(folder)?.into_iter().filter(|path| path.is_dir()) {
            let photographs = sorted(&subfolder)?.into_iter().filter(|path| is_photograph(path));
            files.extend(photographs.map(|path| (path, classes.len())));
            let name = subfolder.file_name().unwrap_or_default();
            classes.push(name.to_string_lossy().into_owned());
        }
        if files.is_empty() {
            return Err(in_file(folder, DataError::Empty));
        }
        Ok(Self { classes, files })
    }

    /// Number of photographs; at least one.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are no photographs: never, since [`ImageFolder::open`] refuses that.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Names of the classes.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// File and class of each photograph.
    pub fn files(&self) -> &[(PathBuf, usize)] {
        &self.files
    }

    /// The pixels of a photograph: its shorter side brought to `shorter` pixels (bicubic), then the `side x side` in the
    /// middle; red, green and blue planes, each row by row.
    ///
    /// # Errors
    /// If it cannot be read or decoded, or `side` is zero or larger than `shorter`.
    pub fn pixels(&self, index: usize, shorter: u32, side: u32) -> Result<Vec<u8>, DataError> {
        let (path, _) = self.files.get(index).ok_or(DataError::Empty)?;
        if side == 0 || side > shorter {
            return Err(in_file(path, DataError::Empty));
        }
        let bytes = fs::read(path).map_err(|error| DataError::Io { path: path.clone(), error })?;
        let undecodable = |error: image::ImageError| DataError::Photograph { error: error.to_string() };
        let decoded = image::load_from_memory(&bytes).map_err(|error| in_file(path, undecodable(error)))?;
        let photograph = decoded.into_rgb8();
        let (width, height) = photograph.dimensions();
        let least = width.min(height).max(1);
        let resized = if least == shorter {
            photograph
        } else {
            let scaled = |length: u32| (u64::from(length) * u64::from(shorter) / u64::from(least)) as u32;
            image::imageops::resize(&photograph, scaled(width), scaled(height), FilterType::CatmullRom)
        };
        let (left, top) = ((resized.width() - side) / 2, (resized.height() - side) / 2);
        let middle = image::imageops::crop_imm(&resized, left, top, side, side).to_image();
        let plane = |channel: usize| middle.pixels().map(move |pixel| pixel.0[channel]);
        Ok((0..3).flat_map(plane).collect())
    }
}

fn is_photograph(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    matches!(extension.as_str(), "jpg" | "jpeg")
}

/// What is in a folder, by name.
fn sorted(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let failed = |error| DataError::Io { path: folder.to_path_buf(), error };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}
