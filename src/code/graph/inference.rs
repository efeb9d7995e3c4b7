//! The dimensions that each operator makes of those that it reads.

use super::dimensions::{Dimensions, MAX_NUMBERS};
use super::misfit::Misfit;
use super::operator::{Activation, Arity, Operator, Window};

/// Most parts of a window, and steps between its positions: as of chains.
const MAX_WINDOW: usize = u16::MAX as usize;

/// Channels, rows and columns.
fn map(before: &Dimensions) -> Result<[usize; 3], Misfit> {
    match *before.lengths() {
        [channels, rows, columns] => Ok([channels, rows, columns]),
        _ => Err(Misfit::NotAMap {
            before: before.clone(),
        }),
    }
}

fn within(
    name: &'static str,
    value: usize,
    accepted: std::ops::RangeInclusive<usize>,
) -> Result<(), Misfit> {
    if accepted.contains(&value) {
        return Ok(());
    }
    Err(Misfit::Parameter {
        name,
        value,
        accepted: format!("from {} to {}", accepted.start(), accepted.end()),
    })
}

fn finite(name: &'static str, number: f32) -> Result<(), Misfit> {
    if number.is_finite() {
        return Ok(());
    }
    Err(Misfit::NotFinite {
        name,
        value: number.to_string(),
    })
}

impl Window {
    /// Rows or columns (`side` 0 or 1) from the first entry of the window to the last.
    pub fn extent(&self, side: usize) -> usize {
        (self.size[side] - 1) * self.dilation[side] + 1
    }

    /// Whether sizes, strides and dilations are positive, and all numbers within the limits; the
    /// padding may be as large as the window.
    fn check(&self) -> Result<(), Misfit> {
        for side in 0..2 {
            within("the window", self.size[side], 1..=MAX_WINDOW)?;
            within("the stride", self.stride[side], 1..=MAX_NUMBERS)?;
            within("the dilation", self.dilation[side], 1..=MAX_WINDOW)?;
            for padding in self.padding[side] {
                within("the padding", padding, 0..=self.extent(side))?;
            }
        }
        Ok(())
    }

    /// Positions of the window along an axis.
    fn positions(&self, side: usize, length: usize, is_rounded_up: bool) -> Result<usize, Misfit> {
        let [before, after] = self.padding[side];
        let (padded, extent) = (length + before + after, self.extent(side));
        let Some(room) = padded.checked_sub(extent) else {
            return Err(Misfit::Window {
                window: extent,
                length: padded,
            });
        };
        let stride = self.stride[side];
        let positions = room / stride + 1;
        // A position that is added must begin inside the map or the padding before it.
        let is_added =
            is_rounded_up && !room.is_multiple_of(stride) && positions * stride < length + before;
        Ok(positions + usize::from(is_added))
    }
}

impl Activation {
    fn check(&self) -> Result<(), Misfit> {
        match *self {
            Activation::Clip { low, high } => {
                finite("the lower limit", low)?;
                finite("the upper limit", high)
            }
            Activation::LeakyRelu { slope } => finite("the slope", slope),
            Activation::Elu { alpha } => finite("alpha", alpha),
            Activation::HardSigmoid { slope, offset } => {
                finite("the slope", slope)?;
                finite("the offset", offset)
            }
            _ => Ok(()),
        }
    }
}

impl Operator {
    /// The dimensions of what it makes of values of these dimensions.
    ///
    /// # Errors
    /// [`Misfit`] says why it does not fit.
    pub fn output(&self, inputs: &[&Dimensions]) -> Result<Dimensions, Misfit> {
        let (is_right, expected) = match self.arity() {
            Arity::Exactly(0) => (inputs.is_empty(), "none"),
            Arity::Exactly(1) => (inputs.len() == 1, "one"),
            Arity::Exactly(_) => (inputs.len() == 2, "two"),
            Arity::TwoOrMore => (inputs.len() >= 2, "two or more"),
        };
        if !is_right {
            return Err(Misfit::Arity {
                found: inputs.len(),
                expected,
            });
        }
        match (self, inputs) {
            (Operator::Constant { dimensions }, _) => Ok(dimensions.clone()),
            (Operator::Combine(_), [first, second]) => Ok(first.broadcast(second)?),
            (Operator::MatrixProduct, [first, second]) => matrix_product(first, second),
            (Operator::Concatenate { axis }, [first, others @ ..]) => {
                concatenated(first, others, *axis)
            }
            (_, [before, ..]) => self.of_one(before),
            _ => Err(Misfit::Arity {
                found: inputs.len(),
                expected,
            }),
        }
    }

