//! The image that a network reads.

use super::attributes::Attributes;
use super::call::Computed;
use super::draft::Draft;
use super::error::{OnnxError, Refusal};
use super::file::{AxisMessage, GraphMessage, NodeMessage, ValueMessage};
use super::options::OnnxOptions;
use super::tensors::is_float;
use crate::code::{Dimensions, GraphError};
use crate::shape::ImageSize;

/// How the input of a file stands for an image.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Image {
    /// Its size.
    pub size: ImageSize,
    /// How many examples the file says are read at once, if it says more than one.
    pub batch: Option<i64>,
    layout: Layout,
    /// The shape that the file gives it, for one example.
    shape: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Channel, row, column; or one axis in this order.
    ChannelsFirst,
    /// Row, column, channel.
    ChannelsLast,
}

/// `[N, 3, 224, 224]`.
fn text_of(axes: &[AxisMessage<'_>]) -> String {
    let mut text = String::from("[");
    for (index, axis) in axes.iter().take(16).enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        text += separator;
        match axis {
            AxisMessage::Known(length) => text += &length.to_string(),
            AxisMessage::Symbolic("") => text += "?",
            AxisMessage::Symbolic(name) => text.extend(name.escape_debug().take(40)),
        }
    }
    text + "]"
}

/// Whether all that reads an input puts its last axis second, as converters from TensorFlow write.
fn is_transposed_first(graph: &GraphMessage<'_>, name: &str) -> bool {
    let mut readers = graph
        .nodes
        .iter()
        .filter(|node| node.inputs.contains(&name))
        .peekable();
    let channels_second = |node: &NodeMessage<'_>| {
        let order = Attributes::read(&node.attributes).ok();
        let order = order.and_then(|found| Some(found.integers("perm").ok()??.to_vec()));
        node.operator == "Transpose" && order.is_some_and(|order| order == [0, 3, 1, 2])
    };
    readers.peek().is_some() && readers.all(channels_second)
}

/// Whether lengths may be those of an axis each.
fn may_be(axes: [AxisMessage<'_>; 3], lengths: [usize; 3]) -> bool {
    let pairs = axes.into_iter().zip(lengths);
    let mut fits = pairs.map(|(axis, length)| match axis {
        AxisMessage::Known(known) => known == length as i64,
        AxisMessage::Symbolic(_) => true,
    });
    fits.all(|fits| fits)
}

impl Image {
    /// Reads the type of an input.
    ///
    /// # Errors
    /// [`OnnxError::Input`] if that is no image, or its size is not known.
    pub fn of(
        input: &ValueMessage<'_>,
        graph: &GraphMessage<'_>,
        options: &OnnxOptions,
    ) -> Result<Self, OnnxError> {
        let axes = input.axes.as_deref().unwrap_or(&[]);
        let refused = |problem| OnnxError::Input {
            name: input.name.escape_debug().take(100).collect(),
            shape: text_of(axes),
            problem,
        };
        if !is_float(input.data_type) {
            return Err(refused(
                "and its numbers are no floating point numbers; export the network as it reads \
                 pixels from 0 to 1",
            ));
        }
        let batch = match axes.first() {
            Some(&AxisMessage::Known(count)) if count > 1 => Some(count),
            _ => None,
        };
        let open = "which leaves the size of the images open; name it with --input CxHxW";
        let wrong = "which the size that was named with --input does not fit";
        let &[_, second, third, fourth] = axes else {
            return Self::unfolded(axes, batch, options).ok_or_else(|| {
                refused(
                    "which is not [N, channels, rows, columns]; if it is an image whose numbers \
                     are in this order, name its size with --input CxHxW",
                )
            });
        };
        let named = options
            .input
            .map(|size| [size.channels, size.height, size.width]);
        let is_last = is_transposed_first(graph, input.name)
            || named.is_some_and(|named| {
                !may_be([second, third, fourth], named) && may_be([fourth, second, third], named)
            });
        let (layout, places) = match is_last {
            true => (Layout::ChannelsLast, [fourth, second, third]),
            false => (Layout::ChannelsFirst, [second, third, fourth]),
        };
        let mut lengths = [0; 3];
        for (index, place) in places.into_iter().enumerate() {
            let wanted = named.map(|named| named[index]);
            lengths[index] = match place {
                AxisMessage::Known(length) => {
                    let length = usize::try_from(length).unwrap_or(0);
                    if length == 0 {
                        return Err(refused("which is impossible"));
                    }
                    if wanted.is_some_and(|wanted| wanted != length) {
                        return Err(refused(wrong));
                    }
                    length
                }
                AxisMessage::Symbolic(_) => wanted.ok_or_else(|| refused(open))?,
            };
        }
        let [channels, height, width] = lengths;
        let shape = match layout {
            Layout::ChannelsFirst => vec![1, channels, height, width],
            Layout::ChannelsLast => vec![1, height, width, channels],
        };
        let size = ImageSize {
            channels,
            height,
            width,
        };
        Ok(Self {
            size,
            batch,
            layout,
            shape,
        })
    }

    /// An image whose numbers have other axes, such as one alone.
    fn unfolded(
        axes: &[AxisMessage<'_>],
        batch: Option<i64>,
        options: &OnnxOptions,
    ) -> Option<Self> {
        let size = options.input?;
        let mut shape = Vec::new();
        for (index, axis) in axes.iter().take(9).enumerate() {
            shape.push(match axis {
                AxisMessage::Known(length) => usize::try_from(*length).ok()?,
                AxisMessage::Symbolic(_) if index == 0 => 1,
                AxisMessage::Symbolic(_) => return None,
            });
        }
        let sides = [size.channels, size.height, size.width];
        let product = |shape: &[usize]| {
            let lengths = shape.iter();
            lengths.copied().try_fold(1usize, usize::checked_mul)
        };
        let wanted = Some(product(&sides)?);
        let is_whole = product(&shape) == wanted;
        if !is_whole {
            *shape.first_mut()? = 1;
        }
        (product(&shape) == wanted).then_some(Self {
            size,
            batch: batch.filter(|_| !is_whole),
            layout: Layout::ChannelsFirst,
            shape,
        })
    }

    /// The dimensions of the image.
    ///
    /// # Errors
    /// If it is too large.
    pub fn dimensions(&self) -> Result<Dimensions, GraphError> {
        let ImageSize {
            channels,
            height,
            width,
        } = self.size;
        let input = self.size;
        Dimensions::new(vec![channels, height, width]).map_err(|_| GraphError::Input { input })
    }

    /// The input as the file has it.
    ///
    /// # Errors
    /// If its shape is impossible.
    pub fn computed(&self, draft: &mut Draft) -> Result<Computed, Refusal> {
        let value = match self.layout {
            Layout::ChannelsFirst => 0,
            Layout::ChannelsLast => draft.transpose(0, vec![1, 2, 0])?,
        };
        Computed::of(draft, value, self.shape.clone())
    }

    /// What a user should know about how it is read.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(count) = self.batch {
            notes.push(format!(
                "the file reads {count} images at once; it is read as the function of one"
            ));
        }
        if self.layout == Layout::ChannelsLast {
            notes.push("the file has the channels of an image last".to_string());
        }
        notes
    }
}
