//! Values that are whole multiples of one step.

/// The step has at most this many binary digits after the leading one.
pub(super) const MAX_STEP_DIGITS: u32 = 31;

/// Multiples are at most this large, so that their product with a step is exact in double
/// precision.
pub(super) const MAX_MULTIPLE: i32 = 1 << 16;

/// The smallest magnitude is tried as up to this many steps.
const TRIED_MULTIPLES: i32 = 64;

/// Exponents of steps.
pub(super) const STEP_EXPONENTS: std::ops::RangeInclusive<i32> = -160..=127;

/// `multiple * step`, rounded once to the nearest single-precision number, for ascending multiples.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// Binary digits of the step after its leading one.
    digits: u32,
    /// The step's exponent: it is between `2^exponent` and `2^(exponent + 1)`.
    exponent: i32,
    /// The digits themselves.
    mantissa: u64,
    multiples: Vec<i32>,
}

impl Grid {
    /// A grid of given step; `None` if a number is outside its range.
    pub(super) fn new(
        digits: u32,
        exponent: i32,
        mantissa: u64,
        multiples: Vec<i32>,
    ) -> Option<Self> {
        let fits = digits <= MAX_STEP_DIGITS
            && mantissa >> digits == 0
            && STEP_EXPONENTS.contains(&exponent)
            && multiples
                .iter()
                .all(|multiple| multiple.abs() <= MAX_MULTIPLE);
        fits.then_some(Self {
            digits,
            exponent,
            mantissa,
            multiples,
        })
    }

    /// The grid with the coarsest, shortest step that gives exactly these ascending values, if
    /// there is one.
    pub(super) fn shortest(values: &[f32]) -> Option<Self> {
        let smallest = values
            .iter()
            .map(|value| value.abs())
            .min_by(f32::total_cmp)?;
        (1..=TRIED_MULTIPLES).find_map(|multiple| {
            Self::with_step_near(values, f64::from(smallest) / f64::from(multiple))
        })
    }

    /// The grid whose step is near this one and has the fewest digits.
    fn with_step_near(values: &[f32], near: f64) -> Option<Self> {
        let mut multiples = Vec::with_capacity(values.len());
        let (mut low, mut high) = (0.0f64, f64::INFINITY);
        for &value in values {
            let multiple = (f64::from(value) / near).round();
            if multiple == 0.0 || multiple.abs() > f64::from(MAX_MULTIPLE) {
                return None;
            }
            multiples.push(multiple as i32);
            // All steps whose multiple rounds to the value: half a unit in the last place to either
            // side.
            let (magnitude, count) = (f64::from(value.abs()), multiple.abs());
            let below = f64::from(f32::from_bits(value.abs().to_bits() - 1));
            let above = 2.0 * magnitude - below;
            let half = (above - magnitude).min(magnitude - below) / 2.0;
            low = low.max((magnitude - half) / count);
            high = high.min((magnitude + half) / count);
        }
        if low > high {
            return None;
        }
        (0..=MAX_STEP_DIGITS).find_map(|digits| {
            let exponent = exponent_of(low);
            [exponent, exponent + 1].into_iter().find_map(|exponent| {
                let unit = power_of_two(exponent - digits as i32);
                let significand = (low / unit).ceil().max((1u64 << digits) as f64) as u64;
                let mantissa = significand.checked_sub(1 << digits)?;
                let grid = Self::new(digits, exponent, mantissa, multiples.clone())?;
                (grid.values() == values).then_some(grid)
            })
        })
    }

    /// Binary digits of the step after its leading one, its exponent, and the digits.
    pub(super) fn step(&self) -> (u32, i32, u64) {
        (self.digits, self.exponent, self.mantissa)
    }

    /// The multiples, ascending.
    pub(super) fn multiples(&self) -> &[i32] {
        &self.multiples
    }

    /// Whether the step is a power of two.
    pub(super) fn has_binary_step(&self) -> bool {
        self.digits == 0
    }

    /// The values.
    pub(super) fn values(&self) -> Vec<f32> {
        let significand = (1u64 << self.digits | self.mantissa) as f64;
        let step = significand * power_of_two(self.exponent - self.digits as i32);
        // At most 32 + 17 binary digits: exact until the final rounding.
        self.multiples
            .iter()
            .map(|&multiple| (f64::from(multiple) * step) as f32)
            .collect()
    }
}

/// `2^exponent`, exactly, for exponents of normal numbers.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + EXPONENT_BIAS) as u64) << DOUBLE_MANTISSA)
}

/// The exponent of a positive normal number.
fn exponent_of(value: f64) -> i32 {
    (value.to_bits() >> DOUBLE_MANTISSA) as i32 - EXPONENT_BIAS
}

/// Double precision, as IEEE 754 has it.
const EXPONENT_BIAS: i32 = 1023;
const DOUBLE_MANTISSA: u32 = 52;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn multiples_that_were_rounded_are_recognised() {
        // The released LeNet-5's first dense layer: no single-precision step gives these six.
        let values = [
            0.207_481_73,
            0.414_963_45,
            0.622_445_17,
            0.829_926_9,
            1.037_408_6,
            1.244_890_3,
        ];
        let grid = Grid::shortest(&values).unwrap();
        assert_eq!(grid.multiples(), [1, 2, 3, 4, 5, 6]);
        assert_eq!(grid.values(), values);
        assert_eq!(Grid::shortest(&[-1.5, 1.0]).unwrap().multiples(), [-3, 2]);
        assert_eq!(Grid::shortest(&[0.1, 0.234_567, 17.123]), None);
    }
}
