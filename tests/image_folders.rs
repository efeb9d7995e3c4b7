//! Folders of photographs as ImageNet is kept.
#![cfg(feature = "photographs")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod photographs;

use std::fs;
use std::path::Path;

use nonvacuous::causes::with_causes;
use nonvacuous::data::{
    find, DataError, DataSet, Found, Framing, ImageFolder, PixelCache, SearchPath,
};
use nonvacuous::shape::ImageSize;
use photographs::{class_folders, photograph, COLOURS};
use tempfile::tempdir;

const SIZE: ImageSize = ImageSize {
    channels: 3,
    height: 14,
    width: 14,
};

fn names() -> Vec<String> {
    COLOURS.iter().map(|(name, _)| name.to_string()).collect()
}

fn framing() -> Framing {
    Framing::usual(SIZE).unwrap()
}

/// Classes of all photographs; none for what is mislabelled or unreadable.
fn classes(folder: &ImageFolder) -> Vec<Option<usize>> {
    let indices: Vec<usize> = (0..folder.len()).collect();
    folder
        .batch(&indices, framing(), None)
        .examples()
        .iter()
        .map(|example| example.class())
        .collect()
}

#[test]
fn every_subfolder_is_a_class_in_the_order_of_names() {
    let folder = tempdir().unwrap();
    class_folders(folder.path(), 2);
    fs::write(
        folder.path().join("n00000003/notes.txt"),
        "not a photograph",
    )
    .unwrap();
    fs::write(
        folder.path().join("n00000003/another.jpg"),
        photograph([1, 2, 3], 16, 16),
    )
    .unwrap();
    let opened = ImageFolder::open(folder.path()).unwrap();
    assert_eq!(opened.classes(), names());
    let expected = [0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6].map(Some);
    assert_eq!(classes(&opened), expected);
    assert!(opened.photographs()[4]
        .path()
        .ends_with("n00000003/another.jpg"));
}

#[test]
fn what_is_damaged_missing_or_mislabelled_stays_an_example_and_is_named() {
    let folder = tempdir().unwrap();
    class_folders(folder.path(), 1);
    fs::write(
        folder.path().join("n00000002/n00000002_7.JPEG"),
        b"no photograph",
    )
    .unwrap();
    fs::write(
        folder.path().join("n00000002/n00000005_7.JPEG"),
        photograph([1, 2, 3], 16, 16),
    )
    .unwrap();
    let opened = ImageFolder::open(folder.path()).unwrap();
    let indices: Vec<usize> = (0..opened.len()).collect();
    fs::remove_file(folder.path().join("n00000001/n00000001_0.JPEG")).unwrap();
    let batch = opened.batch(&indices, framing(), None);
    assert_eq!(batch.examples().len(), 9);
    let problems: Vec<&str> = batch
        .examples()
        .iter()
        .filter_map(|example| example.problem())
        .collect();
    let expected = [
        ["n00000001_0.JPEG", "No such file"],
        ["n00000002_7.JPEG", "cannot be decoded"],
        [
            "n00000005_7.JPEG",
            "mislabelled: its name says n00000005, but it is in the folder of n00000002",
        ],
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:?}");
    for (problem, parts) in problems.iter().zip(expected) {
        assert!(parts.iter().all(|part| problem.contains(part)), "{problem}");
    }
}

#[test]
fn a_flat_folder_takes_its_labels_from_a_file_in_any_of_the_known_forms() {
    let folder = tempdir().unwrap();
    for (name, colour) in [
        ("a.JPEG", [230, 20, 20]),
        ("b.JPEG", [20, 20, 230]),
        ("c.JPEG", [20, 230, 20]),
    ] {
        fs::write(folder.path().join(name), photograph(colour, 16, 16)).unwrap();
    }
    let labels = folder.path().join("labels.txt");
    let opened = |text: &str| {
        fs::write(&labels, text).unwrap();
        ImageFolder::open_flat(folder.path(), &labels, &names())
    };
    let expected = [Some(0), Some(2), Some(1)];
    assert_eq!(
        classes(&opened("c.JPEG n00000002\nval/a.JPEG n00000001\nb.JPEG n00000003\n").unwrap()),
        expected
    );
    assert_eq!(
        classes(&opened("a.JPEG 0\nb.JPEG 2\nc.JPEG 1\n").unwrap()),
        expected
    );
    assert_eq!(
        classes(&opened("n00000001\nn00000003\nn00000002\n").unwrap()),
        expected
    );

    // The devkit's numbers say nothing without its list.
    let error = with_causes(&opened("20\n30\n10\n").unwrap_err());
    assert!(
        error.contains("map_clsloc.txt must be beside them"),
        "{error}"
    );
    fs::write(
        folder.path().join("map_clsloc.txt"),
        "n00000002 10 b\nn00000001 20 a\nn00000003 30 c\n",
    )
    .unwrap();
    assert_eq!(classes(&opened("20\n30\n10\n").unwrap()), expected);
    let error = with_causes(&opened("a b c\n").unwrap_err());
    assert!(error.contains("one label a line"), "{error}");
}

#[test]
fn labels_and_photographs_that_do_not_match_are_errors_of_every_network() {
    let folder = tempdir().unwrap();
    for name in ["a.JPEG", "b.JPEG", "c.JPEG"] {
        fs::write(folder.path().join(name), photograph([230, 20, 20], 16, 16)).unwrap();
    }
    let labels = folder.path().join("labels.txt");
    let opened = |text: &str| {
        fs::write(&labels, text).unwrap();
        classes(&ImageFolder::open_flat(folder.path(), &labels, &names()).unwrap())
    };
    // b has no label, d is not there, c is of an unknown class.
    assert_eq!(
        opened("a.JPEG 0\nc.JPEG 99\nd.JPEG 1\n"),
        [Some(0), None, None, None]
    );
    // Which label is missing is not known.
    assert_eq!(opened("n00000001\nn00000001\n"), [None; 3]);
}

