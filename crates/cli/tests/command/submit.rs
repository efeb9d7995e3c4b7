//! `nonvacuous submit` from outside, and `--shard`: pieces here, as a cluster would do them.

use std::fs;
#[cfg(feature = "train")]
use std::path::PathBuf;

use serde_json::Value;

use super::place::Place;
use super::run::CODEBOOK;
#[cfg(feature = "train")]
use super::{
    imagenet_certificates::nearest_colour,
    photographs::{class_folders, photograph},
};

fn with_experiment() -> Place {
    let place = Place::new();
    place.write(
        "codebook.toml",
        CODEBOOK.replace("draws = 1000", "draws = 200"),
    );
    place
}

fn text(place: &Place, name: &str) -> String {
    fs::read_to_string(place.path(name)).unwrap()
}

const IN_PIECES: [&str; 5] = ["submit", "--local", "2", "--tasks", "5"];
const RUN: [&str; 5] = ["--", "run", "codebook.toml", "--out", "pieces-of-it"];

fn in_pieces() -> Vec<&'static str> {
    [&IN_PIECES[..], &RUN].concat()
}

#[test]
fn an_experiment_in_pieces_is_that_on_one_machine() {
    let place = with_experiment();
    place.succeeds(&["run", "codebook.toml", "--out", "alone"]);
    let said = place.succeeds(&in_pieces());
    assert!(said.contains("every draw is in"), "{said}");
    for name in ["codebook.csv", "codebook.summary.csv"] {
        let alone = text(&place, &format!("alone/{name}"));
        assert_eq!(
            text(&place, &format!("pieces-of-it/{name}")),
            alone,
            "{name}"
        );
    }
    let status = place.succeeds(&["submit", "--status", "pieces-of-it"]);
    assert!(
        status.contains("5 done, 0 running, 0 waiting, 0 failed of 5"),
        "{status}"
    );
    assert!(
        status.contains("400 of 400") && status.contains("merged"),
        "{status}"
    );
    let json = place.succeeds(&["submit", "--status", "pieces-of-it", "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["pieces"][4]["state"], "done");
    assert_eq!(json[0]["merge"], "done");
}

#[test]
fn a_piece_of_another_version_configuration_or_data_is_refused_with_the_reason() {
    let place = with_experiment();
    let run = ["run", "codebook.toml", "--out", "out"];
    let said = place.succeeds(&[&run[..], &["--shard", "2/3", "--json"]].concat());
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["piece"], "2/3");
    let piece = "out/pieces/codebook.2-of-3.piece";
    let before = text(&place, piece);
    let version = format!("\"program\":\"{}\"", env!("CARGO_PKG_VERSION"));
    place.write(piece, before.replace(&version, "\"program\":\"0.0.9\""));
    // Neither gathered, nor gone on with.
    for arguments in [&run[..], &[&run[..], &["--shard", "2/3"]].concat()] {
        let refused = place.refuses(arguments);
        assert!(refused.contains("version 0.0.9 made it"), "{refused}");
        assert!(refused.contains("codebook.2-of-3.piece"), "{refused}");
    }
    place.write(piece, &before);
    let other = [&run[..], &["--set", "draws=100"]].concat();
    assert!(place.refuses(&other).contains("another configuration"));
    assert!(place.run(&run).status.success());
}

#[test]
fn the_number_of_a_piece_is_that_of_the_task() {
    let place = with_experiment();
    let run = |shard: &str, variables: &[(&str, &str)]| {
        let arguments = ["run", "codebook.toml", "--out", "out", "--shard", shard];
        let mut command = place.command(&arguments);
        command.envs(variables.iter().copied()).output().unwrap()
    };
    let slurm = [
        ("SLURM_ARRAY_TASK_ID", "3"),
        ("SLURM_ARRAY_TASK_COUNT", "2"),
        ("SLURM_ARRAY_TASK_MIN", "3"),
        ("SLURM_ARRAY_TASK_MAX", "7"),
    ];
    assert!(run("slurm/8", &slurm).status.success());
    assert!(place.path("out/codebook.3-of-8.csv").is_file());
    assert!(run("kubernetes/8", &[("JOB_COMPLETION_INDEX", "0")])
        .status
        .success());
    assert!(place.path("out/codebook.1-of-8.csv").is_file());
    // Of an array with gaps nobody says how many pieces there are.
    let output = run("slurm", &slurm);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr)
        .unwrap()
        .contains("slurm/K"));
}

