//! Codebooks: the kept weights share a few values, and training goes on with these.

use candle_core::{Device, Result, Tensor, Var};
use serde::{Deserialize, Serialize};

use super::error::CompressError;
use super::level_costs::{nearest_level, LevelCosts};
use super::straight_through::straight_through;
use super::subspace::{Coordinates, SubspaceSize};
use crate::code::{Codebook, CodedTensor, Model};
use crate::network::kmeans;
use crate::train::{Parameters, Trainable};

/// Which values weights may take, and what they cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantisation {
    /// Where the values lie.
    #[serde(default)]
    pub method: QuantisationMethod,
    /// How many values, beside zero; at most 255.
    pub codewords: usize,
    /// Binary digits of a value after its leading one; at most 23.
    pub digits: u32,
    /// Weight of the code length against the cross-entropy of the whole training set, both in nats:
    /// 1 is the balance of the minimum description length principle.
    #[serde(default)]
    pub rate: f64,
    /// Whether the weights lie in a random subspace, of which the coordinates take these values.
    #[serde(default)]
    pub subspace: Option<SubspaceSize>,
}

/// Where the values lie that weights may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuantisationMethod {
    /// At first at the centres of k-means (Han, Mao and Dally 2016); then they are trained.
    #[default]
    Kmeans,
    /// Evenly spaced from the smallest to the largest weight, for good: min-max quantisation (Jacob
    /// et al. 2018).
    Uniform,
}

impl QuantisationMethod {
    /// At most `codewords` values, ascending, for these weights, none of them zero.
    pub fn codewords(self, weights: &[f32], codewords: usize) -> Vec<f32> {
        match self {
            Self::Kmeans => kmeans(weights, codewords),
            Self::Uniform => {
                let least = weights.iter().copied().reduce(f32::min).unwrap_or(0.0);
                let most = weights.iter().copied().reduce(f32::max).unwrap_or(0.0);
                let step = (most - least) / codewords.saturating_sub(1).max(1) as f32;
                let mut values: Vec<f32> = (0..codewords)
                    .map(|place| least + step * place as f32)
                    .collect();
                values.retain(|&value| value != 0.0);
                values.dedup();
                values
            }
        }
    }
}

/// Weights that are zero or one of a few codewords.
///
/// Codewords start at the centres of k-means over the weights that pruning kept, and are trained:
/// the gradient of a codeword is the sum of those of the weights that share it (Han, Mao and Dally
/// 2016). Behind each weight stands a latent number which receives the weight's own gradient,
/// straight through (Bengio, Léonard and Courville 2013); after each step every weight takes the
/// nearest of zero and the codewords. So pruned weights may come back, and kept ones go. The
/// network always computes with codewords rounded to the digits they will be coded with.
///
/// To the loss is added `rate` times a differentiable code length of all weights in nats
/// ([`LevelCosts`]).
pub struct QuantisedWeights {
    /// One number a weight, or a coordinate of a tensor in a subspace.
    latent: Vec<Var>,
    /// How weights follow from coordinates, for tensors in a subspace.
    coordinates: Vec<Option<Coordinates>>,
    codebooks: Vec<Var>,
    /// For each weight 0 if it is zero, else one more than the place of its codeword.
    symbols: Vec<Tensor>,
    /// The derivative of the code length at each latent number.
    cost_gradients: Vec<Tensor>,
    settings: Quantisation,
    /// The code length's weight in the mean loss.
    rate: f64,
    /// For each tensor which codebook it uses.
    codebook_of: Vec<usize>,
}

