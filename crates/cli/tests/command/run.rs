//! `nonvacuous run` from outside: the same rows, however they came about.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use nonvacuous::random::stream;
use rand::RngExt;
use tempfile::{tempdir, TempDir};

/// Indices of thirty thousand digits: a draw takes a millisecond.
pub const CODEBOOK: &str = r#"
name = "codebook"
seed = 5
draws = 1000

[codebook]
examples = [30000, 20000]
train_error = 0.0001
test_error = 0.5
method = "drawn"
"#;

/// Coin flips that a perceptron of signs remembers: a draw takes milliseconds.
const SIGNS: &str = r#"
name = "signs"
seed = 5
draws = 200

[signs]
attempts = 20
inputs = 501
labels = "coin-flips"
load = [0.5, 0.7]
noise = 0.0
passes = 200
reinforcement = 0.3
"#;

#[cfg(feature = "train")]
const NETWORKS: &str = r#"
name = "networks"
seed = 5
draws = 70

[networks]
delta = 0.05
examples = 60
kept = [0.3, 1.0]
law = "majority:7"
layers = "dense:6:b relu dense:2:b"
learning_rate = 0.05
noise = 0.1
price = 0.3
steps = 40
tuning = 10
"#;

/// Labels replaced at random, on a cube: a draw takes milliseconds.
#[cfg(feature = "train")]
const RANDOMISATION: &str = r#"
name = "randomisation"
seed = 5
draws = 4

[randomisation]
batch = 20
codewords = 3
delta = 0.05
epochs = 20
examples = 60
ladder = "0.1 1"
law = "majority:7"
layers = "dense:16:b relu dense:2:b"
learning_rate = 0.05
paired = true
randomised = [0.0, 0.5, 1.0]
sparsity = 0.5
tolerance = 0.05
tuning = 10
"#;

struct Lab {
    folder: TempDir,
}

impl Lab {
    fn new(experiment: &str) -> Self {
        let folder = tempdir().unwrap();
        fs::write(folder.path().join("experiment.toml"), experiment).unwrap();
        Self { folder }
    }

    fn out(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, out: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nonvacuous"));
        command
            .arg("run")
            .arg(self.folder.path().join("experiment.toml"))
            .arg("--out")
            .arg(self.out(out));
        command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, out: &str, arguments: &[&str]) -> Output {
        self.command(out, arguments).output().unwrap()
    }

    fn succeed(&self, out: &str, arguments: &[&str], threads: &str) {
        let output = self
            .command(out, arguments)
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn error(&self, out: &str, arguments: &[&str]) -> String {
        let output = self.run(out, arguments);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    }
}

fn sorted_lines(path: &Path) -> Vec<String> {
    let mut lines: Vec<String> = fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::to_string)
        .collect();
    lines.sort();
    lines
}

/// All that a finished run leaves: rows sorted, and what follows from them.
fn results(folder: &Path, name: &str) -> Vec<Vec<String>> {
    let files = [format!("{name}.csv"), format!("{name}.summary.csv")];
    files
        .iter()
        .map(|file| sorted_lines(&folder.join(file)))
        .collect()
}

#[test]
fn killed_at_ten_random_moments_a_run_ends_with_the_same_bytes() {
    let lab = Lab::new(CODEBOOK);
    lab.succeed("whole", &[], "2");
    let mut random = stream(1, "test", 0, "moments");
    let mut interrupted = 0;
    for _ in 0..10 {
        let mut child = lab
            .command("killed", &[])
            .env("RAYON_NUM_THREADS", "1")
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(random.random_range(10..120)));
        child.kill().unwrap();
        interrupted += u32::from(!child.wait().unwrap().success());
    }
    assert!(interrupted > 0, "every run had ended before it was killed");
    lab.succeed("killed", &[], "2");
    for file in ["codebook.csv", "codebook.summary.csv"] {
        assert_eq!(
            fs::read(lab.out("whole").join(file)).unwrap(),
            fs::read(lab.out("killed").join(file)).unwrap()
        );
    }
}

