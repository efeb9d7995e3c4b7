//! Which piece of how many.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Part `i` of `k`.
///
/// ```
/// use nonvacuous::pieces::Shard;
/// let shard: Shard = "2/4".parse()?;
/// assert!(shard.has(5) && !shard.has(6)); // of things one by one: 1, 5, 9, …
/// assert_eq!(shard.range(10), 2..5); // of things side by side
/// # Ok::<(), nonvacuous::pieces::ShardError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    part: u64,
    of: u64,
}

/// Why a text is no part.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ShardError {
    /// It is none of the forms.
    #[error(
        "accepted is I/K with I from 1 to K, such as 2/4; or slurm, slurm/K, kubernetes/K or \
         hyperqueue/K, where I is the number of a task of an array"
    )]
    Form,
    /// No array runs, or none that says it.
    #[error(
        "the variable {variable} of the environment is no number: no task of an array runs it"
    )]
    NoArray {
        /// Which variable.
        variable: &'static str,
    },
    /// The numbers are not those of all of an array from 1 on.
    #[error(
        "the array has {count} tasks, from {least}: say of how many pieces this is one (slurm/K), \
         or submit all (--array=1-K)"
    )]
    Gaps {
        /// Tasks of the array.
        count: u64,
        /// The least number of one.
        least: u64,
    },
    /// A number that is not one of the pieces'.
    #[error("task {part} of {of} pieces: accepted are 1 to {of}")]
    Outside {
        /// The task's number, from 1.
        part: u64,
        /// Number of pieces.
        of: u64,
    },
}

impl Shard {
    /// All.
    pub const WHOLE: Self = Self { part: 1, of: 1 };

    /// Part `part` of `of`.
    ///
    /// # Errors
    /// [`ShardError::Outside`] if it is not one from 1 to `of`.
    pub fn new(part: u64, of: u64) -> Result<Self, ShardError> {
        if 1 <= part && part <= of {
            Ok(Self { part, of })
        } else {
            Err(ShardError::Outside { part, of })
        }
    }

    /// `I/K`, or the task of an array that the environment's variables say is running: `slurm` with
    /// as many pieces as the array has tasks, or `slurm/K`, `kubernetes/K` and `hyperqueue/K` with
    /// K pieces, whichever of them the array has.
    ///
    /// # Errors
    /// If the text or the environment is not of that kind.
    pub fn of_array(
        text: &str,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ShardError> {
        let number = |name: &'static str| {
            let value = variable(name).and_then(|value| value.trim().parse::<u64>().ok());
            value.ok_or(ShardError::NoArray { variable: name })
        };
        let (array, of) = match text.split_once('/') {
            Some((array, of)) => (array, Some(of.parse().map_err(|_| ShardError::Form)?)),
            None => (text, None),
        };
        let (task, first) = match array {
            "slurm" => ("SLURM_ARRAY_TASK_ID", 1),
            "kubernetes" => ("JOB_COMPLETION_INDEX", 0),
            "hyperqueue" => ("HQ_TASK_ID", 1),
            _ => return text.parse(),
        };
        let of = match of {
            Some(of) => of,
            None if array == "slurm" => {
                let count = number("SLURM_ARRAY_TASK_COUNT")?;
                let [least, most] = ["SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX"].map(number);
                let (least, most) = (least?, most?);
                if (least, most) != (1, count) {
                    return Err(ShardError::Gaps { count, least });
                }
                count
            }
            None => return Err(ShardError::Form),
        };
        Self::new(number(task)?.saturating_add(1 - first), of)
    }

    /// Which part it is, from 1.
    #[must_use]
    pub fn part(self) -> u64 {
        self.part
    }

    /// How many parts there are.
    #[must_use]
    pub fn of(self) -> u64 {
        self.of
    }

    /// Whether one of many things is in it, by its number: `i - 1, i - 1 + k, i - 1 + 2k, …` are.
    #[must_use]
    pub fn has(self, number: u64) -> bool {
        number % self.of == self.part - 1
    }

    /// Which of so many things are in it if they are to stay side by side.
    #[must_use]
    pub fn range(self, count: usize) -> Range<usize> {
        let end = |part: u64| (count as u128 * u128::from(part) / u128::from(self.of)) as usize;
        end(self.part - 1)..end(self.part)
    }

