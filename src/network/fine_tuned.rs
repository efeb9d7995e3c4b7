//! A network that was fine-tuned elsewhere, as what changes its base.

use std::borrow::Cow;
use std::sync::Arc;

use nalgebra::DMatrix;
use thiserror::Error;

use super::adapters::{Adapted, Adapters, AdaptersError, AddedProduct};
use super::coding::coded;
use super::frontier::{Gridded, SaidNumbers};
use super::import::error::ImportError;
use super::trained_network::TrainedNetwork;
use crate::code::{
    Base, Change, CodeError, CodedTensor, Graph, Model, Node, Spliced, Structure, TensorShape,
};

/// This part of the squares of a difference must be told by scales of rows, or by a product of
/// matrices, if these are to stand for it.
const TOLD: f64 = 0.98;

/// Most rows or columns, whichever are fewer, of a difference that is looked at as a product.
const MOST_FACTORED: usize = 1 << 9;

/// A product is only taken where it has so many times fewer numbers than the tensor.
const FEWER: usize = 4;

/// Components of a product that are so much smaller than the largest are left out.
const NEGLIGIBLE: f64 = 1e-6;

/// Why a network is none that was fine-tuned from a base.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FineTunedError {
    /// It begins with another operator.
    #[error(
        "the network is not the base fine-tuned: its first operator is {found}, that of the base \
         {expected}"
    )]
    OtherOperators {
        /// The network's.
        found: String,
        /// The base's.
        expected: String,
    },
    /// The adapters are none of the base.
    #[error(transparent)]
    Adapters(#[from] AdaptersError),
    /// It cannot be written relative to the base.
    #[error(transparent)]
    Code(#[from] CodeError),
}

/// A network whose first nodes are a base's with other weights.
///
/// Each tensor is told as it is cheapest: as the base's, where nothing differs; by scales of its
/// rows, as tuned normalisations leave it when they are folded in; by a product of two matrices, as
/// low-rank adapters do (Hu et al. 2022); else by a number for each weight. What comes after the
/// base's nodes is new.
#[derive(Debug)]
pub struct FineTuned {
    spliced: Spliced,
    base: Arc<Base>,
    weights: Vec<Vec<f32>>,
    parts: Vec<Part>,
}

/// What a file says of a tensor.
#[derive(Debug)]
enum Part {
    Unchanged,
    Changed {
        change: Change,
        numbers: Vec<f32>,
        weights_of_a_number: f64,
    },
    New,
}

impl FineTuned {
    /// A network with the base's nodes from the first on: as many as it shares with the base.
    ///
    /// # Errors
    /// [`FineTunedError::OtherOperators`] if it shares none.
    pub fn new(base: &Arc<Base>, network: TrainedNetwork<Graph>) -> Result<Self, FineTunedError> {
        let (graph, weights) = network.into_parts();
        let kept = shared_nodes(base.graph(), &graph);
        if kept == 0 {
            let first = |graph: &Graph| {
                let first = graph.nodes().first();
                first.map_or_else(String::new, |node| node.operator.to_string())
            };
            return Err(FineTunedError::OtherOperators {
                found: first(&graph),
                expected: first(base.graph()),
            });
        }
        let head: Vec<Node> = graph.nodes()[kept..].to_vec();
        let spliced = base.spliced(graph.input(), Vec::new(), kept, head)?;
        let of_base = spliced.base_tensors();
        let shapes = graph.tensors();
        let tensors = shapes.iter().zip(&weights).enumerate();
        let parts = tensors.map(
            |(place, (shape, weights))| match base.weights().get(place) {
                Some(before) if of_base.contains(&place) => part(shape, before, weights),
                _ => Part::New,
            },
        );
        let parts = parts.collect();
        Ok(Self {
            spliced,
            base: Arc::clone(base),
            weights,
            parts,
        })
    }

    /// The base with adapters: `names` are those of its tensors where the adapters were trained.
    ///
    /// # Errors
    /// [`FineTunedError::Adapters`] if these do not fit the base.
    pub fn adapted(
        base: &Arc<Base>,
        adapters: &Adapters,
        names: &[String],
    ) -> Result<Self, FineTunedError> {
        let graph = base.graph();
        let nodes = graph.nodes().len();
        let spliced = base.spliced(graph.input(), Vec::new(), nodes, Vec::new())?;
        let shapes = graph.tensors();
        let mut weights = Vec::with_capacity(shapes.len());
        let mut parts = Vec::with_capacity(shapes.len());
        let adapted = adapters.of(names, &shapes)?;
        for ((shape, before), adapted) in shapes.iter().zip(base.weights()).zip(adapted) {
            let (after, product) = match adapted {
                None => (before.to_vec(), None),
                Some(Adapted::Replaced(numbers)) => (numbers.clone(), None),
                Some(Adapted::Added(product)) => (product.added_to(before), balanced(product)),
            };
            let product = product.filter(|_| before[..] != after[..]);
            parts.push(product.unwrap_or_else(|| part(shape, before, &after)));
            weights.push(after);
        }
        Ok(Self {
            spliced,
            base: Arc::clone(base),
            weights,
            parts,
        })
    }

    /// Its nodes.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        self.spliced.graph()
    }

    /// How many of its tensors are the base's as they are, changed, and new.
    #[must_use]
    pub fn counts(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for part in &self.parts {
            counts[match part {
                Part::Unchanged => 0,
                Part::Changed { .. } => 1,
                Part::New => 2,
            }] += 1;
        }
        counts
    }

    /// The tensors that a file says numbers of.
    fn told(&self) -> impl Iterator<Item = (usize, &Part)> {
        let parts = self.parts.iter().enumerate();
        parts.filter(|(_, part)| !matches!(part, Part::Unchanged))
    }
}

