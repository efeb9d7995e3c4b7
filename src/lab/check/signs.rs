//! Perceptrons and committees of signs: how often two of them differ, and what one tells of coin
//! flips.

use rand::RngExt;

use super::tally::Inequality;
use super::theory::Theory;
use crate::bounds::{limit_kl, BoundError, Probability, SampleSize};
use crate::lab::exact::{
    Chain, EmpiricalRiskMinimiser, FiniteLaw, HypothesisClass, Instance, PrefixCode, Ties,
    CHAIN_TOLERANCE,
};
use crate::lab::signs::{
    disagreement, disagreement_with_zeros, sum_is_zero, Committee, SignChain, Signs,
};
use crate::random::stream;

/// Inputs and examples of the training sets that are all enumerated.
const CASES: [(u32, u32); 12] = [
    (3, 1),
    (3, 2),
    (3, 3),
    (3, 4),
    (3, 5),
    (3, 6),
    (3, 7),
    (3, 8),
    (5, 1),
    (5, 2),
    (5, 3),
    (5, 4),
];

/// How many cases there are.
pub(super) const CHAINS: u64 = CASES.len() as u64;

/// All links of one case; and where all numbers of ties can be shared exactly, what the laboratory
/// finds for the same learner, which knows no symmetry.
pub(super) fn chain(case: u64, theory: Theory) -> Result<Vec<Inequality>, BoundError> {
    let (inputs, examples) = CASES[case as usize];
    let Some(chain) = SignChain::exact(inputs as usize, examples as usize) else {
        return Ok(Vec::new());
    };
    let limit = limit_kl(
        SampleSize::new(examples.into())?,
        Probability::new(chain.train)?,
        Probability::new(0.5)?,
    )?;
    let link =
        |smaller, larger| Inequality::comparison("signs_links", smaller, larger, CHAIN_TOLERANCE);
    let mut all = vec![
        link(theory.limit(limit), theory.information(chain.examplewise)),
        link(chain.examplewise, theory.information(chain.information)),
        link(chain.information, theory.information(chain.entropy)),
    ];
    let found = if inputs == 3 {
        of_laboratory(inputs, examples)
    } else {
        None
    };
    if let Some(found) = found {
        let agreement = |claimed: f64, found: f64| {
            let accuracy = CHAIN_TOLERANCE * (1.0 + found);
            Inequality::agreement("signs_information", claimed, found, accuracy)
        };
        let claimed = theory.of_solutions(chain.information, chain.entropy);
        all.push(agreement(claimed, found.information));
        all.push(agreement(chain.examplewise, found.examplewise));
    }
    Ok(all)
}

/// The same learner on the same law, by enumeration of all signs and all inputs times labels.
fn of_laboratory(inputs: u32, examples: u32) -> Option<Chain> {
    let all = 1u32 << inputs;
    let errs = |signs: u32, example: u32| 2 * (signs ^ example).count_ones() > inputs;
    let losses = (0..all).map(|signs| (0..all).map(|example| errs(signs, example)).collect());
    let class = HypothesisClass::new(losses.collect())?;
    let law = FiniteLaw::new(vec![1; all as usize])?;
    let code = PrefixCode::random(class.len(), &mut stream(1, "check", 0, "code of signs"));
    let instance = Instance::new(law, class, code, examples).ok()?;
    let learner = EmpiricalRiskMinimiser(Ties::Uniform);
    Some(Chain::new(&instance, &learner))
}

/// How often two random perceptrons of up to 15 signs differ, over all inputs.
pub(super) fn difference(seed: u64, number: u64, theory: Theory) -> Vec<Inequality> {
    let mut random = stream(seed, "check", number, "two perceptrons of signs");
    let inputs = 2 * random.random_range(0..=7u32) + 1;
    let differing = random.random_range(1..=inputs);
    let decides = |input: u32, turned: u32| 2 * (input ^ turned).count_ones() < inputs;
    let other = (1u32 << differing) - 1;
    let found = part_of_inputs(inputs, |input| decides(input, 0) != decides(input, other));
    let (inputs, differing) = (inputs as usize, differing as usize);
    let claimed = theory.disagreement(disagreement(inputs, differing), inputs, differing);
    vec![as_enumerated("signs_difference", claimed, found)]
}

/// How often a random perceptron of up to 11 weights in {-1, 0, +1} errs on the labels of one of
/// signs, over all inputs.
pub(super) fn error_with_zeros(seed: u64, number: u64, theory: Theory) -> Vec<Inequality> {
    let mut random = stream(seed, "check", number, "a perceptron with zeros");
    let inputs = 2 * random.random_range(0..=5u32) + 1;
    let agreeing = random.random_range(0..=inputs);
    let opposite = random.random_range(0..=inputs - agreeing);
    let errs = |input: u32| {
        // The teacher's signs are all +1; the weights come in the order +1, -1, 0.
        let sum = |first: u32, count: u32| {
            let positive = (input >> first & ((1 << count) - 1)).count_ones();
            2 * i64::from(positive) - i64::from(count)
        };
        let student = sum(0, agreeing) - sum(agreeing, opposite);
        student * sum(0, inputs) <= 0
    };
    let found = part_of_inputs(inputs, errs);
    let zeros = inputs - agreeing - opposite;
    let [agreeing, opposite, zeros] = [agreeing, opposite, zeros].map(|count| count as usize);
    let claimed = theory.error_with_zeros(
        disagreement_with_zeros(agreeing, opposite, zeros),
        sum_is_zero(agreeing + opposite),
    );
    vec![as_enumerated("ternary_difference", claimed, found)]
}

/// How often two random committees of up to five units and nine signs differ, over all inputs.
pub(super) fn of_committees(seed: u64, number: u64, theory: Theory) -> Vec<Inequality> {
    const SHAPES: [(usize, usize); 4] = [(1, 5), (3, 1), (3, 3), (5, 1)];
    let mut random = stream(seed, "check", number, "two committees of signs");
    let (units, inputs) = SHAPES[random.random_range(0..SHAPES.len())];
    let all = units * inputs;
    let mut committee = || Committee::new(units, &Signs::random(all, &mut random));
    let (Some(one), Some(other)) = (committee(), committee()) else {
        return Vec::new();
    };
    let found = part_of_inputs(all as u32, |input| {
        let positive: Vec<bool> = (0..all).map(|place| input >> place & 1 == 1).collect();
        let input = Signs::from_positive(&positive);
        one.decides(&input) != other.decides(&input)
    });
    let pooled = disagreement(all, one.signs().differences(&other.signs()));
    let claimed = theory.of_committees(one.disagreement(&other), pooled);
    vec![as_enumerated("committee_difference", claimed, found)]
}

/// The part of all so many inputs, a binary digit each, of which something is true.
fn part_of_inputs(inputs: u32, is_true: impl Fn(u32) -> bool) -> f64 {
    let all = 1u32 << inputs;
    let count = (0..all).filter(|&input| is_true(input)).count();
    count as f64 / f64::from(all)
}

/// That a probability is the one that was found by enumeration, but for rounding.
fn as_enumerated(theorem: &'static str, claimed: f64, found: f64) -> Inequality {
    Inequality::agreement(theorem, claimed, found, 1e-13 * found)
}
