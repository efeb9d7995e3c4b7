//! Pooling over windows and over whole maps.

use super::super::call::{Call, Computed};
use super::super::draft::Draft;
use super::super::error::Refusal;
use super::window::{map, window};
use crate::code::{Operator, Pooling, Reduction, Window};

/// Whether the last position of a window that is rounded up reaches beyond the padding.
fn reaches_beyond(window: &Window, lengths: [usize; 2]) -> bool {
    (0..2).any(|side| {
        let [before, after] = window.padding[side];
        let room = (lengths[side] + before + after).checked_sub(window.extent(side));
        room.is_some_and(|room| !room.is_multiple_of(window.stride[side]))
    })
}

/// The largest or the mean of each window.
pub(super) fn windows(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    call.require_one_output()?;
    let image = call.computed(0)?;
    let before = map(image)?;
    let window = window(call, None, before)?;
    let is_padded = window.padding != [[0; 2]; 2];
    let is_rounded_up =
        call.attributes.switch("ceil_mode")? && reaches_beyond(&window, [before[1], before[2]]);
    let pooling = if call.operator == "MaxPool" {
        // The order of indices, which are not asked for.
        call.attributes.overlook(&["storage_order"]);
        Pooling::Largest
    } else if call.attributes.switch("count_include_pad")? && (is_padded || is_rounded_up) {
        if is_rounded_up {
            return Err(Refusal::Unsupported(
                "a mean that counts padding, of windows that reach beyond it: ceil_mode with \
                 count_include_pad",
            ));
        }
        Pooling::PaddedMean
    } else {
        Pooling::Mean
    };
    let operator = Operator::Pool {
        pooling,
        window,
        is_rounded_up,
    };
    let value = draft.one(operator, image.value)?;
    let mut shape = vec![1];
    shape.extend(draft.dimensions(value).lengths());
    Computed::of(draft, value, shape)
}

/// The largest or the mean of each channel.
pub(super) fn whole(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let image = call.computed(0)?;
    let [channels, ..] = map(image)?;
    let reduction = match call.operator {
        "GlobalMaxPool" => Reduction::Largest,
        _ => Reduction::Mean,
    };
    let operator = Operator::Reduce {
        reduction,
        axes: vec![1, 2],
        keep: true,
    };
    let value = draft.one(operator, image.value)?;
    Computed::of(draft, value, vec![1, channels, 1, 1])
}
