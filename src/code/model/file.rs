//! The `.nvc` file: a network as a self-delimiting string of bytes.

use std::sync::Arc;

use super::allocation::{Allocation, BitsByPurpose, Boundaries};
use super::demand::Demand;
use super::error::TensorError;
use super::invariants::Model;
use super::raw;
use crate::code::architecture::tensors::TensorShape;
use crate::code::codebook::values::Codebook;
use crate::code::coder::decoder::Decoder;
use crate::code::coder::distribution::{Adaptive, AdaptiveBit};
use crate::code::coder::encoder::Encoder;
use crate::code::coder::integer::{read_gamma, write_gamma};
use crate::code::coder::length::Purpose;
use crate::code::error::CodeError;
use crate::code::relative::base::Base;
use crate::code::relative::change::Change;
use crate::code::relative::error::BaseError;
use crate::code::relative::spliced::{Relation, Spliced};
use crate::code::structure::{read_version, write_version, Structure};
use crate::code::subspace::map::Subspace;
use crate::code::symbols::geometry::Geometry;
use crate::code::symbols::symbol_code::{SymbolCode, MAX_MIXED_WEIGHTS};
use crate::code::symbols::tensor::CodedTensor;
use crate::storage::memory_limit::MemoryLimit;

/// Weights of [`SymbolCode::ALL`], and of a subspace, before any tensor has been coded.
const SYMBOL_CODES: [u64; 5] = [24, 24, 8, 4, 1];

/// How a tensor in the place of a base's relates to that: unchanged, a change, or new; and the
/// weights of these before any tensor has been coded.
const UNCHANGED: usize = 0;
const ADDED: usize = 1;
const ROWS_SCALED: usize = 2;
const PRODUCT_ADDED: usize = 3;
const NEW: usize = 4;
const RELATIONS: [u64; NEW + 1] = [16, 2, 2, 1, 1];

/// The symbol after those of [`SymbolCode::ALL`].
const SUBSPACE: usize = SymbolCode::ALL.len();

/// A file may hold at most this many weights for each of its bytes: the limit of a decoder's work
/// and memory.
pub const WEIGHTS_PER_BYTE: u64 = 1 << 16;

impl Model {
    /// The version of files that are relative to a base.
    pub const RELATIVE_VERSION: u8 = 4;

    /// The file.
    ///
    /// # Errors
    /// If the network has more than [`WEIGHTS_PER_BYTE`] weights for each byte of it.
    pub fn encode(&self) -> Result<Vec<u8>, CodeError> {
        let file = self.write()?.0.finish();
        self.check_size(file.len())?;
        Ok(file)
    }

    /// The file, and where its bits go.
    ///
    /// # Errors
    /// As [`Model::encode`].
    pub fn encode_with_allocation(&self) -> Result<(Vec<u8>, Allocation), CodeError> {
        let (encoder, boundaries) = self.write()?;
        let file = encoder.finish();
        self.check_size(file.len())?;
        let allocation = Allocation::new(self, &boundaries, file.len());
        Ok((file, allocation))
    }

    /// The length of the file before it is rounded up to whole bytes, in bits: to compare models,
    /// never for bounds.
    ///
    /// # Errors
    /// As [`Model::encode`].
    pub fn ideal_bits(&self) -> Result<f64, CodeError> {
        let encoder = self.write()?.0;
        let bits = encoder.ideal_bits();
        self.check_size(encoder.finish().len())?;
        Ok(bits)
    }

