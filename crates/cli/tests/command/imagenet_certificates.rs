//! Certificates about photographs, as a user types them.
#![cfg(feature = "train")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::photographs::{class_folders, photograph, COLOURS};
use nonvacuous::bounds::{population_errors, EmpiricalRisk, FailureProbability, SampleSize};
use nonvacuous::certificate::{subsample_indices, Claim, Drawer, Evaluation, Issue};
use nonvacuous::code::Architecture;
use nonvacuous::data::{find, SearchPath};
use nonvacuous::network::TrainedNetwork;
use nonvacuous::shape::ImageSize;
use serde_json::Value;
use tempfile::{tempdir, TempDir};

const INPUT: ImageSize = ImageSize {
    channels: 3,
    height: 14,
    width: 14,
};

/// The model file of a network of 14 x 14 pixels whose largest logit is that of the nearest colour.
pub fn nearest_colour() -> Vec<u8> {
    let architecture = Architecture::parse("gap dense:7:b", INPUT).unwrap();
    let colours = COLOURS.map(|(_, colour)| colour.map(|level| f32::from(level) / 256.0));
    let weights = colours.iter().flatten().map(|level| 2.0 * level).collect();
    let biases = colours
        .iter()
        .map(|colour| -colour.iter().map(|level| level * level).sum::<f32>())
        .collect();
    TrainedNetwork::new(architecture, vec![weights, biases])
        .unwrap()
        .model()
        .unwrap()
        .encode()
        .unwrap()
}

/// Certifies the model file of a [`Place`] on its photographs.
const CERTIFY: [&str; 7] = [
    "certify",
    "--model",
    "model.nvc",
    "--data",
    "imagenet",
    "--out",
    "out",
];

/// A folder with photographs in `imagenet/train` and a model file.
struct Place(TempDir);

impl Place {
    fn new(each: usize) -> Self {
        let folder = tempdir().unwrap();
        class_folders(&folder.path().join("imagenet/train"), each);
        fs::write(folder.path().join("model.nvc"), nearest_colour()).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nonvacuous"));
        command
            .args(arguments)
            .args(["--data-dir", "."])
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    fn certify(&self, options: &[&str]) -> (Value, String) {
        let output = self.run(&[&CERTIFY[..], &["--replace"], options].concat());
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let certificate = fs::read(self.path("out/certificate.json")).unwrap();
        (
            serde_json::from_slice(&certificate).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    /// Exit code and message.
    fn verify(&self) -> (i32, String) {
        self.verify_with(&[])
    }

    fn verify_with(&self, options: &[&str]) -> (i32, String) {
        let arguments = ["verify", "out", "--data", "imagenet"];
        let output = self.run(&[&arguments[..], options].concat());
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8(text).unwrap(),
        )
    }

    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let path = self.path("out/certificate.json");
        let mut certificate: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut certificate);
        fs::write(path, certificate.to_string()).unwrap();
    }
}

