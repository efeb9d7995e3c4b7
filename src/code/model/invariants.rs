//! A network as its file decodes; there is none that cannot be encoded.

use std::sync::Arc;

use super::error::TensorError;
use crate::code::architecture::tensors::TensorShape;
use crate::code::codebook::error::CodebookError;
use crate::code::codebook::values::Codebook;
use crate::code::error::CodeError;
use crate::code::relative::change::{Change, Changed};
use crate::code::relative::spliced::{Relation, Spliced};
use crate::code::structure::Structure;
use crate::code::symbols::geometry::Geometry;
use crate::code::symbols::symbol_code::SymbolCode;
use crate::code::symbols::tensor::CodedTensor;

/// What a tensor refers to that has no codebook; in a [`Model`] there is none.
static NO_CODEBOOK: Codebook = Codebook::EMPTY;

/// A network exactly as its file decodes: its structure, codebooks, and a symbol for every weight.
///
/// The file is one arithmetic-coded stream: the version, the structure, and for each of its
/// tensors a flag whether a new codebook follows (never asked of the first tensor, which always
/// brings one), that codebook, the way in which the symbols are coded, and the symbols. A decoded
/// model is encoded again and must give the same bytes; so no two files decode to the same `Model`,
/// no file is the beginning of another, and a trailing byte is an error.
///
/// The way of coding belongs to a model, as its file says it: [`Model::new`] chooses the shortest
/// for each tensor, [`Model::decode`] keeps what it reads.
///
/// ```
/// use nonvacuous::code::{Architecture, Codebook, CodedTensor, Model};
/// use nonvacuous::shape::ImageSize;
/// let input = ImageSize { channels: 1, height: 1, width: 3 };
/// let codebook = Codebook::exact(vec![-1.0, 1.0])?;
/// let tensor = CodedTensor::new(0, vec![0, 2, 0, 1, 0, 0]);
/// let model = Model::new(Architecture::parse("dense:2", input)?, vec![codebook], vec![tensor])?;
/// assert_eq!(model.weights(), [[0.0, 1.0, 0.0, -1.0, 0.0, 0.0]]);
/// assert_eq!(Model::decode(&model.encode()?)?, model);
/// # Ok::<(), nonvacuous::code::CodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(super) structure: Structure,
    /// Which nodes and tensors are a base's.
    pub(super) relation: Option<Relation>,
    pub(super) codebooks: Vec<Codebook>,
    pub(super) tensors: Vec<CodedTensor>,
    /// One a tensor, and one in which its symbols have a code word.
    pub(super) symbol_codes: Vec<SymbolCode>,
}

impl Model {
    /// Checks that tensors and codebooks fit the structure, and chooses how the symbols are
    /// coded.
    ///
    /// # Errors
    /// [`CodeError::TensorCount`]; [`CodeError::Tensor`] if the length of a tensor, its subspace or
    /// a symbol does not fit; [`CodeError::Codebook`] if a codebook is not used.
    pub fn new(
        structure: impl Into<Structure>,
        codebooks: Vec<Codebook>,
        tensors: Vec<CodedTensor>,
    ) -> Result<Self, CodeError> {
        Self::checked(structure.into(), None, codebooks, tensors)
    }

