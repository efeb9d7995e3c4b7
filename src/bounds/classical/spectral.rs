//! Bounds from spectral norms and margins.

use super::margins::{AtMargin, Margins};
use crate::bounds::quantities::probability::FailureProbability;

/// The norms of a layer: of the linear map `A` from all numbers before it to all after it, as a
/// matrix, and of what stands between it and the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerNorms {
    /// The largest singular value of `A`, `||A||_2`; an estimate from below makes the bounds
    /// smaller.
    pub spectral: f64,
    /// `||A||_F`.
    pub frobenius: f64,
    /// `||A^T||_{2,1}`: the sum, over outputs, of the Euclidean norm of the weights into each.
    pub rows: f64,
    /// A Lipschitz constant, in Euclidean norms, of the fixed function behind it, which maps zero
    /// to zero: 1 of ReLU and of the largest in windows that do not overlap.
    pub lipschitz: f64,
    /// Rows of `A`: numbers after it.
    pub outputs: usize,
    /// Columns of `A`: numbers before it.
    pub inputs: usize,
}

/// The layers of a chain, from input to logits, and the norms of what enters it.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkNorms {
    /// One for each linear map.
    pub layers: Vec<LayerNorms>,
    /// The root of the sum, over all training examples, of the squared Euclidean norm of what
    /// enters: `||X||_2` of Bartlett, Foster and Telgarsky.
    pub all_inputs: f64,
    /// The largest Euclidean norm of what enters: `B`, as far as the training examples tell.
    pub largest_input: f64,
}

impl NetworkNorms {
    /// `prod rho_i`, of the fixed functions.
    fn lipschitz(&self) -> f64 {
        self.layers.iter().map(|layer| layer.lipschitz).product()
    }

    /// The product of all spectral norms but that of one layer. Sums over layers are written with
    /// it, as they then grow with each of the norms, and exist if one of them is zero.
    fn others(&self, layer: usize) -> f64 {
        let others = self.layers.iter().enumerate();
        let others = others.filter(|(place, _)| *place != layer);
        others.map(|(_, layer)| layer.spectral).product()
    }

    /// `prod rho_i ||A_i||_2 (sum_i (||A_i^T||_{2,1} / ||A_i||_2)^(2/3))^(3/2)`, the spectral
    /// complexity `R_A` (Bartlett, Foster and Telgarsky 2017, theorem 1.1) with reference matrices
    /// 0.
    #[must_use]
    pub fn spectral_complexity(&self) -> f64 {
        let layers = self.layers.iter().enumerate();
        let terms = layers.map(|(place, layer)| (layer.rows * self.others(place)).powf(2.0 / 3.0));
        self.lipschitz() * terms.sum::<f64>().powf(1.5)
    }

    /// `prod rho_i^2 ||A_i||_2^2 sum_i ||A_i||_F^2 / ||A_i||_2^2`.
    #[must_use]
    pub fn frobenius_complexity(&self) -> f64 {
        let layers = self.layers.iter().enumerate();
        let terms = layers.map(|(place, layer)| (layer.frobenius * self.others(place)).powi(2));
        self.lipschitz().powi(2) * terms.sum::<f64>()
    }

    /// The largest number of numbers between two layers.
    fn width(&self, of: fn(&LayerNorms) -> usize) -> f64 {
        self.layers.iter().map(of).max().unwrap_or(0) as f64
    }

    /// The bound of Bartlett, Foster and Telgarsky (2017), theorem 1.1, with the constants of its
    /// proof:
    ///
    /// ```text
    /// R_gamma + 8 / n^(3/2) + 72 ln(n) sqrt(ln(2 W^2)) ||X||_2 R_A / (gamma n)
    ///         + 3 sqrt(ln(1 / delta) / (2 n)),
    /// ```
    ///
    /// where `R_gamma` is the share of margins below `gamma`, `W` the largest dimension of a layer
    /// and `R_A` the [spectral complexity](Self::spectral_complexity). It is lemma 3.1 (`R_gamma +
    /// 2` times the Rademacher complexity, and the last term), lemma A.5 (Dudley's integral from
    /// `1/n`, with factors 4 and 12) and the covering number of theorem 3.3, composed with the loss
    /// of slope `1 / gamma` and the margin of slope 2.
    ///
    /// In its favour the norms and the margin count as if they had been fixed before the data: the
    /// grid over them, which the theorem pays for, is left out.
    ///
    /// Assumes a chain of linear maps with fixed Lipschitz functions between that keep zero; no
    /// biases, which are weights from a number that is always 1 here; no sums of branches. Nothing
    /// if no example is classified right.
    #[must_use]
    pub fn spectral_margin(
        &self,
        margins: &Margins,
        delta: FailureProbability,
    ) -> Option<AtMargin> {
        let n = margins.len() as f64;
        let outputs = self.width(|layer| layer.outputs);
        let width = outputs.max(self.width(|layer| layer.inputs));
        let logarithms = n.ln() * (2.0 * width * width).ln().sqrt();
        let complexity = self.all_inputs * self.spectral_complexity();
        let confidence = 3.0 * ((1.0 / delta.get()).ln() / (2.0 * n)).sqrt();
        margins.least(
            72.0 * logarithms * complexity / n,
            8.0 / n.powf(1.5) + confidence,
        )
    }

    /// The bound of Neyshabur, Bhojanapalli and Srebro (2018), theorem 1, with 1 for the constant
    /// that it leaves open:
    ///
    /// ```text
    /// R_gamma + sqrt((B^2 d^2 h ln(d h) prod ||A_i||_2^2 sum ||A_i||_F^2 / ||A_i||_2^2
    ///                 + ln(d n / delta)) / (gamma^2 n)),
    /// ```
    ///
    /// where `d` is the number of layers, `h` the largest number of outputs of one, and `B` the
    /// largest norm of an input.
    ///
    /// Assumes what [`spectral_margin`](Self::spectral_margin) does, and that the functions between
    /// the maps are positively homogeneous, as ReLU is. Nothing if no example is classified right.
    #[must_use]
    pub fn pac_bayes_margin(
        &self,
        margins: &Margins,
        delta: FailureProbability,
    ) -> Option<AtMargin> {
        let (n, depth) = (margins.len() as f64, self.layers.len() as f64);
        let width = self.width(|layer| layer.outputs);
        let scale = self.largest_input.powi(2) * depth.powi(2) * width * (depth * width).ln();
        let confidence = (depth * n / delta.get()).ln();
        let square = (scale * self.frobenius_complexity() + confidence) / n;
        margins.least(square.sqrt(), 0.0)
    }
}
