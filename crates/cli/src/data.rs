//! `nonvacuous data list|path|fetch`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::failure::Failure;
use super::output::{print, print_json};
#[cfg(feature = "download")]
use super::progress::progress_bar;
use super::table::table;
#[cfg(feature = "download")]
use nonvacuous::data::fetch;
use nonvacuous::data::{known_set, path, KnownSet, SearchPath, KNOWN_SETS};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The data sets that are known by name
    List,
    /// The folder in which a data set is found
    Path {
        /// Name of the data set
        name: String,
    },
    /// Download a data set into --data-dir or the cache folder
    #[cfg(feature = "download")]
    Fetch {
        /// Name of the data set
        name: String,
        /// Folder of the files on another server, ending in a slash (for cifar10: the archive);
        /// checksums stay the same
        #[arg(long, value_name = "URL")]
        mirror: Option<String>,
    },
}

pub(super) fn run(arguments: &Arguments, search: &SearchPath, json: bool) -> Result<(), Failure> {
    let folder = match &arguments.action {
        Action::List => return list(search, json),
        Action::Path { name } => path(known(name)?, search)?,
        #[cfg(feature = "download")]
        Action::Fetch { name, mirror } => {
            let bar = progress_bar(0, "{msg} {bar:24} {bytes}/{total_bytes}, {eta} left");
            let folder = fetch(
                known(name)?,
                search,
                mirror.as_deref(),
                &mut |file, transfer| {
                    bar.set_message(file.to_string());
                    bar.set_length(transfer.total.unwrap_or(transfer.done));
                    bar.set_position(transfer.done);
                },
            )?;
            bar.finish_and_clear();
            folder
        }
    };
    if json {
        return print_json(&json!({ "path": folder.display().to_string() }));
    }
    print(&folder.display().to_string());
    Ok(())
}

fn known(name: &str) -> Result<&'static KnownSet, Failure> {
    known_set(name).ok_or_else(|| {
        Failure::misuse(format!(
            "there is no data set \"{name}\"; `nonvacuous data list` lists them"
        ))
    })
}

fn list(search: &SearchPath, json: bool) -> Result<(), Failure> {
    let place = |set: &KnownSet| match (set.folders.is_empty(), path(set, search)) {
        (true, _) => "embedded".to_string(),
        (false, Ok(folder)) => folder.display().to_string(),
        (false, Err(_)) => "not here".to_string(),
    };
    if json {
        let sets: Vec<_> = KNOWN_SETS
            .iter()
            .map(|set| {
                json!({
                    "name": set.name,
                    "description": set.description,
                    "training": set.training,
                    "test": set.test,
                    "source": set.source,
                    "place": place(set),
                })
            })
            .collect();
        return print_json(&sets);
    }
    let mut rows = vec![["name", "training", "test", "place"]
        .map(str::to_string)
        .to_vec()];
    rows.extend(KNOWN_SETS.iter().map(|set| {
        vec![
            set.name.to_string(),
            set.training.to_string(),
            set.test.to_string(),
            place(set),
        ]
    }));
    print(&table(&rows));
    Ok(())
}
