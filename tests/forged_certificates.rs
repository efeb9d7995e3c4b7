//! A forger, who edits claims with care: nothing false holds.
#![allow(clippy::unwrap_used)]

use nonvacuous::bounds::{
    held_out, occam_binomial, occam_hoeffding, occam_kl, population_errors, Bits, EmpiricalRisk,
    FailureProbability, SampleSize,
};
use nonvacuous::certificate::{Bounds, Certificate, Claim, Draw, Issue, Verification};
use nonvacuous::code::Architecture;
use nonvacuous::data::{digits, DataSet, LabelledImages};
use nonvacuous::evaluate::Loss;
use nonvacuous::network::TrainedNetwork;
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use rand::{Rng, RngExt};
use serde_json::{json, Value};

fn file_of(layers: &str, shape: ImageSize, weights: Vec<f32>) -> Vec<u8> {
    let architecture = Architecture::parse(layers, shape).unwrap();
    let network = TrainedNetwork::new(architecture, vec![weights]).unwrap();
    network.model().unwrap().encode().unwrap()
}

/// The digits, and an honest certificate of the network that is published for them.
fn honest() -> (DataSet, Certificate) {
    let data = digits().unwrap();
    let file = include_bytes!("../experiments/certificates/digits/model.nvc");
    let delta = FailureProbability::new(0.05).unwrap();
    let certificate = Issue::new(file, &data, delta)
        .per_class(true)
        .run()
        .unwrap();
    (data, certificate)
}

/// Whether all of a claim is so, but its account of where it comes from: found by issuing an honest
/// one on the same terms.
fn is_true(claim: &Claim, data: &DataSet, file: &[u8]) -> bool {
    let Some(loss) = Loss::ALL.into_iter().find(|loss| loss.name() == claim.loss) else {
        return false;
    };
    let Ok(delta) = FailureProbability::new(claim.delta) else {
        return false;
    };
    let issue = Issue::new(file, data, delta).loss(loss);
    let honest = issue.per_class(claim.per_class.is_some()).run().unwrap();
    let mut expected = honest.claim().clone();
    expected.provenance = claim.provenance.clone();
    // Bounds need not be the best.
    let exact = exact_bounds(&expected).unwrap();
    let claimed = claim.bounds;
    if claimed.occam_binomial >= exact.occam_binomial
        && claimed.occam_kl >= exact.occam_kl
        && claimed.occam_hoeffding >= exact.occam_hoeffding
    {
        expected.bounds = claimed;
    }
    if let (Some(expected), Some(claimed)) = (&mut expected.held_out, &claim.held_out) {
        let exact = held_out(EmpiricalRisk::new(expected.k, expected.n).unwrap(), delta);
        if claimed.bound >= exact {
            expected.bound = claimed.bound;
        }
    }
    if let (Some(expected), Some(claimed)) = (&mut expected.per_class, &claim.per_class) {
        let part = FailureProbability::new(delta.get() / 10.0 * (1.0 - f64::EPSILON)).unwrap();
        let bits = Bits::new(claim.description_length() as f64).unwrap();
        for (expected, claimed) in expected.iter_mut().zip(claimed) {
            let risk = EmpiricalRisk::new(expected.k, expected.n).unwrap();
            if claimed.bound >= occam_binomial(risk, bits, part) {
                expected.bound = claimed.bound;
            }
        }
    }
    // Where the file is, not which.
    expected.model.file = claim.model.file.clone();
    if claim.held_out.is_none() {
        expected.held_out = None;
    }
    *claim == expected
}

/// Every place in a value, from the root.
fn places(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut add = |key: &str, inner: &Value| {
        found.extend(
            places(inner)
                .into_iter()
                .map(|rest| format!("/{key}{rest}")),
        );
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| add(key, inner)),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(place, inner)| add(&place.to_string(), inner));
        }
        _ => {}
    }
    found
}

/// What a forger writes in place of a value.
fn replacements(value: &Value) -> Vec<Value> {
    let mut others = vec![
        Value::Null,
        json!([]),
        json!({}),
        json!("digits"),
        json!(true),
    ];
    if let Some(number) = value.as_u64() {
        for other in [
            0,
            1,
            number / 2,
            number.saturating_sub(1),
            number + 1,
            1 << 40,
            u64::MAX,
        ] {
            others.push(other.into());
        }
        others.extend([json!(-1), json!(number as f64), json!(0.5)]);
    } else if let Some(number) = value.as_f64() {
        for factor in [0.0, 1e-9, 0.5, 0.9, 0.999_999, 1.000_01, 1.5, -1.0, 1e300] {
            others.push((factor * number).into());
        }
    } else if let Some(text) = value.as_str() {
        for other in [
            "",
            "mnist",
            "imagenet",
            "../model.nvc",
            "digits\u{200b}",
            "top-5 with margin",
        ] {
            others.push(other.into());
        }
        others.push(text.to_uppercase().into());
        others.push(text.chars().rev().collect::<String>().into());
    }
    others.retain(|other| other != value);
    others
}

