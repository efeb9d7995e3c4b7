//! Tensors that do not depend on the image.

use std::rc::Rc;

use super::error::Refusal;
use super::ledger::Ledger;

/// Numbers of a constant. Truth values are integers, 0 or 1; floating point numbers of any width
/// are single.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Numbers {
    /// Floating point numbers.
    Floats(Rc<Vec<f32>>),
    /// Integers or truth values.
    Integers(Rc<Vec<i64>>),
}

/// A tensor that does not depend on the image.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Constant {
    /// The name of the initialiser that it is, or was before it was transposed or rounded; else of
    /// the value that the file gives it.
    pub name: String,
    /// Lengths of the axes; there may be empty ones.
    pub shape: Vec<usize>,
    /// The numbers, the last axis fastest.
    pub numbers: Numbers,
}

/// A shape has at most this many axes.
pub(super) const MAX_AXES: usize = 9;

/// No shape has as many numbers as this.
const MAX_NUMBERS: usize = 1 << 40;

/// How many numbers a shape has.
///
/// # Errors
/// If there are too many to be counted, or too many axes.
pub(super) fn count_of(shape: &[usize]) -> Result<usize, Refusal> {
    // Strides and bytes can be counted, too, even where another axis is empty.
    let filled = shape.iter().try_fold(1usize, |product, &length| {
        product.checked_mul(length.max(1))
    });
    if shape.len() > MAX_AXES || filled.is_none_or(|filled| filled >= MAX_NUMBERS) {
        return Err(Refusal::Dimensions(
            shape.iter().map(|&length| length as i64).collect(),
        ));
    }
    Ok(shape.iter().product())
}

impl Constant {
    /// Floating point numbers, which must be as many as the shape says.
    ///
    /// # Errors
    /// If they are not.
    pub fn floats(shape: Vec<usize>, numbers: Vec<f32>) -> Result<Self, Refusal> {
        Self::of(shape, Numbers::Floats(Rc::new(numbers)))
    }

    /// Integers, which must be as many as the shape says.
    ///
    /// # Errors
    /// If they are not.
    pub fn integers(shape: Vec<usize>, numbers: Vec<i64>) -> Result<Self, Refusal> {
        Self::of(shape, Numbers::Integers(Rc::new(numbers)))
    }

    /// A row of integers, such as a shape.
    pub fn row(numbers: Vec<i64>) -> Self {
        Self {
            name: String::new(),
            shape: vec![numbers.len()],
            numbers: Numbers::Integers(Rc::new(numbers)),
        }
    }

    /// Numbers, which must be as many as the shape says.
    ///
    /// # Errors
    /// If they are not.
    pub fn of(shape: Vec<usize>, numbers: Numbers) -> Result<Self, Refusal> {
        let found = match &numbers {
            Numbers::Floats(numbers) => numbers.len(),
            Numbers::Integers(numbers) => numbers.len(),
        };
        let expected = count_of(&shape)?;
        if found != expected {
            return Err(Refusal::Length {
                found,
                expected,
                dimensions: shape.iter().map(|&length| length as i64).collect(),
            });
        }
        Ok(Self {
            name: String::new(),
            shape,
            numbers,
        })
    }

    /// How many numbers there are.
    pub fn count(&self) -> usize {
        match &self.numbers {
            Numbers::Floats(numbers) => numbers.len(),
            Numbers::Integers(numbers) => numbers.len(),
        }
    }

    /// The same numbers in another shape.
    ///
    /// # Errors
    /// If that has another number of numbers.
    pub fn reshaped(&self, shape: Vec<usize>) -> Result<Self, Refusal> {
        if count_of(&shape)? != self.count() {
            return Err(Refusal::Unfit {
                first: self.shape.clone(),
                second: shape,
            });
        }
        Ok(Self {
            shape,
            ..self.clone()
        })
    }

    /// The numbers at these places, in this order and shape.
    ///
    /// # Errors
    /// If that takes too much memory.
    pub fn picked(
        &self,
        shape: Vec<usize>,
        places: impl Iterator<Item = usize>,
        ledger: &mut Ledger,
    ) -> Result<Self, Refusal> {
        let count = count_of(&shape)?;
        ledger.take(count)?;
        let places = places.take(count);
        let numbers = match &self.numbers {
            Numbers::Floats(numbers) => {
                let picked = places.filter_map(|place| numbers.get(place).copied());
                Numbers::Floats(Rc::new(picked.collect()))
            }
            Numbers::Integers(numbers) => {
                let picked = places.filter_map(|place| numbers.get(place).copied());
                Numbers::Integers(Rc::new(picked.collect()))
            }
        };
        let name = self.name.clone();
        Ok(Self {
            name,
            ..Self::of(shape, numbers)?
        })
    }

    /// With the axes in another order: for each afterwards, which it was before.
    ///
    /// # Errors
    /// If that takes too much memory.
    pub fn transposed(&self, order: &[usize], ledger: &mut Ledger) -> Result<Self, Refusal> {
        let strides = strides(&self.shape);
        let shape: Vec<usize> = order.iter().map(|&axis| self.shape[axis]).collect();
        let strides: Vec<usize> = order.iter().map(|&axis| strides[axis]).collect();
        let places = Places::new(&shape, &strides);
        self.picked(shape.clone(), places, ledger)
    }

