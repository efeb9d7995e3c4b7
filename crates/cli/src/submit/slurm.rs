//! What is asked of Slurm.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use crate::failure::Failure;

/// Hands a script to Slurm; the number of its job.
pub(super) fn sbatch(script: &Path, options: &[String]) -> Result<String, Failure> {
    let mut words: Vec<&OsStr> = vec!["--parsable".as_ref()];
    words.extend(options.iter().map(OsStr::new));
    words.push(script.as_os_str());
    let answer = ask("sbatch", &words)?.map_err(Failure::misuse)?;
    // The name of a cluster may follow.
    let number = answer.split([';', '\n']).next().unwrap_or_default().trim();
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Failure::misuse(format!(
            "sbatch said no number of a job: {answer:?}"
        )));
    }
    Ok(number.to_string())
}

/// A job, or a task of an array, that has not ended.
#[derive(Debug, Clone)]
pub(super) struct Queued {
    /// As Slurm calls it: RUNNING, PENDING, …
    pub(super) state: String,
    /// Why it waits.
    pub(super) reason: String,
}

/// The tasks of an array that have not ended, by number; or a job, as `N/A`.
pub(super) fn queued(job: &str) -> Result<HashMap<String, Queued>, Failure> {
    let (jobs, format) = (format!("--jobs={job}"), "--format=%K|%T|%r");
    let words = ["--noheader", "--array", &jobs, format].map(OsStr::new);
    let text = match ask("squeue", &words)? {
        Ok(text) => text,
        // A job that ended a while ago.
        Err(message) if message.contains("Invalid job id") => return Ok(HashMap::new()),
        Err(message) => return Err(Failure::misuse(message)),
    };
    let mut tasks = HashMap::new();
    for line in text.lines() {
        let mut fields = line.split('|').map(str::trim);
        if let (Some(task), Some(state)) = (fields.next(), fields.next()) {
            // Slurm still says of a job that it has ended until it has cleaned up.
            let is_over = ["CANCELLED", "FAILED", "COMPLETED", "TIMEOUT", "NODE_FAIL"]
                .iter()
                .any(|over| state.starts_with(over));
            if !is_over {
                let reason = fields.next().unwrap_or_default().to_string();
                let state = state.to_string();
                tasks.insert(task.to_string(), Queued { state, reason });
            }
        }
    }
    Ok(tasks)
}

/// What a program of Slurm's says, or its message.
fn ask(program: &str, words: &[&OsStr]) -> Result<Result<String, String>, Failure> {
    let output = Command::new(program)
        .args(words)
        .output()
        .map_err(|error| {
            if error.kind() == ErrorKind::NotFound {
                return Failure::misuse(format!(
                    "{program} is not on this machine, so that nothing can be submitted to Slurm: \
                 --local K runs the pieces as processes here, and --dry-run writes the scripts"
                ));
            }
            Failure::from(error).about(program)
        })?;
    if output.status.success() {
        return Ok(Ok(String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    let message = String::from_utf8_lossy(&output.stderr);
    Ok(Err(format!("{program}: {}", message.trim())))
}
