//! A draft becomes shorter without another function: what belongs together becomes one operator,
//! and what nothing reads is left out.

mod absorption;
mod patterns;

use super::draft::{Draft, Step};
use super::error::Refusal;
use super::ledger::Ledger;
use crate::code::{Dimensions, Node, Operator};

/// Steps, the value that is the network's output, and how often each value is read.
pub(super) struct Rewriting {
    steps: Vec<Step>,
    dimensions: Vec<Dimensions>,
    output: usize,
    readers: Vec<usize>,
    /// What stands for each value.
    stand_ins: Vec<usize>,
}

impl Rewriting {
    /// Of a draft and its output.
    pub fn of(draft: Draft, output: usize) -> (Self, Ledger) {
        let (steps, dimensions, ledger) = draft.into_parts();
        let stand_ins = (0..dimensions.len()).collect();
        let mut rewriting = Self {
            steps,
            dimensions,
            output,
            readers: Vec::new(),
            stand_ins,
        };
        rewriting.count_readers();
        (rewriting, ledger)
    }

    fn count_readers(&mut self) {
        self.readers = vec![0; self.dimensions.len()];
        self.readers[self.output] = 1;
        for value in self.in_order_of_need() {
            for &input in &self.steps[value - 1].inputs {
                self.readers[input] += 1;
            }
        }
    }

    /// The step that makes a value; none, if that is the image.
    fn maker(&self, value: usize) -> Option<&Step> {
        self.steps.get(value.checked_sub(1)?)
    }

    /// The step that makes a value, if nothing else reads that.
    fn sole_maker(&self, value: usize) -> Option<&Step> {
        let is_sole = self.readers.get(value) == Some(&1);
        self.maker(value).filter(|_| is_sole)
    }

    /// Rewrites step after step; each sees what has become of those before.
    ///
    /// # Errors
    /// If that takes too much memory.
    pub fn rewrite(&mut self, ledger: &mut Ledger) -> Result<(), Refusal> {
        for index in 0..self.steps.len() {
            for input in &mut self.steps[index].inputs {
                *input = self.stand_ins[*input];
            }
            if let Some(step) = self.recognised(index) {
                self.steps[index] = step;
            }
            if let Some(value) = self.absorbed(index, ledger)? {
                self.stand_ins[index + 1] = value;
                self.readers[value] = self.readers[index + 1];
            }
        }
        self.output = self.stand_ins[self.output];
        Ok(())
    }

    /// The nodes that the output depends on, the output's last, and their weights. A value is
    /// computed just before it is needed: so the parts of a block are always in the same order.
    pub fn finish(self) -> (Vec<Node>, Vec<Step>) {
        let mut numbers = vec![0; self.dimensions.len()];
        let (mut nodes, mut kept) = (Vec::new(), Vec::new());
        for value in self.in_order_of_need() {
            let step = self.steps[value - 1].clone();
            let operator = match &step.operator {
                Operator::Reshape { dimensions } if dimensions.axes() == 1 => Operator::Flatten,
                other => other.clone(),
            };
            nodes.push(Node {
                operator,
                inputs: step.inputs.iter().map(|&input| numbers[input]).collect(),
            });
            numbers[value] = nodes.len();
            kept.push(step);
        }
        (nodes, kept)
    }

    /// The values that the output depends on but the image, each after those that it depends on;
    /// of these, first those that came first.
    fn in_order_of_need(&self) -> Vec<usize> {
        let mut order = Vec::new();
        let mut is_seen = vec![false; self.dimensions.len()];
        is_seen[0] = true;
        let mut waiting = vec![(self.output, false)];
        while let Some((value, is_ready)) = waiting.pop() {
            if is_ready {
                order.push(value);
            } else if !std::mem::replace(&mut is_seen[value], true) {
                waiting.push((value, true));
                let mut inputs = self.steps[value - 1].inputs.clone();
                inputs.sort_unstable_by(|one, other| other.cmp(one));
                waiting.extend(inputs.into_iter().map(|input| (input, false)));
            }
        }
        order
    }
}
