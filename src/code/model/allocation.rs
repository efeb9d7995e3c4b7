//! Where the bits of a file go.

use super::invariants::Model;
use crate::code::architecture::tensors::TensorShape;
use crate::code::codebook::values::Codebook;
use crate::code::coder::length::Purpose;
use crate::code::relative::change::Change;
use crate::code::symbols::symbol_code::SymbolCode;
use crate::code::symbols::tensor::CodedTensor;

/// Where the bits of a file go.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Allocation {
    /// Length of the file: what enters a bound.
    pub total: u64,
    /// The version.
    pub version: f64,
    /// Input size and layers or nodes.
    pub architecture: f64,
    /// One entry a tensor, in file order.
    pub tensors: Vec<TensorBits>,
    /// What is left: the end of the stream and the last byte's rest.
    pub termination: f64,
}

/// Ideal code lengths of one tensor, in bits.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TensorBits {
    /// The tensor's name.
    pub name: String,
    /// Number of weights.
    pub weights: usize,
    /// Number of weights, or of coordinates in a subspace, that are not zero.
    pub nonzeros: usize,
    /// Number of codewords.
    pub codewords: usize,
    /// What kind of numbers the codewords are.
    pub kind: String,
    /// Number of coordinates, if the tensor lies in a subspace.
    pub coordinates: Option<usize>,
    /// How the symbols are coded; `None` without codewords.
    pub symbol_code: Option<SymbolCode>,
    /// A new codebook, or the flag that there is none, and the way of coding the symbols.
    pub codebook: f64,
    /// Which weights are not zero.
    pub mask: f64,
    /// Which codeword each weight takes that is not zero.
    pub assignments: f64,
    /// Empirical entropy of zero or not, times the number of weights: what the mask would take with
    /// one probability, known in hindsight. For comparison.
    pub mask_entropy: f64,
    /// Empirical entropy of the codewords, times the number of weights that are not zero. For
    /// comparison.
    pub assignment_entropy: f64,
}

/// Ideal bits written so far, by [`Purpose`].
pub(super) type BitsByPurpose = [f64; Purpose::ALL.len()];

/// Ideal bits written at the boundaries of a file's parts.
#[derive(Debug)]
pub(super) struct Boundaries {
    pub(super) version: BitsByPurpose,
    pub(super) architecture: BitsByPurpose,
    pub(super) tensors: Vec<BitsByPurpose>,
}

impl Allocation {
    /// Differences between the parts' boundaries.
    pub(super) fn new(model: &Model, boundaries: &Boundaries, bytes: usize) -> Self {
        let sum = |bits: &BitsByPurpose| bits.iter().sum::<f64>();
        let version = sum(&boundaries.version);
        let architecture = sum(&boundaries.architecture) - version;
        let shapes = model.structure().tensors();
        let mut tensors = Vec::with_capacity(shapes.len());
        let mut before = boundaries.architecture;
        for (index, (shape, after)) in shapes.into_iter().zip(&boundaries.tensors).enumerate() {
            let spent = std::array::from_fn(|purpose| after[purpose] - before[purpose]);
            tensors.extend(model.tensors().get(index).map(|tensor| {
                TensorBits::new(
                    shape,
                    tensor,
                    model.codebook_of(tensor),
                    model.symbol_code(index),
                    spent,
                )
            }));
            before = *after;
        }
        let total = 8 * bytes as u64;
        Self {
            total,
            version,
            architecture,
            tensors,
            termination: total as f64 - sum(&before),
        }
    }
}

impl TensorBits {
    fn new(
        shape: TensorShape,
        tensor: &CodedTensor,
        codebook: &Codebook,
        symbol_code: SymbolCode,
        [description, mask, assignments]: BitsByPurpose,
    ) -> Self {
        let (mask_entropy, assignment_entropy) = tensor.entropies();
        Self {
            weights: shape.len(),
            name: shape.name,
            nonzeros: tensor.nonzeros(),
            codewords: codebook.len(),
            kind: kind(tensor, codebook),
            coordinates: tensor.subspace().map(|_| tensor.symbols().len()),
            symbol_code: (!codebook.is_empty()).then_some(symbol_code),
            codebook: description,
            mask,
            assignments,
            mask_entropy,
            assignment_entropy,
        }
    }
}

/// What kind of numbers a tensor's codewords are, and what of a base they change.
fn kind(tensor: &CodedTensor, codebook: &Codebook) -> String {
    if tensor.unchanged_weights().is_some() {
        return "the base's".to_string();
    }
    if tensor.raw_weights().is_some() {
        return "raw".to_string();
    }
    match tensor.changed().map(|changed| changed.change) {
        None => codebook.kind(),
        Some(Change::Added) => format!("added to the base's: {}", codebook.kind()),
        Some(Change::ProductAdded { rank }) => {
            format!(
                "product of rank {rank} added to the base's: {}",
                codebook.kind()
            )
        }
        Some(Change::RowsScaled) => format!("scales of the base's rows: {}", codebook.kind()),
    }
}
