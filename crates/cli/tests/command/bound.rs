//! `nonvacuous bound` and `nonvacuous limit` as a user types them.

use std::process::{Command, Output};

use nonvacuous::bounds::{
    held_out, monte_carlo_risk, monte_carlo_risk_of_pairs, occam_binomial, pac_bayes_kl_xi,
    population_errors, Bits, EmpiricalRisk, FailureProbability, LengthPrior, Probability,
    SampleSize, BOUNDS,
};
use serde_json::Value;

fn run(arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .args(arguments.split_whitespace())
        .output()
        .unwrap()
}

/// Standard output of a call that succeeds without a word on standard error.
fn answer(arguments: &str) -> String {
    let output = run(arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && errors.is_empty(),
        "{arguments}: {errors}"
    );
    String::from_utf8(output.stdout).unwrap()
}

/// One JSON object as it was printed.
struct Object {
    text: String,
    value: Value,
}

impl Object {
    /// A number to the last bit, to which `serde_json` need not read it.
    fn number(&self, key: &str) -> f64 {
        let (_, rest) = self.text.split_once(&format!("\"{key}\": ")).unwrap();
        rest.split([',', '\n']).next().unwrap().parse().unwrap()
    }
}

fn json(arguments: &str) -> Object {
    let text = answer(&format!("{arguments} --json"));
    Object {
        value: serde_json::from_str(&text).unwrap(),
        text,
    }
}

/// What is said about a call that makes no sense, after checking that nothing else is printed.
fn complaint(arguments: &str) -> String {
    let output = run(arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments}: {message}");
    assert!(
        output.stdout.is_empty(),
        "{arguments} printed half an answer"
    );
    message
}

fn examples(n: u64) -> SampleSize {
    SampleSize::new(n).unwrap()
}

fn delta(decimal: &str) -> FailureProbability {
    decimal.parse().unwrap()
}

/// Runs the command for each line of a reference file and compares every column, given how it may
/// differ.
fn compare(
    file: &str,
    arguments: impl Fn(&dyn Fn(&str) -> String) -> String,
    agree: impl Fn(&str, f64, f64) -> bool,
) {
    let mut reader = csv::Reader::from_path(format!("../../tests/reference/{file}")).unwrap();
    let headers: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_string)
        .collect();
    for record in reader.records() {
        let record = record.unwrap();
        let field = |name: &str| {
            record[headers.iter().position(|header| header == name).unwrap()].to_string()
        };
        let arguments = arguments(&field);
        let object = json(&arguments);
        let place = |name: &String| object.text.find(&format!("\"{name}\":")).unwrap();
        let places: Vec<usize> = headers.iter().map(place).collect();
        assert!(
            places.is_sorted(),
            "{arguments}: the keys are in another order"
        );
        assert_eq!(
            object.value.as_object().unwrap().len(),
            headers.len(),
            "{arguments}"
        );
        for name in headers.iter().filter(|name| !field(name).is_empty()) {
            let (computed, exact) = (object.number(name), field(name).parse().unwrap());
            assert!(
                agree(name, computed, exact),
                "{arguments}, {name}: {computed:e} for {exact:e}"
            );
        }
    }
}

fn is_just_above(computed: f64, exact: f64) -> bool {
    computed >= exact * (1.0 - f64::EPSILON / 2.0) && computed <= exact * (1.0 + 1e-10)
}

#[test]
fn json_has_the_columns_of_the_reference_values_and_reproduces_them() {
    compare(
        "bounds.csv",
        |field| {
            let (n, errors, bits, delta) =
                (field("n"), field("errors"), field("bits"), field("delta"));
            format!("bound --n {n} --errors {errors} --bits {bits} --delta {delta}")
        },
        |name, computed, exact| match name {
            // The bound is flat around it, and everywhere where it is 1.
            "catoni_uniform_lambda" => computed >= 1.0 && computed.is_finite(),
            "lambda_star" => (computed / exact - 1.0).abs() < 1e-10,
            _ => is_just_above(computed, exact),
        },
    );
    compare(
        "limit.csv",
        |field| {
            let (n, train, test, bits) = (
                field("n"),
                field("train_error"),
                field("test_error"),
                field("bits"),
            );
            format!("limit --n {n} --train-error {train} --test-error {test} --bits {bits}")
        },
        |name, computed, exact| match name {
            "limit_kl_bits" | "limit_js_bits" | "limit_pinsker_bits" => {
                computed <= exact * (1.0 + f64::EPSILON / 2.0) && computed >= exact * (1.0 - 1e-10)
            }
            _ => is_just_above(computed, exact),
        },
    );
}

