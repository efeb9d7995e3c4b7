//! What stands between the linear maps of a chain: fixed functions without weights.

use crate::shape::ImageSize;

/// A fixed function of a feature map, which maps zero to zero. Numbers behind the map, as one that
/// is always 1, stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fixed {
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
    /// The largest in windows that lie side by side.
    MaxPool { size: usize, before: ImageSize },
    /// The mean of windows that lie side by side.
    AveragePool { size: usize, before: ImageSize },
    /// The mean of each channel.
    GlobalAverage { before: ImageSize },
    /// `x - m`, `m` the mean of all: a layer normalisation that only scales.
    Centre { before: ImageSize },
}

impl Fixed {
    /// A Lipschitz constant in Euclidean norms, the least one: a mean of `q` numbers has length
    /// `1 / sqrt(q)` as a vector, and taking out the mean is a projection.
    pub(super) fn lipschitz(self) -> f64 {
        match self {
            Self::AveragePool { size, .. } => 1.0 / size as f64,
            Self::GlobalAverage { before } => 1.0 / ((before.height * before.width) as f64).sqrt(),
            Self::Relu | Self::Relu6 | Self::MaxPool { .. } | Self::Centre { .. } => 1.0,
        }
    }

    /// Whether it commutes with positive scaling.
    pub(super) fn is_homogeneous(self) -> bool {
        self != Self::Relu6
    }

    /// The most that it lets through.
    fn ceiling(self) -> f64 {
        if self == Self::Relu6 {
            6.0
        } else {
            f64::INFINITY
        }
    }

    /// What it makes of `N` maps side by side.
    pub(super) fn apply<const N: usize>(self, mut x: Vec<[f64; N]>) -> Vec<[f64; N]> {
        match self {
            Self::Relu | Self::Relu6 => {
                let high = self.ceiling();
                for number in x.iter_mut().flatten() {
                    *number = number.max(0.0).min(high);
                }
                x
            }
            Self::MaxPool { size, before } => {
                let largest = |one: [f64; N], other: &[f64; N]| {
                    let mut most = one;
                    for (most, other) in most.iter_mut().zip(other) {
                        *most = most.max(*other);
                    }
                    most
                };
                let least = [f64::NEG_INFINITY; N];
                pooled(&x, size, before, |window| window.fold(least, largest))
            }
            Self::AveragePool { size, before } => {
                let count = (size * size) as f64;
                pooled(&x, size, before, |window| {
                    sum(window).map(|sum| sum / count)
                })
            }
            Self::GlobalAverage { before } => {
                let area = before.height * before.width;
                let features = before.features().min(x.len());
                let (map, rest) = x.split_at(features);
                let mean = |channel: &[[f64; N]]| sum(channel.iter()).map(|sum| sum / area as f64);
                map.chunks(area)
                    .map(mean)
                    .chain(rest.iter().copied())
                    .collect()
            }
            Self::Centre { before } => {
                let features = before.features().min(x.len());
                let mean = sum(x.iter().take(features)).map(|sum| sum / features as f64);
                for numbers in x.iter_mut().take(features) {
                    for (number, mean) in numbers.iter_mut().zip(mean) {
                        *number -= mean;
                    }
                }
                x
            }
        }
    }

    /// The gradient of what came before, from that of what came after, at `x`: the transposed of
    /// the linear map that it is around `x`.
    pub(super) fn pull_back(self, x: &[[f64; 1]], after: Vec<f64>) -> Vec<f64> {
        let at = |place: usize| x.get(place).map_or(0.0, |number| number[0]);
        match self {
            Self::Relu | Self::Relu6 => {
                let high = self.ceiling();
                let is_linear = |number: f64| number > 0.0 && number < high;
                let kept = after.into_iter().enumerate();
                kept.map(|(place, number)| if is_linear(at(place)) { number } else { 0.0 })
                    .collect()
            }
            Self::MaxPool { size, before } => {
                let mut gradient = vec![0.0; x.len()];
                let windows = windows(size, before).zip(&after);
                for (window, number) in windows {
                    let largest = window.max_by(|&one, &other| at(one).total_cmp(&at(other)));
                    if let Some(place) = largest.and_then(|place| gradient.get_mut(place)) {
                        *place += number;
                    }
                }
                with_rest(gradient, before, &after)
            }
            Self::AveragePool { size, before } => {
                let mut gradient = vec![0.0; x.len()];
                let count = (size * size) as f64;
                for (window, number) in windows(size, before).zip(&after) {
                    for place in window {
                        if let Some(place) = gradient.get_mut(place) {
                            *place += number / count;
                        }
                    }
                }
                with_rest(gradient, before, &after)
            }
            Self::GlobalAverage { before } => {
                let area = before.height * before.width;
                let mut gradient = vec![0.0; x.len()];
                let channels = gradient.chunks_mut(area).take(before.channels);
                for (channel, number) in channels.zip(&after) {
                    channel.fill(number / area as f64);
                }
                with_rest(gradient, before, &after)
            }
            Self::Centre { before } => {
                let mut gradient = after;
                let features = before.features().min(gradient.len());
                let mean = gradient.iter().take(features).sum::<f64>() / features as f64;
                let map = gradient.iter_mut().take(features);
                map.for_each(|number| *number -= mean);
                gradient
            }
        }
    }
}

/// The gradient of numbers behind a map: that of the numbers behind what became of it.
fn with_rest(mut gradient: Vec<f64>, before: ImageSize, after: &[f64]) -> Vec<f64> {
    let behind = gradient.iter_mut().skip(before.features()).rev();
    for (number, after) in behind.zip(after.iter().rev()) {
        *number = *after;
    }
    gradient
}

fn sum<'a, const N: usize>(numbers: impl Iterator<Item = &'a [f64; N]>) -> [f64; N] {
    let mut sums = [0.0; N];
    for number in numbers {
        for (sum, number) in sums.iter_mut().zip(number) {
            *sum += number;
        }
    }
    sums
}

/// What becomes of each window, and the numbers behind the map.
fn pooled<const N: usize>(
    x: &[[f64; N]],
    size: usize,
    before: ImageSize,
    pool: impl Fn(&mut dyn Iterator<Item = &[f64; N]>) -> [f64; N],
) -> Vec<[f64; N]> {
    let of_window =
        windows(size, before).map(|window| pool(&mut window.filter_map(|at| x.get(at))));
    let rest = x.iter().skip(before.features()).copied();
    of_window.chain(rest).collect()
}

/// The places in each window of a map, windows side by side, in the order of what they become.
fn windows(size: usize, before: ImageSize) -> impl Iterator<Item = impl Iterator<Item = usize>> {
    let ImageSize {
        channels,
        height,
        width,
    } = before;
    let size = size.max(1);
    let (rows, columns) = (height / size, width / size);
    let corners = (0..channels).flat_map(move |channel| {
        (0..rows).flat_map(move |row| {
            let start = (channel * height + row * size) * width;
            (0..columns).map(move |column| start + column * size)
        })
    });
    corners.map(move |corner| {
        (0..size).flat_map(move |row| (0..size).map(move |column| corner + row * width + column))
    })
}
