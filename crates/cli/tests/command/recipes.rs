//! Recipes as files, and the methods that they combine.
#![cfg(feature = "train")]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use candle_core::{Device, Tensor};
use nonvacuous::bounds::FailureProbability;
use nonvacuous::code::{Architecture, Model};
use nonvacuous::compress::{
    compress, PrunedWeights, Pruning, PruningMethod, QuantisationMethod, Recipe, RecipeSettings,
};
use nonvacuous::data::digits;
use nonvacuous::network::stochastic_bounds;
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use nonvacuous::train::{Network, Parameters, TrainingSet};
use serde_json::Value;
use tempfile::tempdir;

const DIGITS: ImageSize = ImageSize {
    channels: 1,
    height: 8,
    width: 8,
};

fn recipe(pruning: &str, quantisation: &str, layers: &str) -> String {
    format!(
        "architecture = \"{layers}\"\n\
         pruning = {{ {pruning} }}\n\
         first = {{ epochs = 4, batch = 64, learning_rate = 0.01 }}\n\
         quantisation = {{ digits = 2, {quantisation} }}\n\
         second = {{ epochs = 4, batch = 64, learning_rate = 0.01 }}\n"
    )
}

fn compressed(text: &str) -> Model {
    let data = digits().unwrap().train;
    let recipe = Recipe::parse(text, data.shape(), data.classes()).unwrap();
    let training_set = TrainingSet::new(&data, &Device::Cpu).unwrap();
    let delta = FailureProbability::new(0.05).unwrap();
    compress(&recipe, &data, &training_set, delta, 1, |_| {}).unwrap()
}

fn certify(arguments: &[&str], out: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nonvacuous"));
    command
        .arg("certify")
        .args(arguments)
        .arg("--out")
        .arg(out)
        .output()
        .unwrap()
}

#[test]
fn every_method_makes_a_file_that_decodes_to_what_it_is() {
    let layers = "conv:6:3 relu max:2 dense:10";
    for (pruning, quantisation) in [
        ("sparsity = 0.5", "codewords = 2, rate = 2.0"),
        ("method = \"surgery\", sparsity = 0.7", "codewords = 3"),
        (
            "sparsity = 0.5",
            "method = \"uniform\", codewords = 4, rate = 1.0",
        ),
        (
            "sparsity = 0.2",
            "codewords = 2, subspace = { fraction = 0.3, terms = 1 }",
        ),
        (
            "sparsity = 0.0",
            "codewords = 6, subspace = { fraction = 0.5, terms = 8, seed = 3 }",
        ),
        (
            "sparsity = 0.0",
            "codewords = 6, subspace = { fraction = 0.4, kronecker = 32, seed = 2 }",
        ),
    ] {
        let text = recipe(pruning, quantisation, layers);
        let model = compressed(&text);
        assert_eq!(
            Model::decode(&model.encode().unwrap()).unwrap(),
            model,
            "{text}"
        );
        assert_eq!(
            model
                .tensors()
                .iter()
                .any(|tensor| tensor.subspace().is_some()),
            quantisation.contains("subspace"),
            "{text}"
        );
    }
}

#[test]
fn units_beyond_the_width_have_no_weights_and_no_readers() {
    let layers = "conv:8:3:b relu max:2 conv:6:3 relu dense:20 dense:10";
    let architecture = Architecture::parse(layers, DIGITS).unwrap();
    let network = Network::new(architecture);
    let pruning = Pruning {
        method: PruningMethod::Surgery,
        sparsity: 0.0,
        width: 0.5,
    };
    let weights = PrunedWeights::new(
        &network,
        pruning,
        stream(1, "test", 0, "weights"),
        &Device::Cpu,
    )
    .unwrap();
    let kept: Vec<usize> = weights
        .values()
        .unwrap()
        .iter()
        .map(|tensor| tensor.iter().filter(|&&value| value != 0.0).count())
        .collect();
    // conv 4x1x3x3; biases are zero at first; conv 3x4x3x3; dense 10 x (3 channels of 16 places);
    // dense 10 x 10 units.
    assert_eq!(kept, [36, 0, 108, 480, 100]);
}

