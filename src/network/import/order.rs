//! Tensors of a file matched by order and shape, where their names say nothing.
//!
//! A layer is matched as a whole: its weight and its bias, which have the same name in the file but
//! for the end. Layers of the architecture and layers of the file with equal shapes are matched in
//! order: that of registration, if the file has it, else that of names with their numbers as
//! numbers. That order is only taken for one where it is by numbers: layers `query` and `key` of
//! equal shapes could be exchanged, and are refused.

use std::collections::BTreeMap;

use thiserror::Error;

use super::roles::{split, Role};
use super::transposed::transposed;
use crate::code::TensorShape;
use crate::network::natural_order::are_numbered;
use crate::network::tensor_file::TensorOrder;

/// Why tensors are not matched by order and shape.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OrderMisfit {
    /// A tensor whose name does not end in what weights and biases are called.
    #[error("{tensor} is called neither a weight nor a bias")]
    Role {
        /// The tensor of the file.
        tensor: String,
    },
    /// A layer of the architecture that the file does not have.
    #[error(
        "no layer of the file, or none left, is {wanted} with {shapes}; left are {left}{}",
        also(.with_bias)
    )]
    NoneLeft {
        /// The architecture's layer.
        wanted: String,
        /// Its tensors.
        shapes: String,
        /// The file's layers that are matched with none.
        left: String,
        /// A layer of the file that has a bias too, but is else of that shape.
        with_bias: Option<String>,
    },
    /// A layer of the file that the architecture does not have.
    #[error("no layer of the architecture, or none left, is {layer} of the file with {shapes}")]
    LeftOver {
        /// The file's layer.
        layer: String,
        /// Its tensors.
        shapes: String,
    },
    /// Layers of equal shapes whose names do not say which is first.
    #[error(
        "{first} and {second} have equal shapes, and their names do not say which of them comes \
         first; name both with --tensor, or import what torch.save wrote, which has an order"
    )]
    Undecided {
        /// A layer of the file.
        first: String,
        /// Another.
        second: String,
    },
    /// It depends on whether matrices are `[out, in]` or `[in, out]`.
    #[error(
        "which layer is which depends on whether matrices are stored as [out, in] or [in, out], \
         and both are possible; name the tensors with --tensor"
    )]
    Layout,
}

/// A hint at a bias.
fn also(with_bias: &Option<String>) -> String {
    match with_bias {
        Some(layer) => format!(
            "; {layer} has a bias too, which a layer that ends in \":b\" reads, such as dense:10:b"
        ),
        None => String::new(),
    }
}

/// Tensors that make up a layer: their roles, names and dimensions.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Layer {
    name: String,
    tensors: BTreeMap<Role, (String, Vec<usize>)>,
}

/// What layers that can be matched have in common.
type Shapes = Vec<(Role, Vec<usize>)>;

impl Layer {
    fn shapes(&self, is_transposed: bool) -> Shapes {
        let tensors = self.tensors.iter();
        tensors
            .map(|(&role, (_, dimensions))| match (is_transposed, role) {
                (true, Role::Weight) => (role, transposed(dimensions)),
                _ => (role, dimensions.clone()),
            })
            .collect()
    }

    fn described(&self) -> String {
        let tensors = self.tensors.iter();
        let parts: Vec<String> = tensors
            .map(|(role, (_, dimensions))| format!("a {role} of shape {dimensions:?}"))
            .collect();
        parts.join(" and ")
    }
}

/// Names of tensors with their dimensions as layers, in the order of the first tensor of each.
/// Moments are left to the weight beside which they stand.
fn layers(tensors: Vec<(String, Vec<usize>)>) -> Result<Vec<Layer>, OrderMisfit> {
    let mut layers: Vec<Layer> = Vec::new();
    let mut place_of: BTreeMap<String, usize> = BTreeMap::new();
    for (tensor, dimensions) in tensors {
        let (name, role) = split(&tensor);
        let Some(role) = role else {
            return Err(OrderMisfit::Role { tensor });
        };
        if role == Role::Moment {
            continue;
        }
        let place = *place_of.entry(name.to_string()).or_insert(layers.len());
        if place == layers.len() {
            layers.push(Layer {
                name: name.to_string(),
                tensors: BTreeMap::new(),
            });
        }
        let Some(layer) = layers.get_mut(place) else {
            continue;
        };
        if layer.tensors.contains_key(&role) {
            return Err(OrderMisfit::Role { tensor });
        }
        layer.tensors.insert(role, (tensor, dimensions));
    }
    Ok(layers)
}

