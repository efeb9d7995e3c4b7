//! Gradual magnitude pruning while training goes on.

use candle_core::{bail, Device, Result, Tensor, Var};
use rand_chacha::ChaCha8Rng;

use crate::code::Architecture;
use crate::nets::{Network, Parameters, RunningMoments};

/// Weights of which an increasing fraction, the smallest, is set to zero (Zhu and Gupta 2017).
///
/// When the fraction `t` of all steps is done, the fraction of zeros is `s (1 - (1 - u)^3)` with `s` the final
/// sparsity and `u` the position of `t` in the pruning period, from 0 to 1. Magnitudes are compared across all
/// tensors, each relative to its initial standard deviation; biases, whose deviation is zero, are never pruned.
pub struct PrunedWeights {
    weights: Vec<Var>,
    masks: Vec<Tensor>,
    architecture: Architecture,
    moments: RunningMoments,
    deviations: Vec<f64>,
    sparsity: f64,
    pruned: f64,
}

/// Pruning begins and ends when these fractions of training are done.
const PERIOD: (f64, f64) = (0.2, 0.7);

/// Masks are made anew when the target has moved by this much.
const STRIDE: f64 = 0.005;

impl PrunedWeights {
    /// Random initial weights, uniform with the deviations that `network` asks for (He et al. 2015), none pruned yet.
    ///
    /// # Errors
    /// If candle fails.
    pub fn new(network: &Network, sparsity: f64, mut random: ChaCha8Rng, device: &Device) -> Result<Self> {
        let mut weights = Vec::new();
        let mut masks = Vec::new();
        let values = network.initial_weights(&mut random);
        for (shape, initial) in network.architecture().tensors().iter().zip(values) {
            let initial = Tensor::from_vec(initial, &shape.dimensions[..], device)?;
            masks.push(initial.ones_like()?);
            weights.push(Var::from_tensor(&initial)?);
        }
        let architecture = network.architecture().clone();
        let moments = RunningMoments::new(&architecture);
        let deviations = network.deviations().to_vec();
        Ok(Self { weights, masks, architecture, moments, deviations, sparsity, pruned: 0.0 })
    }

    /// For each tensor its weights, zero where pruned; those of batch normalisations with the running moments in them.
    ///
    /// # Errors
    /// If candle fails.
    pub fn values(&self) -> Result<Vec<Vec<f32>>> {
        let weights = self.weights()?;
        let values = weights.iter().map(|weights| weights.flatten_all()?.to_vec1());
        Ok(self.moments.fold(&self.architecture, values.collect::<Result<_>>()?))
    }

    /// Keeps the largest weights, all but the fraction `sparsity`.
    fn prune(&mut self, sparsity: f64) -> Result<()> {
        let mut scores = Vec::new();
        for (weight, &deviation) in self.weights.iter().zip(&self.deviations) {
            let magnitude = |value: f32| f64::from(value).abs() / deviation;
            let values: Vec<f32> = weight.flatten_all()?.to_vec1()?;
            scores.push(values.into_iter().map(magnitude).collect::<Vec<f64>>());
        }
        let mut sorted: Vec<f64> = scores.iter().flatten().copied().collect();
        let cut = (sorted.len() as f64 * sparsity) as usize;
        let Some(cut) = cut.checked_sub(1) else {
            return Ok(());
        };
        let (_, &mut threshold, _) = sorted.select_nth_unstable_by(cut, f64::total_cmp);
        for (mask, scores) in self.masks.iter_mut().zip(&scores) {
            let kept: Vec<f32> = scores.iter().map(|&score| f32::from(score > threshold)).collect();
            *mask = Tensor::from_vec(kept, mask.shape(), mask.device())?;
        }
        Ok(())
    }
}

impl Parameters for PrunedWeights {
    fn variables(&self) -> Vec<Var> {
        self.weights.clone()
    }

    fn weights(&self) -> Result<Vec<Tensor>> {
        let pairs = self.weights.iter().zip(&self.masks);
        pairs.map(|(weight, mask)| weight.as_tensor() * mask).collect()
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
            Some(pruned) if state.len() >= self.masks.len() && state.iter().zip(&self.masks).all(same) => {
                self.moments.restore(&state.split_off(self.masks.len()))?;
                let pairs = state.iter().zip(&self.masks);
                self.masks = pairs.map(|(state, mask)| state.to_device(mask.device())).collect::<Result<_>>()?;
                self.pruned = pruned.to_scalar()?;
                Ok(())
            }
            _ => bail!("a state of other weights"),
        }
    }

    fn after_step(&mut self, done: f64) -> Result<()> {
        let (begin, end) = PERIOD;
        let position = ((done - begin) / (end - begin)).clamp(0.0, 1.0);
        let target = self.sparsity * (1.0 - (1.0 - position).powi(3));
        if target >= self.pruned + STRIDE || (position == 1.0 && target > self.pruned) {
            self.pruned = target;
            self.prune(target)?;
        }
        Ok(())
    }
}
