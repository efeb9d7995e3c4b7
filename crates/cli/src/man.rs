//! `man`: the manual, from the definitions of the options.

use std::path::PathBuf;

use clap::Args;
use clap_mangen::Man;

use crate::failure::Failure;
use crate::output;
use nonvacuous::storage::{file_error::FileError, whole_file};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Write a page for the command and one for each subcommand into this folder, instead of
    /// printing the command's
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints the page of the whole command, or writes all pages.
pub(super) fn run(arguments: &Arguments, command: clap::Command) -> Result<(), Failure> {
    if let Some(folder) = &arguments.out {
        whole_file::create_folder(folder)?;
        return clap_mangen::generate_to(command, folder)
            .map_err(|error| FileError::new("write", folder, error).into());
    }
    let mut page = Vec::new();
    let written = Man::new(command).render(&mut page);
    written.map_err(|error| Failure::output(&error))?;
    output::print(String::from_utf8_lossy(&page).trim_end());
    Ok(())
}
