//! `nonvacuous certify`: networks trained by recipes, of which the best is certified.

use std::io::IsTerminal;
use std::path::Path;

use indicatif::ProgressBar;

use super::arguments::Arguments;
use super::outcome;
use crate::failure::Failure;
use crate::output::{refuse_same_file, warn};
use crate::progress::progress_bar;
use crate::shard::show_piece;
use nonvacuous::certificate::{percent_up, Folder};
use nonvacuous::code::Architecture;
use nonvacuous::compress::{recipes, Progress, Recipe};
use nonvacuous::data::{DataSet, Groups};
use nonvacuous::pieces::FOLDER;
use nonvacuous::search::{Event, Search, Trial, Trials};
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::whole_file;

/// Searches, and says what was found.
pub(super) fn certify(
    arguments: &Arguments,
    data: &DataSet,
    groups: Option<Groups>,
    folder: &Folder,
    json: bool,
) -> Result<(), Failure> {
    let recipes = chosen_recipes(arguments, data)?;
    if let (Some(path), [recipe]) = (&arguments.recipe, &recipes[..]) {
        keep_as_written(path, recipe, folder)?;
    }
    let mut settings = arguments.settings();
    settings.groups = groups.map(|groups| groups.of().to_vec());
    let progress = TrainingProgress::new();
    let search = Search::new(data, folder, &settings);
    if let Some(shard) = arguments.shard {
        let done = search.run_piece(&recipes, shard, &mut |event| progress.show(&event));
        progress.finish();
        done?;
        return show_piece(shard, &folder.path().join(FOLDER), json);
    }
    let found = search.run(recipes, &mut |event| progress.show(&event));
    progress.finish();
    let found = found?;
    let data = &arguments.data;
    outcome::report(folder, &found.certificate, &found.kept, data, json)
}

/// The recipes that are tried, in order.
pub(super) fn chosen_recipes(
    arguments: &Arguments,
    data: &DataSet,
) -> Result<Vec<Recipe>, Failure> {
    let (shape, classes) = (data.train.shape(), data.train.classes());
    if let Some(path) = &arguments.recipe {
        return Ok(vec![read_recipe(path, shape, classes)?]);
    }
    let recipes = recipes(&data.train, arguments.effort.into())?;
    let Some(text) = &arguments.arch else {
        return Ok(recipes);
    };
    let architecture = Architecture::from_name_or_layers(text, shape, classes)?;
    let mut recipes: Vec<Recipe> = recipes
        .into_iter()
        .map(|recipe| recipe.with_architecture(architecture.clone()))
        .collect::<Result<_, _>>()?;
    recipes.dedup();
    Ok(recipes)
}

/// The folder gets the recipe in the form in which it is always written: over the file that was
/// given only if it is in that form.
fn keep_as_written(path: &Path, recipe: &Recipe, folder: &Folder) -> Result<(), Failure> {
    if whole_file::read_text(path)? == recipe.to_toml() {
        return Ok(());
    }
    refuse_same_file(path, &folder.recipe())
}

/// The recipe in a file, for images of that size.
pub(super) fn read_recipe(
    path: &Path,
    input: ImageSize,
    classes: usize,
) -> Result<Recipe, Failure> {
    let text = whole_file::read_text(path)?;
    let (recipe, other) = Recipe::parse_for_classes(&text, input, classes)
        .map_err(|error| Failure::from(error).about(path.display()))?;
    if let Some(outputs) = other {
        warn(&format!(
            "nonvacuous: {path:?}: the last layer has {classes} outputs, one for each class, \
             instead of {outputs}"
        ));
    }
    Ok(recipe)
}

/// How far a search is: bars and lines, on a terminal only.
pub(super) struct TrainingProgress {
    bar: ProgressBar,
}

impl TrainingProgress {
    pub(super) fn new() -> Self {
        let template = "{prefix} {bar:24} {pos}/{len} epochs, {msg}, {eta} left";
        Self {
            bar: progress_bar(0, template),
        }
    }

    pub(super) fn show(&self, event: &Event) {
        match event {
            Event::Begun { number, of, recipe } => {
                self.bar.reset();
                let settings = recipe.settings();
                let epochs = settings.first.epochs + settings.second.epochs;
                self.bar.set_length(epochs as u64);
                self.bar.set_prefix(format!("[{number}/{of}]"));
                self.bar.set_message("starting");
            }
            Event::Progress(Progress::Step(_)) => {}
            Event::Progress(progress) => {
                self.bar.set_message(progress.to_string());
                if matches!(progress, Progress::Pruning(_) | Progress::Codebook(_)) {
                    self.bar.inc(1);
                }
            }
            Event::Tried {
                number,
                recipe,
                trials,
                training_set,
            } => {
                if std::io::stderr().is_terminal() {
                    self.bar.suspend(|| {
                        show_trial(trials, *number, recipe);
                        show_frontier(trials, training_set);
                    });
                }
            }
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// What came out of the last trial.
fn show_trial(trials: &Trials, number: usize, recipe: &Recipe) {
    if let Some(Trial {
        bits,
        errors,
        n,
        bound,
        ..
    }) = trials.all().last()
    {
        let bound = percent_up(*bound);
        warn(&format!(
            "[{number}] bound {bound}: {bits} bits, {errors} of {n} training images misclassified; \
             {recipe}"
        ));
    }
}

/// The trials that no other beats, so far.
fn show_frontier(trials: &Trials, training_set: &str) {
    let mut points = Vec::new();
    for trial in trials.frontier(training_set) {
        let bound = percent_up(trial.bound);
        points.push(format!("{} bits {} ({bound})", trial.bits, trial.errors));
    }
    let points = points.join("; ");
    warn(&format!("    frontier, bits errors (bound): {points}"));
}