#[test]
fn a_network_is_certified_on_photographs_and_verified() {
    let place = Place::new(6);
    let (certificate, warnings) = place.certify(&[]);
    assert_eq!(
        (&certificate["n"], &certificate["k"], &certificate["format"]),
        (&42.into(), &0.into(), &2.into())
    );
    assert_eq!(certificate["loss"], "zero-one with margin");
    assert!(certificate.get("subsample").is_none() && certificate.get("held_out").is_none());
    assert_eq!(warnings, "");
    let (code, text) = place.verify();
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("proved from 42 training images (7 different ones), 0 of them misclassified"),
        "{text}"
    );
    // Nothing is left of the evaluation.
    let names: Vec<String> = fs::read_dir(place.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn photographs_that_cannot_be_read_are_named_and_counted_as_errors() {
    let place = Place::new(3);
    fs::write(
        place.path("imagenet/train/n00000002/n00000002_9.JPEG"),
        b"damaged",
    )
    .unwrap();
    fs::write(
        place.path("imagenet/train/n00000003/n00000004_9.JPEG"),
        photograph([20, 20, 230], 16, 16),
    )
    .unwrap();
    for loss in ["top1", "top5"] {
        let (certificate, warnings) = place.certify(&["--loss", loss]);
        assert_eq!(
            (&certificate["n"], &certificate["k"]),
            (&23.into(), &2.into())
        );
        for part in [
            "n00000002_9.JPEG",
            "n00000004_9.JPEG",
            "2 examples cannot be read or have no class",
        ] {
            assert!(warnings.contains(part), "{warnings}");
        }
        assert_eq!(place.verify().0, 0);
    }
    // Without the damaged photograph it is another data set.
    fs::remove_file(place.path("imagenet/train/n00000002/n00000002_9.JPEG")).unwrap();
    let (code, text) = place.verify();
    assert_eq!(code, 1);
    assert!(
        text.contains("n: the certificate says 23, but it is 22"),
        "{text}"
    );
}

#[test]
fn a_top_5_error_is_a_class_that_is_not_among_the_first_five() {
    let place = Place::new(4);
    // Magenta among blue: after magenta and grey, blue is as near as red. Blue among yellow: yellow
    // is the farthest of the seven.
    let train = |name: &str| place.path("imagenet/train").join(name);
    fs::write(
        train("n00000003/magenta.jpg"),
        photograph([230, 20, 230], 16, 16),
    )
    .unwrap();
    fs::write(
        train("n00000004/blue.jpg"),
        photograph([20, 20, 230], 16, 16),
    )
    .unwrap();
    assert_eq!(place.certify(&[]).0["k"], 2);
    let (certificate, _) = place.certify(&["--loss", "top5"]);
    assert_eq!(
        (&certificate["k"], &certificate["loss"]),
        (&1.into(), &"top-5 with margin".into())
    );
    let (code, text) = place.verify();
    assert!(
        code == 0 && text.contains("misclassified in all of five guesses"),
        "{text}"
    );
    place.edit(|certificate| certificate["loss"] = "zero-one with margin".into());
    assert!(place
        .verify()
        .1
        .contains("k: the certificate says 1, but it is 2"));
    place.edit(|certificate| certificate["loss"] = "hinge".into());
    assert_eq!(place.verify().0, 2);
}

#[test]
fn a_subsample_is_recorded_and_bounds_the_errors_on_all() {
    let place = Place::new(60);
    for number in 0..20 {
        fs::write(
            place.path(&format!("imagenet/train/n00000001/w{number}.jpg")),
            photograph([20, 230, 20], 16, 16),
        )
        .unwrap();
    }
    let (certificate, _) = place.certify(&["--subsample", "200", "--seed", "3"]);
    let certificate: Claim = serde_json::from_value(certificate).unwrap();
    let subsample = certificate.subsample.unwrap();
    assert_eq!(
        (
            certificate.n,
            subsample.size,
            subsample.seed,
            subsample.delta
        ),
        (440, 200, 3, 0.2 * 0.05)
    );
    // The 64 bits that a maker pays for what could be chosen with the errors in view.
    let delta = FailureProbability::new(subsample.delta * 2f64.powi(-64)).unwrap();
    let sample = EmpiricalRisk::new(subsample.errors, 200).unwrap();
    let most = population_errors(sample, SampleSize::new(440).unwrap(), delta).unwrap();
    assert_eq!(certificate.k, most.count());
    assert!(certificate.k >= 20, "{}", certificate.k);
    // The verifier's own draw needs no such allowance, so that it confirms what is true.
    let (code, text) = place.verify();
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("were that this verification drew (--seed "),
        "{text}"
    );
    assert_eq!(place.verify_with(&["--all"]).0, 0);
    assert_eq!(
        place.verify_with(&["--subsample", "150", "--seed", "7"]).0,
        0
    );
    // Four photographs decide nothing.
    let (code, text) = place.verify_with(&["--subsample", "4"]);
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("draw more (--subsample), or evaluate all (--all)"),
        "{text}"
    );

    let edits: [(&str, Value, &str); 3] = [
        ("errors", 0.into(), "k: the certificate says"),
        ("size", 300.into(), "k: the certificate says"),
        ("delta", 0.04.into(), "delta of the subsample"),
    ];
    for (name, value, message) in edits {
        let original = fs::read(place.path("out/certificate.json")).unwrap();
        place.edit(|certificate| certificate["subsample"][name] = value);
        let (code, text) = place.verify();
        assert!(code == 1 && text.contains(message), "{name}: {text}");
        fs::write(place.path("out/certificate.json"), original).unwrap();
    }
    // The maker's account of his own draw is checked where all are evaluated.
    place.edit(|certificate| certificate["subsample"]["seed"] = 4.into());
    let (code, text) = place.verify_with(&["--all"]);
    assert!(
        code == 1 && text.contains("errors in the subsample"),
        "{text}"
    );
    place.edit(|certificate| certificate["k"] = subsample.errors.into());
    assert!(place.verify().1.contains("k: the certificate says"));
}

