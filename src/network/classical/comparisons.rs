//! The comparisons that a network makes, layer by layer, for its VC dimension.

use super::misfit::NoBound;
use super::normalisation::only_scales;
use super::subject::Subject;
use crate::bounds::classical::Comparisons;
use crate::code::{Convolution, Layer};

/// The comparisons of a chain of layers, also with branches: a theorem about units that read any
/// units before them has nothing against sums.
///
/// - A ReLU compares a number with 0, a ReLU6 with 0 and 6.
/// - The largest of `q` numbers compares each pair of them.
/// - The loss compares the true class's logit with each other.
/// - A layer normalisation, where it [only scales](only_scales), is linear and compares nothing.
/// - A batch normalisation behind a linear layer adds at most shifts to that.
///
/// # Errors
/// [`NoBound::Normalisation`].
pub(super) fn comparisons(subject: &Subject) -> Result<Vec<Comparisons>, NoBound> {
    let layers = subject.architecture.layers();
    let mut walk = Walk::behind(layers.get(..subject.front).unwrap_or(&[]));
    let mut last: Option<&Layer> = None;
    for (place, (layer, before, after)) in subject.behind_front().enumerate() {
        let pairs = |size: usize| {
            let window = (size as u64).saturating_mul(size as u64);
            let pairs = window.saturating_mul(window.saturating_sub(1)) / 2;
            pairs.saturating_mul(after.features() as u64)
        };
        match *layer {
            Layer::Convolution(Convolution {
                channels,
                kernel,
                groups,
                bias,
                ..
            }) => {
                let volume = (before.channels / groups.max(1)) * kernel * kernel;
                walk.learn(channels * (volume + usize::from(bias)), 1);
            }
            Layer::Dense { units, bias } => {
                walk.learn(units * (before.features() + usize::from(bias)), 1);
            }
            Layer::BatchNormalise => match last {
                Some(Layer::Convolution(Convolution { bias, .. }) | Layer::Dense { bias, .. }) => {
                    walk.learn(if *bias { 0 } else { before.channels }, 0);
                }
                _ => walk.learn(2 * before.channels, 1),
            },
            Layer::Relu => walk.compare(after.features() as u64),
            Layer::Relu6 => walk.compare(2 * after.features() as u64),
            Layer::MaxPool { size } => walk.compare(pairs(size)),
            Layer::Branch => walk.remembered.push(walk.degree),
            Layer::Exchange => {
                if let Some(other) = walk.remembered.last_mut() {
                    std::mem::swap(other, &mut walk.degree);
                }
            }
            Layer::Join => {
                let other = walk.remembered.pop();
                walk.degree = other.map_or(walk.degree, |other| other.max(walk.degree));
            }
            Layer::Normalise => {
                let behind = layers.get(subject.front + place + 1..).unwrap_or(&[]);
                if !walk.remembered.is_empty() || !only_scales(behind) {
                    return Err(NoBound::Normalisation);
                }
            }
            Layer::Deskew
            | Layer::Oriented { .. }
            | Layer::AveragePool { .. }
            | Layer::GlobalAverage => {}
        }
        last = Some(layer);
    }
    walk.compare(subject.architecture.classes().saturating_sub(1) as u64);
    Ok(walk.comparisons)
}

/// What has been passed so far.
#[derive(Debug, Default)]
struct Walk {
    /// Layers with parameters that a number has gone through, at most.
    degree: u64,
    /// Parameters so far.
    parameters: u64,
    /// The degree on the other side of each open branch.
    remembered: Vec<u64>,
    comparisons: Vec<Comparisons>,
}

impl Walk {
    /// Behind layers without weights, whose branches may still be open.
    fn behind(front: &[Layer]) -> Self {
        let count = |wanted| front.iter().filter(|&&layer| layer == wanted).count();
        let open = count(Layer::Branch).saturating_sub(count(Layer::Join));
        Self {
            remembered: vec![0; open],
            ..Self::default()
        }
    }

    fn learn(&mut self, parameters: usize, degree: u64) {
        self.parameters = self.parameters.saturating_add(parameters as u64);
        self.degree += degree;
    }

    fn compare(&mut self, count: u64) {
        if count > 0 {
            self.comparisons.push(Comparisons {
                count,
                degree: self.degree,
                parameters: self.parameters,
            });
        }
    }
}