/// How many first nodes two graphs share.
fn shared_nodes(base: &Graph, graph: &Graph) -> usize {
    let pairs = base.steps().zip(graph.steps());
    let is_same = |((one, one_reads, _), (other, other_reads, _)): &(
        (&Node, Vec<_>, _),
        (&Node, Vec<_>, _),
    )| {
        one == other && one.operator.weights(one_reads) == other.operator.weights(other_reads)
    };
    pairs.take_while(is_same).count()
}

impl AddedProduct {
    /// A tensor and this.
    fn added_to(&self, before: &[f32]) -> Vec<f32> {
        let columns = self.columns;
        let number = |(place, &before): (usize, &f32)| {
            let row = self
                .left
                .iter()
                .skip(place / columns * self.rank)
                .take(self.rank);
            let column = self.right.iter().skip(place % columns).step_by(columns);
            let pairs = row.zip(column);
            let sum: f64 = pairs
                .map(|(&left, &right)| f64::from(left) * f64::from(right))
                .sum();
            (f64::from(before) + sum) as f32
        };
        before.iter().enumerate().map(number).collect()
    }
}

/// How weights are told that were a base's.
fn part(shape: &TensorShape, before: &[f32], after: &[f32]) -> Part {
    let pairs = after.iter().zip(before);
    let difference: Vec<f32> = pairs.map(|(after, before)| after - before).collect();
    let all = squares(&difference);
    if all == 0.0 {
        return Part::Unchanged;
    }
    let rows = shape.dimensions.first().copied().unwrap_or(1).max(1);
    let columns = shape.len() / rows;
    if columns > 1 {
        let (scales, left) = scales(before, &difference, columns);
        if left <= (1.0 - TOLD) * all {
            return Part::Changed {
                change: Change::RowsScaled,
                weights_of_a_number: squares(before) / rows as f64,
                numbers: scales,
            };
        }
        if let Some(product) = product(&difference, rows, columns, all) {
            return product;
        }
    }
    Part::Changed {
        change: Change::Added,
        numbers: difference,
        weights_of_a_number: 1.0,
    }
}