#[test]
fn the_list_of_digests_lets_a_verifier_decode_only_what_it_draws() {
    let place = Place::new(60);
    place.certify(&["--subsample", "200"]);
    let list = place.path("out/examples.sha256");
    assert_eq!(fs::metadata(&list).unwrap().len(), 420 * 32);
    assert_eq!(place.verify().0, 0);
    // Photographs that were replaced by others of another class are errors where they are drawn,
    // and no proof that the claim is false.
    let bytes = photograph([20, 230, 20], 16, 16);
    for class in ["n00000001", "n00000003"] {
        for entry in fs::read_dir(place.path("imagenet/train").join(class)).unwrap() {
            fs::write(entry.unwrap().path(), &bytes).unwrap();
        }
    }
    let (code, text) = place.verify();
    assert_eq!(code, 2, "{text}");
    // Without the list, all are decoded, and they are other examples.
    let kept = fs::read(&list).unwrap();
    fs::remove_file(&list).unwrap();
    let (code, text) = place.verify();
    assert!(
        code == 1 && text.contains("SHA-256 of the training set"),
        "{text}"
    );
    // A list of other examples is not the certificate's; half of one is no list.
    let mut other = kept.clone();
    other[0] ^= 1;
    fs::write(&list, &other).unwrap();
    let (code, text) = place.verify();
    assert!(
        code == 1 && text.contains("SHA-256 of the training set"),
        "{text}"
    );
    fs::write(&list, &kept[..kept.len() - 1]).unwrap();
    let (code, text) = place.verify();
    assert!(code == 2 && text.contains("examples.sha256"), "{text}");
}

#[test]
fn a_subsample_is_drawn_without_replacement_and_depends_on_seed_and_model() {
    let indices = subsample_indices(1000, 100, 1, "model", Drawer::Maker);
    assert!(
        indices.len() == 100
            && indices.windows(2).all(|pair| pair[0] < pair[1])
            && indices[99] < 1000
    );
    assert_eq!(
        indices,
        subsample_indices(1000, 100, 1, "model", Drawer::Maker)
    );
    assert_ne!(
        indices,
        subsample_indices(1000, 100, 2, "model", Drawer::Maker)
    );
    assert_ne!(
        indices,
        subsample_indices(1000, 100, 1, "another", Drawer::Maker)
    );
    assert_eq!(
        subsample_indices(5, 9, 1, "model", Drawer::Maker),
        [0, 1, 2, 3, 4]
    );
    let own = subsample_indices(1000, 100, 1, "model", Drawer::Verifier);
    assert_ne!(indices, own);
    // Each index is drawn equally often: 2,000 draws of 3 of 10, 600 expected, deviation 20.
    let mut counts = [0; 10];
    (0..2000).for_each(|seed| {
        subsample_indices(10, 3, seed, "", Drawer::Maker)
            .iter()
            .for_each(|&index| counts[index] += 1)
    });
    assert!(
        counts.iter().all(|count| (500..700).contains(count)),
        "{counts:?}"
    );
}

#[test]
fn an_interrupted_evaluation_goes_on_where_it_was() {
    let place = Place::new(100);
    fs::write(
        place.path("imagenet/train/n00000001/damaged.jpg"),
        b"damaged",
    )
    .unwrap();
    let log_folder = place.path("log");
    let issued = |folder: Option<&Path>| {
        let found = find("imagenet", &SearchPath::only(place.0.path())).unwrap();
        let set = found.read_at(INPUT, None).unwrap();
        let evaluation = Evaluation {
            folder,
            ..Evaluation::default()
        };
        let delta = FailureProbability::new(0.05).unwrap();
        let certificate = Issue::new(&nearest_colour(), set.sample(), delta)
            .evaluation(evaluation)
            .run();
        certificate.unwrap().claim().clone()
    };
    let whole = issued(None);
    assert_eq!((whole.n, whole.k), (701, 1));
    assert_eq!(issued(Some(&log_folder)), whole);
    let log = fs::read_dir(&log_folder)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let text = fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 3);
    // Stopped in the middle of the second line.
    fs::write(&log, lines[0].to_string() + &lines[1][..20]).unwrap();
    assert_eq!(issued(Some(&log_folder)), whole);
    assert_eq!(fs::read_to_string(&log).unwrap(), text);
    // What is in the log is not evaluated again.
    fs::write(&log, text.replacen(",false]", ",true]", 30)).unwrap();
    assert_eq!(issued(Some(&log_folder)).k, 31);
    // A photograph that has changed since is.
    fs::write(
        place.path("imagenet/train/n00000001/damaged.jpg"),
        photograph([230, 20, 20], 16, 16),
    )
    .unwrap();
    assert_eq!(issued(Some(&log_folder)).k, 0);
}