#[test]
fn perceptrons_of_signs_do_not_depend_on_threads_shards_or_when_they_were_killed() {
    let lab = Lab::new(SIGNS);
    lab.succeed("whole", &[], "2");
    let mut child = lab.command("killed", &[]).spawn().unwrap();
    sleep(Duration::from_millis(200));
    child.kill().unwrap();
    child.wait().unwrap();
    lab.succeed("killed", &[], "1");
    lab.succeed("parts", &["--shard", "2/3"], "2");
    lab.succeed("parts", &[], "2");
    let whole = results(&lab.out("whole"), "signs");
    assert_eq!(whole, results(&lab.out("killed"), "signs"));
    assert_eq!(whole[1], results(&lab.out("parts"), "signs")[1]);
    let rows = fs::read_to_string(lab.out("whole").join("signs.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 2 * 200);
}

/// A committee that remembers coin flips.
const COMMITTEE: &str = r#"
name = "committee"
seed = 5
draws = 20

[committee]
attempts = 3
inputs = 153
labels = "coin-flips"
load = [0.4, 0.5]
margin = 3
noise = 0.0
passes = 100
reinforcement = 0.1
units = 3
"#;

/// The same of perceptrons with zeros among their weights.
const TERNARY: &str = r#"
name = "ternary"
seed = 5
draws = 20

[ternary]
attempts = 3
inputs = 151
labels = "coin-flips"
load = [0.5, 0.7]
noise = 0.0
passes = 100
reinforcement = 0.4
threshold = 6
"#;

#[test]
fn committees_and_perceptrons_with_zeros_do_not_depend_on_threads_or_shards() {
    for (name, experiment) in [("committee", COMMITTEE), ("ternary", TERNARY)] {
        let lab = Lab::new(experiment);
        lab.succeed("whole", &[], "2");
        lab.succeed("parts", &["--shard", "2/3"], "1");
        lab.succeed("parts", &[], "1");
        let whole = results(&lab.out("whole"), name);
        assert_eq!(whole[1], results(&lab.out("parts"), name)[1]);
        let rows = fs::read_to_string(lab.out("whole").join(format!("{name}.csv"))).unwrap();
        assert_eq!(rows.lines().count(), 1 + 2 * 20);
    }
}

/// Perceptrons of so few signs that all are tried.
const SOLUTIONS: &str = r#"
name = "solutions"
seed = 5
draws = 40

[solutions]
inputs = [3, 13]
labels = "coin-flips"
load = 0.7
noise = 0.0
"#;

#[test]
fn learners_whose_informations_are_known_leave_every_link_of_the_converse() {
    let lab = Lab::new(SOLUTIONS);
    lab.succeed("out", &[], "2");
    lab.succeed("again", &["--shard", "1/2"], "1");
    lab.succeed("again", &[], "1");
    let links = fs::read_to_string(lab.out("out").join("solutions.links.csv")).unwrap();
    let again = fs::read_to_string(lab.out("again").join("solutions.links.csv")).unwrap();
    assert_eq!(links, again);
    let lines: Vec<&str> = links.lines().collect();
    assert!(lines[0].starts_with("configuration,label,draws,exact,limit_kl_bits_lower,"));
    assert!(lines[1].starts_with("0,\"inputs 3\",40,true,"), "{links}");
    assert!(lines[2].starts_with("1,\"inputs 13\",40,false,"), "{links}");
    let other = Lab::new(CODEBOOK);
    other.succeed("out", &["--set", "draws=2"], "1");
    assert!(!other.out("out").join("codebook.links.csv").exists());
}

/// The numbers of one column of a CSV file.
#[cfg(feature = "train")]
fn column(path: &Path, name: &str) -> Vec<f64> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let names = reader.headers().unwrap();
    let place = names.iter().position(|column| column == name).unwrap();
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| row[place].parse().unwrap()).collect()
}

