//! Graphs, their models and their code words.

use nonvacuous::code::{
    Activation, Arithmetic, CodeError, CodedTensor, Graph, GraphError, Misfit, Model, Node,
    Operator, TensorError, TensorShape,
};
use nonvacuous::shape::ImageSize;
use proptest::prelude::*;

use crate::any_graph::{any_graph, any_graph_model};
use crate::any_model::architecture;
use crate::networks::{resnet50, vit_b_32};
use crate::nodes::{Nodes, ADD, RELU};

#[test]
fn repeated_blocks_cost_next_to_nothing() {
    let [resnet, transformer] = [resnet50(), vit_b_32()].map(|graph| graph.code_length().unwrap());
    assert!(resnet <= 400.0, "{resnet} bits");
    assert!(transformer <= 300.0, "{transformer} bits");
}

proptest! {
    #[test]
    fn a_model_of_a_graph_is_read_back_exactly(model in any_graph_model()) {
        let (file, allocation) = model.encode_with_allocation().unwrap();
        let decoded = Model::decode(&file).unwrap();
        prop_assert_eq!(&decoded, &model);
        let bits = |model: &Model| -> Vec<u32> {
            model.weights().concat().iter().map(|weight| weight.to_bits()).collect()
        };
        prop_assert_eq!(bits(&decoded), bits(&model));
        let length = decoded.structure().graph().unwrap().code_length().unwrap();
        prop_assert!((allocation.architecture - length).abs() < 1e-6);
    }

    #[test]
    fn a_file_of_a_graph_that_is_cut_off_or_goes_on_is_refused(
        model in any_graph_model(),
        more in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let file = model.encode().unwrap();
        prop_assert!(Model::decode(&[&file[..], &more].concat()).is_err());
        for length in (0..file.len()).rev().take(8) {
            prop_assert!(Model::decode(&file[..length]).is_err());
        }
    }

    #[test]
    fn a_changed_file_of_a_graph_is_refused_or_is_what_the_encoder_writes(
        model in any_graph_model(),
        place in any::<prop::sample::Index>(),
        change in 1u8..,
    ) {
        let mut file = model.encode().unwrap();
        let place = place.index(file.len());
        file[place] ^= change;
        if let Ok(changed) = Model::decode(&file) {
            prop_assert_eq!(changed.encode().unwrap(), file);
        }
    }

    #[test]
    fn a_graph_has_as_many_tensors_as_its_nodes_say(graph in any_graph()) {
        let firsts: Vec<usize> = graph.first_tensors().into_iter().flatten().collect();
        prop_assert!(firsts.is_sorted());
        prop_assert!(firsts.iter().all(|&first| first < graph.tensors().len()));
        prop_assert_eq!(graph.values().len(), graph.nodes().len() + 1);
    }
}

const IMAGE: ImageSize = ImageSize {
    channels: 1,
    height: 4,
    width: 4,
};

fn node(operator: Operator, inputs: &[usize]) -> Node {
    Node {
        operator,
        inputs: inputs.to_vec(),
    }
}

