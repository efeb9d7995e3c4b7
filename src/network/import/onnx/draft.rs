//! A graph while it is made: operators with their weights, before what is superfluous is gone.

use std::collections::HashMap;
use std::rc::Rc;

use super::constant::Constant;
use super::error::Refusal;
use super::ledger::Ledger;
use crate::code::{Dimensions, Misfit, Operator};
use crate::storage::memory_limit::MemoryLimit;

/// Most nodes while a graph is made.
const MAX_NODES: usize = 1 << 15;

/// Most indices of a selection, or of a repetition.
pub(super) const MAX_INDICES: usize = 1 << 16;

/// A tensor of weights.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weight {
    /// Its name in the file.
    pub name: String,
    /// Its numbers.
    pub numbers: Rc<Vec<f32>>,
}

/// An operator, the values that it reads, and its weights.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// What it computes.
    pub operator: Operator,
    /// The values that it reads: 0 is the image, `i` what step number `i` makes, counted from 1.
    pub inputs: Vec<usize>,
    /// Its weights, in the order in which the operator has them.
    pub weights: Vec<Weight>,
    /// Whether it is a batch normalisation, which may become a part of the convolution before it.
    pub is_normalisation: bool,
}

/// Steps that fit each other.
#[derive(Debug)]
pub(super) struct Draft {
    steps: Vec<Step>,
    /// Of the image, and of what each step makes.
    dimensions: Vec<Dimensions>,
    /// Steps without weights by what they are, so that none is there twice.
    known: HashMap<String, usize>,
    /// Steps that are constants, by where these are in memory, and these themselves.
    constants: HashMap<usize, (usize, Rc<Constant>)>,
    /// Memory of constants.
    pub ledger: Ledger,
}

impl Draft {
    /// An image and nothing else.
    pub fn new(image: Dimensions, limit: MemoryLimit) -> Self {
        Self {
            steps: Vec::new(),
            dimensions: vec![image],
            known: HashMap::new(),
            constants: HashMap::new(),
            ledger: Ledger::new(limit),
        }
    }

    /// The steps, the dimensions of the image and of what each makes, and the memory.
    pub fn into_parts(self) -> (Vec<Step>, Vec<Dimensions>, Ledger) {
        (self.steps, self.dimensions, self.ledger)
    }

    /// The dimensions of a value.
    pub fn dimensions(&self, value: usize) -> &Dimensions {
        &self.dimensions[value]
    }

    /// The step that makes a value; none, if it is the image.
    pub(super) fn maker(&self, value: usize) -> Option<&Step> {
        self.steps.get(value.checked_sub(1)?)
    }

    /// Appends an operator without weights that reads one value.
    ///
    /// # Errors
    /// If it does not fit.
    pub fn one(&mut self, operator: Operator, input: usize) -> Result<usize, Refusal> {
        self.push(operator, vec![input], Vec::new())
    }

    /// Appends an operator; or finds the value that it would make.
    ///
    /// # Errors
    /// If it does not fit.
    pub fn push(
        &mut self,
        operator: Operator,
        inputs: Vec<usize>,
        weights: Vec<Weight>,
    ) -> Result<usize, Refusal> {
        if let (Operator::Transpose { order }, [input]) = (&operator, &inputs[..]) {
            if let Some(Step {
                operator: Operator::Transpose { order: before },
                inputs,
                ..
            }) = self.maker(*input)
            {
                let composed = order.iter().filter_map(|&axis| before.get(axis).copied());
                let order: Vec<usize> = composed.collect();
                let input = inputs[0];
                return self.transpose(input, order);
            }
        }
        match (&operator, &inputs[..]) {
            (Operator::Dense { .. }, &[input]) => self.along_last_axis(operator, input, weights),
            (&Operator::Affine { axis, scale, .. }, &[input])
                if !scale && axis + 1 == self.dimensions(input).axes() =>
            {
                self.along_last_axis(operator, input, weights)
            }
            (
                &Operator::Slice {
                    axis,
                    start,
                    count,
                    step: 1,
                },
                &[input],
            ) => self.slice(axis, start, count, input),
            _ => self.append(operator, inputs, weights),
        }
    }

