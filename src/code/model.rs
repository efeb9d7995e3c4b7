//! The `.nvc` file: a network as a self-delimiting string of bytes.

use super::error::CodeError;
use crate::code::architecture::layers::Architecture;
use crate::code::codebook::values::Codebook;
use crate::code::coder::distribution::{Adaptive, AdaptiveBit, Weighted};
use crate::code::coder::range_coder::Purpose;
use crate::code::coder::range_coder::{Decoder, Encoder};
use crate::code::subspace::hashed::Subspace;
use crate::code::symbols::geometry::Geometry;
use crate::code::symbols::symbol_code::{SymbolCode, MAX_MIXED_WEIGHTS};
use crate::code::symbols::tensor::CodedTensor;

/// The latest version of the files that this source writes and reads.
pub const FORMAT_VERSION: u8 = 2;

/// What a file begins with: for each version in turn, whether it is this one or a later one.
const VERSIONS: [u64; 2] = [15, 1];

/// Weights of [`SymbolCode::ALL`], and of a subspace, before any tensor has been coded.
const SYMBOL_CODES: [u64; 5] = [24, 24, 8, 4, 1];

/// The symbol after those of [`SymbolCode::ALL`].
const SUBSPACE: usize = SymbolCode::ALL.len();

/// A file may hold at most this many weights for each of its bytes: the limit of a decoder's work
/// and memory.
pub const WEIGHTS_PER_BYTE: u64 = 1 << 16;

/// Version 2 has [`Layer::Upright`](crate::code::architecture::layers::Layer::Upright) before the layers that are written;
/// otherwise it is version 1. A file has the lowest version that can say what it says.
fn write_version(encoder: &mut Encoder, is_upright: bool) -> Result<(), CodeError> {
    if is_upright {
        encoder.write(1, &Weighted::new(&VERSIONS))?;
    }
    encoder.write(0, &Weighted::new(&VERSIONS))
}

/// Whether the version is 2.
fn read_version(decoder: &mut Decoder) -> Result<bool, CodeError> {
    for is_upright in [false, true] {
        if decoder.read(&Weighted::new(&VERSIONS))? == 0 {
            return Ok(is_upright);
        }
    }
    Err(CodeError::UnknownVersion {
        known: FORMAT_VERSION,
    })
}

/// A network exactly as its file decodes: architecture, codebooks, and a symbol for every weight.
///
/// The file is one arithmetic-coded stream: the version, the architecture, and for each of its
/// tensors a flag whether a new codebook follows (never asked of the first tensor, which always
/// brings one), that codebook, the way in which the symbols are coded, and the symbols. A decoded
/// model is encoded again and must give the same bytes; so no two files decode to the same
/// [`Model`], no file is the beginning of another, and a trailing byte is an error.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    architecture: Architecture,
    codebooks: Vec<Codebook>,
    tensors: Vec<CodedTensor>,
    symbol_codes: Vec<SymbolCode>,
    subspaces: Vec<Option<Subspace>>,
}

/// Where the bits of a file go.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// Length of the file: what enters a bound.
    pub total: u64,
    /// The version.
    pub version: f64,
    /// Input size and layers.
    pub architecture: f64,
    /// One entry a tensor, in file order.
    pub tensors: Vec<TensorBits>,
    /// What is left: the end of the stream and the last byte's rest.
    pub termination: f64,
}

/// Ideal code lengths of one tensor, in bits.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorBits {
    /// The tensor's name.
    pub name: String,
    /// Number of weights.
    pub weights: usize,
    /// Number of weights, or of coordinates in a subspace, that are not zero.
    pub kept: usize,
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
    /// Which weights are kept.
    pub mask: f64,
    /// Which codeword each kept weight takes.
    pub assignments: f64,
    /// Empirical entropy of zero or not, times the number of weights: what the mask would take with
    /// one probability, known in hindsight. For comparison.
    pub mask_entropy: f64,
    /// Empirical entropy of the codewords, times the number of kept weights. For comparison.
    pub assignment_entropy: f64,
}

impl Model {
    /// Checks that tensors and codebooks fit the architecture.
    ///
    /// # Errors
    /// [`CodeError::Tensor`] if the number of tensors, the length of one, or a symbol does not fit,
    /// or codebooks are not used in order, each by at least one tensor.
    pub fn new(
        architecture: Architecture,
        codebooks: Vec<Codebook>,
        tensors: Vec<CodedTensor>,
    ) -> Result<Self, CodeError> {
        let direct = vec![None; tensors.len()];
        Self::with_subspaces(architecture, codebooks, tensors, direct)
    }

