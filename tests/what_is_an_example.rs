//! The one rule for what in a folder of images is an example (docs/data.md).
#![cfg(feature = "photographs")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

use image::ImageFormat;
use nonvacuous::data::{DataError, Framing, ImageFolder};
use nonvacuous::shape::ImageSize;
use photographs::{encoded, photograph, STRONGEST};
use proptest::prelude::*;
use tempfile::{tempdir, TempDir};

mod photographs;

const SIZE: ImageSize = ImageSize {
    channels: 3,
    height: 14,
    width: 14,
};

/// Two images of each class.
fn colours() -> TempDir {
    let folder = tempdir().unwrap();
    for (class, colour) in STRONGEST {
        fs::create_dir(folder.path().join(class)).unwrap();
        for number in 0..2 {
            let path = folder.path().join(format!("{class}/{number}.jpg"));
            fs::write(path, photograph(colour, 20, 16)).unwrap();
        }
    }
    folder
}

/// Examples, errors of the network that takes the strongest colour for the class, and remarks.
fn read(folder: &Path) -> (usize, usize, String) {
    let opened = ImageFolder::open(folder).unwrap();
    let indices: Vec<usize> = (0..opened.len()).collect();
    let batch = opened.batch(&indices, Framing::usual(SIZE).unwrap(), None);
    let mut errors = 0;
    for example in batch.examples() {
        let mean = |channel: usize| -> u64 {
            let plane = &example.pixels()[channel * 196..][..196];
            plane.iter().map(|&level| u64::from(level)).sum()
        };
        let strongest = (0..3).max_by_key(|&channel| mean(channel));
        errors += usize::from(example.class() != strongest);
    }
    (opened.len(), errors, opened.remarks().join("\n"))
}

#[test]
fn an_image_is_decoded_by_its_content_whatever_its_name() {
    let folder = colours();
    let red = folder.path().join("a_red");
    let formats = [
        ("x.JPEG", ImageFormat::Png),
        ("x.png", ImageFormat::Jpeg),
        ("x.tif", ImageFormat::Tiff),
        ("x.txt", ImageFormat::WebP),
        ("x", ImageFormat::Bmp),
        (".x.gif", ImageFormat::Gif),
        ("x.ppm", ImageFormat::Pnm),
    ];
    for (count, (name, format)) in formats.into_iter().enumerate() {
        fs::write(red.join(name), encoded([230, 20, 20], 20, 16, format)).unwrap();
        assert_eq!(read(folder.path()), (7 + count, 0, String::new()), "{name}");
    }
}

