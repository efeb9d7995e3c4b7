//! The messages of an ONNX file that say what a network computes.
//!
//! The numbers of fields are those of `onnx.proto`. What is not read is documentation, training,
//! and shapes of values in between, which follow from the operators.

use super::protobuf::{Damaged, Field, Fields};

/// Most nodes of a file, constants and shape arithmetic included, and most initialisers.
const MAX_MESSAGES: usize = 1 << 16;

/// A file: its graph, and the version of the operators.
#[derive(Debug, Default)]
pub(super) struct Model<'a> {
    /// The graph.
    pub graph: Option<GraphMessage<'a>>,
    /// Version of ONNX's own operators.
    pub opset: Option<i64>,
}

/// A graph.
#[derive(Debug, Default)]
pub(super) struct GraphMessage<'a> {
    /// The nodes, each after those that it reads.
    pub nodes: Vec<NodeMessage<'a>>,
    /// Constants with names.
    pub initialisers: Vec<TensorMessage<'a>>,
    /// What is given; in old files the initialisers, too.
    pub inputs: Vec<ValueMessage<'a>>,
    /// What is computed.
    pub outputs: Vec<ValueMessage<'a>>,
    /// Whether there are initialisers that list what is not zero.
    pub has_sparse: bool,
}

/// A node.
#[derive(Debug, Default)]
pub(super) struct NodeMessage<'a> {
    /// Names of what it reads; an empty one stands for nothing.
    pub inputs: Vec<&'a str>,
    /// Names of what it makes.
    pub outputs: Vec<&'a str>,
    /// Its own name; often empty.
    pub name: &'a str,
    /// Its operator.
    pub operator: &'a str,
    /// Who defined the operator: ONNX itself, if that is empty.
    pub domain: &'a str,
    /// Its attributes, not read yet.
    pub attributes: Vec<&'a [u8]>,
}

/// A tensor.
#[derive(Debug, Clone, Default)]
pub(super) struct TensorMessage<'a> {
    /// Lengths of the axes.
    pub dimensions: Vec<i64>,
    /// The type of its numbers, as `TensorProto.DataType` counts them.
    pub data_type: i64,
    /// Its name.
    pub name: &'a str,
    /// Its numbers as bytes.
    pub raw: Option<&'a [u8]>,
    /// Its numbers as fields.
    pub fields: Vec<Field<'a>>,
    /// Where its numbers are, if they are in another file: pairs of keys and values.
    pub external: Vec<(&'a str, &'a str)>,
    /// Whether its numbers are in another file.
    pub is_external: bool,
}

/// An input or output.
#[derive(Debug, Default)]
pub(super) struct ValueMessage<'a> {
    /// Its name.
    pub name: &'a str,
    /// The type of its numbers.
    pub data_type: i64,
    /// Lengths of its axes, if they are said.
    pub axes: Option<Vec<AxisMessage<'a>>>,
}

/// The length of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AxisMessage<'a> {
    /// So many.
    Known(i64),
    /// A number with a name, or without.
    Symbolic(&'a str),
}

