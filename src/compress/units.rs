//! Which weights lie between units in use, when only some of each hidden layer are.

use crate::code::{Architecture, Layer, Structure};

/// Whether no channels meet in a branch or in groups, or pass a batch normalisation, so that only
/// some units of each layer can be used.
pub(super) fn can_lose_units(architecture: &Architecture) -> bool {
    architecture.layers().iter().all(|layer| match layer {
        Layer::Convolution(convolution) => convolution.groups == 1,
        Layer::Branch | Layer::BatchNormalise => false,
        _ => true,
    })
}

/// For each weight of each tensor, whether it belongs to a unit that is not used.
///
/// Of each hidden layer with units of its own (a convolution in one group, a dense layer), the
/// first `ceil(width * units)` are used. A unit that is not used has no weights, no bias, and no
/// reader. Where an architecture [cannot lose units](can_lose_units), and in graphs, all are used.
pub(super) fn unused(structure: &Structure, width: f64) -> Vec<Vec<bool>> {
    let shapes = structure.tensors();
    let mut unused: Vec<Vec<bool>> = shapes
        .iter()
        .map(|shape| vec![false; shape.len()])
        .collect();
    let Some(architecture) = structure.chain() else {
        return unused;
    };
    if width >= 1.0 || !can_lose_units(architecture) {
        return unused;
    }
    let last = architecture
        .first_tensors()
        .iter()
        .rposition(Option::is_some);
    // Channels in use before a layer, of how many: all that the image has, and all that fixed
    // filters make of them.
    let mut inputs: Option<(usize, usize)> = None;
    for ((place, (layer, _, after)), first) in architecture
        .steps()
        .enumerate()
        .zip(architecture.first_tensors())
    {
        let Some(first) = first else {
            if matches!(layer, Layer::Oriented { .. }) {
                inputs = None;
            }
            continue;
        };
        let outputs = after.channels;
        let used = if Some(place) == last {
            outputs
        } else {
            (width * outputs as f64).ceil() as usize
        };
        let inputs_of_row = shapes[first].len() / outputs;
        for (weight, unused) in unused[first].iter_mut().enumerate() {
            let (row, column) = (weight / inputs_of_row, weight % inputs_of_row);
            let is_read = |(used, of): (usize, usize)| column / (inputs_of_row / of) < used;
            *unused = row >= used || !inputs.is_none_or(is_read);
        }
        if shapes
            .get(first + 1)
            .is_some_and(|shape| shape.dimensions.len() == 1)
        {
            unused[first + 1]
                .iter_mut()
                .enumerate()
                .for_each(|(row, unused)| *unused = row >= used);
        }
        inputs = Some((used, outputs));
    }
    unused
}
