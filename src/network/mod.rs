//! A network as numbers, without training: read from elsewhere, simplified, quantised.
//!
//! A network that was trained elsewhere is [imported](import) from a [file](TensorFile), one of
//! [safetensors] or of [PyTorch's](pytorch). Then [`simplify`] removes what the function does not
//! need, and [`within_budget`] rounds its weights to fit so many bytes, [`least_bound`] so that
//! what can be certified is least.

mod adapters;
mod as_graph;
mod budget;
pub mod classical;
mod coding;
pub mod comparison;
mod export;
mod fine_tuned;
mod float_type;
mod frontier;
mod graph_network;
mod import;
mod kmeans;
mod natural_order;
mod noise;
mod original_names;
pub mod pytorch;
pub mod safetensors;
mod sensitivity;
mod simplify;
mod simplify_links;
mod tensor_file;
mod trained_network;

pub use adapters::{Adapters, AdaptersError};
pub use as_graph::{as_graph, AsGraphError};
pub use budget::{
    budget_steps, divergence, within_budget, within_budget_reporting, BudgetError, Calibration,
};
pub use export::{ExportError, OnnxFile};
pub use fine_tuned::{FineTuned, FineTunedError};
#[cfg(feature = "train")]
pub(crate) use frontier::estimate::estimated_bound;
#[cfg(feature = "train")]
pub(crate) use frontier::unbeaten::unbeaten;
pub use frontier::{
    least_bound, Frontier, FrontierError, FrontierEvent, Gridded, Point, SaidNumbers,
};
pub use import::{
    import, match_tensors, parse_names, FlattenOrder, ImportError, ImportOptions, MatchedTensor,
    Matching, NamesError, OrderMisfit,
};
pub use import::{Damaged, OnnxError, OnnxNetwork, OnnxOptions, Refusal, MAX_ONNX_BYTES};
pub use kmeans::{kmeans, optimal_kmeans};
pub use noise::{stochastic_bounds, StochasticBound, StochasticError, RELATIVE_WIDTHS};
pub use original_names::{OriginalNames, OriginalNamesError};
#[cfg(feature = "train")]
pub(crate) use sensitivity::{sensitive_tensors, sensitivities};
pub use simplify::{shortened, simplify, Simplification};
pub use tensor_file::{TensorFile, TensorFileError, TensorOrder};
pub use trained_network::TrainedNetwork;