    /// The same, with some tensors in a subspace: their symbols are those of the coordinates.
    ///
    /// # Errors
    /// As [`Model::new`]; and [`CodeError::Coordinates`] if there are none or more than weights.
    pub fn with_subspaces(
        architecture: Architecture,
        codebooks: Vec<Codebook>,
        tensors: Vec<CodedTensor>,
        subspaces: Vec<Option<Subspace>>,
    ) -> Result<Self, CodeError> {
        let shapes = architecture.tensors();
        if subspaces.len() != tensors.len() {
            let (subspaces, tensors) = (subspaces.len(), tensors.len());
            return Err(CodeError::Architecture(format!(
                "{subspaces} subspaces, if any, for {tensors} tensors"
            )));
        }
        if shapes.len() != tensors.len() {
            return Err(CodeError::Architecture(format!(
                "it has {} tensors, but {} were given",
                shapes.len(),
                tensors.len()
            )));
        }
        let mut last = None;
        for (place, ((shape, tensor), subspace)) in
            shapes.iter().zip(&tensors).zip(&subspaces).enumerate()
        {
            let wrong = |reason: String| CodeError::Tensor {
                index: place + 1,
                reason,
            };
            let next = last.map_or(0, |last: usize| last + 1);
            if Some(tensor.codebook) != last && tensor.codebook != next {
                return Err(wrong(format!(
                    "codebook {} is out of order",
                    tensor.codebook
                )));
            }
            last = Some(tensor.codebook);
            let coordinates = tensor.symbols.len();
            if let Some(subspace) = subspace {
                subspace.check(shape, coordinates)?;
            }
            if subspace.is_none() && coordinates != shape.len() {
                return Err(wrong(format!(
                    "{} symbols for the {} weights of {}",
                    tensor.symbols.len(),
                    shape.len(),
                    shape.name
                )));
            }
            let codewords = codebooks.get(tensor.codebook).map(Codebook::len);
            let codewords =
                codewords.ok_or_else(|| wrong("its codebook is missing".to_string()))?;
            if let Some(symbol) = tensor
                .symbols
                .iter()
                .find(|&&symbol| usize::from(symbol) > codewords)
            {
                return Err(wrong(format!("symbol {symbol}, but {codewords} codewords")));
            }
        }
        if last.map_or(0, |last| last + 1) != codebooks.len() {
            return Err(CodeError::Codebook(
                "not every codebook is used".to_string(),
            ));
        }
        let mut symbol_codes = Vec::with_capacity(tensors.len());
        for ((tensor, geometry), subspace) in tensors
            .iter()
            .zip(Geometry::of(&architecture))
            .zip(&subspaces)
        {
            let alphabet = codebooks
                .get(tensor.codebook)
                .unwrap_or(&Codebook::EMPTY)
                .alphabet();
            if alphabet.len() == 0 && subspace.is_some() {
                return Err(CodeError::Codebook(
                    "coordinates without codewords".to_string(),
                ));
            }
            let geometry = subspace.map_or(geometry, |_| Geometry::line(tensor.symbols.len()));
            symbol_codes.push(match alphabet.len() {
                0 => SymbolCode::Plain,
                _ => tensor.shortest_code(alphabet, geometry)?,
            });
        }
        Ok(Self {
            architecture,
            codebooks,
            tensors,
            symbol_codes,
            subspaces,
        })
    }

    /// The layers.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// The codebooks, in the order of their first use.
    pub fn codebooks(&self) -> &[Codebook] {
        &self.codebooks
    }

    /// The tensors, in the order of [`Architecture::tensors`].
    pub fn tensors(&self) -> &[CodedTensor] {
        &self.tensors
    }

    /// The same model with another symbol for one weight, coded in the same way as before; unless
    /// its tensor's rows are no longer in the order that this way needs, for which the shortest is
    /// chosen again.
    ///
    /// # Errors
    /// [`CodeError::Tensor`] if there is no such weight, or its codebook has no such symbol.
    pub fn with_symbol(&self, tensor: usize, weight: usize, symbol: u8) -> Result<Self, CodeError> {
        let mut model = self.clone();
        let wrong = |reason: String| CodeError::Tensor {
            index: tensor + 1,
            reason,
        };
        let (Some(changed), Some(symbol_code), Some(subspace)) = (
            model.tensors.get_mut(tensor),
            model.symbol_codes.get_mut(tensor),
            model.subspaces.get(tensor),
        ) else {
            return Err(wrong("there is no such tensor".to_string()));
        };
        let codebook = model.codebooks.get(changed.codebook);
        let alphabet = codebook.unwrap_or(&Codebook::EMPTY).alphabet();
        let codewords = alphabet.len();
        if usize::from(symbol) > codewords {
            return Err(wrong(format!("symbol {symbol}, but {codewords} codewords")));
        }
        *changed
            .symbols
            .get_mut(weight)
            .ok_or_else(|| wrong(format!("there is no weight {weight}")))? = symbol;
        if *symbol_code == SymbolCode::Sorted {
            let coordinates = changed.symbols.len();
            let geometry = match subspace {
                Some(_) => Geometry::line(coordinates),
                None => *Geometry::of(&model.architecture)
                    .get(tensor)
                    .unwrap_or(&Geometry::line(coordinates)),
            };
            if !changed.can_be_coded(*symbol_code, geometry) {
                *symbol_code = changed.shortest_code(alphabet, geometry)?;
            }
        }
        Ok(model)
    }

