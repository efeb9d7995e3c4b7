//! Classical capacity bounds, as a user asks for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nonvacuous::code::Architecture;
use nonvacuous::network::TrainedNetwork;
use nonvacuous::shape::ImageSize;
use serde_json::Value;
use tempfile::tempdir;

fn published(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments/certificates");
    folder.join(name).to_str().unwrap().to_string()
}

fn classical(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .arg("classical")
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = classical(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What went wrong, after exit code 2.
fn misuse(arguments: &[&str]) -> String {
    let output = classical(arguments);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    text(&output.stderr)
}

fn bound<'a>(object: &'a Value, name: &str) -> &'a Value {
    let bounds = object["bounds"].as_array().unwrap();
    bounds.iter().find(|bound| bound["bound"] == name).unwrap()
}

/// A model file of a network whose weights are 1, 1/2 and -1 in turn.
fn write_network(folder: &Path, layers: &str) -> PathBuf {
    let input = ImageSize {
        channels: 1,
        height: 8,
        width: 8,
    };
    let layers = Architecture::parse(layers, input).unwrap();
    let tensor = |count: usize| -> Vec<f32> {
        let values = [1.0, 0.5, -1.0].into_iter().cycle();
        values.take(count).collect()
    };
    let weights = layers
        .tensors()
        .iter()
        .map(|shape| tensor(shape.len()))
        .collect();
    let model = TrainedNetwork::new(layers, weights)
        .unwrap()
        .model()
        .unwrap();
    let path = folder.join("net.nvc");
    fs::write(&path, model.encode().unwrap()).unwrap();
    path
}

