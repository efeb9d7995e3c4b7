//! The machine that runs a pickle, as far as `torch.save` uses it. Nothing is ever called.
//!
//! Objects are made once and referred to by number, as Python does: an object that is used a
//! thousand times is not copied, and one that contains itself does no harm.

use std::collections::BTreeMap;

use super::error::PyTorchError;
use crate::pickle_bytes::PickleBytes;

/// Objects that a pickle may make. A tensor takes about thirty.
const MOST_OBJECTS: usize = 1 << 19;

/// An object by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference(u32);

/// What a pickle makes.
#[derive(Debug)]
pub(super) enum Object<'a> {
    /// None, a number that is not whole, or a whole number that is larger than any length.
    Other,
    Boolean(bool),
    Integer(i64),
    Text(&'a [u8]),
    List(Vec<Reference>),
    Tuple(Vec<Reference>),
    /// In order, with duplicates.
    Dictionary(Vec<(Reference, Reference)>),
    /// A function or a class.
    Global {
        module: &'a [u8],
        name: &'a [u8],
    },
    /// What stands behind the pickle, by the tuple that says where.
    Storage(Reference),
    /// A tensor, by the arguments it is made from.
    Tensor(Reference),
    /// An object of a class, and what it was given.
    Instance {
        class: Reference,
        state: Option<Reference>,
    },
}

/// All that a pickle made.
#[derive(Debug)]
pub(super) struct Objects<'a> {
    all: Vec<Object<'a>>,
    root: Reference,
}

impl<'a> Objects<'a> {
    /// What the pickle is of.
    pub(super) fn root(&self) -> Reference {
        self.root
    }

    /// All that were made, in order.
    pub(super) fn all(&self) -> &[Object<'a>] {
        &self.all
    }

