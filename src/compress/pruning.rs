//! Pruning while training goes on: gradually, for good or with a way back, and of whole units.

use candle_core::{bail, Device, Result, Tensor, Var};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::pretrained::Pretrained;
use super::straight_through::straight_through;
use super::units::unused;
use crate::code::Structure;
use crate::train::{Network, Parameters, RunningMoments, Trainable};

/// How and how many weights are set to zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pruning {
    /// Whether what was pruned may come back.
    #[serde(default)]
    pub method: PruningMethod,
    /// Fraction of the weights between units in use that is zero in the end, from 0 to 1.
    pub sparsity: f64,
    /// Fraction of each hidden layer's units that is used at all, above 0 and at most 1: the others
    /// are pruned with all their weights before training (structured pruning; at random weights,
    /// which ones are left does not matter: Liu et al. 2019).
    #[serde(default = "all")]
    pub width: f64,
}

fn all() -> f64 {
    1.0
}

/// What becomes of a weight that was pruned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PruningMethod {
    /// It stays zero and is no longer trained: gradual magnitude pruning (Zhu and Gupta 2017).
    #[default]
    Magnitude,
    /// It is still trained, as if it were there, and is spliced in again when it has outgrown one
    /// that is: dynamic network surgery (Guo, Yao and Chen 2016).
    Surgery,
}

/// Weights of which an increasing fraction, the smallest, is set to zero.
///
/// When the fraction `t` of all steps is done, the fraction of zeros is `s (1 - (1 - u)^3)` with
/// `s` the final sparsity and `u` the position of `t` in the pruning period, from 0 to 1 (Zhu and
/// Gupta 2017). Magnitudes are compared across all tensors, each relative to its initial standard
/// deviation, or for a [pretrained](Pretrained) network to the weight whose loss would cost as much
/// in every tensor; biases are never pruned.
pub struct PrunedWeights {
    weights: Vec<Var>,
    masks: Vec<Tensor>,
    structure: Structure,
    moments: RunningMoments,
    /// What magnitudes are relative to, one a tensor; zero if its weights are not pruned.
    units: Vec<f64>,
    pruning: Pruning,
    /// For each weight whether it is between units in use.
    used: Vec<Vec<bool>>,
    /// The sparsity when masks were last made; with surgery, what was done of training then.
    pruned: f64,
}

/// Pruning begins and ends when these fractions of training are done.
const PERIOD: (f64, f64) = (0.2, 0.7);

/// Masks are made anew when the target, or with surgery training, has moved by this much.
const STRIDE: f64 = 0.005;

/// Surgery ends when this fraction of training is done, so that what is left can settle.
const LAST_SURGERY: f64 = 0.9;

/// With surgery a weight that is there counts as larger by this factor, so that masks do not
/// flicker.
const INERTIA: f64 = 1.1;

impl PrunedWeights {
    /// Random initial weights, uniform with the deviations that `network` asks for (He et al.
    /// 2015), none pruned yet.
    ///
    /// # Errors
    /// If candle fails.
    pub fn new(
        network: &Network,
        pruning: Pruning,
        mut random: ChaCha8Rng,
        device: &Device,
    ) -> Result<Self> {
        let weights = network.initial_weights(&mut random);
        let moments = RunningMoments::new(network.architecture());
        Self::from(
            network,
            Pretrained {
                weights,
                moments,
                units: network.deviations().to_vec(),
            },
            pruning,
            device,
        )
    }

    /// The weights of a network that has been trained already, none pruned yet.
    ///
    /// # Errors
    /// If candle fails, or they do not have the network's shapes.
    pub fn from(
        network: &dyn Trainable,
        pretrained: Pretrained,
        pruning: Pruning,
        device: &Device,
    ) -> Result<Self> {
        let structure = network.structure();
        let tensors = network.tensors();
        let used: Vec<Vec<bool>> = if pruning.width < 1.0 {
            let unused = unused(&structure, pruning.width).into_iter();
            unused
                .map(|unused| unused.into_iter().map(|unused| !unused).collect())
                .collect()
        } else {
            tensors
                .iter()
                .map(|shape| vec![true; shape.len()])
                .collect()
        };
        let mut weights = Vec::new();
        let mut masks = Vec::new();
        let Pretrained {
            weights: values,
            moments,
            units,
        } = pretrained;
        for ((shape, initial), used) in tensors.iter().zip(values).zip(&used) {
            let mask: Vec<f32> = used.iter().map(|&used| f32::from(used)).collect();
            masks.push(Tensor::from_vec(mask, &shape.dimensions[..], device)?);
            weights.push(Var::from_vec(initial, &shape.dimensions[..], device)?);
        }
        Ok(Self {
            weights,
            masks,
            structure,
            moments,
            units,
            pruning,
            used,
            pruned: 0.0,
        })
    }

