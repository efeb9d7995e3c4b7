//! The same function with fewer bits: what nothing reads goes, what is constant is folded, what may
//! be in any order is sorted.

use std::cmp::Ordering;
use std::fmt;

use super::comparison::{first_images, largest_difference, logits};
use super::import::error::ImportError;
use super::simplify_links::{links, Editor, Link};
use super::trained_network::TrainedNetwork;
use crate::code::{Architecture, Model, Structure};
use crate::data::LabelledImages;
use crate::evaluate::MARGIN;

/// A simplified network's logits may differ by this fraction of the largest: what another order of
/// summation does. It is a sixteenth of the margin by which an image must be right to count as
/// right.
const ALLOWED: f64 = MARGIN as f64 / 16.0;

/// Alternatives are tried on networks of at most this many weights; larger ones take the first.
const TRIED_WEIGHTS: u64 = 1 << 20;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Simplification {
    /// Units that nothing reads, or that are always zero.
    pub removed_units: usize,
    /// Units that are constant, folded into the biases of their readers.
    pub folded_units: usize,
    /// Units that are constant and still read, but now at the first places.
    pub gathered_units: usize,
    /// Layers whose units were sorted.
    pub sorted_layers: usize,
    /// Tensors of biases that were all zero.
    pub dropped_biases: usize,
    /// Largest difference of a logit, as a fraction of the largest logit of its image.
    pub difference: f64,
}

impl fmt::Display for Simplification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} units removed, {} folded into biases, {} gathered, {} layers sorted, {} biases \
             dropped; logits differ by at most {:.1e}",
            self.removed_units,
            self.folded_units,
            self.gathered_units,
            self.sorted_layers,
            self.dropped_biases,
            self.difference
        )
    }
}

/// Simplifies a network and compares its logits with the original's on `images`.
///
/// Units that are read through a normalisation are only sorted; those read through anything but
/// activations and pooling are left as they are. Each alternative is coded, and the one with the
/// fewest bits is taken; in networks of more than a million weights, units are sorted and constants
/// gathered untried.
///
/// # Errors
/// [`ImportError::Changed`] if a logit differs by more than rounding explains; otherwise as
/// [`TrainedNetwork::model`] and the evaluation.
pub fn simplify(
    network: TrainedNetwork,
    images: &LabelledImages,
) -> Result<(TrainedNetwork, Simplification), ImportError> {
    let mut done = Simplification::default();
    // Not the network but what it says is kept: a large one fits memory twice, but not much more
    // often.
    let logits_before = logits(&network, images)?;
    let links = links(&network.architecture);
    let separable: Vec<Link> = links
        .iter()
        .copied()
        .filter(|link| link.is_separable())
        .collect();
    let try_alternatives = network
        .architecture
        .weights()
        .is_some_and(|weights| weights <= TRIED_WEIGHTS);
    let mut editor = Editor::new(network);

    done.removed_units += remove_dead(&mut editor, &separable);
    if try_alternatives {
        let (mut gathered, mut folded) = (editor.clone(), editor);
        let counts = (
            gather(&mut gathered, &separable),
            fold(&mut folded, &separable),
        );
        let gathered = (gathered, counts.0, 0);
        let folded = vec![(folded, 0, counts.1)];
        (editor, done.gathered_units, done.folded_units) =
            shortest(gathered, folded, |alternative| &alternative.0)?;
    } else {
        done.gathered_units = gather(&mut editor, &separable);
    }
    done.removed_units += remove_dead(&mut editor, &separable);
    done.dropped_biases = editor.drop_zero_biases();

    // From the first layer on: the order of a layer's units is the order of the next one's columns.
    for &link in &links {
        if try_alternatives {
            let mut alternatives = Vec::new();
            for order in [by_reader as Order, by_start] {
                let mut sorted = editor.clone();
                sort(&mut sorted, link, order);
                alternatives.push((sorted, 1));
            }
            let as_it_is = (editor.clone(), 0);
            let (chosen, sorted) = shortest(as_it_is, alternatives, |alternative| &alternative.0)?;
            editor = chosen;
            done.sorted_layers += sorted;
        } else {
            sort(&mut editor, link, by_start);
            done.sorted_layers += 1;
        }
    }

    let simplified = editor.into_network()?;
    done.difference = largest_difference(&logits_before, &logits(&simplified, images)?);
    if done.difference > ALLOWED {
        return Err(ImportError::Changed {
            difference: done.difference,
            allowed: ALLOWED,
        });
    }
    Ok((simplified, done))
}