#[cfg(feature = "train")]
#[test]
fn paired_draws_are_compared_step_by_step() {
    let lab = Lab::new(RANDOMISATION);
    lab.succeed("out", &[], "2");
    let bits = column(&lab.out("out").join("randomisation.csv"), "bits");
    let differences = lab.out("out").join("randomisation.differences.csv");
    assert_eq!(column(&differences, "draws"), [4.0, 4.0]);
    for (step, more) in column(&differences, "more_bits").into_iter().enumerate() {
        let mean = |configuration: usize| bits[4 * configuration..][..4].iter().sum::<f64>() / 4.0;
        assert!((more - (mean(step + 1) - mean(step))).abs() < 1e-9);
    }

    // The draws of one configuration are the same without the others, and so is a step.
    lab.succeed("two", &["--set", "randomised=[0.5, 1.0]"], "1");
    let alone = column(&lab.out("two").join("randomisation.csv"), "bits");
    assert_eq!(alone, bits[4..]);

    // Where draws are not paired there is nothing to compare.
    lab.succeed("apart", &["--set", "paired=false"], "2");
    assert!(!lab
        .out("apart")
        .join("randomisation.differences.csv")
        .exists());
}

#[cfg(feature = "train")]
#[test]
fn a_polished_file_is_sent_where_it_is_better() {
    let lab = Lab::new(RANDOMISATION);
    lab.succeed("out", &[], "2");
    let polished = Lab::new(&format!("{RANDOMISATION}sweeps = 3\n"));
    polished.succeed("out", &[], "2");
    // No errors where the tolerance of 3 is kept, else all of them; and bits.
    let ranks = |lab: &Lab| -> Vec<(f64, f64)> {
        let csv = lab.out("out").join("randomisation.csv");
        let [before, errors, bits] =
            ["pruned_errors", "errors", "bits"].map(|name| column(&csv, name));
        let rank = |place: usize| match errors[place] <= before[place] + 3.0 {
            true => (0.0, bits[place]),
            false => (errors[place], bits[place]),
        };
        (0..bits.len()).map(rank).collect()
    };
    let pairs: Vec<_> = ranks(&lab).into_iter().zip(ranks(&polished)).collect();
    assert!(pairs.iter().all(|(one, other)| other <= one), "{pairs:?}");
    assert!(pairs.iter().any(|(one, other)| other < one), "{pairs:?}");
}

/// Laws of few examples, at the edges of two bounds.
const EDGES: &str = r#"
name = "edges"
seed = 5
draws = 40

[edges]
delta = 0.1
law = ["occam_binomial:20:1:2", "subsample:60:20:1"]
sets = 50
"#;

