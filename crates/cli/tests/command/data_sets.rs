//! Data sets as people have them: what is read, what is not, and that every difference is said.
#![cfg(feature = "train")]

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::{Command, Output};

use crate::photographs::{encoded, photograph, STRONGEST};
use flate2::{write::GzEncoder, Compression};
use image::ImageFormat;
use nonvacuous::code::Architecture;
use nonvacuous::network::TrainedNetwork;
use nonvacuous::shape::ImageSize;
use serde_json::Value;
use tempfile::{tempdir, TempDir};

/// The model file of a network whose outputs are the means of red, green and blue.
fn strongest_colour() -> Vec<u8> {
    let input = ImageSize {
        channels: 3,
        height: 14,
        width: 14,
    };
    let architecture = Architecture::parse("gap dense:3", input).unwrap();
    let weights = vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let network = TrainedNetwork::new(architecture, vec![weights]).unwrap();
    network.model().unwrap().encode().unwrap()
}

/// A folder with `net.nvc`, and `data` with two photographs of each class.
fn colours() -> TempDir {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("net.nvc"), strongest_colour()).unwrap();
    write_classes(&folder.path().join("data"), 2);
    folder
}

fn write_classes(folder: &Path, each: usize) {
    for (class, colour) in STRONGEST {
        fs::create_dir_all(folder.join(class)).unwrap();
        for number in 0..each {
            let path = folder.join(format!("{class}/{class}_{number}.jpg"));
            fs::write(path, photograph(colour, 20, 16)).unwrap();
        }
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nonvacuous"));
    let command = command.args(arguments).current_dir(folder);
    command.output().unwrap()
}

/// Certifies, and returns the certificate and what was said on standard error.
fn certified(folder: &Path, options: &[&str]) -> (Value, String) {
    let out = ["--out", "out", "--replace"];
    let output = run(folder, &[&["certify"], options, &out[..]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{options:?}: {said}");
    let text = fs::read_to_string(folder.join("out/certificate.json")).unwrap();
    (serde_json::from_str(&text).unwrap(), said)
}

/// Training images and errors of the network of colours on `data`, and what was said.
fn colours_certified(folder: &Path) -> (u64, u64, String) {
    let (certificate, said) = certified(folder, &["--model", "net.nvc", "--data", "data"]);
    let number = |key: &str| certificate[key].as_u64().unwrap();
    (number("n"), number("k"), said)
}

/// Case 4; and other endings, none, and an image inside a folder.
#[test]
fn a_misread_photograph_counts_whatever_its_name() {
    let folder = colours();
    fs::create_dir(folder.path().join("data/a_red/more")).unwrap();
    let names = [
        ("misread.jpe", ImageFormat::Jpeg),
        ("misread.png", ImageFormat::Png),
        ("misread.tif", ImageFormat::Tiff),
        ("misread.webp", ImageFormat::WebP),
        ("misread.jpg.bak", ImageFormat::Jpeg),
        ("misread", ImageFormat::Gif),
        (".misread", ImageFormat::Bmp),
        ("notes.txt", ImageFormat::Png),
        ("more/misread.jpg", ImageFormat::Jpeg),
    ];
    for (count, (name, format)) in names.into_iter().enumerate() {
        let path = folder.path().join("data/a_red").join(name);
        fs::write(path, encoded([20, 20, 230], 16, 16, format)).unwrap();
        let (n, k, said) = colours_certified(folder.path());
        let count = count as u64 + 1;
        assert_eq!((n, k), (6 + count, count), "{name}: {said}");
    }
}

/// Case 15; and other hidden folders, and a number of classes that is wrong for another reason.
#[test]
fn hidden_folders_are_no_classes_and_a_wrong_number_of_classes_lists_them() {
    let folder = colours();
    for hidden in [".ipynb_checkpoints", "__MACOSX", ".git", ".thumbnails"] {
        let place = folder.path().join("data").join(hidden);
        fs::create_dir(&place).unwrap();
        fs::write(place.join("copy.jpg"), photograph([230, 20, 20], 16, 16)).unwrap();
    }
    let (n, k, said) = colours_certified(folder.path());
    assert_eq!((n, k), (6, 0));
    assert!(
        said.contains("4 hidden folders: \".git\", \".ipynb_checkpoints\""),
        "{said}"
    );

    fs::create_dir(folder.path().join("data/b_empty")).unwrap();
    let command = [
        "certify", "--model", "net.nvc", "--data", "data", "--out", "other",
    ];
    let output = run(folder.path(), &command);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    for part in [
        "3 outputs, but the data set has 4 classes",
        "\"a_red\", \"b_empty\" (empty), \"b_green\", \"c_blue\"",
    ] {
        assert!(said.contains(part), "\"{part}\" is not in: {said}");
    }
}

/// Case 16; and what Windows, archives and annotators leave behind.
#[test]
fn what_is_no_image_is_left_out_with_a_word() {
    let folder = colours();
    let data = folder.path().join("data");
    for (class, _) in STRONGEST {
        for number in 0..2 {
            let path = data.join(format!("{class}/._{class}_{number}.jpg"));
            fs::write(path, b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ").unwrap();
        }
        fs::write(data.join(class).join("Thumbs.db"), b"\xd0\xcf\x11\xe0").unwrap();
        fs::write(data.join(class).join("boxes.xml"), b"<annotation/>").unwrap();
    }
    fs::write(data.join("README.md"), b"# Colours").unwrap();
    let (n, k, said) = colours_certified(folder.path());
    assert_eq!((n, k), (6, 0));
    for part in [
        "6 resource forks of macOS (._NAME)",
        "3 files of the operating system",
        "4 files that are no images",
    ] {
        assert!(said.contains(part), "\"{part}\" is not in: {said}");
    }
}

/// Case 17; and other formats behind that name.
#[test]
fn an_image_is_decoded_by_its_content() {
    let folder = colours();
    let formats = [
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Tiff,
        ImageFormat::Gif,
    ];
    for (number, format) in formats.into_iter().enumerate() {
        let path = format!("data/a_red/n02105855_{number}.JPEG");
        fs::write(
            folder.path().join(path),
            encoded([230, 20, 20], 16, 16, format),
        )
        .unwrap();
        let (n, k, _) = colours_certified(folder.path());
        assert_eq!((n, k), (7 + number as u64, 0));
    }
}

/// Case 18, with and without labels; Tiny ImageNet's layout; timm's.
#[test]
fn held_out_images_are_found_as_kaggle_tiny_imagenet_and_timm_lay_them_out() {
    let kaggle = colours();
    let place = kaggle.path().join("place");
    let images = place.join("ILSVRC/Data/CLS-LOC");
    write_classes(&images.join("train"), 1);
    fs::create_dir_all(images.join("val")).unwrap();
    let mut solution = "ImageId,PredictionString\n".to_string();
    for (number, (class, colour)) in STRONGEST.iter().enumerate() {
        let name = format!("ILSVRC2012_val_0000000{number}");
        let path = images.join(format!("val/{name}.JPEG"));
        fs::write(path, photograph(*colour, 16, 16)).unwrap();
        solution += &format!("{name},{class} 1 1 14 14 \n");
    }
    let imagenet = [
        "--model",
        "net.nvc",
        "--data",
        "imagenet",
        "--data-dir",
        "place",
    ];
    let (certificate, said) = certified(kaggle.path(), &imagenet);
    assert_eq!(certificate["n"], 3);
    assert!(certificate["held_out"].is_null(), "{certificate}");
    assert!(said.contains("have no labels"), "{said}");
    fs::write(place.join("LOC_val_solution.csv"), solution).unwrap();
    let (certificate, said) = certified(kaggle.path(), &imagenet);
    assert_eq!(certificate["n"], 3);
    assert_eq!(certificate["held_out"]["n"], 3, "{said}");
    assert_eq!(certificate["held_out"]["k"], 0);

    let tiny = colours();
    let data = tiny.path().join("tiny");
    fs::create_dir_all(data.join("val/images")).unwrap();
    let mut annotations = String::new();
    for (class, colour) in STRONGEST {
        let images = data.join("train").join(class).join("images");
        fs::create_dir_all(&images).unwrap();
        fs::write(images.join("0.JPEG"), photograph(colour, 16, 16)).unwrap();
        let boxes = data.join(format!("train/{class}/{class}_boxes.txt"));
        fs::write(boxes, "0.JPEG\t0\t0\t62\t62\n").unwrap();
        let name = format!("val_{class}.JPEG");
        fs::write(
            data.join("val/images").join(&name),
            photograph(colour, 16, 16),
        )
        .unwrap();
        annotations += &format!("{name}\t{class}\t0\t0\t62\t62\n");
    }
    fs::write(data.join("val/val_annotations.txt"), annotations).unwrap();
    fs::write(data.join("wnids.txt"), "c_blue\na_red\nb_green\n").unwrap();
    let (certificate, said) = certified(tiny.path(), &["--model", "net.nvc", "--data", "tiny"]);
    assert_eq!(
        (&certificate["n"], &certificate["k"]),
        (&3.into(), &0.into())
    );
    assert_eq!(certificate["held_out"]["n"], 3, "{said}");
    assert_eq!(certificate["held_out"]["k"], 0);

    let timm = colours();
    write_classes(&timm.path().join("timm/train"), 2);
    write_classes(&timm.path().join("timm/validation"), 1);
    let (certificate, _) = certified(timm.path(), &["--model", "net.nvc", "--data", "timm"]);
    assert_eq!(certificate["held_out"]["n"], 3);
}

const RECIPE: &str = r#"
architecture = "dense:STRONGEST"
pruning = { method = "magnitude", sparsity = 0.3, width = 1.0 }
first = { epochs = 1, batch = 16, learning_rate = 0.01 }
quantisation = { method = "kmeans", codewords = 2, digits = 2, rate = 6.0 }
second = { epochs = 1, batch = 16, learning_rate = 0.01 }
bounded = 0.3
sweeps = 0
"#;

/// Idx files of 60 images in so many classes.
fn idx_files(classes: u8, first: u8) -> [Vec<u8>; 2] {
    let mut images = vec![0, 0, 8, 3, 0, 0, 0, 60, 0, 0, 0, 4, 0, 0, 0, 4];
    let mut labels = vec![0, 0, 8, 1, 0, 0, 0, 60];
    for number in 0..60u8 {
        images.extend((0..16).map(|pixel| (number % classes).wrapping_mul(8).wrapping_add(pixel)));
        labels.push(first + number % classes);
    }
    [images, labels]
}

fn gzip(bytes: &[u8], behind: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    [&encoder.finish().unwrap(), behind].concat()
}

/// Trains on idx files of such names; returns the number of examples and what was said.
fn idx_certified(names: [&str; 2], files: [Vec<u8>; 2], outputs: &str) -> (u64, String) {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("idx")).unwrap();
    for (name, bytes) in names.iter().zip(files) {
        fs::write(folder.path().join("idx").join(name), bytes).unwrap();
    }
    let recipe = RECIPE.replace("STRONGEST", outputs);
    fs::write(folder.path().join("quick.toml"), recipe).unwrap();
    let options = ["--recipe", "quick.toml", "--data", "idx"];
    let (certificate, said) = certified(folder.path(), &options);
    (certificate["n"].as_u64().unwrap(), said)
}

/// Case 19; and other names.
#[test]
fn idx_files_are_read_under_the_names_that_they_have_in_use() {
    for names in [
        ["train-images.idx3-ubyte", "train-labels.idx1-ubyte"],
        [
            "emnist-digits-train-images-idx3-ubyte",
            "emnist-digits-train-labels-idx1-ubyte",
        ],
        ["train_images.idx3", "train_labels.idx1"],
        ["Train-Images-idx3-ubyte", "Train-Labels-idx1-ubyte"],
        ["t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"],
    ] {
        let (n, said) = idx_certified(names, idx_files(10, 0), "10");
        assert_eq!(n, 60, "{names:?}: {said}");
    }
}

/// Case 20; and other numbers.
#[test]
fn idx_files_have_as_many_classes_as_their_labels_say() {
    let names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"];
    for (classes, first, outputs) in [(26, 1, "27"), (3, 0, "3"), (2, 0, "2"), (47, 0, "47")] {
        let (n, said) = idx_certified(names, idx_files(classes, first), outputs);
        assert_eq!((n, said.as_str()), (60, ""), "{classes}");
    }
    // A recipe for fewer classes is one for these.
    let (n, said) = idx_certified(names, idx_files(26, 1), "10");
    assert_eq!(n, 60);
    assert!(
        said.contains("the last layer has 27 outputs, one for each class, instead of 10"),
        "{said}"
    );
}

/// Case 21; and garbage, and two members.
#[test]
fn what_stands_behind_the_last_gzip_member_is_read_as_gzip_does() {
    let names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"];
    let [images, labels] = idx_files(10, 0);
    for (behind, word) in [
        (&[0; 512][..], None),
        (b"\0", None),
        (b"garbage", Some("7 bytes behind the end")),
        (b"\0\0garbage", Some("9 bytes behind the end")),
    ] {
        let files = [gzip(&images, behind), gzip(&labels, behind)];
        let (n, said) = idx_certified(names, files, "10");
        assert_eq!(n, 60);
        match word {
            Some(word) => assert!(said.contains(word), "{said}"),
            None => assert_eq!(said, ""),
        }
    }
    let halves = [
        gzip(&images[..100], &gzip(&images[100..], &[0; 9])),
        gzip(&labels, b""),
    ];
    assert_eq!(idx_certified(names, halves, "10").0, 60);
}

/// Case 28; and CIFAR-10, and a folder above.
#[test]
fn a_known_set_is_found_in_the_folder_that_has_its_files() {
    let folder = tempdir().unwrap();
    let place = folder.path().join("DIR");
    fs::create_dir(&place).unwrap();
    let [images, labels] = idx_files(10, 0);
    for (name, bytes) in [
        ("train-images-idx3-ubyte", &images),
        ("train-labels-idx1-ubyte", &labels),
        ("t10k-images-idx3-ubyte", &images),
        ("t10k-labels-idx1-ubyte", &labels),
    ] {
        fs::write(place.join(name), bytes).unwrap();
    }
    let path = |arguments: &[&str]| {
        let output = run(folder.path(), &[&["data", "path"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap().trim().to_string()
    };
    assert_eq!(path(&["mnist", "--data-dir", "DIR"]), "DIR");
    // A folder of the set's name comes first.
    fs::create_dir(folder.path().join("above")).unwrap();
    fs::rename(&place, folder.path().join("above/mnist")).unwrap();
    assert_eq!(path(&["mnist", "--data-dir", "above"]), "above/mnist");
}

/// The certificate of a command on a data set, as text without what its folder is called.
fn certificate_text(folder: &Path, network: [&str; 2], data: &str) -> String {
    certified(folder, &[&network[..], &["--data", data]].concat());
    let text = fs::read_to_string(folder.join("out/certificate.json")).unwrap();
    assert!(text.contains(&format!("\"{data}\"")), "{text}");
    // Where the certificate and the command say it.
    text.replace(&format!("\"{data}\""), "\"DATA\"")
        .replace(&format!("--data {data} "), "--data DATA ")
}

#[test]
fn the_same_data_in_another_container_have_the_same_certificate_and_each_verifies_the_other() {
    let folder = tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let [images, labels] = idx_files(10, 0);
    for name in ["idx", "packed", "csv", "png"] {
        fs::create_dir(place(name)).unwrap();
    }
    fs::write(place("idx/train-images-idx3-ubyte"), &images).unwrap();
    fs::write(place("idx/train-labels-idx1-ubyte"), &labels).unwrap();
    fs::write(
        place("packed/train-images.idx3-ubyte.gz"),
        gzip(&images, b""),
    )
    .unwrap();
    fs::write(
        place("packed/train-labels.idx1-ubyte.gz"),
        gzip(&labels, b""),
    )
    .unwrap();
    let mut table = String::new();
    for (number, (image, label)) in images[16..].chunks(16).zip(&labels[8..]).enumerate() {
        table += &label.to_string();
        for level in image {
            table += &format!(",{level}");
        }
        table += "\n";
        let class = place("png").join(label.to_string());
        fs::create_dir_all(&class).unwrap();
        let mut png = Cursor::new(Vec::new());
        image::GrayImage::from_raw(4, 4, image.to_vec())
            .unwrap()
            .write_to(&mut png, ImageFormat::Png)
            .unwrap();
        fs::write(class.join(format!("{number}.png")), png.into_inner()).unwrap();
    }
    fs::write(place("csv/train.csv"), table).unwrap();
    fs::write(place("quick.toml"), RECIPE.replace("STRONGEST", "10")).unwrap();
    // Trained on in the same order, they give the same network.
    let recipe = ["--recipe", "quick.toml"];
    let idx = certificate_text(folder.path(), recipe, "idx");
    assert_eq!(certificate_text(folder.path(), recipe, "packed"), idx);
    assert_eq!(certificate_text(folder.path(), recipe, "csv"), idx);
    // A network that is there has the same certificate in any order.
    fs::copy(place("out/model.nvc"), place("net.nvc")).unwrap();
    let network = ["--model", "net.nvc"];
    let idx = certificate_text(folder.path(), network, "idx");
    for data in ["packed", "csv", "png"] {
        assert_eq!(
            certificate_text(folder.path(), network, data),
            idx,
            "{data}"
        );
    }
    for data in ["idx", "packed", "csv", "png"] {
        let output = run(
            folder.path(),
            &["verify", "out/certificate.json", "--data", data],
        );
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{data}: {said}");
    }
    // Trained on as they are.
    certificate_text(folder.path(), recipe, "png");
}
