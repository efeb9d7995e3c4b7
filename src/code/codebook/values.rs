//! The few values that the weights of a tensor take, at the precision they are used with.

use super::error::CodebookError;
use super::grid::Grid;
use crate::code::error::CodeError;
use crate::code::symbols::alphabet::Alphabet;

/// A codebook has at most this many codewords.
pub const MAX_CODEWORDS: usize = 255;

/// Digits of a single-precision significand after the leading one.
pub(super) const FULL_MANTISSA: u32 = 23;

/// Distinct non-zero numbers in ascending order.
///
/// Zero is not a codeword: every tensor has it besides. The values are numbers
/// `±(1 + m / 2^p) 2^e` with `p` binary digits after the point, or whole multiples of one step:
/// whichever takes fewer bits to write. With `p = 23` every normal single-precision number is a
/// codeword; 7 digits are those of bfloat16, 10 those of half precision. A ternary tensor has the
/// multiples -1 and 1, a uniform grid of integers a range of them.
///
/// The code word expects few values with few digits, as many of them negative as positive, of like
/// magnitudes; its tables are frozen with the version of the format.
///
/// ```
/// use nonvacuous::code::Codebook;
/// let codebook = Codebook::exact(vec![-0.5, 0.5])?;
/// assert_eq!(codebook.kind(), "powers of two");
/// assert_eq!(codebook.symbols(&[0.5, 0.0, -0.5]), [2, 0, 1]);
/// # Ok::<(), nonvacuous::code::CodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Codebook {
    pub(super) form: Form,
    pub(super) values: Vec<f32>,
}

/// How the values are written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    /// One by one, with this many binary digits after the leading one.
    List(u32),
    /// As multiples of a step.
    Grid(Grid),
}

impl Codebook {
    /// No values: every weight is zero.
    pub const EMPTY: Self = Self {
        form: Form::List(0),
        values: Vec::new(),
    };

    /// Checks that `values` ascend, are not zero, and have at most `digits` binary digits after the
    /// leading one.
    ///
    /// The code word takes no more digits than the values need.
    ///
    /// # Errors
    /// [`CodeError::Codebook`] names the first value that is not accepted.
    pub fn new(digits: u32, values: Vec<f32>) -> Result<Self, CodeError> {
        if digits > FULL_MANTISSA {
            return Err(CodebookError::Digits {
                digits,
                limit: FULL_MANTISSA,
            }
            .into());
        }
        if let Some(&value) = values
            .iter()
            .find(|&&value| Self::round(value, digits) != value)
        {
            return Err(CodebookError::Inexact { value, digits }.into());
        }
        let needed = values
            .iter()
            .map(|&value| digits_of(value))
            .max()
            .unwrap_or(0);
        let list = Self::with_form(Form::List(needed), values)?;
        match Grid::shortest(&list.values) {
            Some(grid) => {
                let grid = Self {
                    form: Form::Grid(grid),
                    values: list.values.clone(),
                };
                Ok(if grid.code_length()? < list.code_length()? {
                    grid
                } else {
                    list
                })
            }
            None => Ok(list),
        }
    }

    /// Exactly these values, which must ascend and be normal numbers.
    ///
    /// # Errors
    /// As [`Codebook::new`].
    pub fn exact(values: Vec<f32>) -> Result<Self, CodeError> {
        Self::new(FULL_MANTISSA, values)
    }

    /// Checks values that come with their form.
    pub(super) fn with_form(form: Form, values: Vec<f32>) -> Result<Self, CodebookError> {
        if values.len() > MAX_CODEWORDS {
            return Err(CodebookError::TooManyValues {
                count: values.len() as u64,
                limit: MAX_CODEWORDS,
            });
        }
        if let Some(&value) = values.iter().find(|value| !value.is_normal()) {
            return Err(CodebookError::NotNormal { value });
        }
        if let Some(pair) = values.windows(2).find(|pair| pair[0] >= pair[1]) {
            let (before, after) = (pair[0], pair[1]);
            return Err(CodebookError::Order { before, after });
        }
        Ok(Self { form, values })
    }

    /// The values, ascending.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// What kind of numbers the values are, for people: `ternary`, `integer grid`, `bf16` and so
    /// on.
    pub fn kind(&self) -> String {
        match &self.form {
            Form::Grid(grid) if grid.multiples().iter().all(|multiple| multiple.abs() == 1) => {
                "ternary".to_string()
            }
            Form::Grid(grid) if grid.has_binary_step() => "fixed point".to_string(),
            Form::Grid(_) => "integer grid".to_string(),
            Form::List(FULL_MANTISSA) => "f32".to_string(),
            Form::List(0) => "powers of two".to_string(),
            Form::List(digits) => format!("{digits} digits"),
        }
    }

    /// The symbol of each weight, which is 0 or one of the values: 0 for 0, and `s` for the `s`-th
    /// value.
    #[must_use]
    pub fn symbols(&self, weights: &[f32]) -> Vec<u8> {
        let symbol = |&weight: &f32| match weight {
            0.0 => 0,
            _ => 1 + self.values.partition_point(|&value| value < weight) as u8,
        };
        weights.iter().map(symbol).collect()
    }

    /// How many values there are of each sign.
    pub(in crate::code) fn alphabet(&self) -> Alphabet {
        let negative = self.negative();
        Alphabet {
            negative,
            positive: self.len() - negative,
        }
    }

    /// Number of negative values; they come first.
    pub(super) fn negative(&self) -> usize {
        self.values.partition_point(|&value| value < 0.0)
    }

    /// The number with `digits` binary digits after the leading one that is nearest to `value`,
    /// ties away from zero.
    ///
    /// ```
    /// use nonvacuous::code::Codebook;
    /// assert_eq!(Codebook::round(0.3, 1), 0.25);
    /// assert_eq!(Codebook::round(-0.9, 0), -1.0);
    /// ```
    #[must_use]
    pub fn round(value: f32, digits: u32) -> f32 {
        let dropped = FULL_MANTISSA.saturating_sub(digits);
        let half = (1u32 << dropped) >> 1;
        f32::from_bits(value.to_bits().saturating_add(half) >> dropped << dropped)
    }

    /// The codebook nearest to some values: each is rounded, zeros and duplicates are dropped, the
    /// rest sorted.
    ///
    /// # Errors
    /// If a rounded value is not a normal number, or there are too many.
    pub fn nearest(digits: u32, values: &[f32]) -> Result<Self, CodeError> {
        let mut rounded: Vec<f32> = values
            .iter()
            .filter(|value| **value != 0.0)
            .map(|&value| Self::round(value, digits))
            .collect();
        rounded.sort_by(f32::total_cmp);
        rounded.dedup();
        Self::new(digits, rounded)
    }
}

/// Binary digits of the significand after the leading one, up to the last that is not zero.
fn digits_of(value: f32) -> u32 {
    let mantissa = value.to_bits() & ((1 << FULL_MANTISSA) - 1);
    FULL_MANTISSA - mantissa.trailing_zeros().min(FULL_MANTISSA)
}
