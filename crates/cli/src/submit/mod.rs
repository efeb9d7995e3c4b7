//! `nonvacuous submit`.

mod local;
mod record;
mod scripts;
mod slurm;
mod status;
mod work;

use std::path::PathBuf;

use clap::Args;

pub(super) use self::work::Work;

use self::record::{Place, Runner, Submission};
use self::scripts::{SbatchOptions, Scripts};
use self::slurm::sbatch;
use super::failure::Failure;
use super::output::{print, print_json};
use nonvacuous::storage::whole_file;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How many pieces; without it 8, or as many as --local runs at a time
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    tasks: Option<u64>,

    /// Run the pieces as processes on this machine, so many at a time, and merge them
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(1..))]
    local: Option<u16>,

    /// Write the batch scripts, and submit nothing
    #[arg(long, conflicts_with = "local")]
    dry_run: bool,

    /// How far is everything that was submitted into this folder of results
    #[arg(
        long, value_name = "DIR",
        conflicts_with_all = ["tasks", "local", "dry_run", "command"]
    )]
    status: Option<PathBuf>,

    #[command(flatten)]
    sbatch: SbatchOptions,

    /// run X.toml, certify or verify, with all their options
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// Pieces, where nothing else is said.
const TASKS: u64 = 8;

/// `work_of` reads the command that is to be done in pieces.
pub(super) fn run(
    arguments: &Arguments,
    work_of: &dyn Fn(&[String]) -> Result<Work, Failure>,
    json: bool,
) -> Result<(), Failure> {
    if let Some(folder) = &arguments.status {
        if arguments.sbatch.is_given() {
            return Err(Failure::misuse(
                "options of sbatch have no use with --status",
            ));
        }
        return status::show(folder, json);
    }
    let words = &arguments.command;
    if words.is_empty() {
        return Err(Failure::misuse(
            "say what is to be done in pieces: nonvacuous submit -- run X.toml",
        ));
    }
    if arguments.local.is_some() && arguments.sbatch.is_given() {
        return Err(Failure::misuse(
            "options of sbatch have no use with --local, which runs the pieces here",
        ));
    }
    let work = work_of(words)?;
    let at_once = arguments.local.map(u64::from);
    let tasks = arguments.tasks.or(at_once).unwrap_or(TASKS);
    let place = Place::of(&work)?;
    let program = std::env::current_exe()?;
    let mut submission = Submission {
        name: work.name.clone(),
        command: [vec!["nonvacuous".to_string()], words.clone()].concat(),
        tasks,
        pieces: absolute(&work.pieces)?,
        names: work.names.clone(),
        runner: Runner::Local {
            process: std::process::id(),
        },
    };
    if let Some(at_once) = arguments.local {
        place.forget_ends()?;
        place.write(&submission)?;
        return local::run(&program, words, &place, tasks, usize::from(at_once));
    }
    let scripts = Scripts {
        name: &work.name,
        place: &place,
        here: &std::env::current_dir()?,
        program: &program.to_string_lossy(),
        words,
        tasks,
        options: &arguments.sbatch,
    };
    scripts.check()?;
    whole_file::write_lines(&place.pieces_script(), &scripts.pieces()?)?;
    whole_file::write_lines(&place.merge_script(), &scripts.merge()?)?;
    if arguments.dry_run {
        let (pieces, merge) = (place.pieces_script(), place.merge_script());
        if json {
            return print_json(&serde_json::json!({ "pieces": pieces, "merge": merge }));
        }
        print(&format!(
            "written: {} and {}\nsubmitted by: sbatch {0}, then \
             sbatch --dependency=afterany:JOB {1}",
            pieces.display(),
            merge.display()
        ));
        return Ok(());
    }
    place.forget_ends()?;
    let pieces = sbatch(&place.pieces_script(), &[])?;
    let merge = sbatch(
        &place.merge_script(),
        &[format!("--dependency=afterany:{pieces}")],
    )?;
    submission.runner = Runner::Slurm {
        pieces: pieces.clone(),
        merge: merge.clone(),
    };
    place.write(&submission)?;
    if json {
        return print_json(&serde_json::json!({ "pieces": pieces, "merge": merge }));
    }
    print(&format!(
        "job {pieces}: {} in {tasks} pieces\njob {merge}: the merge, when they have ended\nhow far \
         they are: nonvacuous submit --status {}",
        work.name,
        work.folder.display()
    ));
    Ok(())
}

/// A path from the root, of what may not be there yet.
fn absolute(path: &std::path::Path) -> Result<PathBuf, Failure> {
    Ok(std::path::absolute(path)?)
}
