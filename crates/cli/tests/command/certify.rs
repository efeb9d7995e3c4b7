//! The main path as a user types it: certify, verify, inspect.
#![cfg(feature = "train")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;

use nonvacuous::data::{digits, LabelledImages};
use serde_json::Value;
use tempfile::{tempdir, TempDir};

use crate::needs;

fn nonvacuous(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nonvacuous"));
    command.args(arguments);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Certifies the digits quickly into `folder`.
fn certify(folder: &Path, threads: &str) -> Output {
    let output = nonvacuous(&["certify", "--effort", "quick", "--out", path(folder)])
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    output
}

/// A certificate of the digits that all tests read and none changes.
fn original() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempdir().unwrap();
        certify(folder.path(), "2");
        folder
    });
    folder.path()
}

#[test]
fn a_layer_of_two_units_is_polished_to_the_end() {
    let folder = tempdir().unwrap();
    let layers = ["--arch", "dense:2 relu dense:10"];
    for seed in ["0", "1", "2"] {
        let output = nonvacuous(&["certify", "--effort", "quick", "--seed", seed])
            .args(layers)
            .args(["--out", path(&folder.path().join(seed))])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
}

/// A copy of the original, to be spoilt.
struct Copy {
    folder: TempDir,
}

impl Copy {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        for name in ["model.nvc", "certificate.json"] {
            fs::copy(original().join(name), folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.json")
    }

    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let mut value = json(&fs::read(self.certificate()).unwrap());
        change(&mut value);
        fs::write(self.certificate(), value.to_string()).unwrap();
    }

    fn spoil_model(&self, change: impl FnOnce(&mut Vec<u8>)) {
        let model = self.folder.path().join("model.nvc");
        let mut bytes = fs::read(&model).unwrap();
        change(&mut bytes);
        fs::write(model, bytes).unwrap();
    }

    /// What `verify` prints on standard error, after checking its exit code.
    fn verify(&self, code: i32, options: &[&str]) -> String {
        let certificate = self.certificate();
        let arguments = [&["verify", path(&certificate)], options].concat();
        let output = nonvacuous(&arguments).output().unwrap();
        let message = text(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{}{message}",
            text(&output.stdout)
        );
        message
    }
}

/// Idx files of the digits, black on white.
fn inverted_digits() -> TempDir {
    let data = digits().unwrap().train;
    let inverted = data.images().iter().map(|level| 16 - level).collect();
    let labels = data.labels().to_vec();
    idx_folder(&LabelledImages::new(data.shape(), 17, 10, inverted, labels).unwrap())
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn assert_contains(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "\"{part}\" is not in: {message}");
    }
}

