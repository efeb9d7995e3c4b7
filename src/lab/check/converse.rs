//! The converse, on one exact instance.

use rand::RngExt;

use super::random_instance::Draw;
use super::tally::Inequality;
use super::theory::Theory;
use crate::bounds::{
    limit_jensen_shannon, limit_kl, limit_pinsker, max_test_error, Bits, BoundError, Probability,
    SampleSize,
};
use crate::lab::exact::Messages;
use crate::lab::exact::{Chain, CHAIN_TOLERANCE};
use crate::random::stream;

/// The columns of [`row`].
pub(super) const COLUMNS: [&str; 14] = [
    "instance",
    "n",
    "examples",
    "hypotheses",
    "learner",
    "train_error",
    "test_error",
    "limit_kl_bits",
    "sum_examplewise_bits",
    "information_bits",
    "entropy_bits",
    "huffman_bits",
    "code_bits",
    "one_to_one_bits",
];

/// All inequalities of the chain and what follows from it.
pub(super) fn inequalities(
    draw: &Draw,
    chain: &Chain,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let n = SampleSize::new(draw.instance.examples().into())?;
    let (train, test) = (
        Probability::new(chain.train)?,
        Probability::new(chain.test)?,
    );
    // A test error of 0 or 1 leaves the training error no choice, up to rounding.
    let limit = limit_kl(n, train, test).map_or(f64::INFINITY, |bits| theory.limit(bits));
    let weaker = |bits: Bits| theory.limit(bits);
    let exact = |theorem, smaller, larger| {
        Inequality::comparison(theorem, smaller, larger, CHAIN_TOLERANCE)
    };
    let code = theory.charged(chain.code);
    let mut all = vec![
        exact(
            "limit_examplewise",
            limit,
            theory.information(chain.examplewise),
        ),
        exact(
            "examplewise_information",
            chain.examplewise,
            theory.information(chain.information),
        ),
        exact(
            "information_entropy",
            chain.information,
            theory.information(chain.messages.entropy),
        ),
        exact(
            "huffman_code",
            chain.messages.huffman,
            theory.information(chain.code),
        ),
        exact("limit_code", limit, code),
        exact(
            "limit_jensen_shannon",
            2.0 * weaker(limit_jensen_shannon(n, train, test)),
            chain.examplewise,
        ),
        exact(
            "limit_pinsker",
            weaker(limit_pinsker(n, train, test)),
            chain.examplewise,
        ),
        exact(
            "max_test_error",
            chain.test,
            max_test_error(n, train, Bits::new(code)?),
        ),
    ];
    all.extend(of_messages(&chain.messages, theory)?);
    Ok(all)
}

/// What holds for any random message and the codes for it.
fn of_messages(messages: &Messages, theory: Theory) -> Result<Vec<Inequality>, BoundError> {
    let Messages {
        entropy,
        huffman,
        one_to_one,
        one_to_one_with_length,
    } = *messages;
    let exact = |theorem, smaller, larger| {
        Inequality::comparison(theorem, smaller, larger, CHAIN_TOLERANCE)
    };
    let injective = theory.injective(Bits::new(entropy)?);
    let mut all = vec![
        exact("entropy_huffman", entropy, theory.information(huffman)),
        exact(
            "huffman_entropy_plus_one",
            huffman,
            entropy + theory.huffman_excess(),
        ),
        exact("limit_injective", injective, one_to_one),
    ];
    all.extend(one_to_one_with_length.map(|bits| {
        exact(
            "length_prior",
            entropy,
            theory.with_length(bits, one_to_one),
        )
    }));
    Ok(all)
}

/// A random message out of up to 4,096, from nearly certain to nearly uniform.
pub(super) fn of_random_messages(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let mut random = stream(seed, "check", number, "messages");
    let most = 1u32 << random.random_range(0..=12);
    let messages = random.random_range(1..=most);
    let spread: f64 = random.random_range(0.0..40.0);
    let weight = |_| (1u128 << 60 >> (spread * random.random::<f64>()) as u32).max(1);
    of_messages(
        &Messages::new(&(0..messages).map(weight).collect::<Vec<u128>>()),
        theory,
    )
}

/// A row of CSV.
pub(super) fn row(number: u64, draw: &Draw, chain: &Chain) -> Vec<String> {
    let limit = (SampleSize::new(draw.instance.examples().into()))
        .and_then(|n| {
            limit_kl(
                n,
                Probability::new(chain.train)?,
                Probability::new(chain.test)?,
            )
        })
        .map_or(f64::INFINITY, Bits::get);
    let mut row = draw.cells(number);
    let numbers = [
        chain.train,
        chain.test,
        limit,
        chain.examplewise,
        chain.information,
        chain.messages.entropy,
        chain.messages.huffman,
        chain.code,
        chain.messages.one_to_one,
    ];
    row.extend(numbers.map(|number| number.to_string()));
    row
}
