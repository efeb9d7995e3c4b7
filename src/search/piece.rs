//! A part of a search's recipes, tried on a machine of its own.

use super::error::SearchError;
use super::gathered::{folder_of_piece, pieces};
use super::run::{Event, Search};
use super::settings::Settings;
use crate::compress::{CompressError, Effort, Recipe};
use crate::pieces::{Progress, Shard};
use crate::train::TrainError;

impl Search<'_> {
    /// Tries the recipes of one piece, in a folder of its own within that of the search, whose
    /// [run](Search::run) then takes what was found there. Variations of the best recipe are left
    /// to that, as nobody knows the best before.
    ///
    /// # Errors
    /// As [`Search::run`]; and if the piece that is there is of another search, or cannot be
    /// written.
    pub fn run_piece(
        &self,
        recipes: &[Recipe],
        shard: Shard,
        report: &mut dyn FnMut(Event),
    ) -> Result<(), SearchError> {
        let folder = self.folder.path();
        let (digest, start) = (self.data.train.sha256(), self.start_sha256());
        let mut file = pieces(folder, recipes, self.settings, &digest, start).begin::<()>(shard)?;
        let own = recipes
            .iter()
            .zip(0..)
            .filter(|(_, place)| shard.has(*place));
        let own: Vec<Recipe> = own.map(|(recipe, _)| recipe.clone()).collect();
        let mut progress = Progress::begin(0, own.len() as u64);
        file.put(Vec::new(), progress)?;
        let settings = Settings {
            effort: Effort::Standard,
            replace: false,
            ..self.settings.clone()
        };
        let search = Search {
            start: self.start.clone(),
            data: self.data,
            folder: &folder_of_piece(folder, shard),
            settings: &settings,
        };
        let mut untold = Ok(());
        let tried = search.run(own, &mut |event| {
            if let (Event::Tried { number, .. }, Ok(())) = (&event, &untold) {
                progress = progress.at(*number as u64);
                untold = file.put(Vec::new(), progress);
            }
            report(event);
        });
        untold?;
        match tried {
            Ok(_) | Err(SearchError::NoRecipes) => {}
            // Other pieces may have better recipes.
            Err(SearchError::Compress(CompressError::Train(TrainError::Diverged { .. }))) => {}
            Err(error) => return Err(error),
        }
        Ok(file.put(Vec::new(), progress.at(progress.of))?)
    }
}