#[test]
fn exactly_one_bound_is_marked_and_it_is_the_tightest_that_applies() {
    for arguments in [
        "--n 60000 --errors 900 --bits 2000",
        "--n 60000 --risk 0.015 --bits 2000",
        "--n 100 --errors 0 --bits 0",
        "--n 100 --errors 99 --bits 1e9",
        "--n 100 --errors 100 --nats 3",
        "--n 1281167 --errors 448408 --bits 2867200 --held-out 50000:21000",
    ] {
        let table = answer(&format!("bound {arguments}"));
        let marked: Vec<&str> = table
            .lines()
            .filter(|line| line.contains("tightest"))
            .collect();
        assert_eq!(marked.len(), 1, "{table}");
        let percent = |line: &str| {
            line.split_whitespace()
                .nth(1)
                .unwrap()
                .trim_end_matches('%')
                .parse::<f64>()
                .unwrap()
        };
        let listed = |line: &&str| BOUNDS.iter().any(|bound| line.starts_with(bound.name));
        let least = table
            .lines()
            .filter(listed)
            .map(percent)
            .fold(f64::INFINITY, f64::min);
        assert_eq!(percent(marked[0]), least, "{table}");
        assert_eq!(
            table.contains("occam"),
            arguments.contains("--errors"),
            "{table}"
        );
    }
}

#[test]
fn tables_round_bounds_up_and_limits_down() {
    // 0.9653906... and 0.8902757... by the exact binomial tail.
    let imagenet = |errors: u64| {
        answer(&format!(
            "bound --n 1281167 --errors {errors} --bits 2867200"
        ))
    };
    for (errors, uniform, binomial) in [(448_408, 96.54, 96.5391), (166_552, 89.03, 89.0276)] {
        let table = imagenet(errors);
        let line = |name: &str| {
            table
                .lines()
                .find(|line| line.starts_with(name))
                .unwrap()
                .to_string()
        };
        let value = |name: &str| {
            line(name)
                .split_whitespace()
                .nth(1)
                .unwrap()
                .trim_end_matches('%')
                .parse::<f64>()
                .unwrap()
        };
        assert!(
            (value("catoni_uniform") - uniform).abs() <= 0.005,
            "{table}"
        );
        assert_eq!(value("occam_binomial"), binomial, "{table}");
    }
    let limit = answer("limit --n 60000 --train-error 0.02 --test-error 0.35 --bits 2000");
    assert!(
        limit.contains("29874.571  tightest"),
        "29874.57180...: {limit}"
    );
    assert!(limit.contains("at most 6.5824%"), "6.58239...: {limit}");
}

#[test]
fn an_estimated_training_error_is_bounded_first_and_its_failure_is_added() {
    let object = json("bound --n 1281167 --subsample 10000:20 --bits 2000 --estimate-delta 0.02");
    let all = population_errors(
        EmpiricalRisk::new(20, 10_000).unwrap(),
        examples(1_281_167),
        delta("0.02"),
    )
    .unwrap();
    assert_eq!(object.value["errors"], all.count());
    assert_eq!(
        (&object.value["sample"], &object.value["sample_errors"]),
        (&Value::from(10_000), &Value::from(20))
    );
    assert_eq!(object.value["estimate_delta"], 0.02);
    assert!(object.number("total_delta") >= 0.07 && object.number("total_delta") < 0.07 + 1e-15);
    let expected = occam_binomial(all, Bits::new(2000.0).unwrap(), delta("0.05"));
    assert_eq!(object.number("occam_binomial"), expected);

    let nats = Bits::new(2000.0).unwrap().to_nats();
    let object = json("bound --n 60000 --monte-carlo 5000:50 --bits 2000");
    let risk = monte_carlo_risk_of_pairs(
        EmpiricalRisk::new(50, 5000).unwrap(),
        examples(60_000),
        delta("0.01"),
    )
    .unwrap();
    assert_eq!(
        object.number("pac_bayes_kl_xi"),
        pac_bayes_kl_xi(risk, nats, delta("0.05"))
    );
    assert!(object.value["occam_binomial"].is_null() && object.number("risk") > 0.01);

    let object = json("bound --n 60000 --risk 0.01 --risk-draws 300 --bits 2000");
    let mean: Probability = "0.01".parse().unwrap();
    let risk = monte_carlo_risk(mean, examples(300), examples(60_000), delta("0.01")).unwrap();
    assert_eq!(
        object.number("pac_bayes_kl_xi"),
        pac_bayes_kl_xi(risk, nats, delta("0.05"))
    );
    assert_eq!(
        (&object.value["draws"], &object.value["draws_mean"]),
        (&Value::from(300), &Value::from(0.01))
    );
    let table = answer("bound --n 60000 --risk 0.01 --risk-draws 300 --bits 2000");
    assert!(
        table.contains("probability at least 1 - 0.05 - 0.01."),
        "{table}"
    );
}

