//! The command `nonvacuous`.

use std::process::ExitCode;

/// Training takes and gives back large tensors all the time, and the system's allocator gives their
/// pages back to the system.
#[cfg(feature = "train")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(nonvacuous_cli::run(std::env::args_os()))
}
