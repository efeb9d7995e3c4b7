//! What is in the folders of a data set and is no example: nothing is left out without a word.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Why something is no example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// macOS's `._NAME` beside a file.
    ResourceFork,
    /// An operating system's file, such as `Thumbs.db`.
    SystemFile,
    /// A file whose name begins with a dot.
    HiddenFile,
    /// A folder whose name begins with a dot, or `__MACOSX`.
    HiddenFolder,
    /// A file that by name and content is about images.
    Annotation,
    /// A file beside the folders of the classes.
    BesideClasses,
    /// A file or folder beside the folders of the training set and of the held-out one.
    BesideSets,
}

impl Reason {
    fn words(self) -> &'static str {
        match self {
            Self::ResourceFork => "resource forks of macOS (._NAME)",
            Self::SystemFile => "files of the operating system",
            Self::HiddenFile => "hidden files",
            Self::HiddenFolder => "hidden folders",
            Self::Annotation => "files that are no images",
            Self::BesideClasses => "files beside the folders of classes",
            Self::BesideSets => "files or folders beside those of the training and held-out sets",
        }
    }
}

/// Files and folders that are no examples, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LeftOut {
    paths: BTreeMap<Reason, Vec<PathBuf>>,
}

/// So many of each kind are named.
const NAMED: usize = 3;

impl LeftOut {
    pub(super) fn add(&mut self, reason: Reason, path: &Path) {
        self.paths
            .entry(reason)
            .or_default()
            .push(path.to_path_buf());
    }

    /// A file that is used after all.
    pub(super) fn remove(&mut self, path: &Path) {
        for paths in self.paths.values_mut() {
            paths.retain(|other| other != path);
        }
        self.paths.retain(|_, paths| !paths.is_empty());
    }

    /// A sentence for each reason: how many there are, and the first of them, below `root`.
    pub(super) fn remarks(&self, root: &Path) -> Vec<String> {
        let mut remarks = Vec::new();
        for (reason, paths) in &self.paths {
            remarks.push(format!(
                "left out of {root:?}: {} {}: {}",
                paths.len(),
                reason.words(),
                first(paths, root)
            ));
        }
        remarks
    }
}

/// The first of some paths below `root`, escaped for a terminal.
fn first(paths: &[PathBuf], root: &Path) -> String {
    let mut names = Vec::new();
    for path in paths.iter().take(NAMED) {
        names.push(format!("{:?}", path.strip_prefix(root).unwrap_or(path)));
    }
    if paths.len() > NAMED {
        names.push("…".to_string());
    }
    names.join(", ")
}
