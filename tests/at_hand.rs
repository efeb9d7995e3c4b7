//! `data/at-hand.toml` is what it says: the digests of the sets that were at hand.
#![cfg(feature = "photographs")]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use nonvacuous::certificate::{known_name, mark, sets_in_common};
use nonvacuous::data::{digits, DataSet, LabelledImages};
use nonvacuous::evaluate::{batches, Examples};
use nonvacuous::shape::ImageSize;

mod needs;

/// The table of one set, as it is in the file.
fn table(name: &str, sets: &[&dyn Examples], digests: &[(&str, String)]) -> String {
    let mut marks = BTreeSet::new();
    for set in sets {
        for batch in batches(*set) {
            marks.extend(batch.examples().iter().filter_map(|one| mark(one.pixels())));
        }
    }
    let mut text = format!("[[set]]\nname = \"{name}\"\n");
    for (key, digest) in digests {
        writeln!(text, "{key} = \"{digest}\"").unwrap();
    }
    text.push_str("pixels = [\n");
    let marks: Vec<String> = marks.iter().map(|mark| format!("\"{mark}\",")).collect();
    for line in marks.chunks(4) {
        writeln!(text, "    {}", line.join(" ")).unwrap();
    }
    text + "]\n"
}

fn of_images(data: &DataSet) -> String {
    let test = data.test.as_ref().unwrap();
    let digests = [
        ("training", data.train.sha256()),
        ("held_out", test.sha256()),
    ];
    table(&data.name, &[&data.train, test], &digests)
}

/// Where the table is that the list should have, if it has another.
fn missing(name: &str, table: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/at-hand.toml");
    if fs::read_to_string(path).unwrap().contains(table) {
        return None;
    }
    let found = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("at-hand-{name}.toml"));
    fs::write(&found, table).unwrap();
    Some(found)
}

#[test]
fn the_sets_known_by_name_are_in_the_list_with_their_digests() {
    let mut sets = vec![digits().unwrap()];
    sets.extend(
        ["mnist", "fashion-mnist", "cifar10"]
            .into_iter()
            .filter_map(needs::data_set),
    );
    let missing = sets
        .iter()
        .filter_map(|data| missing(&data.name, &of_images(data)));
    let missing: Vec<PathBuf> = missing.collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_photographs_that_were_at_hand_are_in_the_list() {
    let Some(folder) = needs::file("imagenet-sample") else {
        return;
    };
    let found = DataSet::open("imagenet-sample", &folder).unwrap().unwrap();
    let input = ImageSize {
        channels: 3,
        height: 224,
        width: 224,
    };
    let photographs = found.read_at(input, None).unwrap();
    let table = table("imagenet-sample", &[&photographs.train], &[]);
    assert_eq!(missing("imagenet-sample", &table), None);
}

#[test]
fn a_name_is_confirmed_by_a_digest_alone() {
    let data = digits().unwrap();
    assert_eq!(known_name(&data.train.sha256()), Some("digits"));
    let part = data.train.slice(0..1_499).unwrap();
    assert_eq!(known_name(&part.sha256()), None);
    assert_eq!(known_name("digits"), None);
    assert_eq!(known_name(""), None);
}

#[test]
fn the_order_of_images_says_nothing_and_everything_else_does() {
    let data = digits().unwrap().train;
    let features = data.shape().features();
    let images: Vec<u8> = data
        .images()
        .chunks(features)
        .rev()
        .flatten()
        .copied()
        .collect();
    let labels: Vec<u8> = data.labels().iter().rev().copied().collect();
    let build = |shape, levels, classes| {
        LabelledImages::new(shape, levels, classes, images.clone(), labels.clone()).unwrap()
    };
    assert_eq!(build(data.shape(), 17, 10).sha256(), data.sha256());
    let flat = ImageSize {
        channels: 1,
        height: 4,
        width: 16,
    };
    for other in [
        build(data.shape(), 18, 10),
        build(data.shape(), 17, 11),
        build(flat, 17, 10),
    ] {
        assert_ne!(other.sha256(), data.sha256());
    }
}

#[test]
fn parts_of_a_set_at_hand_are_recognised_whatever_their_labels() {
    let data = digits().unwrap().train;
    let part = data.slice(700..1_200).unwrap();
    assert_eq!(sets_in_common(&part), BTreeSet::from(["digits"]));
    let parity: Vec<u8> = part.labels().iter().map(|label| label % 2).collect();
    let images = part.images().to_vec();
    let relabelled = LabelledImages::new(part.shape(), 17, 2, images, parity).unwrap();
    assert_eq!(sets_in_common(&relabelled), BTreeSet::from(["digits"]));
    let inverted: Vec<u8> = part.images().iter().map(|level| 16 - level).collect();
    let labels = part.labels().to_vec();
    let other = LabelledImages::new(part.shape(), 17, 10, inverted, labels).unwrap();
    assert_eq!(sets_in_common(&other), BTreeSet::new());
}