fn squares(numbers: &[f32]) -> f64 {
    numbers
        .iter()
        .map(|&number| f64::from(number).powi(2))
        .sum()
}

/// The scales of rows that leave the least squares of a difference, and these.
fn scales(before: &[f32], difference: &[f32], columns: usize) -> (Vec<f32>, f64) {
    let mut left = 0.0;
    let rows = before.chunks(columns).zip(difference.chunks(columns));
    let scale = |(before, difference): (&[f32], &[f32])| {
        let pairs = before.iter().zip(difference);
        let product: f64 = pairs
            .map(|(&before, &difference)| f64::from(before) * f64::from(difference))
            .sum();
        let own = squares(before);
        let scale = if own > 0.0 { product / own } else { 0.0 };
        left += squares(difference) - scale * product;
        scale as f32
    };
    let scales = rows.map(scale).collect();
    (scales, left)
}

/// A difference as a product of two matrices of the least rank that tells it, if that has few
/// enough numbers.
fn product(difference: &[f32], rows: usize, columns: usize, all: f64) -> Option<Part> {
    let most = (difference.len() / (FEWER * (rows + columns))).min(usize::from(u8::MAX));
    if most == 0 || rows.min(columns) > MOST_FACTORED {
        return None;
    }
    let numbers = difference.iter().map(|&number| f64::from(number));
    let svd = DMatrix::from_row_iterator(rows, columns, numbers).svd(true, true);
    let (left, right) = (svd.u?, svd.v_t?);
    let mut told = 0.0;
    let rank = svd.singular_values.iter().take(most).position(|value| {
        told += value * value;
        told >= TOLD * all
    });
    let rank = rank? + 1;
    let values: Vec<f64> = svd.singular_values.iter().copied().take(rank).collect();
    Some(factors(&left, &values, &right))
}

/// The same product of factors that are as large as each other, of its least rank; nothing, if it
/// is zero, or has as many numbers as the tensor.
fn balanced(product: &AddedProduct) -> Option<Part> {
    let AddedProduct {
        rank,
        rows,
        columns,
        ..
    } = *product;
    let matrix = |rows, columns, numbers: &[f32]| {
        let numbers = numbers.iter().map(|&number| f64::from(number));
        DMatrix::from_row_iterator(rows, columns, numbers)
    };
    let left = matrix(rows, rank, &product.left).qr();
    let right = matrix(rank, columns, &product.right).transpose().qr();
    let svd = (left.r() * right.r().transpose()).svd(true, true);
    let largest = svd.singular_values.max();
    let values = svd.singular_values.iter().copied();
    let values: Vec<f64> = values
        .take_while(|&value| value > NEGLIGIBLE * largest)
        .take(usize::from(u8::MAX))
        .collect();
    if values.is_empty() || values.len() * (rows + columns) >= rows * columns {
        return None;
    }
    let outer = (left.q() * svd.u?, svd.v_t? * right.q().transpose());
    Some(factors(&outer.0, &values, &outer.1))
}

/// A product whose components have these singular values.
fn factors(left: &DMatrix<f64>, values: &[f64], right: &DMatrix<f64>) -> Part {
    let rank = values.len();
    // Both factors of a component have the same norm.
    let roots: Vec<f64> = values.iter().map(|value| value.sqrt()).collect();
    let mut factors = Vec::with_capacity(rank * (left.nrows() + right.ncols()));
    for row in 0..left.nrows() {
        let columns = roots.iter().enumerate();
        factors.extend(columns.map(|(place, root)| (left[(row, place)] * root) as f32));
    }
    for (place, root) in roots.iter().enumerate() {
        let row = (0..right.ncols()).map(|column| (right[(place, column)] * root) as f32);
        factors.extend(row);
    }
    Part::Changed {
        change: Change::ProductAdded { rank: rank as u8 },
        weights_of_a_number: squares(&factors) / (2 * rank) as f64,
        numbers: factors,
    }
}