    /// Of operators that read one value.
    fn of_one(&self, before: &Dimensions) -> Result<Dimensions, Misfit> {
        match self {
            Operator::Convolution {
                channels,
                window,
                groups,
                ..
            } => convolved(before, *channels, window, *groups),
            Operator::Dense { units, .. } => with_last(before, *units),
            Operator::Affine { axis, scale, shift } => {
                within(
                    "the number of scales and shifts",
                    usize::from(*scale || *shift),
                    1..=1,
                )?;
                before.length(*axis)?;
                Ok(before.clone())
            }
            Operator::Pool {
                window,
                is_rounded_up,
                ..
            } => pooled(before, window, *is_rounded_up),
            Operator::Reduce { axes, keep, .. } => reduced(before, axes, *keep),
            Operator::Normalise { axes, epsilon } => {
                within("the number of axes", *axes, 1..=before.axes().max(1))?;
                before.length(axes - 1)?;
                finite("epsilon", *epsilon)?;
                Ok(before.clone())
            }
            Operator::LocalResponse {
                size,
                alpha,
                beta,
                bias,
            } => {
                let [channels, ..] = map(before)?;
                within("the number of channels", *size, 1..=2 * channels)?;
                finite("alpha", *alpha)?;
                finite("beta", *beta)?;
                finite("the bias", *bias)?;
                Ok(before.clone())
            }
            Operator::Softmax { axis } => {
                before.length(*axis)?;
                Ok(before.clone())
            }
            Operator::Activation(activation) => activation.check().map(|()| before.clone()),
            Operator::Scalar { number, .. } => {
                finite("the number", *number).map(|()| before.clone())
            }
            Operator::Reshape { dimensions } => {
                if dimensions.numbers() != before.numbers() {
                    return Err(Misfit::Reshape {
                        before: before.clone(),
                        after: dimensions.clone(),
                    });
                }
                Ok(dimensions.clone())
            }
            Operator::Flatten => Ok(Dimensions::new(vec![before.numbers()])?),
            Operator::Transpose { order } => transposed(before, order),
            Operator::Slice {
                axis,
                start,
                count,
                step,
            } => {
                let length = before.length(*axis)?;
                within("the step of a slice", *step, 1..=MAX_NUMBERS)?;
                within("the length of a slice", *count, 1..=length)?;
                let last = step.saturating_mul(count - 1).saturating_add(*start);
                within("the last index of a slice", last, 0..=length - 1)?;
                with_length(before, *axis, *count)
            }
            Operator::Pad { padding } => padded(before, padding),
            Operator::Select { axis, indices } => {
                let length = before.length(*axis)?;
                for &index in indices {
                    within("an index", index, 0..=length - 1)?;
                }
                with_length(before, *axis, indices.len())
            }
            Operator::Resize {
                size: [rows, columns],
            } => {
                let [channels, ..] = map(before)?;
                Ok(Dimensions::new(vec![channels, *rows, *columns])?)
            }
            Operator::Constant { .. }
            | Operator::Combine(_)
            | Operator::MatrixProduct
            | Operator::Concatenate { .. } => Err(Misfit::Arity {
                found: 1,
                expected: "another number",
            }),
        }
    }
}

fn with_length(before: &Dimensions, axis: usize, length: usize) -> Result<Dimensions, Misfit> {
    let mut lengths = before.lengths().to_vec();
    before.length(axis)?;
    lengths[axis] = length;
    Ok(Dimensions::new(lengths)?)
}

fn with_last(before: &Dimensions, length: usize) -> Result<Dimensions, Misfit> {
    with_length(before, before.axes().saturating_sub(1), length)
}

