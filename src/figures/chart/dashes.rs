//! Dashed lines: the dashes go on around corners.

/// A chain of lines cut into dashes.
pub(super) fn dashes(points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
    const LENGTHS: [f64; 2] = [70.0, 50.0];
    let mut parts = Vec::new();
    let mut part: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    let (mut kind, mut left) = (0, LENGTHS[0]);
    for pair in points.windows(2) {
        let [mut from, to] = *pair else { continue };
        loop {
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if length <= left {
                left -= length;
                part.push(to);
                break;
            }
            let cut = left / length;
            from = (
                from.0 + cut * (to.0 - from.0),
                from.1 + cut * (to.1 - from.1),
            );
            part.push(from);
            if kind == 0 {
                parts.push(std::mem::take(&mut part));
            }
            part = vec![from];
            kind = 1 - kind;
            left = LENGTHS[kind];
        }
    }
    if kind == 0 && part.len() > 1 {
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::dashes;

    #[test]
    fn dashes_go_on_around_a_corner() {
        let parts = dashes(&[(0.0, 0.0), (50.0, 0.0), (50.0, 130.0)]);
        assert_eq!(
            parts,
            [
                vec![(0.0, 0.0), (50.0, 0.0), (50.0, 20.0)],
                vec![(50.0, 70.0), (50.0, 130.0)]
            ]
        );
    }
}
