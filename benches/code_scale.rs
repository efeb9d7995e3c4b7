//! Encoding and decoding of 1, 10 and 100 million weights, a tenth of them kept, fifteen codewords:
//! weights a second on one core, and the most memory ever used.
#![allow(clippy::unwrap_used, missing_docs)]

use nonvacuous::code::{Architecture, Codebook, CodedTensor, Model};
use nonvacuous::shape::ImageSize;

/// The most memory that this process has ever used, in MiB, where the system tells.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .unwrap_or(0)
        >> 10
}

/// Seconds that this process has computed: other programs on the machine do not count.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn main() {
    println!(
        "{:>12} {:>14} {:>14} {:>12} {:>10}",
        "weights", "encode M/s", "decode M/s", "bits/weight", "peak MiB"
    );
    for millions in [1, 10, 100] {
        let input = ImageSize {
            channels: 1,
            height: 28,
            width: 28,
        };
        let units = millions * 1_000_000 / 784;
        let architecture = Architecture::parse(&format!("dense:{units} dense:2"), input).unwrap();
        let values = (-8..=7)
            .filter(|&multiple| multiple != 0)
            .map(|multiple| multiple as f32 * 0.125)
            .collect();
        let codebook = Codebook::exact(values).unwrap();
        let mut state = 88_172_645_463_325_252u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let mut symbol = || match random() {
            noise if noise % 10 != 0 => 0,
            // A hump over the fifteen codewords.
            noise => 1 + ((noise >> 20) % 8 + (noise >> 40) % 8) as u8,
        };
        let shapes = architecture.tensors();
        let tensors = shapes
            .iter()
            .map(|shape| CodedTensor::new(0, (0..shape.len()).map(|_| symbol()).collect()));
        let tensors = tensors.collect();
        let start = processor_seconds();
        let model = Model::new(architecture, vec![codebook], tensors).unwrap();
        let chosen = processor_seconds() - start;
        let file = model.encode().unwrap();
        let encoded = processor_seconds() - start;
        let count = model.structure().weights().unwrap() as f64;
        drop(model);
        let start = processor_seconds();
        let model = Model::decode(&file).unwrap();
        let decoded = processor_seconds() - start;
        assert_eq!(model.encode().unwrap(), file);
        println!(
            "{count:>12} {:>14.1} {:>14.1} {:>12.4} {:>10} \
             (choosing the code takes {:.0}% of encoding)",
            count / encoded / 1e6,
            count / decoded / 1e6,
            8.0 * file.len() as f64 / count,
            peak_memory(),
            100.0 * chosen / encoded,
        );
    }
}
