//! Operators that may come before a change of shape: exporters change shapes where nobody needs
//! it, and a graph without these changes has a shorter code.

use super::draft::{Draft, Weight};
use super::error::Refusal;
use crate::code::Operator;

impl Draft {
    /// Appends an operator that sees only the last axis: before the change of shape that makes
    /// what it reads, if that leaves the last axis alone.
    ///
    /// # Errors
    /// If it does not fit.
    pub(super) fn along_last_axis(
        &mut self,
        operator: Operator,
        input: usize,
        weights: Vec<Weight>,
    ) -> Result<usize, Refusal> {
        let mut lengths = self.dimensions(input).lengths().to_vec();
        // A single row stays without other axes, as the last layer has it.
        let before = self.reshaped(input).filter(|&before| {
            let before = self.dimensions(before);
            let last = before.lengths().last();
            last == lengths.last() && last.is_some_and(|&last| before.numbers() > last)
        });
        let Some(before) = before else {
            return self.append(operator, vec![input], weights);
        };
        let operator = match operator {
            Operator::Affine { scale, shift, .. } => Operator::Affine {
                axis: self.dimensions(before).axes().saturating_sub(1),
                scale,
                shift,
            },
            other => other,
        };
        let made = self.append(operator, vec![before], weights)?;
        if let (Some(last), Some(&length)) =
            (lengths.last_mut(), self.dimensions(made).lengths().last())
        {
            *last = length;
        }
        self.reshape(made, &lengths)
    }

    /// Appends a slice of successive indices: before the change of shape that makes what it reads,
    /// if what it takes is together there, too; one index also before a change of the order of
    /// axes, of which nothing may be left.
    ///
    /// # Errors
    /// If it does not fit.
    pub(super) fn slice(
        &mut self,
        axis: usize,
        start: usize,
        count: usize,
        input: usize,
    ) -> Result<usize, Refusal> {
        if let Some((before, own, times)) = self.axis_before(input, axis) {
            let made = self.slice(own, start * times, count * times, before)?;
            let mut lengths = self.dimensions(input).lengths().to_vec();
            lengths[axis] = count;
            return self.reshape(made, &lengths);
        }
        if let Some((before, order)) = self.transposed(input).filter(|_| count == 1) {
            if let Some(&own) = order.get(axis) {
                let made = self.slice(own, start, count, before)?;
                return self.transpose(made, order);
            }
        }
        let slice = Operator::Slice {
            axis,
            start,
            count,
            step: 1,
        };
        self.append(slice, vec![input], Vec::new())
    }

    /// What a value was before its shape was changed, if it was.
    fn reshaped(&self, value: usize) -> Option<usize> {
        let step = self.maker(value)?;
        matches!(step.operator, Operator::Reshape { .. }).then(|| step.inputs[0])
    }

    /// What a value was before the order of its axes was changed, and their order, if it was.
    fn transposed(&self, value: usize) -> Option<(usize, Vec<usize>)> {
        let step = self.maker(value)?;
        match &step.operator {
            Operator::Transpose { order } => Some((step.inputs[0], order.clone())),
            _ => None,
        }
    }

    /// What a value was before its shape was changed, the axis that this one was a part of, or all
    /// of it, and how many indices of that one are one of this.
    fn axis_before(&self, value: usize, axis: usize) -> Option<(usize, usize, usize)> {
        let before = self.reshaped(value)?;
        let (old, new) = (
            self.dimensions(before).lengths(),
            self.dimensions(value).lengths(),
        );
        let length = *new.get(axis).filter(|&&length| length > 1)?;
        let outer: usize = new[..axis].iter().product();
        let mut product = 1;
        let own = old.iter().position(|&length| {
            let is_it = product == outer && length > 1;
            product *= length;
            is_it
        })?;
        let times = old[own] / length;
        let mut inner = 1;
        let ends_with_axis = times == 1
            || new[axis + 1..].iter().any(|&length| {
                inner *= length;
                inner == times
            });
        (old[own] == length * times && ends_with_axis).then_some((before, own, times))
    }
}
