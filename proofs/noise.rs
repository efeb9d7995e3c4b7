//! Properties that would break if `proofs/noise.md`, or its implementation, were wrong.

use nonvacuous::bounds::{BoundError, GaussianNoise};
use proptest::prelude::*;

#[test]
fn the_reference_values_are_reproduced_and_never_undercut() {
    let mut reader = csv::Reader::from_path("tests/reference/noise_kl.csv").unwrap();
    let mut rows = 0;
    for record in reader.records() {
        let record = record.unwrap();
        let number = |column: usize| record[column].parse::<f64>().unwrap();
        let codebook: Vec<f64> = record[2]
            .split(' ')
            .map(|codeword| codeword.parse().unwrap())
            .collect();
        let noise = GaussianNoise::new(&codebook, number(1), number(3)).unwrap();
        for (name, computed, exact) in [
            ("quadrature", noise.quadrature(number(0)), number(4)),
            ("closed form", noise.closed_form(number(0)), number(5)),
        ] {
            let rounding = exact.abs() * f64::EPSILON;
            assert!(
                computed >= exact - rounding,
                "{name}: {computed:e} is below {exact:e}"
            );
            assert!(
                computed - exact <= exact.abs() * 1e-10,
                "{name}: {computed:e} is far above {exact:e}"
            );
        }
        rows += 1;
    }
    assert_eq!(rows, 6);
}

#[test]
fn a_network_is_the_sum_of_its_weights() {
    let noise = GaussianNoise::new(&[-0.5, 0.0, 0.5], 0.3, 0.35).unwrap();
    let sum = 10.0 * noise.closed_form(-0.5) + 5.0 * noise.closed_form(0.5);
    let total = noise.closed_form_total(&[10, 0, 5]).unwrap();
    assert!(total >= sum - 1e-14 && total < sum + 1e-10);
    assert!(matches!(
        noise.quadrature_total(&[1]),
        Err(BoundError::Codebook(1, 0))
    ));
    assert!(GaussianNoise::new(&[], 1.0, 1.0).is_err());
    assert!(GaussianNoise::new(&[0.0], 0.0, 1.0).is_err());
}

proptest! {
    #[test]
    fn the_quadrature_is_between_the_gain_of_all_bits_and_the_closed_form(
        codebook in prop::collection::vec(-1.0..1.0f64, 1..8),
        sigma in 0.01..2.0f64,
        stretch in 0.5..3.0f64,
    ) {
        let noise = GaussianNoise::new(&codebook, sigma, stretch * sigma).unwrap();
        let (exact, closed) = (
            noise.quadrature(codebook[0]),
            noise.closed_form(codebook[0]),
        );
        prop_assert!(exact <= closed);
        // At most ln r nats are given back, since the normalised mixture has a divergence of at
        // least 0.
        prop_assert!(exact >= -(codebook.len() as f64).ln() - 1e-9);
    }
}
