//! The attributes of a node, each to be asked for: one that nobody asks for is not understood.

use std::cell::Cell;
use std::fmt;

use super::error::Refusal;
use super::file::TensorMessage;
use super::protobuf::{Damaged, Fields};

/// Most attributes of a node.
const MAX_ATTRIBUTES: usize = 64;

/// What an attribute says.
#[derive(Debug, Clone)]
pub(super) enum Setting<'a> {
    /// A number.
    Float(f32),
    /// An integer.
    Integer(i64),
    /// A text.
    Text(&'a str),
    /// A tensor.
    Tensor(TensorMessage<'a>),
    /// Numbers.
    Floats(Vec<f32>),
    /// Integers.
    Integers(Vec<i64>),
    /// Graphs, texts, types.
    Other,
}

impl fmt::Display for Setting<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Setting::Float(number) => write!(formatter, "{number}"),
            Setting::Integer(number) => write!(formatter, "{number}"),
            Setting::Text(text) => write!(formatter, "{:.40}", text.escape_debug().to_string()),
            Setting::Tensor(tensor) => write!(formatter, "a tensor {:?}", tensor.dimensions),
            Setting::Floats(numbers) => write!(formatter, "{:?}", &numbers[..numbers.len().min(8)]),
            Setting::Integers(numbers) => {
                write!(formatter, "{:?}", &numbers[..numbers.len().min(8)])
            }
            Setting::Other => write!(formatter, "a graph, texts or types"),
        }
    }
}

struct Attribute<'a> {
    name: &'a str,
    setting: Setting<'a>,
    is_asked_for: Cell<bool>,
}

/// The attributes of a node.
#[derive(Default)]
pub(super) struct Attributes<'a>(Vec<Attribute<'a>>);

impl<'a> Attributes<'a> {
    /// Reads them.
    ///
    /// # Errors
    /// [`Damaged`] if they are none.
    pub fn read(messages: &[&'a [u8]]) -> Result<Self, Damaged> {
        if messages.len() > MAX_ATTRIBUTES {
            return Err(Damaged::TooMany {
                what: "attributes of a node",
                limit: MAX_ATTRIBUTES,
            });
        }
        let mut attributes = Vec::with_capacity(messages.len());
        for message in messages {
            attributes.push(attribute(message)?);
        }
        Ok(Self(attributes))
    }

    fn get(&self, name: &str) -> Option<&Setting<'a>> {
        let found = self.0.iter().find(|attribute| attribute.name == name)?;
        found.is_asked_for.set(true);
        Some(&found.setting)
    }

    fn unfit(name: &'static str, setting: &Setting<'_>, accepted: &'static str) -> Refusal {
        Refusal::Attribute {
            name,
            value: setting.to_string(),
            accepted,
        }
    }