#[test]
fn laws_at_the_edges_of_bounds_leave_their_exact_failure_probabilities_beside_the_drawn() {
    let lab = Lab::new(EDGES);
    lab.succeed("out", &[], "2");
    lab.succeed("again", &["--shard", "1/2"], "1");
    lab.succeed("again", &[], "1");
    let edges = fs::read_to_string(lab.out("out").join("edges.edges.csv")).unwrap();
    let again = fs::read_to_string(lab.out("again").join("edges.edges.csv")).unwrap();
    assert_eq!(edges, again);
    let mut reader = csv::Reader::from_reader(edges.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let column = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    for (row, law) in rows
        .iter()
        .zip(["occam_binomial:20:1:2", "subsample:60:20:1"])
    {
        let number = |name: &str| row[column(name)].parse::<f64>().unwrap();
        assert_eq!(&row[column("law")], law);
        assert_eq!(&row[column("holds")], "true");
        assert_eq!(number("sets"), 2000.0);
        assert_eq!(number("failure_rate"), number("failures") / 2000.0);
        let exact = number("failure_probability");
        assert!(0.05 < exact && exact <= 0.1, "{law}: {exact}");
        assert_eq!(number("part_of_delta"), exact / 0.1);
        assert!(number("failure_rate_lower") < exact && exact < number("failure_rate_upper"));
    }
    for absent in ["edges.summary.csv", "edges.coverage.csv", "edges.links.csv"] {
        assert!(!lab.out("out").join(absent).exists());
    }
    let report = lab.run("out", &[]);
    let report = String::from_utf8(report.stdout).unwrap();
    assert!(
        report.contains("subsample:60:20:1") && report.contains("holds"),
        "{report}"
    );
    let json = lab.run("out", &["--json"]);
    assert!(String::from_utf8(json.stdout)
        .unwrap()
        .contains("\"part_of_delta\""));
}

#[test]
fn a_law_at_no_edge_is_refused_with_what_would_do() {
    for (from, to, expected) in [
        (
            "occam_binomial:20",
            "occam_binomal:20",
            "accepted are BOUND:EXAMPLES:ERRORS:BITS",
        ),
        (":20:1:2", ":20:20:2", "accepted are fewer errors"),
        (
            "subsample:60:20:1",
            "subsample:10:20:1",
            "accepted are at most 10",
        ),
        ("sets = 50", "sets = 0", "accepted are 1 to 1000000"),
        ("delta = 0.1", "delta = 1.0", "between 0 and 1"),
        ("sets", "set", "did you mean `sets`?"),
    ] {
        let error = Lab::new(&EDGES.replace(from, to)).error("out", &[]);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_line_that_was_cut_off_is_drawn_again() {
    let lab = Lab::new(
        &CODEBOOK
            .replace("30000, 20000", "30, 20")
            .replace("1000", "40"),
    );
    lab.succeed("whole", &[], "2");
    let path = lab.out("whole").join("codebook.csv");
    let whole = fs::read(&path).unwrap();
    for length in [0, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        lab.succeed("whole", &[], "1");
        assert_eq!(fs::read(&path).unwrap(), whole, "cut at {length}");
    }
}

#[test]
fn four_shards_make_the_same_rows_as_one_run() {
    let lab = Lab::new(
        &CODEBOOK
            .replace("30000, 20000", "300, 200")
            .replace("1000", "101"),
    );
    lab.succeed("whole", &[], "2");
    for shard in ["3/4", "1/4", "4/4", "2/4"] {
        lab.succeed("parts", &["--shard", shard], "1");
    }
    let rows: Vec<usize> = (1..=4)
        .map(|part| sorted_lines(&lab.out("parts").join(format!("codebook.{part}-of-4.csv"))).len())
        .collect();
    assert_eq!(rows, [53, 51, 51, 51]);
    lab.succeed("parts", &[], "1");
    assert_eq!(
        results(&lab.out("whole"), "codebook"),
        results(&lab.out("parts"), "codebook")
    );
}

#[cfg(feature = "train")]
#[test]
fn networks_do_not_depend_on_threads_shards_or_what_they_are_stacked_with() {
    let lab = Lab::new(NETWORKS);
    lab.succeed("one", &[], "1");
    lab.succeed("two", &[], "2");
    for shard in ["1/4", "2/4", "3/4", "4/4"] {
        lab.succeed("parts", &["--shard", shard], "2");
    }
    lab.succeed("parts", &[], "1");
    assert_eq!(
        results(&lab.out("one"), "networks"),
        results(&lab.out("two"), "networks")
    );
    assert_eq!(
        results(&lab.out("one"), "networks"),
        results(&lab.out("parts"), "networks")
    );
    let mut reader = csv::Reader::from_path(lab.out("one").join("networks.coverage.csv")).unwrap();
    assert_eq!(reader.records().map(Result::unwrap).count(), 2 * 9);
}

#[test]
fn another_draw_of_the_list_does_not_change_the_others() {
    let first = Lab::new(&CODEBOOK.replace("30000, 20000", "30").replace("1000", "20"));
    let second = Lab::new(
        &CODEBOOK
            .replace("30000, 20000", "10, 30")
            .replace("1000", "30"),
    );
    first.succeed("out", &[], "1");
    second.succeed("out", &[], "1");
    let results = |lab: &Lab, configuration: &str| -> Vec<String> {
        let text = fs::read_to_string(lab.out("out").join("codebook.csv")).unwrap();
        text.lines()
            .filter_map(|line| line.strip_prefix(configuration))
            .map(str::to_string)
            .take(20)
            .collect()
    };
    assert_eq!(results(&first, "0,"), results(&second, "1,"));
}

#[test]
fn unknown_keys_are_errors_that_name_the_nearest() {
    for (from, to, hint) in [
        ("train_error", "tain_eror", "did you mean `train_error`?"),
        ("draws", "drows", "did you mean `draws`?"),
        ("[codebook]", "[codebok]", "did you mean `codebook`?"),
        ("\"drawn\"", "\"drwn\"", "did you mean `drawn`?"),
    ] {
        let error = Lab::new(&CODEBOOK.replace(from, to)).error("out", &[]);
        assert!(error.contains(hint), "{error}");
        assert!(error.contains("experiment.toml"), "{error}");
    }
}

#[test]
fn experiments_that_make_no_sense_are_refused_with_what_would_do() {
    for (from, to, expected) in [
        ("draws = 1000", "draws = 0", "1 or more"),
        (
            "name = \"codebook\"",
            "name = \"../codebook\"",
            "letters, digits",
        ),
        (
            "test_error = 0.5",
            "test_error = 1.5",
            "numbers from 0 to 1",
        ),
        ("test_error = 0.5", "", "missing field `test_error`"),
        ("test_error = 0.5", "test_error = [0.5, [0.5]]", "a list"),
        (
            "train_error = 0.0001",
            "train_error = -0.1",
            "numbers from 0 to 1",
        ),
        ("\"drawn\"", "\"searched\"", "one hypothesis in a million"),
        ("[codebook]", "[networks]", ""),
    ] {
        let lab = Lab::new(&CODEBOOK.replace(from, to));
        let error = lab.error("out", &[]);
        assert!(error.contains(expected), "{error}");
        assert!(!lab.out("out").exists());
    }
}

#[test]
fn rows_of_another_version_of_the_experiment_are_refused() {
    let lab = Lab::new(&CODEBOOK.replace("30000, 20000", "30").replace("1000", "20"));
    lab.succeed("out", &[], "1");
    let path = lab.out("out").join("codebook.csv");
    let whole = fs::read_to_string(&path).unwrap();
    for (from, to) in [
        ("0,3,5,30,", "0,3,6,30,"),
        ("0,3,5,30,", "0,99,5,30,"),
        ("draw,seed", "draw,seeds"),
        ("0,3,5,30,", "x"),
    ] {
        fs::write(&path, whole.replace(from, to)).unwrap();
        let error = lab.error("out", &[]);
        assert!(
            error.contains("another version of the experiment"),
            "{error}"
        );
    }
}

#[test]
fn shards_are_written_as_a_part_of_a_whole() {
    for shard in ["0/4", "5/4", "1", "1/0", "a/b"] {
        assert!(Lab::new(CODEBOOK)
            .error("out", &["--shard", shard])
            .contains("accepted is I/K"));
    }
}

fn committed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join("experiments")
        .join(name)
}

#[test]
fn the_committed_rows_of_the_codebook_are_reproduced() {
    let lab = Lab::new(&fs::read_to_string(committed("codebook.toml")).unwrap());
    lab.succeed("out", &[], "2");
    for file in ["codebook.csv", "codebook.summary.csv"] {
        assert!(
            fs::read(lab.out("out").join(file)).unwrap() == fs::read(committed(file)).unwrap(),
            "{file} differs"
        );
    }
}

#[test]
fn the_first_committed_rows_of_the_laws_at_edges_are_reproduced() {
    let lab = Lab::new(&fs::read_to_string(committed("edges.toml")).unwrap());
    lab.succeed("out", &["--set", "draws=2"], "2");
    let rows = fs::read_to_string(lab.out("out").join("edges.csv")).unwrap();
    let all = fs::read_to_string(committed("edges.csv")).unwrap();
    let all: Vec<&str> = all.lines().collect();
    assert!(rows.lines().count() > 20);
    assert!(rows.lines().all(|line| all.contains(&line)), "{rows}");
}

#[test]
fn the_first_committed_rows_of_the_perceptrons_of_signs_are_reproduced() {
    for (name, load, sizes) in [
        ("signs", "0.6", 1),
        ("signs-teacher", "1.8", 1),
        ("committee", "0.52", 1),
        ("ternary", "0.76", 1),
        ("solutions", "0.6", 4),
        ("solutions-teacher", "0.4", 3),
    ] {
        let lab = Lab::new(&fs::read_to_string(committed(&format!("{name}.toml"))).unwrap());
        let set = format!("load={load}");
        lab.succeed("out", &["--set", "draws=3", "--set", &set], "2");
        let rows = fs::read_to_string(lab.out("out").join(format!("{name}.csv"))).unwrap();
        let all = fs::read_to_string(committed(&format!("{name}.csv"))).unwrap();
        // All but the number of the configuration, which is another here.
        let draw = |line: &str| line.split_once(',').map(|(_, rest)| rest.to_string());
        let committed: Vec<Option<String>> = all.lines().map(draw).collect();
        assert_eq!(rows.lines().count(), 1 + 3 * sizes);
        assert!(
            rows.lines().all(|line| committed.contains(&draw(line))),
            "{rows}"
        );
    }
}

#[test]
fn a_key_that_is_set_on_the_command_line_is_checked_like_those_in_the_file() {
    let lab = Lab::new(&fs::read_to_string(committed("codebook.toml")).unwrap());
    assert!(lab
        .run("out", &["--set", "draws=1", "--set", "examples=10"])
        .status
        .success());
    let rows = fs::read_to_string(lab.out("out").join("codebook.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 2 * 3);
    let all = fs::read_to_string(committed("codebook.csv")).unwrap();
    assert_eq!(rows.lines().nth(1), all.lines().nth(1));
    assert!(lab
        .error("other", &["--set", "exampels=10"])
        .contains("did you mean `examples`?"));
    assert!(lab
        .error("other", &["--set", "draws"])
        .contains("KEY=VALUE"));
}

/// The rows of the part of an experiment that takes a few seconds; none where there is no MNIST.
#[cfg(feature = "train")]
#[test]
fn the_first_committed_rows_of_randomised_labels_are_reproduced() {
    let committed_rows = fs::read_to_string(committed("randomisation-bound.csv")).unwrap();
    let lab = Lab::new(&fs::read_to_string(committed("randomisation-bound.toml")).unwrap());
    let output = lab.run("out", &["--set", "draws=2", "--set", "randomised=0.0"]);
    let error = String::from_utf8_lossy(&output.stderr);
    if error.contains("mnist") {
        return;
    }
    assert!(output.status.success(), "{error}");
    let rows = fs::read_to_string(lab.out("out").join("randomisation-bound.csv")).unwrap();
    assert_eq!(
        rows.lines().collect::<Vec<_>>(),
        committed_rows.lines().take(3).collect::<Vec<_>>()
    );
}

/// The last of so many shards has no draws, so that only reading is left.
#[cfg(feature = "train")]
#[test]
fn every_committed_experiment_is_understood() {
    let names = [committed(""), committed("large")].map(|folder| fs::read_dir(folder).unwrap());
    let names = names
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    let experiments: Vec<PathBuf> = names
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        // The list of the repository's figures.
        .filter(|path| !path.ends_with("figures.toml"))
        .collect();
    assert!(experiments.len() > 10);
    for path in experiments {
        let lab = Lab::new(&fs::read_to_string(&path).unwrap());
        let output = lab.run("out", &["--shard", "100000/100000"]);
        let error = String::from_utf8_lossy(&output.stderr);
        let is_absent = ["mnist", "cifar10"].iter().any(|name| error.contains(name));
        assert!(
            output.status.success() || is_absent,
            "{}: {error}",
            path.display()
        );
        let is_large = path
            .parent()
            .is_some_and(|folder| folder.ends_with("large"));
        assert!(
            is_large || path.with_extension("csv").is_file(),
            "{} has no reference",
            path.display()
        );
    }
}