    /// Appends an operator as it is; or finds the value that it would make.
    ///
    /// # Errors
    /// If it does not fit.
    pub(super) fn append(
        &mut self,
        operator: Operator,
        inputs: Vec<usize>,
        weights: Vec<Weight>,
    ) -> Result<usize, Refusal> {
        if self.steps.len() == MAX_NODES {
            return Err(Refusal::Unsupported("there are too many nodes"));
        }
        if let Operator::Select { indices, .. } = &operator {
            // Also as a part of the text by which it is known.
            self.ledger.take(4 * indices.len())?;
        }
        let read: Vec<&Dimensions> = inputs.iter().map(|&value| self.dimensions(value)).collect();
        let made = operator.output(&read)?;
        let tensors = operator.weights(&read);
        for ((_, dimensions), weight) in tensors.iter().zip(&weights) {
            if dimensions.iter().product::<usize>() != weight.numbers.len() {
                return Err(Refusal::Unfit {
                    first: vec![weight.numbers.len()],
                    second: dimensions.clone(),
                });
            }
        }
        let key = weights
            .is_empty()
            .then(|| format!("{operator:?} {inputs:?}"));
        if let Some(&value) = key.as_ref().and_then(|key| self.known.get(key)) {
            return Ok(value);
        }
        self.steps.push(Step {
            operator,
            inputs,
            weights,
            is_normalisation: false,
        });
        self.dimensions.push(made);
        if let Some(key) = key {
            self.known.insert(key, self.steps.len());
        }
        Ok(self.steps.len())
    }

    /// Says that the last step is a batch normalisation.
    pub fn mark_normalisation(&mut self) {
        if let Some(step) = self.steps.last_mut() {
            step.is_normalisation = true;
        }
    }

    /// Weights themselves as a value.
    ///
    /// # Errors
    /// If they are too many.
    pub fn constant(&mut self, constant: &Rc<Constant>) -> Result<usize, Refusal> {
        let address = Rc::as_ptr(constant) as usize;
        if let Some((value, _)) = self.constants.get(&address) {
            return Ok(*value);
        }
        let lengths = without_example(&constant.shape).to_vec();
        let dimensions = Dimensions::new(lengths).map_err(Misfit::from)?;
        let weight = Weight {
            name: constant.name.clone(),
            numbers: constant.to_floats(&mut self.ledger)?,
        };
        let value = self.append(Operator::Constant { dimensions }, Vec::new(), vec![weight])?;
        self.constants.insert(address, (value, Rc::clone(constant)));
        Ok(value)
    }

    /// A value in another shape: of several shapes one after the other, the last.
    ///
    /// # Errors
    /// If it has another number of numbers.
    pub fn reshape(&mut self, value: usize, lengths: &[usize]) -> Result<usize, Refusal> {
        let dimensions = Dimensions::new(lengths.to_vec()).map_err(Misfit::from)?;
        if *self.dimensions(value) == dimensions {
            return Ok(value);
        }
        if self.dimensions(value).numbers() != dimensions.numbers() {
            return Err(Misfit::Reshape {
                before: self.dimensions(value).clone(),
                after: dimensions,
            }
            .into());
        }
        if let Some(Step {
            operator: Operator::Reshape { .. },
            inputs,
            ..
        }) = self.maker(value)
        {
            let before = inputs[0];
            return self.reshape(before, lengths);
        }
        self.one(Operator::Reshape { dimensions }, value)
    }

    /// A value with its axes in another order; where only axes of length 1 change places, in
    /// another shape.
    ///
    /// # Errors
    /// If it is no order of the axes.
    pub fn transpose(&mut self, value: usize, order: Vec<usize>) -> Result<usize, Refusal> {
        let lengths = self.dimensions(value).lengths().to_vec();
        let is_long = |axis: &usize| lengths.get(*axis).is_some_and(|&length| length > 1);
        let moved: Vec<usize> = order.iter().copied().filter(is_long).collect();
        if order.len() == lengths.len() && moved.is_sorted() {
            let after: Vec<usize> = order
                .iter()
                .filter_map(|&axis| lengths.get(axis).copied())
                .collect();
            return self.reshape(value, &after);
        }
        self.one(Operator::Transpose { order }, value)
    }

    /// A value with zeros around its last axes; further zeros join those that are there.
    ///
    /// # Errors
    /// If there are too many.
    pub fn pad(&mut self, value: usize, mut padding: Vec<[usize; 2]>) -> Result<usize, Refusal> {
        let mut value = value;
        if let Some(Step {
            operator: Operator::Pad { padding: before },
            inputs,
            ..
        }) = self.maker(value)
        {
            let missing = before.len().saturating_sub(padding.len());
            padding.splice(0..0, vec![[0; 2]; missing]);
            for (ends, added) in padding.iter_mut().rev().zip(before.iter().rev()) {
                *ends = [ends[0] + added[0], ends[1] + added[1]];
            }
            value = inputs[0];
        }
        self.one(Operator::Pad { padding }, value)
    }
}

/// The lengths of a value's axes without the one for examples, if that is what the first is.
pub(super) fn without_example(shape: &[usize]) -> &[usize] {
    match shape {
        [1, rest @ ..] => rest,
        all => all,
    }
}