#[test]
fn a_prior_that_has_seen_examples_leaves_fewer_for_the_bound() {
    let (split, rest) = (
        "--n 60000 --prior-examples 20000 --errors 400",
        "--n 40000 --errors 400",
    );
    let (split, rest) = (
        json(&format!("bound {split} --bits 500")),
        json(&format!("bound {rest} --bits 500")),
    );
    assert_eq!(split.value["prior_examples"], 20_000);
    for bound in BOUNDS {
        assert_eq!(split.value[bound.name], rest.value[bound.name]);
    }
    let table = answer("bound --n 60000 --prior-examples 20000 --errors 400 --bits 500");
    assert!(
        table.contains("seen 20000 examples; the bounds are about the other 40000"),
        "{table}"
    );
}

#[test]
fn held_out_examples_are_shown_beside() {
    let arguments = "bound --n 60000 --errors 900 --bits 2000 --held-out 10000:180";
    let expected = held_out(EmpiricalRisk::new(180, 10_000).unwrap(), delta("0.05"));
    assert_eq!(json(arguments).number("held_out"), expected);
    assert!(answer(arguments)
        .lines()
        .any(|line| line.starts_with("held_out ") && !line.contains("tightest")));
}

#[test]
fn a_code_that_must_be_told_its_length_pays_for_it() {
    let (bare, paid) = (
        "bound --n 60000 --errors 900 --bits 2000",
        " --length-prior elias-omega",
    );
    let cost = LengthPrior::EliasOmega.cost(2000.try_into().unwrap());
    let expected = json(&format!(
        "bound --n 60000 --errors 900 --nats {}",
        2000.0 * std::f64::consts::LN_2 + cost.get()
    ));
    let (bare, paid) = (json(bare), json(&format!("{bare}{paid}")));
    let [bare, paid, expected] =
        [bare, paid, expected].map(|object| object.number("occam_binomial"));
    assert!(bare < paid && (paid / expected - 1.0).abs() < 1e-10);
}

#[test]
fn a_lambda_of_ones_own_is_not_called_the_root_of_n() {
    let object = json("bound --n 60000 --errors 900 --bits 2000 --lambda 50000");
    assert!(object.value["catoni_lambda_sqrt_n"].is_null());
    assert!(object.number("catoni_lambda") < 0.07);
}

/// The lines of a CSV, header first, as cells.
fn cells(csv: &str) -> Vec<Vec<String>> {
    csv.lines()
        .map(|line| line.split(',').map(str::to_string).collect())
        .collect()
}

