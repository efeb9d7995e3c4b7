//! Pictures and pages, as a user asks for them.
#![cfg(feature = "figures")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::tempdir;

fn experiments() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join("experiments")
}

fn nonvacuous(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .args(arguments)
        .output()
        .unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What went wrong, after exit code 2.
fn misuse(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_committed_picture_is_drawn_again_to_the_last_byte() {
    let folder = tempdir().unwrap();
    let output = nonvacuous(&[
        "figures",
        "--experiments",
        path(&experiments()),
        "--out",
        path(folder.path()),
    ]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let committed = experiments().join("figures");
    assert_eq!(names(folder.path()), names(&committed));
    assert!(names(&committed).len() >= 32);
    for name in names(&committed) {
        let same = fs::read(folder.path().join(&name)).unwrap()
            == fs::read(committed.join(&name)).unwrap();
        assert!(same, "{name} differs");
    }
}

#[test]
fn one_figure_can_be_asked_for_and_a_wrong_name_is_met_with_the_nearest() {
    let folder = tempdir().unwrap();
    let arguments = [
        "--experiments",
        path(&experiments()),
        "--out",
        path(folder.path()),
    ]
    .map(str::to_string);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = nonvacuous(&[&["figures", "coverage"], &arguments[..]].concat());
    assert!(output.status.success());
    assert_eq!(names(folder.path()), ["coverage.png", "coverage.svg"]);
    let error = misuse(&nonvacuous(
        &[&["figures", "covrage"], &arguments[..]].concat(),
    ));
    assert!(error.contains("did you mean \"coverage\"?"), "{error}");
    let error = misuse(&nonvacuous(
        &[&["figures", "nope"], &arguments[..]].concat(),
    ));
    assert!(!error.contains("did you mean"), "{error}");
}

/// Trials of a user's own: training errors of 60,000 examples, and bits.
const TRIALS: &str = "n,delta,errors,bits\n60000,0.05,1035,1688\n60000,0.05,604,3312\n";

#[test]
fn a_users_own_csv_is_drawn_by_kind_as_svg_with_a_png_beside_it() {
    let folder = tempdir().unwrap();
    let mine = folder.path().join("mine.csv");
    fs::write(&mine, TRIALS).unwrap();
    let output = nonvacuous(&["figures", "--kind", "frontier", path(&mine)]);
    assert!(output.status.success(), "{output:?}");
    let other = folder.path().join("other.svg");
    let arguments = ["figures", "--kind", "frontier", path(&mine), "-o"];
    let output = nonvacuous(&[&arguments[..], &[path(&other)]].concat());
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        names(folder.path()),
        ["mine.csv", "mine.png", "mine.svg", "other.png", "other.svg"]
    );
    let svg = fs::read_to_string(&other).unwrap();
    assert!(svg.contains("least bound: 5.74%"), "{svg}");
    assert!(fs::read(folder.path().join("other.png"))
        .unwrap()
        .starts_with(b"\x89PNG"));
    let error = misuse(&nonvacuous(&[&arguments[..], &["mine.png"]].concat()));
    assert!(error.contains("accepted with --kind"), "{error}");
}

#[test]
fn an_unknown_kind_is_met_with_all_kinds_and_the_nearest_only_if_it_is_near() {
    let error = misuse(&nonvacuous(&["figures", "--kind", "fronteir", "mine.csv"]));
    assert!(error.contains("did you mean \"frontier\"?"), "{error}");
    assert!(error.contains("bounds, frontier, bits, slack"), "{error}");
}

#[test]
fn a_csv_without_the_columns_that_are_drawn_is_an_error_that_names_them_all() {
    let folder = tempdir().unwrap();
    let mine = folder.path().join("mine.csv");
    let drawn = |kind: &str, text: &str| {
        fs::write(&mine, text).unwrap();
        misuse(&nonvacuous(&["figures", "--kind", kind, path(&mine)]))
    };
    let error = drawn("frontier", "n,errors\n1,2\n");
    for wanted in [
        "mine.csv: no column delta, bits;",
        "a figure of kind frontier needs n, delta, errors, bits",
        "the file has n, errors",
    ] {
        assert!(error.contains(wanted), "{error}");
    }
    let error = drawn("bounds", "bits\n1\n2\n");
    assert!(error.contains("one of occam_binomial, occam_kl"), "{error}");
    let error = drawn("bounds", "bits,occam_binomial\n1,much\n");
    assert!(
        error.contains("\"much\" in column occam_binomial is no number"),
        "{error}"
    );
    let error = drawn("frontier", "n,delta,errors,bits\n9,0.05,-1,8\n");
    assert!(error.contains("\"-1\" in column errors"), "{error}");
    let error = drawn("frontier", &format!("{TRIALS}50000,0.05,1,2\n"));
    assert!(error.contains("one picture shows one value"), "{error}");
    let error = drawn("frontier", "n,delta,errors,bits\n");
    assert!(error.contains("no rows to draw"), "{error}");
    let error = drawn("frontier", "n,delta,errors,bits\n9\n");
    assert!(error.contains("mine.csv is not a CSV file: "), "{error}");
    let error = misuse(&nonvacuous(&[
        "figures", "--kind", "bounds", "a.csv", "b.csv",
    ]));
    assert!(error.contains("is drawn from BOUNDS.csv"), "{error}");
}

/// Draws of perceptrons of signs with a teacher, of two sizes.
const SIGNS: &str = "inputs,labels,load,passes,examples,best,errors,test_error,bits\n\
    9,teacher,1,5,9,3,0,0.25,72\n9,teacher,1,5,9,1,1,0.5,72\n9,teacher,2,5,18,1,0,0,72\n\
    5,teacher,1,5,5,2,0,0.25,64\n5,teacher,2,5,10,1,0,0,64\n";

#[test]
fn perceptrons_of_signs_are_drawn_by_size_and_other_labels_are_refused() {
    let folder = tempdir().unwrap();
    let mine = folder.path().join("mine.csv");
    for (kind, wanted) in [
        ("signs-errors", "training error"),
        ("signs-bits", "limit n kl/ln 2"),
        ("signs-solutions", "only one"),
    ] {
        fs::write(&mine, SIGNS).unwrap();
        let output = nonvacuous(&["figures", "--kind", kind, path(&mine)]);
        assert!(output.status.success(), "{output:?}");
        let svg = fs::read_to_string(folder.path().join("mine.svg")).unwrap();
        for text in [wanted, "solid: N = 9", "dashed: N = 5"] {
            assert!(svg.contains(text), "{kind}: {text}");
        }
        for (from, to, expected) in [
            ("teacher", "coin-flips", "accepted are \"teacher\""),
            ("0,0.25,72", "10,0.25,72", "10"),
            ("0,0.25,72", "0,1.25,72", "1.25"),
            ("\n5,", "\n0,", "inputs = 0"),
        ] {
            fs::write(&mine, SIGNS.replace(from, to)).unwrap();
            let error = misuse(&nonvacuous(&["figures", "--kind", kind, path(&mine)]));
            assert!(error.contains(expected), "{kind}: {error}");
        }
    }
    fs::write(&mine, SIGNS.replace("9,3,", "9,0,")).unwrap();
    let arguments = ["figures", "--kind", "signs-solutions", path(&mine)];
    assert!(misuse(&nonvacuous(&arguments)).contains("in column best"));
}

#[test]
fn coin_flips_remembered_are_drawn_with_the_summary_of_the_same_draws() {
    let folder = tempdir().unwrap();
    let (mine, summary) = (
        folder.path().join("mine.csv"),
        folder.path().join("mine.summary.csv"),
    );
    let draws = SIGNS.replace("teacher", "coin-flips");
    let own: Vec<&str> = draws.lines().filter(|row| !row.starts_with('5')).collect();
    fs::write(&mine, own.join("\n")).unwrap();
    let rows = "slack_lower,slack,slack_upper\n1.5,1.6,\n1.1,1.2,1.3\n";
    let arguments = [
        "figures",
        "--kind",
        "signs-remembered",
        path(&mine),
        path(&summary),
    ];
    fs::write(&summary, rows).unwrap();
    let output = nonvacuous(&arguments);
    assert!(output.status.success(), "{output:?}");
    let svg = fs::read_to_string(folder.path().join("mine.svg")).unwrap();
    assert!(svg.contains("capacity"), "{svg}");
    fs::write(&summary, format!("{rows}1,1,1\n")).unwrap();
    assert!(misuse(&nonvacuous(&arguments)).contains("3 configurations, and 2 loads"));
    fs::write(&summary, "slack\n1\n").unwrap();
    assert!(misuse(&nonvacuous(&arguments)).contains("no column slack_lower"));
    fs::write(&summary, rows).unwrap();
    fs::write(&mine, &draws).unwrap();
    assert!(misuse(&nonvacuous(&arguments)).contains("several numbers of inputs"));
    let arguments = &arguments[..4];
    assert!(misuse(&nonvacuous(arguments)).contains("SIGNS.csv SIGNS.summary.csv"));
}

#[test]
fn laws_at_edges_are_drawn_alone_or_beside_networks() {
    let folder = tempdir().unwrap();
    let mine = folder.path().join("mine.edges.csv");
    let networks = folder.path().join("mine.coverage.csv");
    let rates = "failure_rate_lower,failure_rate,failure_rate_upper";
    let rows = format!(
        "law,bound,delta,failure_probability,{rates}\noccam_kl:9:0:0,occam_kl,0.05,0.04,0.03,0.04,\
         0.05\nheld_out:9:0,held_out,0.1,1e-9,0,0,0.001\n"
    );
    fs::write(&mine, &rows).unwrap();
    let coverage = format!("bound,delta,{rates}\noccam_kl,0.05,0,0,0.003\n");
    fs::write(&networks, &coverage).unwrap();
    let alone = ["figures", "--kind", "edges", path(&mine)];
    let both = [&alone[..], &[path(&networks)]].concat();
    let drawn = |arguments: &[&str]| {
        let output = nonvacuous(arguments);
        assert!(output.status.success(), "{output:?}");
        fs::read_to_string(folder.path().join("mine.edges.svg")).unwrap()
    };
    let svg = drawn(&alone);
    assert!(
        svg.contains("occam kl") && svg.contains("80%") && svg.contains("&lt;0.01%"),
        "{svg}"
    );
    assert!(!svg.contains("networks") && drawn(&both).contains("networks"));
    for (file, text, from, to, expected) in [
        (&mine, &rows, ",delta", ",dleta", "delta"),
        (&mine, &rows, "0.04,0.03", "much,0.03", "\"much\""),
        (
            &mine,
            &rows,
            "occam_kl,0.05",
            "occam_kl,0",
            "not between 0 and 1",
        ),
        (&networks, &coverage, "bound,", "bond,", "no column bound"),
    ] {
        fs::write(file, text.replacen(from, to, 1)).unwrap();
        let error = misuse(&nonvacuous(&both));
        assert!(error.contains(expected), "{error}");
        fs::write(file, text).unwrap();
    }
    let error = misuse(&nonvacuous(&[&both[..], &[path(&mine)]].concat()));
    assert!(error.contains("NAME.edges.csv"), "{error}");
}

#[test]
fn a_file_that_is_not_there_is_said_once() {
    let error = misuse(&nonvacuous(&[
        "figures",
        "--kind",
        "bounds",
        "/no/such.csv",
    ]));
    assert_eq!(error.matches("No such file").count(), 1, "{error}");
    assert!(error.contains("cannot read /no/such.csv: "), "{error}");
    let nowhere = nonvacuous(&["figures", "--experiments", "/no/such/folder"]);
    assert!(misuse(&nowhere).contains("/no/such/folder is not a folder"));
}

#[test]
fn a_folder_without_results_is_an_error_that_says_how_to_draw() {
    let empty = tempdir().unwrap();
    let experiments = ["--experiments", path(empty.path())];
    let error = misuse(&nonvacuous(&[&["figures"], &experiments[..]].concat()));
    assert!(error.contains("no files of experiments"), "{error}");
    assert!(error.contains("--kind KIND FILE.csv"), "{error}");
    assert!(misuse(&nonvacuous(&["report", path(empty.path())])).contains("neither"));
}

#[test]
fn without_a_list_files_are_recognised_by_their_columns() {
    let folder = tempdir().unwrap();
    for name in [
        "steps.csv",
        "steps.summary.csv",
        "steps.coverage.csv",
        "randomisation.csv",
        "randomisation-sparsity.csv",
        "randomisation-epochs.csv",
        "bounds.csv",
        "certificates/digits/trials.csv",
        "certificates/digits/certificate.json",
        "certificates/digits/model.nvc",
    ] {
        let file = Path::new(name).file_name().unwrap();
        fs::copy(experiments().join(name), folder.path().join(file)).unwrap();
    }
    let output = nonvacuous(&["figures", "--experiments", path(folder.path())]);
    assert!(output.status.success(), "{output:?}");
    let drawn = names(&folder.path().join("figures"));
    let drawn: Vec<&str> = drawn
        .iter()
        .filter_map(|name| name.strip_suffix(".svg"))
        .collect();
    assert_eq!(
        drawn,
        [
            "bounds",
            "model",
            "randomisation-epochs",
            "randomisation-sparsity",
            "randomisation",
            "steps.coverage",
            "steps.summary",
            "trials"
        ]
    );
    for (made, committed) in [
        ("bounds", "bounds"),
        ("trials", "frontier-digits"),
        ("randomisation", "randomisation-bits"),
        ("randomisation-epochs", "randomisation-epochs"),
    ] {
        let made = folder.path().join(format!("figures/{made}.svg"));
        let committed = experiments().join(format!("figures/{committed}.svg"));
        assert!(fs::read(made).unwrap() == fs::read(committed).unwrap());
    }
}

#[test]
fn a_list_with_a_mistake_is_an_error_that_names_it() {
    let folder = tempdir().unwrap();
    let list = "[[figure]]\nname = \"mine\"\nkind = \"frontier\"\ntitle = \"Mine\"\n\
                caption = \"\"\nsources = [\"mine.csv\"]\n";
    fs::write(folder.path().join("mine.csv"), TRIALS).unwrap();
    let drawn = |list: &str| {
        fs::write(folder.path().join("figures.toml"), list).unwrap();
        nonvacuous(&["figures", "--experiments", path(folder.path())])
    };
    let output = drawn(list);
    assert!(output.status.success(), "{output:?}");
    for (wrong, wanted) in [
        (format!("{list}colour = \"blue\"\n"), "colour"),
        (list.replace("frontier", "fronteir"), "no kind of figure"),
        (list.replace("\"mine\"", "\"../mine\""), "letters, digits"),
        (list.replace("mine.csv", "../mine.csv"), "within the folder"),
        (list.repeat(2), "given twice"),
        (
            list.replace("mine.csv", "other.csv"),
            "no files of experiments",
        ),
    ] {
        let error = misuse(&drawn(&wrong));
        assert!(error.contains(wanted), "{error}");
    }
}

#[test]
fn no_name_or_value_of_a_folder_becomes_markup() {
    const HOSTILE: &str = "<script>alert(1)</script>\"'&";
    let folder = tempdir().unwrap();
    let coverage = "configuration,bound,delta,draws,failures,gap_5_percent,gap_median,\
                    gap_95_percent\n0,<script>alert(1)</script>\"'&,0.05,9,0,0.1,0.2,0.3\n";
    fs::write(folder.path().join("<script>.csv"), coverage).unwrap();
    fs::write(folder.path().join("<script>.toml"), "").unwrap();
    let recognised = page(folder.path());
    let list = format!(
        "[[figure]]\nname = \"mine\"\nkind = \"coverage\"\ntitle = '''{HOSTILE}'''\n\
         caption = '''{HOSTILE}'''\nsources = [\"<script>.csv\"]\n\
         command = '''{HOSTILE}'''\n"
    );
    fs::write(folder.path().join("figures.toml"), list).unwrap();
    let listed = page(folder.path());
    for page in [recognised, listed] {
        assert!(!page.contains("<script"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
        assert!(page.contains("href=\"%3Cscript%3E.csv\""), "{page}");
    }
}

/// A copy of a folder of the repository, with what is in it.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn page(folder: &Path) -> String {
    let output = nonvacuous(&["report", path(folder)]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    fs::read_to_string(folder.join("report.html")).unwrap()
}

/// Nothing runs, nothing is loaded, and links lead to files that are there.
fn is_self_contained(page: &str, folder: &Path) {
    for forbidden in [
        "<script",
        "<link rel=\"stylesheet",
        "src=",
        "@import",
        "url(",
        "onload",
        "http-equiv",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    for link in page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(
            link == "data:," || folder.join(link).exists(),
            "{link} is not there"
        );
    }
}

#[test]
fn the_page_of_a_certificate_says_what_is_proved_and_stands_alone() {
    let folder = tempdir().unwrap();
    copied(&experiments().join("certificates/mnist"), folder.path());
    let page = page(folder.path());
    is_self_contained(&page, folder.path());
    let claim = fs::read_to_string(folder.path().join("certificate.json")).unwrap();
    let claim: nonvacuous::certificate::Claim = claim.parse().unwrap();
    for bound in [
        claim.bounds.occam_binomial,
        claim.bounds.occam_hoeffding,
        claim.held_out.unwrap().bound,
    ] {
        assert!(
            page.contains(&nonvacuous::certificate::percent_up(bound)),
            "{bound}"
        );
    }
    for wanted in [
        "60,000 training images",
        "nonvacuous verify certificate.json",
        "Held-out",
        "<svg",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
}

#[test]
fn the_page_of_experiments_shows_every_figure_with_its_data_and_its_command() {
    let folder = tempdir().unwrap();
    copied(&experiments(), folder.path());
    let page = page(folder.path());
    is_self_contained(&page, folder.path());
    let pictures = names(&experiments().join("figures"))
        .into_iter()
        .filter(|name| name.ends_with(".svg"));
    for picture in pictures {
        let name = picture.trim_end_matches(".svg");
        assert!(page.contains(&format!("<section id=\"{name}\">")), "{name}");
    }
}

#[test]
fn a_certificate_cannot_put_markup_into_its_page_or_name_a_file_elsewhere() {
    let folder = tempdir().unwrap();
    copied(&experiments().join("certificates/digits"), folder.path());
    let file = folder.path().join("certificate.json");
    let text = fs::read_to_string(&file).unwrap();
    for place in ["nonvacuous certify", "\"digits\""] {
        assert!(text.contains(place), "{place}");
        let hostile = text.replace(place, &place.replace("digits", "<script>alert(1)</script>"));
        let hostile = hostile.replace("nonvacuous certify", "<script>alert(1)</script>");
        fs::write(&file, hostile).unwrap();
        assert!(!page(folder.path()).contains("<script"));
    }
    fs::write(&file, text.replace("\"model.nvc\"", "\"../model.nvc\"")).unwrap();
    let error = misuse(&nonvacuous(&["report", path(folder.path())]));
    assert!(error.contains("beside the certificate"), "{error}");
}
