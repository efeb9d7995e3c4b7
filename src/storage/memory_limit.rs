//! How much memory what a file says may take.

use thiserror::Error;

/// What a file says would take more memory than is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "this takes {needed} bytes of memory, and {allowed} are allowed: --limit {megabytes} (MB) \
     allows it",
    allowed = .limit.bytes(),
    megabytes = .needed.div_ceil(MEGABYTE)
)]
#[non_exhaustive]
pub struct TooMuchMemory {
    /// Bytes that it would take, as far as that is known.
    pub needed: u64,
    /// What is allowed.
    pub limit: MemoryLimit,
}

/// Bytes.
const MEGABYTE: u64 = 1_000_000;

/// Most bytes of memory that decoding a file and computing what it says may take.
///
/// A few bytes can ask for anything: a network of a billion equal weights, a picture of one colour.
/// So whoever obeys a file that a stranger may have made asks first what that will take, and
/// refuses what is more than [`MemoryLimit::of_file`] or what the user has allowed in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemoryLimit(u64);

impl MemoryLimit {
    /// What a file may take at least, however short it is: 64 MB.
    const CONSTANT: u64 = 64 * MEGABYTE;

    /// What each byte of a file may take beyond that.
    const PER_BYTE: u64 = 64;

    /// What a file of so many bytes may take unless the user says otherwise: 64 MB, and 64 bytes
    /// for each byte of it.
    #[must_use]
    pub fn of_file(bytes: usize) -> Self {
        Self(Self::CONSTANT.saturating_add(Self::PER_BYTE.saturating_mul(bytes as u64)))
    }

    /// No limit: for what this program has made itself.
    pub const NONE: Self = Self(u64::MAX);

    /// So many megabytes, of a million bytes each.
    #[must_use]
    pub fn megabytes(count: u64) -> Self {
        Self(count.saturating_mul(MEGABYTE))
    }

    /// Bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// Whether so many bytes may be taken.
    ///
    /// # Errors
    /// [`TooMuchMemory`] if they are more.
    pub fn check(self, needed: u64) -> Result<(), TooMuchMemory> {
        if needed > self.0 {
            return Err(TooMuchMemory {
                needed,
                limit: self,
            });
        }
        Ok(())
    }
}