    /// Writes everything but the end of the stream.
    fn write(&self) -> Result<(Encoder, Boundaries), CodeError> {
        let mut encoder = Encoder::new();
        write_version(&mut encoder, self.version())?;
        let version = bits_by_purpose(&encoder);
        match (&self.relation, &self.structure) {
            (Some(relation), Structure::Graph(graph)) => relation.write(graph, &mut encoder)?,
            _ => self.structure.write(&mut encoder)?,
        }
        let architecture = bits_by_purpose(&encoder);
        let mut tensors = Vec::with_capacity(self.tensors.len());
        let mut prologue = Prologue::default();
        let mut last = None;
        let coded = self.tensors.iter().zip(&self.symbol_codes);
        for (index, ((tensor, &symbol_code), geometry)) in coded.zip(self.geometries()).enumerate()
        {
            let is_of_base = self.base_of(index).is_some();
            if is_of_base {
                write_relation(&mut encoder, &mut prologue, tensor)?;
                if tensor.unchanged_weights().is_some() {
                    tensors.push(bits_by_purpose(&encoder));
                    continue;
                }
            }
            if self.structure.graph().is_some() && tensor.changed().is_none() {
                write_bit(
                    &mut encoder,
                    &mut prologue.is_raw,
                    tensor.raw_weights().is_some(),
                )?;
            }
            if let Some(weights) = tensor.raw_weights() {
                raw::write(&mut encoder, weights)?;
                tensors.push(bits_by_purpose(&encoder));
                continue;
            }
            let codebook = self.codebook_of(tensor);
            let is_new = last != tensor.codebook();
            if last.is_some() {
                write_bit(&mut encoder, &mut prologue.is_new, is_new)?;
            }
            if is_new {
                codebook.write(&mut encoder)?;
            }
            last = tensor.codebook();
            if !codebook.is_empty() {
                if let Some(subspace) = tensor.subspace() {
                    write_symbol(&mut encoder, &mut prologue.choice, SUBSPACE)?;
                    subspace.write(&mut encoder, tensor.symbols().len())?;
                }
                write_symbol(&mut encoder, &mut prologue.choice, symbol_code.index())?;
                tensor.write(&mut encoder, symbol_code, codebook.alphabet(), geometry)?;
            }
            tensors.push(bits_by_purpose(&encoder));
        }
        let boundaries = Boundaries {
            version,
            architecture,
            tensors,
        };
        Ok((encoder, boundaries))
    }

    /// The version of the file.
    pub fn version(&self) -> u8 {
        match self.relation {
            Some(_) => Self::RELATIVE_VERSION,
            None => self.structure.version(),
        }
    }

    /// The base's weights in the place of a tensor, if that is the base's.
    fn base_of(&self, tensor: usize) -> Option<&Arc<[f32]>> {
        let relation = self.relation.as_ref();
        relation.and_then(|relation| relation.base_of(tensor))
    }

    /// Reads a whole file.
    ///
    /// Whoever wrote it, neither that nor the evaluation of the network takes more memory than
    /// [`MemoryLimit::of_file`].
    ///
    /// # Errors
    /// Every file that is not exactly what [`Model::encode`] writes for some model is an error;
    /// [`CodeError::TooMuchMemory`] and [`CodeError::TooMuchWork`] if it asks for more than is
    /// allowed, which [`Model::decode_within`] changes.
    pub fn decode(file: &[u8]) -> Result<Self, CodeError> {
        Self::decode_within(file, MemoryLimit::of_file(file.len()))
    }

    /// Reads a whole file, if that and the evaluation of the network take no more memory than
    /// this, nor more than [`OPERATIONS_PER_BYTE`](super::demand::OPERATIONS_PER_BYTE) operations
    /// an example for each byte of it.
    ///
    /// # Errors
    /// As [`Model::decode`].
    pub fn decode_within(file: &[u8], limit: MemoryLimit) -> Result<Self, CodeError> {
        Self::read(file, None, limit)
    }

    /// Reads a whole file that is relative to a base, within [`Base::limit_with`].
    ///
    /// # Errors
    /// As [`Model::decode`]; [`BaseError::Other`] if it is relative to another base, and
    /// [`BaseError::Needless`] if it is complete without one.
    pub fn decode_relative(file: &[u8], base: &Base) -> Result<Self, CodeError> {
        Self::read(file, Some(base), base.limit_with(file))
    }

    /// Reads a whole file, which is relative to a base if there is one, if that takes no more
    /// memory than this.
    ///
    /// # Errors
    /// As [`Model::decode_relative`], and [`Model::decode_within`].
    pub fn read(file: &[u8], base: Option<&Base>, limit: MemoryLimit) -> Result<Self, CodeError> {
        if file.is_empty() {
            return Err(CodeError::Empty);
        }
        let mut decoder = Decoder::new(file);
        let (structure, relation) = match (read_version(&mut decoder)?, base) {
            (Self::RELATIVE_VERSION, None) => return Err(BaseError::Missing.into()),
            (Self::RELATIVE_VERSION, Some(base)) => {
                let Spliced { graph, relation } = Relation::read(&mut decoder, base)?;
                (Structure::from(graph), Some(relation))
            }
            (_, Some(_)) => return Err(BaseError::Needless.into()),
            (version, None) => (Structure::read(&mut decoder, version)?, None),
        };
        let mut model = Self {
            structure,
            relation,
            codebooks: Vec::new(),
            tensors: Vec::new(),
            symbol_codes: Vec::new(),
        };
        model.check_size(file.len())?;
        let mut demand = Demand::of(&model.structure, limit)?;
        demand.take(base.map_or(0, Base::memory))?;
        let mut prologue = Prologue::default();
        let shapes = model.structure.tensors();
        let geometries = model.structure.geometries();
        for (index, (shape, geometry)) in shapes.iter().zip(geometries).enumerate() {
            let (tensor, symbol_code) =
                model.read_next(&mut decoder, &mut prologue, &demand, index, shape, geometry)?;
            demand.tensor(index, shape, &tensor)?;
            model.tensors.push(tensor);
            model.symbol_codes.push(symbol_code);
        }
        let canonical = model.encode()?;
        if canonical != file {
            return Err(CodeError::NotCanonical {
                found: file.len(),
                canonical: canonical.len(),
            });
        }
        Ok(model)
    }

