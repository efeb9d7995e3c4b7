//! Names of tensors with gaps.

/// Whether a name is that of the pattern, in which each `*` stands for any letters, or none.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let Some((beginning, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(name) = name.strip_prefix(beginning) else {
        return false;
    };
    let mut ends = name.char_indices().map(|(end, _)| end).chain([name.len()]);
    ends.any(|end| matches(rest, &name[end..]))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, name, expected) in [
            ("fc1.bias", "fc1.bias", true),
            ("fc1.bias", "fc1.bias2", false),
            ("*.bias", "fc1.bias", true),
            ("*.bias", "bias", false),
            ("*", "", true),
            ("ema.*.weight", "ema.fc1.weight", true),
            ("ema.*.weight", "ema.weight", false),
            ("*é*", "caféß", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
