//! Long work that Ctrl-C ends.

use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{channel, RecvTimeoutError};
use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;

use crate::threads::on_threads;

/// How often Python is asked whether it was interrupted.
const OFTEN: Duration = Duration::from_millis(100);

/// What unwinds the work that was interrupted.
struct Interrupted;

/// Tells work whether it goes on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interruption(Arc<AtomicBool>);

impl Interruption {
    /// Leaves the work here if it was interrupted.
    pub(crate) fn leave_if_interrupted(&self) {
        if self.0.load(Ordering::Relaxed) {
            // Without the hook of panics, which would print.
            resume_unwind(Box::new(Interrupted));
        }
    }
}

/// Does work on a thread of its own, without Python's lock, until it ends or is interrupted.
pub(crate) fn interruptible<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce(&Interruption) -> T + Send + 'static,
) -> PyResult<T> {
    let interruption = Interruption::default();
    let (sender, mut receiver) = channel();
    let inside = interruption.clone();
    let thread = std::thread::spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| on_threads(|| work(&inside))));
        // Nobody waits any more, if it was interrupted.
        let _ = sender.send(result);
    });
    // The thread ends by itself.
    drop(thread);
    loop {
        let received;
        // It may go to another thread, but not be seen by two.
        (received, receiver) = py.detach(move || (receiver.recv_timeout(OFTEN), receiver));
        match received {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let message = "the thread of long work has ended without a result";
                return Err(pyo3::exceptions::PyRuntimeError::new_err(message));
            }
        }
        if let Err(interrupted) = py.check_signals() {
            interruption.0.store(true, Ordering::Relaxed);
            return Err(interrupted);
        }
    }
}
