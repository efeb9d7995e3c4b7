//! The `.nvc` file: a network as a self-delimiting string of bytes.

use super::integer::{read_bit, write_bit};
use super::{Architecture, CodeError, Codebook, CodedTensor, Decoder, Encoder};

/// The version byte of the files that this source writes and reads.
pub const FORMAT_VERSION: u8 = 1;

/// A file may hold at most this many weights for each of its bytes: the limit of a decoder's work and memory.
pub const WEIGHTS_PER_BYTE: u64 = 1 << 16;

/// A network exactly as its file decodes: architecture, codebooks, and a symbol for every weight.
///
/// The file is the version byte, then one arithmetic-coded stream: the architecture, and for each of its tensors
/// a flag whether a new codebook follows (never asked of the first tensor, which always brings one), that
/// codebook, and the symbols. A decoded model is encoded again and must give the same bytes; so no two files
/// decode to the same [`Model`], no file is the beginning of another, and a trailing byte is an error.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    architecture: Architecture,
    codebooks: Vec<Codebook>,
    tensors: Vec<CodedTensor>,
}

/// Where the bits of a file go.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// Length of the file: what enters a bound.
    pub total: u64,
    /// The version byte.
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
    /// A new codebook, or the flag that there is none.
    pub codebook: f64,
    /// Which weights are kept.
    pub mask: f64,
    /// Which codeword each kept weight takes.
    pub assignments: f64,
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
        Ok(Self { architecture, codebooks, tensors })
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
        self.architecture.write(&mut encoder)?;
        let architecture = encoder.ideal_bits();
        let mut tensors = Vec::with_capacity(self.tensors.len());
        let mut last = None;
        for (shape, tensor) in self.architecture.tensors().into_iter().zip(&self.tensors) {
            let start = encoder.ideal_bits();
            let codebook =
                self.codebooks.get(tensor.codebook).ok_or_else(|| CodeError::Codebook("missing".to_string()))?;
            let is_new = last != Some(tensor.codebook);
            if last.is_some() {
                write_bit(&mut encoder, is_new)?;
            }
            if is_new {
                codebook.write(&mut encoder)?;
            }
            last = Some(tensor.codebook);
            let symbols = encoder.ideal_bits();
            let mask = tensor.write(&mut encoder, codebook.len())?;
            tensors.push(TensorBits {
                name: shape.name,
                weights: tensor.symbols.len(),
                kept: tensor.kept(),
                codewords: codebook.len(),
                codebook: symbols - start,
                mask,
                assignments: encoder.ideal_bits() - symbols - mask,
            });
        }
        let spent = encoder.ideal_bits();
        let mut file = vec![FORMAT_VERSION];
        file.extend(encoder.finish());
        check_size(&self.architecture, file.len())?;
        let total = 8 * file.len() as u64;
        let version = 8.0;
        let allocation =
            Allocation { total, version, architecture, tensors, termination: total as f64 - version - spent };
        Ok((file, allocation))
    }

    /// Reads a whole file.
    ///
    /// Memory and work are bounded by [`WEIGHTS_PER_BYTE`] times the file's length.
    ///
    /// # Errors
    /// Every file that is not exactly what [`Model::encode`] writes for some model is an error.
    pub fn decode(file: &[u8]) -> Result<Self, CodeError> {
        let (&version, stream) = file.split_first().ok_or(CodeError::Empty)?;
        if version != FORMAT_VERSION {
            return Err(CodeError::UnknownVersion { found: version, known: FORMAT_VERSION });
        }
        let mut decoder = Decoder::new(stream);
        let architecture = Architecture::read(&mut decoder)?;
        check_size(&architecture, file.len())?;
        let mut codebooks: Vec<Codebook> = Vec::new();
        let mut tensors = Vec::new();
        for shape in architecture.tensors() {
            if codebooks.is_empty() || read_bit(&mut decoder)? {
                codebooks.push(Codebook::read(&mut decoder)?);
            }
            let codewords = codebooks.last().map_or(0, Codebook::len);
            let place = codebooks.len() - 1;
            tensors.push(CodedTensor::read(&mut decoder, place, codewords, shape.len())?);
        }
        let model = Self::new(architecture, codebooks, tensors)?;
        let canonical = model.encode()?;
        if canonical != file {
            return Err(CodeError::NotCanonical { found: file.len(), canonical: canonical.len() });
        }
        Ok(model)
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
