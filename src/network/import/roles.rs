//! What the last part of a tensor's name says about it.

use std::fmt;

/// What a tensor is to its layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// A kernel, a matrix, or the scales of a normalisation.
    Weight,
    /// What is added.
    Bias,
    /// A mean or a variance.
    Moment,
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Weight => "weight",
            Self::Bias => "bias",
            Self::Moment => "moment",
        })
    }
}

/// What PyTorch, TensorFlow, Keras and Flax call them.
const CALLED: [(Role, &[&str]); 3] = [
    (
        Role::Weight,
        &["weight", "weights", "kernel", "gamma", "scale", "w"],
    ),
    (Role::Bias, &["bias", "biases", "beta", "offset", "b"]),
    (
        Role::Moment,
        &[
            "running_mean",
            "running_var",
            "moving_mean",
            "moving_variance",
            "moving_var",
            "mean",
            "var",
        ],
    ),
];

/// The name of a tensor's layer, and what the tensor is to it, if that is known.
pub(super) fn split(name: &str) -> (&str, Option<Role>) {
    let (layer, last) = name.rsplit_once(['.', '/']).unwrap_or(("", name));
    let last = last.to_lowercase();
    let called = CALLED
        .iter()
        .find(|(_, names)| names.contains(&last.as_str()));
    (layer, called.map(|(role, _)| *role))
}
