//! What the pieces of a search have found.

use std::path::{Path, PathBuf};

use super::error::SearchError;
use super::settings::Settings;
use super::trials::{Trial, Trials};
use crate::certificate::{Certificate, Folder};
use crate::compress::Recipe;
use crate::pieces::{Identity, Pieces, Shard, FOLDER};

/// What the pieces of searches are called.
pub const SEARCH_PIECES: &str = "search";

/// The pieces of a search in a folder: what they depend on is the recipes, the settings, the digest
/// of the training set, and that of a network from which training begins.
pub(super) fn pieces(
    folder: &Path,
    recipes: &[Recipe],
    settings: &Settings,
    training_set: &str,
    start: &str,
) -> Pieces {
    let Settings {
        delta,
        seed,
        unseen,
        per_class,
        groups,
        ..
    } = settings;
    let settings = format!("{delta:?} {seed} {unseen} {per_class} {groups:?}");
    let recipes: Vec<&str> = recipes.iter().map(Recipe::identity).collect();
    let configuration = format!("search\n{settings}\n{start}\n{}", recipes.join("\n"));
    let identity = Identity::new(&configuration, training_set);
    Pieces::new(&folder.join(FOLDER), SEARCH_PIECES, identity)
}

/// Where a piece's own search is.
pub(super) fn folder_of_piece(folder: &Path, shard: Shard) -> Folder {
    Folder::at(folder.join(FOLDER).join(shard.in_name()))
}

/// Trials that pieces made, and the folder of each.
pub(super) struct Gathered(Vec<(Trial, PathBuf)>);

impl Gathered {
    /// Those of all pieces in the folder of a search, finished or not.
    ///
    /// # Errors
    /// If one is of another search, or cannot be read.
    pub(super) fn read(pieces: &Pieces, folder: &Path) -> Result<Self, SearchError> {
        let mut trials = Vec::new();
        for piece in pieces.read::<()>()? {
            let folder = folder_of_piece(folder, piece.head.shard);
            let path = folder.path().to_path_buf();
            let found = Trials::read(&folder.trials())?;
            trials.extend(found.into_iter().map(|trial| (trial, path.clone())));
        }
        Ok(Self(trials))
    }

    /// The same trial, if a piece has made it.
    pub(super) fn find(&self, like: &Trial) -> Option<&Trial> {
        let found = self.0.iter().find(|(trial, _)| trial.is_same(like));
        found.map(|(trial, _)| trial)
    }

    /// The certificates of pieces that made this trial.
    pub(super) fn certificates<'a>(
        &'a self,
        like: &'a Trial,
    ) -> impl Iterator<Item = Certificate> + 'a {
        let folders = self.0.iter().filter(|(trial, _)| trial.is_same(like));
        folders.filter_map(|(_, folder)| Folder::at(folder).certificate().ok()?)
    }
}
