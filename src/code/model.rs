//! The `.nvc` file: a network as a self-delimiting string of bytes.

use super::distribution::{Adaptive, AdaptiveBit, Weighted};
use super::entropy::Purpose;
use super::geometry::Geometry;
use super::{Architecture, CodeError, Codebook, CodedTensor, Decoder, Encoder, SymbolCode, MAX_MIXED_WEIGHTS};

/// The version of the files that this source writes and reads.
pub const FORMAT_VERSION: u8 = 1;

/// The first symbol of a file: this version, or a later one.
const VERSIONS: [u64; 2] = [15, 1];

/// Weights of [`SymbolCode::ALL`] before any tensor has been coded.
const SYMBOL_CODES: [u64; 3] = [6, 6, 1];

/// A file may hold at most this many weights for each of its bytes: the limit of a decoder's work and memory.
pub const WEIGHTS_PER_BYTE: u64 = 1 << 16;

/// A network exactly as its file decodes: architecture, codebooks, and a symbol for every weight.
///
/// The file is one arithmetic-coded stream: the version, the architecture, and for each of its tensors a flag whether a
/// new codebook follows (never asked of the first tensor, which always brings one), that codebook, the way in which the
/// symbols are coded, and the symbols. A decoded model is encoded again and must give the same bytes; so no two files
/// decode to the same [`Model`], no file is the beginning of another, and a trailing byte is an error.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    architecture: Architecture,
    codebooks: Vec<Codebook>,
    tensors: Vec<CodedTensor>,
    symbol_codes: Vec<SymbolCode>,
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
    /// Number of weights that are not zero.
    pub kept: usize,
    /// Number of codewords.
    pub codewords: usize,
    /// What kind of numbers the codewords are.
    pub kind: String,
    /// How the symbols are coded; `None` without codewords.
    pub symbol_code: Option<SymbolCode>,
    /// A new codebook, or the flag that there is none, and the way of coding the symbols.
    pub codebook: f64,
    /// Which weights are kept.
    pub mask: f64,
    /// Which codeword each kept weight takes.
    pub assignments: f64,
    /// Empirical entropy of zero or not, times the number of weights: what the mask would take with one probability,
    /// known in hindsight. For comparison.
    pub mask_entropy: f64,
    /// Empirical entropy of the codewords, times the number of kept weights. For comparison.
    pub assignment_entropy: f64,
}

