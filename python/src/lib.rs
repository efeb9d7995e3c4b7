//! The module `nonvacuous._nonvacuous`: what Python calls of the library, and the command.
//!
//! What users see is `python/package/nonvacuous/`, which brings arrays into order and documents.

mod bounds;
mod certificate;
mod code_length;
mod examples;
mod interruption;
mod model;
mod problem;
mod threads;

use std::ffi::OsString;

use pyo3::prelude::*;

/// Training takes and gives back large tensors all the time, and the system's allocator gives their
/// pages back to the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the command with these words, its name first; the exit code.
#[pyfunction]
fn run_command(py: Python<'_>, words: Vec<OsString>) -> u8 {
    py.detach(|| nonvacuous_cli::run(words))
}

#[pymodule]
mod _nonvacuous {
    #[pymodule_export]
    use super::bounds::{
        binomial_tail_inverse, bound_names, bound_values, kl_inverse, limit, max_test_error,
        percent_up,
    };
    #[pymodule_export]
    use super::certificate::Certificate;
    #[pymodule_export]
    use super::code_length::CodeLength;
    #[pymodule_export]
    use super::examples::check_examples;
    #[pymodule_export]
    use super::model::Model;
    #[pymodule_export]
    use super::run_command;
}
