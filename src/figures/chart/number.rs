//! Numbers as people write them.

/// A number as people write it: no more decimals than it has, commas between thousands.
pub fn number(value: f64) -> String {
    let text = format!("{:.6}", value.abs());
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (whole, decimals) = text
        .split_once('.')
        .map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    decimals.map_or(format!("{sign}{grouped}"), |decimals| {
        format!("{sign}{grouped}.{decimals}")
    })
}

/// A fraction as a percentage with as many decimals as it needs, up to two.
pub fn percent(value: f64) -> String {
    format!("{}%", number((value * 1e4).round() / 1e2))
}

#[cfg(test)]
mod tests {
    use super::{number, percent};

    #[test]
    fn numbers_are_written_as_people_write_them() {
        assert_eq!(number(1_234_567.0), "1,234,567");
        assert_eq!(number(-0.25), "\u{2212}0.25");
        assert_eq!(number(0.0), "0");
        assert_eq!(percent(0.0707), "7.07%");
    }
}
