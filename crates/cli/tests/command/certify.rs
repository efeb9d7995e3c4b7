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
    // The first two symbols say "a later version".
    copy.spoil_model(|bytes| bytes[..2].copy_from_slice(&[0xff, 0x80]));
    let digest =
        nonvacuous::digest::sha256(&fs::read(copy.folder.path().join("model.nvc")).unwrap());
    copy.edit(|certificate| certificate["model"]["sha256"] = digest.into());
    assert_contains(&copy.verify(2, &[]), &["cannot be checked", "newer"]);
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
    copy.edit(|certificate| certificate["training_set"]["name"] = "mnist".into());
    let nowhere = tempdir().unwrap();
    let certificate = copy.certificate();
    let output = nonvacuous(&["verify", path(&certificate)])
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
    assert!(nonvacuous(&["verify", path(&folder)])
        .output()
        .unwrap()
        .status
        .success());
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
