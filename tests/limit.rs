//! The converse against high-precision values, and its properties.
#![allow(clippy::unwrap_used)]

use nonvacuous::bounds::{
    limit_injective, limit_jensen_shannon, limit_kl, limit_pinsker, max_test_error, Bits,
    BoundError, Probability, SampleSize,
};

fn probability(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

fn assert_just_below(name: &str, computed: f64, exact: f64) {
    let rounding = exact * f64::EPSILON / 2.0;
    assert!(
        computed <= exact + rounding,
        "{name}: {computed:e} is above {exact:e}"
    );
    assert!(
        computed >= exact * (1.0 - 1e-10),
        "{name}: {computed:e} is far below {exact:e}"
    );
}

#[test]
fn reference_limits_are_reproduced_and_never_exceeded() {
    let mut reader = csv::Reader::from_path("tests/reference/limit.csv").unwrap();
    let headers = reader.headers().unwrap().clone();
    let mut rows = 0;
    for record in reader.records() {
        let record = record.unwrap();
        let field = |name: &str| &record[headers.iter().position(|header| header == name).unwrap()];
        let exact = |name: &str| field(name).parse::<f64>().unwrap();
        let examples = SampleSize::new(field("n").parse().unwrap()).unwrap();
        let (train, test): (Probability, Probability) = (
            field("train_error").parse().unwrap(),
            field("test_error").parse().unwrap(),
        );
        let bits = limit_kl(examples, train, test).unwrap();
        assert_just_below("kl", bits.get(), exact("limit_kl_bits"));
        assert_just_below(
            "JS",
            limit_jensen_shannon(examples, train, test).get(),
            exact("limit_js_bits"),
        );
        assert_just_below(
            "Pinsker",
            limit_pinsker(examples, train, test).get(),
            exact("limit_pinsker_bits"),
        );
        let largest = max_test_error(examples, train, Bits::new(exact("bits")).unwrap());
        let reference = exact("max_test_error");
        assert!(
            largest >= reference * (1.0 - f64::EPSILON / 2.0)
                && largest <= reference * (1.0 + 1e-10)
        );
        rows += 1;
    }
    assert_eq!(rows, 10);
}

#[test]
fn errors_that_no_learner_can_have_are_refused() {
    let examples = SampleSize::new(100).unwrap();
    for (train, test) in [(0.1, 0.0), (0.9, 1.0)] {
        let limit = limit_kl(examples, probability(train), probability(test));
        assert_eq!(limit, Err(BoundError::Impossible { train, test }));
    }
    assert_eq!(
        limit_kl(examples, probability(1.0), probability(1.0))
            .unwrap()
            .get(),
        0.0
    );
}

#[test]
fn an_injective_code_saves_little_more_than_the_logarithm() {
    let limit = |bits| limit_injective(Bits::new(bits).unwrap()).get();
    assert_eq!(limit(0.0), 0.0);
    assert_eq!(limit(3.0), 0.0);
    assert!((limit(1023.0) - (1023.0 - 10.0 - std::f64::consts::LOG2_E)).abs() < 1e-9);
}