#[test]
fn a_certificate_holds_and_says_so_in_one_sentence() {
    let output = nonvacuous(&["verify", path(original())]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_contains(
        &text(&output.stdout),
        &[
            "holds: With confidence 95%, at most ",
            "1500 training images",
            "of 297 held-out",
        ],
    );
}

#[test]
fn the_certificate_claims_what_the_file_and_the_bounds_give() {
    let certificate = json(&fs::read(original().join("certificate.json")).unwrap());
    let file = fs::read(original().join("model.nvc")).unwrap();
    assert_eq!(certificate["bits"], 8 * file.len());
    assert_eq!(
        (&certificate["n"], &certificate["held_out"]["n"]),
        (&Value::from(1500), &Value::from(297))
    );
    let bound = |name: &str| certificate["bounds"][name].as_f64().unwrap();
    assert!(bound("occam_binomial") < 0.6, "{certificate}");
    assert!(
        bound("occam_binomial") <= bound("occam_kl")
            && bound("occam_kl") <= bound("occam_hoeffding")
    );
}

#[test]
fn json_is_one_object_with_the_certificate_and_the_verdict() {
    let folder = tempdir().unwrap();
    let out = path(folder.path());
    let output = nonvacuous(&["certify", "--effort", "quick", "--json", "--out", out])
        .output()
        .unwrap();
    assert_eq!(
        json(&output.stdout),
        json(&fs::read(folder.path().join("certificate.json")).unwrap())
    );
    assert!(
        output.stderr.is_empty(),
        "quiet in a pipe: {}",
        text(&output.stderr)
    );
    let output = nonvacuous(&["verify", "--json", out]).output().unwrap();
    let verdict = json(&output.stdout);
    assert_eq!(verdict["holds"], true);
    assert!(verdict["checks"].as_array().unwrap().len() >= 10);
}

#[test]
fn the_same_seed_gives_the_same_file_with_one_thread_and_with_two() {
    let one = tempdir().unwrap();
    certify(one.path(), "1");
    let file = |folder: &Path| fs::read(folder.join("model.nvc")).unwrap();
    assert_eq!(file(one.path()), file(original()));
    for (folder, threads) in [(one.path(), "2"), (original(), "1")] {
        let status = nonvacuous(&["verify", path(folder)])
            .env("RAYON_NUM_THREADS", threads)
            .status()
            .unwrap();
        assert!(status.success());
    }
}

#[test]
fn another_seed_gives_another_file() {
    let folder = tempdir().unwrap();
    let arguments = [
        "certify",
        "--effort",
        "quick",
        "--seed",
        "2",
        "--out",
        path(folder.path()),
    ];
    assert!(nonvacuous(&arguments).output().unwrap().status.success());
    assert_ne!(
        fs::read(folder.path().join("model.nvc")).unwrap(),
        fs::read(original().join("model.nvc")).unwrap()
    );
}

// Each way in which a claim can be wrong, and what is said about it.

#[test]
fn a_flipped_bit_is_found() {
    let copy = Copy::new();
    copy.spoil_model(|bytes| bytes[20] ^= 4);
    assert_contains(
        &copy.verify(1, &[]),
        &[
            "does not hold",
            "SHA-256 of the model file: the certificate says ",
        ],
    );
}

#[test]
fn a_truncated_file_is_found() {
    let copy = Copy::new();
    let mut length = 0;
    copy.spoil_model(|bytes| {
        bytes.pop();
        length = bytes.len();
    });
    let expected = format!(
        "bits of the model file: the certificate says {}, but it is {}",
        8 * (length + 1),
        8 * length
    );
    assert_contains(&copy.verify(1, &[]), &[&expected]);
}

#[test]
fn a_damaged_file_whose_digest_was_edited_too_does_not_decode_to_the_claim() {
    let copy = Copy::new();
    copy.spoil_model(|bytes| bytes[20] ^= 4);
    let digest =
        nonvacuous::digest::sha256(&fs::read(copy.folder.path().join("model.nvc")).unwrap());
    copy.edit(|certificate| certificate["model"]["sha256"] = digest.into());
    let message = copy.verify(1, &[]);
    assert!(
        message.contains("k: the certificate says")
            || message.contains("the model file is damaged"),
        "{message}"
    );
}

#[test]
fn an_edited_bound_is_found_in_either_direction() {
    for (name, factor) in [
        ("occam_binomial", 0.99),
        ("occam_binomial", 1.01),
        ("occam_kl", 0.5),
        ("occam_hoeffding", 0.9),
    ] {
        let copy = Copy::new();
        copy.edit(|certificate| {
            let bound = certificate["bounds"][name].as_f64().unwrap();
            certificate["bounds"][name] = (factor * bound).into();
        });
        assert_contains(
            &copy.verify(1, &[]),
            &[
                &format!("{name}: the certificate says"),
                "but n, k, bits and delta give",
            ],
        );
    }
}

#[test]
fn an_edited_count_is_found() {
    for (name, shown) in [
        ("k", "k: the certificate says"),
        ("n", "n: the certificate says"),
        ("bits", "bits of the model file:"),
    ] {
        let copy = Copy::new();
        copy.edit(|certificate| {
            certificate[name] = (certificate[name].as_u64().unwrap() - 1).into()
        });
        assert_contains(&copy.verify(1, &[]), &[shown]);
    }
}

#[test]
fn an_edited_delta_or_margin_is_found() {
    let copy = Copy::new();
    copy.edit(|certificate| certificate["delta"] = 0.01.into());
    assert_contains(
        &copy.verify(1, &[]),
        &["occam_binomial: the certificate says"],
    );
    for delta in [0.0, 1.0, -1.0] {
        let copy = Copy::new();
        copy.edit(|certificate| certificate["delta"] = delta.into());
        assert_contains(&copy.verify(1, &[]), &["between 0 and 1, both excluded"]);
    }
    let copy = Copy::new();
    copy.edit(|certificate| certificate["margin"] = 0.0.into());
    assert_contains(&copy.verify(1, &[]), &["margin: the certificate says 0"]);
}

#[test]
fn an_edited_held_out_reference_is_found() {
    for (name, value) in [
        ("k", Value::from(0)),
        ("n", Value::from(5000)),
        ("bound", Value::from(0.001)),
    ] {
        let copy = Copy::new();
        copy.edit(|certificate| certificate["held_out"][name] = value);
        assert_contains(
            &copy.verify(1, &[]),
            &[&format!("held-out {name}: the certificate says")],
        );
    }
}

#[test]
fn another_data_set_is_found() {
    let other = idx_folder(&digits().unwrap().train);
    let message = Copy::new().verify(1, &["--data", path(other.path())]);
    assert_contains(
        &message,
        &["SHA-256 of the training set", "the certificate says"],
    );
}

#[test]
fn a_newer_version_of_certificate_or_model_cannot_be_checked() {
    let copy = Copy::new();
    copy.edit(|certificate| certificate["format"] = 7.into());
    assert_contains(
        &copy.verify(2, &[]),
        &["cannot be checked", "format version 7", "a newer one"],
    );

    let copy = Copy::new();
    // The first four symbols say "a later version".
    copy.spoil_model(|bytes| bytes[..3].copy_from_slice(&[0xff, 0xff, 0x80]));
    let digest =
        nonvacuous::digest::sha256(&fs::read(copy.folder.path().join("model.nvc")).unwrap());
    copy.edit(|certificate| certificate["model"]["sha256"] = digest.into());
    assert_contains(&copy.verify(2, &[]), &["cannot be checked", "newer"]);
}

#[test]
fn a_certificate_of_version_1_is_refused_with_the_command_that_makes_it_again() {
    let copy = Copy::new();
    copy.edit(|certificate| certificate["format"] = 1.into());
    assert_contains(
        &copy.verify(2, &[]),
        &["format version 1", "nonvacuous certify --model model.nvc"],
    );
}

#[test]
fn a_name_that_the_digest_does_not_confirm_is_found() {
    for name in ["imagenet", "mnist", "digits\u{200b}", "medical X-ray"] {
        let copy = Copy::new();
        copy.edit(|certificate| certificate["training_set"]["name"] = name.into());
        let code = if name.is_ascii() { 1 } else { 2 };
        for options in [&["--data", "digits"][..], &[]] {
            let message = copy.verify(code, options);
            assert!(!message.contains('\u{200b}'), "{message}");
        }
    }
}

#[test]
fn what_a_certificate_says_reaches_the_terminal_escaped() {
    let nasty = "\u{1b}[2K\rholds: everything \u{202e}";
    for place in ["loss", "model", "training_set", "provenance"] {
        let copy = Copy::new();
        copy.edit(|certificate| match place {
            "loss" => certificate["loss"] = nasty.into(),
            "model" => certificate["model"]["sha256"] = nasty.into(),
            "training_set" => certificate["training_set"]["sha256"] = nasty.into(),
            _ => certificate["provenance"]["command"] = nasty.into(),
        });
        let message = copy.verify(2, &["--data", "digits"]);
        let shown = message
            .trim_end()
            .chars()
            .all(|one| !one.is_control() && one != '\u{202e}');
        assert!(shown, "{place}: {message:?}");
        assert_contains(&message, &["not a certificate", r"\u{1b}"]);
    }
}

#[test]
fn a_certificate_that_two_readers_could_read_differently_is_refused() {
    let copy = Copy::new();
    let honest = fs::read_to_string(copy.certificate()).unwrap();
    let array = {
        let value = json(honest.as_bytes());
        let object = value.as_object().unwrap();
        Value::from(object.values().cloned().collect::<Vec<Value>>()).to_string()
    };
    let forgeries = [
        honest.replacen('{', "{\"k\": 0,", 1),
        honest.replacen(
            "\"bounds\"",
            "\"bounds\": {\"occam_binomial\": 0.001}, \"bounds\"",
            1,
        ),
        honest.replacen("\"delta\"", "\"delta\": 1e-9, \"delta\"", 1),
        honest.replacen("\"name\"", "\"name\": \"digits\", \"name\"", 1),
        format!("\u{feff}{honest}"),
        format!("{honest}{honest}"),
        array,
    ];
    for forged in forgeries {
        fs::write(copy.certificate(), &forged).unwrap();
        assert_contains(&copy.verify(2, &[]), &["not a certificate"]);
    }
}

#[test]
fn what_is_taken_on_trust_is_said() {
    let output = nonvacuous(&["verify", path(original())]).output().unwrap();
    assert_contains(
        &text(&output.stdout),
        &[
            "64 bits for the design of its format",
            "On trust: that new images and those of",
        ],
    );
    let folder = tempdir().unwrap();
    let arguments = [
        "certify",
        "--effort",
        "quick",
        "--unseen",
        "--out",
        path(folder.path()),
    ];
    let refused = nonvacuous(&arguments).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert_contains(
        &text(&refused.stderr),
        &["images of digits", "leave out --unseen"],
    );
    // Other images, of which the maker may say so; the certificate repeats that it is his word.
    let data = inverted_digits();
    let arguments = ["certify", "--effort", "quick", "--data", path(data.path())];
    let run = |more: &[&str]| {
        let out = ["--out", path(folder.path())];
        let output = nonvacuous(&[&arguments[..], &out, more].concat())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let claim = json(&fs::read(folder.path().join("certificate.json")).unwrap());
        claim["bounds"]["occam_binomial"].as_f64().unwrap()
    };
    let charged = run(&[]);
    let unseen = run(&["--unseen", "--replace"]);
    assert!(unseen < charged, "{unseen} {charged}");
    let verify = ["verify", path(folder.path())];
    let output = nonvacuous(&verify).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_contains(&text(&output.stderr), &["name the examples with --data"]);
    let named = [&verify[..], &["--data", path(data.path())]].concat();
    let output = nonvacuous(&named).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_contains(
        &text(&output.stdout),
        &[
            "the maker's word that the format",
            "new images such as those of",
            "(SHA-256 ",
        ],
    );
}

#[test]
fn each_class_has_its_bound_if_that_is_asked_for() {
    let folder = tempdir().unwrap();
    let arguments = [
        "certify",
        "--effort",
        "quick",
        "--per-class",
        "--out",
        path(folder.path()),
    ];
    let output = nonvacuous(&arguments).output().unwrap();
    assert_contains(&text(&output.stdout), &["class 9, all classes at once"]);
    let certificate = folder.path().join("certificate.json");
    let mut claim = json(&fs::read(&certificate).unwrap());
    let classes = claim["per_class"].as_array().unwrap();
    let total: u64 = classes
        .iter()
        .map(|class| class["k"].as_u64().unwrap())
        .sum();
    assert_eq!(Value::from(total), claim["k"]);
    assert_eq!(
        nonvacuous(&["verify", path(folder.path())])
            .status()
            .unwrap()
            .code(),
        Some(0)
    );
    claim["per_class"][3]["k"] = 0.into();
    fs::write(&certificate, claim.to_string()).unwrap();
    let output = nonvacuous(&["verify", path(folder.path())])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_contains(
        &text(&output.stderr),
        &["k of class 3: the certificate says 0"],
    );
}

#[test]
fn groups_are_counted_instead_of_their_examples() {
    let folder = tempdir().unwrap();
    let (out, groups) = (folder.path().join("out"), folder.path().join("groups.txt"));
    // Three images by each writer.
    let lines = |each: usize| -> String {
        (0..1_500)
            .map(|image| format!("writer {}\n", image / each).replace(' ', "-"))
            .collect()
    };
    fs::write(&groups, lines(3)).unwrap();
    let certify = [
        "certify",
        "--effort",
        "quick",
        "--out",
        path(&out),
        "--groups",
        path(&groups),
    ];
    let output = nonvacuous(&certify).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_contains(
        &text(&output.stdout),
        &[
            "of the images of a new group are misclassified on average",
            "from 500 groups of 1500",
        ],
    );
    let claim = json(&fs::read(out.join("certificate.json")).unwrap());
    assert_eq!(claim["groups"]["count"], 500);
    assert!(claim.get("held_out").is_none());
    assert_eq!(
        claim["bounds"]["occam_binomial"],
        claim["bounds"]["occam_kl"]
    );
    let verify = |options: &[&str]| {
        let output = nonvacuous(&[&["verify", path(&out)], options].concat())
            .output()
            .unwrap();
        (output.status.code().unwrap(), text(&output.stderr))
    };
    assert_eq!(verify(&["--groups", path(&groups)]).0, 0);
    let (code, message) = verify(&[]);
    assert!(
        code == 2 && message.contains("the certificate counts groups"),
        "{message}"
    );
    fs::write(&groups, lines(2)).unwrap();
    let (code, message) = verify(&["--groups", path(&groups)]);
    assert!(
        code == 1 && message.contains("SHA-256 of the groups"),
        "{message}"
    );
    fs::write(&groups, "one\n").unwrap();
    let (code, message) = verify(&["--groups", path(&groups)]);
    assert!(
        code == 2 && message.contains("1 groups for 1500 examples"),
        "{message}"
    );
    let needless = ["verify", path(original()), "--groups", path(&groups)];
    fs::write(&groups, lines(3)).unwrap();
    assert_eq!(
        nonvacuous(&needless).output().unwrap().status.code(),
        Some(2)
    );
}

#[test]
fn an_unknown_loss_or_key_cannot_be_checked() {
    let copy = Copy::new();
    copy.edit(|certificate| certificate["loss"] = "top-5".into());
    assert_contains(&copy.verify(2, &[]), &["cannot be checked", "top-5"]);
    let copy = Copy::new();
    copy.edit(|certificate| certificate["bound"] = 0.1.into());
    assert_contains(&copy.verify(2, &[]), &["cannot be checked", "bound"]);
}

#[test]
fn missing_data_or_files_cannot_be_checked() {
    let copy = Copy::new();
    let nowhere = tempdir().unwrap();
    let certificate = copy.certificate();
    let output = nonvacuous(&["verify", path(&certificate), "--data", "mnist"])
        .env("NONVACUOUS_DATA", nowhere.path())
        .env("XDG_CACHE_HOME", nowhere.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_contains(
        &text(&output.stderr),
        &["cannot be checked", "nonvacuous data fetch mnist"],
    );

    fs::remove_file(copy.folder.path().join("model.nvc")).unwrap();
    assert_contains(&copy.verify(2, &[]), &["cannot read", "model.nvc"]);
    copy.edit(|certificate| certificate["model"]["file"] = "../model.nvc".into());
    assert_contains(
        &copy.verify(2, &[]),
        &["not the name of a file beside the certificate"],
    );
    fs::write(copy.certificate(), "{}").unwrap();
    assert_contains(&copy.verify(2, &[]), &["not a certificate"]);
    fs::remove_file(copy.certificate()).unwrap();
    assert_contains(&copy.verify(2, &[]), &["cannot read"]);
}

#[test]
fn misuse_of_certify_has_a_hint_and_exit_code_2_and_writes_nothing() {
    let cases: [(&[&str], &str); 8] = [
        (&["--data", "mnits"], "did you mean mnist?"),
        (&["--arch", "dense:2"], "let the layers end in dense:10"),
        (
            &["--arch", "dense:12"],
            "12 outputs, but there are 10 classes",
        ),
        (&["--arch", "lenet6"], "known are lenet5"),
        (&["--arch", "conv:8"], "it needs a kernel size"),
        (&["--arch", "conv:8:3 relu"], "outputs"),
        (&["--delta", "0"], "between 0 and 1"),
        (&["--delta", "nan"], "between 0 and 1"),
    ];
    for (options, hint) in cases {
        let folder = tempdir().unwrap();
        let out = folder.path().join("out");
        let arguments = [
            &["certify", "--effort", "quick", "--out", path(&out)],
            options,
        ]
        .concat();
        let output = nonvacuous(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_contains(&text(&output.stderr), &[hint]);
        assert!(!out.join("model.nvc").exists() && !out.join("certificate.json").exists());
    }
}

#[test]
fn a_certify_killed_at_any_moment_leaves_no_certificate_or_a_complete_one() {
    let whole = std::time::Instant::now();
    certify(tempdir().unwrap().path(), "2");
    let whole = whole.elapsed();
    let folder = tempdir().unwrap();
    for moment in 1..=12 {
        let mut child = nonvacuous(&[
            "certify",
            "--effort",
            "quick",
            "--json",
            "--out",
            path(folder.path()),
        ])
        .spawn()
        .unwrap();
        std::thread::sleep(
            whole
                .mul_f64(f64::from(moment) / 11.0)
                .max(Duration::from_millis(1)),
        );
        // It may be done already.
        let _ = child.kill();
        child.wait().unwrap();
        if folder.path().join("certificate.json").exists() {
            let status = nonvacuous(&["verify", path(folder.path())])
                .output()
                .unwrap()
                .status;
            assert!(status.success(), "moment {moment}");
        }
    }
}

#[test]
fn inspect_accounts_for_every_bit() {
    let model = original().join("model.nvc");
    let output = nonvacuous(&["inspect", "--json", path(&model)])
        .output()
        .unwrap();
    let report = json(&output.stdout);
    let bits = |value: &Value| value.as_f64().unwrap();
    let tensors = report["tensors"].as_array().unwrap().iter().map(|tensor| {
        bits(&tensor["codebook_bits"])
            + bits(&tensor["mask_bits"])
            + bits(&tensor["assignment_bits"])
    });
    let single =
        ["version_bits", "architecture_bits", "termination_bits"].map(|name| bits(&report[name]));
    let sum = tensors.sum::<f64>() + single.iter().sum::<f64>();
    assert!((sum - bits(&report["bits"])).abs() < 1e-6);
    assert_eq!(report["bits"], 8 * fs::metadata(&model).unwrap().len());
    let table = text(
        &nonvacuous(&["inspect", path(&model)])
            .output()
            .unwrap()
            .stdout,
    );
    assert_contains(
        &table,
        &[
            "architecture",
            "fc1.weight",
            "termination",
            "total",
            "codebook 1",
        ],
    );

    let output = nonvacuous(&["inspect", path(&original().join("certificate.json"))])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// An idx file: magic number, dimensions, bytes.
fn write_idx(path: &Path, magic: u32, dimensions: &[usize], bytes: &[u8]) {
    let mut file = fs::File::create(path).unwrap();
    file.write_all(&magic.to_be_bytes()).unwrap();
    for &dimension in dimensions {
        file.write_all(&(dimension as u32).to_be_bytes()).unwrap();
    }
    file.write_all(bytes).unwrap();
}

/// Training images in idx format, without test images.
fn idx_folder(images: &LabelledImages) -> TempDir {
    let folder = tempdir().unwrap();
    let size = [images.len(), images.shape().height, images.shape().width];
    write_idx(
        &folder.path().join("train-images-idx3-ubyte"),
        0x0803,
        &size,
        images.images(),
    );
    write_idx(
        &folder.path().join("train-labels-idx1-ubyte"),
        0x0801,
        &size[..1],
        images.labels(),
    );
    folder
}

#[test]
fn a_folder_of_idx_files_without_test_images_is_certified_without_a_held_out_reference() {
    let data = idx_folder(&digits().unwrap().train);
    let here = tempdir().unwrap();
    let arguments = [
        "certify",
        "--effort",
        "quick",
        "--data",
        path(data.path()),
        "--json",
    ];
    let output = nonvacuous(&arguments)
        .current_dir(here.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(json(&output.stdout).get("held_out").is_none());
    let folder = here
        .path()
        .join("certificates")
        .join(data.path().file_name().unwrap());
    assert!(
        nonvacuous(&["verify", path(&folder), "--data", path(data.path())])
            .output()
            .unwrap()
            .status
            .success()
    );
}

#[test]
fn data_lists_finds_and_refuses() {
    let nowhere = tempdir().unwrap();
    let data = |arguments: &[&str]| {
        let mut command = nonvacuous(&[&["data"], arguments].concat());
        command
            .env("NONVACUOUS_DATA", nowhere.path())
            .env("XDG_CACHE_HOME", nowhere.path());
        command.output().unwrap()
    };
    let list = json(&data(&["list", "--json"]).stdout);
    let names: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|set| set["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["digits", "mnist", "fashion-mnist", "cifar10"]);
    assert_contains(
        &text(&data(&["list"]).stdout),
        &["digits", "embedded", "not here"],
    );

    let missing = data(&["path", "mnist"]);
    assert_eq!(missing.status.code(), Some(2));
    assert_contains(
        &text(&missing.stderr),
        &["nonvacuous data fetch mnist", path(nowhere.path())],
    );
    assert_contains(
        &text(&data(&["path", "mnits"]).stderr),
        &["nonvacuous data list"],
    );

    // Nothing listens on this port: the message names the server, and no file is left.
    let refused = data(&["fetch", "mnist", "--mirror", "http://127.0.0.1:1/"]);
    assert_eq!(refused.status.code(), Some(2));
    assert_contains(
        &text(&refused.stderr),
        &["no server has train-images-idx3-ubyte.gz: http://127.0.0.1:1/"],
    );
    let folder = nowhere.path().join("nonvacuous/mnist");
    assert!(fs::read_dir(folder).unwrap().next().is_none());
}

#[test]
fn a_network_for_a_full_data_set_is_certified_and_verified() {
    for name in ["mnist", "fashion-mnist"] {
        if needs::data_set(name).is_none() {
            continue;
        }
        let folder = tempdir().unwrap();
        let arguments = [
            "certify",
            "--data",
            name,
            "--arch",
            "max:4 dense:10",
            "--effort",
            "quick",
            "--out",
        ];
        let output = nonvacuous(&[&arguments[..], &[path(folder.path())]].concat())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let certificate = json(&fs::read(folder.path().join("certificate.json")).unwrap());
        assert_eq!(
            (&certificate["n"], &certificate["held_out"]["n"]),
            (&Value::from(60_000), &Value::from(10_000))
        );
        assert!(nonvacuous(&["verify", path(folder.path())])
            .output()
            .unwrap()
            .status
            .success());
    }
}
