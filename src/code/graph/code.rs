//! The code word of a graph: a fixed prior over graphs, in which repetition costs next to nothing.
//!
//! Each node is a [`Record`]. Before it, it is said whether it is the one that the history of kinds
//! [predicts](History::predicted); if not, its kind, and each number, where the predicted record
//! has one, by whether it is that, else by a code that learns. Every table here is frozen with the
//! version of the format.

use std::ops::Range;
use std::rc::Rc;

use super::dimensions::Dimensions;
use super::fields::{learned, Fields};
use super::history::History;
use super::misfit::GraphError;
use super::nodes::Graph;
use super::primer::primer;
use super::record::{inputs_of, next_field, Record, END, KINDS};
use super::stream::{Nowhere, Stream};
use crate::code::architecture::numbers::{read_input, write_input};
use crate::code::coder::decoder::Decoder;
use crate::code::coder::distribution::{Adaptive, Weighted};
use crate::code::coder::encoder::Encoder;
use crate::code::error::CodeError;

/// Records of a graph have at most this many numbers, all together: a decoder's memory.
const MAX_RECORD_NUMBERS: usize = 1 << 20;

/// Weights of the kinds before any has been seen, in the order of their numbers; the end first.
const KIND_WEIGHTS: [u64; KINDS] = [
    1, 16, 8, 4, 1, 4, 2, 2, 1, 1, 16, 2, 8, 2, 2, 2, 2, 2, 2, 1, 1, 1,
];

/// Added to a kind's weight each time it occurs, and each time it occurs after the same kind.
const KIND_SEEN: u64 = 2;
const PAIR_SEEN: u64 = 24;

/// What the coder has learned of a graph so far.
struct Learned {
    history: History,
    fields: Fields,
    as_predicted: [Adaptive; 5],
    kinds: [u64; KINDS],
    /// Of the kinds (columns) after each kind (rows).
    pairs: [[u64; KINDS]; KINDS],
    first_distance: Adaptive,
    other_distance: Adaptive,
    same_distance: Adaptive,
    same_difference: Adaptive,
    values_read: Adaptive,
    /// Numbers of all records.
    size: usize,
}

impl Learned {
    fn new() -> Self {
        let as_predicted = [[3, 2], [2, 3], [1, 4], [1, 12], [1, 32]];
        Self {
            history: History::default(),
            fields: Fields::default(),
            as_predicted: as_predicted.map(|weights| Adaptive::with_weights(&weights)),
            kinds: KIND_WEIGHTS,
            pairs: [[0; KINDS]; KINDS],
            first_distance: Adaptive::with_weights(&[24, 1, 1, 1, 2]),
            other_distance: Adaptive::with_weights(&[8, 4, 1, 1, 8]),
            same_distance: Adaptive::with_weights(&[1, 3]),
            same_difference: Adaptive::with_weights(&[1, 3]),
            values_read: Adaptive::with_weights(&[8, 4, 4, 4]),
            size: 0,
        }
    }

    /// Nothing but the [primer](primer).
    fn primed() -> Result<Self, CodeError> {
        let mut learned = Self::new();
        for record in primer() {
            // Only the order of a transposition asks for axes: it has one number for each.
            learned.record(&mut Nowhere, &record, |_| Ok(record.numbers.len()))?;
        }
        learned.size = 0;
        Ok(learned)
    }

    /// Codes the record of the next node, or the end; `axes` are those of the first value that is
    /// read, by how far back these are, if all are there.
    fn record(
        &mut self,
        stream: &mut impl Stream,
        given: &Record,
        axes: impl Fn(&[usize]) -> Result<usize, CodeError>,
    ) -> Result<Rc<Record>, CodeError> {
        let predicted = self.history.predicted();
        if let Some(predicted) = &predicted {
            let bit = &mut self.as_predicted[self.history.reliability()];
            if learned(stream, bit, *given == **predicted)? {
                axes(&predicted.distances)?;
                return self.seen(Rc::clone(predicted), true);
            }
        }
        let kind = self.kind(stream, given.kind)?;
        if kind == END {
            return Ok(Rc::new(Record::end()));
        }
        let alike = predicted.filter(|predicted| predicted.kind == kind);
        let distances = self.distances(stream, kind, given, alike.as_deref())?;
        let axes = axes(&distances)?;
        let mut numbers: Vec<u64> = Vec::new();
        while let Some((field, is_often_again)) = next_field(kind, &numbers, axes) {
            let place = numbers.len();
            if self.size + place >= MAX_RECORD_NUMBERS {
                return Err(too_long());
            }
            let number = given.numbers.get(place).copied().unwrap_or(0);
            let expected = alike.as_ref().and_then(|alike| alike.numbers.get(place));
            let number = match (expected, numbers.last()) {
                (Some(&expected), _)
                    if self.fields.predicted(stream, field, number == expected)? =>
                {
                    expected
                }
                (None, Some(&last))
                    if is_often_again && self.fields.again(stream, field, number == last)? =>
                {
                    last
                }
                _ => self.fields.number(stream, field, number)?,
            };
            numbers.push(number);
        }
        let record = Record {
            kind,
            distances,
            numbers,
        };
        self.seen(Rc::new(record), false)
    }

    fn seen(&mut self, record: Rc<Record>, as_predicted: bool) -> Result<Rc<Record>, CodeError> {
        self.size += record.numbers.len() + record.distances.len() + 1;
        if self.size > MAX_RECORD_NUMBERS {
            return Err(too_long());
        }
        self.history.push(Rc::clone(&record), as_predicted);
        Ok(record)
    }

