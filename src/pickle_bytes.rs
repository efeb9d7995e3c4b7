//! The bytes of one of Python's pickles, taken one after the other.

/// Bytes, and how many of them have been taken.
pub(crate) struct PickleBytes<'a> {
    bytes: &'a [u8],
    /// Where the next ones are.
    pub(crate) place: usize,
}

impl<'a> PickleBytes<'a> {
    /// None has been taken.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, place: 0 }
    }

    /// The next so many, if there are.
    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let bytes = self.bytes.get(self.place..)?.get(..length)?;
        self.place += length;
        Some(bytes)
    }

    /// A little-endian number of at most eight bytes.
    pub(crate) fn number(&mut self, length: usize) -> Option<u64> {
        let bytes = self.take(length)?.iter().rev();
        Some(bytes.fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
    }

    /// What stands before the next end of a line, which is taken too.
    pub(crate) fn line(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.place..)?;
        let length = rest.iter().position(|&byte| byte == b'\n')?;
        let line = self.take(length)?;
        self.place += 1;
        Some(line)
    }
}
