//! What tables say about each bound.

/// A bound's name and origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// Its key in certificates and CSV.
    pub name: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// What it assumes beside independent examples.
    pub assumptions: &'static str,
}

const ONE_HYPOTHESIS: &str = "one hypothesis, zero-one loss; holds for all code words at once";

/// The bounds of a certificate, the tightest first.
pub const BOUNDS: [Bound; 3] = [
    Bound { name: "occam_binomial", source: "Langford 2005, exact binomial tail", assumptions: ONE_HYPOTHESIS },
    Bound { name: "occam_kl", source: "Langford 2005, Chernoff's inequality", assumptions: ONE_HYPOTHESIS },
    Bound {
        name: "occam_hoeffding",
        source: "Blumer et al. 1987, Hoeffding's inequality",
        assumptions: ONE_HYPOTHESIS,
    },
];
