//! The same data in lossless containers are the same data.
#![cfg(feature = "photographs")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::Arc;

use flate2::{write::GzEncoder, Compression};
use image::{GrayImage, ImageFormat, RgbImage};
use nonvacuous::causes::with_causes;
use nonvacuous::data::{find, DataSet, Found, LabelledImages, SearchPath, LAYOUTS};
use nonvacuous::shape::ImageSize;
use npyz::WriterBuilder;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use tempfile::tempdir;

/// Labelled images that are written into every container.
#[derive(Debug, Clone)]
struct Images {
    channels: usize,
    side: usize,
    /// Channel by channel, an image after the other.
    images: Vec<Vec<u8>>,
    labels: Vec<u8>,
}

impl Images {
    fn labelled(&self, order: &[usize], classes: usize) -> LabelledImages {
        let shape = ImageSize {
            channels: self.channels,
            height: self.side,
            width: self.side,
        };
        let images = order.iter().flat_map(|&i| self.images[i].clone()).collect();
        let labels = order.iter().map(|&i| self.labels[i]).collect();
        LabelledImages::new(shape, 256, classes, images, labels).unwrap()
    }

    /// Red, green and blue of each pixel, one pixel after the other.
    fn interleaved(&self, index: usize) -> Vec<u8> {
        let plane = self.side * self.side;
        let image = &self.images[index];
        let pixel = |place: usize| (0..self.channels).map(move |c| image[c * plane + place]);
        (0..plane).flat_map(pixel).collect()
    }

    fn png(&self, index: usize) -> Vec<u8> {
        let side = self.side as u32;
        let mut bytes = Cursor::new(Vec::new());
        let pixels = self.interleaved(index);
        match self.channels {
            1 => GrayImage::from_raw(side, side, pixels)
                .unwrap()
                .write_to(&mut bytes, ImageFormat::Png),
            _ => RgbImage::from_raw(side, side, pixels)
                .unwrap()
                .write_to(&mut bytes, ImageFormat::Png),
        }
        .unwrap();
        bytes.into_inner()
    }

    fn idx(&self) -> [Vec<u8>; 2] {
        let word = |number: usize| (number as u32).to_be_bytes();
        let mut images = vec![0, 0, 8, 3];
        for length in [self.labels.len(), self.side, self.side] {
            images.extend(word(length));
        }
        images.extend(self.images.concat());
        let mut labels = vec![0, 0, 8, 1];
        labels.extend(word(self.labels.len()));
        labels.extend(&self.labels);
        [images, labels]
    }

    fn write_idx(&self, folder: &Path) {
        let [images, labels] = self.idx();
        fs::write(folder.join("train-images-idx3-ubyte"), images).unwrap();
        fs::write(folder.join("train-labels-idx1-ubyte"), labels).unwrap();
    }

    fn write_idx_gz(&self, folder: &Path) {
        let names = ["train-images.idx3-ubyte.gz", "train-labels.idx1-ubyte.gz"];
        for (name, bytes) in names.iter().zip(self.idx()) {
            let file = File::create(folder.join(name)).unwrap();
            let mut encoder = GzEncoder::new(file, Compression::default());
            encoder.write_all(&bytes).unwrap();
            encoder.finish().unwrap();
        }
    }

    fn write_npz(&self, path: &Path) {
        let (count, side) = (self.labels.len() as u64, self.side as u64);
        let mut archive = zip::ZipWriter::new(File::create(path).unwrap());
        let shape = match self.channels {
            1 => vec![count, side, side],
            _ => vec![count, side, side, 3],
        };
        let pixels: Vec<u8> = (0..self.labels.len())
            .flat_map(|i| self.interleaved(i))
            .collect();
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("x_train.npy", options).unwrap();
        let array = npyz::WriteOptions::new().default_dtype().shape(&shape);
        let mut array = array.writer(&mut archive).begin_nd().unwrap();
        array.extend(pixels).unwrap();
        array.finish().unwrap();
        archive.start_file("y_train.npy", options).unwrap();
        let array = npyz::WriteOptions::new().default_dtype().shape(&[count]);
        let mut array = array.writer(&mut archive).begin_nd().unwrap();
        array
            .extend(self.labels.iter().map(|&label| i64::from(label)))
            .unwrap();
        array.finish().unwrap();
        archive.finish().unwrap();
    }

