//! How much memory constants have taken.

use crate::storage::memory_limit::{MemoryLimit, TooMuchMemory};

/// The memory of all constants that were read from the file or made of others, in bytes.
#[derive(Debug)]
pub(super) struct Ledger {
    taken: u64,
    limit: MemoryLimit,
}

impl Ledger {
    /// Nothing is taken yet.
    pub fn new(limit: MemoryLimit) -> Self {
        Self { taken: 0, limit }
    }

    /// Counts so many numbers of at most eight bytes that are about to be made. They stay counted,
    /// so that the sum bounds the work, too.
    ///
    /// # Errors
    /// If they are more than is allowed.
    pub fn take(&mut self, numbers: usize) -> Result<(), TooMuchMemory> {
        let bytes = (numbers as u64).saturating_mul(8);
        self.taken = self.taken.saturating_add(bytes);
        self.limit.check(self.taken)
    }
}
