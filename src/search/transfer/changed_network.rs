//! The network that a base becomes, on candle: what is trained are the numbers that change it.

use std::sync::Arc;

use candle_core::{bail, Device, Result, Tensor};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::cut::Cut;
use super::moves::{Moves, Moving};
use crate::code::{Base, Change, CodeError, Codebook, CodedTensor};
use crate::code::{Model, Spliced, Structure, TensorShape};
use crate::train::{GraphNetwork, RunningMoments, Trainable};

/// Parts of a batch that are trained side by side.
const SHARDS: usize = 4;

/// How large the numbers of the first of two factors are at first, at most.
const FIRST_FACTOR: f32 = 0.1;

/// The nodes of a spliced graph after a cut, in whose tensors the base's numbers move.
///
/// The tensors that are trained are the numbers of the changes, which share the first codebook, and
/// then those that are new, with a codebook each.
#[derive(Debug)]
pub(super) struct ChangedNetwork {
    spliced: Spliced,
    network: GraphNetwork,
    cut: Cut,
    /// Of each of the graph's tensors.
    parts: Vec<Part>,
}

/// What becomes of a tensor.
#[derive(Debug)]
enum Part {
    /// It stays the base's; on candle, if it belongs to one of the trained nodes.
    Unchanged(Arc<[f32]>, Option<Tensor>),
    /// Numbers of that shape change the base's.
    Changed(Arc<[f32]>, Tensor, Moving),
    /// Of that shape, it is new.
    New(TensorShape),
}

impl ChangedNetwork {
    /// Of a graph that has some of a base's nodes, of which those after the first `steps` move.
    ///
    /// # Errors
    /// If candle fails.
    pub(super) fn new(base: &Base, spliced: Spliced, cut: Cut, moves: Moves) -> Result<Self> {
        let graph = spliced.graph();
        let of_base = spliced.base_tensors();
        let moving = moves.of(graph, of_base.clone(), cut.steps);
        let mut later = graph.first_tensors().into_iter().skip(cut.steps).flatten();
        let before = later.next().unwrap_or(usize::MAX);
        let mut parts = Vec::new();
        for (place, (shape, moving)) in graph.tensors().into_iter().zip(moving).enumerate() {
            let weights = place
                .checked_sub(of_base.start)
                .filter(|_| place < of_base.end)
                .and_then(|place| base.weights().get(place));
            let on_candle =
                |weights: &[f32]| Tensor::from_slice(weights, &shape.dimensions[..], &Device::Cpu);
            parts.push(match (weights, moving) {
                (None, _) => Part::New(shape),
                (Some(weights), Some(moving)) => {
                    let tensor = on_candle(weights)?;
                    Part::Changed(Arc::clone(weights), tensor, moving)
                }
                (Some(weights), None) => {
                    let tensor = (place >= before).then(|| on_candle(weights)).transpose()?;
                    Part::Unchanged(Arc::clone(weights), tensor)
                }
            });
        }
        let network = GraphNetwork::new(graph.clone());
        Ok(Self {
            spliced,
            network,
            cut,
            parts,
        })
    }

    /// Whether anything of the base moves.
    pub(super) fn moves(&self) -> bool {
        let is_changed = |part: &Part| matches!(part, Part::Changed(..));
        self.parts.iter().any(is_changed)
    }

    /// The numbers from which training begins: no change, and what is new as a model has it.
    /// One of two factors is not zero, as otherwise neither would have a gradient.
    pub(super) fn initial(&self, start: &Model, random: &mut ChaCha8Rng) -> Vec<Vec<f32>> {
        let parts = self.parts.iter().enumerate();
        let initial = parts.filter_map(|(place, part)| match part {
            Part::Unchanged(..) => None,
            Part::New(_) => Some(start.tensor_weights(place).collect()),
            Part::Changed(_, tensor, moving) => Some(match moving.change {
                Change::ProductAdded { rank } => {
                    let rows = tensor.dims().first().copied().unwrap_or(1);
                    let first = rows * usize::from(rank);
                    let number = |place| match place < first {
                        true => FIRST_FACTOR * (2.0 * random.random::<f32>() - 1.0),
                        false => 0.0,
                    };
                    (0..moving.numbers.len()).map(number).collect()
                }
                _ => vec![0.0; moving.numbers.len()],
            }),
        });
        initial.collect()
    }
}

impl Trainable for ChangedNetwork {
    fn structure(&self) -> Structure {
        self.spliced.graph().clone().into()
    }

