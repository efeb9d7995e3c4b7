//! Pieces as processes on this machine.

use std::fs::OpenOptions;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{available_parallelism, sleep};
use std::time::Duration;

use super::record::Place;
use super::status::failed_piece;
use crate::failure::Failure;
use crate::progress::progress_bar;

/// How often it is looked whether a piece has ended.
const LOOK: Duration = Duration::from_millis(50);

/// Names the number of threads of a piece.
const THREADS: &str = "RAYON_NUM_THREADS";

/// Runs all pieces, so many at a time, then merges, as the command itself does without pieces.
pub(super) fn run(
    program: &Path,
    words: &[String],
    place: &Place,
    tasks: u64,
    at_once: usize,
) -> Result<(), Failure> {
    let bar = progress_bar(tasks, "{bar:40} {pos}/{len} pieces, {elapsed}, {eta} left");
    let cores = available_parallelism().map_or(1, usize::from);
    let threads = (cores / at_once).max(1);
    let mut waiting = (1..=tasks).collect::<Vec<u64>>().into_iter();
    let mut running: Vec<(u64, Child)> = Vec::new();
    let mut failed = Vec::new();
    loop {
        while running.len() < at_once {
            let Some(piece) = waiting.next() else { break };
            let child = begin(program, words, place, piece, tasks, threads)?;
            running.push((piece, child));
        }
        if running.is_empty() {
            break;
        }
        let mut still = Vec::new();
        for (piece, mut child) in running {
            match child.try_wait()? {
                None => still.push((piece, child)),
                Some(status) => {
                    bar.inc(1);
                    place.ended(&piece.to_string(), status.code().unwrap_or(-1))?;
                    if !status.success() {
                        failed.push(piece);
                    }
                }
            }
        }
        running = still;
        sleep(LOOK);
    }
    bar.finish_and_clear();
    if !failed.is_empty() {
        let all: Vec<String> = failed
            .iter()
            .map(|piece| failed_piece(place, *piece))
            .collect();
        return Err(Failure::misuse(format!(
            "{} of {tasks} pieces failed; the same command goes on where they were\n{}",
            failed.len(),
            all.join("\n")
        )));
    }
    let status = Command::new(program).args(words).status()?;
    let code = status.code().unwrap_or(-1);
    place.ended("merge", code)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::of_command(
        code,
        "the pieces are done, but not what they become",
    ))
}

/// Begins one piece, whose words go into its log.
fn begin(
    program: &Path,
    words: &[String],
    place: &Place,
    piece: u64,
    tasks: u64,
    threads: usize,
) -> Result<Child, Failure> {
    let path = place.log(&piece.to_string());
    let about = |error: std::io::Error| Failure::from(error).about(path.display());
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(about)?;
    let mut command = Command::new(program);
    command.args(words).arg(format!("--shard={piece}/{tasks}"));
    command
        .env(THREADS, threads.to_string())
        .stdin(Stdio::null())
        .stderr(log.try_clone().map_err(about)?)
        .stdout(log);
    Ok(command.spawn()?)
}
