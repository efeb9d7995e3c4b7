//! One self-contained page of HTML: no scripts, nothing from the network.

mod certificate;
mod confidence;
mod experiments;
mod page;

use std::path::Path;

use super::error::FigureError;

/// The page's file, in the folder that it is about.
pub const REPORT_FILE: &str = "report.html";

/// The page about a folder: that of a certificate, or that of experiments.
///
/// # Errors
/// [`FigureError::NothingThere`] if it is neither; otherwise what cannot be read or drawn.
pub fn report(folder: &Path) -> Result<String, FigureError> {
    if folder.join("certificate.json").exists() {
        return certificate::page(folder);
    }
    experiments::page(folder)
}
