//! Any bytes: they are refused, or they are exactly what the encoder writes for the model that they
//! decode to.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nonvacuous::code::Model;

fuzz_target!(|file: &[u8]| {
    if let Ok(model) = Model::decode(file) {
        assert_eq!(model.encode().expect("a decoded model can be encoded"), file);
        assert_eq!(model.weights().len(), model.architecture().tensors().len());
    }
});