    /// Grey levels as fractions of 255, in single precision.
    fn write_npy(&self, folder: &Path) {
        let (count, side) = (self.labels.len() as u64, self.side as u64);
        let images = File::create(folder.join("images.npy")).unwrap();
        let shape = [count, self.channels as u64, side, side];
        let mut array = npyz::WriteOptions::new()
            .default_dtype()
            .shape(&shape)
            .writer(images)
            .begin_nd()
            .unwrap();
        let levels = self.images.concat().into_iter();
        array
            .extend(levels.map(|level| f32::from(level) / 255.0))
            .unwrap();
        array.finish().unwrap();
        let labels = File::create(folder.join("labels.npy")).unwrap();
        let mut array = npyz::WriteOptions::new()
            .default_dtype()
            .shape(&[count])
            .writer(labels)
            .begin_nd()
            .unwrap();
        array
            .extend(self.labels.iter().map(|&label| i32::from(label)))
            .unwrap();
        array.finish().unwrap();
    }

    /// In two files.
    fn write_parquet(&self, folder: &Path) {
        let schema = "message schema {
            optional group image { optional binary bytes; optional binary path (UTF8); }
            optional int64 label;
        }";
        let half = self.labels.len() / 2;
        for (number, rows) in [0..half, half..self.labels.len()].into_iter().enumerate() {
            let path = folder.join(format!("train-{number:05}-of-00002.parquet"));
            let schema = Arc::new(parse_message_type(schema).unwrap());
            let file = File::create(path).unwrap();
            let mut writer = SerializedFileWriter::new(file, schema, Default::default()).unwrap();
            let mut group = writer.next_row_group().unwrap();
            let bytes = |text: Vec<u8>| ByteArray::from(text);
            let images: Vec<_> = rows.clone().map(|row| bytes(self.png(row))).collect();
            let names: Vec<_> = rows
                .clone()
                .map(|r| bytes(format!("{r}.png").into()))
                .collect();
            write_bytes(&mut group, &images);
            write_bytes(&mut group, &names);
            let labels: Vec<i64> = rows.map(|row| i64::from(self.labels[row])).collect();
            let mut column = group.next_column().unwrap().unwrap();
            let levels = vec![1; labels.len()];
            column
                .typed::<Int64Type>()
                .write_batch(&labels, Some(&levels), None)
                .unwrap();
            column.close().unwrap();
            group.close().unwrap();
            writer.close().unwrap();
        }
    }

    fn write_png(&self, folder: &Path) {
        for index in 0..self.labels.len() {
            let class = folder.join(self.labels[index].to_string());
            fs::create_dir_all(&class).unwrap();
            fs::write(class.join(format!("{index:04}.png")), self.png(index)).unwrap();
        }
    }

    /// All images in one folder.
    fn write_labels(&self, folder: &Path) {
        let mut table = "filename,label\n".to_string();
        fs::create_dir(folder.join("images")).unwrap();
        for index in 0..self.labels.len() {
            let name = format!("{index:04}.png");
            fs::write(folder.join("images").join(&name), self.png(index)).unwrap();
            table += &format!("{name},{}\n", self.labels[index]);
        }
        fs::write(folder.join("labels.csv"), table).unwrap();
    }

    fn write_csv(&self, path: &Path) {
        let mut table = "label".to_string();
        for pixel in 0..self.side * self.side {
            table += &format!(",pixel{pixel}");
        }
        for (image, label) in self.images.iter().zip(&self.labels) {
            table += &format!("\n{label}");
            for level in image {
                table += &format!(",{level}");
            }
        }
        fs::write(path, table).unwrap();
    }
}

