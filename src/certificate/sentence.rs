//! A claim in words: what is proved, from what, and what is taken on trust.

use super::at_hand::known_name;
use super::claim::{BaseClaim, Claim};
use crate::evaluate::Loss;
use crate::printable::escaped;

/// How the count of training errors is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// As the claim says.
    Claimed,
    /// All training examples were evaluated by whoever speaks.
    Counted,
    /// Whoever speaks drew his own subsample.
    Drawn {
        /// Examples drawn.
        size: u64,
        /// Those among them that were misclassified, or are not the certificate's examples.
        errors: u64,
        /// What repeats the draw.
        seed: u64,
    },
}

impl Claim {
    /// The claim in one sentence. The examples are called by the name that their digest confirms,
    /// or else by their digest.
    #[must_use]
    pub fn sentence(&self) -> String {
        sentence(self, None, Evidence::Claimed)
    }

    /// The same about examples that whoever reads it calls so.
    #[must_use]
    pub fn sentence_about(&self, name: &str) -> String {
        sentence(self, Some(name), Evidence::Claimed)
    }

    /// What cannot be checked, and is taken on trust by whoever believes a claim that holds.
    #[must_use]
    pub fn assumptions(&self) -> Vec<String> {
        let unit = if self.groups.is_some() {
            "groups"
        } else {
            "images"
        };
        let mut assumed = vec![format!(
            "that new {unit} and those of the training set are drawn independently from one law"
        )];
        if self.is_unseen() {
            assumed.push(
                "the maker's word that the format of model files was designed without these images"
                    .to_string(),
            );
        }
        if let Some(base) = &self.base {
            assumed.push(format!(
                "that the base with SHA-256 {} is independent of these images: neither trained nor \
                 tuned on any of them{}; the maker's word is that it came from \"{}\" and was \
                 trained on \"{}\"",
                escaped(&base.sha256),
                choice(base),
                escaped(&base.source),
                escaped(&base.trained_on)
            ));
        }
        assumed
    }
}

/// How the base was chosen.
fn choice(base: &BaseClaim) -> String {
    match base.considered {
        1 => ", nor chosen for them".to_string(),
        considered => format!(", and chosen for them among {considered} at most"),
    }
}

/// The claim, about the examples that `name` calls so unless their digest confirms a name.
pub(super) fn sentence(claim: &Claim, name: Option<&str>, evidence: Evidence) -> String {
    let wrong = if claim.loss == Loss::Top5.name() {
        "misclassified in all of five guesses"
    } else {
        "misclassified"
    };
    let confidence = confidence(claim.delta);
    let bound = percent_up(claim.bounds.occam_binomial);
    let subject = subject(claim, name);
    let training = training_images(claim);
    let errors = errors(claim, wrong, evidence);
    let charges = charges(claim);
    match &claim.groups {
        None => format!(
            "With confidence {confidence}, at most {bound} of {subject} are {wrong}: proved from \
             {training}, {errors}, {charges}."
        ),
        Some(groups) => format!(
            "With confidence {confidence}, at most {bound} of the images of a new group are \
             {wrong} on average, for groups of {subject}: proved from {} groups of {training}, \
             {errors}, {charges}.",
            groups.count
        ),
    }
}

/// What the bound is about.
fn subject(claim: &Claim, name: Option<&str>) -> String {
    let sha256 = &claim.training_set.sha256;
    match (known_name(sha256), name) {
        (Some(known), _) => format!("new {known} images"),
        (None, Some(name)) => format!(
            "new images such as those of \"{}\" (SHA-256 {})",
            escaped(name),
            escaped(sha256)
        ),
        (None, None) => format!("new images such as those with SHA-256 {}", escaped(sha256)),
    }
}

fn training_images(claim: &Claim) -> String {
    let (n, distinct) = (claim.n, claim.training_set.distinct);
    if distinct < n {
        format!("{n} training images ({distinct} different ones)")
    } else {
        format!("{n} training images")
    }
}

fn errors(claim: &Claim, wrong: &str, evidence: Evidence) -> String {
    if let Some(groups) = &claim.groups {
        return format!(
            "{} of them {wrong}, which are at most {} groups' worth",
            claim.k, groups.errors
        );
    }
    match (evidence, &claim.subsample) {
        (Evidence::Drawn { size, errors, seed }, _) => format!(
            "at most {} of them {wrong}, as {errors} of {size} were that this verification drew \
             (--seed {seed})",
            claim.k
        ),
        (Evidence::Counted, Some(_)) => format!("at most {} of them {wrong}", claim.k),
        (Evidence::Claimed, Some(subsample)) => format!(
            "at most {} of them {wrong}, as {} of {} drawn at random were",
            claim.k, subsample.errors, subsample.size
        ),
        (_, None) => format!("{} of them {wrong}", claim.k),
    }
}

/// What the description length is made of.
fn charges(claim: &Claim) -> String {
    let mut charges = vec![match &claim.base {
        None => format!("a file of {} bits", claim.bits),
        Some(base) => format!(
            "a file of {} bits relative to a base (\"{}\", trained on \"{}\") that is independent \
             of them",
            claim.bits,
            escaped(&base.source),
            escaped(&base.trained_on)
        ),
    }];
    if !claim.is_unseen() {
        let design = claim.design_bits;
        charges.push(format!("{design} bits for the design of its format"));
    }
    if let Some(map) = &claim.class_map {
        charges.push(format!("{} bits for the map of classes", map.bits()));
    }
    if let Some(base) = claim.base.as_ref().filter(|base| base.considered > 1) {
        let (bits, considered) = (base.bits(), base.considered);
        charges.push(format!(
            "{bits} bits for the choice among {considered} bases"
        ));
    }
    let last = charges.pop().unwrap_or_default();
    if charges.is_empty() {
        return format!("and {last}");
    }
    format!("{} and {last}", charges.join(", "))
}

/// A probability as a percentage with two decimals, rounded up.
pub fn percent_up(probability: f64) -> String {
    // Published bounds have six decimals, so hundredths of a percent are whole numbers up to
    // rounding noise. Adding 0 makes -0 positive.
    let hundredths = (probability * 1e4 - 1e-6).ceil().min(1e4) + 0.0;
    format!("{:.2}%", hundredths / 100.0)
}

/// `1 - delta` as a percentage with at most six decimals, rounded down; never 100%.
fn confidence(delta: f64) -> String {
    // What is added is rounding noise: 100 (1 - 0.07) is less than 93.
    let millionths = ((100.0 * (1.0 - delta) + 1e-9) * 1e6).floor();
    if millionths >= 1e8 {
        return format!("1 - {delta:e}");
    }
    let percent = format!("{:.6}", millionths / 1e6);
    let percent = percent.trim_end_matches('0').trim_end_matches('.');
    format!("{percent}%")
}

#[cfg(test)]
mod tests {
    use super::{confidence, percent_up};

    #[test]
    fn percentages_are_rounded_to_the_safe_side() {
        for (delta, percent) in [
            (0.05, "95%"),
            (0.07, "93%"),
            (0.001, "99.9%"),
            (1e-9, "99.999999%"),
            (1e-12, "1 - 1e-12"),
            (1e-300, "1 - 1e-300"),
            (0.5, "50%"),
        ] {
            assert_eq!(confidence(delta), percent);
        }
        for (bound, percent) in [
            (0.2, "20.00%"),
            (0.200001, "20.01%"),
            (0.3, "30.00%"),
            (1.0, "100.00%"),
            (0.0, "0.00%"),
        ] {
            assert_eq!(percent_up(bound), percent);
        }
    }
}
