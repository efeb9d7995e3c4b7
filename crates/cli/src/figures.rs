//! `nonvacuous figures`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::output::{create_folder, print, print_json, write_whole};
use super::progress::progress_bar;
use super::Failure;
use nonvacuous::figures::{Figure, FIGURES};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Which ones; without a name, all whose files are there
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Folder with the CSV of experiments
    #[arg(long, value_name = "DIR", default_value = "experiments")]
    experiments: PathBuf,

    /// Folder for NAME.svg and NAME.png [default: figures in the folder of experiments]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let experiments = &arguments.experiments;
    let figures: Vec<&Figure> = if arguments.names.is_empty() {
        FIGURES
            .iter()
            .filter(|figure| figure.has_sources(experiments))
            .collect()
    } else {
        arguments
            .names
            .iter()
            .map(|name| Figure::named(name))
            .collect::<Result<_, _>>()?
    };
    if figures.is_empty() {
        let hint = format!(
            "{} has no files of experiments; name their folder with --experiments, or run an experiment first",
            experiments.display()
        );
        return Err(Failure::misuse(&hint));
    }
    let folder = arguments
        .out
        .clone()
        .unwrap_or_else(|| experiments.join("figures"));
    create_folder(&folder)?;
    let progress = progress_bar(figures.len() as u64, "{bar:40} {pos}/{len} pictures");
    let mut written = Vec::new();
    for figure in figures {
        let picture = figure.draw(experiments)?;
        for (extension, bytes) in [
            ("svg", picture.svg().as_bytes().to_vec()),
            ("png", picture.png()?),
        ] {
            let path = folder.join(format!("{}.{extension}", figure.name));
            write_whole(&path, &bytes)?;
            written.push(path.display().to_string());
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    if json {
        return print_json(&json!({ "written": written }));
    }
    written.iter().for_each(|path| print(path));
    Ok(())
}