    fn tensors(&self) -> Vec<TensorShape> {
        let parts = self.parts.iter();
        parts
            .filter_map(|part| match part {
                Part::Unchanged(..) => None,
                Part::Changed(_, _, moving) => Some(moving.numbers.clone()),
                Part::New(shape) => Some(shape.clone()),
            })
            .collect()
    }

    fn codebooks(&self) -> Vec<usize> {
        let mut codebooks = Vec::new();
        for part in &self.parts {
            match part {
                Part::Unchanged(..) => {}
                Part::Changed(..) => codebooks.push(0),
                Part::New(_) => codebooks.push(codebooks.last().map_or(0, |last| last + 1)),
            }
        }
        codebooks
    }

    fn shards(&self) -> usize {
        SHARDS
    }

    /// Changes of which none is made cost nothing but that they are none.
    fn model(
        &self,
        codebooks: Vec<Codebook>,
        tensors: Vec<CodedTensor>,
    ) -> std::result::Result<Model, CodeError> {
        let mut coded = tensors.into_iter();
        let mut next = || coded.next().unwrap_or(CodedTensor::new(0, Vec::new()));
        let mut has_changed = false;
        let mut tensors = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            tensors.push(match part {
                Part::Unchanged(base, _) => CodedTensor::unchanged(Arc::clone(base)),
                Part::New(_) => next(),
                Part::Changed(base, _, moving) => {
                    let numbers = next();
                    if numbers.nonzeros() == 0 {
                        CodedTensor::unchanged(Arc::clone(base))
                    } else {
                        has_changed = true;
                        numbers.changing(Arc::clone(base), moving.change)
                    }
                }
            });
        }
        if has_changed || !self.moves() {
            return Model::relative(self.spliced.clone(), codebooks, tensors);
        }
        // The changes' codebook goes with them.
        let tensors = tensors.into_iter().map(|tensor| match tensor.codebook() {
            Some(codebook) => {
                CodedTensor::new(codebook.saturating_sub(1), tensor.symbols().to_vec())
            }
            None => tensor,
        });
        let codebooks = codebooks.into_iter().skip(1).collect();
        Model::relative(self.spliced.clone(), codebooks, tensors.collect())
    }

    fn forward_in_training(
        &self,
        weights: &[Tensor],
        features: &Tensor,
        _running: Option<&mut RunningMoments>,
    ) -> Result<Tensor> {
        let mut numbers = weights.iter();
        let mut next = || match numbers.next() {
            Some(numbers) => Ok(numbers),
            None => bail!("too few tensors of weights"),
        };
        let mut tensors = Vec::new();
        for part in &self.parts {
            match part {
                Part::Unchanged(_, tensor) => tensors.extend(tensor.clone()),
                Part::Changed(_, base, moving) => {
                    tensors.push(changed(base, moving.change, next()?)?);
                }
                Part::New(_) => tensors.push(next()?.clone()),
            }
        }
        let mut lengths = vec![features.dim(0)?];
        lengths.extend(self.cut.made.lengths());
        let made = features.reshape(lengths)?;
        self.network.forward_from(self.cut.steps, &tensors, &made)
    }
}

