//! `completions`: what a shell needs to complete the command's words.

use clap::Args;
use clap_complete::Shell;

use crate::failure::Failure;
use crate::output;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the completions of the whole command.
pub(super) fn run(arguments: &Arguments, mut command: clap::Command) -> Result<(), Failure> {
    let name = command.get_name().to_string();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    output::print(String::from_utf8_lossy(&script).trim_end());
    Ok(())
}