    /// The same of a network that has some of a base's nodes: their tensors are
    /// [the base's](CodedTensor::unchanged), [changed](CodedTensor::changing), or new.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn relative(
        spliced: Spliced,
        codebooks: Vec<Codebook>,
        tensors: Vec<CodedTensor>,
    ) -> Result<Self, CodeError> {
        let Spliced { graph, relation } = spliced;
        Self::checked(graph.into(), Some(relation), codebooks, tensors)
    }

    fn checked(
        structure: Structure,
        relation: Option<Relation>,
        codebooks: Vec<Codebook>,
        tensors: Vec<CodedTensor>,
    ) -> Result<Self, CodeError> {
        let shapes = structure.tensors();
        if shapes.len() != tensors.len() {
            return Err(CodeError::TensorCount {
                expected: shapes.len(),
                given: tensors.len(),
            });
        }
        let mut used = 0;
        for (index, (shape, tensor)) in shapes.iter().zip(&tensors).enumerate() {
            let misfit = |source| CodeError::Tensor {
                index: index + 1,
                source,
            };
            if tensor.raw_weights().is_some() && structure.chain().is_some() {
                return Err(misfit(TensorError::RawInChain));
            }
            let base = relation
                .as_ref()
                .and_then(|relation| relation.base_of(index));
            check_base(tensor, base).map_err(misfit)?;
            used = check(shape, tensor, &codebooks, used).map_err(misfit)?;
        }
        if used != codebooks.len() {
            return Err(CodebookError::Unused { codebook: used }.into());
        }
        let mut model = Self {
            structure,
            relation,
            codebooks,
            symbol_codes: vec![SymbolCode::Plain; tensors.len()],
            tensors,
        };
        for (index, geometry) in model.geometries().into_iter().enumerate() {
            model.choose_symbol_code(index, geometry)?;
        }
        Ok(model)
    }

    /// Takes the shortest code for the symbols of a tensor, unless they are all certain.
    fn choose_symbol_code(&mut self, index: usize, geometry: Geometry) -> Result<(), CodeError> {
        let (Some(tensor), Some(symbol_code)) =
            (self.tensors.get(index), self.symbol_codes.get_mut(index))
        else {
            return Ok(());
        };
        let codebook = tensor
            .codebook()
            .and_then(|codebook| self.codebooks.get(codebook));
        let alphabet = codebook.unwrap_or(&NO_CODEBOOK).alphabet();
        if alphabet.len() > 0 {
            *symbol_code = tensor.shortest_code(alphabet, geometry)?;
        }
        Ok(())
    }

    /// The network without its weights.
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// Whether it is written relative to a base.
    pub fn is_relative(&self) -> bool {
        self.relation.is_some()
    }

    /// The codebooks, in the order of their first use.
    pub fn codebooks(&self) -> &[Codebook] {
        &self.codebooks
    }

    /// The tensors, in the order of [`Structure::tensors`].
    pub fn tensors(&self) -> &[CodedTensor] {
        &self.tensors
    }

    /// The codebook that a tensor of this model refers to.
    pub(super) fn codebook_of(&self, tensor: &CodedTensor) -> &Codebook {
        tensor
            .codebook()
            .and_then(|codebook| self.codebooks.get(codebook))
            .unwrap_or(&NO_CODEBOOK)
    }

    /// How the symbols of a tensor are coded.
    pub(super) fn symbol_code(&self, index: usize) -> SymbolCode {
        self.symbol_codes
            .get(index)
            .copied()
            .unwrap_or(SymbolCode::Plain)
    }

    /// How the symbols of each tensor lie to each other.
    pub(super) fn geometries(&self) -> Vec<Geometry> {
        let direct = self.structure.geometries();
        let tensors = self.tensors.iter().zip(direct);
        tensors
            .map(|(tensor, direct)| {
                let is_list = tensor
                    .changed()
                    .is_some_and(|it| !it.change.is_of_weights());
                if !is_list && tensor.subspace().is_none() {
                    direct
                } else {
                    Geometry::line(tensor.symbols().len())
                }
            })
            .collect()
    }

    /// The same model with another symbol for one weight, coded in the same way as before; unless
    /// its tensor's rows are no longer in the order that this way needs: then the shortest is
    /// chosen again.
    ///
    /// # Errors
    /// [`CodeError::Tensor`] if there is no such weight, or its codebook has no such symbol.
    pub fn with_symbol(&self, tensor: usize, weight: usize, symbol: u8) -> Result<Self, CodeError> {
        let index = tensor;
        let misfit = |source| CodeError::Tensor {
            index: index + 1,
            source,
        };
        let count = self.tensors.len();
        let tensor = self
            .tensors
            .get(index)
            .ok_or_else(|| misfit(TensorError::NoTensor { count }))?;
        let codewords = self.codebook_of(tensor).len();
        if usize::from(symbol) > codewords {
            return Err(misfit(TensorError::Symbol { symbol, codewords }));
        }
        let mut model = self.clone();
        let is_changed = model
            .tensors
            .get_mut(index)
            .is_some_and(|changed| changed.set_symbol(weight, symbol));
        if !is_changed {
            let count = tensor.symbols().len();
            return Err(misfit(TensorError::NoWeight { weight, count }));
        }
        if model.symbol_code(index) == SymbolCode::Sorted {
            model.choose_again_if_out_of_order(index)?;
        }
        Ok(model)
    }

    /// A tensor whose rows are coded as sorted gets another code if they are not.
    fn choose_again_if_out_of_order(&mut self, index: usize) -> Result<(), CodeError> {
        let geometry = self.geometries().into_iter().nth(index);
        match (self.tensors.get(index), geometry) {
            (Some(tensor), Some(geometry)) if !tensor.is_sorted(geometry) => {
                self.choose_symbol_code(index, geometry)
            }
            _ => Ok(()),
        }
    }

    /// The weights of every tensor, in order.
    pub fn weights(&self) -> Vec<Vec<f32>> {
        (0..self.tensors.len())
            .map(|index| self.tensor_weights(index).collect())
            .collect()
    }

    /// How many weights of a tensor may be other than zero.
    pub(crate) fn nonzeros_at_most(&self, index: usize) -> usize {
        match self.tensors.get(index) {
            None => 0,
            Some(tensor) if tensor.subspace().is_none() && tensor.changed().is_none() => {
                tensor.nonzeros()
            }
            Some(_) => {
                let shape = self.structure.tensors().into_iter().nth(index);
                shape.map_or(0, |shape| shape.len())
            }
        }
    }

    /// The weights of one tensor, one after the other; none, if there is no such tensor.
    pub fn tensor_weights(&self, index: usize) -> impl Iterator<Item = f32> + '_ {
        let tensor = self.tensors.get(index);
        let values = tensor.map_or(&[][..], |tensor| self.codebook_of(tensor).values());
        let symbols = tensor.map_or(&[][..], CodedTensor::symbols);
        let value = |&symbol: &u8| match symbol {
            0 => 0.0,
            _ => values.get(usize::from(symbol) - 1).copied().unwrap_or(0.0),
        };
        let computed = tensor.and_then(|tensor| {
            let (subspace, changed) = (tensor.subspace(), tensor.changed());
            if subspace.is_none() && changed.is_none() {
                return None;
            }
            let shape = self.structure.tensors().into_iter().nth(index)?;
            let mut numbers: Vec<f32> = symbols.iter().map(value).collect();
            if let Some(subspace) = subspace {
                numbers = subspace.weights(&shape, &numbers);
            }
            if let Some(Changed { change, base }) = changed {
                numbers = change.apply(&shape, base, &numbers);
            }
            Some(numbers)
        });
        let direct = if computed.is_some() { &[] } else { symbols };
        let raw = tensor
            .and_then(CodedTensor::raw_weights)
            .unwrap_or_default();
        let unchanged = tensor.and_then(CodedTensor::unchanged_weights);
        computed
            .into_iter()
            .flatten()
            .chain(direct.iter().map(value))
            .chain(raw.iter().copied())
            .chain(unchanged.into_iter().flat_map(|base| base.iter().copied()))
    }
}

