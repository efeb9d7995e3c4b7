//! Properties of the charge for the design of the format.

use nonvacuous::bounds::{occam_binomial, Bits, EmpiricalRisk, FailureProbability};
use nonvacuous::certificate::{DESIGN_BITS, GRAPH_DESIGN_BITS, RELATIVE_DESIGN_BITS};
use proptest::prelude::*;

#[test]
fn the_lists_of_decisions_add_up_to_what_they_say_and_to_no_more_than_is_charged() {
    let chapter = include_str!("design.md");
    let (mut decisions, mut bits) = (0, 0);
    let mut sums = Vec::new();
    for line in chapter.lines() {
        if line == format!("| | **{decisions} decisions** | | **{bits}** |") {
            sums.push(bits);
        }
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let [_, number, _, _, cost, _] = cells[..] {
            if number.parse::<u64>().is_ok() {
                decisions += 1;
                bits += cost.parse::<u64>().unwrap();
            }
        }
    }
    let [chains, graphs, relative] = sums[..] else {
        panic!("{sums:?}");
    };
    assert_eq!(relative, bits);
    assert!(chains <= DESIGN_BITS, "{chains}");
    assert!(graphs <= GRAPH_DESIGN_BITS, "{graphs}");
    assert!(relative <= RELATIVE_DESIGN_BITS, "{relative}");
}

proptest! {
    #[test]
    fn a_charge_of_so_many_bits_is_a_union_over_twice_as_many_formats_a_bit(
        n in 10u64..10_000, share in 0.0..0.5f64, bits in 8.0..4_000.0f64, formats in 0i32..100,
    ) {
        let risk = EmpiricalRisk::new((share * n as f64) as u64, n).unwrap();
        let delta = |probability| FailureProbability::new(probability).unwrap();
        let charged = Bits::new(bits + f64::from(formats)).unwrap();
        let charged = occam_binomial(risk, charged, delta(0.05));
        let part = delta(0.05 * 2f64.powi(-formats));
        let union = occam_binomial(risk, Bits::new(bits).unwrap(), part);
        prop_assert!((charged - union).abs() <= 1e-9 * union, "{charged} {union}");
    }
}
