//! The nodes and initialisers of an ONNX graph while it is made.

use std::collections::{BTreeMap, BTreeSet};

use super::message::Message;

/// Attributes of a node, and small tensors, have types of these numbers.
pub(super) const FLOAT: i64 = 1;
const INT: i64 = 2;
const STRING: i64 = 3;
const INT64: i64 = 7;
const INTS: i64 = 7;

/// An attribute of a node.
#[derive(Debug, Clone)]
pub(super) enum Attribute {
    Integer(i64),
    Integers(Vec<i64>),
    Float(f32),
    Text(&'static str),
}

/// An initialiser whose numbers are written later.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Initialiser {
    pub name: String,
    pub lengths: Vec<usize>,
}

impl Initialiser {
    /// All of its message but the numbers.
    pub fn head(&self) -> Message {
        let head = self
            .lengths
            .iter()
            .fold(Message::default(), |head, &length| {
                head.integer(1, length as i64)
            });
        head.integer(2, FLOAT).text(8, &self.name)
    }

    /// How many bytes its numbers take.
    pub fn bytes(&self) -> u64 {
        4 * self.lengths.iter().product::<usize>() as u64
    }
}

/// The nodes and small initialisers so far, and all names that are taken.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    nodes: Vec<Message>,
    small: Vec<Message>,
    /// Names of small initialisers by their content.
    known: BTreeMap<Vec<u8>, String>,
    taken: BTreeSet<String>,
}

impl Sheet {
    /// This name, or one like it that nothing has yet.
    pub fn fresh(&mut self, name: &str) -> String {
        let mut fresh = name.to_string();
        let mut number = 1;
        while fresh.is_empty() || !self.taken.insert(fresh.clone()) {
            number += 1;
            fresh = format!("{name}_{number}");
        }
        fresh
    }

    /// Appends a node that makes a value of this name.
    pub fn node_named(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: &[(&str, Attribute)],
        output: &str,
    ) {
        let mut node = Message::default();
        for input in inputs {
            node = node.text(1, input);
        }
        node = node.text(2, output).text(3, output).text(4, operator);
        for (name, attribute) in attributes {
            let message = Message::default().text(1, name);
            let message = match attribute {
                Attribute::Integer(number) => message.integer(3, *number).integer(20, INT),
                Attribute::Float(number) => message.float(2, *number).integer(20, FLOAT),
                Attribute::Text(text) => message.text(4, text).integer(20, STRING),
                Attribute::Integers(numbers) => numbers
                    .iter()
                    .fold(message, |message, &number| message.integer(8, number))
                    .integer(20, INTS),
            };
            node = node.message(5, &message);
        }
        self.nodes.push(node);
    }

    /// Appends a node on the way to a value of this name; returns the name of what it makes.
    pub fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: &[(&str, Attribute)],
        towards: &str,
    ) -> String {
        let output = self.fresh(&format!("{towards}.{}", operator.to_lowercase()));
        self.node_named(operator, inputs, attributes, &output);
        output
    }

    /// The name of an initialiser of these integers.
    pub fn integers(&mut self, numbers: &[i64]) -> String {
        let raw = numbers.iter().map(|number| number.to_le_bytes());
        self.list("integers", INT64, &raw.collect::<Vec<_>>())
    }

    /// The name of an initialiser of one number, without axes.
    pub fn number(&mut self, number: f32) -> String {
        let tensor = Message::default().integer(2, FLOAT);
        self.small("number", tensor, &number.to_le_bytes())
    }

    /// The name of an initialiser of these numbers.
    pub fn numbers(&mut self, numbers: &[f32]) -> String {
        let raw = numbers.iter().map(|number| number.to_le_bytes());
        self.list("numbers", FLOAT, &raw.collect::<Vec<_>>())
    }

    /// One axis of numbers of a type, each of so many bytes.
    fn list<const BYTES: usize>(&mut self, kind: &str, of: i64, raw: &[[u8; BYTES]]) -> String {
        let tensor = Message::default()
            .integer(1, raw.len() as i64)
            .integer(2, of);
        self.small(kind, tensor, raw.as_flattened())
    }

    fn small(&mut self, kind: &str, tensor: Message, raw: &[u8]) -> String {
        let tensor = tensor.bytes(9, raw);
        if let Some(name) = self.known.get(&tensor.0) {
            return name.clone();
        }
        let name = self.fresh(&format!("{kind}_{}", self.known.len()));
        self.known.insert(tensor.0.clone(), name.clone());
        self.small.push(tensor.text(8, &name));
        name
    }

    /// The nodes, and the small initialisers.
    pub fn into_parts(self) -> (Vec<Message>, Vec<Message>) {
        (self.nodes, self.small)
    }
}