    /// Reads the next tensor, with its codebook if that is new, and how its symbols are coded.
    fn read_next(
        &mut self,
        decoder: &mut Decoder,
        prologue: &mut Prologue,
        demand: &Demand,
        index: usize,
        shape: &TensorShape,
        geometry: Geometry,
    ) -> Result<(CodedTensor, SymbolCode), CodeError> {
        let mut changed = None;
        if let Some(base) = self.base_of(index) {
            let change = match read_symbol(decoder, &mut prologue.relation)? {
                UNCHANGED => {
                    let unchanged = CodedTensor::unchanged(Arc::clone(base));
                    return Ok((unchanged, SymbolCode::Plain));
                }
                ADDED => Some(Change::Added),
                ROWS_SCALED => Some(Change::RowsScaled),
                PRODUCT_ADDED => Some(read_product(decoder, index, shape)?),
                _ => None,
            };
            changed = change.map(|change| (change, Arc::clone(base)));
        }
        let may_be_raw = self.structure.graph().is_some() && changed.is_none();
        if may_be_raw && read_bit(decoder, &mut prologue.is_raw)? {
            demand.pass(shape.len() as u64 * size_of::<f32>() as u64)?;
            let tensor = CodedTensor::raw(raw::read(decoder, shape.len())?);
            return Ok((tensor, SymbolCode::Plain));
        }
        if self.codebooks.is_empty() || read_bit(decoder, &mut prologue.is_new)? {
            self.codebooks.push(Codebook::read(decoder)?);
        }
        let change = changed.as_ref().map(|(change, _)| *change);
        let (tensor, symbol_code) = read_tensor(
            decoder,
            prologue,
            &self.codebooks,
            demand,
            (index, shape),
            (change, geometry),
        )?;
        let tensor = match changed {
            Some((change, base)) => tensor.changing(base, change),
            None => tensor,
        };
        Ok((tensor, symbol_code))
    }

    /// Whether a file of so many bytes may have so many weights of its own.
    fn check_size(&self, bytes: usize) -> Result<(), CodeError> {
        let of_base = self.relation.as_ref().map_or(0, Relation::base_weights);
        let weights = self.structure.weights().unwrap_or(u64::MAX);
        let weights = weights.saturating_sub(of_base);
        let limit = (bytes as u64).saturating_mul(WEIGHTS_PER_BYTE);
        if weights > limit {
            return Err(CodeError::TooManyWeights {
                weights,
                bytes,
                limit,
            });
        }
        Ok(())
    }
}

