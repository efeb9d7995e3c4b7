//! Files relative to a base.

use std::sync::Arc;

use nonvacuous::code::{
    Base, BaseError, Change, CodeError, Codebook, CodedTensor, Graph, Model, Node, Operator,
    TensorError,
};
use nonvacuous::shape::ImageSize;

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
