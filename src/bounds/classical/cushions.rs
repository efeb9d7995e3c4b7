//! The bound from how little noise does to a network.

use super::margins::{AtMargin, Margins};

/// How far the numbers after a layer are from what noise of the same size would become.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cushion {
    /// The layer cushion `mu_i`: the least, over training examples, of
    /// `||A_i phi(x_{i-1})|| / (||A_i||_F ||phi(x_{i-1})||)`, between 0 and 1.
    pub layer: f64,
    /// The minimal interlayer cushion `mu_{i->}`: the least, over later layers `j` and training
    /// examples, of `||J x_i|| / (||J||_F ||x_i||)`, `J` the Jacobian from `x_i` to `x_j`; and
    /// `1 / sqrt(h_i)` for the layer itself, which has `h_i` outputs.
    pub interlayer: f64,
}

/// What the bound of Arora, Ge, Neyshabur and Zhang (2018) is computed from.
#[derive(Debug, Clone, PartialEq)]
pub struct Cushions {
    /// One for each linear map.
    pub layers: Vec<Cushion>,
    /// The activation contraction `c`: the most, over layers and training examples, of
    /// `||x_i|| / ||phi(x_i)||`.
    pub contraction: f64,
    /// The largest Euclidean norm of the logits of a training example.
    pub largest_output: f64,
}

impl Cushions {
    /// `c^2 d^2 max ||f(x)||^2 sum 1 / (mu_i mu_{i->})^2`: `gamma^2` times the effective number of
    /// parameters, those of the network that the source's algorithm makes of this one without
    /// moving a logit by more than `gamma`, for a constant of 1 and no logarithms.
    #[must_use]
    pub fn complexity(&self) -> f64 {
        let terms = self.layers.iter();
        let terms = terms.map(|layer| (layer.layer * layer.interlayer).powi(-2));
        let depth = self.layers.len() as f64;
        (self.contraction * depth * self.largest_output).powi(2) * terms.sum::<f64>()
    }

    /// The effective number of parameters at a margin, as [`complexity`](Self::complexity) says.
    #[must_use]
    pub fn effective_parameters(&self, margin: f64) -> f64 {
        self.complexity() / margin.powi(2)
    }

    /// The bound of Arora, Ge, Neyshabur and Zhang (2018), theorem 4.1, with 1 for the constant and
    /// the logarithms in its `Õ`:
    ///
    /// `R_gamma + sqrt(c^2 d^2 max ||f(x)||^2 sum 1 / (mu_i mu_{i->})^2 / (gamma^2 n))`.
    ///
    /// It is about the compressed network, not about this one. Assumes a chain of linear maps and
    /// ReLUs without biases, as [`NetworkNorms::pac_bayes_margin`] does, and interlayer smoothness
    /// of at least `3 d`, which is not measured here but granted. Nothing if no example is
    /// classified right.
    ///
    /// [`NetworkNorms::pac_bayes_margin`]: super::NetworkNorms::pac_bayes_margin
    #[must_use]
    pub fn margin_bound(&self, margins: &Margins) -> Option<AtMargin> {
        let complexity = (self.complexity() / margins.len() as f64).sqrt();
        margins.least(complexity, 0.0)
    }
}
