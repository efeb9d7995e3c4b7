//! Tables as CSV: a column of labels and one for each pixel.

use std::path::{Path, PathBuf};

use super::array::{levels, Pair};
use super::file::{in_file, name_of, paths_in, read};
use crate::causes::with_causes;
use crate::data::dataset::DataSet;
use crate::data::error::DataError;
use crate::shape::ImageSize;

/// Names of the column of labels, in lower case.
const LABELS: [&str; 5] = ["label", "labels", "class", "target", "y"];

/// The data set in a CSV file, or in those of a folder whose names say `train` and `test`; nothing
/// if it has no such files.
///
/// # Errors
/// If a file cannot be read, or a value is none.
pub(in crate::data) fn read_tables(name: &str, path: &Path) -> Result<Option<DataSet>, DataError> {
    if path.is_file() {
        let train = read_table(path)?;
        return data_set(name, path, Vec::new(), train, None).map(Some);
    }
    let mut files = paths_in(path)?;
    files.retain(|file| is_csv(file));
    let has_part = |file: &Path, part: &str| name_of(file).to_lowercase().contains(part);
    let first = |part: &str| files.iter().find(|file| has_part(file, part));
    let training: &PathBuf = match (first("train"), files.as_slice()) {
        (Some(file), _) => file,
        (None, [file]) => file,
        _ => return Ok(None),
    };
    let train = read_table(training)?;
    let mut remarks = Vec::new();
    let mut test = None;
    if let Some(file) = first("test").filter(|file| *file != training) {
        match read_table(file) {
            Ok(table) => test = Some(table),
            Err(error) => {
                remarks.push(format!("no held-out images: {}", with_causes(&error)));
            }
        }
    }
    data_set(name, training, remarks, train, test).map(Some)
}

fn data_set(
    name: &str,
    path: &Path,
    remarks: Vec<String>,
    train: Pair,
    test: Option<Pair>,
) -> Result<DataSet, DataError> {
    Pair::data_set(name, remarks, train, test).map_err(|error| in_file(path, error))
}

/// Whether a file is called like CSV, gzipped or not.
pub(in crate::data) fn is_csv(path: &Path) -> bool {
    let name = name_of(path).to_lowercase();
    name.ends_with(".csv") || name.ends_with(".csv.gz")
}

/// Labels and grey levels; without a header, labels come first.
fn read_table(path: &Path) -> Result<Pair, DataError> {
    let bytes = read(path, &mut Vec::new())?;
    table(&bytes).map_err(|error| in_file(path, error))
}

fn table(bytes: &[u8]) -> Result<Pair, DataError> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes);
    let mut column = 0;
    let mut labels = Vec::new();
    let mut numbers = Vec::new();
    let mut is_square = true;
    let mut line = 0;
    let mut width = 0;
    for record in reader.records() {
        line += 1;
        let record = record.map_err(|source| DataError::Csv { source })?;
        if line == 1 {
            width = record.len();
            let header: Vec<String> = record.iter().map(|n| n.trim().to_lowercase()).collect();
            if header.iter().any(|name| name.parse::<f64>().is_err()) {
                let labels = |name: &String| LABELS.contains(&name.as_str());
                column = header
                    .iter()
                    .position(labels)
                    .ok_or(DataError::NoLabelColumn)?;
                is_square = header
                    .iter()
                    .enumerate()
                    .all(|(place, name)| place == column || is_pixel(name));
                continue;
            }
        }
        for (place, field) in record.iter().enumerate() {
            let invalid = || DataError::Field {
                line,
                column: place + 1,
                field: field.chars().take(20).collect(),
            };
            let field = field.trim();
            if place == column {
                labels.push(field.parse::<u8>().map_err(|_| invalid())?);
            } else {
                numbers.push(field.parse::<f64>().map_err(|_| invalid())?);
            }
        }
    }
    let features = width.saturating_sub(1);
    let side = features.isqrt();
    let [height, width] = match is_square && side * side == features {
        true => [side, side],
        false => [1, features],
    };
    let size = ImageSize {
        channels: 1,
        height,
        width,
    };
    Ok(Pair::of_levels(size, levels(&numbers)?, labels))
}

/// Whether a column is called like a pixel: `pixel0`, or `1x1`.
fn is_pixel(name: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let pair = name
        .split_once('x')
        .filter(|(row, column)| digits(row) && digits(column));
    pair.is_some() || name.strip_prefix("pixel").is_some_and(digits)
}