impl QuantisedWeights {
    /// For pruned weights, `values`, and a training set of `examples`.
    ///
    /// Where scaling a tensor changes no decision, all tensors are scaled to unit mean square.
    /// Codebooks are shared as [`Trainable::codebooks`] says.
    ///
    /// # Errors
    /// If candle fails, or `values` do not have the network's shapes.
    pub fn new(
        network: &dyn Trainable,
        mut values: Vec<Vec<f32>>,
        settings: Quantisation,
        examples: usize,
        device: &Device,
    ) -> Result<Self> {
        let shapes = network.tensors();
        let codebook_of = network.codebooks();
        let mut coordinates = Vec::with_capacity(shapes.len());
        for (shape, values) in shapes.iter().zip(&mut values) {
            let map = settings.subspace.and_then(|size| size.of(shape));
            let map = map
                .map(|(subspace, dimension)| Coordinates::new(subspace, dimension, shape, device))
                .transpose()?;
            if let Some(map) = &map {
                *values = map.nearest(values)?;
            }
            coordinates.push(map);
        }
        let kept = |values: &[f32]| -> Vec<f32> {
            values
                .iter()
                .copied()
                .filter(|&value| value != 0.0)
                .collect()
        };
        if network.is_homogeneous() {
            values.iter_mut().for_each(|values| scale_to_unit(values));
        }
        let mut shared = vec![Vec::new(); codebook_of.iter().max().map_or(0, |last| last + 1)];
        for (&codebook, values) in codebook_of.iter().zip(&values) {
            shared[codebook].extend(kept(values));
        }
        let centres = shared
            .iter()
            .map(|values| settings.method.codewords(values, settings.codewords));
        let mut codebooks = Vec::new();
        for mut centres in centres {
            if centres.is_empty() {
                // Nothing is kept yet; candle has no empty tensors to select from.
                centres.push(1.0);
            }
            let count = centres.len();
            codebooks.push(Var::from_vec(centres, count, device)?);
        }
        let mut latent = Vec::new();
        for ((shape, values), coordinates) in shapes.iter().zip(&values).zip(&coordinates) {
            let line = [values.len()];
            let dimensions = if coordinates.is_some() {
                &line[..]
            } else {
                &shape.dimensions[..]
            };
            latent.push(Var::from_slice(values, dimensions, device)?);
        }
        let rate = settings.rate / examples as f64;
        let (symbols, cost_gradients) = (Vec::new(), Vec::new());
        let mut quantised = Self {
            latent,
            coordinates,
            codebooks,
            symbols,
            cost_gradients,
            settings,
            rate,
            codebook_of,
        };
        quantised.assign()?;
        Ok(quantised)
    }

    /// Zero, then the codewords rounded to their digits.
    fn levels(&self, codebook: usize) -> Result<Vec<f32>> {
        let values: Vec<f32> = self.codebooks[codebook].to_vec1()?;
        let rounded = values
            .into_iter()
            .map(|value| Codebook::round(value, self.settings.digits));
        Ok(std::iter::once(0.0).chain(rounded).collect())
    }

    /// Every weight takes the level nearest to its latent number.
    fn assign(&mut self) -> Result<()> {
        let mut symbols = Vec::with_capacity(self.latent.len());
        let mut cost_gradients = Vec::with_capacity(self.latent.len());
        for (place, latent) in self.latent.iter().enumerate() {
            let levels = self.levels(self.codebook_of[place])?;
            let values: Vec<f32> = latent.flatten_all()?.to_vec1()?;
            let nearest: Vec<u32> = values
                .iter()
                .map(|&value| nearest_level(&levels, value))
                .collect();
            let costs = LevelCosts::new(&levels, &nearest);
            let derivative = values
                .iter()
                .map(|&value| costs.derivative(value))
                .collect();
            cost_gradients.push(Tensor::from_vec(
                derivative,
                latent.shape(),
                latent.device(),
            )?);
            symbols.push(Tensor::from_vec(
                nearest,
                latent.elem_count(),
                latent.device(),
            )?);
        }
        (self.symbols, self.cost_gradients) = (symbols, cost_gradients);
        Ok(())
    }

    /// The values of the weights, or of the coordinates, one list a tensor.
    fn values(&self) -> Result<Vec<Vec<f32>>> {
        let mut tensors = Vec::with_capacity(self.symbols.len());
        for (place, symbols) in self.symbols.iter().enumerate() {
            let levels = self.levels(self.codebook_of[place])?;
            let symbols: Vec<u32> = symbols.to_vec1()?;
            tensors.push(
                symbols
                    .into_iter()
                    .map(|symbol| levels[symbol as usize])
                    .collect(),
            );
        }
        Ok(tensors)
    }

