//! How often what is found on the way is written.

use std::time::{Duration, Instant};

/// Of the time of a work, writing takes at most one in so many parts.
const SHARE: u32 = 20;

/// When something is written that grows or changes while a process works; no result depends on it.
#[derive(Debug)]
pub(crate) struct Pace {
    rarely: Duration,
    written: Option<Instant>,
    took: Duration,
}

impl Pace {
    /// At once, and then no more often than this, and for a twentieth of the time at most.
    pub(crate) fn at_once(rarely: Duration) -> Self {
        Self {
            rarely,
            written: None,
            took: Duration::ZERO,
        }
    }

    /// The same, but for the first time only when so much time has passed.
    #[cfg(feature = "train")]
    pub(crate) fn after(rarely: Duration) -> Self {
        Self {
            written: Some(Instant::now()),
            ..Self::at_once(rarely)
        }
    }

    /// Whether it is time to write again.
    pub(crate) fn is_due(&self) -> bool {
        let rest = self.rarely.max(SHARE * self.took);
        self.written.is_none_or(|written| written.elapsed() >= rest)
    }

    /// Writes.
    pub(crate) fn write<E>(&mut self, write: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        let begun = Instant::now();
        write()?;
        self.took = begun.elapsed();
        self.written = Some(Instant::now());
        Ok(())
    }
}
