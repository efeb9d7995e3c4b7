//! What went wrong, for people; and the exit code.

use std::error::Error;
use std::io::ErrorKind;

use nonvacuous::causes::with_causes;

/// What went wrong, for people; and the exit code.
#[derive(Debug)]
pub(super) struct Failure {
    message: String,
    code: u8,
}

/// A claim does not hold.
const DOES_NOT_HOLD: u8 = 1;

/// The command was misused, or something that it needs is missing: it cannot be checked.
const MISUSE: u8 = 2;

/// The machine failed: a full disk, a stream that cannot be written, memory.
const MACHINE: u8 = 3;

impl Failure {
    /// A claim that does not hold.
    pub(super) fn does_not_hold(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: DOES_NOT_HOLD,
        }
    }

    /// A way of calling the command that makes no sense, with a hint.
    pub(super) fn misuse(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: MISUSE,
        }
    }

    /// Another command, which has said why, ended with this exit code.
    pub(super) fn of_command(code: i32, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: u8::try_from(code).unwrap_or(MACHINE),
        }
    }

    /// Standard output cannot be written.
    pub(super) fn output(error: &std::io::Error) -> Self {
        Self {
            message: format!("cannot write to standard output: {error}"),
            code: MACHINE,
        }
    }

    /// What went wrong.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The exit code.
    pub(super) fn code(&self) -> u8 {
        self.code
    }

    /// Whether a claim was found not to hold.
    pub(super) fn is_refutation(&self) -> bool {
        self.code == DOES_NOT_HOLD
    }

    /// The same failure, after what it was about.
    pub(super) fn about(self, what: impl std::fmt::Display) -> Self {
        Self {
            message: format!("{what}: {}", self.message),
            ..self
        }
    }
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut code = code_of(&error);
        let mut source = error.source();
        while let Some(cause) = source {
            code = code.max(code_of(cause));
            source = cause.source();
        }
        let message = with_causes(&error);
        Self { message, code }
    }
}

/// Whether it was the machine that failed.
fn code_of(error: &(dyn Error + 'static)) -> u8 {
    match error
        .downcast_ref::<std::io::Error>()
        .map(std::io::Error::kind)
    {
        Some(
            ErrorKind::StorageFull
            | ErrorKind::QuotaExceeded
            | ErrorKind::FileTooLarge
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::WriteZero
            | ErrorKind::OutOfMemory
            | ErrorKind::Other,
        ) => MACHINE,
        _ => MISUSE,
    }
}