fn write_bytes(group: &mut SerializedRowGroupWriter<'_, File>, values: &[ByteArray]) {
    let mut column = group.next_column().unwrap().unwrap();
    let levels = vec![2; values.len()];
    column
        .typed::<ByteArrayType>()
        .write_batch(values, Some(&levels), None)
        .unwrap();
    column.close().unwrap();
}

/// The data in a file or folder, in memory.
fn in_memory(path: &Path) -> DataSet {
    let selector = path.to_str().unwrap();
    match find(selector, &SearchPath::only(Path::new("/nowhere"))) {
        Ok(Found::Images(set)) => set,
        Ok(Found::Photographs(set)) => set.in_memory().unwrap(),
        Err(error) => panic!("{}", with_causes(&error)),
    }
}

fn images() -> impl Strategy<Value = Images> {
    let sizes = (prop_oneof![Just(1usize), Just(3)], 4usize..9, 3usize..12);
    sizes.prop_flat_map(|(channels, side, count)| {
        let image = proptest::collection::vec(any::<u8>(), channels * side * side);
        let images = proptest::collection::vec(image, count);
        let labels = proptest::collection::vec(0u8..12, count);
        (images, labels).prop_map(move |(mut images, mut labels)| {
            // Grey in colour images would be grey.
            if channels == 3 {
                images[0][0] = 7;
                images[0][side * side] = 8;
            }
            labels[0] = 11;
            Images {
                channels,
                side,
                images,
                labels,
            }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn all_containers_give_the_same_images_labels_and_classes(images in images()) {
        let folder = tempdir().unwrap();
        let place = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            path
        };
        let order: Vec<usize> = (0..images.labels.len()).collect();
        let expected = images.labelled(&order, 12);
        let mut same = Vec::new();
        if images.channels == 1 {
            let [idx, packed, csv] = ["idx", "idx.gz", "csv"].map(place);
            images.write_idx(&idx);
            images.write_idx_gz(&packed);
            images.write_csv(&csv.join("train.csv"));
            same.extend([idx, packed, csv.join("train.csv"), csv]);
        }
        let [npz, npy, parquet, labels] = ["npz", "npy", "parquet", "labels"].map(place);
        images.write_npz(&npz.join("data.npz"));
        images.write_npy(&npy);
        images.write_parquet(&parquet);
        same.extend([npz.join("data.npz"), npz, npy.join("images.npy"), npy, parquet]);
        for path in same {
            let found = in_memory(&path);
            prop_assert_eq!(&found.train, &expected, "{:?}", path);
            // Only files of images say which of their classes are empty.
            let is_quiet = found.remarks.iter().all(|remark| remark.contains("have no images"));
            prop_assert!(is_quiet, "{:?}", found.remarks);
        }
        // Folders have the classes that there are, in the order of numbers.
        let mut classes = images.labels.clone();
        classes.sort_unstable();
        classes.dedup();
        let mut renumbered = images.clone();
        for label in &mut renumbered.labels {
            *label = classes.iter().position(|class| class == label).unwrap() as u8;
        }
        images.write_labels(&labels);
        let found = in_memory(&labels);
        prop_assert_eq!(found.train, renumbered.labelled(&order, classes.len()));
        let png = place("png");
        images.write_png(&png);
        let mut by_class = order;
        by_class.sort_by_key(|&index| images.labels[index]);
        let found = in_memory(&png);
        prop_assert_eq!(found.train, renumbered.labelled(&by_class, classes.len()));
    }
}

#[test]
fn what_is_not_understood_is_said_with_what_was_found_and_what_is_read() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("model.pt"), "weights").unwrap();
    let said = |path: &Path| {
        let selector = path.to_str().unwrap();
        let found = find(selector, &SearchPath::only(Path::new("/nowhere")));
        with_causes(&found.unwrap_err())
    };
    for path in [folder.path().to_path_buf(), folder.path().join("model.pt")] {
        let error = said(&path);
        for part in LAYOUTS.iter().chain(&["docs/data.md"]) {
            assert!(error.contains(part), "\"{part}\" is not in: {error}");
        }
    }
    assert!(said(folder.path()).contains("but \"model.pt\""));
    assert!(said(&folder.path().join("model.pt")).contains("a file of another format"));
}

#[test]
fn the_page_about_data_has_every_layout() {
    let page = fs::read_to_string("docs/data.md").unwrap();
    let page = page.split_whitespace().collect::<Vec<&str>>().join(" ");
    for layout in LAYOUTS {
        assert!(page.contains(layout), "\"{layout}\" is not in docs/data.md");
    }
}

#[test]
fn real_numbers_wrong_shapes_and_wrong_labels_are_errors_that_say_what_is_accepted() {
    let folder = tempdir().unwrap();
    let write = |name: &str, shape: &[u64], numbers: &[f64]| {
        let file = File::create(folder.path().join(name)).unwrap();
        let options = npyz::WriteOptions::new().default_dtype().shape(shape);
        let mut array = options.writer(file).begin_nd().unwrap();
        array.extend(numbers.iter().copied()).unwrap();
        array.finish().unwrap();
    };
    type Case<'a> = (&'a [u64], &'a [f64], &'a [f64], &'a str);
    let cases: [Case; 4] = [
        (
            &[2, 2],
            &[0.5, 0.25, 1.5, 3.0],
            &[0.0, 1.0],
            "real numbers are not read",
        ),
        (
            &[2, 2],
            &[1.0, 2.0, 3.0, 256.0],
            &[0.0, 1.0],
            "real numbers are not read",
        ),
        (&[4], &[1.0, 2.0, 3.0, 4.0], &[0.0, 1.0], "N x H x W"),
        (
            &[2, 2],
            &[1.0, 2.0, 3.0, 4.0],
            &[0.0, -1.0],
            "whole numbers from 0 to 255",
        ),
    ];
    for (shape, images, labels, expected) in cases {
        write("images.npy", shape, images);
        write("labels.npy", &[labels.len() as u64], labels);
        let selector = folder.path().to_str().unwrap();
        let error = find(selector, &SearchPath::only(folder.path())).unwrap_err();
        let error = with_causes(&error);
        assert!(
            error.contains(expected),
            "\"{expected}\" is not in: {error}"
        );
    }
}

#[test]
fn damaged_containers_are_errors_and_nothing_panics() {
    let images = Images {
        channels: 1,
        side: 4,
        images: (0..6).map(|image| vec![image * 9; 16]).collect(),
        labels: vec![0, 1, 2, 0, 1, 2],
    };
    let folder = tempdir().unwrap();
    let place = |name: &str| {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    };
    let [npz, npy, parquet] = ["npz", "npy", "parquet"].map(place);
    images.write_npz(&npz.join("data.npz"));
    images.write_npy(&npy);
    images.write_parquet(&parquet);
    for (folder, file) in [
        (&npz, "data.npz"),
        (&npy, "images.npy"),
        (&npy, "labels.npy"),
        (&parquet, "train-00000-of-00002.parquet"),
    ] {
        let whole = fs::read(folder.join(file)).unwrap();
        let selector = folder.to_str().unwrap();
        let read = |bytes: &[u8]| {
            fs::write(folder.join(file), bytes).unwrap();
            find(selector, &SearchPath::only(folder))
        };
        for length in (0..whole.len()).step_by(whole.len() / 40 + 1) {
            read(&whole[..length]).unwrap_err();
        }
        for place in (0..whole.len()).step_by(whole.len() / 400 + 1) {
            for mask in [0x01, 0x80, 0xff] {
                let mut changed = whole.clone();
                changed[place] ^= mask;
                let _ = read(&changed);
            }
        }
        read(&whole).unwrap();
    }
}