    /// For each tensor its weights, zero where pruned; those of batch normalisations with the
    /// running moments in them.
    ///
    /// # Errors
    /// If candle fails.
    pub fn values(&self) -> Result<Vec<Vec<f32>>> {
        let weights = self.weights()?;
        let values = weights
            .iter()
            .map(|weights| weights.flatten_all()?.to_vec1());
        Ok(self
            .moments
            .fold(&self.structure, values.collect::<Result<_>>()?))
    }

    /// Keeps the largest weights, all but the fraction `sparsity`.
    fn prune(&mut self, sparsity: f64) -> Result<()> {
        let scores = self.scores()?;
        let among = scores
            .iter()
            .zip(&self.used)
            .flat_map(|(scores, used)| scores.iter().zip(used));
        let mut sorted: Vec<f64> = among
            .filter(|(_, &used)| used)
            .map(|(&score, _)| score)
            .collect();
        let cut = (sorted.len() as f64 * sparsity) as usize;
        let Some(cut) = cut.checked_sub(1) else {
            return Ok(());
        };
        let (_, &mut threshold, _) = sorted.select_nth_unstable_by(cut, f64::total_cmp);
        for ((mask, scores), used) in self.masks.iter_mut().zip(&scores).zip(&self.used) {
            let kept = scores
                .iter()
                .zip(used)
                .map(|(&score, &used)| f32::from(used && score > threshold));
            *mask = Tensor::from_vec(kept.collect(), mask.shape(), mask.device())?;
        }
        Ok(())
    }

    /// By how much each weight deserves to stay: its magnitude in units of its tensor.
    fn scores(&self) -> Result<Vec<Vec<f64>>> {
        let mut scores = Vec::new();
        for ((weight, mask), &unit) in self.weights.iter().zip(&self.masks).zip(&self.units) {
            let values: Vec<f32> = weight.flatten_all()?.to_vec1()?;
            let kept: Vec<f32> = mask.flatten_all()?.to_vec1()?;
            let score = |(value, kept): (f32, f32)| match self.pruning.method {
                _ if unit == 0.0 => f64::INFINITY,
                PruningMethod::Surgery if kept > 0.0 => INERTIA * f64::from(value).abs() / unit,
                _ => f64::from(value).abs() / unit,
            };
            scores.push(values.into_iter().zip(kept).map(score).collect());
        }
        Ok(scores)
    }
}

impl Parameters for PrunedWeights {
    fn variables(&self) -> Vec<Var> {
        self.weights.clone()
    }

    fn weights(&self) -> Result<Vec<Tensor>> {
        let masked = |(weight, mask): (&Var, &Tensor)| {
            let kept = (weight.as_tensor() * mask)?;
            match self.pruning.method {
                PruningMethod::Magnitude => Ok(kept),
                PruningMethod::Surgery => straight_through(kept.detach(), weight),
            }
        };
        self.weights.iter().zip(&self.masks).map(masked).collect()
    }

    fn moments(&mut self) -> Option<&mut RunningMoments> {
        Some(&mut self.moments)
    }

    fn state(&self) -> Result<Vec<Tensor>> {
        let mut state = self.masks.clone();
        state.extend(self.moments.state()?);
        state.push(Tensor::new(self.pruned, &Device::Cpu)?);
        Ok(state)
    }

    fn restore(&mut self, mut state: Vec<Tensor>) -> Result<()> {
        let same = |(one, other): (&Tensor, &Tensor)| one.shape() == other.shape();
        match state.pop() {
            Some(pruned)
                if state.len() >= self.masks.len() && state.iter().zip(&self.masks).all(same) =>
            {
                self.moments.restore(&state.split_off(self.masks.len()))?;
                let pairs = state.iter().zip(&self.masks);
                self.masks = pairs
                    .map(|(state, mask)| state.to_device(mask.device()))
                    .collect::<Result<_>>()?;
                self.pruned = pruned.to_scalar()?;
                Ok(())
            }
            _ => bail!("a state of other weights"),
        }
    }

    fn after_step(&mut self, done: f64) -> Result<()> {
        let (begin, end) = PERIOD;
        let position = ((done - begin) / (end - begin)).clamp(0.0, 1.0);
        let target = self.pruning.sparsity * (1.0 - (1.0 - position).powi(3));
        if self.pruning.method == PruningMethod::Surgery {
            if position > 0.0 && done <= LAST_SURGERY && done >= self.pruned + STRIDE {
                self.pruned = done;
                self.prune(target)?;
            }
            return Ok(());
        }
        if target >= self.pruned + STRIDE || (position == 1.0 && target > self.pruned) {
            self.pruned = target;
            self.prune(target)?;
        }
        Ok(())
    }
}
