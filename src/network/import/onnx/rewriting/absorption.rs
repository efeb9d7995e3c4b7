//! Steps that become a part of the one before.
//!
//! A batch normalisation after a convolution or a dense layer scales its weights: computed in
//! double precision and rounded once. The function of the file is what the certificate is about,
//! and it is shorter by two numbers a channel. Nothing else is folded into weights.

use std::rc::Rc;

use super::super::draft::Weight;
use super::super::error::Refusal;
use super::super::ledger::Ledger;
use super::Rewriting;
use crate::code::Operator;

/// Scales and shifts, as far as a step has them.
struct Scaling {
    axis: usize,
    scale: Option<Weight>,
    shift: Option<Weight>,
    is_normalisation: bool,
}

impl Rewriting {
    /// What stands for what a step makes, once the step is a part of the one before.
    ///
    /// # Errors
    /// If that takes too much memory.
    pub(super) fn absorbed(
        &mut self,
        index: usize,
        ledger: &mut Ledger,
    ) -> Result<Option<usize>, Refusal> {
        let Some(scaling) = self.scaling(index) else {
            return Ok(None);
        };
        let before = self.steps[index].inputs[0];
        let Some(maker) = self.sole_maker(before) else {
            return Ok(None);
        };
        let last = self.dimensions[before].axes().saturating_sub(1);
        let (bias_axis, has_bias) = match maker.operator {
            Operator::Convolution { bias, .. } => (0, bias),
            Operator::Dense { bias, .. } => (last, bias),
            Operator::Affine { axis, scale, shift } => {
                let is_shift = scaling.scale.is_none() && axis == scaling.axis;
                if !is_shift || !scale || shift {
                    return Ok(None);
                }
                (axis, false)
            }
            _ => return Ok(None),
        };
        let is_bias = scaling.scale.is_none() && !has_bias;
        if bias_axis != scaling.axis || !(is_bias || scaling.is_normalisation) {
            return Ok(None);
        }
        self.absorb(before, &scaling, ledger)?;
        Ok(Some(before))
    }

    fn scaling(&self, index: usize) -> Option<Scaling> {
        let step = &self.steps[index];
        let Operator::Affine { axis, scale, shift } = step.operator else {
            return None;
        };
        let mut weights = step.weights.iter().cloned();
        Some(Scaling {
            axis,
            scale: if scale { weights.next() } else { None },
            shift: if shift { weights.next() } else { None },
            is_normalisation: step.is_normalisation,
        })
    }

    fn absorb(
        &mut self,
        value: usize,
        scaling: &Scaling,
        ledger: &mut Ledger,
    ) -> Result<(), Refusal> {
        let Some(step) = value.checked_sub(1).and_then(|at| self.steps.get_mut(at)) else {
            return Ok(());
        };
        if let (Some(scale), [weight, biases @ ..]) = (&scaling.scale, &mut step.weights[..]) {
            ledger.take(weight.numbers.len() + 2 * scale.numbers.len())?;
            let each = weight.numbers.len() / scale.numbers.len().max(1);
            let scales = scale.numbers.iter();
            let scaled = scales.zip(weight.numbers.chunks_exact(each.max(1)));
            let scaled = scaled.flat_map(|(&scale, numbers)| {
                let product = move |&number: &f32| (f64::from(scale) * f64::from(number)) as f32;
                numbers.iter().map(product)
            });
            weight.numbers = Rc::new(scaled.collect());
            for bias in biases {
                let pairs = scale.numbers.iter().zip(bias.numbers.iter().enumerate());
                let moved = pairs.map(|(&scale, (unit, &bias))| {
                    let shift = scaling.shift.as_ref();
                    let shift = shift.map_or(0.0, |shift| f64::from(shift.numbers[unit]));
                    (f64::from(scale) * f64::from(bias) + shift) as f32
                });
                bias.numbers = Rc::new(moved.collect());
            }
        }
        if let (1, Some(shift)) = (step.weights.len(), &scaling.shift) {
            step.weights.push(shift.clone());
        }
        let has_shift = step.weights.len() == 2;
        match &mut step.operator {
            Operator::Convolution { bias, .. } | Operator::Dense { bias, .. } => *bias = has_shift,
            Operator::Affine { shift, .. } => *shift = has_shift,
            _ => {}
        }
        Ok(())
    }
}
