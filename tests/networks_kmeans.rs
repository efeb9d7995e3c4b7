//! Optimal clusters in one dimension, against the crate `ckmeans` (Wang and Song 2011).
#![allow(clippy::unwrap_used)]

use nonvacuous::network::optimal_kmeans;
use proptest::prelude::*;

/// The sum of squared differences from the nearest centre.
fn cost(values: &[f32], centres: &[f32]) -> f64 {
    let to_nearest = |value: &f32| {
        let squares = centres
            .iter()
            .map(|centre| (f64::from(*value) - f64::from(*centre)).powi(2));
        squares.fold(f64::INFINITY, f64::min)
    };
    values.iter().map(to_nearest).sum()
}

/// The same of clusters, from their means.
fn cost_of_clusters(clusters: &[Vec<f64>]) -> f64 {
    let mut cost = 0.0;
    for cluster in clusters {
        let mean = cluster.iter().sum::<f64>() / cluster.len() as f64;
        cost += cluster
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>();
    }
    cost
}

proptest! {
    #[test]
    fn no_clusters_are_better(
        values in prop::collection::vec(-4.0f32..4.0, 1..200),
        clusters in 1..12u8,
    ) {
        let clusters = clusters.min(values.len() as u8);
        let wide: Vec<f64> = values.iter().map(|&value| f64::from(value)).collect();
        let theirs = cost_of_clusters(&ckmeans::ckmeans(&wide, clusters).unwrap());
        let centres = optimal_kmeans(&values, usize::from(clusters));
        prop_assert!(centres.len() <= usize::from(clusters));
        let ours = cost(&values, &centres);
        // Centres are rounded to single precision.
        prop_assert!((ours - theirs).abs() <= 1e-5 * theirs + 1e-9, "{} {}", ours, theirs);
    }
}
