//! A network trained elsewhere: its safetensors file in, a certificate in a folder out.
//!
//! `cargo run --release --example certify_my_network`

use nonvacuous::bounds::FailureProbability;
use nonvacuous::certificate::Certificate;
use nonvacuous::code::Architecture;
use nonvacuous::data::digits;
use nonvacuous::network::{import, simplify, ImportOptions, TensorFile};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let weights = folder.path().join("mine.safetensors");
    save_as_pytorch_does(&weights)?;

    let data = digits()?;
    let layers = Architecture::parse("dense:10", data.train.shape())?;
    let mut file = TensorFile::open(&weights)?;
    let mut network = import(&mut file, &layers, &ImportOptions::default())?;
    // Few values for all weights: the fewer, the shorter the file.
    network.quantise(3);
    let (network, simplification) = simplify(network, &data.train)?;
    println!("simplified: {simplification}");

    let delta = FailureProbability::new(0.05)?;
    let certificate = Certificate::issue(&network.model()?, &data, delta)?;
    certificate.save(folder.path())?;
    let verdict = Certificate::open(folder.path())?.verify(&data)?;
    println!("{}", certificate.claim().sentence());
    println!("verified: {}", verdict.holds());
    println!("bound: {:.6}", certificate.claim().bounds.occam_binomial);
    Ok(())
}

/// Stands in for training: the class means of the digits, minus their mean.
fn save_as_pytorch_does(path: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let data = digits()?.train;
    let features = data.shape().features();
    let mut sums = vec![vec![0.0f32; features]; 10];
    let mut all = vec![0.0f32; features];
    for index in 0..data.len() {
        let sum = &mut sums[usize::from(data.label(index))];
        for (feature, &level) in data.image(index).iter().enumerate() {
            sum[feature] += f32::from(level) / data.len() as f32;
            all[feature] += f32::from(level) / (10.0 * data.len() as f32);
        }
    }
    let mut bytes = Vec::new();
    for sum in &sums {
        for (value, mean) in sum.iter().zip(&all) {
            bytes.extend((value - mean).to_le_bytes());
        }
    }
    let header = format!(
        "{{\"fc1.weight\":{{\"dtype\":\"F32\",\"shape\":[10,{features}],\
         \"data_offsets\":[0,{}]}}}}",
        bytes.len()
    );
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(bytes);
    Ok(std::fs::write(path, file)?)
}