#[test]
fn the_scripts_can_be_read_before_anything_is_submitted() {
    let place = with_experiment();
    let words = [
        "submit",
        "--tasks",
        "5",
        "--dry-run",
        "--partition",
        "short",
        "--cpus-per-task",
        "4",
        "--sbatch=--constraint=avx2",
        "--",
        "run",
        "codebook.toml",
        "--out",
        "out",
        "--set",
        "examples=[100, 200]",
    ];
    let said = place.succeeds(&words);
    assert!(said.contains("--dependency=afterany:JOB"), "{said}");
    let script = text(&place, "out/submit-codebook/pieces.sh");
    for line in [
        "#SBATCH --array=1-5",
        "#SBATCH --requeue",
        "#SBATCH --partition=short",
        "#SBATCH --cpus-per-task=4",
        "#SBATCH --constraint=avx2",
    ] {
        assert!(
            script.lines().any(|found| found == line),
            "{line}: {script}"
        );
    }
    let command = "run codebook.toml --out out --set 'examples=[100, 200]' --shard slurm/5";
    assert!(script.contains(command), "{script}");
    let merge = text(&place, "out/submit-codebook/merge.sh");
    assert!(
        !merge.contains("--array") && !merge.contains("--shard"),
        "{merge}"
    );
    // And run: what sbatch does with them.
    let mut shell = std::process::Command::new("bash");
    let script = place.path("out/submit-codebook/pieces.sh");
    let output = shell.arg(script).env("SLURM_ARRAY_TASK_ID", "2").output();
    if let Ok(output) = output {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(text(&place, "out/submit-codebook/2.exit"), "0\n");
        assert!(place.path("out/codebook.2-of-5.csv").is_file());
    }
}

#[test]
fn what_is_not_done_in_pieces_is_refused_with_a_hint() {
    let place = with_experiment();
    for (words, hint) in [
        (&["submit"][..], "submit -- run X.toml"),
        (
            &["submit", "--", "data", "list"],
            "only run, certify and verify",
        ),
        (&["submit", "--", "run"], "EXPERIMENT.toml"),
        (&["submit", "--", "verify", "nothing"], "--pieces DIR"),
        (
            &["submit", "--", "run", "codebook.toml", "--shard", "1/2"],
            "leave out --shard",
        ),
        (
            &[
                "submit",
                "--local",
                "2",
                "--partition",
                "short",
                "--",
                "run",
                "codebook.toml",
            ],
            "no use with --local",
        ),
        (&["submit", "--status", "."], "nothing was submitted"),
        (&["submit", "--status", ".", "--dry-run"], "cannot be used"),
        (
            &["submit", "--tasks", "0", "--", "run", "codebook.toml"],
            "0",
        ),
        (&["verify", "nothing", "--shard", "1/2"], "--pieces"),
        (&["run", "codebook.toml", "--shard", "3/2"], "I from 1 to K"),
    ] {
        let refused = place.refuses(words);
        assert!(refused.contains(hint), "{words:?}: {refused}");
    }
}

#[cfg(feature = "train")]
/// A network for the seven colours of photographs, certified on 140 of them.
fn with_photographs() -> Place {
    let place = Place::new();
    class_folders(&place.path("photographs/train"), 20);
    class_folders(&place.path("photographs/val"), 3);
    let damaged = place.path("photographs/train/n00000001/damaged.jpg");
    fs::write(damaged, b"damaged").unwrap();
    fs::write(place.path("model.nvc"), nearest_colour()).unwrap();
    place
}

#[cfg(feature = "train")]
const CERTIFY: [&str; 5] = ["certify", "--model", "model.nvc", "--data", "photographs"];
#[cfg(feature = "train")]
const VERIFY: [&str; 4] = ["verify", "out", "--data", "photographs"];

#[cfg(feature = "train")]
#[test]
fn an_evaluation_in_pieces_holds_and_says_what_it_takes_from_them() {
    let place = with_photographs();
    place.succeeds(&[&CERTIFY[..], &["--out", "out"]].concat());
    let alone = place.succeeds(&VERIFY);
    let in_pieces = [&VERIFY[..], &["--pieces", "pieces"]].concat();
    // Two pieces of three are there; the third is evaluated, and then all are.
    for shard in ["1/3", "3/3"] {
        let said = place.succeeds(&[&in_pieces[..], &["--shard", shard]].concat());
        assert!(
            said.contains(&format!("piece {shard} is in pieces")),
            "{said}"
        );
    }
    let some = place.succeeds(&in_pieces);
    assert!(some.starts_with(alone.lines().next().unwrap()), "{some}");
    assert!(
        some.contains("in which 108 of the 162 images evaluated were counted"),
        "{some}"
    );
    let all = place.succeeds(&in_pieces);
    assert!(
        all.contains("in which 162 of the 162 images evaluated were counted"),
        "{all}"
    );
    // Another number of pieces fits, too.
    place.succeeds(&[&in_pieces[..], &["--shard", "2/2"]].concat());
    place.succeeds(&in_pieces);
}

