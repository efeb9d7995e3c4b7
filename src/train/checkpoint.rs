//! A training that was interrupted goes on as if it had not been.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{safetensors, DType, Device, Tensor, Var};
use thiserror::Error;

use super::candle_error::CandleError;
use super::optimiser::{OptimiserState, Slots};
use super::parameters::Parameters;
use super::trainer::{Begun, Trainer};
use crate::storage::file_error::FileError;
use crate::storage::whole_file;

/// Why a checkpoint could not be written or taken up.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// candle reported an error.
    #[error("the checkpoint cannot be used")]
    Candle(#[from] CandleError),
    /// The tensors cannot be put into a file.
    #[error("the checkpoint cannot be written")]
    Tensors(#[from] ::safetensors::SafeTensorError),
    /// The operating system reported an error.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is not a checkpoint of this training.
    #[error("this is not a checkpoint of this training: {0}")]
    Foreign(String),
}

impl From<candle_core::Error> for CheckpointError {
    fn from(error: candle_core::Error) -> Self {
        Self::Candle(error.into())
    }
}

/// The tensor that says how far an epoch is.
const BEGUN: &str = "begun";

impl Begun {
    /// As integers: the place in the stream, in two; what was counted; the bits of the loss.
    fn to_numbers(&self) -> [i64; 7] {
        let place = self.random.get_word_pos();
        let counts = [self.batches, self.learnt, self.seen, self.wrong];
        let [batches, learnt, seen, wrong] = counts.map(|count| count as i64);
        let loss = self.loss.to_bits().cast_signed();
        let (high, low) = ((place >> 62) as i64, (place & PLACE) as i64);
        [high, low, batches, learnt, seen, wrong, loss]
    }

    /// Of an epoch that begins, where these integers were written.
    fn gone_on(mut self, numbers: &[i64]) -> Option<Self> {
        let &[high, low, batches, learnt, seen, wrong, loss] = numbers else {
            return None;
        };
        let count = |number: i64| usize::try_from(number).ok();
        let place = u128::try_from(high).ok()? << 62 | u128::try_from(low).ok()?;
        self.random.set_word_pos(place);
        Some(Self {
            random: self.random,
            batches: count(batches)?,
            learnt: count(learnt)?,
            seen: count(seen)?,
            wrong: count(wrong)?,
            loss: f64::from_bits(loss.cast_unsigned()),
        })
    }
}

/// The low bits of a place in a stream.
const PLACE: u128 = (1 << 62) - 1;

impl Trainer<'_> {
    /// Writes all that is needed to go on bit for bit: epochs, how far the one that has begun is,
    /// variables, the optimiser's state, the parameters' own. The order of the examples follows
    /// from the epochs. The file, in safetensors format, is there whole or not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, parameters: &dyn Parameters, path: &Path) -> Result<(), CheckpointError> {
        let device = &Device::Cpu;
        let mut tensors = HashMap::new();
        let state = self.optimiser.state();
        let counts = [self.epochs() as i64, state.steps as i64];
        tensors.insert("counts".to_string(), Tensor::new(&counts, device)?);
        if let Some(begun) = &self.begun {
            tensors.insert(BEGUN.to_string(), Tensor::new(&begun.to_numbers(), device)?);
        }
        for (place, variable) in self.all_variables(parameters).iter().enumerate() {
            tensors.insert(
                format!("variable.{place}"),
                variable.as_tensor().to_device(device)?,
            );
        }
        for (place, slots) in state.slots.iter().enumerate() {
            tensors.insert(
                format!("first.{place}"),
                Tensor::new(&slots.first[..], device)?,
            );
            if !slots.second.is_empty() {
                tensors.insert(
                    format!("second.{place}"),
                    Tensor::new(&slots.second[..], device)?,
                );
            }
        }
        for (place, tensor) in parameters.state()?.iter().enumerate() {
            tensors.insert(format!("state.{place}"), tensor.to_device(device)?);
        }
        let bytes = ::safetensors::serialize(&tensors, None)?;
        Ok(whole_file::write(path, &bytes)?)
    }

    /// Goes on from a file that [`Trainer::save`] wrote, in a trainer and with parameters made as
    /// those were.
    ///
    /// # Errors
    /// If the file cannot be read, or belongs to another training.
    pub fn resume(
        &mut self,
        parameters: &mut dyn Parameters,
        path: &Path,
    ) -> Result<(), CheckpointError> {
        let tensors = safetensors::load(path, &Device::Cpu)?;
        let tensor = |name: &str| {
            tensors
                .get(name)
                .ok_or_else(|| CheckpointError::Foreign(format!("it has no tensor \"{name}\"")))
        };
        let counts = tensor("counts")?;
        if counts.dims() != [2] || counts.dtype() != DType::I64 {
            return Err(CheckpointError::Foreign(
                "\"counts\" is not two 64-bit integers".to_string(),
            ));
        }
        let counts: Vec<i64> = counts.to_vec1()?;
        let (epochs, steps) = (counts[0].max(0) as usize, counts[1].max(0) as u64);
        if epochs < self.epochs() {
            return Err(CheckpointError::Foreign(format!(
                "it stands at epoch {epochs}, this at {}",
                self.epochs()
            )));
        }
        let variables = self.all_variables(parameters);
        let numbers = |name: String| {
            Ok::<Vec<f32>, CheckpointError>(tensor(&name)?.flatten_all()?.to_vec1()?)
        };
        let mut slots = Vec::new();
        let mut values = Vec::new();
        for (place, (variable, own)) in variables
            .iter()
            .zip(&self.optimiser.state().slots)
            .enumerate()
        {
            let value = tensor(&format!("variable.{place}"))?;
            if value.shape() != variable.shape() || value.dtype() != variable.dtype() {
                return Err(CheckpointError::Foreign(format!(
                    "variable {place} is {:?}, not {:?}",
                    value.shape(),
                    variable.shape()
                )));
            }
            values.push(value.to_device(variable.device())?);
            let second = if own.second.is_empty() {
                Vec::new()
            } else {
                numbers(format!("second.{place}"))?
            };
            slots.push(Slots {
                first: numbers(format!("first.{place}"))?,
                second,
            });
        }
        self.optimiser.restore(OptimiserState { steps, slots })?;
        for (variable, value) in variables.iter().zip(&values) {
            variable.set(value)?;
        }
        let state = (0..)
            .map_while(|place| tensors.get(&format!("state.{place}")).cloned())
            .collect();
        parameters.restore(state)?;
        self.skip_to(epochs);
        self.begun = match tensors.get(BEGUN) {
            None => None,
            Some(numbers) => {
                let numbers = numbers.to_dtype(DType::I64)?.flatten_all()?.to_vec1()?;
                let begun = self.begin().gone_on(&numbers);
                Some(begun.ok_or_else(|| {
                    CheckpointError::Foreign(format!("\"{BEGUN}\" is not seven integers"))
                })?)
            }
        };
        Ok(())
    }

    /// The parameters' variables and the temperature, in the optimiser's order.
    fn all_variables(&self, parameters: &dyn Parameters) -> Vec<Var> {
        let mut variables = parameters.variables();
        variables.push(self.log_temperature.clone());
        variables
    }
}