#[test]
fn a_sweep_writes_a_curve_with_the_columns_of_the_reference_values() {
    let reference = std::fs::read_to_string("../../tests/reference/bounds.csv").unwrap();
    let csv = answer("bound --n 60000 --errors 900 --sweep bits=100..10000");
    assert_eq!(csv.lines().next(), reference.lines().next());
    let rows = cells(&csv);
    assert_eq!(
        (rows.len(), &rows[1][2], &rows[100][2]),
        (101, &"100.0".to_string(), &"10000.0".to_string())
    );
    let curve: Vec<f64> = rows[1..]
        .iter()
        .map(|row| row[4].parse().unwrap())
        .collect();
    assert!(curve.is_sorted());
    let last = json("bound --n 60000 --errors 900 --bits 10000");
    assert_eq!(curve[99], last.number("occam_binomial"));

    let reference = std::fs::read_to_string("../../tests/reference/limit.csv").unwrap();
    let csv = answer("limit --n 60000 --train-error 0.02 --sweep test-error=0.1..0.5:9");
    assert_eq!(csv.lines().next(), reference.lines().next());
    let limits: Vec<f64> = cells(&csv)[1..]
        .iter()
        .map(|row| row[3].parse().unwrap())
        .collect();
    assert!(limits.len() == 9 && limits.is_sorted());
}

#[test]
fn every_argument_that_can_be_swept_needs_no_value_of_its_own() {
    for (arguments, points) in [
        ("bound --errors 9 --bits 20 --sweep n=10..1000:5", 5),
        ("bound --n 100 --bits 20 --sweep errors=0..3", 4),
        ("bound --n 100 --errors 9 --sweep nats=0..10:11", 11),
        (
            "bound --n 100 --errors 9 --bits 20 --sweep delta=1e-300..0.5:7",
            7,
        ),
        (
            "bound --n 100 --errors 9 --length-prior reciprocal --sweep bits=1..64:4",
            4,
        ),
        (
            "limit --n 100 --test-error 0.5 --sweep train-error=0..0.4:3",
            3,
        ),
        ("limit --n 100 --train-error 0.1 --sweep bits=1..100:3", 3),
        ("limit --train-error 0.1 --bits 10 --sweep n=5..7", 3),
    ] {
        assert_eq!(cells(&answer(arguments)).len(), points + 1, "{arguments}");
        assert_eq!(
            json(arguments).value.as_array().unwrap().len(),
            points,
            "{arguments}"
        );
    }
}

#[test]
fn the_learner_that_attains_the_limit_stays_above_it() {
    let object = json("limit --n 1000 --train-error 0.29 --test-error 0.5 --attained");
    let attained = object.number("attained_ideal_bits");
    assert!(object.number("attained_train_error") <= 0.29);
    assert!(
        object.number("limit_kl_bits") <= attained
            && attained <= object.number("attained_rice_bits")
    );
    assert!(attained <= object.number("attained_omega_bits"));
    assert!(attained < object.number("limit_kl_bits") + 12.0);
    // 290 errors are allowed, although 0.29 as a double is less.
    let one_more = json("limit --n 1000 --train-error 0.291 --test-error 0.5 --attained");
    let one_less = json("limit --n 1000 --train-error 0.2899 --test-error 0.5 --attained");
    assert!(
        one_more.number("attained_ideal_bits") < attained
            && attained < one_less.number("attained_ideal_bits")
    );
}

