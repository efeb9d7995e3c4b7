//! How far submitted work is.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use serde::Serialize;

use super::record::{Place, Runner, Submission};
use super::slurm::{queued, Queued};
use crate::failure::Failure;
use crate::output::{print, print_json};
use nonvacuous::pieces::{heads, Head, Progress};
use nonvacuous::storage::whole_file;

/// What Slurm calls a job that waits.
const PENDING: &str = "PENDING";

/// What has become of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Done,
    Running,
    Waiting,
    Failed,
}

impl State {
    /// From how it has ended, if it has, and what is in the queue.
    fn of(exit: Option<i32>, queued: Option<&Queued>) -> Self {
        match (exit, queued) {
            (Some(0), _) => Self::Done,
            (_, Some(queued)) if queued.state == PENDING => Self::Waiting,
            (_, Some(_)) => Self::Running,
            (_, None) => Self::Failed,
        }
    }
}

/// A piece as it is now.
#[derive(Debug, Serialize)]
struct PieceStatus {
    piece: u64,
    state: State,
    /// Draws, recipes or examples.
    done: u64,
    of: Option<u64>,
    seconds_left: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// A submission as it is now.
#[derive(Debug, Serialize)]
struct Status {
    name: String,
    command: String,
    pieces: Vec<PieceStatus>,
    merge: State,
    seconds_left: Option<u64>,
    /// Why pieces wait, as Slurm says it.
    waiting_for: BTreeSet<String>,
}

/// Prints how far everything is that was submitted into a folder.
pub(super) fn show(folder: &Path, json: bool) -> Result<(), Failure> {
    let mut all = Vec::new();
    for place in Place::all_in(folder)? {
        all.push((status(&place, &place.read()?)?, place));
    }
    if json {
        let all: Vec<&Status> = all.iter().map(|(status, _)| status).collect();
        return print_json(&all);
    }
    for (status, place) in &all {
        print(&status.text(place));
    }
    Ok(())
}

/// Who has not ended yet, as whoever runs the pieces says.
struct Alive {
    pieces: HashMap<String, Queued>,
    merge: Option<Queued>,
}

impl Alive {
    fn of(place: &Place, submission: &Submission) -> Result<Self, Failure> {
        match &submission.runner {
            Runner::Slurm { pieces, merge } => Ok(Self {
                pieces: queued(pieces)?,
                merge: queued(merge)?.into_values().next(),
            }),
            Runner::Local { process } if is_alive(*process) => {
                let running = |piece: u64| {
                    let piece = piece.to_string();
                    let state = if place.log(&piece).is_file() {
                        "RUNNING"
                    } else {
                        PENDING
                    };
                    let queued = Queued {
                        state: state.to_string(),
                        reason: String::new(),
                    };
                    (piece, queued)
                };
                Ok(Self {
                    pieces: (1..=submission.tasks).map(running).collect(),
                    merge: Some(Queued {
                        state: PENDING.to_string(),
                        reason: String::new(),
                    }),
                })
            }
            Runner::Local { .. } => Ok(Self {
                pieces: HashMap::new(),
                merge: None,
            }),
        }
    }
}

/// Whether a process runs; where that cannot be seen it may.
fn is_alive(process: u32) -> bool {
    !Path::new("/proc/self").exists() || Path::new(&format!("/proc/{process}")).exists()
}

fn status(place: &Place, submission: &Submission) -> Result<Status, Failure> {
    let alive = Alive::of(place, submission)?;
    let heads = heads(&submission.pieces, &submission.names)?.into_iter();
    let heads: Vec<Head> = heads
        .map(|(_, head)| head)
        .filter(|head| head.shard.of() == submission.tasks)
        .collect();
    let pieces: Vec<PieceStatus> = (1..=submission.tasks)
        .map(|piece| {
            let own = heads.iter().filter(|head| head.shard.part() == piece);
            let own: Vec<Progress> = own.map(|head| head.progress).collect();
            piece_status(place, piece, &own, alive.pieces.get(&piece.to_string()))
        })
        .collect();
    let merge = State::of(place.exit_code("merge"), alive.merge.as_ref());
    let waiting = alive.pieces.values().filter(|piece| piece.state == PENDING);
    let reasons = waiting.map(|piece| piece.reason.clone());
    Ok(Status {
        waiting_for: reasons.filter(|reason| !reason.is_empty()).collect(),
        name: submission.name.clone(),
        command: submission.command.join(" "),
        seconds_left: seconds_left(&pieces),
        pieces,
        merge,
    })
}

fn piece_status(
    place: &Place,
    piece: u64,
    parts: &[Progress],
    queued: Option<&Queued>,
) -> PieceStatus {
    let state = State::of(place.exit_code(&piece.to_string()), queued);
    let left = parts.iter().find(|part| !part.is_finished());
    let seconds_left = left
        .filter(|_| state == State::Running)
        .and_then(|part| Some(part.seconds_left()?.saturating_sub(part.age())));
    PieceStatus {
        piece,
        state,
        done: parts.iter().map(|part| part.done).sum(),
        of: (!parts.is_empty()).then(|| parts.iter().map(|part| part.of).sum()),
        seconds_left,
        failure: (state == State::Failed).then(|| failed_piece(place, piece)),
    }
}

/// Which piece failed, how, and what it said last.
pub(super) fn failed_piece(place: &Place, piece: u64) -> String {
    let name = piece.to_string();
    let log = place.log(&name);
    let how = match place.exit_code(&name) {
        Some(-1) | None => "it was killed, or ran out of time or memory".to_string(),
        Some(code) => format!("exit code {code}"),
    };
    let text = whole_file::read(&log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let last = text.lines().rfind(|line| !line.trim().is_empty());
    let last = last.map_or(String::new(), |last| format!(": {}", last.trim()));
    format!("piece {piece} failed ({how}), {}{last}", log.display())
}

/// The longest that a running piece still takes, and once more as long as one takes for those that
/// wait, so many at a time as run now.
fn seconds_left(pieces: &[PieceStatus]) -> Option<u64> {
    let of = |state: State| pieces.iter().filter(move |piece| piece.state == state);
    let longest = of(State::Running)
        .filter_map(|piece| piece.seconds_left)
        .max()?;
    let whole = of(State::Running)
        .filter_map(|piece| {
            let (left, of) = (piece.seconds_left?, piece.of?);
            let open = of.checked_sub(piece.done).filter(|&open| open > 0)?;
            Some(left.saturating_mul(of) / open)
        })
        .max()
        .unwrap_or(longest);
    let rounds = of(State::Waiting)
        .count()
        .div_ceil(of(State::Running).count().max(1));
    Some(longest.saturating_add(whole.saturating_mul(rounds as u64)))
}

impl Status {
    fn text(&self, place: &Place) -> String {
        let count = |state: State| self.pieces.iter().filter(|one| one.state == state).count();
        let done: u64 = self.pieces.iter().map(|piece| piece.done).sum();
        let of: u64 = self.pieces.iter().filter_map(|piece| piece.of).sum();
        let mut lines = vec![
            format!("{}: {}", self.name, self.command),
            format!(
                "  pieces: {} done, {} running, {} waiting, {} failed of {}; in those begun {done} \
                 of {of}",
                count(State::Done),
                count(State::Running),
                count(State::Waiting),
                count(State::Failed),
                self.pieces.len()
            ),
        ];
        if !self.waiting_for.is_empty() {
            let reasons: Vec<&str> = self.waiting_for.iter().map(String::as_str).collect();
            lines.push(format!("  waiting for: {}", reasons.join(", ")));
        }
        if let Some(seconds) = self.seconds_left {
            lines.push(format!("  about {} left", duration(seconds)));
        }
        for piece in &self.pieces {
            if let (State::Running, Some(of)) = (piece.state, piece.of) {
                let left = piece.seconds_left.map_or(String::new(), |seconds| {
                    format!(", about {} left", duration(seconds))
                });
                lines.push(format!(
                    "  piece {}: {} of {of}{left}",
                    piece.piece, piece.done
                ));
            }
            lines.extend(piece.failure.iter().map(|failure| format!("  {failure}")));
        }
        lines.push(match self.merge {
            State::Done => "  merged".to_string(),
            State::Running => "  being merged".to_string(),
            State::Waiting => "  to be merged".to_string(),
            State::Failed => format!(
                "  not merged: submit it again, and it goes on; {}",
                place.log("merge").display()
            ),
        });
        lines.join("\n")
    }
}

/// Seconds in words.
fn duration(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}