    /// As it stands in the name of a file: `2-of-4`.
    #[must_use]
    pub fn in_name(self) -> String {
        format!("{}-of-{}", self.part, self.of)
    }

    /// Whether that is the name of some part.
    #[must_use]
    pub fn is_in_name(text: &str) -> bool {
        let numbers = text.split_once("-of-");
        numbers.is_some_and(|(part, of)| part.parse::<u64>().is_ok() && of.parse::<u64>().is_ok())
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.part, self.of)
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

impl TryFrom<String> for Shard {
    type Error = ShardError;

    fn try_from(text: String) -> Result<Self, ShardError> {
        text.parse()
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let numbers = text
            .split_once('/')
            .and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        let (part, of) = numbers.ok_or(ShardError::Form)?;
        Self::new(part, of).map_err(|_| ShardError::Form)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the environment says in a test.
    fn environment<'a>(
        variables: &'a [(&'a str, &'a str)],
    ) -> impl Fn(&str) -> Option<String> + 'a {
        |name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| value.to_string())
        }
    }

    proptest! {
        #[test]
        fn everything_is_in_exactly_one_part(of in 1u64..40, count in 0usize..200) {
            let parts: Vec<Shard> = (1..=of).map(|part| Shard::new(part, of).unwrap()).collect();
            let all: Vec<usize> = parts.iter().flat_map(|part| part.range(count)).collect();
            prop_assert_eq!(all, (0..count).collect::<Vec<_>>());
            for number in 0..count as u64 {
                prop_assert_eq!(parts.iter().filter(|part| part.has(number)).count(), 1);
            }
            let sizes = parts.iter().map(|part| part.range(count).len());
            prop_assert!(sizes.clone().max().unwrap() - sizes.min().unwrap() <= 1);
        }
    }

    #[test]
    fn the_task_of_an_array_is_read_from_its_environment() {
        let slurm = [
            ("SLURM_ARRAY_TASK_ID", "3"),
            ("SLURM_ARRAY_TASK_COUNT", "8"),
            ("SLURM_ARRAY_TASK_MIN", "1"),
            ("SLURM_ARRAY_TASK_MAX", "8"),
        ];
        for (text, variables) in [
            ("slurm", &slurm[..]),
            ("slurm/8", &slurm[..1]),
            ("kubernetes/8", &[("JOB_COMPLETION_INDEX", "2")]),
            ("hyperqueue/8", &[("HQ_TASK_ID", "3")]),
            ("3/8", &[]),
        ] {
            let found = Shard::of_array(text, environment(variables));
            assert_eq!(found.unwrap().to_string(), "3/8", "{text}");
        }
    }

    #[test]
    fn a_task_of_a_part_of_an_array_does_not_take_itself_for_another() {
        // sbatch --array=3,7 of eight pieces.
        let some = [
            ("SLURM_ARRAY_TASK_ID", "3"),
            ("SLURM_ARRAY_TASK_COUNT", "2"),
            ("SLURM_ARRAY_TASK_MIN", "3"),
            ("SLURM_ARRAY_TASK_MAX", "7"),
        ];
        let gaps = ShardError::Gaps { count: 2, least: 3 };
        assert_eq!(Shard::of_array("slurm", environment(&some)), Err(gaps));
        let found = Shard::of_array("slurm/8", environment(&some)).unwrap();
        assert_eq!((found.part(), found.of()), (3, 8));
        let outside = ShardError::Outside { part: 3, of: 2 };
        assert_eq!(Shard::of_array("slurm/2", environment(&some)), Err(outside));
        let variable = "SLURM_ARRAY_TASK_ID";
        let none = Err(ShardError::NoArray { variable });
        assert_eq!(Shard::of_array("slurm/8", environment(&[])), none);
        for text in [
            "kubernetes",
            "slurm/",
            "slurm/x",
            "0/3",
            "4/3",
            "3",
            "",
            "pbs/3",
        ] {
            assert_eq!(
                Shard::of_array(text, environment(&some)),
                Err(ShardError::Form),
                "{text}"
            );
        }
    }
}
