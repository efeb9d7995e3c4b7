//! A codebook of 32 values for the 4.6 million weights of EfficientNet-Lite0
//! (`efficientnet_lite0.safetensors` in `$NONVACUOUS_DATA`): seconds and distortion of Lloyd's
//! iteration to its end, and of the optimum up to a resolution. `cargo bench --bench kmeans`;
//! kmeans.py does the same with scikit-learn.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;
use std::time::Instant;

use nonvacuous::network::safetensors::SafetensorsFile;
use nonvacuous::network::{kmeans, optimal_kmeans};

/// Mean squared difference from the nearest centre; centres ascend.
fn distortion(values: &[f32], centres: &[f32]) -> f64 {
    let squared = |&value: &f32| {
        let after = centres.partition_point(|&centre| centre < value);
        let near = &centres[after.saturating_sub(1)..(after + 1).min(centres.len())];
        near.iter()
            .map(|&centre| (f64::from(value) - f64::from(centre)).powi(2))
            .fold(f64::INFINITY, f64::min)
    };
    values.iter().map(squared).sum::<f64>() / values.len() as f64
}

fn main() {
    let Some(data) = std::env::var_os("NONVACUOUS_DATA").map(PathBuf::from) else {
        return eprintln!("skipped: NONVACUOUS_DATA is not set");
    };
    let mut file = SafetensorsFile::open(&data.join("efficientnet_lite0.safetensors")).unwrap();
    let names: Vec<String> = file
        .entries()
        .iter()
        .filter(|(_, entry)| entry.shape.len() >= 2)
        .map(|(name, _)| name.clone())
        .collect();
    let weights: Vec<f32> = names
        .iter()
        .flat_map(|name| file.read(name).unwrap())
        .collect();
    println!("method,weights,centres,seconds,distortion");
    for (name, method) in [
        ("lloyd", kmeans as fn(&[f32], usize) -> Vec<f32>),
        ("optimal", optimal_kmeans),
    ] {
        let start = Instant::now();
        let centres = method(&weights, 32);
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{name},{},{},{seconds:.3},{:.6e}",
            weights.len(),
            centres.len(),
            distortion(&weights, &centres)
        );
    }
}