#[test]
fn a_certificate_is_compared_with_what_the_classical_bounds_say_of_its_network() {
    let folder = published("digits");
    let output = classical(&[&folder]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    for part in [
        "digits on digits: 41 of 1500 training examples misclassified",
        "26.85%",
        "400 bits, and 64 for the design of the format",
        "640 parameters of 32 bits",
        "1, in its favour",
        "25 of 297 held-out examples",
        "vacuous",
    ] {
        assert!(table.contains(part), "{part} is not in\n{table}");
    }
    let object = json(&[&folder]);
    assert_eq!(object["n"], 1500);
    assert_eq!(object["charged_bits"], 464);
    let compression = bound(&object, "compression");
    assert!((compression["value"].as_f64().unwrap() - 0.268431).abs() < 1e-6);
    assert_eq!(compression["vacuous"], false);
    for name in [
        "parameter_counting",
        "vc_dimension",
        "spectral_margin",
        "pac_bayes_margin",
        "effective_parameters",
    ] {
        let bound = bound(&object, name);
        let value = bound["value"].as_f64().unwrap();
        assert!(value > compression["value"].as_f64().unwrap(), "{bound}");
        assert_eq!(bound["reason"], Value::Null);
    }
    // One dense layer of 640 weights, whose errors nine comparisons tell.
    assert_eq!(bound(&object, "parameter_counting")["complexity"], 640.0);
    let dimension = bound(&object, "vc_dimension")["complexity"]
        .as_f64()
        .unwrap();
    let r = 2.0 * std::f64::consts::E * 9.0;
    assert!((dimension - (1.0 + 640.0 * (2.0 * r * r.log2()).log2())).abs() < 1e-6);
}

#[test]
fn the_file_of_a_certificate_says_the_same_as_the_certificate() {
    let folder = published("digits");
    let file = format!("{folder}/model.nvc");
    let (one, other) = (
        json(&[&folder, "--name", "it"]),
        json(&[&file, "--data", "digits", "--name", "it"]),
    );
    assert_eq!(one, other);
}

#[test]
fn csv_has_a_line_for_each_bound_and_is_drawn() {
    let folder = tempdir().unwrap();
    let output = classical(&[&published("digits"), "--csv"]);
    assert!(output.status.success());
    let lines = text(&output.stdout);
    assert_eq!(lines.lines().count(), 7);
    assert!(lines.starts_with("network,data,n,errors,"), "{lines}");
    assert!(misuse(&[&published("digits"), "--csv", "--json"]).contains("give one of them"));
    if cfg!(feature = "figures") {
        let csv = folder.path().join("mine.csv");
        fs::write(&csv, &lines).unwrap();
        let draw = |csv: &Path| {
            Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
                .args(["figures", "--kind", "classical"])
                .arg(csv)
                .output()
                .unwrap()
        };
        let output = draw(&csv);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let svg = fs::read_to_string(folder.path().join("mine.svg")).unwrap();
        assert!(svg.contains("32 bits a weight"), "{svg}");
        let header = lines.lines().next().unwrap();
        fs::write(&csv, format!("{header}\n")).unwrap();
        let error = text(&draw(&csv).stderr);
        assert!(error.contains("there are no rows to draw"), "{error}");
        fs::write(
            &csv,
            lines
                .replace("\"compression\"", "\"other\"")
                .replace("_", "-"),
        )
        .unwrap();
        assert_eq!(draw(&csv).status.code(), Some(2));
    }
}

#[test]
fn where_a_theorem_does_not_apply_the_table_says_why() {
    let folder = tempdir().unwrap();
    let residual = "conv:3:3 ( relu conv:3:3 ) relu gap dense:10";
    let file = write_network(folder.path(), residual);
    let file = file.to_str().unwrap();
    let output = classical(&[file, "--data", "digits"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    let none = "does not apply: branches are added, and the theorem is about a chain of layers";
    assert_eq!(table.matches(none).count(), 3, "{table}");
    let object = json(&[file, "--data", "digits"]);
    assert_eq!(bound(&object, "spectral_margin")["value"], Value::Null);
    assert!(bound(&object, "vc_dimension")["value"].as_f64().unwrap() > 0.0);

    let file = write_network(folder.path(), "dense:20:b norm relu dense:10:b");
    let object = json(&[file.to_str().unwrap(), "--data", "digits"]);
    for name in ["vc_dimension", "spectral_margin", "effective_parameters"] {
        let reason = bound(&object, name)["reason"].as_str().unwrap();
        assert!(reason.contains("layer normalisation"), "{reason}");
    }
}

#[test]
fn counts_alone_say_what_takes_no_margins() {
    let folder = tempdir().unwrap();
    let file = write_network(folder.path(), "dense:16 relu dense:10");
    let file = file.to_str().unwrap();
    let counts = ["--n", "100000", "--errors", "0", "--held-out", "1000:7"];
    let object = json(&[&[file][..], &counts].concat());
    assert_eq!(object["data"], Value::Null);
    assert_eq!(object["held_out_errors"], 7);
    assert!(
        bound(&object, "parameter_counting")["value"]
            .as_f64()
            .unwrap()
            < 0.3
    );
    let reason = bound(&object, "pac_bayes_margin")["reason"]
        .as_str()
        .unwrap();
    assert!(
        reason.contains("margins take the training examples"),
        "{reason}"
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = tempdir().unwrap();
    let file = write_network(folder.path(), "dense:10");
    let file = file.to_str().unwrap();
    assert!(misuse(&[file]).contains("give --data NAME|DIR, or counts"));
    assert!(misuse(&[file, "--n", "100"]).contains("--errors"));
    assert!(misuse(&[file, "--n", "100", "--errors", "101"]).contains("more errors than examples"));
    assert!(misuse(&[file, "--data", "digits", "--n", "9", "--errors", "1"]).contains("--data"));
    assert!(misuse(&[file, "--data", "digits", "--delta", "0"]).contains("delta = 0"));
    assert!(misuse(&[file, "--data", "digit"]).contains("digits"));
    assert!(misuse(&["nowhere.nvc", "--data", "digits"]).contains("nowhere.nvc"));
    let mnist = published("mnist");
    assert!(misuse(&[&format!("{mnist}/model.nvc"), "--data", "digits"]).contains("1x28x28"));
    let other = misuse(&[&mnist, "--data", "digits"]);
    assert!(
        other.contains("is not about the training examples of digits"),
        "{other}"
    );
    assert!(misuse(&[&mnist, "--n", "10", "--errors", "1"]).contains("for a model file"));
    let relative = published("mnist-from-fonts");
    assert!(misuse(&[&format!("{relative}/model.nvc"), "--data", "digits"]).contains("--base"));
    // A folder without a certificate, and a file that is no model.
    assert!(misuse(&[folder.path().to_str().unwrap()]).contains("certificate.json"));
    fs::write(folder.path().join("bad.nvc"), b"no model").unwrap();
    let bad = folder.path().join("bad.nvc");
    misuse(&[bad.to_str().unwrap(), "--data", "digits"]);
}

#[test]
fn linear_maps_that_do_not_fit_the_memory_allowed_are_not_computed() {
    let folder = tempdir().unwrap();
    // Ones everywhere: a short file whose maps are large.
    let file = write_network(
        folder.path(),
        "conv:256:3 relu conv:128:3 relu gap dense:10",
    );
    let file = file.to_str().unwrap();
    let object = json(&[file, "--n", "1500", "--errors", "1000"]);
    let reason = bound(&object, "spectral_margin")["reason"]
        .as_str()
        .unwrap();
    assert!(reason.contains("the linear maps are too large"), "{reason}");
    assert!(reason.contains("--limit"), "{reason}");
}
