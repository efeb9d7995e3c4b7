//! What a graph has been like so far, and what that lets expect.

use super::record::Record;

/// Beyond this many nodes a longer likeness does not count for more: the nearest is followed.
const LONGEST: usize = 32;

/// The records so far, and how they repeat.
#[derive(Default)]
pub(super) struct History {
    records: Vec<Record>,
    /// For each record, how many kinds up to it are those up to the last one.
    likeness: Vec<usize>,
    /// How many of the last records were as predicted, one after the other.
    run: usize,
}

impl History {
    /// What followed where the kinds of nodes had been the same for longest, and of equals last.
    pub(super) fn predicted(&self) -> Option<&Record> {
        let earlier = self.likeness.iter().enumerate();
        let earlier = earlier.take(self.records.len().saturating_sub(1));
        let (place, likeness) = earlier.max_by_key(|(_, likeness)| **likeness)?;
        if *likeness == 0 {
            return None;
        }
        self.records.get(place + 1)
    }

    /// The kind of the last record; 0 at the beginning.
    pub(super) fn last_kind(&self) -> usize {
        self.records.last().map_or(0, |record| record.kind)
    }

    /// A class of how often the prediction was right of late.
    pub(super) fn reliability(&self) -> usize {
        match self.run {
            0 => 0,
            1 => 1,
            2..=3 => 2,
            4..=11 => 3,
            _ => 4,
        }
    }

    /// One more record, which was as predicted or not.
    pub(super) fn push(&mut self, record: Record, as_predicted: bool) {
        self.run = if as_predicted { self.run + 1 } else { 0 };
        for place in (0..self.records.len()).rev() {
            let before = match place {
                0 => 0,
                _ => self.likeness[place - 1],
            };
            self.likeness[place] = if self.records[place] == record {
                (before + 1).min(LONGEST)
            } else if self.records[place].kind == record.kind {
                before / 2 + 1
            } else {
                0
            };
        }
        // That of the last with itself is never asked for, but makes the next ones.
        self.likeness.push(LONGEST);
        self.records.push(record);
    }
}
