//! Symbols without context, or predicted from the run of zeros just before.

use super::alphabet::{Alphabet, SignAndRank};
use super::pass::Pass;
use crate::code::coder::distribution::{Adaptive, AdaptiveBit};
use crate::code::coder::length::Purpose;
use crate::code::error::CodeError;

/// Classes of the number of zeros just before a weight.
const RUN_CLASSES: usize = 24;

/// All weights alike.
pub(super) fn run_plain(pass: &mut impl Pass, alphabet: Alphabet) -> Result<(), CodeError> {
    run(pass, alphabet, |_| 0)
}

/// By the number of binary digits of the number of zeros just before.
pub(super) fn run_runs(pass: &mut impl Pass, alphabet: Alphabet) -> Result<(), CodeError> {
    run(pass, alphabet, |zeros| {
        ((u32::BITS - zeros.leading_zeros()) as usize).min(RUN_CLASSES - 1)
    })
}

/// `class` chooses the model of zero or not from the number of zeros just before.
fn run(
    pass: &mut impl Pass,
    alphabet: Alphabet,
    class: impl Fn(u32) -> usize,
) -> Result<(), CodeError> {
    let mut masks = [AdaptiveBit::default(); RUN_CLASSES];
    let mut sign = AdaptiveBit::default();
    let mut ranks = [
        Adaptive::new(alphabet.negative.max(1)),
        Adaptive::new(alphabet.positive.max(1)),
    ];
    let mut zeros = 0u32;
    for weight in 0..pass.len() {
        let next = pass.next(weight);
        let mask = &mut masks[class(zeros)];
        pass.set_purpose(Purpose::Mask);
        let is_nonzero = pass.decide(next != 0, mask.expect())?;
        mask.observe(is_nonzero);
        if !is_nonzero {
            zeros = zeros.saturating_add(1);
            continue;
        }
        zeros = 0;
        pass.set_purpose(Purpose::Assignment);
        let SignAndRank { is_positive, rank } = alphabet.sign_and_rank(next);
        let is_positive = match alphabet.only_sign() {
            Some(only) => only,
            None => {
                let is_positive = pass.decide(is_positive, sign.expect())?;
                sign.observe(is_positive);
                is_positive
            }
        };
        let rank = match alphabet.size(is_positive) {
            1 => 0,
            _ => {
                let model = &mut ranks[usize::from(is_positive)];
                let rank = pass.choose(rank, &*model)?;
                model.observe(rank);
                rank
            }
        };
        let symbol = alphabet.symbol(SignAndRank { is_positive, rank });
        pass.complete(weight, symbol);
    }
    Ok(())
}
