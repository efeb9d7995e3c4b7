//! Files that strangers hand over, and places where nothing can be written: right, or refused at
//! once and with a reason; never a panic.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::place::Place;

const WITH_BIASES: &str = "dense:6:b relu dense:10:b";
const NORMALISED: &str = "conv:4:3 bn relu gap dense:10:b";

impl Place {
    /// The refusal of a network that is to be compressed.
    fn refuses_network(&self, tensors: &[(&str, &[usize])], layers: &str) -> String {
        self.write("net.safetensors", safetensors(tensors));
        let message = self.refuses(&compress(layers));
        assert!(!self.path("net.nvc").exists());
        message
    }
}

fn compress(layers: &str) -> Vec<&str> {
    let input = ["compress", "net.safetensors", "--input", "1x8x8"];
    [&input[..], &["--arch", layers]].concat()
}

/// A safetensors file of small numbers.
fn safetensors(tensors: &[(&str, &[usize])]) -> Vec<u8> {
    let (mut entries, mut numbers) = (Vec::new(), Vec::new());
    for (name, shape) in tensors {
        let start = numbers.len();
        for number in 0..shape.iter().product() {
            let number = [0.0f32, 0.5, -0.25, 1.0][number * 7 % 11 % 4];
            numbers.extend(number.to_le_bytes());
        }
        entries.push(format!(
            "\"{name}\":{{\"dtype\":\"F32\",\"shape\":{shape:?},\"data_offsets\":[{start},{}]}}",
            numbers.len()
        ));
    }
    let header = format!("{{{}}}", entries.join(","));
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(numbers);
    file
}

/// A network of two dense layers with biases.
const BIASES: [(&str, &[usize]); 4] = [
    ("fc1.weight", &[6, 64]),
    ("fc1.bias", &[6]),
    ("fc2.weight", &[10, 6]),
    ("fc2.bias", &[10]),
];

/// A network with a batch normalisation, but for its moments.
const NORMALISATION: [(&str, &[usize]); 5] = [
    ("conv1.weight", &[4, 1, 3, 3]),
    ("bn1.weight", &[4]),
    ("bn1.bias", &[4]),
    ("fc1.weight", &[10, 4]),
    ("fc1.bias", &[10]),
];

#[test]
fn tensors_that_the_architecture_does_not_read_are_named() {
    let place = Place::new();
    let message = place.refuses_network(&BIASES, "dense:6 relu dense:10");
    assert!(
        message.contains("fc1.bias, fc2.bias") && message.contains(":b"),
        "{message}"
    );
    // One bias, a whole layer, and a normalisation that are left over.
    for (more, layers) in [
        (("fc1.bias", &[6][..]), "dense:6 relu dense:10:b"),
        (("fc3.weight", &[10, 10][..]), WITH_BIASES),
        (("norm.weight", &[6][..]), WITH_BIASES),
    ] {
        let mut tensors = BIASES.to_vec();
        tensors.retain(|(name, _)| *name != more.0);
        tensors.push(more);
        let message = place.refuses_network(&tensors, layers);
        assert!(message.contains(more.0), "{message}");
    }
    place.write("net.safetensors", safetensors(&BIASES));
    place.succeeds(&compress(WITH_BIASES));
}

#[test]
fn half_of_a_normalisations_moments_is_refused_by_the_name_of_the_other() {
    let place = Place::new();
    for (given, shape, named) in [
        ("bn1.running_mean", 4, "bn1.running_var is missing"),
        ("bn1.running_var", 4, "bn1.running_mean is missing"),
        ("bn1.moving_mean", 4, "bn1.moving_variance is missing"),
        ("bn1.mean", 3, "has shape [3]"),
    ] {
        let shape = [shape];
        let tensors = [&NORMALISATION[..], &[(given, &shape[..])]].concat();
        let message = place.refuses_network(&tensors, NORMALISED);
        assert!(message.contains(named), "{message}");
    }
    // Both, in the names of each framework.
    for names in [
        ["bn1.running_mean", "bn1.running_var"],
        ["bn1.moving_mean", "bn1.moving_variance"],
        ["bn1.mean", "bn1.var"],
    ] {
        let moments = names.map(|name| (name, &[4][..]));
        place.write(
            "net.safetensors",
            safetensors(&[&NORMALISATION[..], &moments].concat()),
        );
        place.succeeds(&[&compress(NORMALISED)[..], &["--codewords", "15"]].concat());
    }
}