    /// Repeated where an axis is missing in front or has length 1.
    ///
    /// # Errors
    /// If that does not give the shape, or takes too much memory.
    pub fn expanded(&self, shape: &[usize], ledger: &mut Ledger) -> Result<Self, Refusal> {
        if self.shape == shape {
            return Ok(self.clone());
        }
        let strides = repeating_strides(&self.shape, shape).ok_or_else(|| Refusal::Unfit {
            first: self.shape.clone(),
            second: shape.to_vec(),
        })?;
        self.picked(shape.to_vec(), Places::new(shape, &strides), ledger)
    }

    /// The numbers as floating point numbers, shared if they are.
    ///
    /// # Errors
    /// If that takes too much memory.
    pub fn to_floats(&self, ledger: &mut Ledger) -> Result<Rc<Vec<f32>>, Refusal> {
        match &self.numbers {
            Numbers::Floats(numbers) => Ok(Rc::clone(numbers)),
            Numbers::Integers(numbers) => {
                ledger.take(numbers.len())?;
                Ok(Rc::new(
                    numbers.iter().map(|&number| number as f32).collect(),
                ))
            }
        }
    }

    /// The only number, if there is only one.
    pub fn scalar(&self) -> Option<f32> {
        match &self.numbers {
            Numbers::Floats(numbers) => match numbers[..] {
                [number] => Some(number),
                _ => None,
            },
            Numbers::Integers(numbers) => match numbers[..] {
                [number] => Some(number as f32),
                _ => None,
            },
        }
    }

    /// The numbers, if they are integers.
    pub fn as_integers(&self) -> Option<&[i64]> {
        match &self.numbers {
            Numbers::Integers(numbers) => Some(numbers),
            Numbers::Floats(_) => None,
        }
    }
}

/// Numbers from one index of each axis to the next.
pub(super) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}

/// Strides that repeat a tensor to another shape: 0 along axes that it lacks.
pub(super) fn repeating_strides(from: &[usize], to: &[usize]) -> Option<Vec<usize>> {
    let missing = to.len().checked_sub(from.len())?;
    let mut repeating = vec![0; missing];
    for ((&length, &wanted), stride) in from.iter().zip(&to[missing..]).zip(strides(from)) {
        match length {
            _ if length == wanted => repeating.push(stride),
            1 => repeating.push(0),
            _ => return None,
        }
    }
    Some(repeating)
}

/// The shape of what two tensors give that are combined number by number.
pub(super) fn broadcast(first: &[usize], second: &[usize]) -> Result<Vec<usize>, Refusal> {
    let axes = first.len().max(second.len());
    let mut shape = vec![1; axes];
    for lengths in [first, second] {
        for (length, &given) in shape.iter_mut().rev().zip(lengths.iter().rev()) {
            if *length == 1 {
                *length = given;
            } else if given != 1 && given != *length {
                return Err(Refusal::Unfit {
                    first: first.to_vec(),
                    second: second.to_vec(),
                });
            }
        }
    }
    Ok(shape)
}

/// The places of a tensor's numbers, index by index of a shape whose axes have these strides.
pub(super) struct Places {
    shape: Vec<usize>,
    strides: Vec<usize>,
    indices: Vec<usize>,
    place: usize,
    left: usize,
}

impl Places {
    /// From the first index on.
    pub fn new(shape: &[usize], strides: &[usize]) -> Self {
        Self {
            shape: shape.to_vec(),
            strides: strides.to_vec(),
            indices: vec![0; shape.len()],
            place: 0,
            left: shape.iter().product(),
        }
    }
}

impl Iterator for Places {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let place = self.place;
        for axis in (0..self.shape.len()).rev() {
            self.indices[axis] += 1;
            self.place += self.strides[axis];
            if self.indices[axis] < self.shape[axis] {
                break;
            }
            self.place -= self.strides[axis] * self.shape[axis];
            self.indices[axis] = 0;
        }
        Some(place)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::storage::memory_limit::MemoryLimit;

    #[test]
    fn axes_change_places_and_are_repeated() {
        let mut ledger = Ledger::new(MemoryLimit::NONE);
        let constant = Constant::integers(vec![2, 3], vec![1, 2, 3, 4, 5, 6]).unwrap();
        let transposed = constant.transposed(&[1, 0], &mut ledger).unwrap();
        assert_eq!(transposed.shape, [3, 2]);
        assert_eq!(transposed.as_integers().unwrap(), [1, 4, 2, 5, 3, 6]);
        let column = Constant::integers(vec![2, 1], vec![7, 8]).unwrap();
        let expanded = column.expanded(&[2, 2, 2], &mut ledger).unwrap();
        assert_eq!(expanded.as_integers().unwrap(), [7, 7, 8, 8, 7, 7, 8, 8]);
        assert!(constant.expanded(&[2, 2], &mut ledger).is_err());
        assert_eq!(broadcast(&[2, 1], &[5, 1, 3]).unwrap(), [5, 2, 3]);
        assert!(broadcast(&[2], &[3]).is_err());
    }

    #[test]
    fn what_takes_too_much_memory_is_refused_before_it_is_made() {
        let mut ledger = Ledger::new(MemoryLimit::megabytes(1));
        let one = Constant::floats(vec![1], vec![1.0]).unwrap();
        assert!(one.expanded(&[100_000], &mut ledger).is_ok());
        assert!(one.expanded(&[100_000], &mut ledger).is_err());
        assert!(one.expanded(&[1 << 39, 1 << 39], &mut ledger).is_err());
        assert!(count_of(&[0, 1 << 39, 1 << 39]).is_err());
        assert_eq!(count_of(&[0, 1 << 39]).unwrap(), 0);
    }
}
