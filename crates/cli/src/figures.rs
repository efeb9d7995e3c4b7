//! `nonvacuous figures`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::output::{print, print_json, refuse_same_file, warn, write_whole};
use super::progress::progress_bar;
use nonvacuous::figures::{figures, named, Figure, FigureKind, Picture};
use nonvacuous::storage::whole_file;

#[derive(Debug, Args)]
#[command(after_long_help = kinds_help())]
pub(super) struct Arguments {
    /// Figures of the folder; without a name all whose files are there. With --kind: the files
    #[arg(value_name = "NAME|FILE")]
    names: Vec<String>,

    /// Draw these files, whatever they are called; `--help` lists kinds and what they need
    #[arg(
        long,
        value_name = "KIND",
        requires = "names",
        conflicts_with = "experiments"
    )]
    kind: Option<FigureKind>,

    /// Folder of results: draws what its figures.toml lists, or without one what it recognises
    #[arg(long, value_name = "DIR", default_value = "experiments")]
    experiments: PathBuf,

    /// Folder for NAME.svg and NAME.png [default: figures in the folder of results]; with --kind
    /// the picture OUT.svg, with OUT.png beside it [default: named after FILE, beside it]
    #[arg(short, long, value_name = "DIR|OUT.svg")]
    out: Option<PathBuf>,
}

/// What each kind shows and needs.
fn kinds_help() -> String {
    let mut text = String::from("Kinds of figures, and the files that they are drawn from:\n");
    for kind in FigureKind::ALL {
        text += &format!("\n{kind}: {}\n", kind.files());
        text += &format!("    {}\n", kind.shows());
        if !kind.columns().is_empty() {
            text += &format!("    Columns: {}\n", kind.columns().join(", "));
        }
    }
    text
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let written = match arguments.kind {
        Some(kind) => draw_files(kind, arguments)?,
        None => draw_folder(arguments)?,
    };
    // A path need not be text; what is printed is.
    let written: Vec<String> = written
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    if json {
        return print_json(&json!({ "written": written }));
    }
    for path in &written {
        print(path);
    }
    Ok(())
}

/// One picture of a user's own files.
fn draw_files(kind: FigureKind, arguments: &Arguments) -> Result<Vec<PathBuf>, Failure> {
    let files: Vec<&Path> = arguments.names.iter().map(Path::new).collect();
    let path = match (&arguments.out, files.first()) {
        (Some(path), _) => path.clone(),
        (None, first) => first
            .copied()
            .unwrap_or(Path::new(kind.name()))
            .with_extension("svg"),
    };
    if path.extension().is_none_or(|ending| ending != "svg") {
        let hint = format!(
            "--out {}: accepted with --kind is the name of an SVG file, such as mine.svg; \
             mine.png is written beside it",
            path.display()
        );
        return Err(Failure::misuse(&hint));
    }
    for file in &files {
        for output in [&path, &path.with_extension("png")] {
            refuse_same_file(file, output)?;
        }
    }
    write_picture(&kind.draw(&files)?, &path)
}

/// Pictures of a folder of results.
fn draw_folder(arguments: &Arguments) -> Result<Vec<PathBuf>, Failure> {
    let experiments = &arguments.experiments;
    let all = figures(experiments)?;
    let chosen = chosen(&all, arguments)?;
    let out = arguments.out.clone();
    let folder = out.unwrap_or_else(|| experiments.join("figures"));
    whole_file::create_folder(&folder)?;
    let progress = progress_bar(chosen.len() as u64, "{bar:40} {pos}/{len} pictures");
    let mut written = Vec::new();
    for figure in chosen {
        let picture = figure.draw(experiments)?;
        let path = folder.join(format!("{}.svg", figure.name));
        written.extend(write_picture(&picture, &path)?);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(written)
}

/// The figures with the names that were given; without a name those whose files are there.
fn chosen<'a>(all: &'a [Figure], arguments: &Arguments) -> Result<Vec<&'a Figure>, Failure> {
    let experiments = &arguments.experiments;
    if !experiments.is_dir() {
        let hint = format!(
            "{} is not a folder; name that of your results with --experiments",
            experiments.display()
        );
        return Err(Failure::misuse(&hint));
    }
    if all.is_empty() {
        let hint = format!(
            "{} has no files of experiments that can be recognised; say how a file is to be drawn: \
             nonvacuous figures --kind KIND FILE.csv (kinds: {})",
            experiments.display(),
            FigureKind::ALL.map(FigureKind::name).join(", ")
        );
        return Err(Failure::misuse(&hint));
    }
    let mut chosen = Vec::new();
    if !arguments.names.is_empty() {
        for name in &arguments.names {
            chosen.push(named(all, name)?);
        }
        return Ok(chosen);
    }
    let mut lacking = Vec::new();
    for figure in all {
        let missing = figure.missing_sources(experiments);
        match missing.first() {
            None => chosen.push(figure),
            Some(path) => lacking.push(format!("{} (no {})", figure.name, path.display())),
        }
    }
    if chosen.is_empty() {
        let hint = format!(
            "{} has no files of experiments for its figures: {}",
            experiments.display(),
            lacking.join(", ")
        );
        return Err(Failure::misuse(&hint));
    }
    if !lacking.is_empty() {
        warn(&format!("nonvacuous: not drawn: {}", lacking.join(", ")));
    }
    Ok(chosen)
}

/// Writes a picture as SVG, and beside it as PNG.
fn write_picture(picture: &Picture, svg: &Path) -> Result<Vec<PathBuf>, Failure> {
    let png = svg.with_extension("png");
    write_whole(svg, picture.svg().as_bytes())?;
    write_whole(&png, &picture.png()?)?;
    Ok(vec![svg.to_path_buf(), png])
}
