//! A node while it is translated: what it reads, and its attributes.

use std::rc::Rc;

use super::attributes::Attributes;
use super::constant::Constant;
use super::draft::{without_example, Draft};
use super::error::Refusal;

/// What depends on the image.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Computed {
    /// The value in the draft; its dimensions are the shape, without the first axis if that has
    /// length 1.
    pub value: usize,
    /// The shape that ONNX gives it, for one example.
    pub shape: Vec<usize>,
}

/// A value of the file.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// It does not depend on the image.
    Constant(Rc<Constant>),
    /// It does.
    Computed(Computed),
}

impl Value {
    /// The shape that ONNX gives it.
    pub fn shape(&self) -> &[usize] {
        match self {
            Value::Constant(constant) => &constant.shape,
            Value::Computed(computed) => &computed.shape,
        }
    }
}

/// A node.
pub(super) struct Call<'a> {
    /// Its operator.
    pub operator: &'a str,
    /// What it reads; nothing where an optional input is left out.
    pub inputs: Vec<Option<Value>>,
    /// Its attributes.
    pub attributes: Attributes<'a>,
    /// How many of its outputs have names.
    pub outputs: usize,
    /// Version of ONNX's operators.
    pub opset: i64,
    /// How many examples the file says are read at once, if it says more than one.
    pub batch: Option<i64>,
}

impl Call<'_> {
    /// An input, counted from 0.
    ///
    /// # Errors
    /// If it is missing.
    pub fn input(&self, index: usize) -> Result<&Value, Refusal> {
        let missing = Refusal::Missing { number: index + 1 };
        self.optional(index).ok_or(missing)
    }

    /// An input that may be missing.
    pub fn optional(&self, index: usize) -> Option<&Value> {
        self.inputs.get(index).and_then(Option::as_ref)
    }

    /// An input that depends on the image.
    ///
    /// # Errors
    /// If it is missing or does not.
    pub fn computed(&self, index: usize) -> Result<&Computed, Refusal> {
        match self.input(index)? {
            Value::Computed(computed) => Ok(computed),
            Value::Constant(_) => Err(Refusal::NotComputed { number: index + 1 }),
        }
    }

    /// An input that does not depend on the image.
    ///
    /// # Errors
    /// If it is missing or does.
    pub fn constant(&self, index: usize) -> Result<&Rc<Constant>, Refusal> {
        match self.input(index)? {
            Value::Constant(constant) => Ok(constant),
            Value::Computed(_) => Err(Refusal::NotConstant { number: index + 1 }),
        }
    }

    /// An input that may be missing, and does not depend on the image.
    ///
    /// # Errors
    /// If it does.
    pub fn optional_constant(&self, index: usize) -> Result<Option<&Rc<Constant>>, Refusal> {
        match self.optional(index) {
            None => Ok(None),
            Some(_) => self.constant(index).map(Some),
        }
    }

    /// Refuses what version 6 and older did in the place of numpy's rules.
    ///
    /// # Errors
    /// If operands are aligned at an axis.
    pub fn require_numpy(&self) -> Result<(), Refusal> {
        self.attributes.overlook(&["consumed_inputs"]);
        let is_old = self.attributes.switch("broadcast")?;
        if is_old || self.attributes.integer("axis")?.is_some() {
            return Err(Refusal::Unsupported(
                "operands are aligned as before version 7; convert the file with \
                 onnx.version_converter",
            ));
        }
        Ok(())
    }

    /// A number that an input gives, or in old versions an attribute; none, if neither does.
    ///
    /// # Errors
    /// If it is no single number, or depends on the image.
    pub fn scalar(&self, index: usize, name: &'static str) -> Result<Option<f32>, Refusal> {
        let Some(constant) = self.optional_constant(index)? else {
            return self.attributes.float(name);
        };
        let scalar = constant.scalar().ok_or_else(|| Refusal::Shape {
            number: index + 1,
            found: constant.shape.clone(),
            expected: "a single number",
        })?;
        Ok(Some(scalar))
    }

    /// Integers that an input gives, or in old versions an attribute; none, if neither does.
    ///
    /// # Errors
    /// If they are no integers, or depend on the image.
    pub fn integers(&self, index: usize, name: &'static str) -> Result<Option<&[i64]>, Refusal> {
        let Some(constant) = self.optional_constant(index)? else {
            return self.attributes.integers(name);
        };
        let wrong = Refusal::Unsupported("a list of integers is expected, not of other numbers");
        constant.as_integers().ok_or(wrong).map(Some)
    }

    /// An axis that an attribute gives, counted from the end if it is negative.
    ///
    /// # Errors
    /// If there is no such axis.
    pub fn axis(&self, without: i64, axes: usize) -> Result<usize, Refusal> {
        axis_of(self.attributes.integer("axis")?.unwrap_or(without), axes)
    }

    /// Refuses outputs beyond the first.
    ///
    /// # Errors
    /// If there are any.
    pub fn require_one_output(&self) -> Result<(), Refusal> {
        if self.outputs > 1 {
            return Err(Refusal::Unsupported("only its first output is supported"));
        }
        Ok(())
    }
}

/// An axis, counted from the end if it is negative.
///
/// # Errors
/// If there is no such axis.
pub(super) fn axis_of(axis: i64, axes: usize) -> Result<usize, Refusal> {
    let counted = if axis < 0 { axis + axes as i64 } else { axis };
    match usize::try_from(counted) {
        Ok(counted) if counted < axes => Ok(counted),
        _ => Err(Refusal::Number {
            what: "an axis",
            value: axis,
            accepted: format!("from {} to {}", -(axes as i64), axes as i64 - 1),
        }),
    }
}

impl Computed {
    /// A value of this shape, whatever its dimensions in the draft: they become those of the shape.
    ///
    /// # Errors
    /// If it has another number of numbers.
    pub fn of(draft: &mut Draft, value: usize, shape: Vec<usize>) -> Result<Self, Refusal> {
        let value = draft.reshape(value, without_example(&shape))?;
        Ok(Self { value, shape })
    }

    /// Whether the first axis of its shape is not among its dimensions.
    pub fn hides_first(&self) -> bool {
        self.shape.first() == Some(&1)
    }

    /// The axis of its dimensions that is this one of its shape; none, if it is hidden.
    pub fn own_axis(&self, axis: usize) -> Option<usize> {
        axis.checked_sub(usize::from(self.hides_first()))
    }

    /// The same with all axes of its shape among its dimensions.
    ///
    /// # Errors
    /// If they are too many.
    pub fn with_all_axes(&self, draft: &mut Draft) -> Result<usize, Refusal> {
        draft.reshape(self.value, &self.shape)
    }
}

/// A value as one of the draft, a constant, too.
///
/// # Errors
/// If it is too large.
pub(super) fn materialised(value: &Value, draft: &mut Draft) -> Result<Computed, Refusal> {
    match value {
        Value::Computed(computed) => Ok(computed.clone()),
        Value::Constant(constant) => Ok(Computed {
            value: draft.constant(constant)?,
            shape: constant.shape.clone(),
        }),
    }
}
