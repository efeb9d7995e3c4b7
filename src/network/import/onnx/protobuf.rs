//! The wire format of protocol buffers: a message is a list of numbered fields.
//!
//! Nothing is copied and nothing recurses: what a field holds is a part of the file. A crate that
//! builds the messages takes hundreds of bytes for two of a hostile file, follows messages inside
//! messages until the stack ends, and trusts lengths; here the file's size bounds the work.

use thiserror::Error;

/// Why bytes are not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Damaged {
    /// The message ends inside a field.
    #[error("a field is cut off")]
    CutOff,
    /// A number has more than 64 bits.
    #[error("a number has more than 64 bits")]
    Number,
    /// A field is of a kind that is not in use.
    #[error("a field has the unknown kind {0}")]
    Kind(u64),
    /// A field holds something else than it should.
    #[error("field {0} does not hold what it should")]
    Type(u64),
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    Text,
    /// There are too many of something.
    #[error("there are more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// Most that are accepted.
        limit: usize,
    },
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Content<'a> {
    /// An integer of variable length.
    Integer(u64),
    /// Eight bytes.
    Eight([u8; 8]),
    /// Four bytes.
    Four([u8; 4]),
    /// Bytes, text, a message, or many numbers.
    Bytes(&'a [u8]),
}

/// A field of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Field<'a> {
    /// Its number in the message's definition.
    pub number: u64,
    /// What it holds.
    pub content: Content<'a>,
}

impl<'a> Field<'a> {
    fn unfit(&self) -> Damaged {
        Damaged::Type(self.number)
    }

    /// Bytes, or another message.
    pub fn bytes(&self) -> Result<&'a [u8], Damaged> {
        match self.content {
            Content::Bytes(bytes) => Ok(bytes),
            _ => Err(self.unfit()),
        }
    }

    /// Text.
    pub fn text(&self) -> Result<&'a str, Damaged> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Damaged::Text)
    }

    /// An integer.
    pub fn integer(&self) -> Result<i64, Damaged> {
        match self.content {
            Content::Integer(number) => Ok(number as i64),
            _ => Err(self.unfit()),
        }
    }

    /// A number of four bytes.
    pub fn float(&self) -> Result<f32, Damaged> {
        match self.content {
            Content::Four(bytes) => Ok(f32::from_le_bytes(bytes)),
            _ => Err(self.unfit()),
        }
    }

    /// Appends its integers: one, or many side by side.
    pub fn append_integers(&self, integers: &mut Vec<i64>) -> Result<(), Damaged> {
        match self.content {
            Content::Bytes(bytes) => {
                let mut rest = Fields(bytes);
                while !rest.0.is_empty() {
                    integers.push(rest.variable()? as i64);
                }
            }
            _ => integers.push(self.integer()?),
        }
        Ok(())
    }

    /// Appends its numbers of four bytes: one, or many side by side.
    pub fn append_floats(&self, floats: &mut Vec<f32>) -> Result<(), Damaged> {
        match self.content {
            Content::Bytes(bytes) => {
                let (numbers, rest) = bytes.as_chunks::<4>();
                if !rest.is_empty() {
                    return Err(self.unfit());
                }
                floats.extend(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)));
            }
            _ => floats.push(self.float()?),
        }
        Ok(())
    }

    /// Appends its numbers of eight bytes, rounded: one, or many side by side.
    pub fn append_doubles(&self, floats: &mut Vec<f32>) -> Result<(), Damaged> {
        let rounded = |bytes: [u8; 8]| f64::from_le_bytes(bytes) as f32;
        match self.content {
            Content::Bytes(bytes) => {
                let (numbers, rest) = bytes.as_chunks::<8>();
                if !rest.is_empty() {
                    return Err(self.unfit());
                }
                floats.extend(numbers.iter().map(|bytes| rounded(*bytes)));
            }
            Content::Eight(bytes) => floats.push(rounded(bytes)),
            _ => return Err(self.unfit()),
        }
        Ok(())
    }
}

/// The fields of a message, in their order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Damaged> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Damaged::CutOff)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], Damaged> {
        let bytes = self.take(LENGTH)?;
        bytes.try_into().map_err(|_| Damaged::CutOff)
    }

    /// An integer of seven bits a byte, the lowest first.
    fn variable(&mut self) -> Result<u64, Damaged> {
        let mut number = 0;
        for place in 0..10 {
            let [byte] = self.array()?;
            let bits = u64::from(byte & 0x7f);
            if place == 9 && bits > 1 {
                return Err(Damaged::Number);
            }
            number |= bits << (7 * place);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Damaged::Number)
    }

    fn field(&mut self) -> Result<Field<'a>, Damaged> {
        let key = self.variable()?;
        let content = match key & 7 {
            0 => Content::Integer(self.variable()?),
            1 => Content::Eight(self.array()?),
            2 => {
                let length = self.variable()?;
                let length = usize::try_from(length).map_err(|_| Damaged::CutOff)?;
                Content::Bytes(self.take(length)?)
            }
            5 => Content::Four(self.array()?),
            kind => return Err(Damaged::Kind(kind)),
        };
        Ok(Field {
            number: key >> 3,
            content,
        })
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn fields(bytes: &[u8]) -> Result<Vec<Field<'_>>, Damaged> {
        Fields(bytes).collect()
    }

    #[test]
    fn fields_of_each_kind_are_read() {
        let bytes =
            b"\x08\x96\x01\x12\x02hi\x1d\0\0\x80\x3f\x21\0\0\0\0\0\0\xf0\x3f\x2a\x02\x07\x08";
        let fields = fields(bytes).unwrap();
        assert_eq!(fields[0].integer(), Ok(150));
        assert_eq!(fields[1].text(), Ok("hi"));
        assert_eq!(fields[2].float(), Ok(1.0));
        let (mut floats, mut integers) = (Vec::new(), Vec::new());
        fields[3].append_doubles(&mut floats).unwrap();
        assert_eq!(floats, [1.0]);
        fields[4].append_integers(&mut integers).unwrap();
        assert_eq!(integers, [7, 8]);
    }

    #[test]
    fn lengths_beyond_the_end_and_unknown_kinds_are_refused() {
        let huge = b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
        assert_eq!(fields(huge), Err(Damaged::CutOff));
        assert_eq!(fields(b"\x08\xff"), Err(Damaged::CutOff));
        assert_eq!(fields(&[0xff; 11]), Err(Damaged::Number));
        assert_eq!(fields(b"\x0b"), Err(Damaged::Kind(3)));
        let field = fields(b"\x08\x01").unwrap()[0];
        assert_eq!(field.text(), Err(Damaged::Type(1)));
        assert_eq!(field.float(), Err(Damaged::Type(1)));
    }
}