#[test]
fn weights_in_parts_and_averages_beside_them_are_refused_with_what_to_do() {
    let place = Place::new();
    let matrix: &[usize] = &[10, 64];
    for (names, hint) in [
        (["fc1.weight_orig", "fc1.weight_mask"], "prune.remove"),
        (["fc1.weight_g", "fc1.weight_v"], "remove_weight_norm"),
        (
            [
                "fc1.parametrizations.weight.original0",
                "fc1.parametrizations.weight.original1",
            ],
            "remove_parametrizations",
        ),
        (["fc1.weight_orig", "fc1.weight_u"], "remove_spectral_norm"),
        (["fc1.weight", "ema.fc1.weight"], "--ignore"),
        (["fc1.weight", "shadow.fc1_weight"], "moving average"),
    ] {
        let tensors = names.map(|name| (name, matrix));
        let message = place.refuses_network(&tensors, "dense:10");
        assert!(message.contains(hint), "{names:?}: {message}");
    }
}

#[test]
fn a_mask_is_not_taken_for_read_when_its_weights_are_named() {
    let place = Place::new();
    let matrix: &[usize] = &[10, 64];
    let tensors = ["fc1.weight_orig", "fc1.weight_mask"].map(|name| (name, matrix));
    place.write("net.safetensors", safetensors(&tensors));
    let named = ["--tensor", "fc1.weight=fc1.weight_orig"];
    let message = place.refuses(&[&compress("dense:10")[..], &named].concat());
    assert!(message.contains("fc1.weight_mask"), "{message}");
}

#[test]
fn names_that_name_nothing_are_refused() {
    let place = Place::new();
    place.write("net.safetensors", safetensors(&BIASES));
    place.write("bom.txt", "\u{feff}fc1.weight=no_such_tensor\r\n");
    place.write("right.txt", "\u{feff} fc1.weight = fc1.weight \r\n");
    let with = |options: &[&'static str]| {
        let mut arguments = compress(WITH_BIASES);
        arguments.extend(options);
        arguments
    };
    for options in [
        ["--tensors", "bom.txt"],
        ["--tensor", "fc1.weigth=no_such_tensor"],
        ["--tensor", "fc1.weight =no_such_tensor"],
        ["--tensor", "fc9.weight=fc1.weight"],
        ["--ignore", "fc1.weights"],
        ["--ignore", "*.scale"],
    ] {
        let message = place.refuses(&with(&options));
        assert!(message.contains("no tensor"), "{options:?}: {message}");
    }
    place.succeeds(&with(&["--tensors", "right.txt"]));
}

#[test]
fn two_tensors_of_one_name_are_refused() {
    let place = Place::new();
    let tensors = [&BIASES[..], &[("fc1.weight", &[6, 64][..])]].concat();
    let message = place.refuses_network(&tensors, WITH_BIASES);
    assert!(
        message.contains("two tensors called fc1.weight"),
        "{message}"
    );
}

