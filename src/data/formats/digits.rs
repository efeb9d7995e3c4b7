//! The embedded 8x8 digits.

use super::file;
use crate::data::dataset::{DataSet, LabelledImages};
use crate::data::error::DataError;
use crate::shape::ImageSize;

const FILE: &[u8] = include_bytes!("../../../data/digits.csv.gz");

/// The first images are for training, the others are held out.
const TRAINING: usize = 1500;

const SHAPE: ImageSize = ImageSize {
    channels: 1,
    height: 8,
    width: 8,
};

/// 1,500 training and 297 held-out images of 8 x 8 pixels with 17 grey levels: the test part of
/// UCI's "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak 1998, CC BY 4.0).
///
/// # Errors
/// None, unless the embedded file is damaged.
pub fn digits() -> Result<DataSet, DataError> {
    let bytes = file::unpacked(FILE)?;
    let (mut images, mut labels) = (Vec::new(), Vec::new());
    for line in bytes
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let text = String::from_utf8_lossy(line);
        let mut numbers: Vec<u8> = text
            .split(',')
            .filter_map(|number| number.trim().parse().ok())
            .collect();
        labels.extend(numbers.pop());
        images.extend(numbers);
    }
    let all = LabelledImages::new(SHAPE, 17, 10, images, labels)?;
    Ok(DataSet {
        name: "digits".to_string(),
        remarks: Vec::new(),
        train: all.slice(0..TRAINING)?,
        test: Some(all.slice(TRAINING..all.len())?),
    })
}
