//! A network as an ONNX file.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::chain::{graph_of, Source};
use super::error::ExportError;
use super::message::Message;
use super::operators::{initialiser_lengths, Step};
use super::sheet::{Attribute, Initialiser, Sheet, FLOAT};
use crate::code::{Graph, Node, Operator, Structure};

/// Version of the operators.
const OPSET: i64 = 17;

/// Version of the messages, which came with that of the operators.
const IR_VERSION: i64 = 8;

/// A message has at most this many bytes.
const MAX_BYTES: u64 = (1 << 31) - 1;

/// Numbers that are converted at a time.
const CHUNK: usize = 1 << 16;

/// A network as an ONNX file (version 17 of the operators, numbers of single precision) that reads
/// `image`, `[N, channels, rows, columns]` with pixels from 0 to 1, and makes `logits`,
/// `[N, classes]`. A network with constants, such as position embeddings, reads one image at a
/// time: `N` is 1.
///
/// ```
/// use nonvacuous::code::{Architecture, Structure};
/// use nonvacuous::network::{OnnxFile, OnnxNetwork, OnnxOptions};
/// use nonvacuous::shape::ImageSize;
/// let input = ImageSize { channels: 1, height: 2, width: 2 };
/// let structure = Structure::from(Architecture::parse("dense:2", input)?);
/// let mut bytes = Vec::new();
/// OnnxFile::new(&structure, &["fc.weight".to_string()])?
///     .write(&mut bytes, |_| (0..8).map(|weight| weight as f32))?;
/// let network = OnnxNetwork::decode(&bytes, &OnnxOptions::default())?;
/// assert_eq!(network.names, ["fc.weight"]);
/// assert_eq!(network.weights[0][7], 7.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct OnnxFile {
    /// The messages before the initialisers of weights: the file's, and the graph's.
    before: [Message; 2],
    tensors: Vec<(Initialiser, Source)>,
    /// The graph's after them, and the file's.
    after: [Message; 2],
}

impl OnnxFile {
    /// The nodes of a network whose tensors have these names, in the order of
    /// [`Structure::tensors`]. A name that comes twice gets a number the second time.
    ///
    /// # Errors
    /// [`ExportError::Inexpressible`] if there are no operators of ONNX for a layer, which holds of
    /// [`Layer::Deskew`](crate::code::Layer::Deskew); or for a node: dilated means, and windows of
    /// padding alone. [`ExportError::TooLarge`] if the weights are more than ONNX allows.
    pub fn new(structure: &Structure, names: &[String]) -> Result<Self, ExportError> {
        let (graph, sources) = match structure {
            Structure::Chain(chain) => graph_of(chain)?,
            Structure::Graph(graph) => {
                let sources = (0..graph.tensors().len()).map(Source::Tensor);
                (graph.clone(), sources.collect())
            }
        };
        let mut sheet = Sheet::default();
        let [image, logits] = ["image", "logits"].map(|name| sheet.fresh(name));
        let mut tensors = Vec::new();
        for (shape, source) in initialisers(&graph).into_iter().zip(sources) {
            let name = match &source {
                Source::Tensor(place) => names.get(*place).unwrap_or(&shape.name),
                Source::Fixed(_) => "oriented.weight",
            };
            let name = sheet.fresh(name);
            tensors.push((Initialiser { name, ..shape }, source));
        }
        let last = write_nodes(&graph, &tensors, [&image, &logits], &mut sheet)?;
        if last != logits {
            let axis = [("axis", Attribute::Integer(1))];
            sheet.node_named("Flatten", &[&last], &axis, &logits);
        }
        let file = Self::of(&graph, sheet, tensors, [&image, &logits]);
        let bytes = file.graph_bytes();
        if bytes > MAX_BYTES - 64 {
            return Err(ExportError::TooLarge {
                bytes,
                limit: MAX_BYTES,
            });
        }
        Ok(file)
    }

    fn of(
        graph: &Graph,
        sheet: Sheet,
        tensors: Vec<(Initialiser, Source)>,
        [image, logits]: [&str; 2],
    ) -> Self {
        let (nodes, small) = sheet.into_parts();
        let mut begin = Message::default();
        for node in &nodes {
            begin = begin.message(1, node);
        }
        begin = begin.text(2, "network");
        for tensor in &small {
            begin = begin.message(5, tensor);
        }
        let is_constant = |node: &Node| matches!(node.operator, Operator::Constant { .. });
        let examples = match graph.nodes().iter().any(is_constant) {
            true => Message::default().integer(1, 1),
            false => Message::default().text(2, "N"),
        };
        let size = graph.input();
        let end = Message::default()
            .message(
                11,
                &value(image, &examples, &[size.channels, size.height, size.width]),
            )
            .message(12, &value(logits, &examples, &[graph.classes()]));
        let opset = Message::default().text(1, "").integer(2, OPSET);
        Self {
            before: [
                Message::default()
                    .integer(1, IR_VERSION)
                    .text(2, "nonvacuous"),
                begin,
            ],
            tensors,
            after: [end, Message::default().message(8, &opset)],
        }
    }

