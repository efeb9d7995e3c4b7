//! How a base reads examples, and where another head takes its place.

use crate::code::{Base, Dimensions, Node, Operator, Spliced};
use crate::search::error::SearchError;
use crate::shape::ImageSize;

/// Which of a base's values a new head reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeadInput {
    /// What its last dense layer reads.
    #[default]
    Features,
    /// Its logits.
    Logits,
}

/// How a base reads examples, and where another head takes its place.
#[derive(Debug, Clone)]
pub struct Reading {
    input: ImageSize,
    front: Vec<Node>,
    kept: usize,
    /// What the head reads.
    features: Dimensions,
}

impl Reading {
    /// Of examples of a size: grey ones are read as three equal channels, and all are enlarged or
    /// reduced to `side` rows and columns; without it, to those of the base's input.
    ///
    /// # Errors
    /// [`SearchError::Channels`], [`SearchError::NoHead`]; otherwise if the base does not fit
    /// feature maps of that size.
    pub fn new(
        base: &Base,
        input: ImageSize,
        side: Option<usize>,
        head: HeadInput,
    ) -> Result<Self, SearchError> {
        let graph = base.graph();
        let wanted = graph.input();
        let mut front = Vec::new();
        if input.channels == 1 && wanted.channels > 1 {
            front.push(Node {
                operator: Operator::Concatenate { axis: 0 },
                inputs: vec![0; wanted.channels],
            });
        } else if input.channels != wanted.channels {
            return Err(SearchError::Channels {
                found: input.channels,
                expected: wanted.channels,
            });
        }
        let size = side.map_or([wanted.height, wanted.width], |side| [side; 2]);
        if size != [input.height, input.width] {
            front.push(Node {
                operator: Operator::Resize { size },
                inputs: vec![front.len()],
            });
        }
        let nodes = graph.nodes();
        let kept = match head {
            HeadInput::Logits => nodes.len(),
            HeadInput::Features => {
                let is_dense = |node: &Node| matches!(node.operator, Operator::Dense { .. });
                let last = nodes.iter().rposition(is_dense);
                last.filter(|&last| last > 0).ok_or(SearchError::NoHead)?
            }
        };
        let value = front.len() + kept;
        // Any head will do to see what it reads.
        let head = Node {
            operator: Operator::Flatten,
            inputs: vec![value],
        };
        let spliced = base.spliced(input, front.clone(), kept, vec![head])?;
        let features = spliced.graph().values()[value].clone();
        Ok(Self {
            input,
            front,
            kept,
            features,
        })
    }

    /// How many numbers the head reads.
    pub fn features(&self) -> usize {
        self.features.numbers()
    }

    /// How many steps of an evaluation make these numbers, in a line.
    pub(super) fn steps(&self) -> usize {
        self.front.len() + self.kept + usize::from(!self.is_flat())
    }

    fn is_flat(&self) -> bool {
        self.features.axes() == 1
    }

    /// The whole network, with a dense layer of so many units for a head.
    ///
    /// # Errors
    /// None in practice: it fits.
    pub(super) fn with_head(&self, base: &Base, units: usize) -> Result<Spliced, SearchError> {
        let mut value = self.front.len() + self.kept;
        let mut head = Vec::new();
        if !self.is_flat() {
            head.push(Node {
                operator: Operator::Flatten,
                inputs: vec![value],
            });
            value += 1;
        }
        head.push(Node {
            operator: Operator::Dense { units, bias: false },
            inputs: vec![value],
        });
        Ok(base.spliced(self.input, self.front.clone(), self.kept, head)?)
    }
}
