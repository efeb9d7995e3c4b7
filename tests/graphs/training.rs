//! Graphs on candle: the function of the page, and the gradient of every operator.

use std::collections::BTreeSet;

use candle_core::{DType, Device, Tensor, Var};
use nonvacuous::code::{
    Activation, Arithmetic, Dimensions, Graph, Node, Operator, Pooling, Reduction, Window,
};
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use nonvacuous::train::GraphNetwork;
use rand::RngExt;

use crate::any_graph::any_graph;
use crate::reference;

fn tensors(graph: &Graph, weights: &[Vec<f32>]) -> Vec<Tensor> {
    let pairs = graph.tensors().into_iter().zip(weights);
    pairs
        .map(|(shape, weights)| {
            let numbers: Vec<f64> = weights.iter().map(|&weight| f64::from(weight)).collect();
            Tensor::from_vec(numbers, shape.dimensions, &Device::Cpu).unwrap()
        })
        .collect()
}

/// Logits in single or double precision of images from 0 to 1.
fn logits(graph: &Graph, weights: &[Vec<f32>], images: &[Vec<f32>], dtype: DType) -> Vec<Vec<f64>> {
    let size = graph.input();
    let shape = (images.len(), size.channels, size.height, size.width);
    let images = Tensor::from_vec(images.concat(), shape, &Device::Cpu).unwrap();
    let weights: Vec<Tensor> = tensors(graph, weights)
        .iter()
        .map(|tensor| tensor.to_dtype(dtype).unwrap())
        .collect();
    let network = GraphNetwork::new(graph.clone());
    let logits = network.forward(&weights, &images.to_dtype(dtype).unwrap());
    logits
        .unwrap()
        .to_dtype(DType::F64)
        .unwrap()
        .to_vec2()
        .unwrap()
}

#[test]
fn graphs_of_any_operators_have_the_logits_of_the_page_in_training() {
    let (mut compared, mut far) = (0, 0);
    for seed in 0..400 {
        let mut random = stream(seed, "graphs", 2, "training");
        let nodes = random.random_range(2..9);
        let (graph, mut weights) = any_graph(&mut random, nodes);
        for weight in weights.iter_mut().flatten() {
            *weight = if weight.is_finite() { *weight } else { 0.5 };
        }
        // With and without examples that fill their lanes.
        let count = [1, 3, 16][seed as usize % 3];
        let features = graph.input().features();
        let mut image = || {
            (0..features)
                .map(|_| random.random_range(0.0..1.0))
                .collect()
        };
        let images: Vec<Vec<f32>> = (0..count).map(|_| image()).collect();
        let single = logits(&graph, &weights, &images, DType::F32);
        let double = logits(&graph, &weights, &images, DType::F64);
        for ((image, single), double) in images.iter().zip(single).zip(double) {
            let expected = reference::logits(&graph, &weights, image.clone());
            assert_eq!(expected.len(), single.len());
            for ((expected, single), double) in expected.into_iter().zip(single).zip(double) {
                let expected = f64::from(expected);
                // Elsewhere rounding decides: a root of what is near zero, a power of it.
                let is_stable = (single - double).abs() <= 1e-4 * double.abs().max(1.0);
                if !(is_stable && expected.is_finite() && double.abs() < 1e6) {
                    continue;
                }
                compared += 1;
                far += usize::from((single - expected).abs() > 1e-3 * expected.abs().max(1.0));
            }
        }
    }
    // A few are stable by chance.
    assert!(compared > 100_000, "{compared}");
    assert!(far * 10_000 <= compared, "{far} of {compared}");
}

fn dimensions(lengths: &[usize]) -> Dimensions {
    Dimensions::new(lengths.to_vec()).unwrap()
}

/// An operator, what its case is called, and the shape of what it reads.
struct Case {
    /// The kind's name in `docs/graph.md`, and, after a colon, which one of its kind.
    name: String,
    operator: Operator,
    input: [usize; 3],
    /// The value that it reads: the image, or a reshaped one.
    reads: Option<Vec<usize>>,
    /// What the image is multiplied by and moved by first, so that the function is smooth there.
    map: [f32; 2],
}