/// The bounds that a claim's own numbers give.
fn exact_bounds(claim: &Claim) -> Option<Bounds> {
    let risk = EmpiricalRisk::new(claim.k, claim.n).ok()?;
    let bits = Bits::new(claim.description_length() as f64).ok()?;
    let delta = FailureProbability::new(claim.delta).ok()?;
    Some(Bounds {
        occam_binomial: occam_binomial(risk, bits, delta),
        occam_kl: occam_kl(risk, bits, delta),
        occam_hoeffding: occam_hoeffding(risk, bits, delta),
    })
}

/// The claim with bounds that fit its own numbers.
fn consistent(mut claim: Claim) -> Option<Claim> {
    let exact = exact_bounds(&claim)?;
    let publish = |bound: f64| ((bound * (1.0 + 4e-10) * 1e6).ceil() / 1e6).min(1.0);
    claim.bounds = Bounds {
        occam_binomial: publish(exact.occam_binomial),
        occam_kl: publish(exact.occam_kl),
        occam_hoeffding: publish(exact.occam_hoeffding),
    };
    Some(claim)
}

/// Checks one text; whether it was accepted as a certificate that holds.
fn holds_only_if_true(text: &str, data: &DataSet, file: &[u8]) -> bool {
    let Ok(claim) = text.parse::<Claim>() else {
        return false;
    };
    let mut claims = vec![claim.clone()];
    claims.extend(consistent(claim));
    let mut any = false;
    for claim in claims {
        let certificate = Certificate::from_parts(claim.clone(), file.to_vec());
        let holds = certificate
            .verify(data)
            .is_ok_and(|verdict| verdict.holds());
        let unlike = serde_json::to_string(&claim).unwrap();
        assert!(
            !holds || is_true(&claim, data, file),
            "holds, and is false: {unlike}"
        );
        any |= holds;
    }
    any
}

#[test]
fn no_false_claim_holds_whatever_is_edited() {
    let (data, certificate) = honest();
    let file = certificate.file();
    let text = certificate.claim().to_json().unwrap();
    assert!(holds_only_if_true(&text, &data, file));
    let value: Value = serde_json::from_str(&text).unwrap();
    let mut edits = 0;
    let mut held = 0;
    for place in places(&value) {
        let found = value.pointer(&place).unwrap();
        for other in replacements(found) {
            let mut forged = value.clone();
            *forged.pointer_mut(&place).unwrap() = other;
            held += u32::from(holds_only_if_true(&forged.to_string(), &data, file));
            edits += 1;
        }
        let Some((parent, key)) = place.rsplit_once('/') else {
            continue;
        };
        let mut forged = value.clone();
        if let Some(map) = forged.pointer_mut(parent).unwrap().as_object_mut() {
            map.remove(key);
            held += u32::from(holds_only_if_true(&forged.to_string(), &data, file));
            // The same key twice, the forger's value first or last; a key that nothing reads.
            let quoted = format!("\"{key}\":");
            for twice in [
                format!("{quoted} 0, {quoted}"),
                format!("\"x\": 0, {quoted}"),
            ] {
                let doubled = text.replacen(&quoted, &twice, 1);
                assert!(!holds_only_if_true(&doubled, &data, file), "{twice}");
                edits += 1;
            }
        }
        edits += 1;
    }
    for forged in [
        format!("\u{feff}{text}"),
        format!("{text}{text}"),
        format!("[{text}]"),
        text.replace("0.05", "0.050000000000000001e0,"),
        text.replace('{', "{,"),
        String::new(),
        "[".repeat(200_000),
    ] {
        assert!(!holds_only_if_true(&forged, &data, file));
        edits += 1;
    }
    assert!(edits >= 148, "{edits}");
    println!("{edits} edits; {held} of them change nothing that is claimed, and hold");
}

