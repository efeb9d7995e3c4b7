//! What was submitted, on the disk.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::work::Work;
use crate::failure::Failure;
use nonvacuous::storage::folder::paths_in;
use nonvacuous::storage::whole_file;

/// What the names of submissions' folders begin with.
const PREFIX: &str = "submit-";

/// Work that was submitted in pieces: `submission.json` in a folder with its scripts and logs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Submission {
    /// What it is called.
    pub(super) name: String,
    /// The command, as it was typed.
    pub(super) command: Vec<String>,
    /// How many pieces.
    pub(super) tasks: u64,
    /// Where its pieces are.
    pub(super) pieces: PathBuf,
    /// What these may be called.
    pub(super) names: Vec<String>,
    /// Who runs it.
    pub(super) runner: Runner,
}

/// Who runs the pieces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Runner {
    /// A job array, and the job that merges.
    Slurm { pieces: String, merge: String },
    /// Processes of one that has this number.
    Local { process: u32 },
}

/// The folder of a submission.
#[derive(Debug, Clone)]
pub(super) struct Place(PathBuf);

impl Place {
    /// That of some work.
    pub(super) fn of(work: &Work) -> Result<Self, Failure> {
        let folder = work.folder.join(format!("{PREFIX}{}", work.name));
        whole_file::create_folder(&folder)?;
        // Scripts are run from elsewhere.
        let folder = folder
            .canonicalize()
            .map_err(|error| Failure::from(error).about(folder.display()))?;
        Ok(Self(folder))
    }

    /// All below a folder, or that which the folder is.
    pub(super) fn all_in(folder: &Path) -> Result<Vec<Self>, Failure> {
        let own = Self(folder.to_path_buf());
        if own.record().is_file() {
            return Ok(vec![own]);
        }
        let is_place = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(PREFIX) && Self(path.clone()).record().is_file()
        };
        let paths = paths_in(folder)?.into_iter().filter(is_place);
        let places: Vec<Self> = paths.map(Self).collect();
        if places.is_empty() {
            return Err(Failure::misuse(format!(
                "nothing was submitted into {}: name the folder of the results",
                folder.display()
            )));
        }
        Ok(places)
    }

    /// The folder itself.
    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    fn record(&self) -> PathBuf {
        self.0.join("submission.json")
    }

    /// The script of the pieces.
    pub(super) fn pieces_script(&self) -> PathBuf {
        self.0.join("pieces.sh")
    }

    /// The script that merges them.
    pub(super) fn merge_script(&self) -> PathBuf {
        self.0.join("merge.sh")
    }

    /// Where what a piece says goes: one by its number, or `%a` for all of an array.
    pub(super) fn log(&self, piece: &str) -> PathBuf {
        self.0.join(format!("{piece}.log"))
    }

    /// Where the exit code of a piece is once it has ended, or that of the merge.
    pub(super) fn exit(&self, piece: &str) -> PathBuf {
        self.0.join(format!("{piece}.exit"))
    }

    /// Writes down how a piece has ended.
    pub(super) fn ended(&self, piece: &str, code: i32) -> Result<(), Failure> {
        Ok(whole_file::write_lines(
            &self.exit(piece),
            &[code.to_string()],
        )?)
    }

    /// How a piece has ended; nothing, if it has not.
    pub(super) fn exit_code(&self, piece: &str) -> Option<i32> {
        let text = whole_file::read_text(&self.exit(piece)).ok()?;
        text.trim().parse().ok()
    }

    /// Forgets how pieces and merge ended before.
    pub(super) fn forget_ends(&self) -> Result<(), Failure> {
        for path in paths_in(&self.0)? {
            if path.extension().is_some_and(|ending| ending == "exit") {
                std::fs::remove_file(&path)
                    .map_err(|error| Failure::from(error).about(path.display()))?;
            }
        }
        Ok(())
    }

    /// Writes down what was submitted.
    pub(super) fn write(&self, submission: &Submission) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(submission)?;
        Ok(whole_file::write_lines(&self.record(), &[text])?)
    }

    /// What was submitted.
    pub(super) fn read(&self) -> Result<Submission, Failure> {
        let path = self.record();
        let text = whole_file::read_text(&path)?;
        serde_json::from_str(&text).map_err(|error| Failure::from(error).about(path.display()))
    }
}