impl<'a> Model<'a> {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Damaged`] if it is no ONNX file.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut model = Model::default();
        for field in Fields(bytes) {
            let field = field?;
            match field.number {
                7 => model.graph = Some(GraphMessage::read(field.bytes()?)?),
                8 => {
                    let (domain, version) = operator_set(field.bytes()?)?;
                    if is_onnx(domain) {
                        model.opset = Some(version);
                    }
                }
                _ => {}
            }
        }
        Ok(model)
    }
}

/// Whether a domain is that of ONNX's own operators.
pub(super) fn is_onnx(domain: &str) -> bool {
    domain.is_empty() || domain == "ai.onnx"
}

fn operator_set(bytes: &[u8]) -> Result<(&str, i64), Damaged> {
    let (mut domain, mut version) = ("", 0);
    for field in Fields(bytes) {
        let field = field?;
        match field.number {
            1 => domain = field.text()?,
            2 => version = field.integer()?,
            _ => {}
        }
    }
    Ok((domain, version))
}

fn require_few(what: &'static str, count: usize) -> Result<(), Damaged> {
    if count > MAX_MESSAGES {
        return Err(Damaged::TooMany {
            what,
            limit: MAX_MESSAGES,
        });
    }
    Ok(())
}

impl<'a> GraphMessage<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut graph = GraphMessage::default();
        for field in Fields(bytes) {
            let field = field?;
            match field.number {
                1 => graph.nodes.push(NodeMessage::read(field.bytes()?)?),
                5 => {
                    let tensor = TensorMessage::read(field.bytes()?)?;
                    graph.initialisers.push(tensor);
                }
                11 => graph.inputs.push(ValueMessage::read(field.bytes()?)?),
                12 => graph.outputs.push(ValueMessage::read(field.bytes()?)?),
                15 => graph.has_sparse = true,
                _ => {}
            }
            require_few("nodes", graph.nodes.len())?;
            require_few("initialisers", graph.initialisers.len())?;
            require_few("inputs", graph.inputs.len())?;
            require_few("outputs", graph.outputs.len())?;
        }
        Ok(graph)
    }
}

impl<'a> NodeMessage<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut node = NodeMessage::default();
        for field in Fields(bytes) {
            let field = field?;
            match field.number {
                1 => node.inputs.push(field.text()?),
                2 => node.outputs.push(field.text()?),
                3 => node.name = field.text()?,
                4 => node.operator = field.text()?,
                5 => node.attributes.push(field.bytes()?),
                7 => node.domain = field.text()?,
                _ => {}
            }
        }
        Ok(node)
    }
}

impl<'a> TensorMessage<'a> {
    /// Reads a tensor, but not its numbers.
    ///
    /// # Errors
    /// [`Damaged`] if it is none.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut tensor = TensorMessage::default();
        for field in Fields(bytes) {
            let field = field?;
            match field.number {
                1 => field.append_integers(&mut tensor.dimensions)?,
                2 => tensor.data_type = field.integer()?,
                4 | 5 | 6 | 7 | 10 | 11 => tensor.fields.push(field),
                8 => tensor.name = field.text()?,
                9 => tensor.raw = Some(field.bytes()?),
                13 => tensor.external.push(entry(field.bytes()?)?),
                14 => tensor.is_external = field.integer()? == 1,
                _ => {}
            }
        }
        Ok(tensor)
    }
}

/// A key and its value.
fn entry(bytes: &[u8]) -> Result<(&str, &str), Damaged> {
    let (mut key, mut value) = ("", "");
    for field in Fields(bytes) {
        let field = field?;
        match field.number {
            1 => key = field.text()?,
            2 => value = field.text()?,
            _ => {}
        }
    }
    Ok((key, value))
}

impl<'a> ValueMessage<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut value = ValueMessage::default();
        for field in Fields(bytes) {
            let field = field?;
            match field.number {
                1 => value.name = field.text()?,
                2 => value.read_type(field.bytes()?)?,
                _ => {}
            }
        }
        Ok(value)
    }

    /// A tensor's type; sequences, maps and others leave the type 0.
    fn read_type(&mut self, bytes: &'a [u8]) -> Result<(), Damaged> {
        for field in Fields(bytes) {
            let field = field?;
            if field.number != 1 {
                continue;
            }
            for field in Fields(field.bytes()?) {
                let field = field?;
                match field.number {
                    1 => self.data_type = field.integer()?,
                    2 => self.axes = Some(axes(field.bytes()?)?),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

fn axes(bytes: &[u8]) -> Result<Vec<AxisMessage<'_>>, Damaged> {
    let mut axes = Vec::new();
    for field in Fields(bytes) {
        let field = field?;
        if field.number != 1 {
            continue;
        }
        let mut axis = AxisMessage::Symbolic("");
        for field in Fields(field.bytes()?) {
            let field = field?;
            match field.number {
                1 => axis = AxisMessage::Known(field.integer()?),
                2 => axis = AxisMessage::Symbolic(field.text()?),
                _ => {}
            }
        }
        axes.push(axis);
    }
    Ok(axes)
}
