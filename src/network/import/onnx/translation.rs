//! From the nodes of a file to values, one after the other.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::attributes::Attributes;
use super::call::{Call, Computed, Value};
use super::constant::{count_of, Constant};
use super::draft::Draft;
use super::error::{OnnxError, Refusal};
use super::external::Folder;
use super::file::{is_onnx, GraphMessage, NodeMessage};
use super::folding::creation::{of_shape, part_of_shape};
use super::folding::fold;
use super::lowering::lower;
use super::tensors;

/// The values of a file, as far as they are known.
pub(super) struct Translation<'a> {
    graph: &'a GraphMessage<'a>,
    folder: &'a Folder,
    opset: i64,
    batch: Option<i64>,
    values: HashMap<&'a str, Value>,
    /// Initialisers that are not read yet, by their places.
    initialisers: HashMap<&'a str, usize>,
    /// Values that are the probabilities of others.
    logits: HashMap<&'a str, Computed>,
    /// How many nodes only matter in training.
    dropouts: usize,
}

impl<'a> Translation<'a> {
    /// Nothing is read yet.
    ///
    /// # Errors
    /// If two initialisers have one name.
    pub fn new(
        graph: &'a GraphMessage<'a>,
        folder: &'a Folder,
        opset: i64,
        batch: Option<i64>,
    ) -> Result<Self, OnnxError> {
        let mut initialisers = HashMap::with_capacity(graph.initialisers.len());
        for (index, tensor) in graph.initialisers.iter().enumerate() {
            if initialisers.insert(tensor.name, index).is_some() {
                let name = printable(tensor.name);
                return Err(OnnxError::Initialiser {
                    name: name.clone(),
                    source: Refusal::Twice { name },
                });
            }
        }
        Ok(Self {
            graph,
            folder,
            opset,
            batch,
            values: HashMap::new(),
            initialisers,
            logits: HashMap::new(),
            dropouts: 0,
        })
    }

    /// Gives a value its name.
    pub fn insert(&mut self, name: &'a str, value: Value) {
        self.values.insert(name, value);
    }

    /// Translates the nodes that `output` depends on, and returns what it is.
    ///
    /// # Errors
    /// Names the first node that is not understood.
    pub fn run(&mut self, output: &'a str, draft: &mut Draft) -> Result<Value, OnnxError> {
        let is_needed = needed(self.graph, output);
        let nodes = self.graph.nodes.iter().enumerate();
        for ((index, node), is_needed) in nodes.zip(is_needed) {
            if !is_needed {
                continue;
            }
            self.node(node, draft).map_err(|(attributes, source)| {
                let number = index + 1;
                let node = described(node, number, attributes.as_ref());
                OnnxError::Node { node, source }
            })?;
        }
        self.value(output, draft)
            .and_then(|found| found.ok_or_else(|| not_made(output)))
            .map_err(|refusal| OnnxError::Output {
                name: printable(output),
                problem: refusal.to_string(),
            })
    }

    /// What a value was before it became probabilities, if it did.
    pub fn logits(&self, name: &str) -> Option<&Computed> {
        self.logits.get(name)
    }

