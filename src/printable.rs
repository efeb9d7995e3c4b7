//! Strings of strangers, as they may be shown: no control characters, nothing that turns the
//! direction of writing around, nothing that cannot be seen.

use std::fmt::Write;

/// Whether a character is shown as it is: letters, digits, signs, spaces. Not control characters,
/// marks of direction (U+202E), or characters without width (U+200B).
fn is_shown(character: char) -> bool {
    match character {
        '"' | '\'' | '\\' => true,
        // Marks that belong to the letter before are letters of a language.
        _ => character.escape_debug().len() == 1 || !character.is_control() && is_mark(character),
    }
}

/// Marks that Unicode puts on the letter before (`Grapheme_Extend`), which `escape_debug` escapes
/// only at the beginning of a text.
fn is_mark(character: char) -> bool {
    let mut text = String::from("a");
    text.push(character);
    text.escape_debug().count() == 2
}

/// Whether all of a text is shown as it is.
#[must_use]
pub fn is_printable(text: &str) -> bool {
    text.chars().all(is_shown)
}

/// A text in which every character that would not be shown is written as in Rust, `\u{202e}`.
///
/// ```
/// use nonvacuous::printable::escaped;
/// assert_eq!(escaped("mnist\u{200b} \u{1b}[2Kholds"), r"mnist\u{200b} \u{1b}[2Kholds");
/// assert_eq!(escaped("Größe \"5\" 数字"), "Größe \"5\" 数字");
/// ```
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        if is_shown(character) {
            written.push(character);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(written, "{}", character.escape_unicode());
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::{escaped, is_printable};

    #[test]
    fn what_cannot_be_seen_or_turns_text_around_is_escaped() {
        for text in [
            "\u{1b}[31m",
            "a\nb",
            "\u{202e}sdloh",
            "mnist\u{200b}",
            "\u{feff}x",
            "\0",
        ] {
            assert!(!is_printable(text), "{text:?}");
            assert!(is_printable(&escaped(text)), "{text:?}");
            assert_eq!(escaped(&escaped(text)), escaped(text));
        }
        for text in [
            "",
            "digits",
            "C:\\data \"x\" 'y'",
            "naïve café",
            "кот",
            "e\u{301}",
        ] {
            assert!(is_printable(text), "{text:?}");
            assert_eq!(escaped(text), text);
        }
    }
}
