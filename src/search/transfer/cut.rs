//! Where a network is cut in two: what comes before is computed once.

use crate::code::{Dimensions, Graph};

/// Most bytes that all examples take where a network is cut.
const BYTES: u64 = 1 << 32;

/// Most multiplications that the nodes after a cut take for all examples.
const MULTIPLICATIONS: u64 = 1 << 38;

/// A place in a graph after which nothing reads what was made before it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cut {
    /// Nodes before it.
    pub(super) steps: usize,
    /// What the last of these makes.
    pub(super) made: Dimensions,
}

impl Cut {
    /// After so many nodes, if nothing later reads what was made earlier.
    pub(super) fn after(graph: &Graph, steps: usize) -> Option<Self> {
        let later = graph.nodes().get(steps..)?;
        let mut read = later.iter().flat_map(|node| &node.inputs);
        let is_cut = !later.is_empty() && read.all(|&value| value >= steps);
        let made = graph.values().get(steps).filter(|_| is_cut)?.clone();
        Some(Self { steps, made })
    }

    /// The first after which so many examples can be kept, and the other nodes trained.
    pub(super) fn affordable(graph: &Graph, examples: usize) -> Option<Self> {
        let fits = |each: u64, limit: u64| each.saturating_mul(examples as u64) <= limit;
        let mut cuts = (0..graph.nodes().len()).filter_map(|steps| Self::after(graph, steps));
        cuts.find(|cut| {
            let bytes = (cut.made.numbers() * size_of::<f32>()) as u64;
            fits(bytes, BYTES) && fits(graph.multiplications_after(cut.steps), MULTIPLICATIONS)
        })
    }
}
