//! What flows between the operators of a graph, for a batch of examples.

use candle_core::{Result, Tensor};

use crate::train::operators::{deinterleave_batch, interleave_batch, LANES};

/// The values of a batch: one after the other, or interleaved as the convolutions want them.
///
/// What is the same for all examples is there once.
#[derive(Debug, Clone)]
pub(super) struct Value {
    tensor: Tensor,
    layout: BatchLayout,
}

/// How the examples of a batch lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BatchLayout {
    /// `[examples, …]`.
    Plain,
    /// `[examples / LANES, …, LANES]`: no lane is empty.
    Interleaved,
}

impl Value {
    /// `[examples, …]`.
    pub(super) fn plain(tensor: Tensor) -> Self {
        Self {
            tensor,
            layout: BatchLayout::Plain,
        }
    }

    /// `[blocks, …, LANES]`, of which so many examples count.
    pub(super) fn interleaved(tensor: Tensor, examples: usize) -> Result<Self> {
        if !examples.is_multiple_of(LANES) {
            return Ok(Self::plain(deinterleave_batch(&tensor, examples)?));
        }
        Ok(Self {
            tensor,
            layout: BatchLayout::Interleaved,
        })
    }

    /// How many examples it has values of; one, if it is the same for all.
    pub(super) fn examples(&self) -> Result<usize> {
        let first = self.tensor.dim(0)?;
        Ok(match self.layout {
            BatchLayout::Plain => first,
            BatchLayout::Interleaved => first * LANES,
        })
    }

    /// As `[examples, …]`.
    pub(super) fn to_plain(&self) -> Result<Tensor> {
        match self.layout {
            BatchLayout::Plain => Ok(self.tensor.clone()),
            BatchLayout::Interleaved => deinterleave_batch(&self.tensor, self.examples()?),
        }
    }

    /// As `[blocks, …, LANES]`, the last block padded with zeros.
    pub(super) fn to_interleaved(&self) -> Result<Tensor> {
        match self.layout {
            BatchLayout::Plain => interleave_batch(&self.tensor),
            BatchLayout::Interleaved => Ok(self.tensor.clone()),
        }
    }

    /// What a function of each number, or along axis 1 and further ones (0 of an example), makes of
    /// it, however the examples lie.
    pub(super) fn map(&self, function: impl FnOnce(&Tensor) -> Result<Tensor>) -> Result<Self> {
        Ok(Self {
            tensor: function(&self.tensor)?,
            layout: self.layout,
        })
    }

    /// What a function of two values, number by number, makes of them: their axes are aligned at
    /// the last but for the examples, and repeated where the other is longer.
    pub(super) fn zip(
        &self,
        other: &Self,
        function: impl FnOnce(&Tensor, &Tensor) -> Result<Tensor>,
    ) -> Result<Self> {
        let layout = match (self.as_lanes(), other.as_lanes()) {
            (Some(first), Some(second)) if self.layout != other.layout => {
                let (first, second) = aligned(&first, &second)?;
                return Ok(Self {
                    tensor: function(&first, &second)?,
                    layout: BatchLayout::Interleaved,
                });
            }
            _ if self.layout == other.layout => self.layout,
            _ => BatchLayout::Plain,
        };
        let (first, second) = match layout {
            BatchLayout::Plain => aligned(&self.to_plain()?, &other.to_plain()?)?,
            BatchLayout::Interleaved => aligned(&self.tensor, &other.tensor)?,
        };
        Ok(Self {
            tensor: function(&first, &second)?,
            layout,
        })
    }

    /// In the form of interleaved examples, if it is that or the same for all.
    fn as_lanes(&self) -> Option<Tensor> {
        match self.layout {
            BatchLayout::Interleaved => Some(self.tensor.clone()),
            BatchLayout::Plain if self.tensor.dim(0).ok()? == 1 => {
                self.tensor.unsqueeze(self.tensor.rank()).ok()
            }
            BatchLayout::Plain => None,
        }
    }
}

/// Both with the same number of axes: axes of length 1 follow that of the examples.
fn aligned(first: &Tensor, second: &Tensor) -> Result<(Tensor, Tensor)> {
    let axes = first.rank().max(second.rank());
    let lengthened = |tensor: &Tensor| {
        let mut lengths = tensor.dims().to_vec();
        let missing = axes - lengths.len();
        lengths.splice(1..1, std::iter::repeat_n(1, missing));
        tensor.reshape(lengths)
    };
    Ok((lengthened(first)?, lengthened(second)?))
}
