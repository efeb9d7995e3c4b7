//! How a base reads examples, and what makes the decision.

use super::untrained::untrained;
use crate::code::{Base, Node, Operator, Spliced};
use crate::evaluate::{Evaluator, Examples, Loss};
use crate::search::error::SearchError;
use crate::shape::ImageSize;
use crate::spread::spread;

/// Examples by which it is seen whether a base decides by itself.
const LOOKED_AT: usize = 512;

/// What decides about the classes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeadInput {
    /// A new dense layer on what the base's last one reads.
    #[default]
    Features,
    /// A new dense layer on the base's logits.
    Logits,
    /// The base itself, which has as many outputs as there are classes.
    Own,
}

/// How a base reads examples, and what makes the decision.
#[derive(Debug, Clone)]
pub struct Reading {
    input: ImageSize,
    front: Vec<Node>,
    kept: usize,
    head: HeadInput,
    /// What a new head reads, or the base's logits.
    features: Vec<usize>,
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
            HeadInput::Own | HeadInput::Logits => nodes.len(),
            HeadInput::Features => {
                let is_dense = |node: &Node| matches!(node.operator, Operator::Dense { .. });
                let last = nodes.iter().rposition(is_dense);
                last.filter(|&last| last > 0).ok_or(SearchError::NoHead)?
            }
        };
        let value = front.len() + kept;
        // Any head will do to see what it reads.
        let flat = Node {
            operator: Operator::Flatten,
            inputs: vec![value],
        };
        let spliced = base.spliced(input, front.clone(), kept, vec![flat])?;
        let features = spliced.graph().values()[value].lengths().to_vec();
        Ok(Self {
            input,
            front,
            kept,
            head,
            features,
        })
    }

    /// The base itself decides, if its outputs stand for these classes, as its errors on some of
    /// the examples say; else a new head on its features.
    ///
    /// # Errors
    /// As [`Reading::new`].
    pub fn fitting(
        base: &Base,
        input: ImageSize,
        side: Option<usize>,
        examples: &dyn Examples,
    ) -> Result<Self, SearchError> {
        let on_features = || Self::new(base, input, side, HeadInput::Features);
        let classes = examples.classes();
        if base.graph().classes() != classes {
            return on_features();
        }
        let own = Self::new(base, input, side, HeadInput::Own)?;
        let model = untrained(base, own.spliced(base, classes)?)?;
        let looked_at: Vec<usize> = spread(examples.len(), LOOKED_AT).collect();
        let evaluator = Evaluator::new(&model);
        let mut errors = 0;
        for part in looked_at.chunks(examples.part().max(1)) {
            let misclassified = evaluator.misclassified(&examples.batch(part), Loss::Top1)?;
            errors += misclassified.into_iter().filter(|&wrong| wrong).count();
        }
        let chance = 1.0 - 1.0 / classes as f64;
        if (errors as f64) < 0.5 * chance * looked_at.len() as f64 {
            Ok(own)
        } else {
            on_features()
        }
    }

    /// What decides about the classes.
    pub fn head(&self) -> HeadInput {
        self.head
    }

    /// How many numbers a new head reads.
    pub fn features(&self) -> usize {
        self.features.iter().product()
    }

    /// These as a map of one place.
    pub(in crate::search) fn features_size(&self) -> ImageSize {
        ImageSize {
            channels: self.features(),
            height: 1,
            width: 1,
        }
    }

    /// How many nodes make these, in a line.
    pub(super) fn steps(&self) -> usize {
        self.front.len() + self.kept + usize::from(!self.is_flat())
    }

    fn is_flat(&self) -> bool {
        self.features.len() == 1
    }

    /// The whole network, for so many classes.
    ///
    /// # Errors
    /// [`SearchError::OwnClasses`] if the base itself is to decide and has another number of
    /// outputs.
    pub(in crate::search) fn spliced(
        &self,
        base: &Base,
        classes: usize,
    ) -> Result<Spliced, SearchError> {
        let head = match self.head {
            HeadInput::Features | HeadInput::Logits => self.dense(classes),
            HeadInput::Own if base.graph().classes() == classes => Vec::new(),
            HeadInput::Own => {
                return Err(SearchError::OwnClasses {
                    outputs: base.graph().classes(),
                    classes,
                })
            }
        };
        Ok(base.spliced(self.input, self.front.clone(), self.kept, head)?)
    }

    /// A dense layer of so many units.
    fn dense(&self, units: usize) -> Vec<Node> {
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
        head
    }
}
