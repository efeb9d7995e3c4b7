//! Pictures and pages, as a user asks for them.
#![cfg(feature = "figures")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::tempdir;

fn experiments() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join("experiments")
}

fn nonvacuous(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .args(arguments)
        .output()
        .unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What went wrong, after exit code 2.
fn misuse(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_committed_picture_is_drawn_again_to_the_last_byte() {
    let folder = tempdir().unwrap();
    let output = nonvacuous(&[
        "figures",
        "--experiments",
        path(&experiments()),
        "--out",
        path(folder.path()),
    ]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let committed = experiments().join("figures");
    assert_eq!(names(folder.path()), names(&committed));
    assert!(names(&committed).len() >= 20);
    for name in names(&committed) {
        let same = fs::read(folder.path().join(&name)).unwrap()
            == fs::read(committed.join(&name)).unwrap();
        assert!(same, "{name} differs");
    }
}

#[test]
fn one_figure_can_be_asked_for_and_a_wrong_name_is_met_with_the_nearest() {
    let folder = tempdir().unwrap();
    let arguments = [
        "--experiments",
        path(&experiments()),
        "--out",
        path(folder.path()),
    ]
    .map(str::to_string);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = nonvacuous(&[&["figures", "coverage"], &arguments[..]].concat());
    assert!(output.status.success());
    assert_eq!(names(folder.path()), ["coverage.png", "coverage.svg"]);
    let error = misuse(&nonvacuous(
        &[&["figures", "covrage"], &arguments[..]].concat(),
    ));
    assert!(error.contains("did you mean \"coverage\"?"), "{error}");
    let error = misuse(&nonvacuous(
        &[&["figures", "nope"], &arguments[..]].concat(),
    ));
    assert!(!error.contains("did you mean"), "{error}");
}

#[test]
fn a_csv_without_the_columns_that_are_drawn_is_an_error_that_names_the_file() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("bounds.csv"), "n,errors\n1,2\n").unwrap();
    let error = misuse(&nonvacuous(&[
        "figures",
        "bounds",
        "--experiments",
        path(folder.path()),
    ]));
    assert!(
        error.contains("bounds.csv") && error.contains("no column bits"),
        "{error}"
    );
    fs::write(
        folder.path().join("bounds.csv"),
        "bits,occam_binomial\n1,much\n",
    )
    .unwrap();
    let error = misuse(&nonvacuous(&[
        "figures",
        "bounds",
        "--experiments",
        path(folder.path()),
    ]));
    assert!(
        error.contains("\"much\" in column occam_binomial is no number"),
        "{error}"
    );
    let empty = tempdir().unwrap();
    assert!(misuse(&nonvacuous(&[
        "figures",
        "--experiments",
        path(empty.path())
    ]))
    .contains("no files of experiments"));
    assert!(misuse(&nonvacuous(&["report", path(empty.path())])).contains("neither"));
}

/// A copy of a folder of the repository, with what is in it.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn page(folder: &Path) -> String {
    let output = nonvacuous(&["report", path(folder)]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    fs::read_to_string(folder.join("report.html")).unwrap()
}

/// Nothing runs, nothing is loaded, and links lead to files that are there.
fn is_self_contained(page: &str, folder: &Path) {
    for forbidden in [
        "<script",
        "<link rel=\"stylesheet",
        "src=",
        "@import",
        "url(",
        "onload",
        "http-equiv",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    for link in page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(
            link == "data:," || folder.join(link).exists(),
            "{link} is not there"
        );
    }
}

#[test]
fn the_page_of_a_certificate_says_what_is_proved_and_stands_alone() {
    let folder = tempdir().unwrap();
    copied(&experiments().join("certificates/mnist"), folder.path());
    let page = page(folder.path());
    is_self_contained(&page, folder.path());
    let claim = fs::read_to_string(folder.path().join("certificate.json")).unwrap();
    let claim: nonvacuous::certificate::Claim = claim.parse().unwrap();
    for bound in [
        claim.bounds.occam_binomial,
        claim.bounds.occam_hoeffding,
        claim.held_out.unwrap().bound,
    ] {
        assert!(
            page.contains(&nonvacuous::certificate::percent_up(bound)),
            "{bound}"
        );
    }
    for wanted in [
        "60,000 training images",
        "nonvacuous verify certificate.json",
        "Held-out",
        "<svg",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
}

#[test]
fn the_page_of_experiments_shows_every_figure_with_its_data_and_its_command() {
    let folder = tempdir().unwrap();
    copied(&experiments(), folder.path());
    let page = page(folder.path());
    is_self_contained(&page, folder.path());
    let pictures = names(&experiments().join("figures"))
        .into_iter()
        .filter(|name| name.ends_with(".svg"));
    for picture in pictures {
        let name = picture.trim_end_matches(".svg");
        assert!(page.contains(&format!("<section id=\"{name}\">")), "{name}");
    }
}

#[test]
fn a_certificate_cannot_put_markup_into_its_page_or_name_a_file_elsewhere() {
    let folder = tempdir().unwrap();
    copied(&experiments().join("certificates/digits"), folder.path());
    let file = folder.path().join("certificate.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        text.replace("nonvacuous certify", "<script>alert(1)</script>"),
    )
    .unwrap();
    assert!(!page(folder.path()).contains("<script"));
    fs::write(&file, text.replace("\"model.nvc\"", "\"../model.nvc\"")).unwrap();
    let error = misuse(&nonvacuous(&["report", path(folder.path())]));
    assert!(error.contains("beside the certificate"), "{error}");
}