#[test]
fn what_surgery_has_pruned_comes_back_when_it_has_grown() {
    let network = Network::new(Architecture::parse("dense:10", DIGITS).unwrap());
    for (method, comes_back) in [
        (PruningMethod::Surgery, true),
        (PruningMethod::Magnitude, false),
    ] {
        let pruning = Pruning {
            method,
            sparsity: 0.5,
            width: 1.0,
        };
        let random = stream(1, "test", 0, "weights");
        let mut pruned = PrunedWeights::new(&network, pruning, random, &Device::Cpu).unwrap();
        pruned.after_step(0.7).unwrap();
        let values = pruned.values().unwrap().concat();
        assert_eq!(values.iter().filter(|&&value| value == 0.0).count(), 320);
        let grown: Vec<f32> = values
            .iter()
            .map(|&value| if value == 0.0 { 100.0 } else { 0.01 })
            .collect();
        pruned.variables()[0]
            .set(&Tensor::from_vec(grown, (10, 64), &Device::Cpu).unwrap())
            .unwrap();
        pruned.after_step(0.8).unwrap();
        let large = pruned
            .values()
            .unwrap()
            .concat()
            .iter()
            .filter(|&&value| value == 100.0)
            .count();
        assert_eq!(large, if comes_back { 320 } else { 0 }, "{method:?}");
    }
}

#[test]
fn even_codewords_reach_from_the_smallest_weight_to_the_largest() {
    let values = QuantisationMethod::Uniform.codewords(&[-1.0, -0.9, 0.2, 2.0], 4);
    assert_eq!(values, [-1.0, 1.0, 2.0], "0 is there anyway");
}

#[test]
fn the_recipe_beside_a_certificate_makes_the_same_file_again() {
    let folder = tempdir().unwrap();
    let text = recipe(
        "sparsity = 0.5",
        "codewords = 2, rate = 2.0",
        "upright norm dense:10",
    );
    let path = folder.path().join("mine.toml");
    fs::write(&path, text).unwrap();
    let (first, again) = (folder.path().join("first"), folder.path().join("again"));
    let output = certify(&["--recipe", path.to_str().unwrap()], &first);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let written = first.join("recipe.toml");
    assert!(certify(&["--recipe", written.to_str().unwrap()], &again)
        .status
        .success());
    assert_eq!(
        fs::read(first.join("model.nvc")).unwrap(),
        fs::read(again.join("model.nvc")).unwrap()
    );
}

#[test]
fn recipes_that_differ_in_the_third_digit_are_different_trials() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let out = folder.path().join("out");
    for sparsity in ["0.501", "0.504", "0.496"] {
        let text = recipe(
            &format!("sparsity = {sparsity}"),
            "codewords = 2",
            "dense:10",
        );
        fs::write(&path, text).unwrap();
        let output = certify(&["--recipe", path.to_str().unwrap()], &out);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let mut trials = csv::Reader::from_path(out.join("trials.csv")).unwrap();
    let recipes: Vec<String> = trials
        .records()
        .map(|record| record.unwrap()[3].to_string())
        .collect();
    assert_eq!(recipes.len(), 3, "{recipes:?}");
    for (recipe, sparsity) in recipes.iter().zip(["0.501", "0.504", "0.496"]) {
        assert!(
            recipe.contains(&format!("sparsity = {sparsity}")),
            "{recipe}"
        );
    }
}

#[test]
fn what_is_written_of_a_recipe_is_that_recipe() {
    let text = recipe(
        "sparsity = 0.995, width = 0.25",
        "method = \"uniform\", codewords = 6, rate = 0.1, \
         subspace = { fraction = 0.4, kronecker = 32, seed = 2 }",
        "dense:10",
    );
    let recipe = Recipe::parse(&text, DIGITS, 10).unwrap();
    let again = Recipe::parse(recipe.to_toml(), DIGITS, 10).unwrap();
    assert_eq!(recipe, again);
    assert_eq!(
        recipe.identity(),
        "{ architecture = \"dense:10\", \
         pruning = { method = \"magnitude\", sparsity = 0.995, width = 0.25 }, \
         first = { epochs = 4, batch = 64, learning_rate = 0.01 }, \
         quantisation = { method = \"uniform\", codewords = 6, digits = 2, rate = 0.1, \
         subspace = { fraction = 0.4, kronecker = 32, seed = 2 } }, \
         second = { epochs = 4, batch = 64, learning_rate = 0.01 }, bounded = 0.0, sweeps = 0 }"
    );
}

#[test]
fn settings_outside_their_domain_make_no_recipe() {
    let text = recipe("sparsity = 0.5", "codewords = 2", "dense:10");
    let recipe = Recipe::parse(&text, DIGITS, 10).unwrap();
    let changed = |change: fn(&mut RecipeSettings)| {
        let mut settings = recipe.settings().clone();
        change(&mut settings);
        settings.check().unwrap_err().to_string()
    };
    assert_eq!(
        changed(|settings| settings.bounded = f64::NAN),
        "bounded is NaN; it must be from 0 to 1"
    );
    assert_eq!(
        changed(|settings| settings.sweeps = usize::MAX),
        "sweeps is 18446744073709552000; it must be below 2^32"
    );
    assert_eq!(
        changed(|settings| settings.second.batch = 0),
        "second.batch is 0; it must be at least 1 and below 2^32"
    );
}