    fn kind(&mut self, stream: &mut impl Stream, given: usize) -> Result<usize, CodeError> {
        let last = self.history.last_kind();
        let weights: Vec<u64> = (0..KINDS)
            .map(|kind| self.kinds[kind] + self.pairs[last][kind])
            .collect();
        let kind = stream.code(&Weighted::new(&weights), given)?;
        self.kinds[kind] += KIND_SEEN;
        self.pairs[last][kind] += PAIR_SEEN;
        Ok(kind)
    }

    /// How far back the values are that a node reads.
    fn distances(
        &mut self,
        stream: &mut impl Stream,
        kind: usize,
        given: &Record,
        alike: Option<&Record>,
    ) -> Result<Vec<usize>, CodeError> {
        let count = match inputs_of(kind) {
            Some(count) => count,
            None => self.count_of_values(stream, given.distances.len())?,
        };
        let mut distances: Vec<usize> = Vec::new();
        for place in 0..count {
            if self.size + place >= MAX_RECORD_NUMBERS {
                return Err(too_long());
            }
            let distance = given.distances.get(place).copied().unwrap_or(0);
            if let Some(&expected) = alike.and_then(|alike| alike.distances.get(place)) {
                if learned(stream, &mut self.same_distance, distance == expected)? {
                    distances.push(expected);
                    continue;
                }
            } else if let [.., second, last] = distances[..] {
                let continued = (2 * last).checked_sub(second);
                if let Some(continued) = continued {
                    let is_continued = distance == continued;
                    if learned(stream, &mut self.same_difference, is_continued)? {
                        distances.push(continued);
                        continue;
                    }
                }
            }
            let usual = match place {
                0 => &mut self.first_distance,
                _ => &mut self.other_distance,
            };
            const OTHER: usize = 4;
            let symbol = stream.code(usual, distance.min(OTHER))?;
            usual.observe(symbol);
            distances.push(match symbol {
                OTHER => self.fields.width(stream, distance as u64)? as usize,
                near => near,
            });
        }
        Ok(distances)
    }

    /// How many values are read, from 2 on.
    fn count_of_values(
        &mut self,
        stream: &mut impl Stream,
        count: usize,
    ) -> Result<usize, CodeError> {
        const FEWEST: usize = 2;
        const OTHER: usize = 3;
        let symbol = count.saturating_sub(FEWEST).min(OTHER);
        let symbol = stream.code(&self.values_read, symbol)?;
        self.values_read.observe(symbol);
        match symbol {
            OTHER => Ok(self.fields.width(stream, count as u64)? as usize),
            few => Ok(few + FEWEST),
        }
    }
}

fn too_long() -> CodeError {
    GraphError::TooLong {
        limit: MAX_RECORD_NUMBERS,
    }
    .into()
}

/// The axes of the first value that is so far back, or of the value just before.
fn axes_of(values: &[Dimensions], distances: &[usize]) -> Result<usize, CodeError> {
    let last = values.len() - 1;
    if distances.iter().any(|&distance| distance > last) {
        return Err(CodeError::InvalidCodeWord);
    }
    let first = distances.first().copied().unwrap_or(0);
    Ok(values[last - first].axes())
}

/// Codes nodes, each by what those before it have taught.
pub(in crate::code) struct NodeCoder(Learned);

impl NodeCoder {
    /// Nothing but the [primer](primer) is known.
    ///
    /// # Errors
    /// None in practice; the coder's error type is passed on.
    pub(in crate::code) fn new() -> Result<Self, CodeError> {
        Ok(Self(Learned::primed()?))
    }

    /// Writes some nodes of a graph, and that they end.
    pub(in crate::code) fn write(
        &mut self,
        encoder: &mut Encoder,
        graph: &Graph,
        nodes: Range<usize>,
    ) -> Result<(), CodeError> {
        for index in nodes {
            let values = &graph.values()[..=index];
            let record = Record::of(&graph.nodes()[index], values);
            self.0
                .record(encoder, &record, |distances| axes_of(values, distances))?;
        }
        self.0.record(encoder, &Record::end(), |_| Ok(0))?;
        Ok(())
    }

    /// Appends nodes to a graph until they end.
    pub(in crate::code) fn read(
        &mut self,
        decoder: &mut Decoder,
        graph: &mut Graph,
    ) -> Result<(), CodeError> {
        loop {
            let values = graph.values();
            let axes = |distances: &[usize]| axes_of(values, distances);
            let record = self.0.record(decoder, &Record::end(), axes)?;
            if record.kind == END {
                return Ok(());
            }
            let node = record.node(graph.values());
            let node = node.map_err(|source| GraphError::Node {
                node: graph.nodes().len() + 1,
                operator: "of the file".to_string(),
                source,
            })?;
            graph.push(node)?;
        }
    }
}

impl Graph {
    /// Writes input size and nodes.
    pub(in crate::code) fn write(&self, encoder: &mut Encoder) -> Result<(), CodeError> {
        write_input(encoder, self.input())?;
        NodeCoder::new()?.write(encoder, self, 0..self.nodes().len())
    }

    /// The length of its code word, in bits: what the input size and the nodes take in a file,
    /// where it is a little more or less, by at most a byte in all.
    ///
    /// # Errors
    /// None in practice; the coder's error type is passed on.
    pub fn code_length(&self) -> Result<f64, CodeError> {
        let mut encoder = Encoder::new();
        self.write(&mut encoder)?;
        Ok(encoder.ideal_bits())
    }

    /// Reads what [`Graph::write`] wrote.
    pub(in crate::code) fn read(decoder: &mut Decoder) -> Result<Self, CodeError> {
        let mut graph = Self::unfinished(read_input(decoder)?)?;
        NodeCoder::new()?.read(decoder, &mut graph)?;
        Ok(graph.finished()?)
    }
}