    /// What was left out.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.dropouts > 0 {
            let dropouts = self.dropouts;
            notes.push(format!(
                "{dropouts} Dropout left out: they only matter in training"
            ));
        }
        let mut unread: Vec<&str> = self.initialisers.keys().copied().collect();
        unread.sort_unstable();
        if !unread.is_empty() {
            let count = unread.len();
            let names: Vec<String> = unread.iter().take(8).map(|name| printable(name)).collect();
            let more = if count > 8 { ", ..." } else { "" };
            notes.push(format!(
                "{count} initialisers are not read by what gives the logits: {}{more}",
                names.join(", ")
            ));
        }
        notes
    }

    /// A value of that name, read now if it is an initialiser.
    fn value(&mut self, name: &'a str, draft: &mut Draft) -> Result<Option<Value>, Refusal> {
        if let Some(value) = self.values.get(name) {
            return Ok(Some(value.clone()));
        }
        let Some(index) = self.initialisers.remove(name) else {
            return Ok(None);
        };
        let tensor = &self.graph.initialisers[index];
        let constant = tensors::read(tensor, self.folder, &mut draft.ledger)?;
        let value = Value::Constant(Rc::new(constant));
        self.values.insert(name, value.clone());
        Ok(Some(value))
    }

    fn node(
        &mut self,
        node: &'a NodeMessage<'a>,
        draft: &mut Draft,
    ) -> Result<(), (Option<Attributes<'a>>, Refusal)> {
        let attributes =
            Attributes::read(&node.attributes).map_err(|damaged| (None, damaged.into()))?;
        let call = Call {
            operator: node.operator,
            inputs: Vec::new(),
            attributes,
            outputs: node.outputs.iter().filter(|name| !name.is_empty()).count(),
            opset: self.opset,
            batch: self.batch,
        };
        match self.translate(node, call, draft) {
            (_, Ok(())) => Ok(()),
            (attributes, Err(refusal)) => Err((Some(attributes), refusal)),
        }
    }

    fn translate(
        &mut self,
        node: &'a NodeMessage<'a>,
        mut call: Call<'a>,
        draft: &mut Draft,
    ) -> (Attributes<'a>, Result<(), Refusal>) {
        let result = self
            .inputs(node, draft)
            .and_then(|inputs| {
                call.inputs = inputs;
                self.values_of(node, &call, draft)
            })
            .and_then(|values| self.keep(node, &call, values));
        (call.attributes, result)
    }

    fn inputs(
        &mut self,
        node: &'a NodeMessage<'a>,
        draft: &mut Draft,
    ) -> Result<Vec<Option<Value>>, Refusal> {
        let mut inputs = Vec::with_capacity(node.inputs.len());
        for &name in &node.inputs {
            if name.is_empty() {
                inputs.push(None);
                continue;
            }
            let value = self.value(name, draft)?;
            inputs.push(Some(value.ok_or_else(|| not_made(name))?));
        }
        Ok(inputs)
    }

    fn values_of(
        &mut self,
        node: &NodeMessage<'_>,
        call: &Call<'_>,
        draft: &mut Draft,
    ) -> Result<Vec<Value>, Refusal> {
        if !is_onnx(node.domain) {
            return Err(Refusal::Operator(
                "; only operators of ONNX itself are read: export without those of a runtime",
            ));
        }
        let constant = |constant: Constant| Ok(vec![Value::Constant(Rc::new(constant))]);
        match call.operator {
            "Constant" => return constant(self.constant(call, draft)?),
            "ConstantOfShape" => {
                let fill = match call.attributes.tensor("value")? {
                    Some(tensor) => Some(tensors::read(tensor, self.folder, &mut draft.ledger)?),
                    None => None,
                };
                return constant(of_shape(call, fill, &mut draft.ledger)?);
            }
            // The shape of what depends on the image does not.
            "Shape" => {
                let lengths = call.input(0)?.shape().iter();
                let lengths = lengths.map(|&length| length as i64).collect();
                return constant(part_of_shape(call, lengths)?);
            }
            "Size" => {
                let count = count_of(call.input(0)?.shape())?;
                return constant(Constant::integers(Vec::new(), vec![count as i64])?);
            }
            "Dropout" => self.dropouts += 1,
            _ => {}
        }
        let are_constant = call
            .inputs
            .iter()
            .flatten()
            .all(|value| matches!(value, Value::Constant(_)));
        if are_constant {
            if let Some(constants) = fold(call, &mut draft.ledger)? {
                let values = constants.into_iter();
                return Ok(values.map(|made| Value::Constant(Rc::new(made))).collect());
            }
        }
        let values = lower(call, draft)?;
        Ok(values.into_iter().map(Value::Computed).collect())
    }

    /// The constant that an attribute is.
    fn constant(&self, call: &Call<'_>, draft: &mut Draft) -> Result<Constant, Refusal> {
        let attributes = &call.attributes;
        if let Some(tensor) = attributes.tensor("value")? {
            return tensors::read(tensor, self.folder, &mut draft.ledger);
        }
        if let Some(number) = attributes.float("value_float")? {
            return Constant::floats(Vec::new(), vec![number]);
        }
        if let Some(number) = attributes.integer("value_int")? {
            return Constant::integers(Vec::new(), vec![number]);
        }
        if let Some(numbers) = attributes.floats("value_floats")? {
            draft.ledger.take(numbers.len())?;
            return Constant::floats(vec![numbers.len()], numbers.to_vec());
        }
        if let Some(numbers) = attributes.integers("value_ints")? {
            draft.ledger.take(numbers.len())?;
            return Ok(Constant::row(numbers.to_vec()));
        }
        Err(Refusal::Unsupported("a constant of text, or of nothing"))
    }

    /// What a node's output was before it became probabilities, if that is what it is.
    fn logits_of(&self, node: &NodeMessage<'_>, call: &Call<'_>) -> Option<Computed> {
        if ORDERLY.contains(&call.operator) {
            return self.logits.get(node.inputs.first()?).cloned();
        }
        read_by_softmax(call)
    }

    /// Gives the values that a node makes their names.
    fn keep(
        &mut self,
        node: &'a NodeMessage<'a>,
        call: &Call<'_>,
        values: Vec<Value>,
    ) -> Result<(), Refusal> {
        call.attributes.require_all_read()?;
        for (&name, mut value) in node.outputs.iter().zip(values) {
            if name.is_empty() {
                continue;
            }
            if self.values.contains_key(name) || self.initialisers.contains_key(name) {
                let name = printable(name);
                return Err(Refusal::Twice { name });
            }
            if let Value::Constant(constant) = &mut value {
                if constant.name.is_empty() {
                    if let Some(constant) = Rc::get_mut(constant) {
                        constant.name = name.to_string();
                    }
                }
            }
            if let Some(logits) = self.logits_of(node, call) {
                self.logits.insert(name, logits);
            }
            self.values.insert(name, value);
        }
        Ok(())
    }
}

