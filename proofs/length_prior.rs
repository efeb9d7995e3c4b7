//! Properties that would break if `proofs/length_prior.md`, or its implementation, were wrong.

use nonvacuous::bounds::LengthPrior;

fn mass(prior: LengthPrior, length: u64) -> f64 {
    (-prior.cost(length.try_into().unwrap()).get()).exp()
}

/// The masses of all lengths below `2^magnitudes`: those of Elias's codes depend on the magnitude
/// only.
fn sum(prior: LengthPrior, magnitudes: u32) -> f64 {
    if prior == LengthPrior::Reciprocal {
        return (1..1 << 20).map(|length| mass(prior, length)).sum();
    }
    (0..magnitudes)
        .map(|magnitude| 2f64.powi(magnitude as i32) * mass(prior, 1 << magnitude))
        .sum()
}

#[test]
fn every_prior_sums_to_at_most_one_and_wastes_little() {
    for prior in LengthPrior::ALL {
        let sum = sum(prior, 64);
        assert!(sum <= 1.0, "{prior:?}: {sum}");
        assert!(sum > 0.85, "{prior:?}: {sum}");
    }
}

#[test]
fn the_codes_have_the_lengths_of_their_definitions() {
    let bits = |prior: LengthPrior, length: u64| {
        (prior.cost(length.try_into().unwrap()).get() / std::f64::consts::LN_2).round() as u64
    };
    // Elias 1975, table 1.
    let omega = [
        (1, 1),
        (2, 3),
        (3, 3),
        (4, 6),
        (7, 6),
        (8, 7),
        (15, 7),
        (16, 11),
        (31, 11),
        (32, 12),
        (100, 13),
        (1000, 17),
    ];
    for (length, expected) in omega {
        assert_eq!(bits(LengthPrior::EliasOmega, length), expected);
    }
    for (length, gamma, delta) in [
        (1, 1, 1),
        (2, 3, 4),
        (4, 5, 5),
        (8, 7, 8),
        (16, 9, 9),
        (1_000_000, 39, 28),
    ] {
        assert_eq!(bits(LengthPrior::EliasGamma, length), gamma);
        assert_eq!(bits(LengthPrior::EliasDelta, length), delta);
    }
}
