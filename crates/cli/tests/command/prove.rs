//! Certificates as theorems: what is written. That Coq accepts it, `.ci/coq` shows.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn published(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../experiments/certificates")
        .join(name)
}

fn proved(certificate: &Path, folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .arg("prove")
        .arg(certificate)
        .arg("-o")
        .arg(folder)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_theorem_says_the_numbers_of_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let output = proved(&published("digits"), folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("coq_makefile"));
    let statement = fs::read_to_string(folder.path().join("claim.v")).unwrap();
    for line in [
        "Lemma tail_holds : check 1500 41 (400 + 64) 268431 1000000 5 100 = true.",
        "Lemma kl_best : 1500 * kl (41 / 1500) (269886 / 1000000) < \
         ln (1 / (5 / 100)) + 464 * ln 2.",
        "  1 - ratio 5 100 <= Pr (iid P 1500%num) [pred examples |",
        "          risk P (wrong f file) < ratio 268431 1000000 >]].",
    ] {
        assert!(statement.lines().any(|other| other == line), "{line}");
    }
    let project = fs::read_to_string(folder.path().join("_CoqProject")).unwrap();
    for file in project.lines().filter(|line| line.ends_with(".v")) {
        assert!(folder.path().join(file).exists(), "{file}");
    }
    assert!(project.ends_with("claim.v\n"));
}

#[test]
fn the_theorem_about_a_relative_file_speaks_of_all_bases_that_were_tried() {
    let folder = tempfile::tempdir().unwrap();
    let output = proved(&published("mnist-from-fonts"), folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let statement = fs::read_to_string(folder.path().join("claim.v")).unwrap();
    assert!(statement.contains("check 60000 875 (1000 + (96 + 2)) 42426 1000000 5 100"));
    assert!(statement.contains("(code : T -> format * 'I_4 -> word -> Prop)"));
    assert!(statement.contains("Pr (independent Q (iid P 60000%num))"));
}

#[test]
fn a_claim_that_says_nothing_has_no_theorem() {
    let folder = tempfile::tempdir().unwrap();
    let claim = fs::read_to_string(published("digits").join("certificate.json")).unwrap();
    let model = fs::read(published("digits").join("model.nvc")).unwrap();
    for (number, edited, said) in [
        (
            "\"occam_binomial\": 0.268431",
            "\"occam_binomial\": 1.0",
            "says nothing",
        ),
        (
            "\"occam_binomial\": 0.268431",
            "\"occam_binomial\": 0.2684312",
            "six decimals",
        ),
        ("\"delta\": 0.05", "\"delta\": 2.5", "between 0 and 1"),
        (
            "\"sha256\": \"364ec3ba",
            "\"sha256\": \"*) Axiom cheat : False. (*",
            "64 hexadecimal digits",
        ),
    ] {
        assert!(claim.contains(number));
        fs::write(folder.path().join("model.nvc"), &model).unwrap();
        fs::write(
            folder.path().join("certificate.json"),
            claim.replace(number, edited),
        )
        .unwrap();
        let output = proved(folder.path(), &folder.path().join("proof"));
        assert_eq!(output.status.code(), Some(2), "{edited}");
        assert!(
            text(&output.stderr).contains(said),
            "{}",
            text(&output.stderr)
        );
        assert!(!folder.path().join("proof").exists());
    }
}
