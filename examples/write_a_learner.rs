//! A learner of your own in the exact laboratory: everything about it by enumeration of all
//! samples, without statistical doubt.
//!
//! `cargo run --release --example write_a_learner`

use nonvacuous::bounds::{limit_kl, Probability, SampleSize};
use nonvacuous::lab::exact::{
    Chain, FiniteLaw, HypothesisClass, Instance, Learner, Posterior, PrefixCode,
};
use nonvacuous::random::stream;

/// Says of every input what most of its labels in the sample say, and 0 where they tie.
struct MajorityVote;

impl Learner for MajorityVote {
    fn name(&self) -> String {
        "majority vote".to_string()
    }

    fn posterior(&self, class: &HypothesisClass, sample: &[usize]) -> Posterior {
        // Example 2 x + y is input x with label y; bit x of a hypothesis is what it says of x.
        let mut votes = [0i32; INPUTS as usize];
        for example in sample {
            votes[example / 2] += if example % 2 == 1 { 1 } else { -1 };
        }
        let bits = votes.iter().enumerate();
        let chosen = bits.map(|(input, &vote)| usize::from(vote > 0) << input);
        Posterior::point(class.len(), chosen.sum())
    }
}

const INPUTS: u32 = 3;
const EXAMPLES: u32 = 6;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Three inputs, equally likely; label 1 has probability 3/4.
    let law = FiniteLaw::new(vec![1, 3, 1, 3, 1, 3]).ok_or("weights that sum to 0")?;
    let class = HypothesisClass::all_labellings(INPUTS);
    let code = PrefixCode::random(class.len(), &mut stream(1, "write a learner", 0, "code"));
    let chain = Chain::new(&Instance::new(law, class, code, EXAMPLES)?, &MajorityVote);

    let (train, test) = (
        Probability::new(chain.train)?,
        Probability::new(chain.test)?,
    );
    let limit = limit_kl(SampleSize::new(EXAMPLES.into())?, train, test)?;
    println!("{}", MajorityVote.name());
    println!("training error      {:.4}", chain.train);
    println!("error on new ones   {:.4}", chain.test);
    println!("limit n kl / ln 2   {:.4} bits", limit.get());
    println!("information I(S; W) {:.4} bits", chain.information);
    println!("entropy H(W)        {:.4} bits", chain.messages.entropy);
    println!("Huffman's code      {:.4} bits", chain.messages.huffman);
    println!("a code fixed before {:.4} bits", chain.code);
    Ok(())
}