    /// For each tensor the subspace that it lies in, if any.
    pub fn subspaces(&self) -> &[Option<Subspace>] {
        &self.subspaces
    }

    /// The weights of every tensor, in order.
    pub fn weights(&self) -> Vec<Vec<f32>> {
        (0..self.tensors.len())
            .map(|place| self.tensor_weights(place).collect())
            .collect()
    }

    /// The weights of one tensor, one after the other; none, if there is no such tensor.
    pub fn tensor_weights(&self, place: usize) -> impl Iterator<Item = f32> + '_ {
        let tensor = self.tensors.get(place);
        let values = tensor
            .and_then(|tensor| self.codebooks.get(tensor.codebook))
            .map_or(&[][..], Codebook::values);
        let symbols = tensor.map_or(&[][..], |tensor| &tensor.symbols);
        let value = |&symbol: &u8| match symbol {
            0 => 0.0,
            _ => values.get(usize::from(symbol) - 1).copied().unwrap_or(0.0),
        };
        let subspace = self
            .subspaces
            .get(place)
            .copied()
            .flatten()
            .map(|subspace| {
                let coordinates: Vec<f32> = symbols.iter().map(value).collect();
                let shape = self.architecture.tensors().into_iter().nth(place);
                shape.map_or_else(Vec::new, |shape| subspace.weights(&shape, &coordinates))
            });
        let direct = if subspace.is_some() { &[] } else { symbols };
        subspace
            .into_iter()
            .flatten()
            .chain(direct.iter().map(value))
    }

    /// The file.
    ///
    /// # Errors
    /// If the network has more than [`WEIGHTS_PER_BYTE`] weights for each byte of it.
    pub fn encode(&self) -> Result<Vec<u8>, CodeError> {
        Ok(self.encode_with_allocation()?.0)
    }

    /// The file, and where its bits go.
    ///
    /// # Errors
    /// As [`Model::encode`].
    pub fn encode_with_allocation(&self) -> Result<(Vec<u8>, Allocation), CodeError> {
        let mut encoder = Encoder::new();
        write_version(&mut encoder, self.architecture.is_upright())?;
        let version = encoder.ideal_bits();
        self.architecture.write(&mut encoder)?;
        let architecture = encoder.ideal_bits() - version;
        let mut tensors = Vec::with_capacity(self.tensors.len());
        let mut last = None;
        let mut prologue = Prologue::default();
        let none = Codebook::EMPTY;
        let geometries = Geometry::of(&self.architecture);
        let shapes = self.architecture.tensors();
        let coded = self
            .tensors
            .iter()
            .zip(&self.symbol_codes)
            .zip(&self.subspaces);
        for ((shape, mut geometry), ((tensor, &symbol_code), &subspace)) in
            shapes.into_iter().zip(geometries).zip(coded)
        {
            let before = Purpose::ALL.map(|purpose| encoder.bits_for(purpose));
            let codebook = self.codebooks.get(tensor.codebook).unwrap_or(&none);
            let is_new = last != Some(tensor.codebook);
            if last.is_some() {
                prologue.write_is_new(&mut encoder, is_new)?;
            }
            if is_new {
                codebook.write(&mut encoder)?;
            }
            last = Some(tensor.codebook);
            let alphabet = codebook.alphabet();
            if !codebook.is_empty() {
                if let Some(subspace) = subspace {
                    prologue.write_choice(&mut encoder, SUBSPACE)?;
                    subspace.write(&mut encoder, tensor.symbols.len())?;
                    geometry = Geometry::line(tensor.symbols.len());
                }
                let choice = SymbolCode::ALL
                    .iter()
                    .position(|&other| other == symbol_code)
                    .unwrap_or(0);
                prologue.write_choice(&mut encoder, choice)?;
                tensor.write(&mut encoder, symbol_code, alphabet, geometry)?;
            }
            let [description, mask, assignments] =
                Purpose::ALL.map(|purpose| encoder.bits_for(purpose));
            let (mask_entropy, assignment_entropy) = tensor.entropies();
            tensors.push(TensorBits {
                weights: shape.len(),
                name: shape.name,
                kept: tensor.kept(),
                codewords: codebook.len(),
                kind: codebook.kind(),
                coordinates: subspace.map(|_| tensor.symbols.len()),
                symbol_code: (!codebook.is_empty()).then_some(symbol_code),
                codebook: description - before[0],
                mask: mask - before[1],
                assignments: assignments - before[2],
                mask_entropy,
                assignment_entropy,
            });
        }
        let spent = encoder.ideal_bits();
        let file = encoder.finish();
        check_size(&self.architecture, file.len())?;
        let total = 8 * file.len() as u64;
        let termination = total as f64 - spent;
        Ok((
            file,
            Allocation {
                total,
                version,
                architecture,
                tensors,
                termination,
            },
        ))
    }

    /// The length of the file before it is rounded up to whole bytes, in bits: to compare models,
    /// never for bounds.
    ///
    /// # Errors
    /// As [`Model::encode`].
    pub fn ideal_bits(&self) -> Result<f64, CodeError> {
        let (_, allocation) = self.encode_with_allocation()?;
        Ok(allocation.total as f64 - allocation.termination)
    }

    /// Reads a whole file.
    ///
    /// Memory and work are bounded by [`WEIGHTS_PER_BYTE`] times the file's length.
    ///
    /// # Errors
    /// Every file that is not exactly what [`Model::encode`] writes for some model is an error.
    pub fn decode(file: &[u8]) -> Result<Self, CodeError> {
        if file.is_empty() {
            return Err(CodeError::Empty);
        }
        let mut decoder = Decoder::new(file);
        let is_upright = read_version(&mut decoder)?;
        let architecture = Architecture::read(&mut decoder, is_upright)?;
        check_size(&architecture, file.len())?;
        let mut codebooks: Vec<Codebook> = Vec::new();
        let (mut tensors, mut symbol_codes, mut subspaces) = (Vec::new(), Vec::new(), Vec::new());
        let mut prologue = Prologue::default();
        for (shape, mut geometry) in architecture
            .tensors()
            .iter()
            .zip(Geometry::of(&architecture))
        {
            if codebooks.is_empty() || prologue.read_is_new(&mut decoder)? {
                codebooks.push(Codebook::read(&mut decoder)?);
            }
            let alphabet = codebooks.last().unwrap_or(&Codebook::EMPTY).alphabet();
            let codebook = codebooks.len() - 1;
            if alphabet.len() == 0 {
                symbol_codes.push(SymbolCode::Plain);
                subspaces.push(None);
                tensors.push(CodedTensor {
                    codebook,
                    symbols: vec![0; shape.len()],
                });
                continue;
            }
            let mut length = shape.len();
            let mut choice = prologue.read_choice(&mut decoder)?;
            subspaces.push(match choice {
                SUBSPACE => {
                    let (subspace, coordinates) = Subspace::read(&mut decoder, shape)?;
                    (length, geometry) = (coordinates, Geometry::line(coordinates));
                    choice = prologue.read_choice(&mut decoder)?;
                    Some(subspace)
                }
                _ => None,
            });
            let code = SymbolCode::ALL
                .get(choice)
                .copied()
                .ok_or(CodeError::InvalidCodeWord)?;
            if code.is_mixed() && length > MAX_MIXED_WEIGHTS {
                let reason = format!("{length} weights are too many for mixing");
                return Err(CodeError::Tensor {
                    index: tensors.len() + 1,
                    reason,
                });
            }
            symbol_codes.push(code);
            tensors.push(CodedTensor::read(
                &mut decoder,
                codebook,
                length,
                code,
                alphabet,
                geometry,
            )?);
        }
        let model = Self {
            architecture,
            codebooks,
            tensors,
            symbol_codes,
            subspaces,
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

/// What is said before each tensor's symbols: adaptively, so that saying the same again costs less.
struct Prologue {
    is_new: AdaptiveBit,
    choice: Adaptive,
}

impl Default for Prologue {
    fn default() -> Self {
        Self {
            is_new: AdaptiveBit::default(),
            choice: Adaptive::with_weights(&SYMBOL_CODES),
        }
    }
}

impl Prologue {
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

fn check_size(architecture: &Architecture, bytes: usize) -> Result<(), CodeError> {
    let weights = architecture.weights().unwrap_or(u64::MAX);
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