/// Which layer of the file each of the architecture's is.
type Places = Vec<usize>;

/// For the name of each tensor of the architecture that of the file's.
///
/// # Errors
/// [`OrderMisfit`] names the first layer that does not fit, of the architecture or else of the
/// file, or two that could be exchanged.
pub(super) fn by_order(
    wanted: &[TensorShape],
    found: Vec<(String, Vec<usize>)>,
    order: TensorOrder,
) -> Result<BTreeMap<String, String>, OrderMisfit> {
    let wanted = wanted
        .iter()
        .map(|shape| (shape.name.clone(), shape.dimensions.clone()));
    let ours = layers(wanted.collect())?;
    let theirs = layers(found)?;
    let straight = assign(&ours, &theirs, false);
    let transposed = assign(&ours, &theirs, true);
    let places = match (straight, transposed) {
        (Ok(straight), Ok(transposed)) => {
            if straight == transposed || straight.is_sorted() {
                straight
            } else if transposed.is_sorted() {
                transposed
            } else {
                return Err(OrderMisfit::Layout);
            }
        }
        (Ok(places), Err(_)) | (Err(_), Ok(places)) => places,
        // The one that came further says more.
        (Err((straight, misfit)), Err((transposed, other))) => {
            return Err(if transposed > straight { other } else { misfit });
        }
    };
    if order == TensorOrder::Names {
        check_numbered(&theirs)?;
    }
    let mut names = BTreeMap::new();
    for (layer, place) in ours.iter().zip(places) {
        let Some(other) = theirs.get(place) else {
            continue;
        };
        let pairs = layer.tensors.values().zip(other.tensors.values());
        names.extend(pairs.map(|((name, _), (other, _))| (name.clone(), other.clone())));
    }
    Ok(names)
}

/// Layers of equal shapes in order; or how many layers could be matched, and the first that could
/// not.
fn assign(
    ours: &[Layer],
    theirs: &[Layer],
    is_transposed: bool,
) -> Result<Places, (usize, OrderMisfit)> {
    let mut left: BTreeMap<Shapes, Vec<usize>> = BTreeMap::new();
    for (place, layer) in theirs.iter().enumerate().rev() {
        left.entry(layer.shapes(false)).or_default().push(place);
    }
    let mut places = Vec::with_capacity(ours.len());
    for layer in ours {
        let shapes = layer.shapes(is_transposed);
        let Some(place) = left.get_mut(&shapes).and_then(Vec::pop) else {
            let is_but_for_bias = |other: &&Layer| {
                let mut other = other.shapes(false);
                other.retain(|(role, _)| *role != Role::Bias);
                other == shapes
            };
            let mut left: Vec<usize> = left.into_values().flatten().collect();
            left.sort_unstable();
            let misfit = OrderMisfit::NoneLeft {
                wanted: layer.name.clone(),
                shapes: layer.described(),
                left: listed(theirs, &left),
                with_bias: theirs
                    .iter()
                    .find(is_but_for_bias)
                    .map(|other| other.name.clone()),
            };
            return Err((places.len(), misfit));
        };
        places.push(place);
    }
    let left_over = left.into_values().flatten().min();
    match left_over.and_then(|place| theirs.get(place)) {
        Some(layer) => {
            let misfit = OrderMisfit::LeftOver {
                layer: layer.name.clone(),
                shapes: layer.described(),
            };
            Err((places.len(), misfit))
        }
        None => Ok(places),
    }
}

/// The first of these layers.
fn listed(theirs: &[Layer], left: &[usize]) -> String {
    const LISTED: usize = 3;
    let layers = left.iter().filter_map(|&place| theirs.get(place));
    let first = layers.take(LISTED);
    let mut first: Vec<String> = first
        .map(|layer| format!("{} with {}", layer.name, layer.described()))
        .collect();
    if left.len() > LISTED {
        first.push(format!("{} more", left.len() - LISTED));
    }
    if first.is_empty() {
        return "none".to_string();
    }
    first.join(", ")
}

