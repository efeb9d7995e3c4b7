//! The `.nvc` file: a network as a self-delimiting string of bytes.

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
use crate::code::coder::length::Purpose;
use crate::code::error::CodeError;
use crate::code::structure::Structure;
use crate::code::subspace::map::Subspace;
use crate::code::symbols::geometry::Geometry;
use crate::code::symbols::symbol_code::{SymbolCode, MAX_MIXED_WEIGHTS};
use crate::code::symbols::tensor::CodedTensor;
use crate::storage::memory_limit::MemoryLimit;

/// Weights of [`SymbolCode::ALL`], and of a subspace, before any tensor has been coded.
const SYMBOL_CODES: [u64; 5] = [24, 24, 8, 4, 1];

/// The symbol after those of [`SymbolCode::ALL`].
const SUBSPACE: usize = SymbolCode::ALL.len();

/// A file may hold at most this many weights for each of its bytes: the limit of a decoder's work
/// and memory.
pub const WEIGHTS_PER_BYTE: u64 = 1 << 16;

impl Model {
    /// The file.
    ///
    /// # Errors
    /// If the network has more than [`WEIGHTS_PER_BYTE`] weights for each byte of it.
    pub fn encode(&self) -> Result<Vec<u8>, CodeError> {
        let file = self.write()?.0.finish();
        check_size(&self.structure, file.len())?;
        Ok(file)
    }

    /// The file, and where its bits go.
    ///
    /// # Errors
    /// As [`Model::encode`].
    pub fn encode_with_allocation(&self) -> Result<(Vec<u8>, Allocation), CodeError> {
        let (encoder, boundaries) = self.write()?;
        let file = encoder.finish();
        check_size(&self.structure, file.len())?;
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
        check_size(&self.structure, encoder.finish().len())?;
        Ok(bits)
    }