#[test]
fn an_output_never_takes_the_place_of_an_input() {
    let place = Place::new();
    let network = safetensors(&BIASES);
    place.write("net.safetensors", &network);
    place.write("names.txt", "fc1.weight=fc1.weight\n");
    let arguments = compress(WITH_BIASES);
    let onto = |name: &'static str| [&arguments[..], &["-o", name]].concat();
    place.refuses(&onto("net.safetensors"));
    place.refuses(&[&onto("names.txt")[..], &["--tensors", "names.txt"]].concat());
    place.refuses(&onto("./net.safetensors"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("net.safetensors", place.path("link")).unwrap();
        place.refuses(&onto("link"));
    }
    assert_eq!(fs::read(place.path("net.safetensors")).unwrap(), network);
    assert_eq!(
        fs::read_to_string(place.path("names.txt")).unwrap(),
        "fc1.weight=fc1.weight\n"
    );
    place.succeeds(&onto("net.nvc"));
    place.refuses(&["decompress", "net.nvc", "-o", "net.nvc"]);
}

#[test]
fn files_that_are_no_networks_are_refused_with_what_they_are() {
    let place = Place::new();
    for (bytes, hint) in [
        (
            &b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"[..],
            "git lfs pull",
        ),
        (
            b"PK\x03\x04\x14\0\0\0archive/data.pkl",
            "the PyTorch file is a damaged ZIP archive",
        ),
        (
            b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M",
            "the PyTorch file",
        ),
    ] {
        place.write("net.safetensors", bytes);
        let message = place.refuses(&compress(WITH_BIASES));
        assert!(message.contains(hint), "{message}");
    }
}

#[test]
#[cfg(unix)]
fn what_is_no_file_is_refused_at_once() {
    let place = Place::new();
    let made = Command::new("mkfifo").arg(place.path("pipe")).status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", place.path("zero")).unwrap();
    fs::create_dir(place.path("folder")).unwrap();
    for name in ["pipe", "zero", "folder"] {
        for arguments in [
            &["inspect", name][..],
            &["decompress", name, "-o", "out.safetensors"],
            &["compress", name, "--arch", "dense:10", "-o", "out.nvc"],
            &["noise", name, "--data", "digits"],
            &["run", name],
        ] {
            let message = place.refuses(arguments);
            assert!(message.contains(name), "{message}");
        }
    }
    place.refuses(&["verify", "pipe"]);
    // A certificate whose model is something else.
    let certificate = include_str!("../../../../experiments/certificates/digits/certificate.json");
    place.write("certificate.json", certificate);
    for name in ["pipe", "zero"] {
        fs::rename(place.path(name), place.path("model.nvc")).unwrap();
        let message = place.refuses(&["verify", "certificate.json"]);
        assert!(message.contains("pipe or a device"), "{message}");
        fs::remove_file(place.path("model.nvc")).unwrap();
    }
}

#[test]
fn text_that_is_too_long_or_too_deep_is_refused() {
    let place = Place::new();
    place.write(
        "long.json",
        format!("{{\"format\": \"{}\"}}", "a".repeat(50_000_000)),
    );
    place.write("deep.json", "[".repeat(200_000));
    place.write("deep.toml", format!("kind = {}", "[".repeat(200_000)));
    place.write("long.toml", "#".repeat(2_000_000));
    for name in ["long.json", "deep.json"] {
        place.refuses(&["verify", name]);
    }
    for name in ["deep.toml", "long.toml"] {
        place.refuses(&["run", name]);
        #[cfg(feature = "train")]
        place.refuses(&["certify", "--recipe", name]);
    }
}

/// A network of 5,898,240 weights in some hundred bytes.
fn large_model(place: &Place) {
    use nonvacuous::code::{Architecture, Codebook, CodedTensor, Model, Subspace};
    use nonvacuous::shape::ImageSize;
    let input = ImageSize {
        channels: 1,
        height: 64,
        width: 64,
    };
    let noise = |place: u64| place.pow(4).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let bits = (1..1_001).map(|place| noise(place) >> 63);
    let coordinates = bits.map(|bit| 1 + bit as u8).collect();
    let tensor = CodedTensor::in_subspace(0, coordinates, Subspace::new(1, 1).unwrap());
    let architecture = Architecture::parse("dense:1440", input).unwrap();
    let codebook = Codebook::exact(vec![-1.0, 1.0]).unwrap();
    let model = Model::new(architecture, vec![codebook], vec![tensor]).unwrap();
    place.write("large.nvc", model.encode().unwrap());
}

#[test]
fn a_model_that_takes_too_much_is_refused_and_an_option_allows_it() {
    let place = Place::new();
    large_model(&place);
    for arguments in [
        &["inspect", "large.nvc"][..],
        &["decompress", "large.nvc"],
        &["noise", "large.nvc", "--data", "digits"],
    ] {
        let message = place.refuses(arguments);
        assert!(message.contains("--limit"), "{message}");
    }
    let entries = fs::read_dir(place.path("")).unwrap().count();
    assert_eq!(entries, 1, "nothing is left behind");
    place.succeeds(&["inspect", "large.nvc", "--limit", "200"]);
    place.succeeds(&["decompress", "large.nvc", "--limit", "200"]);
    // What is written is limited, too: 5.9 million weights of four bytes.
    let message = place.refuses(&["inspect", "large.nvc", "--limit", "1"]);
    assert!(message.contains("1000000 are allowed"), "{message}");
}

#[test]
#[cfg(target_os = "linux")]
fn streams_that_cannot_be_written_are_failures_of_the_machine() {
    let place = Place::new();
    let full = || Stdio::from(File::create("/dev/full").unwrap());
    let sweep = [
        "bound",
        "--sweep",
        "bits=1..1000:2000",
        "--n",
        "60000",
        "--errors",
        "900",
    ];
    for arguments in [
        &sweep[..],
        &["--help"],
        &["bound", "--help"],
        &["--version"],
    ] {
        let status = place.command(arguments).stdout(full()).status().unwrap();
        assert_eq!(status.code(), Some(3), "{arguments:?}");
    }
    // Standard error too: then there is no one to tell.
    let status = place.command(&sweep).stdout(full()).stderr(full()).status();
    assert_eq!(status.unwrap().code(), Some(3));
    let misuse = ["bound", "--n", "0", "--errors", "1", "--bits", "1"];
    let status = place.command(&misuse).stderr(full()).status();
    assert_eq!(status.unwrap().code(), Some(2));
    // A reader that has gone is no failure.
    let mut child = place
        .command(&sweep)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_place_where_nothing_can_be_written_is_refused_before_the_work() {
    let place = Place::new();
    place.write("net.safetensors", safetensors(&BIASES));
    place.write("file", "");
    place.refuses(&["check", "--out", "file"]);
    place.refuses(&["check", "--out", "file/below"]);
    place.refuses(&[&compress(WITH_BIASES)[..], &["-o", "missing/net.nvc"]].concat());
    place.refuses(&[&compress(WITH_BIASES)[..], &["-o", "."]].concat());
    #[cfg(feature = "train")]
    for more in [&[][..], &["--prior-fraction", "0.5"]] {
        let message = place.refuses(&[&["certify", "--out", "file/below"][..], more].concat());
        assert!(message.contains("file/below"), "{message}");
    }
    #[cfg(target_os = "linux")]
    {
        place.refuses(&[&compress(WITH_BIASES)[..], &["-o", "/dev/null"]].concat());
        place.refuses(&["check", "--out", "/proc/nonvacuous"]);
        assert!(!Path::new("/dev/null").is_file());
    }
}

/// Names that are not UTF-8, which most systems but macOS allow.
#[cfg(target_os = "linux")]
mod names_in_other_encodings {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    fn name(ending: &str) -> OsString {
        let mut bytes = b"caf\xe9".to_vec();
        bytes.extend(ending.as_bytes());
        OsString::from_vec(bytes)
    }

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn are_read_and_written_as_any_other() {
        let place = Place::new();
        let [network, model, weights] = ["-in.safetensors", ".nvc", "-out.safetensors"].map(name);
        fs::write(place.path(&network), safetensors(&BIASES)).unwrap();
        let mut arguments = words(&["compress", "--json", "--input", "1x8x8", "--arch"]);
        arguments.extend([WITH_BIASES.into(), network, "-o".into(), model.clone()]);
        place.succeeds(&arguments);
        let mut arguments = words(&["decompress", "--json", "-o"]);
        arguments.extend([weights.clone(), model.clone()]);
        place.succeeds(&arguments);
        place.succeeds(&[OsString::from("inspect"), model]);
        assert!(place.path(&weights).exists());
    }

    #[test]
    #[cfg(feature = "train")]
    fn are_folders_of_certificates_as_any_other() {
        let place = Place::new();
        place.write("quick.toml", QUICK);
        for json in [&[][..], &["--json"]] {
            let mut arguments = words(&["certify", "--recipe", "quick.toml", "--replace", "--out"]);
            arguments.push(name(""));
            arguments.extend(words(json));
            place.succeeds(&arguments);
        }
        place.succeeds(&[OsString::from("verify"), name("")]);
        let mut arguments = words(&["certify", "--out"]);
        arguments.extend([name("2"), "--model".into()]);
        arguments.push(Path::new(&name("")).join("model.nvc").into_os_string());
        place.succeeds(&arguments);
    }

    #[test]
    fn are_refused_at_once_where_text_is_asked_for() {
        let place = Place::new();
        let mut arguments = words(&["noise", "net.nvc", "--data"]);
        arguments.push(name(""));
        place.refuses(&arguments);
    }
}

/// A recipe that trains in no time.
#[cfg(feature = "train")]
const QUICK: &str = "\
architecture = \"dense:10\"
pruning = { method = \"magnitude\", sparsity = 0.3, width = 1.0 }
first = { epochs = 1, batch = 16, learning_rate = 0.01 }
quantisation = { method = \"kmeans\", codewords = 2, digits = 2, rate = 6.0 }
second = { epochs = 1, batch = 16, learning_rate = 0.01 }
bounded = 0.3
sweeps = 0
";

#[test]
#[cfg(feature = "train")]
fn keys_that_name_nothing_are_refused() {
    let place = Place::new();
    let wrong = [
        QUICK.replace("sweeps", "sweps"),
        QUICK.replace("width = 1.0", "width = 1.0, depth = 2"),
        QUICK.replace("epochs = 1,", "epochs = 1, epoch = 2,"),
        format!("{QUICK}[more]\n"),
    ];
    for text in wrong {
        place.write("wrong.toml", &text);
        place.refuses(&["certify", "--recipe", "wrong.toml"]);
    }
    let experiment = include_str!("../../../../fuzz/corpus/experiment/laws.toml");
    place.write("right.toml", experiment);
    place.write("wrong.toml", format!("drws = 3\n{experiment}"));
    place.refuses(&["run", "wrong.toml"]);
    place.refuses(&["run", "right.toml", "--set", "drws=3"]);
    let output = place
        .command(&["bound", "--n", "10", "--errors", "1", "--bits", "1"])
        .env("NONVACUOUS_DATE", "x")
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && message.contains("NONVACUOUS_DATE"),
        "{message}"
    );
}

#[test]
#[cfg(feature = "train")]
fn a_recipe_in_another_form_is_not_written_over() {
    let place = Place::new();
    fs::create_dir(place.path("out")).unwrap();
    let commented = format!("# mine\n{QUICK}");
    place.write("out/recipe.toml", &commented);
    place.refuses(&["certify", "--recipe", "out/recipe.toml", "--out", "out"]);
    assert_eq!(
        fs::read_to_string(place.path("out/recipe.toml")).unwrap(),
        commented
    );
    place.write("mine.toml", &commented);
    place.succeeds(&["certify", "--recipe", "mine.toml", "--out", "other"]);
    // What the command has written itself is in its form.
    place.succeeds(&["certify", "--recipe", "other/recipe.toml", "--out", "other"]);
}

#[test]
#[cfg(feature = "train")]
fn a_report_of_a_prior_learnt_on_a_part_stays_unless_another_is_better_about_the_same() {
    let place = Place::new();
    place.write("quick.toml", QUICK);
    let learn = |more: &[&'static str]| {
        let mut arguments = vec!["certify", "--recipe", "quick.toml", "--out", "out"];
        arguments.extend(more);
        arguments
    };
    let report = || fs::read_to_string(place.path("out/data-dependent.json")).unwrap();
    place.succeeds(&learn(&["--prior-fraction", "0.5"]));
    let first = report();
    let told = place.succeeds(&learn(&["--prior-fraction", "0.5"]));
    assert!(told.contains("kept:"), "{told}");
    for other in [
        &["--prior-fraction", "0.6"][..],
        &["--prior-fraction", "0.5", "--delta", "0.01"],
    ] {
        let message = place.refuses(&learn(other));
        assert!(message.contains("--replace"), "{message}");
        assert_eq!(report(), first);
    }
    place.succeeds(&learn(&["--prior-fraction", "0.6", "--replace"]));
    assert_ne!(report(), first);
    // A certificate in the same folder keeps its network.
    place.succeeds(&["certify", "--recipe", "quick.toml", "--out", "out"]);
    place.succeeds(&learn(&["--prior-fraction", "0.7", "--replace"]));
    place.succeeds(&["verify", "out"]);
}

#[test]
#[cfg(feature = "train")]
fn a_strip_takes_no_more_than_a_photograph_and_confidence_is_never_all() {
    let place = Place::new();
    // The mean of red, green, blue is the logit of each class, at 224 x 224.
    place.write("rgb.nvc", [0xe1, 0x07, 0xa1, 0x04, 0x2d, 0x95]);
    let colours = [
        ("a_red", [230, 20, 20]),
        ("b_green", [20, 230, 20]),
        ("c_blue", [20, 20, 230]),
    ];
    for (class, colour) in colours {
        fs::create_dir_all(place.path("data").join(class)).unwrap();
        let file = crate::photographs::photograph(colour, 20, 16);
        place.write(&format!("data/{class}/0.jpg"), file);
    }
    let strip = crate::photographs::photograph([230, 20, 20], 65_000, 1);
    place.write("data/a_red/strip.jpg", strip);
    let told = place.succeeds(&[
        "certify", "--model", "rgb.nvc", "--data", "data", "--out", "out", "--delta", "1e-12",
    ]);
    assert!(
        told.contains("4 training images") && told.contains(" 0 of them"),
        "{told}"
    );
    assert!(!told.contains("confidence 100%"), "{told}");
}
