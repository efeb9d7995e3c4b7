//! Images of one's own as a data set: pixels and labels in memory.
//!
//! `cargo run --release --example my_own_images`

use nonvacuous::bounds::FailureProbability;
use nonvacuous::certificate::Certificate;
use nonvacuous::code::Architecture;
use nonvacuous::data::{DataSet, LabelledImages};
use nonvacuous::network::TrainedNetwork;
use nonvacuous::shape::ImageSize;
use nonvacuous::Error;

fn main() -> Result<(), Error> {
    // Two classes: images whose upper half is bright, and images whose lower half is.
    let shape = ImageSize {
        channels: 1,
        height: 4,
        width: 4,
    };
    let images = |count: usize| {
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for example in 0..count {
            let label = (example % 2) as u8;
            let bright = 200 + (example % 50) as u8;
            let [above, below] = [[bright, 10], [10, bright]][usize::from(label)];
            pixels.extend([above; 8].into_iter().chain([below; 8]));
            labels.push(label);
        }
        LabelledImages::new(shape, 256, 2, pixels, labels)
    };
    let data = DataSet {
        name: "halves".to_string(),
        remarks: Vec::new(),
        train: images(4_000)?,
        test: Some(images(500)?),
    };

    let layers = Architecture::parse("dense:2", shape)?;
    let half = |above: f32| [above; 8].into_iter().chain([-above; 8]);
    let weights = half(1.0).chain(half(-1.0)).collect();
    let network = TrainedNetwork::new(layers, vec![weights])?;
    let delta = FailureProbability::new(0.05)?;
    let certificate = Certificate::issue(&network.model()?, &data, delta)?;
    println!("{}", certificate.claim().sentence());
    println!("bound: {:.6}", certificate.claim().bounds.occam_binomial);
    Ok(())
}