    /// The names of the initialisers that weights are, with their shapes.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.tensors
            .iter()
            .map(|(tensor, _)| (&tensor.name[..], &tensor.lengths[..]))
    }

    /// Writes the file. `numbers` gives those of a tensor of the network by its index; each tensor
    /// is converted and written by itself.
    ///
    /// # Errors
    /// If the writer fails.
    pub fn write<I: Iterator<Item = f32>>(
        &self,
        out: &mut impl Write,
        mut numbers: impl FnMut(usize) -> I,
    ) -> io::Result<()> {
        const GRAPH: u64 = 7;
        let [file, graph] = self.before.clone();
        out.write_all(&file.begin(GRAPH, self.graph_bytes()).0)?;
        out.write_all(&graph.0)?;
        for (tensor, source) in &self.tensors {
            out.write_all(&beginning(tensor).0)?;
            match source {
                Source::Tensor(place) => write_numbers(out, numbers(*place))?,
                Source::Fixed(fixed) => write_numbers(out, fixed.iter().copied())?,
            }
        }
        let [graph, file] = &self.after;
        out.write_all(&graph.0)?;
        out.write_all(&file.0)
    }

    /// How many bytes the message of the graph has.
    fn graph_bytes(&self) -> u64 {
        let tensors = self.tensors.iter();
        let tensors = tensors.map(|(tensor, _)| beginning(tensor).len() + tensor.bytes());
        self.before[1].len() + tensors.sum::<u64>() + self.after[0].len()
    }
}

/// The field of an initialiser up to its numbers.
fn beginning(tensor: &Initialiser) -> Message {
    const INITIALISER: u64 = 5;
    const RAW: u64 = 9;
    let head = tensor.head().begin(RAW, tensor.bytes());
    let length = head.len() + tensor.bytes();
    let mut field = Message::default().begin(INITIALISER, length);
    field.0.extend(head.0);
    field
}

fn write_numbers(out: &mut impl Write, numbers: impl Iterator<Item = f32>) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(4 * CHUNK);
    for number in numbers {
        buffer.extend(number.to_le_bytes());
        if buffer.len() == 4 * CHUNK {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    out.write_all(&buffer)
}

/// A value of this name and of these lengths for each example.
fn value(name: &str, examples: &Message, lengths: &[usize]) -> Message {
    let mut axes = Message::default().message(1, examples);
    for &length in lengths {
        axes = axes.message(1, &Message::default().integer(1, length as i64));
    }
    let tensor = Message::default().integer(1, FLOAT).message(2, &axes);
    let of_type = Message::default().message(1, &tensor);
    Message::default().text(1, name).message(2, &of_type)
}

/// The initialisers that the tensors of a graph become, with the names that these have.
fn initialisers(graph: &Graph) -> Vec<Initialiser> {
    let mut shapes = graph.tensors().into_iter();
    let mut all = Vec::new();
    for (node, before, _) in graph.steps() {
        let count = node.operator.weights(&before).len();
        for shape in shapes.by_ref().take(count) {
            let lengths = initialiser_lengths(&node.operator, &before, &shape.dimensions);
            all.push(Initialiser {
                name: shape.name,
                lengths,
            });
        }
    }
    all
}

/// Writes all nodes between the image and the logits, of which the first has this name, and the
/// last, too, if it has one axis; returns the name of the last value.
fn write_nodes(
    graph: &Graph,
    tensors: &[(Initialiser, Source)],
    [image, logits]: [&str; 2],
    sheet: &mut Sheet,
) -> Result<String, ExportError> {
    let mut names = vec![image.to_string()];
    let mut next = tensors.iter();
    let gains = gains_of(graph);
    let has_gains: BTreeSet<usize> = gains.iter().flatten().copied().collect();
    let nodes = graph.nodes().len();
    for (index, (node, before, after)) in graph.steps().enumerate() {
        if has_gains.contains(&index) {
            // It is written with its gains, which read what it reads.
            names.push(names[node.inputs[0]].clone());
            continue;
        }
        let output = match index + 1 == nodes && after.axes() == 1 {
            true => logits.to_string(),
            false => sheet.fresh(&format!("value_{}", index + 1)),
        };
        let operator = gains[index].map_or(&node.operator, |normalise| {
            &graph.nodes()[normalise].operator
        });
        let inputs = node.inputs.iter().map(|&value| names[value].clone());
        let count = node.operator.weights(&before).len();
        let tensors = next.by_ref().take(count);
        let step = Step {
            operator,
            tensors: tensors.map(|(tensor, _)| tensor.name.clone()).collect(),
            inputs: inputs.zip(before).collect(),
            output,
            after,
        };
        step.write(sheet)?;
        names.push(step.output);
    }
    Ok(names.pop().unwrap_or_default())
}

/// For each node, if it is the gains of a normalisation over the last axis that nothing else reads:
/// the index of that.
fn gains_of(graph: &Graph) -> Vec<Option<usize>> {
    let mut readers = vec![0; graph.values().len()];
    for &value in graph.nodes().iter().flat_map(|node| &node.inputs) {
        readers[value] += 1;
    }
    let of = |node: &Node| {
        let Operator::Affine {
            axis, scale: true, ..
        } = node.operator
        else {
            return None;
        };
        let value = *node.inputs.first()?;
        let is_last = axis + 1 == graph.values()[value].axes();
        let maker = value.checked_sub(1)?;
        let normalises = matches!(
            graph.nodes()[maker].operator,
            Operator::Normalise { axes: 1, .. }
        );
        (is_last && normalises && readers[value] == 1).then_some(maker)
    };
    graph.nodes().iter().map(of).collect()
}
