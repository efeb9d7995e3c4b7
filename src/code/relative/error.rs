//! Why a file and a base do not go together.

use thiserror::Error;

/// Why a file and a base do not go together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BaseError {
    /// The file says what it changes of a base, and none is given.
    #[error(
        "the file is relative to a base, another model file: name it with --base (verify, inspect, \
         decompress, certify --model)"
    )]
    Missing,
    /// A base is given for a file that is complete without one.
    #[error("the file is complete without a base: leave out --base")]
    Needless,
    /// The file was made relative to another base.
    #[error(
        "the file is relative to a base whose SHA-256 begins with {expected:08x}, but that of the \
         base given begins with {found:08x}"
    )]
    Other {
        /// What the file says.
        expected: u32,
        /// What is given.
        found: u32,
    },
    /// A chain of layers is no base.
    #[error(
        "a base is a graph of operators, but this file is a chain of layers: \
         `nonvacuous import` makes a base of a network"
    )]
    Chain,
    /// A base may not have a base itself.
    #[error("a base is complete by itself, but this file is relative to another one")]
    Relative,
    /// More of the base's nodes are left out than it has.
    #[error("{dropped} of the last nodes of the base are left out, but it has {nodes}")]
    Dropped {
        /// How many are left out.
        dropped: u64,
        /// How many there are.
        nodes: usize,
    },
    /// A node of the base, on other feature maps than before, has weights of another shape.
    #[error("node {node} of the base would have weights of another shape")]
    Shapes {
        /// The node, counted from 1.
        node: usize,
    },
}