/// A base's tensor as numbers change it.
fn changed(base: &Tensor, change: Change, numbers: &Tensor) -> Result<Tensor> {
    let rows = base.dims().first().copied().unwrap_or(1);
    match change {
        Change::Added => base + numbers.reshape(base.shape())?,
        Change::RowsScaled => {
            let mut one_a_row = vec![1; base.rank()];
            if let Some(first) = one_a_row.first_mut() {
                *first = rows;
            }
            base.broadcast_mul(&(numbers.reshape(one_a_row)? + 1.0)?)
        }
        Change::ProductAdded { rank } => {
            let rank = usize::from(rank);
            let left = numbers.narrow(0, 0, rank * rows)?.reshape((rows, rank))?;
            let others = numbers.elem_count() - rank * rows;
            let right = numbers.narrow(0, rank * rows, others)?;
            let product = left.matmul(&right.reshape((rank, ()))?)?;
            base + product.reshape(base.shape())?
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use candle_core::{Device, Tensor};
    use rand::RngExt;

    use super::*;
    use crate::code::{Activation, Dimensions, Graph, Node, Operator};
    use crate::evaluate::Evaluator;
    use crate::random::stream;
    use crate::shape::ImageSize;

    const FEATURES: usize = 6;

    /// Two dense layers, of which the first has shifts.
    fn base() -> Base {
        let node = |operator, value| Node {
            operator,
            inputs: vec![value],
        };
        let input = ImageSize {
            channels: FEATURES,
            height: 1,
            width: 1,
        };
        let nodes = vec![
            node(Operator::Flatten, 0),
            node(
                Operator::Dense {
                    units: 5,
                    bias: true,
                },
                1,
            ),
            node(Operator::Activation(Activation::Relu), 2),
            node(
                Operator::Dense {
                    units: 3,
                    bias: false,
                },
                3,
            ),
        ];
        let graph = Graph::new(input, nodes).unwrap();
        let mut random = stream(1, "changed network", 0, "base");
        let mut raw = |count: usize| {
            let number = |_| random.random_range(-1.0..1.0f32);
            CodedTensor::raw((0..count).map(number).collect())
        };
        let tensors = vec![raw(30), raw(5), raw(15)];
        let file = Model::new(graph, vec![], tensors).unwrap().encode();
        Base::decode(&file.unwrap()).unwrap()
    }

    #[test]
    fn what_is_trained_computes_what_its_model_does_for_every_way_to_move() {
        let base = base();
        let made = Dimensions::new(vec![FEATURES]).unwrap();
        let cut = Cut { steps: 1, made };
        for moves in [Moves::ScalesAndShifts, Moves::LowRank, Moves::Sparse] {
            let spliced = base
                .spliced(base.graph().input(), vec![], 4, vec![])
                .unwrap();
            let network = ChangedNetwork::new(&base, spliced, cut.clone(), moves).unwrap();
            let codebook = Codebook::exact(vec![-0.5, 0.25]).unwrap();
            let mut random = stream(2, "changed network", 0, "changes");
            let (mut coded, mut numbers) = (Vec::new(), Vec::new());
            for shape in network.tensors() {
                let symbol = |_| random.random_range(0..3);
                let symbols: Vec<u8> = (0..shape.len()).map(symbol).collect();
                let value = |&symbol: &u8| [0.0, -0.5, 0.25f32][usize::from(symbol)];
                let values: Vec<f32> = symbols.iter().map(value).collect();
                let tensor = Tensor::from_vec(values, &shape.dimensions[..], &Device::Cpu);
                numbers.push(tensor.unwrap());
                coded.push(CodedTensor::new(0, symbols));
            }
            let model = network.model(vec![codebook], coded).unwrap();
            let features = [[1.0, -0.5, 0.25, 0.0, 0.75, -1.0], [0.5; FEATURES]];
            let on_candle = Tensor::new(&features, &Device::Cpu).unwrap();
            let trained = network.forward_in_training(&numbers, &on_candle, None);
            let trained: Vec<Vec<f32>> = trained.unwrap().to_vec2().unwrap();
            let evaluator = Evaluator::new(&model);
            let features: Vec<&[f32]> = features.iter().map(|row| &row[..]).collect();
            let features = evaluator.features_from(&features, &[None; 2], cut.steps);
            let exact = evaluator.logits_from(&features.unwrap());
            for (one, other) in trained.iter().flatten().zip(exact.iter().flatten()) {
                assert!((one - other).abs() < 1e-5, "{moves:?}: {one} {other}");
            }
        }
    }

    #[test]
    fn a_model_without_changes_is_the_base_as_it_is() {
        let base = base();
        let head = |units| Node {
            operator: Operator::Dense { units, bias: false },
            inputs: vec![3],
        };
        let spliced = base.spliced(base.graph().input(), vec![], 3, vec![head(2)]);
        let made = Dimensions::new(vec![FEATURES]).unwrap();
        let cut = Cut { steps: 1, made };
        let network =
            ChangedNetwork::new(&base, spliced.unwrap(), cut, Moves::ScalesAndShifts).unwrap();
        let codebooks = vec![Codebook::EMPTY, Codebook::exact(vec![1.0]).unwrap()];
        assert_eq!(network.codebooks(), [0, 0, 1]);
        let zeros = |count| CodedTensor::new(0, vec![0; count]);
        let head = CodedTensor::new(1, vec![1; 10]);
        let model = network
            .model(codebooks, vec![zeros(5), zeros(5), head])
            .unwrap();
        assert_eq!(model.codebooks().len(), 1);
        assert_eq!(model.weights()[0][..], base.weights()[0][..]);
        assert_eq!(model.weights()[2], [1.0; 10]);
    }
}
