//! A file becomes a graph, its weights, and their names.

use std::path::Path;
use std::rc::Rc;

use super::call::Value;
use super::draft::{Draft, Step};
use super::error::OnnxError;
use super::external::Folder;
use super::file::{AxisMessage, GraphMessage, Model, ValueMessage};
use super::image::Image;
use super::ledger::Ledger;
use super::options::OnnxOptions;
use super::rewriting::Rewriting;
use super::translation::{printable, Translation};
use crate::code::Graph;
use crate::storage::memory_limit::MemoryLimit;
use crate::storage::whole_file;

/// Longest ONNX file, in bytes: what protocol buffers can have.
pub const MAX_ONNX_BYTES: u64 = 1 << 31;

/// The network of an ONNX file.
///
/// ```
/// use nonvacuous::network::{OnnxNetwork, OnnxOptions};
/// let nothing = OnnxNetwork::decode(b"", &OnnxOptions::default());
/// assert!(nothing.is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct OnnxNetwork {
    /// What it computes.
    pub graph: Graph,
    /// Its weights, tensor by tensor in the order of [`Graph::tensors`].
    pub weights: Vec<Vec<f32>>,
    /// The file's name for each tensor: that of the initialiser that it was made of.
    pub names: Vec<String>,
    /// What a user should know: what was left out, and what was read in another way than written.
    pub notes: Vec<String>,
    /// Whether the file's output are the probabilities, or their logarithms, of this graph's
    /// logits.
    pub leaves_out_softmax: bool,
}

impl OnnxNetwork {
    /// Reads a file, and those beside it that its weights are in.
    ///
    /// # Errors
    /// [`OnnxError`] says what cannot be read, or which node is not understood.
    pub fn read(path: &Path, options: &OnnxOptions) -> Result<Self, OnnxError> {
        let bytes = whole_file::read_at_most(path, MAX_ONNX_BYTES)?;
        let folder = path.parent().unwrap_or(Path::new(".")).to_path_buf();
        decode(&bytes, &Folder(Some(folder)), options)
    }

    /// Reads the bytes of a file whose weights are in no other.
    ///
    /// # Errors
    /// [`OnnxError`] says what cannot be read, or which node is not understood.
    pub fn decode(bytes: &[u8], options: &OnnxOptions) -> Result<Self, OnnxError> {
        decode(bytes, &Folder(None), options)
    }
}

fn decode(bytes: &[u8], folder: &Folder, options: &OnnxOptions) -> Result<OnnxNetwork, OnnxError> {
    let model = Model::read(bytes)?;
    let graph = model.graph.ok_or(OnnxError::NoGraph)?;
    let opset = model.opset.ok_or(OnnxError::NoVersion)?;
    if graph.has_sparse {
        return Err(OnnxError::Unread("sparse initialisers"));
    }
    let limit = options.memory.unwrap_or_else(|| {
        let tensors = graph.initialisers.iter();
        let external = tensors
            .filter(|tensor| tensor.is_external)
            .map(|tensor| &tensor.external[..]);
        let beside = folder.bytes_beside(external);
        MemoryLimit::of_file(bytes.len().saturating_add(beside as usize))
    });
    let input = only_input(&graph)?;
    let image = Image::of(input, &graph, options)?;
    let output = chosen_output(&graph, options)?;
    let mut draft = Draft::new(image.dimensions()?, limit);
    let mut translation = Translation::new(&graph, folder, opset, image.batch)?;
    let computed = image
        .computed(&mut draft)
        .map_err(|source| OnnxError::Initialiser {
            name: printable(input.name),
            source,
        })?;
    translation.insert(input.name, Value::Computed(computed));
    let made = translation.run(output.name, &mut draft)?;
    let wrong_output = |problem: String| OnnxError::Output {
        name: printable(output.name),
        problem,
    };
    let Value::Computed(made) = made else {
        return Err(wrong_output("does not depend on the image".to_string()));
    };
    require_declared(output, &made.shape).map_err(wrong_output)?;
    let mut notes = image.notes();
    notes.extend(translation.notes());
    let logits = translation.logits(output.name).cloned();
    // What it knows of constants would keep weights that are now the draft's alone.
    drop(translation);
    let leaves_out_softmax = logits.is_some();
    if leaves_out_softmax {
        notes.push(
            "the softmax at the end is left out: it does not change which class is the largest"
                .to_string(),
        );
    }
    let logits = logits.unwrap_or(made);
    let (mut rewriting, mut ledger) = Rewriting::of(draft, logits.value);
    rewriting
        .rewrite(&mut ledger)
        .map_err(|refusal| wrong_output(crate::causes::with_causes(&refusal)))?;
    let (nodes, steps) = rewriting.finish();
    let graph = Graph::new(image.size, nodes)?;
    let (names, weights) = weights(steps, &mut ledger)?;
    Ok(OnnxNetwork {
        graph,
        weights,
        names,
        notes,
        leaves_out_softmax,
    })
}

