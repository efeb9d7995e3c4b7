//! Where data sets are looked for.

use std::path::{Path, PathBuf};

use etcetera::base_strategy::{choose_native_strategy, BaseStrategy};

/// Folders in the order in which they are searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPath {
    /// Each may contain a folder for each data set.
    pub folders: Vec<PathBuf>,
    /// Where `fetch` puts data sets: one of the folders.
    pub cache: PathBuf,
}

impl SearchPath {
    /// `data_dir`, then `$NONVACUOUS_DATA`, then the user's cache folder, then
    /// `/usr/share/datasets`.
    ///
    /// Data sets are fetched into `data_dir` if it is given, else into `nonvacuous` in the folder
    /// that the system keeps caches in: `$XDG_CACHE_HOME` or `~/.cache` on Linux,
    /// `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows. Where nobody has a home, that is
    /// the folder for temporary files.
    pub fn from_environment(data_dir: Option<&Path>) -> Self {
        let cache = match choose_native_strategy() {
            Ok(system) => system.cache_dir(),
            Err(_) => std::env::temp_dir(),
        }
        .join("nonvacuous");
        let given = std::env::var_os("NONVACUOUS_DATA")
            .filter(|value| !value.is_empty())
            .map(PathBuf::from);
        let data_dir = data_dir.map(Path::to_path_buf);
        let folders = data_dir
            .iter()
            .cloned()
            .chain(given)
            .chain([cache.clone(), PathBuf::from("/usr/share/datasets")])
            .collect();
        Self {
            folders,
            cache: data_dir.unwrap_or(cache),
        }
    }

    /// Only this folder.
    pub fn only(folder: &Path) -> Self {
        Self {
            folders: vec![folder.to_path_buf()],
            cache: folder.to_path_buf(),
        }
    }
}
