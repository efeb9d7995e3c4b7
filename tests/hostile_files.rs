//! Model files that someone has damaged: nothing panics, nothing is accepted that the encoder does
//! not write, memory stays small.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
mod models;
#[allow(dead_code)]
mod mutations;

use std::time::{Duration, Instant};

use models::{every_kind, graphs, relative, Noise};
use mutations::{corpus, mutated};
use nonvacuous::code::{
    Activation, Arithmetic, Base, CodeError, Codebook, CodedTensor, Graph, GraphError, Model, Node,
    Operator,
};
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::memory_limit::MemoryLimit;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most memory that this process has ever used, in KiB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Anything but a panic; and what is accepted is canonical.
fn decodes(file: &[u8]) -> bool {
    is_canonical(file, None)
}

/// The same of a file that is relative to a base, if there is one.
fn is_canonical(file: &[u8], base: Option<&Base>) -> bool {
    match Model::read(file, base, MemoryLimit::of_file(file.len())) {
        Ok(model) => {
            assert_eq!(model.encode().unwrap(), file);
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

/// A file of the corpus, by its name.
fn of_corpus(kind: &str, name: &str) -> Vec<u8> {
    let files = corpus(kind).into_iter();
    let mut files = files.filter(|(path, _)| path.ends_with(name));
    files.next().unwrap().1
}

#[test]
fn files_relative_to_a_base_that_are_damaged_are_refused_or_canonical() {
    let file = relative::base().encode().unwrap();
    assert_eq!(of_corpus("model", "base.nvc"), file);
    let base = Base::decode(&file).unwrap();
    let mut noise = Noise::new(6);
    let models = relative::relatives(&base);
    for (name, model) in &models {
        let file = model.encode().unwrap();
        assert_eq!(&Model::decode_relative(&file, &base).unwrap(), model);
        assert_eq!(of_corpus("relative", name), file, "{name}");
        let mut accepted = 0;
        for _ in 0..500 {
            let changed = mutated(&file, &file, &mut noise);
            accepted += usize::from(is_canonical(&changed, Some(&base)));
        }
        println!("{name}: {} bytes, {accepted} of 500 accepted", file.len());
    }
}

#[test]
fn a_base_of_many_zeros_is_refused_before_there_is_room_for_them() {
    let input = ImageSize {
        channels: 1,
        height: 100,
        width: 100,
    };
    let dense = |units, value| Node {
        operator: Operator::Dense { units, bias: false },
        inputs: vec![value],
    };
    let flat = Node {
        operator: Operator::Flatten,
        inputs: vec![0],
    };
    let graph = Graph::new(input, vec![flat, dense(1_000, 1), dense(2, 2)]).unwrap();
    let tensors = vec![
        CodedTensor::new(0, vec![0; 10_000_000]),
        CodedTensor::raw(vec![0.1; 2_000]),
    ];
    let model = Model::new(graph, vec![Codebook::EMPTY], tensors).unwrap();
    let file = model.encode().unwrap();
    // Bytes for the symbols would be there; not, beside them, for numbers.
    let limit = MemoryLimit::megabytes(64);
    assert!(Model::decode_within(&file, limit).is_ok());
    let refusal = Base::decode_within(&file, limit).unwrap_err();
    assert!(matches!(refusal, CodeError::TooMuchMemory(_)), "{refusal}");
}

#[test]
fn damaged_files_of_every_kind_never_panic_and_never_use_much_memory() {
    let mut noise = Noise::new(1);
    let mut accepted = 0;
    let mut tried = 0;
    // Large files only cost time.
    for (_, model) in every_kind() {
        let file = model.encode().unwrap();
        for _ in 0..if file.len() < 2000 { 60 } else { 4 } {
            let mut flipped = file.clone();
            let index = noise.below(file.len() as u64) as usize;
            flipped[index] ^= 1 << noise.below(8);
            let mut spliced = file[..index].to_vec();
            spliced.extend((0..noise.below(30)).map(|_| noise.below(256) as u8));
            accepted += u32::from(decodes(&flipped)) + u32::from(decodes(&spliced));
            tried += 2;
            assert!(
                !decodes(&file[..index]),
                "a file is never the beginning of another"
            );
        }
    }
    for _ in 0..2000 {
        let length = noise.below(60);
        let file: Vec<u8> = (0..length).map(|_| noise.below(256) as u8).collect();
        decodes(&file);
    }
    println!("{accepted} of {tried} damaged files decode to another network");
    if let Some(peak) = peak_memory() {
        assert!(peak < 256 << 10, "{peak} KiB");
    }
}

/// Mutations of models: none takes more memory than its length allows. The largest memory and time.
fn mutated_models_are_bounded(
    models: Vec<(&'static str, Model)>,
    base: Option<&Base>,
    count: usize,
) {
    let models = models.into_iter();
    let files: Vec<Vec<u8>> = models.map(|(_, model)| model.encode().unwrap()).collect();
    let mut noise = Noise::new(3);
    let (mut largest, mut longest, mut accepted) = (0, Duration::ZERO, 0);
    for _ in 0..count {
        let any = |noise: &mut Noise| &files[noise.below(files.len() as u64) as usize];
        let (file, other) = (any(&mut noise), any(&mut noise));
        let mut bytes = mutated(file, other, &mut noise);
        // The graph is at the beginning.
        if noise.below(2) == 0 && bytes.len() > 60 {
            bytes[noise.below(60) as usize] ^= 1 << noise.below(8);
        }
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let start = Instant::now();
        accepted += usize::from(is_canonical(&bytes, base));
        longest = longest.max(start.elapsed());
        let memory = MEMORY.peak_usage().saturating_sub(before) as u64;
        let limit = MemoryLimit::of_file(bytes.len());
        assert!(limit.check(memory).is_ok(), "{memory} for {}", bytes.len());
        largest = largest.max(memory);
    }
    println!("{count} files, {accepted} accepted, at most {largest} bytes and {longest:.1?}");
}

#[test]
#[ignore = "minutes: 100,000 mutated graphs, which are measured alone"]
fn a_hundred_thousand_mutated_graphs_take_little_memory() {
    mutated_models_are_bounded(graphs::graphs(), None, 100_000);
}

#[test]
#[ignore = "minutes: 100,000 mutated files relative to a base, which are measured alone"]
fn a_hundred_thousand_mutated_files_relative_to_a_base_take_little_memory() {
    let base = Base::decode(&relative::base().encode().unwrap()).unwrap();
    mutated_models_are_bounded(relative::relatives(&base), Some(&base), 100_000);
}

const IMAGE: ImageSize = ImageSize {
    channels: 1,
    height: 2,
    width: 2,
};

#[test]
fn graphs_as_long_as_they_may_be_are_read_back() {
    // 8,190 nodes that say nothing, and two more: no number of them is as predicted.
    let mut noise = Noise::new(4);
    let mut nodes: Vec<Node> = (0..8190)
        .map(|value| Node {
            operator: match noise.below(3) {
                0 => Operator::Activation(Activation::Relu),
                1 => Operator::Softmax { axis: 1 },
                _ => Operator::Scalar {
                    arithmetic: Arithmetic::Add,
                    number: f32::from_bits(noise.below(1 << 30) as u32),
                    is_first: false,
                },
            },
            inputs: vec![value],
        })
        .collect();
    // Indices of two nodes, nearly as many as all nodes may have.
    for (value, count) in [(8190, 510_000), (8191, 500_000)] {
        let indices = (0..count).map(|_| noise.below(2) as usize).collect();
        let operator = Operator::Select { axis: 1, indices };
        let inputs = vec![value];
        nodes.push(Node { operator, inputs });
    }
    let graph = Graph::new(IMAGE, nodes.clone()).unwrap();
    let model = Model::new(graph, vec![], Vec::<CodedTensor>::new()).unwrap();
    let start = Instant::now();
    let file = model.encode().unwrap();
    let refusal = Model::decode(&file).unwrap_err();
    assert!(matches!(refusal, CodeError::TooMuchMemory(_)), "{refusal}");
    println!("{} bytes in {:.1?}", file.len(), start.elapsed());
    let decoded = Model::decode_within(&file, MemoryLimit::megabytes(200));
    assert_eq!(decoded.unwrap(), model);
    // One more.
    nodes.push(nodes[0].clone());
    let refusal = Graph::new(IMAGE, nodes).unwrap_err();
    assert!(matches!(refusal, GraphError::TooManyNodes { .. }));
}

#[test]
fn a_graph_of_more_numbers_than_a_file_may_say_is_not_written() {
    let nodes = (0..3).map(|value| Node {
        operator: Operator::Select {
            axis: 1,
            indices: vec![1; 400_000],
        },
        inputs: vec![value],
    });
    let graph = Graph::new(IMAGE, nodes.collect()).unwrap();
    let model = Model::new(graph, vec![], Vec::<CodedTensor>::new()).unwrap();
    let refusal = model.encode().unwrap_err();
    let CodeError::Graph(refusal) = refusal else {
        panic!("{refusal}");
    };
    assert!(matches!(*refusal, GraphError::TooLong { .. }));
}
