//! `nonvacuous check` from outside.

use std::process::{Command, Output};

use serde_json::Value;

fn check(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .arg("check")
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn a_quick_check_passes_and_writes_everything_it_found() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/results");
    let output = check(&["--quick", "--json", "--out", out.to_str().unwrap()]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let verdicts: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    for verdict in &verdicts {
        assert_eq!(verdict["verdict"], "holds", "{verdict}");
        assert!(verdict["telling"].as_u64() > Some(0), "{verdict}");
    }
    let mut reader = csv::Reader::from_path(out.join("check.csv")).unwrap();
    assert_eq!(reader.records().map(Result::unwrap).count(), verdicts.len());
    for (name, columns) in [("check-converse.csv", 14), ("check-coverage.csv", 15)] {
        let mut reader = csv::Reader::from_path(out.join(name)).unwrap();
        assert!(reader
            .records()
            .map(Result::unwrap)
            .all(|record| record.len() == columns));
    }
}

#[test]
fn quick_and_full_exclude_each_other() {
    assert_eq!(check(&["--quick", "--full"]).status.code(), Some(2));
}