/// Reads a tensor with the last of the codebooks, and how its symbols are coded.
fn read_tensor(
    decoder: &mut Decoder,
    prologue: &mut Prologue,
    codebooks: &[Codebook],
    demand: &Demand,
    (index, shape): (usize, &TensorShape),
    (change, geometry): (Option<Change>, Geometry),
) -> Result<(CodedTensor, SymbolCode), CodeError> {
    let rows = change.filter(|change| !change.is_of_weights());
    let (mut length, mut geometry) = match rows.map(|change| change.numbers(shape)) {
        Some(numbers) => (numbers, Geometry::line(numbers)),
        None => (shape.len(), geometry),
    };
    demand.pass(length as u64)?;
    let codebook = codebooks.len().saturating_sub(1);
    let alphabet = codebooks.last().unwrap_or(&Codebook::EMPTY).alphabet();
    if alphabet.len() == 0 {
        let zeros = CodedTensor::new(codebook, vec![0; length]);
        return Ok((zeros, SymbolCode::Plain));
    }
    let misfit = |source| CodeError::Tensor {
        index: index + 1,
        source,
    };
    let mut choice = read_symbol(decoder, &mut prologue.choice)?;
    let mut in_subspace = None;
    if choice == SUBSPACE {
        if rows.is_some() {
            return Err(misfit(TensorError::SubspaceOfRows));
        }
        let (subspace, coordinates) = Subspace::read(decoder)?;
        let coordinates = subspace.checked(shape, coordinates).map_err(misfit)?;
        in_subspace = Some(subspace);
        (length, geometry) = (coordinates, Geometry::line(coordinates));
        choice = read_symbol(decoder, &mut prologue.choice)?;
    }
    let code = *SymbolCode::ALL
        .get(choice)
        .ok_or(CodeError::InvalidCodeWord)?;
    if code.is_mixed() && length > MAX_MIXED_WEIGHTS {
        return Err(misfit(TensorError::TooManyToMix {
            weights: length,
            limit: MAX_MIXED_WEIGHTS,
        }));
    }
    demand.pass(code.memory(alphabet, geometry))?;
    let symbols = code.read(decoder, length, alphabet, geometry)?;
    let tensor = match in_subspace {
        Some(subspace) => CodedTensor::in_subspace(codebook, symbols, subspace),
        None => CodedTensor::new(codebook, symbols),
    };
    Ok((tensor, code))
}

/// What is said before each tensor's symbols: adaptively, so that saying the same again costs less.
struct Prologue {
    relation: Adaptive,
    is_raw: AdaptiveBit,
    /// Whether a new codebook follows.
    is_new: AdaptiveBit,
    /// One of [`SymbolCode::ALL`], or [`SUBSPACE`].
    choice: Adaptive,
}

impl Default for Prologue {
    fn default() -> Self {
        Self {
            relation: Adaptive::with_weights(&RELATIONS),
            is_raw: AdaptiveBit::default(),
            is_new: AdaptiveBit::default(),
            choice: Adaptive::with_weights(&SYMBOL_CODES),
        }
    }
}

fn write_symbol(
    encoder: &mut Encoder,
    learned: &mut Adaptive,
    symbol: usize,
) -> Result<(), CodeError> {
    encoder.write(symbol, learned)?;
    learned.observe(symbol);
    Ok(())
}

fn read_symbol(decoder: &mut Decoder, learned: &mut Adaptive) -> Result<usize, CodeError> {
    let symbol = decoder.read(learned)?;
    learned.observe(symbol);
    Ok(symbol)
}

fn write_bit(encoder: &mut Encoder, learned: &mut AdaptiveBit, bit: bool) -> Result<(), CodeError> {
    encoder.write(usize::from(bit), &learned.expect())?;
    learned.observe(bit);
    Ok(())
}

fn read_bit(decoder: &mut Decoder, learned: &mut AdaptiveBit) -> Result<bool, CodeError> {
    let bit = decoder.read(&learned.expect())? == 1;
    learned.observe(bit);
    Ok(bit)
}

/// Writes how a tensor in the place of a base's relates to that.
fn write_relation(
    encoder: &mut Encoder,
    prologue: &mut Prologue,
    tensor: &CodedTensor,
) -> Result<(), CodeError> {
    let change = tensor.changed().map(|changed| changed.change);
    let relation = match change {
        _ if tensor.unchanged_weights().is_some() => UNCHANGED,
        None => NEW,
        Some(Change::Added) => ADDED,
        Some(Change::RowsScaled) => ROWS_SCALED,
        Some(Change::ProductAdded { .. }) => PRODUCT_ADDED,
    };
    write_symbol(encoder, &mut prologue.relation, relation)?;
    match change {
        Some(Change::ProductAdded { rank }) => write_gamma(encoder, u64::from(rank)),
        _ => Ok(()),
    }
}

/// Reads the rank of a product that is added to a tensor of a base.
fn read_product(
    decoder: &mut Decoder,
    index: usize,
    shape: &TensorShape,
) -> Result<Change, CodeError> {
    let rank = read_gamma(decoder)?;
    let change = u8::try_from(rank).map(|rank| Change::ProductAdded { rank });
    let fitting = change.ok().filter(|change| change.fits(shape));
    fitting.ok_or_else(|| CodeError::Tensor {
        index: index + 1,
        source: TensorError::Rank { rank },
    })
}

fn bits_by_purpose(encoder: &Encoder) -> BitsByPurpose {
    Purpose::ALL.map(|purpose| encoder.bits_for(purpose))
}