    /// An integer, if it is given.
    ///
    /// # Errors
    /// If it is something else.
    pub fn integer(&self, name: &'static str) -> Result<Option<i64>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Setting::Integer(number)) => Ok(Some(*number)),
            Some(other) => Err(Self::unfit(name, other, "an integer")),
        }
    }

    /// A switch, which is off if it is not given.
    ///
    /// # Errors
    /// If it is neither 0 nor 1.
    pub fn switch(&self, name: &'static str) -> Result<bool, Refusal> {
        match self.get(name) {
            None | Some(Setting::Integer(0)) => Ok(false),
            Some(Setting::Integer(1)) => Ok(true),
            Some(other) => Err(Self::unfit(name, other, "0 or 1")),
        }
    }

    /// A number, if it is given.
    ///
    /// # Errors
    /// If it is something else.
    pub fn float(&self, name: &'static str) -> Result<Option<f32>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Setting::Float(number)) => Ok(Some(*number)),
            Some(other) => Err(Self::unfit(name, other, "a number")),
        }
    }

    /// Integers, if they are given.
    ///
    /// # Errors
    /// If they are something else.
    pub fn integers(&self, name: &'static str) -> Result<Option<&[i64]>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Setting::Integers(numbers)) => Ok(Some(numbers)),
            Some(other) => Err(Self::unfit(name, other, "integers")),
        }
    }

    /// Numbers, if they are given.
    ///
    /// # Errors
    /// If they are something else.
    pub fn floats(&self, name: &'static str) -> Result<Option<&[f32]>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Setting::Floats(numbers)) => Ok(Some(numbers)),
            Some(other) => Err(Self::unfit(name, other, "numbers")),
        }
    }

    /// A text, if it is given.
    ///
    /// # Errors
    /// If it is something else.
    pub fn text(&self, name: &'static str) -> Result<Option<&'a str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Setting::Text(text)) => Ok(Some(text)),
            Some(other) => Err(Self::unfit(name, other, "a text")),
        }
    }

    /// A tensor, if it is given.
    ///
    /// # Errors
    /// If it is something else.
    pub fn tensor(&self, name: &'static str) -> Result<Option<&TensorMessage<'a>>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Setting::Tensor(tensor)) => Ok(Some(tensor)),
            Some(other) => Err(Self::unfit(name, other, "a tensor")),
        }
    }

    /// Says that these change nothing here.
    pub fn overlook(&self, names: &[&str]) {
        for name in names {
            self.get(name);
        }
    }

    /// Refuses what nobody asked for.
    ///
    /// # Errors
    /// Names the first.
    pub fn require_all_read(&self) -> Result<(), Refusal> {
        match self.0.iter().find(|found| !found.is_asked_for.get()) {
            None => Ok(()),
            Some(found) => Err(Refusal::UnknownAttribute {
                name: found.name.escape_debug().to_string(),
                value: found.setting.to_string(),
            }),
        }
    }
}

impl fmt::Display for Attributes<'_> {
    /// `kernel_shape=[3, 3], group=1`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, attribute) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            let name = attribute.name.escape_debug();
            write!(formatter, "{separator}{name}={}", attribute.setting)?;
        }
        Ok(())
    }
}

fn attribute<'a>(message: &'a [u8]) -> Result<Attribute<'a>, Damaged> {
    let (mut name, mut kind) = ("", None);
    let (mut float, mut integer, mut text, mut tensor) = (None, None, None, None);
    let (mut floats, mut integers) = (Vec::new(), Vec::new());
    let mut has_other = false;
    for field in Fields(message) {
        let field = field?;
        match field.number {
            1 => name = field.text()?,
            2 => float = Some(field.float()?),
            3 => integer = Some(field.integer()?),
            4 => text = Some(field.text()?),
            5 => tensor = Some(TensorMessage::read(field.bytes()?)?),
            7 => field.append_floats(&mut floats)?,
            8 => field.append_integers(&mut integers)?,
            6 | 9 | 10 | 11 | 14 | 15 | 22 | 23 => has_other = true,
            20 => kind = Some(field.integer()?),
            _ => {}
        }
    }
    // Old files do not say the type; new ones may leave out a zero or an empty list.
    let setting = match kind.filter(|kind| *kind != 0) {
        Some(1) => Setting::Float(float.unwrap_or(0.0)),
        Some(2) => Setting::Integer(integer.unwrap_or(0)),
        Some(3) => Setting::Text(text.unwrap_or("")),
        Some(4) => Setting::Tensor(tensor.unwrap_or_default()),
        Some(6) => Setting::Floats(floats),
        Some(7) => Setting::Integers(integers),
        Some(_) => Setting::Other,
        None if has_other => Setting::Other,
        None => match (float, integer, text, tensor) {
            (Some(float), ..) => Setting::Float(float),
            (_, Some(integer), ..) => Setting::Integer(integer),
            (.., Some(text), _) => Setting::Text(text),
            (.., Some(tensor)) => Setting::Tensor(tensor),
            _ if !floats.is_empty() => Setting::Floats(floats),
            _ => Setting::Integers(integers),
        },
    };
    Ok(Attribute {
        name,
        setting,
        is_asked_for: Cell::new(false),
    })
}