    pub(super) fn get(&self, reference: Reference) -> &Object<'a> {
        self.all.get(reference.0 as usize).unwrap_or(&Object::Other)
    }

    /// The numbers of a tuple or list of whole numbers that are not negative.
    pub(super) fn lengths(&self, reference: Reference) -> Option<Vec<u64>> {
        let (Object::Tuple(items) | Object::List(items)) = self.get(reference) else {
            return None;
        };
        items.iter().map(|&item| self.length(item)).collect()
    }

    /// A whole number that is not negative.
    pub(super) fn length(&self, reference: Reference) -> Option<u64> {
        match self.get(reference) {
            Object::Integer(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// What an object is, for a message.
    pub(super) fn kind(&self, reference: Reference) -> String {
        match self.get(reference) {
            Object::Other | Object::Boolean(_) | Object::Integer(_) => "a number or None".into(),
            Object::Text(_) => "a text".into(),
            Object::List(_) => "a list".into(),
            Object::Tuple(_) => "a tuple".into(),
            Object::Dictionary(_) => "a dictionary".into(),
            Object::Global { .. } => "a class".into(),
            Object::Storage(_) => "a storage".into(),
            Object::Tensor(_) => "a tensor".into(),
            Object::Instance { class, .. } => format!("an object of {}", self.class(*class)),
        }
    }

    /// A class with its module.
    pub(super) fn class(&self, reference: Reference) -> String {
        match self.get(reference) {
            Object::Global { module, name } => {
                format!(
                    "{}.{}",
                    super::error::shown(module),
                    super::error::shown(name)
                )
            }
            _ => "something".into(),
        }
    }
}

/// Runs the pickle at the beginning of `bytes`; also returns its length.
///
/// # Errors
/// [`PyTorchError::Pickle`] with the place, or [`PyTorchError::TooMuch`].
pub(super) fn run(bytes: &[u8]) -> Result<(Objects<'_>, usize), PyTorchError> {
    let mut machine = Machine {
        bytes: PickleBytes::new(bytes),
        objects: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: BTreeMap::new(),
        is_full: false,
    };
    let root = machine.run();
    if machine.is_full {
        return Err(PyTorchError::TooMuch {
            what: "more objects",
            most: MOST_OBJECTS,
        });
    }
    let root = root.ok_or(PyTorchError::Pickle {
        place: machine.bytes.place,
    })?;
    let objects = Objects {
        all: machine.objects,
        root,
    };
    Ok((objects, machine.bytes.place))
}

struct Machine<'a> {
    bytes: PickleBytes<'a>,
    objects: Vec<Object<'a>>,
    stack: Vec<Reference>,
    /// Heights of the stack at which lists of items begin.
    marks: Vec<u32>,
    memo: BTreeMap<u32, Reference>,
    is_full: bool,
}

impl<'a> Machine<'a> {
    fn get(&self, reference: Reference) -> Option<&Object<'a>> {
        self.objects.get(reference.0 as usize)
    }

    fn push(&mut self, object: Object<'a>) -> Option<()> {
        if self.objects.len() == MOST_OBJECTS {
            self.is_full = true;
            return None;
        }
        let reference = Reference(self.objects.len() as u32);
        self.objects.push(object);
        self.stack.push(reference);
        Some(())
    }

    /// The last object, which is taken away: never one in front of the last mark.
    fn pop(&mut self) -> Option<Reference> {
        let floor = self.marks.last().map_or(0, |&mark| mark as usize);
        if self.stack.len() <= floor {
            return None;
        }
        self.stack.pop()
    }

    /// The last so many.
    fn last(&mut self, count: usize) -> Option<Vec<Reference>> {
        let floor = self.marks.last().map_or(0, |&mark| mark as usize);
        let place = self.stack.len().checked_sub(count)?;
        (place >= floor).then(|| self.stack.split_off(place))
    }

    /// What is above the last mark, which is taken away.
    fn since_mark(&mut self) -> Option<Vec<Reference>> {
        let mark = self.marks.pop()?;
        Some(self.stack.split_off(mark as usize))
    }

    fn push_text(&mut self, length: u64) -> Option<()> {
        let text = self.bytes.take(usize::try_from(length).ok()?)?;
        self.push(Object::Text(text))
    }

    fn remember(&mut self, place: u64) -> Option<()> {
        let last = *self.stack.last()?;
        self.memo.insert(u32::try_from(place).ok()?, last);
        Some(())
    }

    fn recall(&mut self, place: u64) -> Option<()> {
        let reference = *self.memo.get(&u32::try_from(place).ok()?)?;
        self.stack.push(reference);
        Some(())
    }

    fn run(&mut self) -> Option<Reference> {
        loop {
            let begin = self.bytes.place;
            let code = *self.bytes.take(1)?.first()?;
            if code == b'.' {
                let root = self.pop()?;
                return (self.stack.is_empty() && self.marks.is_empty()).then_some(root);
            }
            if self.step(code).is_none() {
                self.bytes.place = begin;
                return None;
            }
        }
    }

    /// One instruction, of protocols 2 to 5.
    fn step(&mut self, code: u8) -> Option<()> {
        match code {
            // A protocol, a frame.
            0x80 => self.bytes.take(1).map(|_| ()),
            0x95 => self.bytes.take(8).map(|_| ()),
            0x94 => self.remember(self.memo.len() as u64),
            b'q' => {
                let place = self.bytes.number(1)?;
                self.remember(place)
            }
            b'r' => {
                let place = self.bytes.number(4)?;
                self.remember(place)
            }
            b'h' => {
                let place = self.bytes.number(1)?;
                self.recall(place)
            }
            b'j' => {
                let place = self.bytes.number(4)?;
                self.recall(place)
            }
            b'0' => self.pop().map(|_| ()),
            b'1' => self.since_mark().map(|_| ()),
            b'2' => {
                let last = *self.stack.last()?;
                self.stack.push(last);
                Some(())
            }
            b'(' => {
                self.marks.push(self.stack.len() as u32);
                Some(())
            }
            b'N' => self.push(Object::Other),
            0x88 => self.push(Object::Boolean(true)),
            0x89 => self.push(Object::Boolean(false)),
            b'G' => {
                self.bytes.take(8)?;
                self.push(Object::Other)
            }
            b'K' | b'M' | b'J' => {
                let number = match code {
                    b'K' => self.bytes.number(1)? as i64,
                    b'M' => self.bytes.number(2)? as i64,
                    _ => i64::from(self.bytes.number(4)? as u32 as i32),
                };
                self.push(Object::Integer(number))
            }
            0x8a => {
                let length = self.bytes.number(1)?;
                self.push_long(length)
            }
            0x8b => {
                let length = self.bytes.number(4)?;
                self.push_long(length)
            }
            // Texts and bytes, with a length of one, four or eight bytes.
            b'U' | b'C' | 0x8c => {
                let length = self.bytes.number(1)?;
                self.push_text(length)
            }
            b'T' | b'B' | b'X' => {
                let length = self.bytes.number(4)?;
                self.push_text(length)
            }
            0x8d | 0x8e | 0x96 => {
                let length = self.bytes.number(8)?;
                self.push_text(length)
            }
            b'c' => {
                let (module, name) = (self.bytes.line()?, self.bytes.line()?);
                self.push(Object::Global { module, name })
            }
            0x93 => {
                let names = self.last(2)?;
                match [self.get(*names.first()?)?, self.get(*names.get(1)?)?] {
                    [&Object::Text(module), &Object::Text(name)] => {
                        self.push(Object::Global { module, name })
                    }
                    _ => None,
                }
            }
            b'}' => self.push(Object::Dictionary(Vec::new())),
            // A set is as good as a list.
            b']' | 0x8f => self.push(Object::List(Vec::new())),
            b')' => self.push(Object::Tuple(Vec::new())),
            b't' => {
                let items = self.since_mark()?;
                self.push(Object::Tuple(items))
            }
            b'l' | 0x91 => {
                let items = self.since_mark()?;
                self.push(Object::List(items))
            }
            0x85..=0x87 => {
                let items = self.last(usize::from(code - 0x84))?;
                self.push(Object::Tuple(items))
            }
            b'd' => {
                let items = self.since_mark()?;
                self.push(Object::Dictionary(Vec::new()))?;
                self.add(items, true)
            }
            b'a' => {
                let items = self.last(1)?;
                self.add(items, false)
            }
            b'e' | 0x90 => {
                let items = self.since_mark()?;
                self.add(items, false)
            }
            b's' => {
                let items = self.last(2)?;
                self.add(items, true)
            }
            b'u' => {
                let items = self.since_mark()?;
                self.add(items, true)
            }
            b'Q' => {
                let place = self.pop()?;
                self.push(Object::Storage(place))
            }
            b'R' => self.reduce(),
            0x81 => {
                let [class, _] = self.last(2)?[..] else {
                    return None;
                };
                self.push(Object::Instance { class, state: None })
            }
            0x92 => {
                let [class, _, _] = self.last(3)?[..] else {
                    return None;
                };
                self.push(Object::Instance { class, state: None })
            }
            b'b' => self.build(),
            _ => None,
        }
    }

    /// A whole number of so many bytes.
    fn push_long(&mut self, length: u64) -> Option<()> {
        let bytes = self.bytes.take(usize::try_from(length).ok()?)?;
        let Some(last) = bytes.last() else {
            return self.push(Object::Integer(0));
        };
        if bytes.len() > 8 {
            return self.push(Object::Other);
        }
        // The sign goes on above the last byte.
        let sign = if last & 0x80 == 0 { 0 } else { -1 };
        let number = bytes.iter().rev();
        let number = number.fold(sign, |sum: i64, &byte| sum << 8 | i64::from(byte));
        self.push(Object::Integer(number))
    }

    /// Items for the list or the dictionary that is last.
    fn add(&mut self, items: Vec<Reference>, in_pairs: bool) -> Option<()> {
        let last = self.stack.last()?.0 as usize;
        match (self.objects.get_mut(last)?, in_pairs) {
            (Object::List(all), false) => all.extend(items),
            (Object::Dictionary(all), true) if items.len().is_multiple_of(2) => {
                let pairs = items.chunks_exact(2);
                all.extend(pairs.map(|pair| (pair[0], pair[1])));
            }
            // A class of one's own that is a list or a dictionary too.
            (Object::Instance { .. }, _) => {}
            _ => return None,
        }
        Some(())
    }

    /// What calling a function would make: a tensor, a dictionary, or an object of which only the
    /// name is known.
    fn reduce(&mut self) -> Option<()> {
        let [class, arguments] = self.last(2)?[..] else {
            return None;
        };
        let Object::Tuple(items) = self.get(arguments)? else {
            return None;
        };
        let first = items.first().copied();
        let is_empty = items.is_empty();
        let Object::Global { module, name } = self.get(class)? else {
            return self.push(Object::Instance { class, state: None });
        };
        match (*module, *name) {
            (b"collections", b"OrderedDict") if is_empty => {
                self.push(Object::Dictionary(Vec::new()))
            }
            (b"torch._utils", b"_rebuild_tensor" | b"_rebuild_tensor_v2") => {
                self.push(Object::Tensor(arguments))
            }
            (b"torch._utils", b"_rebuild_parameter" | b"_rebuild_parameter_with_state") => {
                self.stack.push(first?);
                Some(())
            }
            _ => self.push(Object::Instance { class, state: None }),
        }
    }

    /// What an object is given: kept of those that only have a name, where it says whether they
    /// are modules.
    fn build(&mut self) -> Option<()> {
        let given = self.pop()?;
        let last = self.stack.last()?.0 as usize;
        if let Object::Instance { state, .. } = self.objects.get_mut(last)? {
            *state = Some(given);
        }
        Some(())
    }
}
