//! A part of an experiment's draws.

use std::str::FromStr;

/// Draws `i - 1, i - 1 + k, i - 1 + 2k, …` of each configuration: part `i` of `k`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    part: u64,
    of: u64,
}

impl Shard {
    /// All draws.
    pub const WHOLE: Self = Self { part: 1, of: 1 };

    /// Whether a draw is in it.
    #[must_use]
    pub fn has(self, draw: u64) -> bool {
        draw % self.of == self.part - 1
    }

    /// What its file is called, between the experiment's name and the ending.
    pub(super) fn suffix(self) -> String {
        if self == Self::WHOLE {
            String::new()
        } else {
            format!(".{}-of-{}", self.part, self.of)
        }
    }

    /// Whether a suffix is that of some shard, or of the whole.
    pub(super) fn is_suffix(text: &str) -> bool {
        let parts = text
            .strip_prefix('.')
            .and_then(|text| text.split_once("-of-"));
        text.is_empty()
            || parts
                .is_some_and(|(part, of)| part.parse::<u64>().is_ok() && of.parse::<u64>().is_ok())
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text
            .split_once('/')
            .and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((part, of)) if 1 <= part && part <= of => Ok(Self { part, of }),
            _ => Err("accepted is I/K with I from 1 to K, such as 2/4".to_string()),
        }
    }
}