#[test]
fn no_false_claim_holds_when_bytes_are_changed_at_random() {
    let (data, certificate) = honest();
    let text = certificate.claim().to_json().unwrap();
    let mut random = stream(1, "forger", 0, "edits");
    for _ in 0..600 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..random.random_range(1..4) {
            let place = random.random_range(0..bytes.len());
            match random.random_range(0..4) {
                // Digits are what a claim is made of.
                0 => bytes[place] = b'0' + random.random_range(0..10),
                1 => bytes[place] = random.random(),
                2 => {
                    bytes.remove(place);
                }
                _ => bytes.insert(place, b"0123456789\"{}[],:.e-"[random.random_range(0..20)]),
            }
        }
        if let Ok(forged) = String::from_utf8(bytes) {
            holds_only_if_true(&forged, &data, certificate.file());
        }
    }
}

/// 2,000 images of one pixel, of which a network that always says the same misreads half.
fn half_misread() -> LabelledImages {
    let shape = ImageSize {
        channels: 1,
        height: 1,
        width: 1,
    };
    let labels = (0..2_000).map(|place| u8::from(place % 2 == 1)).collect();
    LabelledImages::new(shape, 256, 2, vec![255; 2_000], labels).unwrap()
}

/// One of many files of the same network.
fn variant(number: u32, shape: ImageSize) -> Vec<u8> {
    let mantissa = number as f32 / (1 << 16) as f32;
    file_of("dense:2", shape, vec![1.0 + mantissa, -1.0])
}

#[test]
fn ten_thousand_ground_files_give_no_false_claim_from_a_subsample() {
    let data = half_misread();
    let delta = FailureProbability::new(0.05).unwrap();
    let mut fewest = u64::MAX;
    for number in 0..10_000 {
        let file = variant(number, data.shape());
        let certificate = Issue::new(&file, &data, delta)
            .subsample(100, 0)
            .run()
            .unwrap();
        let claim = certificate.claim();
        fewest = fewest.min(claim.subsample.unwrap().errors);
        // Full evaluation finds 1,000.
        assert!(claim.k >= 1_000, "variant {number}: {claim:?}");
    }
    // Grinding works on the subsample: without what is charged for it, a false claim would hold.
    assert!(fewest <= 34, "{fewest}");
    let risk = EmpiricalRisk::new(fewest, 100).unwrap();
    let population = SampleSize::new(2_000).unwrap();
    let uncharged = FailureProbability::new(0.01 / 2.0).unwrap();
    assert!(
        population_errors(risk, population, uncharged)
            .unwrap()
            .count()
            < 1_000
    );
}

#[test]
fn a_verifier_draws_for_itself_and_refutes_a_maker_who_lies_about_his_subsample() {
    let data = half_misread();
    let delta = FailureProbability::new(0.05).unwrap();
    let file = variant(1, data.shape());
    let honest = Issue::new(&file, &data, delta)
        .subsample(400, 0)
        .run()
        .unwrap();
    let (mut held, mut refuted) = (0, 0);
    for number in 0..200 {
        let mut claim = honest.claim().clone();
        let subsample = claim.subsample.as_mut().unwrap();
        (subsample.errors, subsample.seed) = (number % 100, number);
        // All that can be computed from it fits.
        let tail = FailureProbability::new(subsample.delta * 2f64.powi(-64) * (1.0 - 1e-15));
        let risk = EmpiricalRisk::new(subsample.errors, 400).unwrap();
        let most = population_errors(risk, SampleSize::new(2_000).unwrap(), tail.unwrap());
        claim.k = most.unwrap().count();
        assert!(claim.k < 1_000);
        let rest = FailureProbability::new((0.05 - subsample.delta) * (1.0 - 1e-15)).unwrap();
        claim.delta = rest.get();
        let mut claim = consistent(claim).unwrap();
        claim.delta = 0.05;
        let certificate = Certificate::from_parts(claim, file.clone());
        let verdict = certificate.verify(&data).unwrap();
        held += u32::from(verdict.holds());
        refuted += u32::from(verdict.is_refuted());
        let all = Verification::new(&certificate, &data)
            .draw(Draw::All)
            .run()
            .unwrap();
        assert!(all.is_refuted());
    }
    assert_eq!(held, 0);
    assert!(refuted > 150, "{refuted}");
    let certificate = Certificate::from_parts(honest.claim().clone(), file);
    let draw = Draw::Own {
        size: Some(1_500),
        seed: Some(stream(5, "verifier", 0, "seed").next_u64()),
    };
    let verdict = Verification::new(&certificate, &data)
        .draw(draw)
        .run()
        .unwrap();
    assert!(verdict.holds(), "{verdict:?}");
}