fn case(name: &str, operator: Operator) -> Case {
    Case {
        name: name.to_string(),
        operator,
        input: [4, 5, 6],
        reads: None,
        map: [2.0, -1.0],
    }
}

fn any_window() -> Window {
    Window {
        size: [3, 2],
        stride: [2, 1],
        padding: [[1, 2], [0, 1]],
        dilation: [1, 2],
    }
}

fn arithmetic() -> [(&'static str, Arithmetic); 7] {
    [
        ("add", Arithmetic::Add),
        ("subtract", Arithmetic::Subtract),
        ("multiply", Arithmetic::Multiply),
        ("divide", Arithmetic::Divide),
        ("larger", Arithmetic::Larger),
        ("smaller", Arithmetic::Smaller),
        ("power", Arithmetic::Power),
    ]
}

fn activations() -> [(&'static str, Activation); 14] {
    [
        ("relu", Activation::Relu),
        (
            "clip",
            Activation::Clip {
                low: -0.4,
                high: 0.6,
            },
        ),
        ("leaky relu", Activation::LeakyRelu { slope: 0.1 }),
        ("elu", Activation::Elu { alpha: 0.7 }),
        ("sigmoid", Activation::Sigmoid),
        (
            "hard sigmoid",
            Activation::HardSigmoid {
                slope: 0.9,
                offset: 0.4,
            },
        ),
        ("hard swish", Activation::HardSwish),
        ("tanh", Activation::Tanh),
        ("gelu", Activation::Gelu),
        ("exp", Activation::Exponential),
        ("log", Activation::Logarithm),
        ("erf", Activation::ErrorFunction),
        ("square root", Activation::SquareRoot),
        ("magnitude", Activation::Magnitude),
    ]
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let (bias, scale, shift) = (true, true, true);
    for (groups, dilation) in [(1, [1, 1]), (2, [2, 3]), (4, [1, 2])] {
        let window = Window {
            dilation,
            ..any_window()
        };
        cases.push(case(
            "convolution",
            Operator::Convolution {
                channels: 8,
                window,
                groups,
                bias,
            },
        ));
    }
    cases.push(case("dense", Operator::Dense { units: 7, bias }));
    for axis in 0..3 {
        cases.push(case("affine", Operator::Affine { axis, scale, shift }));
    }
    cases.push(case(
        "constant",
        Operator::Constant {
            dimensions: dimensions(&[5, 6]),
        },
    ));
    for (name, pooling) in [
        ("largest", Pooling::Largest),
        ("mean", Pooling::Mean),
        ("padded mean", Pooling::PaddedMean),
    ] {
        for is_rounded_up in [false, true] {
            cases.push(case(
                &format!("pool: {name}"),
                Operator::Pool {
                    pooling,
                    window: any_window(),
                    is_rounded_up,
                },
            ));
        }
    }
    for (name, reduction) in [
        ("mean", Reduction::Mean),
        ("sum", Reduction::Sum),
        ("largest", Reduction::Largest),
    ] {
        for (axes, keep) in [(vec![1, 2], true), (vec![0], false), (vec![0, 2], false)] {
            cases.push(case(
                &format!("reduce: {name}"),
                Operator::Reduce {
                    reduction,
                    axes,
                    keep,
                },
            ));
        }
    }
    for axes in 1..=3 {
        let epsilon = 1e-3;
        cases.push(case("normalise", Operator::Normalise { axes, epsilon }));
    }
    cases.push(case(
        "local response",
        Operator::LocalResponse {
            size: 3,
            alpha: 0.7,
            beta: 0.75,
            bias: 1.0,
        },
    ));
    for axis in 0..3 {
        cases.push(case("softmax", Operator::Softmax { axis }));
    }
    for (name, activation) in activations() {
        let map = match activation {
            Activation::Logarithm | Activation::SquareRoot => [2.0, 0.2],
            Activation::HardSwish => [10.0, -5.0],
            _ => [2.0, -1.0],
        };
        cases.push(Case {
            map,
            ..case(
                &format!("activation: {name}"),
                Operator::Activation(activation),
            )
        });
    }
    for (name, arithmetic) in arithmetic() {
        let map = match arithmetic {
            Arithmetic::Divide | Arithmetic::Power => [1.0, 0.5],
            _ => [2.0, -1.0],
        };
        for is_first in [false, true] {
            let (arithmetic, number) = (arithmetic, 0.3);
            let operator = Operator::Scalar {
                arithmetic,
                number,
                is_first,
            };
            cases.push(Case {
                map,
                ..case(&format!("scalar: {name}"), operator)
            });
        }
        cases.push(Case {
            map,
            ..case(&format!("combine: {name}"), Operator::Combine(arithmetic))
        });
    }
    cases.push(case("matrix product", Operator::MatrixProduct));
    cases.push(case("concatenate", Operator::Concatenate { axis: 1 }));
    cases.push(case(
        "reshape",
        Operator::Reshape {
            dimensions: dimensions(&[2, 3, 2, 10]),
        },
    ));
    cases.push(case("flatten", Operator::Flatten));
    let order = vec![2, 0, 1];
    cases.push(case("transpose", Operator::Transpose { order }));
    for step in [1, 2] {
        cases.push(case(
            "slice",
            Operator::Slice {
                axis: 2,
                start: 1,
                count: 2,
                step,
            },
        ));
    }
    let padding = vec![[1, 0], [0, 2]];
    cases.push(case("pad", Operator::Pad { padding }));
    let indices = vec![4, 0, 0, 2];
    cases.push(case("select", Operator::Select { axis: 1, indices }));
    for size in [[9, 7], [2, 11], [5, 1]] {
        cases.push(case("resize", Operator::Resize { size }));
    }
    // On what is no map.
    cases.push(Case {
        reads: Some(vec![20, 6]),
        ..case("dense", Operator::Dense { units: 3, bias })
    });
    cases
}

impl Case {
    /// The image, moved to where the function is smooth; what is read; the operator, of this and of
    /// parts of it that have to be repeated.
    fn graph(&self) -> Graph {
        let [channels, height, width] = self.input;
        let input = ImageSize {
            channels,
            height,
            width,
        };
        let mut nodes = Vec::new();
        let mut push = |operator: Operator, inputs: Vec<usize>| -> usize {
            nodes.push(Node { operator, inputs });
            nodes.len()
        };
        let fixed = |arithmetic, number| Operator::Scalar {
            arithmetic,
            number,
            is_first: false,
        };
        let wide = push(fixed(Arithmetic::Multiply, self.map[0]), vec![0]);
        let mut read = push(fixed(Arithmetic::Add, self.map[1]), vec![wide]);
        if let Some(lengths) = &self.reads {
            let dimensions = dimensions(lengths);
            read = push(Operator::Reshape { dimensions }, vec![read]);
        }
        let inputs = match self.operator {
            Operator::Constant { .. } => vec![],
            Operator::Combine(_) => {
                // Of each channel the first row, for all rows.
                let (axis, start, count, step) = (1, 0, 1, 1);
                let slice = Operator::Slice {
                    axis,
                    start,
                    count,
                    step,
                };
                let scale = push(fixed(Arithmetic::Multiply, 0.9), vec![read]);
                vec![read, push(slice, vec![scale])]
            }
            Operator::MatrixProduct => {
                let order = vec![0, 2, 1];
                let turned = push(Operator::Transpose { order }, vec![read]);
                vec![read, turned]
            }
            Operator::Concatenate { .. } => vec![read, wide, read],
            _ => vec![read],
        };
        let mut made = push(self.operator.clone(), inputs);
        if matches!(self.operator, Operator::Constant { .. }) {
            made = push(Operator::Combine(Arithmetic::Multiply), vec![made, read]);
        }
        push(Operator::Flatten, vec![made]);
        Graph::new(input, nodes).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Compares the gradients of `sum(c * logits)`, with `c` random, to central differences.
    fn check(&self, examples: usize) {
        const STEP: f64 = 1e-5;
        let graph = self.graph();
        let network = GraphNetwork::new(graph.clone());
        let mut random = stream(examples as u64, "graph gradients", 0, &self.name);
        let mut variables = Vec::new();
        let size = graph.input();
        let image = vec![examples, size.channels, size.height, size.width];
        let shapes = graph.tensors().into_iter().map(|shape| shape.dimensions);
        for shape in std::iter::once(image).chain(shapes) {
            let count: usize = shape.iter().product();
            let numbers: Vec<f64> = (0..count).map(|_| random.random()).collect();
            variables.push(Var::from_vec(numbers, shape, &Device::Cpu).unwrap());
        }
        let factors: Vec<f64> = (0..examples * graph.classes())
            .map(|_| random.random_range(-1.0..1.0))
            .collect();
        let factors = Tensor::from_vec(factors, (examples, graph.classes()), &Device::Cpu).unwrap();
        let objective = |tensors: &[Tensor]| {
            let logits = network.forward(&tensors[1..], &tensors[0]).unwrap();
            (logits * &factors).unwrap().sum_all().unwrap()
        };
        let tensors: Vec<Tensor> = variables
            .iter()
            .map(|one| one.as_tensor().clone())
            .collect();
        let gradients = objective(&tensors).backward().unwrap();
        for (place, variable) in variables.iter().enumerate() {
            let gradient = gradients.get(variable).unwrap_or_else(|| {
                panic!("{}: no gradient of tensor {place}", self.name);
            });
            let gradient: Vec<f64> = gradient.flatten_all().unwrap().to_vec1().unwrap();
            let numbers: Vec<f64> = variable.flatten_all().unwrap().to_vec1().unwrap();
            for _ in 0..20.min(numbers.len()) {
                let coordinate = random.random_range(0..numbers.len());
                let moved = |step: f64| -> f64 {
                    let mut numbers = numbers.clone();
                    numbers[coordinate] += step;
                    let mut tensors = tensors.clone();
                    tensors[place] =
                        Tensor::from_vec(numbers, tensors[place].shape(), &Device::Cpu).unwrap();
                    objective(&tensors).to_scalar().unwrap()
                };
                let numeric = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                let exact = gradient[coordinate];
                assert!(
                    (exact - numeric).abs() <= 1e-6 * (1.0 + numeric.abs()),
                    "{}, {examples} examples, tensor {place}, {coordinate}: {exact} and {numeric}",
                    self.name
                );
            }
        }
    }
}

#[test]
fn every_operator_has_the_gradient_of_central_differences() {
    for case in cases() {
        for examples in [2, 16] {
            case.check(examples);
        }
    }
}

/// The words after the name of a field, which the page lists with a number before each.
fn listed(page: &str, field: &str) -> Vec<String> {
    let (_, rest) = page.split_once(&format!("*{field}*")).unwrap();
    let rest = rest.split_once(':').unwrap().1;
    let mut words = String::new();
    let mut depth = 0;
    for letter in rest.split('.').next().unwrap().chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 => words.push(letter),
            _ => {}
        }
    }
    let words = words.split(',').map(|word| {
        let word = word
            .trim_start_matches(|letter: char| letter.is_whitespace() || letter.is_ascii_digit());
        word.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    words.collect()
}

#[test]
fn every_operator_of_the_page_has_a_gradient_that_is_tested() {
    let page = include_str!("../../docs/graph.md");
    let mut wanted = BTreeSet::new();
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, number, kind, _, fields, _] = cells[..] else {
            continue;
        };
        if number.parse::<usize>().is_err() {
            continue;
        }
        let field = ["pooling", "reduction", "activation", "arithmetic"]
            .into_iter()
            .find(|field| fields.split([',', ' ']).any(|word| word == *field));
        match field {
            None => _ = wanted.insert(kind.to_string()),
            Some(field) => {
                let words = listed(page, field).into_iter();
                wanted.extend(words.map(|word| format!("{kind}: {word}")));
            }
        }
    }
    assert_eq!(wanted.len(), 21 - 5 + 3 + 3 + 14 + 7 + 7, "{wanted:?}");
    let tested: BTreeSet<String> = cases().into_iter().map(|case| case.name).collect();
    let missing: Vec<&String> = wanted.difference(&tested).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