#[test]
fn a_training_set_has_its_validation_set_beside_it() {
    let folder = tempdir().unwrap();
    let imagenet = folder.path().join("imagenet");
    class_folders(&imagenet.join("train"), 1);
    let search = |folder: &Path| SearchPath::only(folder);
    let found = |name: &str| match find(name, &search(folder.path())).unwrap() {
        Found::Photographs(set) => set,
        Found::Images(set) => panic!("{} is in memory", set.name),
    };
    assert_eq!(found("imagenet").test, None);
    assert_eq!(
        find("imagenet", &search(&imagenet)).unwrap(),
        Found::Photographs(found("imagenet"))
    );

    let val = imagenet.join("val");
    fs::create_dir(&val).unwrap();
    fs::write(
        val.join("ILSVRC2012_val_00000001.JPEG"),
        photograph([230, 20, 20], 16, 16),
    )
    .unwrap();
    let unlabelled = found("imagenet");
    assert_eq!(unlabelled.test, None);
    let remark = unlabelled.remarks.join("\n");
    assert!(
        remark.contains("have no labels (looked for labels.txt, val.txt"),
        "{remark}"
    );
    fs::write(imagenet.join("val.txt"), "ILSVRC2012_val_00000001.JPEG 3\n").unwrap();
    assert_eq!(classes(&found("imagenet").test.unwrap()), [Some(3)]);

    fs::remove_dir_all(&val).unwrap();
    class_folders(&val, 1);
    assert_eq!(found("imagenet").test.unwrap().len(), 7);
    // A class may have no held-out images, but no other classes are there.
    fs::remove_dir_all(val.join("n00000004")).unwrap();
    assert_eq!(
        classes(&found("imagenet").test.unwrap()),
        [0, 1, 2, 4, 5, 6].map(Some)
    );
    fs::create_dir(val.join("n00000008")).unwrap();
    let error = with_causes(&find("imagenet", &search(folder.path())).unwrap_err());
    assert!(
        error.contains("no classes of the training set: \"n00000008\""),
        "{error}"
    );

    assert!(matches!(
        find("imagenet", &search(Path::new("/nowhere"))),
        Err(DataError::NoPhotographs { .. })
    ));
    assert!(matches!(
        find("digits", &search(Path::new("/nowhere"))),
        Ok(Found::Images(_))
    ));
    assert_eq!(
        DataSet::<ImageFolder>::open("empty", tempdir().unwrap().path()).unwrap(),
        None
    );
}

#[test]
fn a_photograph_is_resized_and_its_middle_is_read() {
    // Left half red, right half blue, in portrait and landscape.
    let mut image = image::RgbImage::from_pixel(64, 32, image::Rgb([250, 0, 0]));
    (32..64).for_each(|x| (0..32).for_each(|y| image.put_pixel(x, y, image::Rgb([0, 0, 250]))));
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 100)
        .encode_image(&image)
        .unwrap();
    let pixels = Framing::new(16, 14).unwrap().pixels(&bytes).unwrap();
    assert_eq!(pixels.len(), 3 * 14 * 14);
    let level =
        |channel: usize, row: usize, column: usize| pixels[(channel * 14 + row) * 14 + column];
    for row in 0..14 {
        assert!(level(0, row, 0) > 200 && level(2, row, 0) < 50 && level(1, row, 0) < 50);
        assert!(level(2, row, 13) > 200 && level(0, row, 13) < 50);
    }
    assert_eq!(
        Framing::usual(ImageSize {
            channels: 3,
            height: 224,
            width: 224
        })
        .unwrap(),
        Framing::new(256, 224).unwrap()
    );
    assert!(
        Framing::new(14, 16).is_err()
            && Framing::usual(ImageSize {
                channels: 1,
                height: 28,
                width: 28
            })
            .is_err()
    );
}

#[test]
fn a_cache_changes_no_pixel_and_repairs_what_is_damaged() {
    let (folder, cache) = (tempdir().unwrap(), tempdir().unwrap());
    class_folders(folder.path(), 1);
    let opened = ImageFolder::open(folder.path()).unwrap();
    let indices: Vec<usize> = (0..opened.len()).collect();
    let plain = opened.batch(&indices, framing(), None);
    let cache = PixelCache::open(&cache.path().join("pixels"))
        .map(|opened| (cache, opened))
        .unwrap();
    let cached = || opened.batch(&indices, framing(), Some(&cache.1));
    assert_eq!(cached(), plain);
    assert_eq!(cached(), plain);
    let files = || -> Vec<_> {
        let folders = fs::read_dir(cache.0.path().join("pixels"))
            .unwrap()
            .map(|entry| entry.unwrap().path());
        folders
            .flat_map(|folder| {
                fs::read_dir(folder)
                    .unwrap()
                    .map(|entry| entry.unwrap().path())
            })
            .collect()
    };
    assert_eq!(files().len(), 7);
    for file in files() {
        let mut bytes = fs::read(&file).unwrap();
        bytes[40] ^= 1;
        fs::write(&file, bytes).unwrap();
    }
    assert_eq!(cached(), plain);
    // Another photograph under the same name is another entry.
    fs::write(
        opened.photographs()[0].path(),
        photograph([9, 99, 199], 16, 16),
    )
    .unwrap();
    assert_ne!(cached(), plain);
    assert_eq!(files().len(), 8);
}
