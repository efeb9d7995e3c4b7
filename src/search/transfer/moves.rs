//! Which of a base's numbers may move, and how.

use crate::code::{Change, Graph, Operator, TensorShape};

/// How a base's own numbers may move.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moves {
    /// Not at all.
    None,
    /// Each output channel or unit has a scale and a shift (of a network's own shifts: Ben Zaken et
    /// al. 2022). If the base's last layer decides, its weights move, too, each by itself.
    #[default]
    ScalesAndShifts,
    /// Each shift, and to each matrix or kernel is added a product of two matrices of rank
    /// 1 (Hu et al. 2022).
    LowRank,
    /// Matrices and kernels in a random subspace (Lotfi et al. 2022), and shifts.
    Subspace,
    /// Each weight by itself.
    Sparse,
}

/// The rank of a product that is added to a tensor.
const RANK: u8 = 1;

/// A tensor of a base that moves: in which way, and the shape of the numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moving {
    pub(super) change: Change,
    pub(super) numbers: TensorShape,
}

impl Moves {
    /// How each of a graph's tensors moves, if it is one of the base's in `of_base` and belongs to
    /// a node after the first `steps`.
    pub(super) fn of(
        self,
        graph: &Graph,
        of_base: std::ops::Range<usize>,
        steps: usize,
    ) -> Vec<Option<Moving>> {
        let mut tensors = graph.tensors().into_iter();
        let last = graph
            .tensors()
            .iter()
            .rposition(|shape| shape.dimensions.len() > 1);
        let mut moving = Vec::new();
        for (place, (node, read, _)) in graph.steps().enumerate() {
            let count = node.operator.weights(&read).len();
            for shape in tensors.by_ref().take(count) {
                let may_move = place >= steps
                    && of_base.contains(&moving.len())
                    && !matches!(node.operator, Operator::Constant { .. });
                let is_last = Some(moving.len()) == last;
                moving.push(if may_move {
                    self.of_tensor(shape, is_last)
                } else {
                    None
                });
            }
        }
        moving
    }

    fn of_tensor(self, shape: TensorShape, is_last: bool) -> Option<Moving> {
        let is_line = shape.dimensions.len() < 2;
        let change = match self {
            Self::None => return None,
            Self::ScalesAndShifts if !is_line && !is_last => Change::RowsScaled,
            Self::LowRank if !is_line && !is_last => Change::ProductAdded { rank: RANK },
            _ => Change::Added,
        };
        let numbers = match change {
            Change::Added => shape,
            _ => TensorShape {
                dimensions: vec![change.numbers(&shape)],
                name: shape.name,
            },
        };
        Some(Moving { change, numbers })
    }
}
