//! The largest singular value of a linear map, by power iteration.

use rand::RngExt;

use super::linear_map::{norm, LinearMap};
use crate::random::stream;

/// Steps at most.
const STEPS: u32 = 1_000;

/// It ends when a step changes the estimate by less than this part of it.
const PRECISION: f64 = 1e-10;

impl LinearMap {
    /// `||A||_2`, estimated from below by power iteration on `A'A` (von Mises and
    /// Pollaczek-Geiringer 1929) from a fixed random vector: up to the rounding of a sum,
    /// `||A x|| / ||x||` is never more than the norm, whatever `x`. At most 1,000 steps, fewer
    /// where a step changes the estimate by less than a part of `1e-10`.
    #[must_use]
    pub fn spectral_norm(&self) -> f64 {
        let mut random = stream(1, "classical", 0, "power iteration");
        // Positive: orthogonal to no vector of positive numbers.
        let mut x: Vec<[f64; 1]> = (0..self.inputs())
            .map(|_| [random.random_range(0.5..1.5)])
            .collect();
        let mut estimate = 0.0;
        for _ in 0..STEPS {
            let length = norm(x.iter().flatten());
            if length == 0.0 {
                return estimate;
            }
            x.iter_mut().flatten().for_each(|number| *number /= length);
            let y: Vec<f64> = self.apply(&x).into_iter().flatten().collect();
            let next = norm(&y);
            if next - estimate <= PRECISION * next {
                return next.max(estimate);
            }
            estimate = next;
            let back = self.apply_transposed(&y).into_iter();
            x = back.map(|number| [number]).collect();
        }
        estimate
    }
}