#[test]
fn a_wrong_recipe_says_what_is_accepted() {
    let good = recipe("sparsity = 0.5", "codewords = 2", "dense:10");
    for (from, to, expected) in [
        (
            "sparsity = 0.5",
            "sparsity = 1.5",
            "pruning.sparsity is 1.5; it must be from 0 to 1",
        ),
        (
            "codewords = 2",
            "codewords = 300",
            "quantisation.codewords is 300; it must be from 1 to 255",
        ),
        ("dense:10", "danse:10", "danse:10"),
        (
            "codewords = 2",
            "codewords = 2, subspace = { fraction = 0.5, terms = 1, bogus = 2 }",
            "bogus",
        ),
        ("epochs = 4", "epoch = 4", "epoch"),
        (
            "dense:10",
            "dense:12",
            "the last layer has 12 outputs, but there are 10 classes",
        ),
    ] {
        let error = Recipe::parse(&good.replacen(from, to, 1), DIGITS, 10).unwrap_err();
        let cause = error.source().map_or(String::new(), ToString::to_string);
        let message = format!("{error}: {cause}");
        assert!(message.contains(expected), "{message}");
    }
    let folder = tempdir().unwrap();
    let path = folder.path().join("bad.toml");
    fs::write(&path, "architecture = 3").unwrap();
    let output = certify(
        &["--recipe", path.to_str().unwrap()],
        &folder.path().join("out"),
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_prior_learnt_on_a_part_is_shown_beside_the_held_out_bound_on_the_rest() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("recipe.toml");
    fs::write(
        &path,
        recipe("sparsity = 0.5", "codewords = 2", "norm dense:10"),
    )
    .unwrap();
    let arguments = [
        "--prior-fraction",
        "0.6",
        "--recipe",
        path.to_str().unwrap(),
        "--json",
    ];
    let output = certify(&arguments, &folder.path().join("out"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let claim: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (claim["prior_examples"].as_u64(), claim["n"].as_u64()),
        (Some(900), Some(600))
    );
    // That the base decides as it is takes a bit, what is written relative to it more; the design
    // of the training takes 64, and that of such files 96.
    let is_as_it_is = claim["model_sha256"].is_null();
    assert_eq!(claim["bits"].as_u64() == Some(1), is_as_it_is, "{claim}");
    let design = if is_as_it_is { 64 } else { 96 };
    assert_eq!(claim["design_bits"].as_u64(), Some(design));
    if is_as_it_is {
        assert!(claim["bound"].as_f64() > claim["held_out"].as_f64());
    }
    let model = folder.path().join("out/data-dependent.nvc");
    assert_eq!(model.exists(), !is_as_it_is);
    assert!(
        !folder.path().join("out/certificate.json").exists(),
        "what cannot be verified is no certificate"
    );
    let output = certify(&["--prior-fraction", "1.5"], &folder.path().join("none"));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn noise_gives_back_bits_as_it_hides_codewords_and_its_error_is_paid_for() {
    let data = digits().unwrap().train;
    let model = compressed(&recipe("sparsity = 0.3", "codewords = 2", "norm dense:10"));
    let delta = FailureProbability::new(0.05).unwrap();
    let bounds = stochastic_bounds(&model, &data, 500, delta, 1).unwrap();
    assert!(
        bounds
            .windows(2)
            .all(|pair| pair[0].divergence >= pair[1].divergence),
        "{bounds:?}"
    );
    for bound in &bounds {
        assert!(
            bound.mean_error < bound.error_limit && bound.error_limit < bound.bound,
            "{bound:?}"
        );
    }
    assert_eq!(
        bounds,
        stochastic_bounds(&model, &data, 500, delta, 1).unwrap(),
        "a pure function of its arguments"
    );
    // With noise that hides nothing, the divergence is the file's length with equal bits for each
    // assignment.
    let kept: usize = model.tensors().iter().map(|tensor| tensor.nonzeros()).sum();
    let (_, allocation) = model.encode_with_allocation().unwrap();
    let assignments: f64 = allocation
        .tensors
        .iter()
        .map(|tensor| tensor.assignments)
        .sum();
    let bits = allocation.total as f64 - assignments + kept as f64;
    assert!(
        (bounds[0].divergence / std::f64::consts::LN_2 - bits).abs() < 1e-3,
        "{} {bits}",
        bounds[0].divergence
    );
}
