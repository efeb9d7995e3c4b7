//! Known data sets from their servers.

mod download;
mod set;

pub use download::{download, Transfer};
pub use set::fetch;
