//! Windows that move over rows and columns.

use super::super::call::{Call, Computed};
use super::super::error::Refusal;
use crate::code::Window;

/// Channels, rows and columns of the feature map that is an input of a node.
///
/// # Errors
/// If it is something else.
pub(super) fn map(computed: &Computed) -> Result<[usize; 3], Refusal> {
    match computed.shape[..] {
        [1, channels, rows, columns] => Ok([channels, rows, columns]),
        _ => Err(Refusal::Shape {
            number: 1,
            found: computed.shape.clone(),
            expected: "one feature map, [1, channels, rows, columns],",
        }),
    }
}

/// Rows and columns that an attribute gives.
fn pair(
    call: &Call<'_>,
    name: &'static str,
    without: Option<[usize; 2]>,
) -> Result<[usize; 2], Refusal> {
    let given = call.attributes.integers(name)?;
    let refused = |value: String| Refusal::Attribute {
        name,
        value,
        accepted: "two positive numbers, of rows and columns,",
    };
    match (given, without) {
        (None, Some(without)) => Ok(without),
        (None, None) => Err(refused("missing".to_string())),
        (Some(&[rows, columns]), _) if rows > 0 && columns > 0 => {
            Ok([rows, columns].map(|length| length as usize))
        }
        (Some(other), _) => Err(refused(format!("{:?}", &other[..other.len().min(8)]))),
    }
}

/// The window of a node. A convolution knows its size from its weights.
///
/// # Errors
/// If an attribute makes no sense.
pub(super) fn window(
    call: &Call<'_>,
    size: Option<[usize; 2]>,
    [_, rows, columns]: [usize; 3],
) -> Result<Window, Refusal> {
    let known = size;
    let size = pair(call, "kernel_shape", known)?;
    if known.is_some_and(|known| known != size) {
        return Err(Refusal::Attribute {
            name: "kernel_shape",
            value: format!("{size:?}"),
            accepted: "the shape of the weights",
        });
    }
    let mut window = Window {
        size,
        stride: pair(call, "strides", Some([1, 1]))?,
        padding: [[0; 2]; 2],
        dilation: pair(call, "dilations", Some([1, 1]))?,
    };
    for side in 0..2 {
        // What is larger than any map is refused before anything is computed with it.
        for length in [
            window.size[side],
            window.dilation[side],
            window.stride[side],
        ] {
            if length > 1 << 24 {
                return Err(Refusal::Number {
                    what: "a length of a window",
                    value: length as i64,
                    accepted: "at most 2^24".to_string(),
                });
            }
        }
    }
    let pads = call.attributes.integers("pads")?;
    let automatic = call.attributes.text("auto_pad")?.unwrap_or("NOTSET");
    window.padding = match automatic {
        "NOTSET" | "" => given(pads.unwrap_or(&[0; 4]))?,
        "VALID" => [[0; 2]; 2],
        "SAME_UPPER" => same(&window, [rows, columns], false),
        "SAME_LOWER" => same(&window, [rows, columns], true),
        other => {
            return Err(Refusal::Attribute {
                name: "auto_pad",
                value: other.escape_debug().to_string(),
                accepted: "NOTSET, VALID, SAME_UPPER or SAME_LOWER",
            })
        }
    };
    Ok(window)
}

/// Padding above, left, below and right.
fn given(pads: &[i64]) -> Result<[[usize; 2]; 2], Refusal> {
    let refused = || Refusal::Attribute {
        name: "pads",
        value: format!("{:?}", &pads[..pads.len().min(8)]),
        accepted: "four numbers from 0 to 2^24, of above, left, below and right,",
    };
    let &[above, left, below, right] = pads else {
        return Err(refused());
    };
    let mut padding = [[0; 2]; 2];
    for (side, ends) in [[above, below], [left, right]].into_iter().enumerate() {
        for (end, count) in ends.into_iter().enumerate() {
            let count = usize::try_from(count).map_err(|_| refused())?;
            if count > 1 << 24 {
                return Err(refused());
            }
            padding[side][end] = count;
        }
    }
    Ok(padding)
}

/// Padding with which as many positions are left as steps fit into the map.
fn same(window: &Window, lengths: [usize; 2], more_before: bool) -> [[usize; 2]; 2] {
    let side = |side: usize| {
        let (length, stride) = (lengths[side], window.stride[side]);
        let positions = length.div_ceil(stride);
        let covered = positions.saturating_sub(1) * stride + window.extent(side);
        let total = covered.saturating_sub(length);
        let (less, more) = (total / 2, total - total / 2);
        if more_before {
            [more, less]
        } else {
            [less, more]
        }
    };
    [side(0), side(1)]
}
