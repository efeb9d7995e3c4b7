//! Random instances for the exact laboratory, as pure functions of a seed and a number.

use rand::{Rng, RngExt};

use crate::lab::exact::FiniteLaw;
use crate::lab::exact::HypothesisClass;
use crate::lab::exact::Instance;
use crate::lab::exact::PrefixCode;
use crate::lab::exact::{
    EmpiricalRiskMinimiser, FirstExample, Gibbs, Learner, Memoriser, RandomMap, Ties,
};
use crate::random::stream;

/// Sequences are enumerated if there are at most this many.
const MOST_SEQUENCES: u64 = 4096;

/// Type classes likewise.
const MOST_TYPES: u64 = 1500;

/// Samples that posteriors are compared on.
const MOST_TYPES_OF_COVERAGE: u64 = 250;

/// An instance, and a learner for it.
pub(super) struct Draw {
    pub instance: Instance,
    pub learner: Box<dyn Learner>,
}

impl Draw {
    /// The first cells of its row of CSV: its number, and what it is made of.
    pub(super) fn cells(&self, number: u64) -> Vec<String> {
        vec![
            number.to_string(),
            self.instance.examples().to_string(),
            self.instance.law().weights().len().to_string(),
            self.instance.class().len().to_string(),
            self.learner.name(),
        ]
    }

    /// In a few words.
    pub(super) fn describe(&self) -> String {
        let (m, h) = (
            self.instance.law().weights().len(),
            self.instance.class().len(),
        );
        format!(
            "n {}, {m} examples, {h} hypotheses, {}",
            self.instance.examples(),
            self.learner.name()
        )
    }
}

/// An instance of the converse: any learner, symmetric or not.
pub(super) fn of_converse(seed: u64, number: u64) -> Option<Draw> {
    let mut random = stream(seed, "check", number, "instance of the converse");
    let (law, class, learner) = parts(&mut random, true)?;
    let m = law.weights().len() as u64;
    let most = if learner.is_symmetric() {
        most_examples(|n| type_classes(n, m) <= MOST_TYPES)
    } else {
        most_examples(|n| m.pow(n) <= MOST_SEQUENCES)
    };
    finish(law, class, learner, most, &mut random)
}

/// An instance for upper bounds: only what is symmetric.
pub(super) fn of_coverage(seed: u64, number: u64) -> Option<Draw> {
    let mut random = stream(seed, "check", number, "instance of coverage");
    let (law, class, learner) = parts(&mut random, false)?;
    let m = law.weights().len() as u64;
    let most = most_examples(|n| type_classes(n, m) <= MOST_TYPES_OF_COVERAGE);
    finish(law, class, learner, most, &mut random)
}

fn finish(
    law: FiniteLaw,
    class: HypothesisClass,
    learner: Box<dyn Learner>,
    most: u32,
    random: &mut impl Rng,
) -> Option<Draw> {
    // Masses have 112 bits, of which n takes 6 at most.
    let bits = (law.total() as f64).log2().max(1.0);
    let most = most.min((106.0 / bits) as u32 - 1).max(1);
    // Few examples as often as many.
    let most = random.random_range(1..=most);
    let examples = random.random_range(1..=most);
    let code = PrefixCode::random(class.len(), random);
    Some(Draw {
        instance: Instance::new(law, class, code, examples).ok()?,
        learner,
    })
}

/// `C(n + m - 1, m - 1)`.
fn type_classes(examples: u32, m: u64) -> u64 {
    (1..m).fold(1, |classes, i| classes * (u64::from(examples) + i) / i)
}

fn most_examples(fits: impl Fn(u32) -> bool) -> u32 {
    const MOST: u32 = 40;
    (1..=MOST).take_while(|&n| fits(n)).last().unwrap_or(1)
}

/// A law, a class on its examples, and a learner of it.
fn parts(
    random: &mut impl Rng,
    any_order: bool,
) -> Option<(FiniteLaw, HypothesisClass, Box<dyn Learner>)> {
    match random.random_range(0..4) {
        // An arbitrary table of losses.
        0 => {
            let (m, hypotheses) = (random.random_range(2..=6), random.random_range(2..=8));
            let density = random.random::<f64>();
            let losses = (0..hypotheses)
                .map(|_| (0..m).map(|_| random.random::<f64>() < density).collect())
                .collect();
            let law = FiniteLaw::new(weights(random, m))?;
            Some((
                law,
                HypothesisClass::new(losses)?,
                learner(random, any_order),
            ))
        }
        // Classification with all labellings.
        1 => {
            let inputs = random.random_range(1..=3);
            let law = FiniteLaw::new(weights(random, 2 * inputs as usize))?;
            Some((
                law,
                HypothesisClass::all_labellings(inputs),
                learner(random, any_order),
            ))
        }
        // Memorising.
        2 if any_order => {
            let m = random.random_range(2..=4);
            let law = FiniteLaw::new(weights(random, m as usize))?;
            Some((law, HypothesisClass::memories(m), Box::new(Memoriser)))
        }
        // Hypotheses that err independently: where a union bound is nearly exact.
        _ => {
            let hypotheses = random.random_range(1..=2usize);
            let denominator = random.random_range(2..=12u64);
            let rates: Vec<u64> = (0..hypotheses)
                .map(|_| random.random_range(1..denominator))
                .collect();
            let product = |example: usize| {
                let factor = |(h, rate): (usize, &u64)| {
                    if example >> h & 1 == 1 {
                        *rate
                    } else {
                        denominator - rate
                    }
                };
                rates.iter().enumerate().map(factor).product()
            };
            let law = FiniteLaw::new((0..1 << hypotheses).map(product).collect())?;
            let errs = |h: usize| {
                (0..1usize << hypotheses)
                    .map(|example| example >> h & 1 == 1)
                    .collect()
            };
            let class = HypothesisClass::new((0..hypotheses).map(errs).collect())?;
            Some((law, class, learner(random, any_order)))
        }
    }
}

/// Even, uneven, or with one example that is rare or common.
fn weights(random: &mut impl Rng, m: usize) -> Vec<u64> {
    match random.random_range(0..3) {
        0 => vec![1; m],
        1 => (0..m).map(|_| random.random_range(1..=9)).collect(),
        _ => {
            let odd = random.random_range(0..m);
            let (usual, other) = if random.random() { (1, 20) } else { (20, 1) };
            (0..m)
                .map(|example| if example == odd { other } else { usual })
                .collect()
        }
    }
}

fn learner(random: &mut impl Rng, any_order: bool) -> Box<dyn Learner> {
    match random.random_range(0..if any_order { 8 } else { 6 }) {
        0 => Box::new(EmpiricalRiskMinimiser(Ties::First)),
        1 => Box::new(EmpiricalRiskMinimiser(Ties::Last)),
        2 => Box::new(EmpiricalRiskMinimiser(Ties::Uniform)),
        3 => Box::new(EmpiricalRiskMinimiser(Ties::Arbitrary(random.random()))),
        4 => Box::new(Gibbs {
            inverse_temperature: f64::from(random.random_range(1..=8)) / 2.0,
        }),
        5 => Box::new(Gibbs {
            inverse_temperature: -f64::from(random.random_range(1..=8)) / 2.0,
        }),
        6 => Box::new(FirstExample),
        _ => Box::new(RandomMap(random.random())),
    }
}
