//! A writer of ONNX files that says whatever a test wants.

/// A message of protocol buffers.
#[derive(Clone, Default)]
pub struct Message(pub Vec<u8>);

impl Message {
    fn variable(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub fn integer(mut self, field: u64, number: i64) -> Self {
        self.variable(field << 3);
        self.variable(number as u64);
        self
    }

    pub fn bytes(mut self, field: u64, bytes: impl AsRef<[u8]>) -> Self {
        self.variable(field << 3 | 2);
        self.variable(bytes.as_ref().len() as u64);
        self.0.extend(bytes.as_ref());
        self
    }

    pub fn message(self, field: u64, message: Message) -> Self {
        self.bytes(field, message.0)
    }
}

pub fn message() -> Message {
    Message::default()
}

/// An attribute that is an integer.
pub fn integer(name: &str, number: i64) -> Message {
    message().bytes(1, name).integer(3, number).integer(20, 2)
}

/// An attribute that is a text.
pub fn text(name: &str, text: &str) -> Message {
    message().bytes(1, name).bytes(4, text).integer(20, 3)
}

/// An attribute that is a list of integers.
pub fn integers(name: &str, numbers: &[i64]) -> Message {
    let named = message().bytes(1, name);
    let listed = numbers
        .iter()
        .fold(named, |list, &number| list.integer(8, number));
    listed.integer(20, 7)
}

pub fn node(operator: &str, inputs: &[&str], outputs: &[&str], attributes: &[Message]) -> Message {
    let node = inputs
        .iter()
        .fold(message(), |node, name| node.bytes(1, name));
    let node = outputs.iter().fold(node, |node, name| node.bytes(2, name));
    let node = node.bytes(4, operator);
    attributes
        .iter()
        .fold(node, |node, attribute| node.bytes(5, &attribute.0))
}

/// A tensor of raw bytes, of a type of `TensorProto.DataType`.
pub fn tensor(name: &str, data_type: i64, dimensions: &[i64], raw: &[u8]) -> Message {
    let lengths = dimensions
        .iter()
        .fold(message(), |tensor, &length| tensor.integer(1, length));
    lengths.integer(2, data_type).bytes(8, name).bytes(9, raw)
}

pub fn floats(name: &str, dimensions: &[i64], numbers: &[f32]) -> Message {
    let raw: Vec<u8> = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    tensor(name, 1, dimensions, &raw)
}

pub fn row(name: &str, numbers: &[i64]) -> Message {
    let raw: Vec<u8> = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    tensor(name, 7, &[numbers.len() as i64], &raw)
}

/// An input or output of floating point numbers; a negative length has no number.
pub fn value(name: &str, data_type: i64, lengths: &[i64]) -> Message {
    let shape = lengths.iter().fold(message(), |shape, &length| {
        let axis = match length < 0 {
            true => message().bytes(2, "N"),
            false => message().integer(1, length),
        };
        shape.message(1, axis)
    });
    let tensor = message().integer(1, data_type).message(2, shape);
    message()
        .bytes(1, name)
        .message(2, message().message(1, tensor))
}

/// A file whose graph reads `image`, `[N, 1, 2, 2]`, and makes `logits`.
pub fn file(nodes: &[Message], tensors: &[Message]) -> Vec<u8> {
    let graph = graph(nodes, tensors)
        .message(11, value("image", 1, &[-1, 1, 2, 2]))
        .message(12, value("logits", 1, &[]));
    of_graph(graph)
}

pub fn graph(nodes: &[Message], tensors: &[Message]) -> Message {
    let graph = nodes
        .iter()
        .fold(message(), |graph, node| graph.bytes(1, &node.0));
    tensors
        .iter()
        .fold(graph, |graph, tensor| graph.bytes(5, &tensor.0))
}

pub fn of_graph(graph: Message) -> Vec<u8> {
    of_version(17, graph)
}

/// A file of a version of the operators.
pub fn of_version(version: i64, graph: Message) -> Vec<u8> {
    let opset = message().bytes(1, "").integer(2, version);
    message()
        .integer(1, 8)
        .message(8, opset)
        .message(7, graph)
        .0
}
