//! Names in the order in which people number them.

use std::cmp::Ordering;

/// A part of a name: letters, or a number.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    /// Without zeros in front: by length, then by digits.
    Number(usize, &'a str),
    Letters(&'a str),
}

fn parts(name: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let is_number = rest.starts_with(|first: char| first.is_ascii_digit());
        let end = rest.find(|letter: char| letter.is_ascii_digit() != is_number);
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        if part.is_empty() {
            return None;
        }
        Some(if is_number {
            let digits = part.trim_start_matches('0');
            Part::Number(digits.len(), digits)
        } else {
            Part::Letters(part)
        })
    })
}

/// The order of names in which numbers are compared as numbers: `2.weight` before `10.weight`.
pub(super) fn natural_order(first: &str, second: &str) -> Ordering {
    // Names that only differ in zeros in front of numbers still have an order.
    let by_parts = parts(first).cmp(parts(second));
    by_parts.then_with(|| first.cmp(second))
}

/// Whether the first part in which two names differ is a number in both, so that whoever named them
/// counted.
pub(super) fn are_numbered(first: &str, second: &str) -> bool {
    let mut pairs = parts(first).zip(parts(second));
    let differing = pairs.find(|(first, second)| first != second);
    matches!(differing, Some((Part::Number(..), Part::Number(..))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_compared_as_numbers() {
        let mut names = [
            "b.0", "a.10", "a.9", "a.010", "a", "a.b", "a.9.1", "10", "9",
        ];
        names.sort_by(|first, second| natural_order(first, second));
        let expected = [
            "9", "10", "a", "a.9", "a.9.1", "a.010", "a.10", "a.b", "b.0",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn whoever_counts_says_an_order_and_whoever_names_does_not() {
        assert!(are_numbered("layers.2.weight", "layers.10.weight"));
        assert!(are_numbered("fc1", "fc2"));
        assert!(!are_numbered("query.weight", "key.weight"));
        assert!(!are_numbered("conv", "conv2"));
    }
}
