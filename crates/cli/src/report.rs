//! `nonvacuous report`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::output::{print, print_json, write_whole};
use nonvacuous::figures::report::{report, REPORT_FILE};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of a certificate, or of experiments; report.html is written into it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let page = report(&arguments.folder)?;
    let path = arguments.folder.join(REPORT_FILE);
    write_whole(&path, page.as_bytes())?;
    if json {
        return print_json(&json!({ "written": path.display().to_string() }));
    }
    print(&path.display().to_string());
    Ok(())
}
