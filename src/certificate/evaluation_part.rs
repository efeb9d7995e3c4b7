//! Some examples at a time: decoded, evaluated, and the next decoded meanwhile.

use serde::{Deserialize, Serialize};

use super::counted::{Count, CountError};
use crate::evaluate::{Batch, EvaluationError, ExampleDigest, Examples};

/// What was found on some examples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// For each example that was evaluated its class and whether it is misclassified.
    pub(super) outcomes: Vec<(Option<usize>, bool)>,
    /// The digests of all examples of the part, unless they are known without decoding.
    #[serde(with = "hexadecimal")]
    pub(super) digests: Vec<ExampleDigest>,
    /// What is wrong with examples that cannot be read.
    pub(super) problems: Vec<String>,
}

/// Digests as one string of hexadecimal digits.
mod hexadecimal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::digest::{from_hex, hex};
    use crate::evaluate::ExampleDigest;

    pub(super) fn serialize<S: Serializer>(
        digests: &[ExampleDigest],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(digests.as_flattened()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<ExampleDigest>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = from_hex(&text).ok_or_else(|| D::Error::custom("not hexadecimal"))?;
        match bytes.as_chunks() {
            (digests, []) => Ok(digests.to_vec()),
            _ => Err(D::Error::custom("not a number of digests")),
        }
    }
}

/// Examples that are decoded, of which some are evaluated.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub(super) count: Count<'a>,
    pub(super) examples: &'a dyn Examples,
    /// Whether the digests are known without decoding.
    pub(super) is_known: bool,
    /// Those that are evaluated, ascending.
    pub(super) evaluated: &'a [usize],
}

impl Work<'_> {
    /// The results of each part, in order. While one is evaluated the next is decoded, so that no
    /// core waits for the other kind of work; memory holds two parts.
    pub(super) fn each_part<'b>(
        self,
        parts: impl IntoIterator<Item = &'b [usize]>,
        mut take: impl FnMut(Part) -> Result<(), CountError>,
    ) -> Result<(), CountError> {
        let mut parts = parts.into_iter();
        let decode = |indices: &'b [usize]| (indices, self.examples.batch(indices));
        let mut ahead = parts.next().map(decode);
        while let Some((indices, batch)) = ahead {
            let next = parts.next();
            let (part, decoded) = rayon::join(|| self.part(batch, indices), || next.map(decode));
            take(part?)?;
            ahead = decoded;
        }
        Ok(())
    }

    /// The results of one part: of those that are to be evaluated, an outcome; of all, the digest,
    /// where it is not known.
    fn part(self, batch: Batch, indices: &[usize]) -> Result<Part, EvaluationError> {
        let problems = batch.examples().iter().filter_map(|one| one.problem());
        let problems = problems.map(str::to_string).collect();
        let digests = if self.is_known {
            Vec::new()
        } else {
            batch.digests()
        };
        let is_evaluated = |place: &usize| self.is_evaluated(indices[*place]);
        let places: Vec<usize> = (0..indices.len()).filter(is_evaluated).collect();
        let drawn = if places.len() == indices.len() {
            batch
        } else {
            batch.select(places.into_iter())
        };
        let misclassified = self
            .count
            .evaluator
            .misclassified(&drawn, self.count.loss)?;
        let classes = drawn.examples().iter().map(|example| example.class());
        Ok(Part {
            outcomes: classes.zip(misclassified).collect(),
            digests,
            problems,
        })
    }

    /// Whether an example is evaluated, and not only decoded.
    pub(super) fn is_evaluated(self, index: usize) -> bool {
        self.evaluated.binary_search(&index).is_ok()
    }
}
