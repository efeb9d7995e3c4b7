//! Files relative to a base.

use std::sync::Arc;

use nonvacuous::code::{
    Base, BaseError, Change, CodeError, Codebook, CodedTensor, Graph, Model, Node, Operator,
    Subspace, TensorError,
};
use nonvacuous::evaluate::{Batch, Evaluator, Example};
use nonvacuous::shape::ImageSize;
use proptest::prelude::*;

use crate::any_relative::any_relative_model;

/// Weights and logits may not be numbers, whose digits are left open.
fn bits(numbers: &[Vec<f32>]) -> Vec<u32> {
    let bits = |number: &f32| match number.is_nan() {
        true => u32::MAX,
        false => number.to_bits(),
    };
    numbers.iter().flatten().map(bits).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_relative_model_is_read_back_exactly((model, base) in any_relative_model()) {
        let base = Base::decode(&base).unwrap();
        let (file, allocation) = model.encode_with_allocation().unwrap();
        let decoded = Model::decode_relative(&file, &base).unwrap();
        prop_assert_eq!(&decoded, &model);
        prop_assert_eq!(bits(&decoded.weights()), bits(&model.weights()));
        prop_assert_eq!(allocation.total, 8 * file.len() as u64);
    }

    #[test]
    fn a_relative_file_that_is_cut_off_or_goes_on_is_refused(
        (model, base) in any_relative_model(),
        more in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let base = Base::decode(&base).unwrap();
        let file = model.encode().unwrap();
        prop_assert!(Model::decode_relative(&[&file[..], &more].concat(), &base).is_err());
        for length in (0..file.len()).rev().take(8) {
            prop_assert!(Model::decode_relative(&file[..length], &base).is_err());
        }
    }

    #[test]
    fn a_changed_relative_file_is_refused_or_is_what_the_encoder_writes_for_another_model(
        (model, base) in any_relative_model(),
        places in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 8),
    ) {
        let base = Base::decode(&base).unwrap();
        let file = model.encode().unwrap();
        for (place, change) in places {
            let mut changed = file.clone();
            changed[place.index(file.len())] ^= change;
            if let Ok(other) = Model::decode_relative(&changed, &base) {
                prop_assert_ne!(&other, &model);
                prop_assert_eq!(other.encode().unwrap(), changed);
            }
        }
    }

    #[test]
    fn a_relative_model_computes_what_a_complete_network_of_its_weights_does(
        (model, base) in any_relative_model(),
        levels in prop::collection::vec(any::<u8>(), 64),
    ) {
        let base = Base::decode(&base).unwrap();
        let model = Model::decode_relative(&model.encode().unwrap(), &base).unwrap();
        let graph = model.structure().graph().unwrap();
        let image = |shift: usize| -> Vec<u8> {
            let levels = levels.iter().copied().cycle().skip(shift);
            levels.take(graph.input().features()).collect()
        };
        let images = [image(0), image(7), image(23)];
        let examples = images.iter().map(|image| Example::new(&image[..], 0)).collect();
        let batch = Batch::new(graph.input(), 256, graph.classes(), examples);
        let complete = Evaluator::of_graph(graph, model.weights());
        let [one, other] = [Evaluator::new(&model), complete].map(|evaluator| {
            bits(&evaluator.logits_from(&evaluator.features_of(&batch, 0).unwrap()))
        });
        prop_assert_eq!(one, other);
    }
}

fn dense(units: usize, value: usize) -> Node {
    Node {
        operator: Operator::Dense { units, bias: false },
        inputs: vec![value],
    }
}

fn flatten() -> Node {
    Node {
        operator: Operator::Flatten,
        inputs: vec![0],
    }
}

const INPUT: ImageSize = ImageSize {
    channels: 1,
    height: 1,
    width: 4,
};

/// Two dense layers, the weights of the first rising from 0.
fn base(first: f32) -> Base {
    let graph = Graph::new(INPUT, vec![flatten(), dense(3, 1), dense(2, 2)]).unwrap();
    let weights: Vec<f32> = (0..12u8).map(|number| first + f32::from(number)).collect();
    let tensors = vec![CodedTensor::raw(weights), CodedTensor::raw(vec![1.0; 6])];
    let model = Model::new(graph, vec![], tensors).unwrap();
    Base::decode(&model.encode().unwrap()).unwrap()
}

