//! The order of classes.

use std::cmp::Ordering;

/// Puts names of classes into their order: that of numbers if all are numbers, else that of their
/// bytes.
pub(super) fn sort_classes<T>(classes: &mut [T], name: impl Fn(&T) -> String) {
    let all_numbers = classes.iter().all(|class| is_number(&name(class)));
    if all_numbers {
        classes.sort_by(|a, b| by_number(&name(a), &name(b)));
    } else {
        classes.sort_by_key(name);
    }
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Numbers of any length; of equal ones, the one with fewer zeros before it.
fn by_number(a: &str, b: &str) -> Ordering {
    let (short_a, short_b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    let by_value = short_a.len().cmp(&short_b.len()).then(short_a.cmp(short_b));
    by_value.then(a.len().cmp(&b.len()))
}