    /// Writes everything but the end of the stream.
    fn write(&self) -> Result<(Encoder, Boundaries), CodeError> {
        let mut encoder = Encoder::new();
        self.structure.write_version(&mut encoder)?;
        let version = bits_by_purpose(&encoder);
        self.structure.write(&mut encoder)?;
        let architecture = bits_by_purpose(&encoder);
        let mut tensors = Vec::with_capacity(self.tensors.len());
        let mut prologue = Prologue::default();
        let mut last = None;
        let coded = self.tensors.iter().zip(&self.symbol_codes);
        for ((tensor, &symbol_code), geometry) in coded.zip(self.geometries()) {
            if self.structure.graph().is_some() {
                prologue.write_is_raw(&mut encoder, tensor.raw_weights().is_some())?;
            }
            if let Some(weights) = tensor.raw_weights() {
                raw::write(&mut encoder, weights)?;
                tensors.push(bits_by_purpose(&encoder));
                continue;
            }
            let codebook = self.codebook_of(tensor);
            let is_new = last != tensor.codebook();
            if last.is_some() {
                prologue.write_is_new(&mut encoder, is_new)?;
            }
            if is_new {
                codebook.write(&mut encoder)?;
            }
            last = tensor.codebook();
            if !codebook.is_empty() {
                if let Some(subspace) = tensor.subspace() {
                    prologue.write_choice(&mut encoder, SUBSPACE)?;
                    subspace.write(&mut encoder, tensor.symbols().len())?;
                }
                prologue.write_choice(&mut encoder, symbol_code.index())?;
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
        if file.is_empty() {
            return Err(CodeError::Empty);
        }
        let mut decoder = Decoder::new(file);
        let structure = Structure::read(&mut decoder)?;
        check_size(&structure, file.len())?;
        let mut demand = Demand::of(&structure, limit)?;
        let mut codebooks: Vec<Codebook> = Vec::new();
        let mut tensors = Vec::new();
        let mut symbol_codes = Vec::new();
        let mut prologue = Prologue::default();
        let shapes = structure.tensors();
        for (index, (shape, geometry)) in shapes.iter().zip(structure.geometries()).enumerate() {
            if structure.graph().is_some() && prologue.read_is_raw(&mut decoder)? {
                demand.pass(shape.len() as u64 * size_of::<f32>() as u64)?;
                let tensor = CodedTensor::raw(raw::read(&mut decoder, shape.len())?);
                demand.tensor(index, shape, &tensor)?;
                tensors.push(tensor);
                symbol_codes.push(SymbolCode::Plain);
                continue;
            }
            if codebooks.is_empty() || prologue.read_is_new(&mut decoder)? {
                codebooks.push(Codebook::read(&mut decoder)?);
            }
            let (tensor, symbol_code) = read_tensor(
                &mut decoder,
                &mut prologue,
                &codebooks,
                &demand,
                index,
                shape,
                geometry,
            )?;
            demand.tensor(index, shape, &tensor)?;
            tensors.push(tensor);
            symbol_codes.push(symbol_code);
        }
        let model = Self {
            structure,
            codebooks,
            tensors,
            symbol_codes,
        };
        let canonical = model.encode()?;
        if canonical != file {
            return Err(CodeError::NotCanonical {
                found: file.len(),
                canonical: canonical.len(),
            });
        }
        Ok(model)
    }
}

/// Reads a tensor with the last of the codebooks, and how its symbols are coded.
fn read_tensor(
    decoder: &mut Decoder,
    prologue: &mut Prologue,
    codebooks: &[Codebook],
    demand: &Demand,
    index: usize,
    shape: &TensorShape,
    geometry: Geometry,
) -> Result<(CodedTensor, SymbolCode), CodeError> {
    let codebook = codebooks.len().saturating_sub(1);
    let alphabet = codebooks.last().unwrap_or(&Codebook::EMPTY).alphabet();
    if alphabet.len() == 0 {
        let zeros = CodedTensor::new(codebook, vec![0; shape.len()]);
        return Ok((zeros, SymbolCode::Plain));
    }
    let misfit = |source| CodeError::Tensor {
        index: index + 1,
        source,
    };
    let mut choice = prologue.read_choice(decoder)?;
    let mut in_subspace = None;
    let (mut length, mut geometry) = (shape.len(), geometry);
    if choice == SUBSPACE {
        let (subspace, coordinates) = Subspace::read(decoder)?;
        let coordinates = subspace.checked(shape, coordinates).map_err(misfit)?;
        in_subspace = Some(subspace);
        (length, geometry) = (coordinates, Geometry::line(coordinates));
        choice = prologue.read_choice(decoder)?;
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
    is_raw: AdaptiveBit,
    is_new: AdaptiveBit,
    choice: Adaptive,
}

impl Default for Prologue {
    fn default() -> Self {
        Self {
            is_raw: AdaptiveBit::default(),
            is_new: AdaptiveBit::default(),
            choice: Adaptive::with_weights(&SYMBOL_CODES),
        }
    }
}

impl Prologue {
    fn write_is_raw(&mut self, encoder: &mut Encoder, is_raw: bool) -> Result<(), CodeError> {
        encoder.write(usize::from(is_raw), &self.is_raw.expect())?;
        self.is_raw.observe(is_raw);
        Ok(())
    }

    fn read_is_raw(&mut self, decoder: &mut Decoder) -> Result<bool, CodeError> {
        let is_raw = decoder.read(&self.is_raw.expect())? == 1;
        self.is_raw.observe(is_raw);
        Ok(is_raw)
    }

    fn write_is_new(&mut self, encoder: &mut Encoder, is_new: bool) -> Result<(), CodeError> {
        encoder.write(usize::from(is_new), &self.is_new.expect())?;
        self.is_new.observe(is_new);
        Ok(())
    }

    fn read_is_new(&mut self, decoder: &mut Decoder) -> Result<bool, CodeError> {
        let is_new = decoder.read(&self.is_new.expect())? == 1;
        self.is_new.observe(is_new);
        Ok(is_new)
    }

    /// One of [`SymbolCode::ALL`] or [`SUBSPACE`].
    fn write_choice(&mut self, encoder: &mut Encoder, choice: usize) -> Result<(), CodeError> {
        encoder.write(choice, &self.choice)?;
        self.choice.observe(choice);
        Ok(())
    }

    fn read_choice(&mut self, decoder: &mut Decoder) -> Result<usize, CodeError> {
        let choice = decoder.read(&self.choice)?;
        self.choice.observe(choice);
        Ok(choice)
    }
}

fn bits_by_purpose(encoder: &Encoder) -> BitsByPurpose {
    Purpose::ALL.map(|purpose| encoder.bits_for(purpose))
}

fn check_size(structure: &Structure, bytes: usize) -> Result<(), CodeError> {
    let weights = structure.weights().unwrap_or(u64::MAX);
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