/// The base but for its last layer, and another one.
fn relative(base: &Base, tensor: CodedTensor, head: CodedTensor) -> Result<Model, CodeError> {
    let spliced = base.spliced(INPUT, vec![], 2, vec![dense(2, 2)])?;
    let codebook = Codebook::exact(vec![-1.0, 0.5]).unwrap();
    Model::relative(spliced, vec![codebook], vec![tensor, head])
}

fn head() -> CodedTensor {
    CodedTensor::new(0, vec![0, 1, 2, 0, 0, 2])
}

#[test]
fn what_is_unchanged_costs_next_to_nothing_and_what_is_new_what_it_costs() {
    let base = base(0.0);
    let same = CodedTensor::unchanged(Arc::clone(&base.weights()[0]));
    let model = relative(&base, same, head()).unwrap();
    let file = model.encode().unwrap();
    // The digest's 32 bits among them.
    assert!(file.len() <= 13, "{} bytes", file.len());
    let read = Model::decode_relative(&file, &base).unwrap();
    assert_eq!(read, model);
    assert!(read.is_relative());
    assert_eq!(read.weights()[0][..], base.weights()[0][..]);
    assert_eq!(read.weights()[1], [0.0, -1.0, 0.5, 0.0, 0.0, 0.5]);
}

#[test]
fn numbers_are_added_or_scale_rows() {
    let base = base(0.0);
    let first = || Arc::clone(&base.weights()[0]);
    let added = CodedTensor::new(0, vec![2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    let added = added.changing(first(), Change::Added);
    let scaled = CodedTensor::new(0, vec![0, 1, 2]).changing(first(), Change::RowsScaled);
    let weights = [
        [0.5, 1.0, 2.0, 3.0, 4.0, 4.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0],
        [
            0.0, 1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 0.0, 12.0, 13.5, 15.0, 16.5,
        ],
    ];
    for (tensor, weights) in [added, scaled].into_iter().zip(weights) {
        let model = relative(&base, tensor, head()).unwrap();
        assert_eq!(model.weights()[0], weights);
        let file = model.encode().unwrap();
        assert_eq!(Model::decode_relative(&file, &base).unwrap(), model);
    }
}

#[test]
fn a_product_of_matrices_is_added_up_to_the_rank_that_the_tensor_can_have() {
    let base = base(0.0);
    let product = |rank: u8, symbols: Vec<u8>| {
        let weights = Arc::clone(&base.weights()[0]);
        let numbers = CodedTensor::new(0, symbols);
        relative(
            &base,
            numbers.changing(weights, Change::ProductAdded { rank }),
            head(),
        )
    };
    // (0, -1, 0.5) times (0.5, 0, -1, 0) and (0, 0, 0.5) times (0, 0, 0, 0.5).
    let numbers = [vec![0, 0, 1, 0, 2, 2], vec![2, 0, 1, 0], vec![0, 0, 0, 2]].concat();
    let model = product(2, numbers).unwrap();
    let weights = [
        0.0, 1.0, 2.0, 3.0, 3.5, 5.0, 7.0, 7.0, 8.25, 9.0, 9.5, 11.25,
    ];
    assert_eq!(model.weights()[0], weights);
    let file = model.encode().unwrap();
    assert_eq!(Model::decode_relative(&file, &base).unwrap(), model);
    for rank in [0, 4] {
        let numbers = vec![0; 7 * usize::from(rank)];
        let error = product(rank, numbers).unwrap_err();
        let rank = u64::from(rank);
        let source = TensorError::Rank { rank };
        assert_eq!(error, CodeError::Tensor { index: 1, source });
    }
}

#[test]
fn scales_are_a_list_of_numbers_even_where_each_weight_is_a_row() {
    // One input: the weights are 3 x 1.
    let input = ImageSize { width: 1, ..INPUT };
    let graph = Graph::new(input, vec![flatten(), dense(3, 1)]).unwrap();
    let tensor = CodedTensor::raw(vec![1.0, 2.0, 3.0]);
    let file = Model::new(graph, vec![], vec![tensor]).unwrap().encode();
    let base = Base::decode(&file.unwrap()).unwrap();
    let model = |coordinates: CodedTensor| {
        let spliced = base.spliced(input, vec![], 2, vec![]).unwrap();
        let weights = Arc::clone(&base.weights()[0]);
        let scaled = coordinates.changing(weights, Change::RowsScaled);
        let codebook = Codebook::exact(vec![-1.0, 0.5]).unwrap();
        Model::relative(spliced, vec![codebook], vec![scaled])
    };
    let subspace = Subspace::new(1, 1).unwrap();
    let error = model(CodedTensor::in_subspace(0, vec![1, 2], subspace)).unwrap_err();
    let refused = CodeError::Tensor {
        index: 1,
        source: TensorError::SubspaceOfRows,
    };
    assert_eq!(error, refused);
    let model = model(CodedTensor::new(0, vec![2, 0, 1])).unwrap();
    assert_eq!(model.weights(), [[1.5, 2.0, 0.0]]);
    let file = model.encode().unwrap();
    assert_eq!(Model::decode_relative(&file, &base).unwrap(), model);
}

#[test]
fn the_wrong_base_is_an_error_and_so_are_none_and_one_too_many() {
    let (base, other) = (base(0.0), base(1.0));
    let same = CodedTensor::unchanged(Arc::clone(&base.weights()[0]));
    let file = relative(&base, same, head()).unwrap().encode().unwrap();
    let error = Model::decode_relative(&file, &other).unwrap_err();
    assert!(matches!(error, CodeError::Base(BaseError::Other { .. })));
    let error = Model::decode(&file).unwrap_err();
    assert_eq!(error, CodeError::Base(BaseError::Missing));
    let error = Base::decode(&file).unwrap_err();
    assert_eq!(error, CodeError::Base(BaseError::Relative));
    let graph = Graph::new(INPUT, vec![flatten(), dense(2, 1)]).unwrap();
    let complete = Model::new(graph, vec![], vec![CodedTensor::raw(vec![1.0; 8])]).unwrap();
    let error = Model::decode_relative(&complete.encode().unwrap(), &base).unwrap_err();
    assert_eq!(error, CodeError::Base(BaseError::Needless));
}

#[test]
fn a_tensor_that_says_something_false_of_the_base_is_refused() {
    let base = base(0.0);
    let misfit = |tensor: CodedTensor, head: CodedTensor| {
        let error = relative(&base, tensor, head).unwrap_err();
        let CodeError::Tensor { index, source } = error else {
            panic!("{error}");
        };
        (index, source)
    };
    let same = || CodedTensor::unchanged(Arc::clone(&base.weights()[0]));
    let elsewhere = CodedTensor::unchanged(Arc::from(vec![0.0; 12]));
    assert_eq!(misfit(elsewhere, head()), (1, TensorError::OtherWeights));
    assert_eq!(misfit(same(), same()), (2, TensorError::NotOfBase));
    let scaled = CodedTensor::new(0, vec![0; 12])
        .changing(Arc::clone(&base.weights()[0]), Change::RowsScaled);
    let length = misfit(scaled, head());
    assert!(matches!(
        length,
        (1, TensorError::Length { weights: 3, .. })
    ));
}

#[test]
fn a_front_makes_what_the_base_reads() {
    let base = base(0.0);
    let tall = ImageSize {
        channels: 1,
        height: 4,
        width: 1,
    };
    let turned = Node {
        operator: Operator::Transpose {
            order: vec![0, 2, 1],
        },
        inputs: vec![0],
    };
    let spliced = base.spliced(tall, vec![turned], 3, vec![]).unwrap();
    assert_eq!(spliced.base_tensors(), 0..2);
    let same = |tensor: usize| CodedTensor::unchanged(Arc::clone(&base.weights()[tensor]));
    let model = Model::relative(spliced, vec![], vec![same(0), same(1)]).unwrap();
    let read = Model::decode_relative(&model.encode().unwrap(), &base).unwrap();
    assert_eq!((read.structure().input(), &read), (tall, &model));
    // Other feature maps than the base's may not ask for other weights.
    let wide = ImageSize {
        channels: 1,
        height: 1,
        width: 5,
    };
    let error = base.spliced(wide, vec![], 3, vec![]).unwrap_err();
    assert_eq!(error, CodeError::Base(BaseError::Shapes { node: 2 }));
    let error = base.spliced(INPUT, vec![], 4, vec![]).unwrap_err();
    let dropped = CodeError::Base(BaseError::Dropped {
        dropped: 0,
        nodes: 3,
    });
    assert_eq!(error, dropped);
}
