//! Lines that end at the frame of a chart.

/// The pieces of a chain of lines that are inside of the unit square.
pub(super) fn within_unit_square(points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    for pair in points.windows(2) {
        let [from, to] = *pair else { continue };
        let Some((from, to)) = clipped(from, to) else {
            continue;
        };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

/// The part of a line inside of the unit square (Liang and Barsky 1984); none if there is none, or
/// an end is not a number.
fn clipped(from: (f64, f64), to: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    if !(dx.is_finite() && dy.is_finite()) {
        return None;
    }
    let (mut begin, mut end) = (0.0f64, 1.0f64);
    for (step, room) in [
        (-dx, from.0),
        (dx, 1.0 - from.0),
        (-dy, from.1),
        (dy, 1.0 - from.1),
    ] {
        if step == 0.0 && room < 0.0 {
            return None;
        }
        if step < 0.0 {
            begin = begin.max(room / step);
        } else if step > 0.0 {
            end = end.min(room / step);
        }
    }
    let along = |part: f64| match part {
        0.0 => from,
        1.0 => to,
        part => (from.0 + part * dx, from.1 + part * dy),
    };
    (begin <= end).then(|| (along(begin), along(end)))
}

#[cfg(test)]
mod tests {
    use super::within_unit_square;

    #[test]
    fn lines_end_at_the_edge_of_the_chart() {
        let pieces = within_unit_square(&[(0.5, -1.0), (0.5, 0.5), (0.5, 2.0)]);
        assert_eq!(pieces, [vec![(0.5, 0.0), (0.5, 0.5), (0.5, 1.0)]]);
        assert!(within_unit_square(&[(0.0, 2.0), (1.0, 2.0)]).is_empty());
        assert!(within_unit_square(&[(0.0, f64::NAN), (1.0, 0.0)]).is_empty());
    }
}
