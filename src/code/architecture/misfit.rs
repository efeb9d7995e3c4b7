//! Why a layer does not fit the layers before it.

use thiserror::Error;

use crate::shape::ImageSize;

/// Why a layer does not fit the layers before it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LayerError {
    /// A window of a pooling that is empty or larger than what it pools.
    #[error("a window of {size} does not fit into {before}")]
    Window {
        /// Rows and columns of the window.
        size: usize,
        /// What is pooled.
        before: ImageSize,
    },
    /// A kernel larger than the padded image.
    #[error("a kernel of {kernel} does not fit into {before}")]
    Kernel {
        /// Rows and columns of the kernel.
        kernel: usize,
        /// What is convolved.
        before: ImageSize,
    },
    /// A convolution that goes nowhere.
    #[error("kernel, stride and groups are at least 1")]
    ZeroParameter,
    /// A kernel out of all proportion.
    #[error("a kernel has at most {limit} rows and columns")]
    LargeKernel {
        /// Largest accepted.
        limit: usize,
    },
    /// A stride out of all proportion.
    #[error("a stride is at most {limit}")]
    LargeStride {
        /// Largest accepted.
        limit: usize,
    },
    /// Outputs that would only see zeros.
    #[error("padding is at most the kernel's size, {kernel}")]
    Padding {
        /// Rows and columns of the kernel.
        kernel: usize,
    },
    /// Groups have equal numbers of channels.
    #[error("{groups} groups divide neither or only one of {before} and {after} channels")]
    Groups {
        /// Number of groups.
        groups: usize,
        /// Channels before the convolution.
        before: usize,
        /// Channels after it.
        after: usize,
    },
    /// There are not so many oriented filters.
    #[error("{filters} oriented filters, but 1 to {limit} are accepted")]
    Filters {
        /// Filters a channel.
        filters: usize,
        /// Most accepted.
        limit: usize,
    },
    /// An output that no evaluator should hold.
    #[error("its output {after} has more than {limit} numbers")]
    TooManyNumbers {
        /// Size of the output.
        after: ImageSize,
        /// Most numbers accepted.
        limit: usize,
    },
    /// No channels or units.
    #[error("it has no output")]
    NoOutput,
    /// Branches within branches within branches.
    #[error("branches are nested more than {limit} deep")]
    Depth {
        /// Deepest accepted.
        limit: usize,
    },
    /// An exchange or a join without a branch.
    #[error("no branch is open; \"(\" opens one")]
    NoOpenBranch,
    /// A second exchange in one branch.
    #[error("a branch has two sides, not three")]
    ThirdSide,
    /// Two sides of a branch that differ in size.
    #[error("{remembered} and {before} cannot be added")]
    Sum {
        /// Size of the other side.
        remembered: ImageSize,
        /// Size of this side.
        before: ImageSize,
    },
    /// Deskewing of what is not the image.
    #[error("only the image itself can be deskewed, before all layers")]
    NotTheImage,
}