/// The same function in fewer bits: of a chain, as [`simplify`] finds it; of a graph, with
/// codebooks that tensors share. Else the model itself.
///
/// Functions are compared on the first images.
pub fn shortened(model: Model, images: &LabelledImages) -> Model {
    let bytes = |model: &Model| model.encode().map_or(usize::MAX, |file| file.len());
    let simple = match model.structure() {
        Structure::Chain(architecture) => simplified(architecture, model.weights(), images),
        Structure::Graph(_) => with_shared_codebooks(&model),
    };
    match simple {
        Some(simple) if bytes(&simple) < bytes(&model) => simple,
        _ => model,
    }
}

fn simplified(
    architecture: &Architecture,
    weights: Vec<Vec<f32>>,
    images: &LabelledImages,
) -> Option<Model> {
    let architecture = architecture.clone();
    let network = TrainedNetwork {
        architecture,
        weights,
    };
    let (simple, _) = simplify(network, &first_images(images).ok()?).ok()?;
    simple.model().ok()
}

/// The same function, neighbouring tensors sharing codebooks where that is shorter.
fn with_shared_codebooks(model: &Model) -> Option<Model> {
    let network = TrainedNetwork::new(model.structure().clone(), model.weights()).ok()?;
    network.model().ok()
}

/// The alternative whose model has the shortest code word; of equals, the first.
fn shortest<T>(first: T, others: Vec<T>, editor: impl Fn(&T) -> &Editor) -> Result<T, ImportError> {
    let length = |alternative: &T| -> Result<f64, ImportError> {
        let network = editor(alternative).clone().into_network()?;
        Ok(network.model()?.ideal_bits()?)
    };
    let mut best = length(&first).map(|bits| (bits, first));
    for other in others {
        // Folding may take more values than a codebook holds.
        let Ok(bits) = length(&other) else {
            continue;
        };
        if best.as_ref().map_or(true, |(least, _)| bits < *least) {
            best = Ok((bits, other));
        }
    }
    best.map(|(_, shortest)| shortest)
}

/// Removes units that nothing reads or that are always zero, from the last layer to the first,
/// until there are none.
fn remove_dead(editor: &mut Editor, links: &[Link]) -> usize {
    let mut removed = 0;
    loop {
        let before = removed;
        for &link in links.iter().rev() {
            let units = editor.units(link);
            let is_needed = |unit: &usize| {
                editor.is_read(link, *unit) && editor.constant(link, *unit) != Some(0.0)
            };
            let mut needed: Vec<usize> = (0..units).filter(is_needed).collect();
            if needed.is_empty() {
                // A layer has at least one unit.
                needed.push(0);
            }
            if needed.len() < units {
                removed += units - needed.len();
                editor.select(link, &needed);
            }
        }
        if removed == before {
            return removed;
        }
    }
}

/// Constant units are read at the first places; returns how many.
fn gather(editor: &mut Editor, links: &[Link]) -> usize {
    let mut count = 0;
    for &link in links {
        for unit in 0..editor.units(link) {
            if editor.constant(link, unit).is_some() {
                count += usize::from(editor.gather(link, unit));
            }
        }
    }
    count
}

/// Constant units become biases; returns how many.
fn fold(editor: &mut Editor, links: &[Link]) -> usize {
    let mut count = 0;
    for &link in links {
        for unit in 0..editor.units(link) {
            if let Some(value) = editor
                .constant(link, unit)
                .filter(|_| editor.is_read(link, unit))
            {
                editor.fold(link, unit, value);
                count += 1;
            }
        }
    }
    count
}

fn sort(editor: &mut Editor, link: Link, order: Order) {
    let mut units: Vec<usize> = (0..editor.units(link)).collect();
    units.sort_by(|&first, &second| order(editor, link, first, second));
    editor.select(link, &units);
}

/// How two units of a link compare.
type Order = fn(&Editor, Link, usize, usize) -> Ordering;

/// Units that the same output reads with the same weight come together; among them as in
/// [`by_start`].
fn by_reader(editor: &Editor, link: Link, first: usize, second: usize) -> Ordering {
    // A weight that is not zero comes before one that is.
    let key = |weight: &f32| (*weight == 0.0, *weight);
    let pairs = editor
        .readers(link, first)
        .flatten()
        .zip(editor.readers(link, second).flatten());
    let differing = pairs
        .map(|(one, other)| (key(one), key(other)))
        .find(|(one, other)| one != other);
    match differing {
        Some((one, other)) => one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)),
        None => by_start(editor, link, first, second),
    }
}

/// Units whose own first weight comes earlier come earlier.
fn by_start(editor: &Editor, link: Link, first: usize, second: usize) -> Ordering {
    let is_kept = |unit: usize| editor.row(link, unit).iter().map(|&weight| weight == 0.0);
    is_kept(first).cmp(is_kept(second))
}