#[test]
fn arguments_that_make_no_sense_are_refused_with_a_hint() {
    for (arguments, hint) in [
        (
            "bound --n 100 --errors 101 --bits 1",
            "cannot be more errors than examples",
        ),
        ("bound --n 100 --errors -1 --bits 1", "invalid digit"),
        ("bound --n 0 --errors 0 --bits 1", "accepted are 1 to 1e12"),
        (
            "bound --n 1000000000001 --errors 0 --bits 1",
            "accepted are 1 to 1e12",
        ),
        (
            "bound --n 100 --errors 1 --bits -1",
            "accepted are finite numbers from 0",
        ),
        (
            "bound --n 100 --errors 1 --bits NaN",
            "accepted are finite numbers from 0",
        ),
        (
            "bound --n 100 --errors 1 --bits inf",
            "accepted are finite numbers from 0",
        ),
        (
            "bound --n 100 --errors 1 --nats -0.5",
            "accepted are finite numbers from 0",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --nats 1",
            "cannot be used with",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --delta 0",
            "between 0 and 1, both excluded",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --delta 1",
            "between 0 and 1, both excluded",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --delta NaN",
            "between 0 and 1, both excluded",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --delta x",
            "not a decimal number",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --lambda 0",
            "accepted are finite numbers above 0",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --lambda -3",
            "accepted are finite numbers above 0",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --lambda NaN",
            "accepted are finite numbers above 0",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --alpha-minus-one 0",
            "accepted are finite numbers above 0",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --prior-examples 100",
            "accepted are at most 99",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --length-prior zeta",
            "accepted are reciprocal, elias-gamma",
        ),
        (
            "bound --n 100 --errors 1 --bits 1.5 --length-prior reciprocal",
            "whole number of --bits",
        ),
        (
            "bound --n 100 --errors 1 --nats 1 --length-prior reciprocal",
            "whole number of --bits",
        ),
        ("bound --n 100 --errors 1", "--bits"),
        (
            "bound --n 100 --bits 1",
            "give --errors, --subsample, --risk or --monte-carlo",
        ),
        ("bound --errors 1 --bits 1", "--n"),
        (
            "bound --n 100 --errors 1 --risk 0.5 --bits 1",
            "cannot be used with",
        ),
        (
            "bound --n 100 --risk 1.5 --bits 1",
            "not a probability: accepted are numbers from 0 to 1",
        ),
        (
            "bound --n 100 --risk NaN --bits 1",
            "not a probability: accepted are numbers from 0 to 1",
        ),
        (
            "bound --n 100 --risk 0.5 --risk-draws 0 --bits 1",
            "accepted are 1 to 1e12",
        ),
        (
            "bound --n 100 --errors 1 --risk-draws 10 --bits 1",
            "--risk",
        ),
        (
            "bound --n 100 --errors 1 --estimate-delta 0.1 --bits 1",
            "leave it out for a known training error",
        ),
        ("bound --n 100 --subsample 10 --bits 1", "such as 10000:125"),
        (
            "bound --n 100 --subsample 10:11 --bits 1",
            "cannot be more errors than examples",
        ),
        (
            "bound --n 100 --subsample 101:1 --bits 1",
            "accepted are at most 100",
        ),
        (
            "bound --n 100 --subsample 10:1 --bits 1 --estimate-delta 0.95",
            "both excluded",
        ),
        ("bound --n 100 --monte-carlo a:1 --bits 1", "not a count"),
        (
            "bound --n 100 --errors 1 --bits 1 --held-out 10:20",
            "cannot be more errors than examples",
        ),
        ("bound --n 100 --errors 1 --sweep bits=5..3", "is empty"),
        (
            "bound --n 100 --errors 1 --sweep bits=5..9:0",
            "accepted are 1 to 1000000",
        ),
        (
            "bound --n 100 --errors 1 --sweep bits=-5..9",
            "FROM is at least 0",
        ),
        (
            "bound --n 100 --errors 1 --sweep bits=NaN..9",
            "FROM is at least 0",
        ),
        (
            "bound --n 100 --errors 1 --sweep bits=1..inf",
            "FROM is at least 0",
        ),
        (
            "bound --n 100 --errors 1 --sweep bits",
            "accepted is NAME=FROM..TO",
        ),
        (
            "bound --n 100 --errors 1 --sweep bits=",
            "accepted is NAME=FROM..TO",
        ),
        (
            "bound --n 100 --errors 1 --bits 1 --sweep colour=1..2",
            "accepted are bits, nats, errors, n, delta",
        ),
        (
            "bound --n 100 --bits 1 --sweep errors=0..101",
            "cannot be more errors than examples",
        ),
        ("bound --errors 1 --bits 1 --sweep bits=1..2", "give --n"),
        ("limit --n 100 --train-error 0.1", "--test-error"),
        (
            "limit --n 100 --train-error 1.1 --bits 1",
            "accepted are numbers from 0 to 1",
        ),
        (
            "limit --n 100 --train-error 0.1 --test-error NaN",
            "accepted are numbers from 0 to 1",
        ),
        (
            "limit --n 100 --train-error 0.1 --test-error 0",
            "leaves no doubt",
        ),
        (
            "limit --n 0 --train-error 0.1 --bits 1",
            "accepted are 1 to 1e12",
        ),
        (
            "limit --n 100 --train-error 0.1 --bits -1",
            "accepted are finite numbers from 0",
        ),
        (
            "limit --n 100 --train-error 0.1 --bits 1 --attained",
            "--test-error",
        ),
        (
            "limit --n 100 --train-error 0.1 --sweep n=1..2",
            "give --test-error, --bits or both",
        ),
        (
            "limit --train-error 0.1 --bits 1 --sweep bits=1..2",
            "--n and --train-error",
        ),
        (
            "limit --n 100 --train-error 0.1 --sweep bits=2..1",
            "is empty",
        ),
    ] {
        let message = complaint(arguments);
        assert!(
            message.contains(hint),
            "{arguments}: \"{hint}\" is not in: {message}"
        );
    }
}

