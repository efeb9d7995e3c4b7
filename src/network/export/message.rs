//! The wire format of protocol buffers, written: a message is a list of numbered fields.

/// The kind of a field that is an integer of variable length.
const INTEGER: u64 = 0;

/// The kind of a field that is bytes, text or another message.
const BYTES: u64 = 2;

/// The kind of a field of four bytes.
const FOUR: u64 = 5;

/// A message so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Message(pub Vec<u8>);

impl Message {
    /// Seven bits a byte, the lowest first.
    fn variable(&mut self, mut number: u64) {
        while number > 0x7f {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// Appends an integer.
    #[must_use]
    pub fn integer(mut self, field: u64, number: i64) -> Self {
        self.variable(field << 3 | INTEGER);
        // Negative ones take ten bytes.
        self.variable(number as u64);
        self
    }

    /// Appends a number of single precision.
    #[must_use]
    pub fn float(mut self, field: u64, number: f32) -> Self {
        self.variable(field << 3 | FOUR);
        self.0.extend(number.to_le_bytes());
        self
    }

    /// Appends the beginning of a field of so many bytes, which follow.
    #[must_use]
    pub fn begin(mut self, field: u64, length: u64) -> Self {
        self.variable(field << 3 | BYTES);
        self.variable(length);
        self
    }

    /// Appends bytes.
    #[must_use]
    pub fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self = self.begin(field, bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    /// Appends text.
    #[must_use]
    pub fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    /// Appends another message.
    #[must_use]
    pub fn message(self, field: u64, message: &Self) -> Self {
        self.bytes(field, &message.0)
    }

    /// Its length in bytes.
    pub fn len(&self) -> u64 {
        self.0.len() as u64
    }
}
