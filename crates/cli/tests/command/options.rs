//! Options that would not be used are refused, before anything is done.
#![cfg(feature = "train")]

use std::path::Path;
use std::process::Command;

use tempfile::{tempdir, TempDir};

/// Exit code and standard error of a command in a folder of its own, which must stay empty.
fn refused(arguments: &[&str]) -> String {
    let folder = tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    let written = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(written, 0, "{arguments:?}");
    message
}

/// What `certify` is asked to do, and the options that it does not use then.
const UNUSED: &[(&[&str], &[&[&str]])] = &[
    (
        &[],
        &[
            &["--codewords", "4"],
            &["--epsilon", "3"],
            &["--no-simplify"],
            &["--tensor", "a=b"],
            &["--tensors", "names.txt"],
            &["--pixels=-1,1"],
            &["--graph-output", "logits"],
            &["--input", "1x8x8"],
            &["--loss", "top5"],
            &["--subsample", "100"],
            &["--cache", "pixels"],
        ],
    ),
    (
        &["--recipe", "mine.toml"],
        &[
            &["--effort", "quick"],
            &["--arch", "dense:10"],
            &["--minutes", "3"],
            &["--codewords", "4"],
            &["--loss", "top1"],
        ],
    ),
    (
        &["--prior-fraction", "0.5"],
        &[
            &["--effort", "quick"],
            &["--limit", "3"],
            &["--no-simplify"],
            &["--side", "16"],
            &["--bases", "3"],
        ],
    ),
    (
        &["--model", "model.nvc"],
        &[
            &["--arch", "lenet5"],
            &["--effort", "max"],
            &["--minutes", "3"],
            &["--codewords", "7"],
            &["--pixels", "0,1"],
            &["--input", "1x8x8"],
            &["--seed", "3"],
            &["--no-simplify"],
        ],
    ),
    (
        &["--model", "net.safetensors", "--arch", "dense:10"],
        &[
            &["--effort", "quick"],
            &["--seed", "3"],
            &["--graph-output", "logits"],
        ],
    ),
    (
        &["--model", "net.onnx"],
        &[
            &["--arch", "dense:10"],
            &["--tensor", "fc1.weight=weight"],
            &["--codewords", "4"],
            &["--seed", "3"],
        ],
    ),
    (
        &["--model", "net.safetensors", "--recipe", "mine.toml"],
        &[
            &["--arch", "dense:10"],
            &["--no-simplify"],
            &["--effort", "max"],
        ],
    ),
];

#[test]
fn certify_refuses_every_option_that_it_would_not_use() {
    for (mode, options) in UNUSED {
        for option in *options {
            let arguments = [&["certify"], *mode, option].concat();
            let message = refused(&arguments);
            let name = option[0].split('=').next().unwrap();
            assert!(
                message.contains(name) && message.contains("it goes with"),
                "{arguments:?}: {message}"
            );
        }
    }
}

#[test]
fn numbers_of_minutes_that_are_none_are_refused() {
    for minutes in ["nan", "-1", "inf", "soon"] {
        let message = refused(&["certify", &format!("--minutes={minutes}")]);
        assert!(message.contains("--minutes"), "{message}");
    }
}

#[test]
fn a_folder_of_data_sets_is_refused_where_no_data_set_is_looked_for() {
    let commands: [&[&str]; 6] = [
        &["bound", "--n", "10", "--errors", "1", "--bits", "3"],
        &["limit", "--n", "10", "--train-error", "0", "--bits", "3"],
        &["inspect", "model.nvc"],
        &["compress", "net.safetensors", "--arch", "dense:10"],
        &["decompress", "model.nvc"],
        &["check", "--quick"],
    ];
    for command in commands {
        let message = refused(&[command, &["--data-dir", "."]].concat());
        assert!(message.contains("--data-dir has no use"), "{message}");
    }
}

fn certify(folder: &Path, options: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .args(["certify", "--effort", "quick"])
        .args(options)
        .arg("--out")
        .arg(folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn bound_in(folder: &Path) -> f64 {
    let text = std::fs::read_to_string(folder.join("certificate.json")).unwrap();
    let claim: serde_json::Value = serde_json::from_str(&text).unwrap();
    claim["bounds"]["occam_binomial"].as_f64().unwrap()
}

/// The first of two seeds gives the smaller bound.
const SEEDS: [&str; 2] = ["2", "3"];

#[test]
fn a_folder_keeps_its_best_certificate_and_says_so() {
    let folder = tempdir().unwrap();
    let [better, worse] = SEEDS;
    let (code, _, _) = certify(folder.path(), &["--seed", better]);
    assert_eq!(code, 0);
    let (best, recipe) = (bound_in(folder.path()), recipe_in(&folder));

    let (code, said, _) = certify(folder.path(), &["--seed", worse]);
    assert_eq!(code, 0);
    assert!(
        said.contains("kept: ") && said.contains("--replace"),
        "{said}"
    );
    assert_eq!(bound_in(folder.path()), best);
    assert_eq!(recipe_in(&folder), recipe);

    let (code, said, _) = certify(folder.path(), &["--seed", worse, "--replace"]);
    assert_eq!(code, 0);
    assert!(said.contains("written: "), "{said}");
    assert!(bound_in(folder.path()) > best);
}

fn recipe_in(folder: &TempDir) -> String {
    std::fs::read_to_string(folder.path().join("recipe.toml")).unwrap()
}

#[test]
fn a_certificate_at_another_delta_is_not_replaced() {
    let folder = tempdir().unwrap();
    assert_eq!(certify(folder.path(), &[]).0, 0);
    let before = std::fs::read(folder.path().join("certificate.json")).unwrap();
    let (code, _, message) = certify(folder.path(), &["--delta", "0.01"]);
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("digits, 1500 examples"), "{message}");
    assert_eq!(
        std::fs::read(folder.path().join("certificate.json")).unwrap(),
        before
    );
    assert_eq!(
        certify(folder.path(), &["--delta", "0.01", "--replace"]).0,
        0
    );
}

#[test]
fn what_is_read_is_not_written_over() {
    let folder = tempdir().unwrap();
    let network = folder.path().join("net.safetensors");
    std::fs::write(&network, b"weights").unwrap();
    for (command, options) in [
        ("compress", &["--arch", "dense:10"][..]),
        ("decompress", &[]),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
            .arg(command)
            .arg(&network)
            .args(options)
            .arg("-o")
            .arg(&network)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains("would be overwritten"), "{message}");
        assert_eq!(std::fs::read(&network).unwrap(), b"weights");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_cannot_be_written_is_a_failure_of_the_machine() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .args(["bound", "--n", "60000", "--errors", "900", "--bits", "2000"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("standard output"), "{message}");
}
