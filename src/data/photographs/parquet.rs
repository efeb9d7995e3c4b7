//! Images in parquet, as Hugging Face hands data sets out: a column of encoded images and one of
//! class numbers, in one file or several.

use std::fs::File;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::Value;

use super::folder::{ImageFolder, Photograph};
use super::listing::entries;
use crate::data::dataset::DataSet;
use crate::data::error::DataError;
use crate::data::formats::file::{in_file, name_of, open, LIMIT};

/// Names of the column of images.
const IMAGES: [&str; 4] = ["image", "img", "images", "jpg"];

/// Names of the column of classes; of those of CIFAR-100 the fine ones.
const CLASSES: [&str; 5] = ["label", "fine_label", "labels", "cls", "y"];

/// Where Hugging Face's repositories have the files.
const FOLDER: &str = "data";

/// The files of a data set, in the order of their names.
#[derive(Default)]
struct Files {
    training: Vec<PathBuf>,
    held_out: Vec<PathBuf>,
    others: Vec<PathBuf>,
}

impl Files {
    /// The parquet files in a folder, by what their names begin with.
    fn find(folder: &Path) -> Result<Self, DataError> {
        let mut files = Self::default();
        let mut validation = Vec::new();
        for entry in entries(folder)? {
            if entry.is_folder || !is_parquet(&entry.path) {
                continue;
            }
            let name = name_of(&entry.path).to_lowercase();
            let set = if name.starts_with("train") {
                &mut files.training
            } else if name.starts_with("test") {
                &mut files.held_out
            } else if name.starts_with("val") {
                &mut validation
            } else {
                &mut files.others
            };
            set.push(entry.path);
        }
        if files.held_out.is_empty() {
            files.held_out = validation;
        } else {
            files.others.extend(validation);
        }
        if files.training.is_empty() {
            files.training = std::mem::take(&mut files.others);
        }
        Ok(files)
    }
}

/// Whether a file is called like parquet.
fn is_parquet(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "parquet")
}

/// The images in a parquet file, or in those of a folder or of its `data`; nothing if there are
/// none.
///
/// # Errors
/// If a file is damaged, has other columns, or there is too much for memory.
pub(in crate::data) fn read_parquet(
    name: &str,
    path: &Path,
) -> Result<Option<DataSet<ImageFolder>>, DataError> {
    if path.is_file() && !is_parquet(path) {
        return Ok(None);
    }
    let files = if path.is_file() {
        Files {
            training: vec![path.to_path_buf()],
            ..Files::default()
        }
    } else {
        let inner = path.join(FOLDER);
        match Files::find(path)? {
            files if files.training.is_empty() && inner.is_dir() => Files::find(&inner)?,
            files => files,
        }
    };
    if files.training.is_empty() {
        return Ok(None);
    }
    let training = Rows::read(&files.training)?;
    let held_out = Rows::read(&files.held_out)?;
    let count = training.classes.max(held_out.classes);
    let classes = match &training.names {
        Some(names) if names.len() >= count => names.clone(),
        _ => (0..count).map(|class| class.to_string()).collect(),
    };
    let mut remarks = Vec::new();
    if !files.others.is_empty() {
        let names: Vec<String> = files
            .others
            .iter()
            .map(|p| format!("{:?}", name_of(p)))
            .collect();
        remarks.push(format!("not read of {path:?}: {}", names.join(", ")));
    }
    let test = match files.held_out.first() {
        Some(file) => Some(ImageFolder::in_memory(
            file,
            classes.clone(),
            held_out.images,
        )?),
        None => None,
    };
    let train = ImageFolder::in_memory(path, classes, training.images)?;
    remarks.extend(train.remarks());
    Ok(Some(DataSet {
        name: name.to_string(),
        remarks,
        train,
        test,
    }))
}

/// What is in several files.
#[derive(Default)]
struct Rows {
    images: Vec<Photograph>,
    /// One more than the largest class.
    classes: usize,
    /// Names of the classes, if the first file has them.
    names: Option<Vec<String>>,
}