#[test]
fn what_could_be_an_image_and_cannot_be_decoded_is_an_error_of_every_network() {
    let folder = colours();
    let green = folder.path().join("b_green");
    let whole = photograph([20, 230, 20], 200, 160);
    let files: [(&str, &[u8]); 7] = [
        ("empty.jpg", b""),
        ("text.png", b"not an image"),
        ("half.jpg", &whole[..whole.len() / 2]),
        ("without_end.jpeg", &whole[..whole.len() - 2]),
        ("photograph.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ("no_ending", b"anything"),
        ("unknown.dat", b"anything"),
    ];
    for (count, (name, bytes)) in files.into_iter().enumerate() {
        fs::write(green.join(name), bytes).unwrap();
        let expected = (7 + count, 1 + count, String::new());
        assert_eq!(read(folder.path()), expected, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_one_that_leads_nowhere_is_an_error_of_every_network() {
    use std::os::unix::fs::symlink;
    let (folder, elsewhere) = (colours(), colours());
    let blue = folder.path().join("c_blue");
    symlink(elsewhere.path().join("c_blue/0.jpg"), blue.join("link.jpg")).unwrap();
    assert_eq!(read(folder.path()), (7, 0, String::new()));
    symlink(folder.path().join("nowhere.jpg"), blue.join("nowhere.jpg")).unwrap();
    assert_eq!(read(folder.path()), (8, 1, String::new()));
    symlink(elsewhere.path().join("c_blue"), blue.join("more")).unwrap();
    assert_eq!(read(folder.path()), (10, 1, String::new()));
    symlink("..", blue.join("endless")).unwrap();
    let error = ImageFolder::open(folder.path()).unwrap_err();
    assert!(
        matches!(&error, DataError::File { path, source }
            if path.ends_with("endless") && matches!(**source, DataError::EndlessFolder)),
        "{error:?}"
    );
}

#[test]
fn what_is_left_out_is_counted_and_named() {
    let cases: [(&str, &[u8], &str); 8] = [
        (
            "a_red/._0.jpg",
            b"\0\x05\x16\x07\0\x02\0\0Mac OS X",
            "1 resource forks",
        ),
        ("b_green/.DS_Store", b"\0\0\0\x01Bud1", "1 hidden files"),
        (
            "c_blue/Thumbs.db",
            b"\xd0\xcf\x11\xe0",
            "1 files of the operating system",
        ),
        (
            "c_blue/desktop.ini",
            b"[.ShellClassInfo]",
            "1 files of the operating system",
        ),
        (
            "c_blue/0.xml",
            b"<annotation/>",
            "1 files that are no images",
        ),
        (
            "b_green/boxes.txt",
            b"0 0 1 1",
            "1 files that are no images",
        ),
        ("labels.csv", b"a,b", "1 files that are no images"),
        (
            "0.jpg",
            b"an image?",
            "1 files beside the folders of classes",
        ),
    ];
    for (name, bytes, words) in cases {
        let folder = colours();
        fs::write(folder.path().join(name), bytes).unwrap();
        let (examples, errors, remarks) = read(folder.path());
        assert_eq!((examples, errors), (6, 0), "{name}");
        assert!(
            remarks.contains(words) && remarks.contains(&format!("{name:?}")),
            "{name}: {remarks}"
        );
    }
}

#[test]
fn hidden_folders_are_no_classes_and_what_is_in_them_is_left_out() {
    for name in [".ipynb_checkpoints", "__MACOSX", "b_green/.thumbnails"] {
        let folder = colours();
        fs::create_dir(folder.path().join(name)).unwrap();
        let copy = folder.path().join(name).join("0-checkpoint.jpg");
        fs::write(copy, photograph([230, 20, 20], 20, 16)).unwrap();
        let (examples, errors, remarks) = read(folder.path());
        assert_eq!((examples, errors), (6, 0), "{name}");
        assert!(
            remarks.contains("1 hidden folders") && remarks.contains(name),
            "{remarks}"
        );
    }
}

#[test]
fn images_in_folders_inside_that_of_a_class_are_of_that_class() {
    let folder = colours();
    let inside = folder.path().join("b_green/images/more");
    fs::create_dir_all(&inside).unwrap();
    fs::write(inside.join("2.jpg"), photograph([20, 230, 20], 20, 16)).unwrap();
    assert_eq!(read(folder.path()), (7, 0, String::new()));
}

#[test]
fn an_empty_class_stays_a_class_and_is_named() {
    let folder = colours();
    fs::create_dir(folder.path().join("b_empty")).unwrap();
    let opened = ImageFolder::open(folder.path()).unwrap();
    assert_eq!(opened.classes(), ["a_red", "b_empty", "b_green", "c_blue"]);
    let remarks = opened.remarks().join("\n");
    assert!(
        remarks.contains("1 of the 4 classes") && remarks.contains("\"b_empty\""),
        "{remarks}"
    );
}

#[test]
fn classes_whose_names_are_numbers_are_in_the_order_of_numbers() {
    let folder = tempdir().unwrap();
    let named = |names: &[&str]| {
        for name in names {
            fs::create_dir_all(folder.path().join(name)).unwrap();
            let path = folder.path().join(name).join("0.jpg");
            fs::write(path, photograph([1, 2, 3], 16, 16)).unwrap();
        }
        let opened = ImageFolder::open(folder.path()).unwrap();
        opened.classes().join(" ")
    };
    let expected = "0 1 2 9 10 11 100 18446744073709551617";
    assert_eq!(
        named(&[
            "10",
            "2",
            "0",
            "100",
            "18446744073709551617",
            "1",
            "9",
            "11"
        ]),
        expected
    );
    assert_eq!(
        named(&["09", "009"]),
        expected.replace("9 10", "9 09 009 10")
    );
    // One that is no number makes names of all.
    assert!(named(&["ten"]).starts_with("0 009 09 1 10 100"));
}

/// What may be done to a file of a data set.
#[derive(Debug, Clone)]
enum Change {
    /// It gets another name.
    Rename(String),
    /// It goes into a folder of its class, or beside the classes.
    Move(&'static str),
    /// Only its first bytes are left, this fraction of them.
    Cut(f64),
    /// Its bytes are others.
    Replace(Vec<u8>),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        "[a-z]{1,8}".prop_map(Change::Rename),
        "[._]{0,2}[a-z]{1,4}\\.(jpg|JPE|png|tif|txt|xml|bak|db|dat|npy|x|)"
            .prop_map(Change::Rename),
        proptest::sample::select(vec![
            "c_blue/inside",
            "c_blue/.hidden",
            "c_blue/__MACOSX",
            ".trash",
            "."
        ])
        .prop_map(Change::Move),
        (0.0..1.0).prop_map(Change::Cut),
        proptest::collection::vec(any::<u8>(), 0..64).prop_map(Change::Replace),
    ]
}

/// Changes the file, and returns where it is then.
fn apply(change: &Change, root: &Path, file: &Path) -> PathBuf {
    let mut destination = file.to_path_buf();
    match change {
        Change::Rename(name) => destination.set_file_name(name),
        Change::Move(folder) => {
            fs::create_dir_all(root.join(folder)).unwrap();
            destination = root.join(folder).join(file.file_name().unwrap());
        }
        Change::Cut(fraction) => {
            let bytes = fs::read(file).unwrap();
            let left = (bytes.len() as f64 * fraction) as usize;
            fs::write(file, &bytes[..left]).unwrap();
        }
        Change::Replace(bytes) => fs::write(file, bytes).unwrap(),
    }
    fs::rename(file, &destination).unwrap();
    destination
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_change_of_a_misread_image_makes_the_errors_fewer_without_a_word(
        changes in proptest::collection::vec(change(), 1..4),
        format in proptest::sample::select(
            vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP]
        ),
    ) {
        let folder = colours();
        let mut file = folder.path().join("c_blue/misread.jpg");
        fs::write(&file, encoded([230, 20, 20], 20, 16, format)).unwrap();
        prop_assert_eq!(read(folder.path()), (7, 1, String::new()));
        for change in &changes {
            file = apply(change, folder.path(), &file);
        }
        let (examples, errors, remarks) = read(folder.path());
        let is_counted = (examples, errors) == (7, 1);
        let is_named = (examples, errors) == (6, 0) && remarks.starts_with("left out of");
        prop_assert!(is_counted || is_named, "{changes:?}: {examples} {errors} {remarks}");
    }
}
