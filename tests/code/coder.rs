//! The arithmetic coder, what it believes, and codes for integers.

use nonvacuous::code::distribution::{
    Adaptive, AdaptiveBit, Binary, Distribution, Weighted, PRECISION,
};
use nonvacuous::code::integer::{read_gamma, read_signed, write_gamma, write_signed};
use nonvacuous::code::{Decoder, Encoder};
use proptest::prelude::*;

/// Each symbol's interval follows the one before, and together they fill the unit interval: the
/// Kraft sum is one.
fn assert_complete(distribution: &impl Distribution, size: usize) {
    let mut end = 0;
    for symbol in 0..size {
        let (start, width) = distribution.interval(symbol).unwrap();
        assert_eq!(start, end);
        end = start + width.get();
        for quantile in [start, end - 1] {
            assert_eq!(distribution.symbol_at(quantile).0, symbol);
        }
    }
    assert_eq!(end, 1 << PRECISION);
    assert!(distribution.interval(size).is_none());
}

proptest! {
    #[test]
    fn probabilities_sum_to_one(
        weights in prop::collection::vec(1u64..1_000_000, 1..40),
        seen in prop::collection::vec(0usize..7, 0..50),
    ) {
        assert_complete(&Weighted::new(&weights), weights.len());
        let mut adaptive = Adaptive::new(7);
        seen.iter().for_each(|&symbol| adaptive.observe(symbol));
        assert_complete(&adaptive, 7);
        let mut bit = AdaptiveBit::default();
        for &symbol in &seen {
            assert_complete(&bit.expect(), 2);
            bit.observe(symbol > 4);
        }
        assert_complete(&Binary::sixteen_bits(weights[0] as u32 % 70_000), 2);
    }

    #[test]
    fn integers_are_read_back_whatever_follows(
        value in 1u64..1 << 40,
        signed in -(1i64 << 38)..1i64 << 38,
        tail: [u8; 3],
    ) {
        let mut encoder = Encoder::new();
        write_gamma(&mut encoder, value).unwrap();
        write_signed(&mut encoder, signed).unwrap();
        let mut stream = encoder.finish();
        stream.extend(tail);
        let mut decoder = Decoder::new(&stream);
        prop_assert_eq!(read_gamma(&mut decoder).unwrap(), value);
        prop_assert_eq!(read_signed(&mut decoder).unwrap(), signed);
    }

    #[test]
    fn a_krichevsky_trofimov_code_is_close_to_the_best_fixed_one(
        bits in prop::collection::vec(any::<bool>(), 1..2000),
    ) {
        let mut adaptive = Adaptive::new(2);
        let mut encoder = Encoder::new();
        for &bit in &bits {
            encoder.write(usize::from(bit), &adaptive).unwrap();
            adaptive.observe(usize::from(bit));
        }
        let count = bits.len() as f64;
        let ones = bits.iter().filter(|&&bit| bit).count() as f64;
        let part = |x: f64| if x == 0.0 { 0.0 } else { -x * (x / count).log2() };
        let best = part(ones) + part(count - ones);
        // Half a logarithm and one bit, and what rounding probabilities to multiples of 2^-20
        // costs.
        let most = best + 0.5 * count.log2() + 1.0 + 0.01;
        prop_assert!(encoder.ideal_bits() <= most);
        prop_assert!(8.0 * encoder.finish().len() as f64 <= most + 16.0);
    }
}

#[test]
fn the_gamma_code_has_the_length_of_the_literature_and_satisfies_kraft() {
    let mut sum = 0.0;
    for value in 1u64..1 << 12 {
        let mut encoder = Encoder::new();
        write_gamma(&mut encoder, value).unwrap();
        let length = 2.0 * f64::from(value.ilog2()) + 1.0;
        assert_eq!(encoder.ideal_bits(), length, "{value}");
        sum += (-length).exp2();
    }
    // All but the integers of more digits.
    assert_eq!(sum, 1.0 - 0.5f64.powi(12));
}