fn convolved(
    before: &Dimensions,
    channels: usize,
    window: &Window,
    groups: usize,
) -> Result<Dimensions, Misfit> {
    let [channels_before, rows, columns] = map(before)?;
    window.check()?;
    within("the number of groups", groups, 1..=channels_before)?;
    for (name, channels) in [
        (
            "the number of channels before modulo groups",
            channels_before,
        ),
        ("the number of channels modulo groups", channels),
    ] {
        within(name, channels % groups, 0..=0)?;
    }
    Ok(Dimensions::new(vec![
        channels,
        window.positions(0, rows, false)?,
        window.positions(1, columns, false)?,
    ])?)
}

fn pooled(before: &Dimensions, window: &Window, is_rounded_up: bool) -> Result<Dimensions, Misfit> {
    let [channels, rows, columns] = map(before)?;
    window.check()?;
    for side in 0..2 {
        // Without dilation each window has an entry inside the map.
        for padding in window.padding[side] {
            within("the padding", padding, 0..=window.extent(side) - 1)?;
        }
    }
    Ok(Dimensions::new(vec![
        channels,
        window.positions(0, rows, is_rounded_up)?,
        window.positions(1, columns, is_rounded_up)?,
    ])?)
}

fn reduced(before: &Dimensions, axes: &[usize], keep: bool) -> Result<Dimensions, Misfit> {
    within("the number of axes", axes.len(), 1..=before.axes().max(1))?;
    for pair in axes.windows(2) {
        within(
            "an axis after the one before",
            pair[1],
            pair[0] + 1..=usize::MAX,
        )?;
    }
    let mut lengths = before.lengths().to_vec();
    for &axis in axes.iter().rev() {
        before.length(axis)?;
        if keep {
            lengths[axis] = 1;
        } else {
            lengths.remove(axis);
        }
    }
    Ok(Dimensions::new(lengths)?)
}

fn transposed(before: &Dimensions, order: &[usize]) -> Result<Dimensions, Misfit> {
    let mut sorted = order.to_vec();
    sorted.sort_unstable();
    if !sorted.iter().copied().eq(0..before.axes()) {
        return Err(Misfit::Order {
            order: order.to_vec(),
            before: before.clone(),
        });
    }
    let lengths = before.lengths();
    Ok(Dimensions::new(
        order.iter().map(|&axis| lengths[axis]).collect(),
    )?)
}

fn padded(before: &Dimensions, padding: &[[usize; 2]]) -> Result<Dimensions, Misfit> {
    within(
        "the number of padded axes",
        padding.len(),
        1..=before.axes(),
    )?;
    let mut lengths = before.lengths().to_vec();
    for (length, [start, end]) in lengths.iter_mut().rev().zip(padding.iter().rev()) {
        within("the padding", *start, 0..=MAX_NUMBERS)?;
        within("the padding", *end, 0..=MAX_NUMBERS)?;
        *length += start + end;
    }
    Ok(Dimensions::new(lengths)?)
}

fn concatenated(
    first: &Dimensions,
    others: &[&Dimensions],
    axis: usize,
) -> Result<Dimensions, Misfit> {
    let mut length = first.length(axis)?;
    for other in others {
        let is_alike = first.axes() == other.axes()
            && (0..first.axes())
                .all(|place| place == axis || first.lengths()[place] == other.lengths()[place]);
        if !is_alike {
            return Err(Misfit::Concatenation {
                first: first.clone(),
                second: (*other).clone(),
                axis,
            });
        }
        length += other.length(axis)?;
    }
    with_length(first, axis, length)
}

fn matrix_product(first: &Dimensions, second: &Dimensions) -> Result<Dimensions, Misfit> {
    let unfit = || Misfit::Product {
        first: first.clone(),
        second: second.clone(),
    };
    let ([outer @ .., rows, inner], [others @ .., inner_too, columns]) =
        (first.lengths(), second.lengths())
    else {
        return Err(unfit());
    };
    if inner != inner_too {
        return Err(unfit());
    }
    let outer = Dimensions::new(outer.to_vec())?;
    let batch = outer.broadcast(&Dimensions::new(others.to_vec())?)?;
    let mut lengths = batch.lengths().to_vec();
    lengths.extend([*rows, *columns]);
    Ok(Dimensions::new(lengths)?)
}