/// The input that is no initialiser.
fn only_input<'g, 'a>(graph: &'g GraphMessage<'a>) -> Result<&'g ValueMessage<'a>, OnnxError> {
    let initialisers: std::collections::HashSet<&str> = graph
        .initialisers
        .iter()
        .map(|tensor| tensor.name)
        .collect();
    let given = graph.inputs.iter();
    let given: Vec<&ValueMessage<'_>> = given
        .filter(|input| !initialisers.contains(input.name))
        .collect();
    match given[..] {
        [input] => Ok(input),
        _ => Err(OnnxError::Inputs {
            found: listed(&given),
        }),
    }
}

fn listed(values: &[&ValueMessage<'_>]) -> String {
    let names: Vec<String> = values
        .iter()
        .take(8)
        .map(|value| printable(value.name))
        .collect();
    match values.len() {
        0 => "nothing".to_string(),
        9.. => format!("{}, ...", names.join(", ")),
        _ => names.join(", "),
    }
}

fn chosen_output<'g, 'a>(
    graph: &'g GraphMessage<'a>,
    options: &OnnxOptions,
) -> Result<&'g ValueMessage<'a>, OnnxError> {
    let all: Vec<&ValueMessage<'_>> = graph.outputs.iter().collect();
    let found = listed(&all);
    if let Some(name) = &options.output {
        let chosen = graph.outputs.iter().find(|output| output.name == name);
        return chosen.ok_or_else(|| OnnxError::NoOutput {
            name: name.clone(),
            found,
        });
    }
    match &graph.outputs[..] {
        [output] => Ok(output),
        _ => Err(OnnxError::Outputs { found }),
    }
}

/// Refuses a shape that is not what the file says of its output.
fn require_declared(output: &ValueMessage<'_>, made: &[usize]) -> Result<(), String> {
    let declared = output.axes.as_deref().unwrap_or(&[]);
    let is_alike = |(declared, &made): (&AxisMessage<'_>, &usize)| match *declared {
        AxisMessage::Known(length) => length == made as i64,
        AxisMessage::Symbolic(_) => true,
    };
    let rest = declared.iter().skip(1).zip(made.iter().skip(1));
    if declared.len() > 1 && (declared.len() != made.len() || !rest.into_iter().all(is_alike)) {
        return Err(format!(
            "has the shape {made:?} for one image, but the file says otherwise; export it with a \
             batch of one image"
        ));
    }
    if made.len() > 1 && made[0] != 1 {
        return Err(format!(
            "has the shape {made:?} for one image, instead of one row; export it with a batch of \
             one image"
        ));
    }
    Ok(())
}

/// Names and numbers of all weights; minus zero is zero.
fn weights(
    steps: Vec<Step>,
    ledger: &mut Ledger,
) -> Result<(Vec<String>, Vec<Vec<f32>>), OnnxError> {
    let (mut names, mut all) = (Vec::new(), Vec::new());
    for weight in steps.into_iter().flat_map(|step| step.weights) {
        let mut numbers = match Rc::try_unwrap(weight.numbers) {
            Ok(numbers) => numbers,
            Err(shared) => {
                ledger.take(shared.len())?;
                shared.to_vec()
            }
        };
        for number in &mut numbers {
            if !number.is_finite() {
                return Err(OnnxError::NotFinite {
                    tensor: printable(&weight.name),
                    value: *number,
                });
            }
            if *number == 0.0 {
                *number = 0.0;
            }
        }
        names.push(weight.name);
        all.push(numbers);
    }
    Ok((names, all))
}