/// Layers of equal shapes differ by numbers.
fn check_numbered(theirs: &[Layer]) -> Result<(), OrderMisfit> {
    let mut last: BTreeMap<Shapes, &Layer> = BTreeMap::new();
    for layer in theirs {
        let before = last.insert(layer.shapes(false), layer);
        let Some(before) = before else { continue };
        if !are_numbered(&before.name, &layer.name) {
            return Err(OrderMisfit::Undecided {
                first: before.name.clone(),
                second: layer.name.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shape(name: &str, dimensions: &[usize]) -> TensorShape {
        TensorShape {
            name: name.to_string(),
            dimensions: dimensions.to_vec(),
        }
    }

    fn found(tensors: &[(&str, &[usize])]) -> Vec<(String, Vec<usize>)> {
        let owned = |(name, shape): &(&str, &[usize])| (name.to_string(), shape.to_vec());
        tensors.iter().map(owned).collect()
    }

    #[test]
    fn layers_of_equal_shapes_are_matched_in_order_and_others_by_shape() {
        let wanted = [
            shape("conv1.weight", &[4, 1, 3, 3]),
            shape("fc1.weight", &[4, 4]),
            shape("fc1.bias", &[4]),
            shape("fc2.weight", &[4, 4]),
            shape("fc2.bias", &[4]),
        ];
        let file = found(&[
            ("classifier.1.weight", &[4, 4]),
            ("classifier.1.bias", &[4]),
            ("classifier.10.weight", &[4, 4]),
            ("classifier.10.bias", &[4]),
            ("features.0.weight", &[4, 1, 3, 3]),
        ]);
        let names = by_order(&wanted, file, TensorOrder::Names).unwrap();
        assert_eq!(names["conv1.weight"], "features.0.weight");
        assert_eq!(names["fc1.bias"], "classifier.1.bias");
        assert_eq!(names["fc2.weight"], "classifier.10.weight");
    }

    #[test]
    fn layers_that_could_be_exchanged_need_an_order() {
        let wanted = [shape("fc1.weight", &[2, 2]), shape("fc2.weight", &[2, 2])];
        let file = found(&[("head.weight", &[2, 2]), ("body.weight", &[2, 2])]);
        let names = by_order(&wanted, file.clone(), TensorOrder::Registration).unwrap();
        assert_eq!(names["fc1.weight"], "head.weight");
        let misfit = by_order(&wanted, file, TensorOrder::Names).unwrap_err();
        assert!(matches!(misfit, OrderMisfit::Undecided { .. }), "{misfit}");
    }

    #[test]
    fn a_layout_under_which_the_order_is_kept_is_the_layout() {
        let wanted = [shape("fc1.weight", &[3, 2]), shape("fc2.weight", &[2, 3])];
        let file = found(&[("0.kernel", &[2, 3]), ("1.kernel", &[3, 2])]);
        let names = by_order(&wanted, file, TensorOrder::Names).unwrap();
        assert_eq!(names["fc1.weight"], "0.kernel");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let wanted = [shape("fc1.weight", &[3, 2])];
        let said = |tensors: &[(&str, &[usize])]| {
            let misfit = by_order(&wanted, found(tensors), TensorOrder::Names);
            misfit.unwrap_err().to_string()
        };
        let message = said(&[("0.weight", &[3, 2]), ("0.bias", &[3])]);
        assert!(message.contains("0 has a bias too"), "{message}");
        let message = said(&[("0.weight", &[3, 2]), ("2.weight", &[3, 3])]);
        assert!(message.contains("is 2 of the file with a weight of shape [3, 3]"));
        let message = said(&[("0.weight", &[4, 2])]);
        assert!(
            message.contains("is fc1 with a weight of shape [3, 2]"),
            "{message}"
        );
        let message = said(&[("0.in_proj", &[3, 2])]);
        assert!(message.contains("0.in_proj is called neither"), "{message}");
    }
}