    /// The model that computes with exactly these weights; codewords that no weight takes are
    /// dropped.
    ///
    /// # Errors
    /// If candle fails, or a codeword is not a normal number.
    pub fn model(&self, network: &dyn Trainable) -> std::result::Result<Model, CompressError> {
        let values = self.values()?;
        let mut used: Vec<Vec<f32>> = vec![Vec::new(); self.codebooks.len()];
        for (place, values) in values.iter().enumerate() {
            used[self.codebook_of[place]].extend(values);
        }
        let codebooks = used
            .iter()
            .map(|values| Codebook::nearest(self.settings.digits, values))
            .collect::<std::result::Result<Vec<Codebook>, _>>()?;
        let tensors = values.iter().enumerate().map(|(place, values)| {
            let codebook = self.codebook_of[place];
            let symbols = codebooks[codebook].symbols(values);
            match self.coordinates.get(place).and_then(Option::as_ref) {
                Some(map) => CodedTensor::in_subspace(codebook, symbols, map.subspace()),
                None => CodedTensor::new(codebook, symbols),
            }
        });
        let tensors = tensors.collect();
        Ok(network.model(codebooks, tensors)?)
    }
}

/// Divides by the root mean square of the values that are not zero.
fn scale_to_unit(values: &mut [f32]) {
    let kept = values.iter().filter(|&&value| value != 0.0).count().max(1) as f64;
    let squares: f64 = values.iter().map(|&value| f64::from(value).powi(2)).sum();
    let scale = (kept / squares.max(f64::MIN_POSITIVE)).sqrt();
    for value in values {
        *value = (f64::from(*value) * scale) as f32;
    }
}

impl Parameters for QuantisedWeights {
    fn variables(&self) -> Vec<Var> {
        match self.settings.method {
            QuantisationMethod::Kmeans => {
                self.latent.iter().chain(&self.codebooks).cloned().collect()
            }
            QuantisationMethod::Uniform => self.latent.clone(),
        }
    }

    fn weights(&self) -> Result<Vec<Tensor>> {
        let mut levels = Vec::with_capacity(self.codebooks.len());
        for (place, codebook) in self.codebooks.iter().enumerate() {
            let exact = Tensor::cat(
                &[
                    &codebook.zeros_like()?.narrow(0, 0, 1)?,
                    codebook.as_tensor(),
                ],
                0,
            )?;
            let rounded =
                Tensor::from_vec(self.levels(place)?, exact.elem_count(), exact.device())?;
            levels.push(straight_through(rounded, &exact)?);
        }
        let mut weights = Vec::with_capacity(self.latent.len());
        for (place, (latent, symbols)) in self.latent.iter().zip(&self.symbols).enumerate() {
            let chosen = levels[self.codebook_of[place]].index_select(symbols, 0)?;
            let values = straight_through(chosen.reshape(latent.shape())?, latent.as_tensor())?;
            weights.push(match &self.coordinates[place] {
                Some(coordinates) => coordinates.weights(&values)?,
                None => values,
            });
        }
        Ok(weights)
    }

    fn penalty(&self) -> Result<Option<Tensor>> {
        let mut penalty: Option<Tensor> = None;
        for (latent, cost_gradients) in self.latent.iter().zip(&self.cost_gradients) {
            // Linear where it stands: what matters is its derivative.
            let cost = (latent.as_tensor() * cost_gradients)?.sum_all()?;
            penalty = Some(match penalty {
                None => cost,
                Some(sum) => (sum + cost)?,
            });
        }
        penalty.map(|penalty| penalty * self.rate).transpose()
    }

    fn restore(&mut self, _state: Vec<Tensor>) -> Result<()> {
        // Symbols follow from the variables.
        self.assign()
    }

    fn after_step(&mut self, _done: f64) -> Result<()> {
        self.assign()
    }
}