#[test]
fn results_do_not_depend_on_threads_or_cache() {
    let place = Place::new(40);
    let (plain, _) = place.certify(&["--subsample", "150"]);
    let mut others = vec![
        place
            .certify(&["--subsample", "150", "--cache", "pixels"])
            .0,
    ];
    others.push(
        place
            .certify(&["--subsample", "150", "--cache", "pixels"])
            .0,
    );
    for mut other in others {
        other["provenance"] = plain["provenance"].clone();
        assert_eq!(other, plain);
    }
}

#[test]
fn a_validation_set_is_the_held_out_reference() {
    let place = Place::new(2);
    let val = place.path("imagenet/val");
    fs::create_dir(&val).unwrap();
    for (name, colour) in [("a.JPEG", [230, 20, 20]), ("b.JPEG", [20, 20, 230])] {
        fs::write(val.join(name), photograph(colour, 16, 16)).unwrap();
    }
    fs::write(val.join("labels.txt"), "a.JPEG 0\nb.JPEG 1\nc.JPEG 1\n").unwrap();
    let (certificate, warnings) = place.certify(&[]);
    assert_eq!(
        (&certificate["held_out"]["n"], &certificate["held_out"]["k"]),
        (&3.into(), &2.into())
    );
    assert!(warnings.contains("c.JPEG"), "{warnings}");
    assert_eq!(place.verify().0, 0);
    place.edit(|certificate| certificate["held_out"]["k"] = 1.into());
    assert!(place
        .verify()
        .1
        .contains("held-out k: the certificate says 1, but it is 2"));
}

#[test]
fn a_network_of_seven_outputs_is_certified_on_three_classes() {
    let place = Place::new(6);
    let train = |class: u32| place.path(&format!("imagenet/train/n0000000{class}"));
    for class in [2, 4, 6, 7] {
        fs::remove_dir_all(train(class)).unwrap();
    }
    let names = fs::read_dir(place.path("imagenet/train")).unwrap().count();
    assert_eq!(names, 3);
    assert_eq!(place.run(&CERTIFY).status.code(), Some(2));
    fs::write(
        place.path("map.txt"),
        "n00000001 0\nn00000003 2\nn00000005 4\n",
    )
    .unwrap();
    let (claim, _) = place.certify(&["--classes", "map.txt"]);
    assert_eq!((&claim["n"], &claim["k"]), (&18.into(), &0.into()));
    assert_eq!(
        claim["class_map"]["output_of_class"],
        serde_json::json!([0, 2, 4])
    );
    let (code, text) = place.verify();
    assert!(code == 0, "{text}");
    // Three times log2 7.
    assert!(text.contains("and 9 bits for the map of classes"), "{text}");
    place.edit(|certificate| certificate["class_map"]["output_of_class"][0] = 1.into());
    assert_eq!(place.verify().0, 1);
    for (outputs, of_class) in [
        (2, [0, 1, 4]),
        (5, [0, 2, 4]),
        (7, [0, 2, 2]),
        (9, [0, 2, 4]),
    ] {
        place.edit(|certificate| {
            certificate["class_map"] =
                serde_json::json!({ "outputs": outputs, "output_of_class": of_class });
        });
        assert_eq!(place.verify().0, 1, "{outputs} {of_class:?}");
    }
}

#[test]
fn misuse_has_a_hint() {
    let place = Place::new(1);
    // Of another size than the others: small images of one size are trained on as they are.
    fs::write(
        place.path("imagenet/train/n00000001/n00000001_0.JPEG"),
        photograph([230, 20, 20], 24, 16),
    )
    .unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["--data", "imagenet"], "name it with --model"),
        (
            &["--data", "imagenet", "--model", "model.safetensors"],
            "--arch",
        ),
        (
            &[
                "--data",
                "imagenet",
                "--model",
                "model.nvc",
                "--subsample",
                "7",
            ],
            "accepted are 1 to 6",
        ),
        (
            &[
                "--data",
                "imagenet",
                "--model",
                "model.nvc",
                "--subsample",
                "0",
            ],
            "accepted are 1 to 6",
        ),
        (
            &["--data", "digits", "--loss", "top5"],
            "it goes with --model",
        ),
    ];
    for (options, hint) in cases {
        let output = place.run(&[&["certify", "--out", "out"], options].concat());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(2) && message.contains(hint),
            "{options:?}: {message}"
        );
        assert!(!place.path("out/certificate.json").exists());
    }
}
