//! The command `nonvacuous`.

use std::process::ExitCode;

fn main() -> ExitCode {
    nonvacuous::cli::run()
}