/// Operators that leave numbers and their order as they are.
const ORDERLY: [&str; 7] = [
    "Cast",
    "Dropout",
    "Flatten",
    "Identity",
    "Reshape",
    "Squeeze",
    "Unsqueeze",
];

/// What a softmax over all numbers of a value reads.
fn read_by_softmax(call: &Call<'_>) -> Option<Computed> {
    if !matches!(call.operator, "Softmax" | "LogSoftmax") {
        return None;
    }
    let computed = call.computed(0).ok()?;
    let axes = computed.shape.len();
    let without = if call.opset >= 13 { -1 } else { 1 };
    let axis = call.axis(without, axes).ok()?;
    let together: usize = match call.opset {
        13.. => computed.shape[axis],
        _ => computed.shape[axis..].iter().product(),
    };
    let all: usize = computed.shape.iter().product();
    (together == all).then(|| computed.clone())
}

/// Which nodes a value depends on.
fn needed(graph: &GraphMessage<'_>, output: &str) -> Vec<bool> {
    let mut names = HashSet::from([output]);
    let mut is_needed = vec![false; graph.nodes.len()];
    for (node, is_needed) in graph.nodes.iter().zip(&mut is_needed).rev() {
        if node.outputs.iter().any(|name| names.contains(name)) {
            *is_needed = true;
            names.extend(node.inputs.iter().filter(|name| !name.is_empty()));
        }
    }
    is_needed
}

fn not_made(name: &str) -> Refusal {
    let name = printable(name);
    Refusal::NotMade { name }
}

/// The beginning of a name, as it may be shown.
pub(super) fn printable(name: &str) -> String {
    name.escape_debug().take(100).collect()
}

/// `node 3 "conv1", Conv with kernel_shape=[3, 3],`.
fn described(node: &NodeMessage<'_>, number: usize, attributes: Option<&Attributes<'_>>) -> String {
    let mut text = format!("node {number}");
    if !node.name.is_empty() {
        text += &format!(" \"{}\"", printable(node.name));
    }
    text += &format!(", {}", printable(node.operator));
    if !is_onnx(node.domain) {
        text += &format!(" of {}", printable(node.domain));
    }
    let attributes = attributes.map(ToString::to_string).unwrap_or_default();
    if !attributes.is_empty() {
        let attributes: String = attributes.chars().take(400).collect();
        text += &format!(" with {attributes},");
    }
    text
}
