//! The name that was probably meant.

/// Likeness from which a name is worth suggesting: clap's, so that data sets and figures are
/// suggested as options are.
const LIKE: f64 = 0.7;

/// The name that is most like `typed`, in capitals or not, by the similarity of Jaro (1989); none
/// if no name is like it.
pub(crate) fn nearest<'a>(
    typed: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let mut best = None;
    let mut likeness = LIKE;
    for name in names {
        let candidate = strsim::jaro(&typed, name);
        if candidate > likeness {
            (best, likeness) = (Some(name), candidate);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const NAMES: [&str; 4] = ["digits", "mnist", "fashion-mnist", "cifar10"];

    #[test]
    fn a_slip_of_the_hand_is_understood() {
        for (typed, meant) in [
            ("mnits", "mnist"),
            ("MNIST", "mnist"),
            ("cifar-10", "cifar10"),
            ("fashion_mnist", "fashion-mnist"),
            ("digit", "digits"),
        ] {
            assert_eq!(nearest(typed, NAMES), Some(meant), "{typed}");
        }
    }

    #[test]
    fn a_name_like_no_other_suggests_nothing() {
        for typed in ["nope", "", "svhn", "/tmp/images", "no-such-folder"] {
            assert_eq!(nearest(typed, NAMES), None, "{typed}");
        }
    }
}
