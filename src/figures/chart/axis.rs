//! Axes: where a value is, and what is written beside it.

use super::number::number;

/// How values are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    Linear,
    Logarithmic,
}

/// An axis with its title, which names the unit, and its ticks.
#[derive(Debug, Clone)]
pub struct Axis {
    title: String,
    scale: Scale,
    from: f64,
    to: f64,
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Evenly spaced, with 3 to 6 ticks at round numbers; from 0 to 1 if there is no such range.
    pub fn linear(title: &str, from: f64, to: f64) -> Self {
        let (from, to) = if (to - from).is_finite() && from < to {
            (from, to)
        } else {
            (0.0, 1.0)
        };
        let step = round_step((to - from) / 5.0);
        let (first, last) = (
            (from / step - 1e-9).ceil() as i64,
            (to / step + 1e-9).floor() as i64,
        );
        let ticks = (first..=last)
            .map(|place| place as f64 * step)
            .map(|value| (value, number(value)))
            .collect();
        Self {
            title: title.to_string(),
            scale: Scale::Linear,
            from,
            to,
            ticks,
        }
    }

    /// Spaced by ratios, with ticks at powers of ten, or at 1, 2 and 5 times those if there are
    /// few.
    pub fn logarithmic(title: &str, from: f64, to: f64) -> Self {
        let is_scale = |end: f64| end > 0.0 && end.is_finite();
        let (from, to) = if is_scale(from) && is_scale(to) && from != to {
            (from, to)
        } else {
            (1.0, 10.0)
        };
        let decades = to.log10() - from.log10();
        let factors: &[f64] = if decades < 2.5 {
            &[1.0, 2.0, 5.0]
        } else {
            &[1.0]
        };
        let every = if decades > 5.5 { 2 } else { 1 };
        let powers = (from.log10().floor() as i32)..=(to.log10().ceil() as i32);
        let powers = powers.filter(|power| power % every == 0);
        let values =
            powers.flat_map(|power| factors.iter().map(move |factor| factor * 10f64.powi(power)));
        let within =
            values.filter(|value| (from * (1.0 - 1e-9)..=to * (1.0 + 1e-9)).contains(value));
        let ticks = within.map(|value| (value, number(value))).collect();
        Self {
            title: title.to_string(),
            scale: Scale::Logarithmic,
            from,
            to,
            ticks,
        }
    }

    /// The same with other texts at the ticks.
    pub fn written(mut self, write: impl Fn(f64) -> String) -> Self {
        self.ticks
            .iter_mut()
            .for_each(|(value, text)| *text = write(*value));
        self
    }

    /// The same with ticks at these values only.
    pub fn ticks_at(mut self, values: &[f64]) -> Self {
        self.ticks = values.iter().map(|&value| (value, number(value))).collect();
        self
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    pub fn ticks(&self) -> &[(f64, String)] {
        &self.ticks
    }

    /// Its first and last value.
    pub fn range(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// Where a value is: 0 at the beginning, 1 at the end, and beyond outside.
    pub fn position(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.from) / (self.to - self.from),
            // What cannot be on the axis is far below it.
            Scale::Logarithmic if value <= 0.0 => -1e3,
            Scale::Logarithmic => (value / self.from).ln() / (self.to / self.from).ln(),
        }
    }
}

/// 1, 2 or 5 times a power of ten, at least as large.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * power >= least * (1.0 - 1e-9))
        .unwrap_or(10.0);
    factor * power
}

#[cfg(test)]
mod tests {
    use super::Axis;

    #[test]
    fn ticks_are_round_and_within_the_axis() {
        let texts = |axis: Axis| {
            axis.ticks()
                .iter()
                .map(|(_, text)| text.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            texts(Axis::linear("", 0.0, 0.5)),
            ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]
        );
        assert_eq!(
            texts(Axis::logarithmic("", 1.0, 1e4)),
            ["1", "10", "100", "1,000", "10,000"]
        );
        assert_eq!(
            texts(Axis::logarithmic("", 0.02, 0.5)),
            ["0.02", "0.05", "0.1", "0.2", "0.5"]
        );
        assert_eq!(
            texts(Axis::logarithmic("", 0.1, 1e6)),
            ["1", "100", "10,000", "1,000,000"]
        );
    }

    #[test]
    fn any_range_has_an_axis_with_few_ticks() {
        let values = [
            f64::NEG_INFINITY,
            -1e300,
            0.0,
            1e-300,
            5.0,
            f64::MAX,
            f64::INFINITY,
            f64::NAN,
        ];
        for from in values {
            for to in values {
                let axes = [Axis::linear("", from, to), Axis::logarithmic("", from, to)];
                for axis in axes {
                    assert!(axis.ticks().len() < 400, "{from} to {to}");
                    assert!(axis.position(5.0).is_finite(), "{from} to {to}");
                }
            }
        }
    }
}
