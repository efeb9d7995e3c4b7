//! Networks trained elsewhere: `compress`, `decompress`, `inspect` and `certify --model`, as a user
//! types them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nonvacuous::code::{Architecture, Model};
use nonvacuous::network::comparison::{largest_difference, logits, noise_images};
use nonvacuous::network::safetensors::{write, SafetensorsFile, TensorInfo};
use nonvacuous::network::{simplify, TrainedNetwork};
use nonvacuous::shape::ImageSize;
use tempfile::TempDir;

use crate::needs;

fn nonvacuous(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .args(arguments)
        .output()
        .unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs a command that must succeed; what it prints.
fn succeeds(arguments: &[&str]) -> String {
    let output = nonvacuous(arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that must fail with exit code 2; what it says.
fn refuses(arguments: &[&str]) -> String {
    let output = nonvacuous(arguments);
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

const LAYERS: &str = "conv:4:3:p0:b max:2 conv:5:3:p0:b relu dense:9:b relu dense:3:b";

fn input() -> ImageSize {
    ImageSize {
        channels: 1,
        height: 12,
        width: 12,
    }
}

type Tensors = Vec<(String, Vec<usize>, Vec<f32>)>;

/// A network of a few values: some units are never read, some are constant, one tensor of biases is
/// zero.
fn tensors() -> Tensors {
    let architecture = Architecture::parse(LAYERS, input()).unwrap();
    let shapes = architecture.tensors();
    let mut tensors: Tensors = shapes
        .into_iter()
        .enumerate()
        .map(|(tensor, shape)| {
            let weight = |place: usize| match (place * 2_654_435_761 + tensor * 40_503) >> 7 & 7 {
                0 => 0.3,
                1 => -0.6,
                2 => 0.9,
                _ => 0.0,
            };
            (
                shape.name.clone(),
                shape.dimensions.clone(),
                (0..shape.len()).map(weight).collect(),
            )
        })
        .collect();
    let mut set = |name: &str, change: &dyn Fn(&mut [f32])| {
        let tensor = tensors.iter_mut().find(|tensor| tensor.0 == name).unwrap();
        change(&mut tensor.2);
    };
    // The second filter has only a bias, the third is never read.
    set("conv1.weight", &|weights| weights[9..18].fill(0.0));
    set("conv1.bias", &|weights| weights[1] = 0.7);
    set("conv2.weight", &|weights| {
        weights
            .chunks_mut(9)
            .skip(2)
            .step_by(4)
            .for_each(|kernel| kernel.fill(0.0))
    });
    set("conv2.bias", &|weights| weights.fill(0.0));
    // Units 3 and 7 are never read.
    set("fc2.weight", &|weights| {
        weights
            .chunks_mut(9)
            .for_each(|row| (row[3], row[7]) = (0.0, 0.0))
    });
    tensors
}

fn save(path: &Path, tensors: &Tensors) {
    let shapes: Vec<(String, Vec<usize>)> = tensors
        .iter()
        .map(|(name, shape, _)| (name.clone(), shape.clone()))
        .collect();
    write(&mut File::create(path).unwrap(), &shapes, |place| {
        tensors[place].2.clone().into_iter()
    })
    .unwrap();
}

fn load(path: &Path) -> Tensors {
    let mut file = SafetensorsFile::open(path).unwrap();
    let entries = file.entries().clone();
    let read = |(name, entry): (String, TensorInfo)| {
        let numbers = file.read(&name).unwrap();
        (name, entry.shape, numbers)
    };
    entries.into_iter().map(read).collect()
}

/// A folder with a network, and where the model goes.
struct Case {
    folder: TempDir,
}

impl Case {
    fn new(tensors: &Tensors) -> Self {
        let case = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        save(&case.path("net.safetensors"), tensors);
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn compress(&self, options: &[&str]) -> Vec<String> {
        let fixed = [
            "compress",
            text(&self.path("net.safetensors")),
            "-o",
            text(&self.path("net.nvc")),
        ]
        .map(String::from);
        let shape = ["--arch", LAYERS, "--input", "1x12x12"].map(String::from);
        fixed
            .into_iter()
            .chain(shape)
            .chain(options.iter().map(|option| option.to_string()))
            .collect()
    }

    fn run(&self, options: &[&str]) -> String {
        succeeds(
            &self
                .compress(options)
                .iter()
                .map(String::as_str)
                .collect::<Vec<&str>>(),
        )
    }

    fn fails(&self, options: &[&str]) -> String {
        let message = refuses(
            &self
                .compress(options)
                .iter()
                .map(String::as_str)
                .collect::<Vec<&str>>(),
        );
        assert!(!self.path("net.nvc").exists(), "nothing is written");
        message
    }

    fn model(&self) -> Model {
        Model::decode(&fs::read(self.path("net.nvc")).unwrap()).unwrap()
    }
}

fn network(tensors: &Tensors) -> TrainedNetwork {
    let architecture = Architecture::parse(LAYERS, input()).unwrap();
    let names: Vec<String> = architecture
        .tensors()
        .into_iter()
        .map(|shape| shape.name)
        .collect();
    let numbers = |name: &String| {
        tensors
            .iter()
            .find(|tensor| tensor.0 == *name)
            .unwrap()
            .2
            .clone()
    };
    let weights = names.iter().map(numbers).collect();
    TrainedNetwork::new(architecture, weights).unwrap()
}

#[test]
fn without_simplification_every_weight_name_and_shape_comes_back() {
    let mut before = tensors();
    let case = Case::new(&before);
    case.run(&["--no-simplify"]);
    let again = case.path("again.safetensors");
    let said = succeeds(&[
        "decompress",
        text(&case.path("net.nvc")),
        "-o",
        text(&again),
        "--json",
    ]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["tensors"].as_array().unwrap().len(), before.len());
    before.sort_by(|first, second| first.0.cmp(&second.0));
    assert_eq!(load(&again), before);
}

#[test]
fn simplification_keeps_the_function_and_saves_bits() {
    let case = Case::new(&tensors());
    case.run(&["--no-simplify"]);
    let (plain, all) = (
        fs::read(case.path("net.nvc")).unwrap().len(),
        case.model().structure().weights(),
    );
    let said = case.run(&[]);
    assert!(said.contains("units removed"), "{said}");
    let model = case.model();
    assert!(fs::read(case.path("net.nvc")).unwrap().len() < plain);
    assert!(model.structure().weights() < all);
    let chain = model.structure().chain().unwrap();
    let decoded = TrainedNetwork::new(chain.clone(), model.weights()).unwrap();
    let images = noise_images(decoded.architecture().input(), 3).unwrap();
    let [before, after] =
        [&network(&tensors()), &decoded].map(|network| logits(network, &images).unwrap());
    let difference = largest_difference(&before, &after);
    assert!(difference < 1e-5, "{difference}");
}

#[test]
fn units_that_are_not_read_or_constant_are_removed_and_zero_biases_dropped() {
    let network = network(&tensors());
    let images = noise_images(network.architecture().input(), 3).unwrap();
    let (simple, done) = simplify(network, &images).unwrap();
    // The third filter, units 3 and 7 at least.
    assert!(done.removed_units >= 3, "{done}");
    assert_eq!(done.folded_units + done.gathered_units, 1, "{done}");
    assert_eq!(done.dropped_biases, 1, "{done}");
    assert!(done.difference < 1e-5);
    // Once is enough.
    let (again, _) = simplify(simple.clone(), &images).unwrap();
    assert_eq!(again.architecture(), simple.architecture());
    let bytes = |network: &TrainedNetwork| network.model().unwrap().encode().unwrap().len();
    assert!(bytes(&again) <= bytes(&simple));
}

#[test]
fn pixels_in_another_range_are_mapped_in_the_file() {
    let case = Case::new(&tensors());
    case.run(&["--pixels", "-1,1", "--no-simplify"]);
    let model = case.model();
    assert!(model
        .structure()
        .to_string()
        .starts_with("conv:1:1:b conv:4:3"));
    assert_eq!(model.weights()[..2], [vec![2.0], vec![-1.0]]);
    assert!(case.path("net.nvc").exists());
    fs::remove_file(case.path("net.nvc")).unwrap();
    assert!(case
        .fails(&["--pixels=0,1,2"])
        .contains("1 channels take 2 or 2"));
}

#[test]
fn kernels_and_matrices_may_be_stored_with_the_output_last() {
    let straight = Case::new(&tensors());
    straight.run(&["--no-simplify"]);
    let transposed = tensors().into_iter().map(|(name, shape, numbers)| {
        let (out, rest) = (shape[0], numbers.len() / shape[0]);
        let (input, area) = if shape.len() > 1 {
            (shape[1], rest / shape[1])
        } else {
            (1, 1)
        };
        let mut moved = vec![0.0; numbers.len()];
        for (place, &number) in numbers.iter().enumerate() {
            let (output, channel, pixel) = (place / rest, place % rest / area, place % area);
            moved[(pixel * input + channel) * out + output] = number;
        }
        let shape = match shape[..] {
            [out, input, rows, columns] => vec![rows, columns, input, out],
            [out, input] => vec![input, out],
            _ => shape,
        };
        // As TensorFlow names them.
        (
            format!(
                "Net/{}",
                name.replace('.', "/").replace("weight", "weights")
            ),
            shape,
            moved,
        )
    });
    let case = Case::new(&transposed.collect());
    case.run(&["--no-simplify", "--flatten=channel-first"]);
    assert_eq!(case.model(), straight.model());
}

#[test]
fn weights_of_many_values_are_refused_or_quantised() {
    let mut many = tensors();
    let weights = &mut many
        .iter_mut()
        .find(|tensor| tensor.0 == "fc1.weight")
        .unwrap()
        .2;
    weights
        .iter_mut()
        .enumerate()
        .for_each(|(place, weight)| *weight = (place as f32 * 0.7).sin());
    let case = Case::new(&many);
    let message = case.fails(&[]);
    assert!(
        message.contains("fc1.weight takes more than 255 values")
            && message.contains("--codewords"),
        "{message}"
    );
    case.run(&["--codewords", "8"]);
    assert!(case
        .model()
        .codebooks()
        .iter()
        .all(|codebook| codebook.len() <= 8));
}

#[test]
fn files_that_do_not_fit_say_what_is_wrong() {
    let changed = |change: &dyn Fn(&mut Tensors)| {
        let mut tensors = tensors();
        change(&mut tensors);
        Case::new(&tensors)
    };
    let missing = changed(&|tensors| tensors[0].0 = "first.kernel".to_string());
    let message = missing.fails(&[]);
    assert!(
        message.contains("conv1.weight") && message.contains("--tensor conv1.weight=NAME"),
        "{message}"
    );
    missing.run(&["--tensor", "conv1.weight=first.kernel"]);

    let twice = changed(&|tensors| {
        let again = tensors[1].clone();
        tensors.push(("old.conv1.bias".to_string(), again.1, again.2));
    });
    assert!(twice
        .fails(&[])
        .contains("several tensors could be conv1.bias"));

    let shape = changed(&|tensors| tensors[0].1 = vec![2, 2, 3, 3]);
    let message = shape.fails(&[]);
    assert!(
        message.contains("[2, 2, 3, 3]") && message.contains("[4, 1, 3, 3] or [3, 3, 1, 4]"),
        "{message}"
    );

    let nan = changed(&|tensors| tensors[0].2[4] = f32::NAN);
    assert!(nan.fails(&[]).contains("conv1.weight has the weight NaN"));

    let case = Case::new(&tensors());
    fs::write(case.path("net.safetensors"), b"not a safetensors file").unwrap();
    assert!(case.fails(&[]).contains("not a safetensors file"));
    let mut header = 40u64.to_le_bytes().to_vec();
    header.extend(
        br#"{"a":{"dtype":"F32","shape":[9],"dat"#
            .iter()
            .chain([b' '; 10].iter()),
    );
    fs::write(case.path("net.safetensors"), header).unwrap();
    assert!(case.fails(&[]).contains("header"));
    fs::remove_file(case.path("net.safetensors")).unwrap();
    assert!(case.fails(&[]).contains("cannot read"));
    let unknown = refuses(&["compress", "x.safetensors", "--arch", "lenet6"]);
    assert!(unknown.contains("lenet5"), "{unknown}");
}

#[test]
fn moments_of_batch_normalisations_become_part_of_scale_and_shift() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let vector = |name: &str, numbers: [f32; 2]| (name.to_string(), vec![2], numbers.to_vec());
    save(
        &path("net.safetensors"),
        &vec![
            ("a.weight".to_string(), vec![2, 1, 1, 1], vec![1.0, -1.0]),
            vector("b.weight", [3.0, 0.5]),
            vector("b.bias", [1.0, 0.25]),
            vector("b.running_mean", [2.0, -1.0]),
            vector("b.running_var", [8.0, 15.0]),
            ("c.weight".to_string(), vec![2, 8], vec![0.5; 16]),
        ],
    );
    fs::write(
        path("names"),
        "conv1.weight=a.weight\nbn1.weight=b.weight\n\nbn1.bias=b.bias\nfc1.weight=c.weight\n",
    )
    .unwrap();
    let (net, names, model) = (path("net.safetensors"), path("names"), path("net.nvc"));
    let compress = [
        "compress",
        text(&net),
        "-o",
        text(&model),
        "--arch",
        "conv:2:1 bn dense:2",
        "--input",
        "1x2x2",
    ];
    let options = ["--tensors", text(&names), "--epsilon", "1", "--no-simplify"];
    succeeds(&[&compress[..], &options].concat());
    let weights = Model::decode(&fs::read(&model).unwrap()).unwrap().weights();
    assert_eq!(weights[1], [1.0, 0.125]);
    assert_eq!(weights[2], [-1.0, 0.375]);

    fs::write(path("names"), "conv1.weight\n").unwrap();
    let message = refuses(&[&compress[..], &options].concat());
    assert!(
        message.contains("line 1, \"conv1.weight\", does not have the form OURS=THEIRS"),
        "{message}"
    );
}

#[test]
fn inspect_accounts_for_every_bit_of_a_compressed_network() {
    let case = Case::new(&tensors());
    case.run(&[]);
    let file = case.path("net.nvc");
    let report: serde_json::Value =
        serde_json::from_str(&succeeds(&["inspect", "--json", text(&file)])).unwrap();
    let bits = |value: &serde_json::Value| value.as_f64().unwrap();
    let tensors = report["tensors"].as_array().unwrap().iter();
    let parts = ["codebook_bits", "mask_bits", "assignment_bits"];
    let mut sum: f64 = tensors
        .map(|tensor| parts.iter().map(|part| bits(&tensor[part])).sum::<f64>())
        .sum();
    sum += ["version_bits", "architecture_bits", "termination_bits"]
        .iter()
        .map(|part| bits(&report[part]))
        .sum::<f64>();
    assert!((sum - bits(&report["bits"])).abs() < 1e-6);
    assert_eq!(report["bits"], 8 * fs::metadata(&file).unwrap().len());
    let table = succeeds(&["inspect", text(&file)]);
    for column in [
        "weights",
        "kept",
        "codebook",
        "mask",
        "assignments",
        "per kept",
        "entropy",
        "total",
    ] {
        assert!(table.contains(column), "{column} in {table}");
    }
}

/// The network that Zhou et al. (2019) released, where it is.
fn released() -> Option<String> {
    needs::file("zhou_lenet.safetensors").map(|path| text(&path).to_string())
}

#[test]
fn the_released_lenet_takes_at_most_3_9_kibibytes() {
    let Some(network) = released() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lenet.nvc");
    succeeds(&[
        "compress",
        &network,
        "-o",
        text(&file),
        "--arch",
        "lenet5",
        "--pixels=-1,1",
        "--flatten=channel-first",
    ]);
    let length = fs::metadata(&file).unwrap().len();
    println!("{length} bytes");
    assert!(length <= 3_993);
}

#[test]
fn the_released_lenet_does_not_tell_in_which_order_maps_are_flattened() {
    let Some(network) = released() else {
        return;
    };
    let message = refuses(&["compress", &network, "-o", "x.nvc", "--arch", "lenet5"]);
    assert!(
        message.contains("reads a map of 50 channels with 4x4 places"),
        "{message}"
    );
    assert!(message.contains("--flatten channel-last"), "{message}");
}

#[cfg(feature = "train")]
#[test]
fn the_released_lenet_is_certified_below_34_percent_and_verified() {
    let Some(network) = released() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let out = text(folder.path());
    let certify = [
        "certify",
        "--model",
        &network,
        "--arch",
        "lenet5",
        "--data",
        "mnist",
        "--pixels=-1,1",
        "--flatten=channel-first",
        "--out",
        out,
    ];
    let said = succeeds(&[&certify[..], &["--json"]].concat());
    let certificate: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert!(
        certificate["bounds"]["occam_binomial"].as_f64().unwrap() <= 0.34,
        "{certificate}"
    );
    assert!(succeeds(&["verify", out]).starts_with("holds"));
}

/// A file as PyTorch wrote it.
fn pytorch(name: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read(root.join("../../fuzz/corpus/pytorch").join(name)).unwrap()
}

#[test]
fn a_state_dict_is_told_by_its_content_and_what_was_matched_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (network, model) = (
        folder.path().join("net.anything"),
        folder.path().join("net.nvc"),
    );
    let compress = |layers: &str| {
        Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
            .args(["compress", text(&network), "-o", text(&model)])
            .args(["--input", "1x4x4", "--arch", layers])
            .output()
            .unwrap()
    };
    let layers = "conv:2:3:p0:b bn relu dense:3:b";
    fs::write(&network, pytorch("checkpoint.pt")).unwrap();
    let output = compress(layers);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    for expected in [
        "the state dict is under model_state_dict; left out is epoch, optimizer_state_dict, loss",
        "tensors matched by order of registration, and shape:",
        "conv1.weight <- 0.weight [2, 1, 3, 3]",
        "bn1.bias     <- 1.bias [2]",
        "fc1.bias     <- 4.bias [3]",
    ] {
        assert!(said.contains(expected), "{expected} in {said}");
    }
    let file = fs::read(&model).unwrap();
    assert!(Model::decode(&file).is_ok());
    fs::write(&network, pytorch("module.pt")).unwrap();
    let output = compress(layers);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("torch.save(net.state_dict(), FILE)"),
        "{said}"
    );
    fs::write(&network, pytorch("sequential.pt")).unwrap();
    let output = compress("conv:2:3:p0:b relu dense:3:b");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("is 1 of the file with a weight of shape [2]"),
        "{said}"
    );
}