impl Model {
    /// Checks that tensors and codebooks fit the architecture.
    ///
    /// # Errors
    /// [`CodeError::Tensor`] if the number of tensors, the length of one, or a symbol does not fit, or codebooks are
    /// not used in order, each by at least one tensor.
    pub fn new(
        architecture: Architecture,
        codebooks: Vec<Codebook>,
        tensors: Vec<CodedTensor>,
    ) -> Result<Self, CodeError> {
        let shapes = architecture.tensors();
        if shapes.len() != tensors.len() {
            return Err(CodeError::Architecture(format!(
                "it has {} tensors, but {} were given",
                shapes.len(),
                tensors.len()
            )));
        }
        let mut last = None;
        for (place, (shape, tensor)) in shapes.iter().zip(&tensors).enumerate() {
            let wrong = |reason: String| CodeError::Tensor { index: place + 1, reason };
            let next = last.map_or(0, |last: usize| last + 1);
            if Some(tensor.codebook) != last && tensor.codebook != next {
                return Err(wrong(format!("codebook {} is out of order", tensor.codebook)));
            }
            last = Some(tensor.codebook);
            if tensor.symbols.len() != shape.len() {
                return Err(wrong(format!(
                    "{} symbols for the {} weights of {}",
                    tensor.symbols.len(),
                    shape.len(),
                    shape.name
                )));
            }
            let codewords = codebooks.get(tensor.codebook).map(Codebook::len);
            let codewords = codewords.ok_or_else(|| wrong("its codebook is missing".to_string()))?;
            if let Some(symbol) = tensor.symbols.iter().find(|&&symbol| usize::from(symbol) > codewords) {
                return Err(wrong(format!("symbol {symbol}, but {codewords} codewords")));
            }
        }
        if last.map_or(0, |last| last + 1) != codebooks.len() {
            return Err(CodeError::Codebook("not every codebook is used".to_string()));
        }
        let mut symbol_codes = Vec::with_capacity(tensors.len());
        for (tensor, geometry) in tensors.iter().zip(Geometry::of(&architecture)) {
            let alphabet = codebooks.get(tensor.codebook).unwrap_or(&Codebook::EMPTY).alphabet();
            symbol_codes.push(match alphabet.len() {
                0 => SymbolCode::Plain,
                _ => tensor.shortest_code(alphabet, geometry)?,
            });
        }
        Ok(Self { architecture, codebooks, tensors, symbol_codes })
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

    /// The same model with another symbol for one weight.
    ///
    /// # Errors
    /// [`CodeError::Tensor`] if there is no such weight, or its codebook has no such symbol.
    pub fn with_symbol(&self, tensor: usize, weight: usize, symbol: u8) -> Result<Self, CodeError> {
        let mut model = self.clone();
        let wrong = |reason: String| CodeError::Tensor { index: tensor + 1, reason };
        let changed = model.tensors.get_mut(tensor).ok_or_else(|| wrong("there is no such tensor".to_string()))?;
        let codewords = model.codebooks.get(changed.codebook).map_or(0, Codebook::len);
        if usize::from(symbol) > codewords {
            return Err(wrong(format!("symbol {symbol}, but {codewords} codewords")));
        }
        *changed.symbols.get_mut(weight).ok_or_else(|| wrong(format!("there is no weight {weight}")))? = symbol;
        Ok(model)
    }

    /// The weights of every tensor, in order.
    pub fn weights(&self) -> Vec<Vec<f32>> {
        let none = Codebook::EMPTY;
        self.tensors.iter().map(|tensor| tensor.weights(self.codebooks.get(tensor.codebook).unwrap_or(&none))).collect()
    }

    /// The weights of one tensor, one after the other; none, if there is no such tensor.
    pub fn tensor_weights(&self, place: usize) -> impl Iterator<Item = f32> + '_ {
        let tensor = self.tensors.get(place);
        let values = tensor.and_then(|tensor| self.codebooks.get(tensor.codebook)).map_or(&[][..], Codebook::values);
        let symbols = tensor.map_or(&[][..], |tensor| &tensor.symbols);
        symbols.iter().map(|&symbol| match symbol {
            0 => 0.0,
            _ => values.get(usize::from(symbol) - 1).copied().unwrap_or(0.0),
        })
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
        encoder.write(0, &Weighted::new(&VERSIONS))?;
        let version = encoder.ideal_bits();
        self.architecture.write(&mut encoder)?;
        let architecture = encoder.ideal_bits() - version;
        let mut tensors = Vec::with_capacity(self.tensors.len());
        let mut last = None;
        let mut prologue = Prologue::default();
        let none = Codebook::EMPTY;
        let geometries = Geometry::of(&self.architecture);
        let shapes = self.architecture.tensors();
        let coded = self.tensors.iter().zip(&self.symbol_codes);
        for ((shape, geometry), (tensor, &symbol_code)) in shapes.into_iter().zip(geometries).zip(coded) {
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
                prologue.write_symbol_code(&mut encoder, symbol_code)?;
                tensor.write(&mut encoder, symbol_code, alphabet, geometry)?;
            }
            let [description, mask, assignments] = Purpose::ALL.map(|purpose| encoder.bits_for(purpose));
            let (mask_entropy, assignment_entropy) = tensor.entropies();
            tensors.push(TensorBits {
                name: shape.name,
                weights: tensor.symbols.len(),
                kept: tensor.kept(),
                codewords: codebook.len(),
                kind: codebook.kind(),
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
        Ok((file, Allocation { total, version, architecture, tensors, termination }))
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
        if decoder.read(&Weighted::new(&VERSIONS))? != 0 {
            return Err(CodeError::UnknownVersion { known: FORMAT_VERSION });
        }
        let architecture = Architecture::read(&mut decoder)?;
        check_size(&architecture, file.len())?;
        let mut codebooks: Vec<Codebook> = Vec::new();
        let (mut tensors, mut symbol_codes) = (Vec::new(), Vec::new());
        let mut prologue = Prologue::default();
        for (shape, geometry) in architecture.tensors().iter().zip(Geometry::of(&architecture)) {
            if codebooks.is_empty() || prologue.read_is_new(&mut decoder)? {
                codebooks.push(Codebook::read(&mut decoder)?);
            }
            let alphabet = codebooks.last().unwrap_or(&Codebook::EMPTY).alphabet();
            let codebook = codebooks.len() - 1;
            if alphabet.len() == 0 {
                symbol_codes.push(SymbolCode::Plain);
                tensors.push(CodedTensor { codebook, symbols: vec![0; shape.len()] });
                continue;
            }
            let code = prologue.read_symbol_code(&mut decoder)?;
            if code == SymbolCode::Mixed && shape.len() > MAX_MIXED_WEIGHTS {
                let reason = format!("{} weights are too many for mixing", shape.len());
                return Err(CodeError::Tensor { index: tensors.len() + 1, reason });
            }
            symbol_codes.push(code);
            tensors.push(CodedTensor::read(&mut decoder, codebook, shape.len(), code, alphabet, geometry)?);
        }
        let model = Self { architecture, codebooks, tensors, symbol_codes };
        let canonical = model.encode()?;
        if canonical != file {
            return Err(CodeError::NotCanonical { found: file.len(), canonical: canonical.len() });
        }
        Ok(model)
    }
}

/// What is said before each tensor's symbols: adaptively, so that saying the same again costs less.
struct Prologue {
    is_new: AdaptiveBit,
    symbol_code: Adaptive,
}

impl Default for Prologue {
    fn default() -> Self {
        Self { is_new: AdaptiveBit::default(), symbol_code: Adaptive::with_weights(&SYMBOL_CODES) }
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

    fn write_symbol_code(&mut self, encoder: &mut Encoder, code: SymbolCode) -> Result<(), CodeError> {
        let place = SymbolCode::ALL.iter().position(|&other| other == code).unwrap_or(0);
        encoder.write(place, &self.symbol_code)?;
        self.symbol_code.observe(place);
        Ok(())
    }

    fn read_symbol_code(&mut self, decoder: &mut Decoder) -> Result<SymbolCode, CodeError> {
        let place = decoder.read(&self.symbol_code)?;
        self.symbol_code.observe(place);
        SymbolCode::ALL.get(place).copied().ok_or(CodeError::InvalidCodeWord)
    }
}

fn check_size(architecture: &Architecture, bytes: usize) -> Result<(), CodeError> {
    let weights = architecture.weights().unwrap_or(u64::MAX);
    let limit = (bytes as u64).saturating_mul(WEIGHTS_PER_BYTE);
    if weights > limit {
        return Err(CodeError::TooManyWeights { weights, bytes, limit });
    }
    Ok(())
}
