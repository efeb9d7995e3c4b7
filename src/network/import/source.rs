//! Which tensor of a file each tensor of the architecture comes from.

use std::collections::{BTreeMap, BTreeSet};

use super::error::ImportError;
use super::hints::hint;
use super::known::KnownNames;
use super::options::ImportOptions;
use super::order::by_order;
use super::patterns::matches;
use crate::code::{Architecture, TensorShape};
use crate::nearest::nearest;
use crate::network::tensor_file::{TensorFile, TensorOrder};

/// At most so many names are listed in a message.
const LISTED: usize = 10;

/// What only training needs, and no trained network depends on: PyTorch counts the batches that a
/// batch normalisation has seen; TensorFlow keeps the steps, the state of its optimisers, and the
/// ranges of weights that it quantises while training.
const TRAINING_STATE: [&str; 9] = [
    "*num_batches_tracked",
    "*global_step",
    "*beta1_power",
    "*beta2_power",
    "*/Adam",
    "*/Adam_1",
    "*/Momentum",
    "*/quantized/min",
    "*/quantized/max",
];

/// One tensor of the architecture.
pub(super) struct Source {
    /// Its name in the file.
    pub(super) name: String,
    /// What the architecture needs.
    pub(super) shape: TensorShape,
}

impl Source {
    /// The names that its moments might have, if it is the scale of a batch normalisation.
    pub(super) fn moments(&self) -> Vec<MomentNames> {
        let is_scale = self.shape.name.starts_with("bn") && self.shape.name.ends_with(".weight");
        if is_scale {
            moment_names(&self.name)
        } else {
            Vec::new()
        }
    }
}

/// All of them, in the architecture's order, and the tensors of the file that are not ignored.
pub(super) struct Sources {
    shapes: BTreeMap<String, Vec<usize>>,
    pub(super) all: Vec<Source>,
    /// The order by which they were matched, where names did not fit.
    pub(super) order: Option<TensorOrder>,
}

impl Sources {
    /// Finds them: by the names that were given, those that are known, and equal endings; if not
    /// all are found, by order and shape.
    ///
    /// # Errors
    /// If a tensor is not found or could be several, if a name that was given does not exist, or if
    /// the file has tensors that are not read.
    pub(super) fn find(
        file: &TensorFile,
        architecture: &Architecture,
        options: &ImportOptions,
        known: &KnownNames,
    ) -> Result<Self, ImportError> {
        let wanted = architecture.tensors();
        check_names(&wanted, options)?;
        let shapes = not_ignored(file, options)?;
        let mut given = BTreeMap::new();
        for (ours, theirs) in known.names.iter().chain(&options.names) {
            if !wanted.iter().any(|shape| shape.name == *ours) {
                continue;
            }
            if !shapes.contains_key(theirs) {
                return Err(not_in_file(theirs, file));
            }
            given.insert(ours.clone(), theirs.clone());
        }
        let mut order = None;
        let all = match by_names(&wanted, &given, &shapes) {
            Ok(all) => all,
            Err(names) => {
                let mut others = wanted.clone();
                others.retain(|shape| !given.contains_key(&shape.name));
                let found = file.names().into_iter().filter_map(|name| {
                    let is_given = given.values().any(|theirs| *theirs == name);
                    let shape = shapes.get(&name).filter(|_| !is_given)?;
                    Some((name, shape.clone()))
                });
                match by_order(&others, found.collect(), file.order()) {
                    Ok(matched) => given.extend(matched),
                    Err(order) => {
                        let (names, order) = (Box::new(names), Box::new(order));
                        return Err(ImportError::Unmatched { names, order });
                    }
                }
                order = Some(file.order());
                by_names(&wanted, &given, &shapes)?
            }
        };
        let sources = Self { shapes, all, order };
        sources.check_all_read()?;
        Ok(sources)
    }

    /// The shape of a tensor of the file; none if it is ignored or not there.
    pub(super) fn shape_of(&self, name: &str) -> Option<&[usize]> {
        self.shapes.get(name).map(Vec::as_slice)
    }

    fn check_all_read(&self) -> Result<(), ImportError> {
        let mut read = BTreeSet::new();
        for source in &self.all {
            read.insert(source.name.clone());
            let moments = source.moments().into_iter();
            read.extend(moments.flat_map(|names| [names.mean, names.variance]));
        }
        let unread: Vec<&String> = self
            .shapes
            .keys()
            .filter(|name| !read.contains(*name))
            .collect();
        if unread.is_empty() {
            return Ok(());
        }
        let is_bias_of_read = |name: &String| {
            let layer = name.strip_suffix("bias");
            layer.is_some_and(|layer| {
                ["weight", "weights"]
                    .iter()
                    .any(|part| read.contains(&format!("{layer}{part}")))
            })
        };
        let hint = if unread.iter().any(|name| is_bias_of_read(name)) {
            "; a layer that ends in \":b\", such as dense:10:b, reads its bias".to_string()
        } else {
            hint(unread.iter().copied())
        };
        Err(ImportError::NotRead {
            tensors: list(unread.into_iter()),
            hint,
        })
    }
}

