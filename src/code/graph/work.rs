//! How much work the evaluation of a graph is.

use super::nodes::Graph;
use super::operator::Operator;

impl Graph {
    /// Multiplications of sums of products in the evaluation of an example, if no weight is zero:
    /// those of convolutions, dense layers and matrix products, which are nearly all of its work.
    pub fn multiplications(&self) -> u64 {
        self.multiplications_after(0)
    }

    /// The same of all nodes but the first `steps`.
    pub fn multiplications_after(&self, steps: usize) -> u64 {
        let mut all = 0u64;
        for (node, read, after) in self.steps().skip(steps) {
            let before = read.first().map_or(&[][..], |value| value.lengths());
            let each = match &node.operator {
                Operator::Convolution { window, groups, .. } => {
                    let [rows, columns] = window.size;
                    before.first().unwrap_or(&1) / groups * rows * columns
                }
                Operator::Dense { .. } | Operator::MatrixProduct => *before.last().unwrap_or(&1),
                _ => 0,
            };
            all = all.saturating_add((each as u64).saturating_mul(after.numbers() as u64));
        }
        all
    }
}
