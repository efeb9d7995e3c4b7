//! What a graph has been like so far, and what that lets expect.

use std::rc::Rc;

use super::record::Record;

/// Beyond this many nodes a longer likeness does not count for more: the nearest is followed.
const LONGEST: usize = 32;

/// The records so far, and how they repeat.
#[derive(Default)]
pub(super) struct History {
    records: Vec<Rc<Record>>,
    /// For each record but the last, how much the records up to it are like those up to the last.
    likeness: Vec<usize>,
    /// How many of the last records were as predicted, one after the other.
    run: usize,
}

impl History {
    /// What followed where the kinds of nodes had been the same for longest, and of equals last.
    pub(super) fn predicted(&self) -> Option<Rc<Record>> {
        let earlier = self.likeness.iter().enumerate();
        let (place, likeness) = earlier.max_by_key(|(_, likeness)| **likeness)?;
        if *likeness == 0 {
            return None;
        }
        self.records.get(place + 1).cloned()
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
    pub(super) fn push(&mut self, record: Rc<Record>, as_predicted: bool) {
        self.run = if as_predicted { self.run + 1 } else { 0 };
        let mut before = 0;
        for (place, earlier) in self.records.iter().enumerate() {
            let likeness = if *earlier == record {
                (before + 1).min(LONGEST)
            } else if earlier.kind == record.kind {
                before / 2 + 1
            } else {
                0
            };
            match self.likeness.get_mut(place) {
                // What it was is what the next one follows.
                Some(place) => before = std::mem::replace(place, likeness),
                None => self.likeness.push(likeness),
            }
        }
        self.records.push(record);
    }
}
