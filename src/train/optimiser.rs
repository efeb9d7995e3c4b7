//! First-order optimisers: small, and with a state that can be written down.

use candle_core::backprop::GradStore;
use candle_core::{bail, Result, Tensor, Var};

use crate::vectorised::vectorised;

/// How a gradient becomes a step. Only variables with two axes or more decay; biases, scales and
/// codewords do not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// Adam (Kingma and Ba 2015) with decoupled weight decay (AdamW: Loshchilov and Hutter 2019):
    /// with the gradient `g` in step `t`, `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g^2`,
    /// `w = w - rate (decay w + (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon))`.
    Adam {
        /// `b1` and `b2`.
        betas: [f64; 2],
        /// Keeps the quotient finite.
        epsilon: f64,
        /// `decay`.
        weight_decay: f64,
    },
    /// Gradient descent with momentum (Polyak 1964): `m = momentum m + g + decay w`,
    /// `w = w - rate m`.
    Sgd {
        /// From 0, which is plain gradient descent, to below 1.
        momentum: f64,
        /// `decay`.
        weight_decay: f64,
    },
}

impl Method {
    /// Adam as it was published, without decay.
    pub const ADAM: Self = Self::Adam {
        betas: [0.9, 0.999],
        epsilon: 1e-8,
        weight_decay: 0.0,
    };

    /// Gradient descent with a momentum of 0.9, without decay.
    pub const SGD: Self = Self::Sgd {
        momentum: 0.9,
        weight_decay: 0.0,
    };

    /// Step number `step`, counted from 1, of some numbers.
    ///
    /// Each number is rounded to single precision after each operation, in the same order
    /// everywhere.
    pub(super) fn update(
        &self,
        values: &mut [f32],
        gradient: &[f32],
        slots: &mut Slots,
        step: Step,
    ) {
        let Slots { first, second } = slots;
        vectorised(
            #[inline(always)]
            || match *self {
                Self::Adam {
                    betas: [b1, b2],
                    epsilon,
                    weight_decay,
                } => {
                    let correction = |beta: f64| 1.0 - beta.powf(step.number as f64);
                    // rate (m / c1) / (sqrt(v / c2) + e) = (rate / c1) m / (sqrt(v) / sqrt(c2) + e)
                    let rate = (step.rate / correction(b1)) as f32;
                    let root = (1.0 / correction(b2).sqrt()) as f32;
                    let keep =
                        (1.0 - step.rate * if step.decays { weight_decay } else { 0.0 }) as f32;
                    let (b1, a1, b2, a2) =
                        (b1 as f32, (1.0 - b1) as f32, b2 as f32, (1.0 - b2) as f32);
                    let epsilon = epsilon as f32;
                    let moments = first.iter_mut().zip(second.iter_mut());
                    for ((value, &gradient), (first, second)) in
                        values.iter_mut().zip(gradient).zip(moments)
                    {
                        *first = b1 * *first + a1 * gradient;
                        *second = b2 * *second + a2 * (gradient * gradient);
                        *value = keep * *value - rate * *first / (second.sqrt() * root + epsilon);
                    }
                }
                Self::Sgd {
                    momentum,
                    weight_decay,
                } => {
                    let decay = if step.decays {
                        weight_decay as f32
                    } else {
                        0.0
                    };
                    let (momentum, rate) = (momentum as f32, step.rate as f32);
                    for ((value, &gradient), first) in
                        values.iter_mut().zip(gradient).zip(first.iter_mut())
                    {
                        *first = momentum * *first + (gradient + decay * *value);
                        *value -= rate * *first;
                    }
                }
            },
        );
    }
}

/// What [`Method::update`] needs to know about a step.
#[derive(Clone, Copy)]
pub(super) struct Step {
    /// Counted from 1.
    pub(super) number: u64,
    /// The learning rate.
    pub(super) rate: f64,
    /// Whether weight decay applies.
    pub(super) decays: bool,
}

/// Running means of one variable's gradient; `second` is used by Adam only.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Slots {
    /// Of the gradient.
    pub first: Vec<f32>,
    /// Of its square.
    pub second: Vec<f32>,
}

impl Slots {
    /// No gradient seen yet, for `count` numbers.
    pub(super) fn new(method: Method, count: usize) -> Self {
        let second = if matches!(method, Method::Adam { .. }) {
            vec![0.0; count]
        } else {
            Vec::new()
        };
        Self {
            first: vec![0.0; count],
            second,
        }
    }
}

/// All that an optimiser remembers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OptimiserState {
    /// Steps taken.
    pub steps: u64,
    /// One entry a variable.
    pub slots: Vec<Slots>,
}

/// A [`Method`] at work on variables of single precision. Its state lives in the processor's
/// memory, on whatever device the variables are.
#[derive(Debug)]
pub struct Optimiser {
    method: Method,
    variables: Vec<Var>,
    state: OptimiserState,
}

impl Optimiser {
    /// No step taken yet.
    pub fn new(method: Method, variables: Vec<Var>) -> Self {
        let slots = variables
            .iter()
            .map(|variable| Slots::new(method, variable.elem_count()))
            .collect();
        Self {
            method,
            variables,
            state: OptimiserState { steps: 0, slots },
        }
    }

    /// Takes one step. Variables on which the loss does not depend stay where they are.
    ///
    /// # Errors
    /// If a variable is not of single precision.
    pub fn step(&mut self, gradients: &GradStore, rate: f64) -> Result<()> {
        self.state.steps += 1;
        for (variable, slots) in self.variables.iter().zip(&mut self.state.slots) {
            let Some(gradient) = gradients.get(variable) else {
                continue;
            };
            let gradient: Vec<f32> = gradient.flatten_all()?.to_vec1()?;
            let mut values: Vec<f32> = variable.flatten_all()?.to_vec1()?;
            let step = Step {
                number: self.state.steps,
                rate,
                decays: variable.rank() > 1,
            };
            self.method.update(&mut values, &gradient, slots, step);
            variable.set(&Tensor::from_vec(
                values,
                variable.shape(),
                variable.device(),
            )?)?;
        }
        Ok(())
    }

    /// What a checkpoint needs.
    pub fn state(&self) -> &OptimiserState {
        &self.state
    }

    /// Goes on from a state, bit for bit.
    ///
    /// # Errors
    /// If it is that of other variables.
    pub fn restore(&mut self, state: OptimiserState) -> Result<()> {
        let same = |(slots, other): (&Slots, &Slots)| {
            slots.first.len() == other.first.len() && slots.second.len() == other.second.len()
        };
        let fits = self.state.slots.len() == state.slots.len()
            && self.state.slots.iter().zip(&state.slots).all(same);
        if !fits {
            bail!("an optimiser's state of other variables or of another method");
        }
        self.state = state;
        Ok(())
    }
}
