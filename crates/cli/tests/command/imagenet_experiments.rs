//! The table of the paper is regenerated as it stands in the repository.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

/// The CSV that a run of an experiment makes, and the one in the repository.
fn made_and_kept(name: &str) -> [String; 2] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join("experiments/imagenet");
    let out = tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_nonvacuous"));
    let output = command
        .arg("run")
        .arg(folder.join(format!("{name}.toml")))
        .arg("--out")
        .arg(out.path())
        .output();
    assert!(output.unwrap().status.success());
    [out.path(), &folder]
        .map(|folder| fs::read_to_string(folder.join(format!("{name}.csv"))).unwrap())
}

/// The cells of one column.
fn column(csv: &str, name: &str) -> Vec<String> {
    let mut lines = csv
        .lines()
        .map(|line| line.split(',').collect::<Vec<&str>>());
    let place = lines
        .next()
        .unwrap()
        .iter()
        .position(|&other| other == name)
        .unwrap();
    lines.map(|cells| cells[place].to_string()).collect()
}

#[test]
fn the_published_bounds_are_reproduced() {
    let [made, kept] = made_and_kept("published");
    assert_eq!(made, kept);
    // 96.54% and 89.03%, at 350 KiB effective.
    assert_eq!(
        column(&kept, "catoni_uniform")[..2],
        ["0.965400", "0.890299"]
    );
    assert_eq!(
        column(&kept, "occam_binomial")[..2],
        ["0.965391", "0.890276"]
    );
}

#[test]
fn what_it_takes_is_what_the_bounds_need() {
    let [made, kept] = made_and_kept("what-it-takes");
    assert_eq!(made, kept);
    let targets = column(&kept, "target");
    let cells = |name: &str| {
        column(&kept, name)
            .iter()
            .map(|cell| cell.parse::<u64>().ok())
            .collect::<Vec<_>>()
    };
    // A tighter bound leaves more bits, a lower target fewer.
    let (binomial, kl) = (cells("occam_binomial"), cells("occam_kl"));
    assert!(binomial
        .iter()
        .zip(&kl)
        .all(|(binomial, kl)| binomial >= kl));
    for (pair, bits) in targets
        .windows(2)
        .zip(binomial.windows(2))
        .filter(|(pair, _)| pair[0] > pair[1])
    {
        assert!(bits[0] > bits[1], "{pair:?}");
    }
}
