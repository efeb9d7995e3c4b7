//! The name that was probably meant.

/// The name that is the fewest edits away from `typed`: letters inserted, removed or replaced.
pub fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names.min_by_key(|name| edits(&typed.to_lowercase(), name))
}

/// The Levenshtein distance, row by row.
fn edits(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (line, typed) in from.chars().enumerate() {
        let mut next = vec![line + 1];
        for (cell, (letter, above)) in to.chars().zip(row.windows(2)).enumerate() {
            let replaced = above[0] + usize::from(letter != typed);
            next.push(replaced.min(above[1] + 1).min(next[cell] + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::edits;

    #[test]
    fn edits_are_counted() {
        for (from, to, count) in [
            ("", "", 0),
            ("", "abc", 3),
            ("mist", "mnist", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(edits(from, to), count, "{from} to {to}");
            assert_eq!(edits(to, from), count, "{to} to {from}");
        }
    }
}