impl Gridded for FineTuned {
    fn structure(&self) -> Structure {
        self.spliced.graph().clone().into()
    }

    fn version(&self) -> u8 {
        Model::RELATIVE_VERSION
    }

    fn weights(&self) -> Vec<Cow<'_, [f32]>> {
        let weights = self.weights.iter();
        weights.map(|tensor| Cow::from(tensor.as_slice())).collect()
    }

    fn said(&self) -> Vec<SaidNumbers<'_>> {
        let told = self.told();
        told.map(|(tensor, part)| match part {
            Part::Changed {
                numbers,
                weights_of_a_number,
                ..
            } => SaidNumbers {
                tensor,
                numbers: Cow::from(numbers.as_slice()),
                weights_of_a_number: *weights_of_a_number,
            },
            Part::New | Part::Unchanged => SaidNumbers {
                tensor,
                numbers: Cow::from(self.weights[tensor].as_slice()),
                weights_of_a_number: 1.0,
            },
        })
        .collect()
    }

    fn model(&self, numbers: Vec<Vec<f32>>) -> Result<Model, ImportError> {
        // What changes nothing is not said at all.
        let said: Vec<(usize, &Part, &[f32])> = self
            .told()
            .zip(&numbers)
            .filter(|((_, part), numbers)| {
                matches!(part, Part::New) || numbers.iter().any(|&number| number != 0.0)
            })
            .map(|((tensor, part), numbers)| (tensor, part, numbers.as_slice()))
            .collect();
        let lists: Vec<&[f32]> = said.iter().map(|(_, _, numbers)| *numbers).collect();
        let (codebooks, lists) = coded(&lists, false).map_err(|misfit| {
            let tensor = said.get(misfit.list).map_or(0, |(tensor, ..)| *tensor);
            let shapes = self.spliced.graph().tensors();
            misfit.named(
                shapes
                    .get(tensor)
                    .map_or_else(String::new, |shape| shape.name.clone()),
            )
        })?;
        let mut lists = said.iter().zip(lists).peekable();
        let mut tensors = Vec::with_capacity(self.parts.len());
        for place in 0..self.parts.len() {
            let base = || self.base.weights().get(place).cloned().unwrap_or_default();
            let coded = lists.next_if(|((tensor, ..), _)| *tensor == place);
            tensors.push(match coded {
                Some(((_, Part::Changed { change, .. }, _), coded)) => {
                    coded.changing(base(), *change)
                }
                Some((_, coded)) => coded,
                None => CodedTensor::unchanged(base()),
            });
        }
        Ok(Model::relative(self.spliced.clone(), codebooks, tensors)?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::code::{CodedTensor, Operator};
    use crate::shape::ImageSize;

    const ROWS: usize = 24;
    const COLUMNS: usize = 32;

    /// A dense layer with these weights, and one on it.
    fn network(weights: Vec<f32>, classes: usize) -> TrainedNetwork<Graph> {
        let input = ImageSize {
            channels: COLUMNS,
            height: 1,
            width: 1,
        };
        let node = |operator, value| Node {
            operator,
            inputs: vec![value],
        };
        let dense = |units| Operator::Dense { units, bias: false };
        let nodes = vec![
            node(Operator::Flatten, 0),
            node(dense(ROWS), 1),
            node(dense(classes), 2),
        ];
        let graph = Graph::new(input, nodes).unwrap();
        let head = (0..ROWS * classes).map(|place| place as f32).collect();
        TrainedNetwork::new(graph, vec![weights, head]).unwrap()
    }

    fn before() -> Vec<f32> {
        let number = |place: usize| ((place * 7919 + 5) % 1009) as f32 / 1009.0 - 0.5;
        (0..ROWS * COLUMNS).map(number).collect()
    }

    fn base() -> Arc<Base> {
        let (graph, weights) = network(before(), 3).into_parts();
        let tensors = weights.into_iter().map(CodedTensor::raw).collect();
        let file = Model::new(graph, vec![], tensors).unwrap().encode();
        Arc::new(Base::decode(&file.unwrap()).unwrap())
    }

    /// What is told of the first layer.
    fn told(change: impl Fn(usize, usize, f32) -> f32, classes: usize) -> FineTuned {
        let weights = before().into_iter().enumerate();
        let weights =
            weights.map(|(place, weight)| change(place / COLUMNS, place % COLUMNS, weight));
        FineTuned::new(&base(), network(weights.collect(), classes)).unwrap()
    }

    fn change(fine_tuned: &FineTuned) -> Option<Change> {
        match &fine_tuned.parts[0] {
            Part::Changed { change, .. } => Some(*change),
            _ => None,
        }
    }

    #[test]
    fn each_tensor_is_told_as_it_is_cheapest() {
        let same = told(|_, _, weight| weight, 3);
        assert_eq!(same.counts(), [2, 0, 0]);
        let scaled = told(|row, _, weight| weight * (1.0 + row as f32 / 10.0), 3);
        assert_eq!(change(&scaled), Some(Change::RowsScaled));
        let product = told(
            |row, column, weight| weight + (row as f32).sin() * (column as f32).cos(),
            3,
        );
        let rank = 1;
        assert_eq!(change(&product), Some(Change::ProductAdded { rank }));
        let added = told(
            |row, column, weight| weight + ((row * column) % 7) as f32,
            3,
        );
        assert_eq!(change(&added), Some(Change::Added));
        assert_eq!(added.counts(), [1, 1, 0]);
        // With four classes the second layer is new.
        let headed = told(|_, _, weight| weight, 4);
        assert_eq!(headed.counts(), [1, 0, 1]);
    }

    #[test]
    fn numbers_that_are_told_exactly_make_the_network() {
        for rank_or_scale in 0..2 {
            let fine_tuned = told(
                |row, column, weight| match rank_or_scale {
                    0 => weight * (1.0 + (row % 3) as f32),
                    _ => weight + f32::from(u8::from(row == 3)) * (column % 2) as f32,
                },
                4,
            );
            let round = |number: &f32| (number * 1024.0).round() / 1024.0;
            let said = fine_tuned.said();
            let numbers = said
                .iter()
                .map(|list| list.numbers.iter().map(round).collect());
            let model = fine_tuned.model(numbers.collect()).unwrap();
            let made = model.weights();
            let pairs = made
                .iter()
                .flatten()
                .zip(fine_tuned.weights.iter().flatten());
            for (one, other) in pairs {
                assert!((one - other).abs() < 4e-3, "{one} {other}");
            }
        }
    }

    #[test]
    fn adapters_are_products_of_balanced_factors() {
        let product = AddedProduct {
            rank: 2,
            rows: ROWS,
            columns: COLUMNS,
            left: (0..2 * ROWS).map(|place| (place % 5) as f32).collect(),
            right: (0..2 * COLUMNS)
                .map(|place| 0.01 * (place % 3) as f32)
                .collect(),
        };
        let before = vec![0.0; ROWS * COLUMNS];
        let after = product.added_to(&before);
        let Some(Part::Changed {
            change: Change::ProductAdded { rank: 2 },
            numbers,
            ..
        }) = balanced(&product)
        else {
            panic!("a product of rank 2");
        };
        let (left, right) = numbers.split_at(2 * ROWS);
        assert!((squares(left) / squares(right) - 1.0).abs() < 1e-3);
        let again = AddedProduct {
            left: left.to_vec(),
            right: right.to_vec(),
            ..product
        };
        let both = after.iter().zip(again.added_to(&before));
        for (after, again) in both {
            assert!((after - again).abs() < 1e-5, "{after} {again}");
        }
    }
}