#[test]
fn a_target_says_what_it_takes_and_that_one_step_more_is_too_much() {
    let value = |arguments: &str, key: &str| json(arguments).value[key].clone();
    let bound = |n: u64, errors: u64, bits: u64| {
        let arguments = format!("bound --n {n} --errors {errors} --bits {bits}");
        json(&arguments).number("occam_binomial")
    };
    let asked = "bound --target 0.2 --n 50000 --errors 9000";
    let bits = value(asked, "bits").as_f64().unwrap() as u64;
    assert!(bound(50_000, 9_000, bits) <= 0.2 && bound(50_000, 9_000, bits + 1) > 0.2);
    assert_eq!(
        json(asked).number("occam_binomial"),
        bound(50_000, 9_000, bits)
    );
    assert_eq!(
        json(asked).number("occam_binomial_beyond"),
        bound(50_000, 9_000, bits + 1)
    );
    // 92 bits: 64 for the design, and three bytes.
    assert_eq!((bits, value(asked, "file_bytes")), (92, Value::from(3)));
    let text = answer(asked);
    assert!(text.contains("allows at most 92 bits."), "{text}");
    assert!(
        text.contains("at most 3 bytes, and 64 bits for the design"),
        "{text}"
    );

    let asked = "bound --target 0.2 --n 50000 --bits 2000 --delta 0.01";
    let errors = value(asked, "errors").as_u64().unwrap();
    let at = |errors: u64| {
        let risk = EmpiricalRisk::new(errors, 50_000).unwrap();
        occam_binomial(risk, Bits::new(2000.0).unwrap(), delta("0.01"))
    };
    assert!(at(errors) <= 0.2 && at(errors + 1) > 0.2);

    let asked = "bound --target 0.2 --errors 9000 --bits 2000";
    let n = value(asked, "n").as_u64().unwrap();
    assert!(bound(n, 9_000, 2_000) <= 0.2 && bound(n - 1, 9_000, 2_000) > 0.2);

    let asked = "bound --target 0.2 --train-error 0.18 --bits 2000";
    let [n, errors] = ["n", "errors"].map(|key| value(asked, key).as_u64().unwrap());
    assert_eq!(errors, 18 * n / 100);
    assert!(bound(n, errors, 2_000) <= 0.2);
    assert!(bound(n - 1, 18 * (n - 1) / 100, 2_000) > 0.2);
    let rate = "bound --target 0.2 --train-error 0.18 --n 50000";
    assert_eq!(
        value(rate, "bits"),
        value("bound --target 0.2 --errors 9000 --n 50000", "bits")
    );
}

#[test]
fn a_target_that_cannot_be_reached_is_an_answer_and_half_a_question_is_not() {
    let asked = "bound --target 0.1 --n 50000 --errors 9000";
    assert!(json(asked).value["bits"].is_null());
    assert!(answer(asked).contains("No code word is short enough"));
    for (arguments, expected) in [
        ("bound --target 0.2", "give two of"),
        ("bound --target 0.2 --n 9", "give two of"),
        (
            "bound --target 0.2 --n 9 --errors 1 --bits 3",
            "give two of",
        ),
        ("bound --target 1 --n 9 --errors 1", "target = 1"),
        ("bound --target 0.2 --n 9 --risk 0.1", "cannot be used with"),
        (
            "bound --target 0.2 --errors 1 --nats 3",
            "cannot be used with",
        ),
        ("bound --train-error 0.1 --n 9 --bits 3", "--target"),
        (
            "bound --target 0.2 --n 9 --errors 10",
            "more errors than examples",
        ),
    ] {
        let message = complaint(arguments);
        assert!(message.contains(expected), "{arguments}: {message}");
    }
}
