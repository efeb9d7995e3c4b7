//! The name of a recipe's random streams.

use super::pruning::PruningMethod;
use super::quantisation::{Quantisation, QuantisationMethod};
use super::recipe::RecipeSettings;
use super::subspace::{SubspaceMap, SubspaceSize};
use crate::train::Schedule;

/// The text from which the random numbers of a recipe are drawn, frozen: another letter would be
/// another network for every certificate that was ever made.
///
/// It rounds the sparsity to whole per cent, so several recipes share a stream. That is harmless
/// for random numbers and would be wrong for a key: [`Recipe::identity`] tells recipes apart.
///
/// [`Recipe::identity`]: super::recipe::Recipe::identity
pub(super) fn stream_name(recipe: &RecipeSettings) -> String {
    let RecipeSettings {
        architecture: _,
        pruning,
        first,
        quantisation,
        second,
        bounded,
        examples,
        sweeps,
    } = recipe;
    let mut name = format!("{}; ", recipe.said_architecture());
    if pruning.width < 1.0 {
        name += &format!("{} of all units, ", pruning.width);
    }
    name += &format!("{:.0}% pruned ", 100.0 * pruning.sparsity);
    if pruning.method == PruningMethod::Surgery {
        name += "by surgery ";
    }
    name += &format!("in {}, ", passes(first));
    let Quantisation {
        method,
        codewords,
        digits,
        rate,
        subspace,
    } = quantisation;
    if let Some(SubspaceSize {
        fraction,
        map,
        seed,
    }) = subspace
    {
        let map = match map {
            SubspaceMap::Terms(terms) => format!("{terms} terms"),
            SubspaceMap::Kronecker(columns) => format!("Kronecker, {columns} columns"),
        };
        name += &format!("{fraction} coordinates a weight ({map}, seed {seed}), ");
    }
    let even = if *method == QuantisationMethod::Uniform {
        "even "
    } else {
        ""
    };
    name += &format!("{codewords} {even}codewords of {digits} digits at rate {rate} in ");
    name += &passes(second);
    if *bounded > 0.0 {
        name += &format!(" of a loss bounded by {bounded}");
    }
    if let Some(examples) = examples {
        name += &format!(" on {examples} examples");
    }
    if *sweeps > 0 {
        name += &format!("; polished {sweeps} times");
    }
    name
}

/// A schedule in a few words.
fn passes(schedule: &Schedule) -> String {
    let Schedule {
        epochs,
        batch,
        learning_rate,
    } = schedule;
    format!("{epochs} epochs of batches of {batch} at {learning_rate}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::stream_name;
    use crate::compress::Recipe;
    use crate::shape::ImageSize;

    const DIGITS: ImageSize = ImageSize {
        channels: 1,
        height: 8,
        width: 8,
    };

    #[test]
    fn stream_names_are_letter_by_letter_those_of_published_certificates() {
        // As experiments/certificates/digits and mnist have them in their recipe and log of trials.
        let digits = "architecture = \"upright norm dense:10\"\n\
                      pruning = { sparsity = 0.5 }\n\
                      first = { epochs = 30, batch = 64, learning_rate = 0.01 }\n\
                      quantisation = { codewords = 3, digits = 2, rate = 3.0 }\n\
                      second = { epochs = 60, batch = 64, learning_rate = 0.01 }\n\
                      sweeps = 8\n";
        assert_eq!(
            name_of(digits),
            "upright norm dense:10; 50% pruned in 30 epochs of batches of 64 at 0.01, \
             3 codewords of 2 digits at rate 3 in 60 epochs of batches of 64 at 0.01; \
             polished 8 times"
        );
        let mnist = "architecture = \"upright oriented:4 relu avg:2 dense:10\"\n\
                     pruning = { sparsity = 0.3 }\n\
                     first = { epochs = 1, batch = 64, learning_rate = 0.01 }\n\
                     quantisation = { codewords = 2, digits = 2, rate = 3.0, \
                     subspace = { fraction = 0.5, terms = 16, seed = 0 } }\n\
                     second = { epochs = 40, batch = 64, learning_rate = 0.06 }\n\
                     bounded = 0.3\n";
        assert_eq!(
            name_of(mnist),
            "upright oriented:4 relu avg:2 dense:10; 30% pruned in 1 epochs of batches of 64 at \
             0.01, 0.5 coordinates a weight (16 terms, seed 0), 2 codewords of 2 digits at rate 3 \
             in 40 epochs of batches of 64 at 0.06 of a loss bounded by 0.3"
        );
    }

    #[test]
    fn stream_names_round_the_sparsity_as_they_always_have() {
        let text = "architecture = \"dense:10\"\n\
                    pruning = { method = \"surgery\", sparsity = 0.504, width = 0.5 }\n\
                    first = { epochs = 4, batch = 64, learning_rate = 0.01 }\n\
                    quantisation = { method = \"uniform\", codewords = 6, digits = 3, rate = 2.5, \
                    subspace = { fraction = 0.4, kronecker = 32, seed = 2 } }\n\
                    second = { epochs = 5, batch = 32, learning_rate = 0.04 }\n";
        assert_eq!(
            name_of(text),
            "dense:10; 0.5 of all units, 50% pruned by surgery in 4 epochs of batches of 64 at \
             0.01, 0.4 coordinates a weight (Kronecker, 32 columns, seed 2), 6 even codewords of \
             3 digits at rate 2.5 in 5 epochs of batches of 32 at 0.04"
        );
    }

    fn name_of(text: &str) -> String {
        stream_name(Recipe::parse(text, DIGITS, 10).unwrap().settings())
    }
}