impl Rows {
    fn read(files: &[PathBuf]) -> Result<Self, DataError> {
        let mut rows = Self::default();
        let mut bytes = 0;
        for path in files {
            // The reader panics at some of what is damaged.
            catch_unwind(AssertUnwindSafe(|| rows.read_file(path, &mut bytes)))
                .unwrap_or_else(|_| Err(in_file(path, damaged())))?;
        }
        Ok(rows)
    }

    fn read_file(&mut self, path: &Path, bytes: &mut u64) -> Result<(), DataError> {
        let damaged = |source: ParquetError| in_file(path, DataError::Parquet { source });
        let file = open(path)?;
        let reader = SerializedFileReader::new(file).map_err(damaged)?;
        if self.names.is_none() {
            self.names = class_names(&reader);
        }
        for (number, row) in reader.get_row_iter(None).map_err(damaged)?.enumerate() {
            let row = row.map_err(damaged)?;
            let (Some(image), Some(class)) = (column(&row, &IMAGES), column(&row, &CLASSES)) else {
                let columns = row.get_column_iter().map(|(name, _)| name.as_str());
                let columns = columns.collect::<Vec<&str>>().join(", ");
                return Err(in_file(path, DataError::Columns { columns }));
            };
            let file = encoded(image);
            *bytes += file.len() as u64;
            if *bytes > LIMIT {
                return Err(in_file(path, DataError::TooLong { limit: LIMIT }));
            }
            let class = class_of(class);
            if let Ok(class) = class {
                self.classes = self.classes.max(class + 1);
            }
            let place = path.join(format!("row {number}"));
            self.images.push(Photograph::in_memory(place, file, class));
        }
        Ok(())
    }
}

/// What is said of a file at which the reader failed.
fn damaged() -> DataError {
    DataError::Parquet {
        source: ParquetError::General("the file is damaged".to_string()),
    }
}

/// The first of these columns that a row has.
fn column<'a>(row: &'a Row, names: &[&str]) -> Option<&'a Field> {
    let mut names = names.iter();
    names.find_map(|name| {
        let mut columns = row.get_column_iter();
        columns
            .find(|(other, _)| other == name)
            .map(|(_, field)| field)
    })
}

/// The bytes of an image: of the group `bytes, path`, or alone; none if it is missing.
fn encoded(field: &Field) -> Arc<[u8]> {
    match field {
        Field::Bytes(bytes) => bytes.data().into(),
        Field::Group(group) => match column(group, &["bytes"]) {
            Some(Field::Bytes(bytes)) => bytes.data().into(),
            _ => Arc::new([]),
        },
        _ => Arc::new([]),
    }
}

/// The number of a class.
fn class_of(field: &Field) -> Result<usize, String> {
    let number = match *field {
        Field::Byte(number) => i64::from(number),
        Field::Short(number) => i64::from(number),
        Field::Int(number) => i64::from(number),
        Field::Long(number) => number,
        Field::UByte(number) => i64::from(number),
        Field::UShort(number) => i64::from(number),
        Field::UInt(number) => i64::from(number),
        _ => return Err("its label is no number".to_string()),
    };
    let class = usize::try_from(number).ok();
    class
        .filter(|&class| class < MOST_CLASSES)
        .ok_or_else(|| format!("its label is {number}"))
}

/// Numbers of classes are below this.
const MOST_CLASSES: usize = 1 << 20;

/// The names of classes that Hugging Face writes beside the columns.
fn class_names(reader: &SerializedFileReader<File>) -> Option<Vec<String>> {
    let pairs = reader.metadata().file_metadata().key_value_metadata()?;
    let pair = pairs.iter().find(|pair| pair.key == "huggingface")?;
    let value: Value = serde_json::from_str(pair.value.as_ref()?).ok()?;
    let features = &value["info"]["features"];
    let label = CLASSES.iter().find_map(|name| features.get(name))?;
    let names = label["names"].as_array()?.iter();
    names
        .map(|name| name.as_str().map(str::to_string))
        .collect()
}