/// Checks that what a tensor says of a base is true: `base` are the base's weights in its place.
fn check_base(tensor: &CodedTensor, base: Option<&Arc<[f32]>>) -> Result<(), TensorError> {
    let changed = tensor.changed().map(|changed| &changed.base);
    let Some(said) = tensor.unchanged_weights().or(changed) else {
        return Ok(());
    };
    let base = base.ok_or(TensorError::NotOfBase)?;
    if Arc::ptr_eq(said, base) || said == base {
        Ok(())
    } else {
        Err(TensorError::OtherWeights)
    }
}

/// Checks a tensor, before which so many codebooks have been used; returns how many are then.
fn check(
    shape: &TensorShape,
    tensor: &CodedTensor,
    codebooks: &[Codebook],
    used: usize,
) -> Result<usize, TensorError> {
    if tensor.unchanged_weights().is_some() {
        return Ok(used);
    }
    let Some(codebook) = tensor.codebook() else {
        check_raw(shape, tensor.raw_weights().unwrap_or_default())?;
        return Ok(used);
    };
    if codebook != used && codebook.checked_add(1) != Some(used) {
        return Err(TensorError::CodebookOrder {
            found: codebook,
            next: used,
        });
    }
    let Some(codewords) = codebooks.get(codebook).map(Codebook::len) else {
        return Err(TensorError::MissingCodebook {
            codebook,
            count: codebooks.len(),
        });
    };
    let symbols = tensor.symbols();
    let change = tensor.changed().map(|changed| changed.change);
    if let Some(Change::ProductAdded { rank }) = change.filter(|change| !change.fits(shape)) {
        let rank = u64::from(rank);
        return Err(TensorError::Rank { rank });
    }
    let numbers = change.map_or(shape.len(), |change| change.numbers(shape));
    match tensor.subspace() {
        Some(_) if change.is_some_and(|change| !change.is_of_weights()) => {
            return Err(TensorError::SubspaceOfRows)
        }
        Some(_) if codewords == 0 => return Err(TensorError::EmptySubspace),
        Some(subspace) => {
            subspace.checked(shape, symbols.len() as u64)?;
        }
        None if symbols.len() != numbers => {
            return Err(TensorError::Length {
                symbols: symbols.len(),
                weights: numbers,
                name: shape.name.clone(),
            });
        }
        None => {}
    }
    match symbols
        .iter()
        .find(|&&symbol| usize::from(symbol) > codewords)
    {
        Some(&symbol) => Err(TensorError::Symbol { symbol, codewords }),
        None => Ok(used.max(codebook + 1)),
    }
}

fn check_raw(shape: &TensorShape, weights: &[f32]) -> Result<(), TensorError> {
    if weights.len() != shape.len() {
        return Err(TensorError::Length {
            symbols: weights.len(),
            weights: shape.len(),
            name: shape.name.clone(),
        });
    }
    match weights.iter().position(|weight| !weight.is_finite()) {
        Some(weight) => Err(TensorError::NotFinite {
            weight,
            value: weights[weight].to_string(),
        }),
        None => Ok(()),
    }
}
