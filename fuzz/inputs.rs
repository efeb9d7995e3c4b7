//! Everything that reads bytes of a stranger. Each function takes any bytes, and panics only if the
//! library does or if what was accepted is not written again as it was read.

use std::io::Write;
use std::sync::OnceLock;

use nonvacuous::certificate::{Certificate, Claim};
use nonvacuous::code::{Architecture, Base, Model};
use nonvacuous::compress::Recipe;
use nonvacuous::data::{digits, read_images, read_labels, Framing, LabelledImages, SearchPath};
use nonvacuous::lab::run::Experiment;
use nonvacuous::network::pytorch::PyTorchFile;
use nonvacuous::network::safetensors::SafetensorsFile;
use nonvacuous::network::{OnnxNetwork, OnnxOptions};
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::memory_limit::MemoryLimit;

/// A reader of one kind of input, and its name: that of its fuzz target and of its corpus.
pub type Input = (&'static str, fn(&[u8]));

/// All of them.
pub const INPUTS: [Input; 11] = [
    ("architecture", architecture),
    ("certificate", certificate),
    ("experiment", experiment),
    ("idx", idx),
    ("model", model),
    ("onnx", onnx),
    ("photograph", photograph),
    ("pytorch", pytorch),
    ("recipe", recipe),
    ("relative", relative),
    ("safetensors", safetensors),
];

const SIZE: ImageSize = ImageSize {
    channels: 1,
    height: 8,
    width: 8,
};

/// The text of an architecture.
pub fn architecture(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(read) = Architecture::parse(text, SIZE) {
        let again = Architecture::parse(&read.to_string(), SIZE).expect("it was written as text");
        assert_eq!(again, read);
    }
}

/// A `certificate.json`, verified for a small model and the digits.
pub fn certificate(bytes: &[u8]) {
    static IMAGES: OnceLock<LabelledImages> = OnceLock::new();
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(claim) = text.parse::<Claim>() {
        let written = claim.to_json().expect("what was JSON can be JSON");
        assert_eq!(written.parse::<Claim>().expect("it was written"), claim);
        assert!(!claim.sentence().is_empty());
        let images = IMAGES.get_or_init(|| digits().expect("they are embedded").train);
        let file = include_bytes!("corpus/model/digits.nvc").to_vec();
        let _ = Certificate::from_parts(claim, file).verify(images);
    }
}

/// The TOML of an experiment.
pub fn experiment(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let nowhere = SearchPath::only(std::path::Path::new("/nowhere"));
        let _ = Experiment::parse(text, &nowhere);
    }
}

/// An idx file of images or labels.
pub fn idx(bytes: &[u8]) {
    if let Ok(images) = read_images(bytes) {
        assert_eq!(images.pixels.len() + 16, bytes.len());
    }
    if let Ok(labels) = read_labels(bytes) {
        assert_eq!(labels.len() + 8, bytes.len());
    }
}

/// A model file: refused, or exactly what the encoder writes for the model that it decodes to.
pub fn model(bytes: &[u8]) {
    if let Ok(model) = Model::decode(bytes) {
        let written = model.encode().expect("a decoded model can be encoded");
        assert_eq!(written, bytes);
        assert_eq!(model.weights().len(), model.structure().tensors().len());
    }
}

/// An ONNX file: refused, or a graph with as many weights as its tensors have.
pub fn onnx(bytes: &[u8]) {
    if let Ok(network) = OnnxNetwork::decode(bytes, &OnnxOptions::default()) {
        let tensors = network.graph.tensors();
        assert_eq!(network.names.len(), tensors.len());
        assert_eq!(network.weights.len(), tensors.len());
        for (weights, shape) in network.weights.iter().zip(&tensors) {
            assert_eq!(weights.len(), shape.len());
        }
    }
}

/// A photograph, of which a network reads the middle.
pub fn photograph(bytes: &[u8]) {
    const SIDE: usize = 14;
    let framing = Framing::new(16, SIDE as u32).expect("a square within a square");
    if let Ok(pixels) = framing.pixels(bytes) {
        assert_eq!(pixels.len(), 3 * SIDE * SIDE);
    }
}

/// A file of PyTorch's, and all numbers in it.
pub fn pytorch(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("a temporary file");
    if let Ok(mut file) = PyTorchFile::open(file.path()) {
        for name in file.names().to_vec() {
            let count: usize = file.shape(&name).expect("it has the name").iter().product();
            if let Ok(numbers) = file.read(&name) {
                assert_eq!(numbers.len(), count);
            }
        }
    }
}

/// The TOML of a recipe.
pub fn recipe(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(recipe) = Recipe::parse(text, SIZE, 10) {
        let written = recipe.to_toml();
        let again = Recipe::parse(written, SIZE, 10).expect("it was written");
        assert_eq!(again.to_toml(), written);
    }
}

/// A model file relative to a small base, which is in the corpus of model files: refused, or what
/// the encoder writes for the model that it decodes to.
pub fn relative(bytes: &[u8]) {
    static BASE: OnceLock<Base> = OnceLock::new();
    let base = BASE.get_or_init(|| {
        let file = include_bytes!("corpus/model/base.nvc");
        Base::decode(file).expect("it is a graph")
    });
    if let Ok(model) = Model::read(bytes, Some(base), MemoryLimit::of_file(bytes.len())) {
        let written = model.encode().expect("a decoded model can be encoded");
        assert_eq!(written, bytes);
        let shapes = model.structure().tensors();
        for (weights, shape) in model.weights().iter().zip(&shapes) {
            assert_eq!(weights.len(), shape.len());
        }
    }
}

/// A safetensors file, and all numbers in it.
pub fn safetensors(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("a temporary file");
    if let Ok(mut file) = SafetensorsFile::open(file.path()) {
        let names: Vec<String> = file.entries().keys().cloned().collect();
        for name in names {
            let _ = file.read(&name);
        }
    }
}
