//! `nonvacuous prove`: a certificate as a theorem that Coq checks.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::output::{print, print_json, write_whole};
use nonvacuous::certificate::Certificate;
use nonvacuous::storage::whole_file;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// certificate.json, or the folder it is in
    certificate: PathBuf,

    /// Folder for the development: the theory, and claim.v, which states the claim
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let certificate = Certificate::open(&arguments.certificate)?;
    let development = certificate.claim().development()?;
    whole_file::create_folder(&arguments.output)?;
    let mut written = Vec::new();
    for (name, text) in &development.files {
        let path = arguments.output.join(name);
        write_whole(&path, text.as_bytes())?;
        written.push(path.display().to_string());
    }
    if json {
        return print_json(&json!({ "written": written }));
    }
    let folder = arguments.output.display();
    print(&format!("written: {folder} ({} files)", written.len()));
    print(&format!(
        "let Coq check it: cd {folder} && coq_makefile -f _CoqProject -o Makefile && make"
    ));
    Ok(())
}
