//! Small photographs of one colour.
#![allow(dead_code)]

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::{codecs::jpeg::JpegEncoder, ImageFormat, Rgb, RgbImage};

/// The classes, in the order of their names.
pub const COLOURS: [(&str, [u8; 3]); 7] = [
    ("n00000001", [230, 20, 20]),
    ("n00000002", [20, 230, 20]),
    ("n00000003", [20, 20, 230]),
    ("n00000004", [230, 230, 20]),
    ("n00000005", [230, 20, 230]),
    ("n00000006", [20, 230, 230]),
    ("n00000007", [128, 128, 128]),
];

/// Classes of the network that takes the strongest colour for the class.
pub const STRONGEST: [(&str, [u8; 3]); 3] = [
    ("a_red", [230, 20, 20]),
    ("b_green", [20, 230, 20]),
    ("c_blue", [20, 20, 230]),
];

/// One colour in any format.
pub fn encoded(colour: [u8; 3], width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(width, height, Rgb(colour))
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

/// A JPEG file of one colour.
pub fn photograph(colour: [u8; 3], width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = RgbImage::from_pixel(width, height, Rgb(colour));
    JpegEncoder::new_with_quality(&mut bytes, 95)
        .encode_image(&image)
        .unwrap();
    bytes
}

/// `each` photographs of each class in `folder/WNID/WNID_NUMBER.JPEG`.
pub fn class_folders(folder: &Path, each: usize) {
    for (name, colour) in COLOURS {
        fs::create_dir_all(folder.join(name)).unwrap();
        let bytes = photograph(colour, 20, 16);
        for number in 0..each {
            fs::write(
                folder.join(name).join(format!("{name}_{number}.JPEG")),
                &bytes,
            )
            .unwrap();
        }
    }
}