#[test]
fn a_node_that_does_not_fit_is_named_with_the_reason() {
    let product = node(Operator::MatrixProduct, &[0, 0]);
    let select = |index| {
        let indices = vec![index];
        node(Operator::Select { axis: 2, indices }, &[1])
    };
    let error = Graph::new(IMAGE, vec![product.clone(), select(4)]).unwrap_err();
    let GraphError::Node {
        node: place,
        operator,
        source,
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!((place, operator.as_str()), (2, "select 1 of axis 2"));
    assert_eq!(source.to_string(), "an index is 4, but must be from 0 to 3");
    let early = Graph::new(IMAGE, vec![node(Operator::Flatten, &[1])]).unwrap_err();
    assert!(matches!(
        early,
        GraphError::Node {
            source: Misfit::NotYet { value: 1, limit: 1 },
            ..
        }
    ));
    let unread = Graph::new(IMAGE, vec![product, node(Operator::Flatten, &[0])]).unwrap_err();
    assert_eq!(
        unread.to_string(),
        "nothing reads what node 1, matrix-product, makes"
    );
}

#[test]
fn raw_weights_are_finite_and_only_of_graphs() {
    let chain = architecture("dense:2", 2);
    let raw = |weight: f32| vec![CodedTensor::raw(vec![weight; 8])];
    let refused = |result: Result<Model, CodeError>| match result.unwrap_err() {
        CodeError::Tensor { source, .. } => source,
        error => panic!("{error}"),
    };
    assert_eq!(
        refused(Model::new(chain, vec![], raw(0.5))),
        TensorError::RawInChain
    );
    let image = ImageSize {
        channels: 1,
        height: 2,
        width: 2,
    };
    let dense = Operator::Dense {
        units: 2,
        bias: false,
    };
    let nodes = vec![node(Operator::Flatten, &[0]), node(dense, &[1])];
    let graph = Graph::new(image, nodes).unwrap();
    assert!(matches!(
        refused(Model::new(graph.clone(), vec![], raw(f32::NAN))),
        TensorError::NotFinite { weight: 0, .. }
    ));
    let file = Model::new(graph, vec![], raw(0.1))
        .unwrap()
        .encode()
        .unwrap();
    assert_eq!(Model::decode(&file).unwrap().weights(), [[0.1; 8]]);
    // 8 weights of 32 bits, and a few bytes.
    assert!((32..48).contains(&file.len()), "{} bytes", file.len());
}

/// The chain that a graph of these nodes is, as text, and which tensors it takes.
fn chain_of(nodes: Vec<Node>, input: ImageSize) -> Option<(String, Vec<usize>)> {
    let chain = Graph::new(input, nodes).unwrap().as_chain()?;
    Some((chain.architecture.to_string(), chain.tensors))
}

#[test]
fn a_graph_of_layers_that_chains_have_is_a_chain() {
    let mut nodes = Nodes::default();
    let first = nodes.convolution(0, 4, 3, 1);
    let relu = nodes.node(RELU, &[first]);
    // The shortcut comes first in the file, the sum names the other side first.
    let shortcut = nodes.convolution(relu, 6, 1, 2);
    let one = nodes.convolution(relu, 6, 3, 2);
    let two = nodes.node(RELU, &[one]);
    let three = nodes.convolution(two, 6, 3, 1);
    let sum = nodes.node(ADD, &[three, shortcut]);
    let same = nodes.convolution(sum, 6, 3, 1);
    nodes.node(ADD, &[sum, same]);
    nodes.then(Operator::Flatten);
    nodes.then(Operator::Dense {
        units: 5,
        bias: false,
    });
    let text = "conv:4:3:b relu ( conv:6:1:s2:b | conv:6:3:s2:b relu conv:6:3:b ) ( conv:6:3:b ) \
                dense:5";
    let tensors: Vec<usize> = (0..11).collect();
    let graph = nodes.graph(3, 8, 8);
    let chain = graph.as_chain().unwrap();
    assert_eq!(chain.architecture.to_string(), text);
    assert_eq!(chain.tensors, tensors);
    let shapes = |tensors: Vec<TensorShape>| -> Vec<Vec<usize>> {
        tensors
            .into_iter()
            .map(|tensor| tensor.dimensions)
            .collect()
    };
    assert_eq!(
        shapes(chain.architecture.tensors()),
        shapes(graph.tensors())
    );
}

#[test]
fn a_graph_with_anything_else_is_none() {
    let dense = node(
        Operator::Dense {
            units: 2,
            bias: false,
        },
        &[2],
    );
    let sigmoid = node(Operator::Activation(Activation::Sigmoid), &[0]);
    let flat = node(Operator::Flatten, &[1]);
    assert_eq!(
        chain_of(vec![sigmoid, flat.clone(), dense.clone()], IMAGE),
        None
    );
    let relu = node(RELU, &[0]);
    let (text, _) = chain_of(vec![relu.clone(), flat.clone(), dense.clone()], IMAGE).unwrap();
    assert_eq!(text, "relu dense:2");
    // A product comes back by no sum.
    let product = node(Operator::Combine(Arithmetic::Multiply), &[0, 1]);
    let flat = node(Operator::Flatten, &[2]);
    let dense = node(
        Operator::Dense {
            units: 2,
            bias: false,
        },
        &[3],
    );
    assert_eq!(chain_of(vec![relu, product, flat, dense], IMAGE), None);
    assert_eq!(resnet50().as_chain(), None);
}