/// The names of a batch normalisation's mean and variance, and what is usually added to the
/// variance where they are called so.
pub(super) struct MomentNames {
    pub(super) mean: String,
    pub(super) variance: String,
    pub(super) epsilon: f64,
}

/// The names that the moments beside a batch normalisation's scale have: in PyTorch, in TensorFlow
/// and Keras, and in Flax, which keeps them in a collection of their own.
fn moment_names(scale: &str) -> Vec<MomentNames> {
    const CONVENTIONS: [([&str; 2], f64); 4] = [
        (["running_mean", "running_var"], 1e-5),
        (["moving_mean", "moving_variance"], 1e-3),
        (["moving_mean", "moving_var"], 1e-3),
        (["mean", "var"], 1e-5),
    ];
    let mut endings = ["weight", "gamma", "scale"].iter();
    let Some(normalisation) = endings.find_map(|ending| scale.strip_suffix(ending)) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for beginning in [
        normalisation.to_string(),
        normalisation.replacen("params", "batch_stats", 1),
    ] {
        names.extend(CONVENTIONS.map(|([mean, variance], epsilon)| MomentNames {
            mean: format!("{beginning}{mean}"),
            variance: format!("{beginning}{variance}"),
            epsilon,
        }));
    }
    names
}

/// Every name that was given for a tensor is that of one, and of only one.
fn check_names(wanted: &[TensorShape], options: &ImportOptions) -> Result<(), ImportError> {
    let mut named: BTreeMap<&str, &str> = BTreeMap::new();
    for (ours, theirs) in &options.names {
        if !wanted.iter().any(|shape| shape.name == *ours) {
            let names = wanted.iter().map(|shape| shape.name.as_str());
            return Err(ImportError::NotInArchitecture {
                name: ours.clone(),
                nearest: nearest(ours, names).map(str::to_string),
            });
        }
        match named.insert(ours, theirs) {
            Some(first) if first != theirs => {
                return Err(ImportError::NamedTwice {
                    wanted: ours.clone(),
                    first: first.to_string(),
                    second: theirs.clone(),
                });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The file's tensors, without those that are to be ignored, by name.
fn not_ignored(
    file: &TensorFile,
    options: &ImportOptions,
) -> Result<BTreeMap<String, Vec<usize>>, ImportError> {
    for pattern in &options.ignore {
        if !file.names().iter().any(|name| matches(pattern, name)) {
            return Err(not_in_file(pattern, file));
        }
    }
    let is_ignored = |name: &str| {
        let given = options.ignore.iter().map(String::as_str);
        let mut patterns = given.chain(TRAINING_STATE);
        patterns.any(|pattern| matches(pattern, name))
    };
    let mut shapes = file.shapes();
    shapes.retain(|name, _| !is_ignored(name));
    Ok(shapes)
}

/// Each tensor by the name that is given for it, or else by an equal ending.
fn by_names(
    wanted: &[TensorShape],
    given: &BTreeMap<String, String>,
    shapes: &BTreeMap<String, Vec<usize>>,
) -> Result<Vec<Source>, ImportError> {
    let source = |shape: &TensorShape| {
        let name = match given.get(&shape.name) {
            Some(name) => name.clone(),
            None => with_equal_ending(&shape.name, shapes)?,
        };
        let shape = shape.clone();
        Ok(Source { name, shape })
    };
    wanted.iter().map(source).collect()
}

/// The tensor whose name ends in `wanted`.
fn with_equal_ending(
    wanted: &str,
    shapes: &BTreeMap<String, Vec<usize>>,
) -> Result<String, ImportError> {
    let ending = in_pytorch_letters(wanted);
    let fitting: Vec<&String> = shapes
        .keys()
        .filter(|name| in_pytorch_letters(name).ends_with(&ending))
        .collect();
    match fitting[..] {
        [name] => Ok(name.clone()),
        [] => Err(ImportError::Name {
            wanted: wanted.to_string(),
            found: list(shapes.keys()),
            hint: hint(shapes.keys()),
        }),
        _ => Err(ImportError::Ambiguous {
            wanted: wanted.to_string(),
            hint: hint(fitting.iter().copied()),
            found: list(fitting.into_iter()),
        }),
    }
}

/// `LeNet/conv1/weights` as `.lenet.conv1.weight`.
fn in_pytorch_letters(name: &str) -> String {
    let name = name.to_lowercase().replace('/', ".");
    format!(".{}", name.replace("weights", "weight"))
}

fn not_in_file(name: &str, file: &TensorFile) -> ImportError {
    let names = file.names();
    ImportError::NotInFile {
        name: name.to_string(),
        nearest: nearest(name, names.iter().map(String::as_str)).map(str::to_string),
    }
}

/// The first names, with the number of the others.
fn list<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.map(String::as_str).collect();
    let mut text = names[..names.len().min(LISTED)].join(", ");
    if names.len() > LISTED {
        text += &format!(" and {} more", names.len() - LISTED);
    }
    text
}
