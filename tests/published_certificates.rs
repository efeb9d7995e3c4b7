//! The certificates that are published in `experiments/certificates` hold, and the first page says
//! what they say.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nonvacuous::certificate::{percent_up, Certificate, Claim};
use nonvacuous::code::Base;

mod needs;

fn folders() -> Vec<PathBuf> {
    let all = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/certificates"))
        .unwrap();
    let mut folders: Vec<PathBuf> = all
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// That of the bases that are kept beside the certificates.
fn base_with_digest(sha256: &str) -> Option<Arc<Base>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/bases");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files = files.filter(|path| path.extension().is_some_and(|name| name == "nvc"));
    files.find_map(|path| {
        let base = Base::decode(&fs::read(path).unwrap()).unwrap();
        (base.sha256() == sha256).then(|| Arc::new(base))
    })
}

#[test]
fn every_published_certificate_holds() {
    assert!(!folders().is_empty());
    for folder in folders() {
        let certificate = Certificate::open(&folder).unwrap();
        let certificate = match certificate.claim().base.clone() {
            None => certificate,
            Some(claim) => match base_with_digest(&claim.sha256) {
                Some(base) => certificate.with_base(base),
                None => {
                    needs::lacking(&format!("the base \"{}\"", claim.source));
                    continue;
                }
            },
        };
        let Some(data) = needs::data_set(&certificate.claim().training_set.name) else {
            continue;
        };
        let verdict = certificate.verify(&data).unwrap();
        let model = certificate.model().unwrap();
        assert_eq!(model.encode().unwrap(), certificate.file());
        let failures: Vec<&String> = verdict.failures().map(|check| &check.what).collect();
        assert!(failures.is_empty(), "{}: {failures:?}", folder.display());
    }
}

#[test]
fn the_first_page_has_a_line_for_every_published_certificate() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for folder in folders() {
        let Claim {
            training_set,
            n,
            k,
            bits,
            bounds,
            held_out,
            ..
        } = Certificate::open(&folder).unwrap().claim().clone();
        let folder = folder.file_name().unwrap().to_str().unwrap().to_string();
        let held_out = held_out.map_or("none".to_string(), |held_out| percent_up(held_out.bound));
        let line = format!(
            "| [{}](experiments/certificates/{folder}) | {n} | {bits} | {k} | **{}** |",
            training_set.name,
            percent_up(bounds.occam_binomial)
        );
        let found = page.lines().find(|found| found.starts_with(&line));
        assert!(
            found.is_some_and(|found| found.contains(&held_out)),
            "the first page should say\n{line} … | {held_out} |"
        );
    }
}
