//! What the length of a file proves: every number that a certificate's bound is made of.
//!
//! `cargo run --release --example bound_a_length`

use nonvacuous::bounds::{limit_kl, occam_binomial, occam_kl, Probability, SampleSize};
use nonvacuous::bounds::{Bits, EmpiricalRisk, FailureProbability};
use nonvacuous::Error;

fn main() -> Result<(), Error> {
    // 1,035 of 60,000 training images misclassified by a network in a file of 1,688 bits.
    let (n, errors, bits) = (60_000, 1_035, 1_688.0);
    let risk = EmpiricalRisk::new(errors, n)?;
    let (length, delta) = (Bits::new(bits)?, FailureProbability::new(0.05)?);
    println!("bound: {:.6}", occam_binomial(risk, length, delta));
    println!("by the kl divergence: {:.6}", occam_kl(risk, length, delta));

    // And the other way round: a test error of 3% after a training error of 1% takes bits.
    let (train, test) = (Probability::new(0.01)?, Probability::new(0.03)?);
    let limit = limit_kl(SampleSize::new(n)?, train, test)?;
    println!(
        "overfitting takes at least {:.1} bits on average",
        limit.get()
    );
    Ok(())
}
