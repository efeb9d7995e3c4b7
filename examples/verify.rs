//! A certificate that somebody else made, checked against one's own copy of the data.
//!
//! `cargo run --release --example verify [FOLDER]`; without it, the published one on the digits.

use nonvacuous::certificate::Certificate;
use nonvacuous::data::digits;
use nonvacuous::Error;

fn main() -> Result<(), Error> {
    let folder = std::env::args_os().nth(1);
    let folder = folder.unwrap_or("experiments/certificates/digits".into());
    let certificate = Certificate::open(folder)?;
    let verdict = certificate.verify(&digits()?)?;
    for check in &verdict.checks {
        let mark = if check.holds { "holds" } else { "FAILS" };
        println!("{mark}  {}", check.what);
    }
    println!("bound: {:.6}", certificate.claim().bounds.occam_binomial);
    assert!(verdict.holds(), "the certificate does not hold");
    Ok(())
}
