//! Files that survive being killed at any moment.
//!
//! - [`whole_file`]: a file that is there whole or not at all;
//! - [`append_log`]: a file that grows by whole lines, written by one process at a time;
//! - [`folder`]: what is in a folder;
//! - `pace`: how often a file is written that changes while a process works;
//! - [`memory_limit`]: how much memory what a file says may take.
//!
//! Nothing here knows what is stored.

pub mod append_log;
pub mod file_error;
pub mod folder;
pub mod line_format;
pub mod memory_limit;
pub(crate) mod pace;
pub mod whole_file;
