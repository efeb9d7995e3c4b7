//! Models and their files.

use std::path::Path;

use nonvacuous::code::{CodeError, Codebook, CodedTensor, Model, TensorError};
use proptest::prelude::*;

use crate::any_model::{any_model, architecture};

proptest! {
    #[test]
    fn a_model_is_read_back_exactly_and_encodes_to_the_same_bytes(model in any_model()) {
        let (file, allocation) = model.encode_with_allocation().unwrap();
        let decoded = Model::decode(&file).unwrap();
        prop_assert_eq!(&decoded, &model);
        prop_assert_eq!(decoded.encode().unwrap(), file.clone());
        let bits = |weights: Vec<Vec<f32>>| -> Vec<u32> {
            weights.concat().iter().map(|weight| weight.to_bits()).collect()
        };
        prop_assert_eq!(bits(decoded.weights()), bits(model.weights()));
        // The file is the ideal code length plus at most two bytes for the end of the stream.
        prop_assert_eq!(allocation.total, 8 * file.len() as u64);
        prop_assert!((0.0..16.0).contains(&allocation.termination), "{}", allocation.termination);
    }

    #[test]
    fn no_file_is_the_beginning_of_another(
        model in any_model(),
        more in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let file = model.encode().unwrap();
        let longer = [&file[..], &more].concat();
        prop_assert!(Model::decode(&longer).is_err());
        // The last few lengths, where a code word might be complete, and some before.
        let last = (0..file.len()).rev().take(8);
        for length in last.chain((0..file.len()).step_by(1 + file.len() / 8)) {
            prop_assert!(Model::decode(&file[..length]).is_err());
        }
    }

    #[test]
    fn noise_is_never_accepted_unless_it_is_what_the_encoder_writes(
        noise in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        if let Ok(model) = Model::decode(&noise) {
            prop_assert_eq!(model.encode().unwrap(), noise);
        }
    }
}

proptest! {
    /// Two rows are often in order, and a changed symbol breaks it.
    #[test]
    fn a_model_with_another_symbol_can_be_encoded(
        (columns, mut symbols) in (1usize..7).prop_flat_map(|side| {
            (Just(side), prop::collection::vec(0u8..3, 2 * side * side))
        }),
        ascending: bool,
    ) {
        if ascending {
            symbols.sort();
        }
        let codebook = Codebook::new(0, vec![-1.0, 1.0]).unwrap();
        let tensor = CodedTensor::new(0, symbols.clone());
        let layers = architecture("dense:2", columns);
        let model = Model::new(layers, vec![codebook], vec![tensor]).unwrap();
        for weight in 0..symbols.len() {
            for symbol in 0..3 {
                let changed = model.with_symbol(0, weight, symbol).unwrap();
                let file = changed.encode();
                prop_assert!(file.is_ok(), "{:?}: {:?}", file, changed.tensors());
                prop_assert_eq!(Model::decode(&file.unwrap()).unwrap(), changed);
            }
        }
    }
}

#[test]
fn published_files_are_what_the_encoder_makes_of_their_weights() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/certificates");
    for name in [
        "cifar10",
        "digits",
        "fashion-mnist",
        "mnist",
        "mnist-lenet5",
    ] {
        let file = std::fs::read(folder.join(name).join("model.nvc")).unwrap();
        let model = Model::decode(&file).unwrap();
        assert_eq!(model.encode().unwrap(), file, "{name}");
        // The codes of the symbols are chosen anew.
        let again = Model::new(
            model.structure().clone(),
            model.codebooks().to_vec(),
            model.tensors().to_vec(),
        );
        assert_eq!(again.unwrap().encode().unwrap(), file, "{name}");
    }
}

#[test]
fn files_that_are_not_model_files_say_why() {
    assert_eq!(Model::decode(&[]), Err(CodeError::Empty));
    assert!(Model::decode(b"{}").is_err());
    assert_eq!(
        Model::decode(&[&[0xff, 0xff, 0x80][..], &[0; 20]].concat()),
        Err(CodeError::UnknownVersion { known: 4 })
    );
    let layers = architecture("dense:10", 8);
    let zeros = CodedTensor::new(0, vec![0; 640]);
    let file = Model::new(layers, vec![Codebook::EMPTY], vec![zeros])
        .unwrap()
        .encode()
        .unwrap();
    let message = Model::decode(&[&file[..], &[0]].concat())
        .unwrap_err()
        .to_string();
    assert!(message.contains("damaged"), "{message}");
}

#[test]
fn a_file_may_not_hold_more_weights_than_its_length_allows() {
    let layers = architecture("dense:4000000 dense:2", 8);
    let tensors: Vec<CodedTensor> = layers
        .tensors()
        .iter()
        .map(|shape| CodedTensor::new(0, vec![0; shape.len()]))
        .collect();
    let error = Model::new(layers, vec![Codebook::EMPTY], tensors)
        .unwrap()
        .encode()
        .unwrap_err();
    assert!(
        matches!(
            error,
            CodeError::TooManyWeights {
                weights: 264_000_000,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn models_that_do_not_fit_their_architecture_are_refused() {
    let book = || Codebook::new(0, vec![-1.0, 1.0]).unwrap();
    let tensor = CodedTensor::new;
    let model = |books, tensors| Model::new(architecture("dense:2", 2), books, tensors);
    assert!(model(vec![book()], vec![tensor(0, vec![0, 1, 2, 0, 0, 1, 2, 0])]).is_ok());
    let none = CodeError::TensorCount {
        expected: 1,
        given: 0,
    };
    assert_eq!(model(vec![book()], vec![]), Err(none));
    let misfit = |symbols, codebook| match model(vec![book()], vec![tensor(codebook, symbols)]) {
        Err(CodeError::Tensor { index: 1, source }) => source,
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        misfit(vec![0; 7], 0),
        TensorError::Length {
            symbols: 7,
            weights: 8,
            ..
        }
    ));
    let (symbol, codewords) = (3, 2);
    assert_eq!(
        misfit(vec![3; 8], 0),
        TensorError::Symbol { symbol, codewords }
    );
    let (found, next) = (1, 0);
    assert_eq!(
        misfit(vec![0; 8], 1),
        TensorError::CodebookOrder { found, next }
    );
    let (found, next) = (usize::MAX, 0);
    assert_eq!(
        misfit(vec![0; 8], usize::MAX),
        TensorError::CodebookOrder { found, next }
    );
    assert!(model(vec![book(), book()], vec![tensor(0, vec![0; 8])]).is_err());
    for values in [
        vec![1.0, 1.0],
        vec![2.0, 1.0],
        vec![0.0],
        vec![f32::NAN],
        vec![f32::INFINITY],
        vec![1.25],
        vec![1e-40],
    ] {
        assert!(
            matches!(
                Codebook::new(1, values.clone()),
                Err(CodeError::Codebook(_))
            ),
            "{values:?}"
        );
    }
}
