//! Pictures of results, and pages of them.
//!
//! A [`FigureKind`] is a pure function of files that an experiment or a certificate has left; its
//! picture is the same, byte for byte, on every machine. A [`Figure`] is one of those that a folder
//! lists in its `figures.toml`, or that are recognised there; [`report`] puts them on a page
//! together with what they show.
//!
//! ```
//! use nonvacuous::figures::FigureKind;
//!
//! let folder = tempfile::tempdir()?;
//! let mine = folder.path().join("mine.csv");
//! std::fs::write(&mine, "n,delta,errors,bits\n60000,0.05,1035,1688\n60000,0.05,900,2400\n")?;
//! let picture = FigureKind::Frontier.draw(&[mine])?;
//! assert!(picture.svg().starts_with("<svg"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod certificates;
mod chart;
mod definition;
mod error;
mod figure;
mod folder;
mod kind;
mod kinds;
mod list;
pub mod report;
mod table;

pub use chart::picture::Picture;
pub use error::FigureError;
pub use figure::Figure;
pub use kind::FigureKind;
pub use list::{figures, named, FIGURE_LIST};
