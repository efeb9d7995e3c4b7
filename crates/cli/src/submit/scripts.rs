//! The batch scripts, which people read and edit.

use std::path::Path;

use clap::Args;

use super::record::Place;
use crate::failure::Failure;

/// What sbatch is told beside the work.
#[derive(Debug, Args)]
pub(super) struct SbatchOptions {
    /// Partition of the cluster
    #[arg(long, value_name = "NAME")]
    partition: Option<String>,

    /// Most time for a piece, as sbatch takes it; a piece that it ends goes on when it is submitted
    /// again
    #[arg(long, value_name = "TIME")]
    time: Option<String>,

    /// Memory of a piece
    #[arg(long, value_name = "SIZE")]
    mem: Option<String>,

    /// Cores of a piece
    #[arg(long, value_name = "N")]
    cpus_per_task: Option<u32>,

    /// Whose account is charged
    #[arg(long, value_name = "NAME")]
    account: Option<String>,

    /// Any other option of sbatch, such as --sbatch=--constraint=avx2
    #[arg(long = "sbatch", value_name = "OPTION", allow_hyphen_values = true)]
    others: Vec<String>,
}

impl SbatchOptions {
    /// As lines of a script.
    fn lines(&self) -> Result<Vec<String>, Failure> {
        let named = [
            ("partition", self.partition.clone()),
            ("time", self.time.clone()),
            ("mem", self.mem.clone()),
            (
                "cpus-per-task",
                self.cpus_per_task.map(|cpus| cpus.to_string()),
            ),
            ("account", self.account.clone()),
        ];
        let mut options = Vec::new();
        for (name, value) in named {
            options.extend(value.map(|value| format!("--{name}={value}")));
        }
        for other in &self.others {
            if !other.starts_with('-') {
                return Err(Failure::misuse(format!(
                    "--sbatch {other}: accepted is an option of sbatch, such as \
                     --sbatch=--constraint=avx2"
                )));
            }
            options.push(other.clone());
        }
        if let Some(bad) = options.iter().find(|option| option.contains(['\n', '\r'])) {
            return Err(Failure::misuse(format!("{bad:?} does not fit into a line")));
        }
        Ok(options
            .iter()
            .map(|option| format!("#SBATCH {option}"))
            .collect())
    }

    /// Whether something is said to sbatch.
    pub(super) fn is_given(&self) -> bool {
        self.lines().is_ok_and(|lines| !lines.is_empty()) || !self.others.is_empty()
    }
}

/// What the scripts are about.
pub(super) struct Scripts<'a> {
    pub(super) name: &'a str,
    pub(super) place: &'a Place,
    /// Where the command was typed.
    pub(super) here: &'a Path,
    /// This program.
    pub(super) program: &'a str,
    /// The command that is done in pieces.
    pub(super) words: &'a [String],
    pub(super) tasks: u64,
    pub(super) options: &'a SbatchOptions,
}

impl Scripts<'_> {
    /// The script of the array.
    pub(super) fn pieces(&self) -> Result<Vec<String>, Failure> {
        let Self { name, tasks, .. } = self;
        let mut lines = vec![
            "#!/bin/bash".to_string(),
            format!("# {name} in {tasks} pieces, as nonvacuous submit wrote it. It may be edited."),
            format!(
                "# Submit it again with: sbatch {}",
                quoted(&self.place.pieces_script())
            ),
            "# or with --array=3,7 for some of the pieces: a piece goes on where it was."
                .to_string(),
            format!("#SBATCH --job-name={name}"),
            format!("#SBATCH --array=1-{tasks}"),
        ];
        lines.extend(self.common("%a")?);
        lines.extend(self.command(
            &format!("--shard slurm/{tasks}"),
            &self.place.exit("$SLURM_ARRAY_TASK_ID"),
        ));
        Ok(lines)
    }

    /// The script of the job that gathers what the pieces found.
    pub(super) fn merge(&self) -> Result<Vec<String>, Failure> {
        let Self { name, .. } = self;
        let mut lines = vec![
            "#!/bin/bash".to_string(),
            format!("# Gathers the pieces of {name}, and does what none of them did."),
            format!("#SBATCH --job-name={name}-merge"),
        ];
        lines.extend(self.common("merge")?);
        lines.extend(self.command("", &self.place.exit("merge")));
        Ok(lines)
    }

    fn common(&self, log: &str) -> Result<Vec<String>, Failure> {
        let log = self.place.log(log);
        let mut lines = vec![
            "#SBATCH --requeue".to_string(),
            "#SBATCH --open-mode=append".to_string(),
            format!("#SBATCH --output=\"{}\"", log.display()),
        ];
        lines.extend(self.options.lines()?);
        Ok(lines)
    }

    /// The command, and its exit code in a file: where jobs are not accounted for, nothing else
    /// says how they ended.
    fn command(&self, option: &str, exit: &Path) -> Vec<String> {
        let words: Vec<String> = self
            .words
            .iter()
            .map(|word| quoted(Path::new(word)))
            .collect();
        let program = quoted(Path::new(self.program));
        vec![
            String::new(),
            format!("cd {} || exit", quoted(self.here)),
            "export RAYON_NUM_THREADS=\"${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-1}}\""
                .to_string(),
            format!("exit_file=\"{}\"", exit.display()),
            "rm -f \"$exit_file\"".to_string(),
            format!("{program} {} {option}", words.join(" "))
                .trim_end()
                .to_string(),
            "code=$?".to_string(),
            "echo \"$code\" > \"$exit_file\"".to_string(),
            "exit \"$code\"".to_string(),
        ]
    }

    /// Refuses folders whose names mean something in a batch script.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let folder = self.place.folder().display().to_string();
        if folder.contains(['%', '"', '\\', '$', '`', '\n']) {
            return Err(Failure::misuse(format!(
                "the folder {folder:?} has one of % \" \\ $ ` in its name, which sbatch would take \
                 for something else: use another"
            )));
        }
        Ok(())
    }
}

/// A word as the shell reads it.
fn quoted(word: &Path) -> String {
    let word = word.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_reads_every_word_as_it_was_typed() {
        for (word, text) in [
            ("run", "run"),
            ("draws=2", "draws=2"),
            ("epochs=[1,3]", "'epochs=[1,3]'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$HOME", "'$HOME'"),
        ] {
            assert_eq!(quoted(Path::new(word)), text);
        }
    }
}