#[cfg(feature = "train")]
#[test]
fn pieces_of_other_data_or_another_model_are_refused_and_lies_do_not_hold() {
    let place = with_photographs();
    place.succeeds(&[&CERTIFY[..], &["--out", "out"]].concat());
    let in_pieces = [&VERIFY[..], &["--pieces", "pieces"]].concat();
    place.succeeds(&[&in_pieces[..], &["--shard", "1/2"]].concat());
    let path = "pieces/training.1-of-2.piece";
    let before = text(&place, path);
    // An outcome that was changed is seen by the digest of the file; one that was forged with that,
    // by the count that does not fit.
    place.write(path, before.replacen("false]", "true]", 1));
    assert!(place.refuses(&in_pieces).contains("is damaged"));
    place.write(path, &before);
    let changed = place
        .path("photographs/train/n00000002")
        .read_dir()
        .unwrap()
        .next();
    let changed: PathBuf = changed.unwrap().unwrap().path();
    fs::write(&changed, photograph([1, 2, 3], 16, 16)).unwrap();
    let refused = place.refuses(&in_pieces);
    assert!(
        refused.contains("of other data, or their files have changed"),
        "{refused}"
    );
}

#[cfg(feature = "train")]
#[test]
fn a_piece_that_fails_is_named_with_its_log_and_goes_on_when_it_can() {
    let place = with_photographs();
    place.succeeds(&[&CERTIFY[..], &["--out", "out"]].concat());
    let in_pieces = ["submit", "--local", "2", "--tasks", "3", "--"];
    let command = [&in_pieces[..], &VERIFY, &["--pieces", "pieces"]].concat();
    fs::create_dir_all(place.path("pieces")).unwrap();
    let file = "pieces/training.2-of-3.piece";
    place.write(file, "a letter\n");
    let failed = place.refuses(&command);
    for words in [
        "1 of 3 pieces failed",
        "piece 2 failed (exit code 2)",
        "2.log",
        "training.2-of-3.piece is damaged",
    ] {
        assert!(failed.contains(words), "{words}: {failed}");
    }
    fs::remove_file(place.path(file)).unwrap();
    let said = place.succeeds(&command);
    assert!(said.starts_with("holds: "), "{said}");
    let status = place.succeeds(&["submit", "--status", "pieces"]);
    assert!(
        status.contains("3 done, 0 running, 0 waiting, 0 failed of 3"),
        "{status}"
    );
}

#[cfg(feature = "train")]
#[test]
fn a_certificate_of_a_model_file_in_pieces_is_that_of_one_machine() {
    let place = with_photographs();
    place.succeeds(&[&CERTIFY[..], &["--out", "alone"]].concat());
    let command = [
        &["submit", "--local", "2", "--"],
        &CERTIFY[..],
        &["--out", "out"],
    ]
    .concat();
    place.succeeds(&command);
    let claim = |folder: &str| {
        let json = text(&place, &format!("{folder}/certificate.json"));
        let mut claim: Value = serde_json::from_str(&json).unwrap();
        claim.as_object_mut().unwrap().remove("provenance");
        claim
    };
    assert_eq!(claim("out"), claim("alone"));
    assert!(place.path("out/pieces/training.2-of-2.piece").is_file());
}

#[cfg(feature = "train")]
#[test]
fn a_search_in_pieces_finds_the_file_of_one_machine() {
    let place = Place::new();
    let certify = ["certify", "--effort", "quick", "--arch", "dense:10"];
    place.succeeds(&[&certify[..], &["--out", "alone"]].concat());
    let command = [
        &["submit", "--local", "2", "--"],
        &certify[..],
        &["--out", "out"],
    ]
    .concat();
    place.succeeds(&command);
    for name in ["model.nvc", "recipe.toml"] {
        let [alone, out] = ["alone", "out"].map(|folder| fs::read(place.path(folder).join(name)));
        assert_eq!(out.unwrap(), alone.unwrap(), "{name}");
    }
    let trials = |folder: &str| -> Vec<String> {
        let log = text(&place, &format!("{folder}/trials.csv"));
        // All but the seconds.
        log.lines()
            .map(|line| line.rsplit_once(',').unwrap().0.to_string())
            .collect()
    };
    assert_eq!(trials("out"), trials("alone"));
}
