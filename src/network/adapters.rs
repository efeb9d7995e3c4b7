//! Low-rank adapters of a network, as the library `peft` saves them.

use std::collections::btree_map::Entry;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::tensor_file::{TensorFile, TensorFileError};
use crate::code::TensorShape;
use crate::storage::file_error::FileError;
use crate::storage::whole_file;

/// What stands before the names of the network that was adapted.
const PREFIX: &str = "base_model.model.";

/// A module that has adapters keeps its own tensors under this name.
const INNER: &str = ".base_layer.";

const FIRST: &str = ".lora_A.weight";
const SECOND: &str = ".lora_B.weight";

/// Settings that are empty or false where adapters are sums with products; and so are all
/// others whose names begin with `use_`.
const OTHER_KINDS: [&str; 5] = [
    "alpha_pattern",
    "fan_in_fan_out",
    "layer_replication",
    "lora_bias",
    "trainable_token_indices",
];

/// Why adapters cannot be read, or are none of a network.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AdaptersError {
    /// The file of tensors cannot be read.
    #[error(transparent)]
    Tensors(#[from] TensorFileError),
    /// The configuration cannot be read.
    #[error("adapters need the configuration that is saved with them")]
    File(#[from] FileError),
    /// The configuration is none of adapters.
    #[error("{} is no configuration of adapters", .path.display())]
    Configuration {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// They change the network in another way than by a product of matrices.
    #[error(
        "the configuration says {0}, which is not a sum with a product of two matrices: merge the \
         adapters into the network (merge_and_unload), export it, and certify that"
    )]
    OtherKind(String),
    /// A tensor is none of an adapter, and none of a network either.
    #[error(
        "tensor {0:?} is not understood: adapters have tensors {PREFIX}MODULE{FIRST} and \
         {PREFIX}MODULE{SECOND}, and whole tensors are {PREFIX}MODULE.NAME"
    )]
    Unknown(String),
    /// Of two matrices one is missing, or they do not fit.
    #[error("the matrices of {module:?} have the shapes {first:?} and {second:?}")]
    Shapes {
        /// The module.
        module: String,
        /// Of the matrix that is applied first; empty if there is none.
        first: Vec<usize>,
        /// Of the other one.
        second: Vec<usize>,
    },
    /// The base has no such tensor.
    #[error(
        "the base has no tensor {name:?}; it has {known}. Names are kept in a file beside the base \
         by nonvacuous import; PyTorch's exporter keeps those of its modules where nothing is \
         folded into them"
    )]
    NoTensor {
        /// As the adapters name it.
        name: String,
        /// Some of the base's.
        known: String,
    },
    /// The base's tensor has another size.
    #[error("{name:?} is of {found:?} weights, and the base's tensor of {expected:?}")]
    Size {
        /// As the adapters name it.
        name: String,
        /// Rows and columns that are changed; all weights, if they are replaced.
        found: Vec<usize>,
        /// The base's.
        expected: Vec<usize>,
    },
    /// A tensor is changed in two ways.
    #[error("{0:?} is both added to and replaced")]
    Twice(String),
    /// A number is infinite or none.
    #[error("{0:?} has a number that is not finite")]
    NotFinite(String),
}

/// What the configuration says that matters here.
#[derive(Debug, Deserialize)]
struct Configuration {
    peft_type: String,
    lora_alpha: f64,
    use_rslora: Option<bool>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// What is added to a matrix: the product of one of `rows x rank` and one of `rank x columns`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AddedProduct {
    pub(super) rank: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// `[rows, rank]`, with the scale.
    pub(super) left: Vec<f32>,
    /// `[rank, columns]`.
    pub(super) right: Vec<f32>,
}

/// What is known of a tensor after fine-tuning.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Adapted {
    /// The base's and a product.
    Added(AddedProduct),
    /// These numbers.
    Replaced(Vec<f32>),
}

/// Low-rank adapters (Hu et al. 2022) of a network's dense layers and convolutions, and tensors
/// that were tuned whole beside them (`bias`, `modules_to_save`).
///
/// `W + (alpha / r) B A`, where `A` has the shape `[r, inputs]` or that of a convolution's kernels
/// with `r` outputs, and `B` `[outputs, r]` or `[outputs, r, 1, 1]`; with `use_rslora` the factor
/// is `alpha / sqrt r` (Kalajdzievski 2023).
#[derive(Debug, Clone, PartialEq)]
pub struct Adapters {
    tensors: BTreeMap<String, Adapted>,
}

impl Adapters {
    /// Whether a file of tensors is one of adapters.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn are_in(path: &Path) -> Result<bool, TensorFileError> {
        let names = TensorFile::open(path)?.names();
        Ok(names.iter().any(|name| name.ends_with(FIRST)))
    }

    /// Reads `adapter_model.safetensors`, and `adapter_config.json` in the same folder.
    ///
    /// # Errors
    /// If one of these cannot be read; [`AdaptersError::OtherKind`] for adapters that are no sum
    /// with a product; [`AdaptersError::Unknown`] for a tensor that has no meaning here;
    /// [`AdaptersError::Shapes`] for matrices that do not fit.
    pub fn open(path: &Path) -> Result<Self, AdaptersError> {
        let configuration = Configuration::read(&path.with_file_name("adapter_config.json"))?;
        let mut file = TensorFile::open(path)?;
        let mut tensors = BTreeMap::new();
        for name in file.names() {
            let Some(inner) = name.strip_prefix(PREFIX) else {
                return Err(AdaptersError::Unknown(name));
            };
            if let Some(module) = inner.strip_suffix(FIRST) {
                let added = read_product(&mut file, module, &configuration)?;
                insert(
                    &mut tensors,
                    format!("{module}.weight"),
                    Adapted::Added(added),
                )?;
            } else if let Some(module) = inner.strip_suffix(SECOND) {
                if file.shape(&format!("{PREFIX}{module}{FIRST}")).is_none() {
                    return Err(AdaptersError::Shapes {
                        module: module.to_string(),
                        first: Vec::new(),
                        second: file.shape(&name).unwrap_or_default().to_vec(),
                    });
                }
            } else if inner.contains("lora_") {
                return Err(AdaptersError::Unknown(name));
            } else {
                let numbers = finite(&name, file.read(&name)?)?;
                let name = inner.replace(INNER, ".");
                insert(&mut tensors, name, Adapted::Replaced(numbers))?;
            }
        }
        Ok(Self { tensors })
    }

    /// What they say of each tensor of a network that has tensors of these shapes, with these
    /// names.
    ///
    /// # Errors
    /// [`AdaptersError::NoTensor`] for one that the network has not; [`AdaptersError::Size`] for
    /// one of another size.
    pub(super) fn of<'a>(
        &'a self,
        names: &[String],
        shapes: &[TensorShape],
    ) -> Result<Vec<Option<&'a Adapted>>, AdaptersError> {
        let mut of_tensors = vec![None; names.len()];
        for (name, adapted) in &self.tensors {
            let place = names.iter().position(|known| known == name);
            let Some((place, shape)) = place.and_then(|place| Some((place, shapes.get(place)?)))
            else {
                let known: Vec<&str> = names.iter().map(String::as_str).take(8).collect();
                return Err(AdaptersError::NoTensor {
                    name: name.clone(),
                    known: known.join(", "),
                });
            };
            let (found, expected) = match adapted {
                Adapted::Added(product) => {
                    let rows = shape.dimensions.first().copied().unwrap_or(1);
                    let columns = shape.len().checked_div(rows).unwrap_or(0);
                    (vec![product.rows, product.columns], vec![rows, columns])
                }
                Adapted::Replaced(numbers) => (vec![numbers.len()], vec![shape.len()]),
            };
            if found != expected {
                let name = name.clone();
                return Err(AdaptersError::Size {
                    name,
                    found,
                    expected,
                });
            }
            of_tensors[place] = Some(adapted);
        }
        Ok(of_tensors)
    }
}

/// Adds what is said of a tensor of which nothing was said yet.
fn insert(
    tensors: &mut BTreeMap<String, Adapted>,
    name: String,
    adapted: Adapted,
) -> Result<(), AdaptersError> {
    match tensors.entry(name) {
        Entry::Vacant(vacant) => {
            vacant.insert(adapted);
            Ok(())
        }
        Entry::Occupied(occupied) => Err(AdaptersError::Twice(occupied.key().clone())),
    }
}

impl Configuration {
    fn read(path: &Path) -> Result<Self, AdaptersError> {
        let text = whole_file::read_text(path)?;
        let read: Self =
            serde_json::from_str(&text).map_err(|source| AdaptersError::Configuration {
                path: path.to_path_buf(),
                source,
            })?;
        let other = |what: String| Err(AdaptersError::OtherKind(what));
        if read.peft_type != "LORA" {
            return other(format!("\"peft_type\": {:?}", read.peft_type));
        }
        for (name, value) in &read.others {
            let is_kind = name.starts_with("use_") || OTHER_KINDS.contains(&name.as_str());
            let is_set = match value {
                Value::Bool(value) => *value,
                Value::Null => false,
                Value::Object(entries) => !entries.is_empty(),
                Value::Array(entries) => !entries.is_empty(),
                _ => true,
            };
            if is_kind && is_set {
                return other(format!("{name:?}: {value}"));
            }
        }
        Ok(read)
    }

    /// The factor of a product of this rank.
    fn scale(&self, rank: usize) -> f64 {
        let rank = rank as f64;
        let is_stabilised = self.use_rslora.unwrap_or(false);
        self.lora_alpha / if is_stabilised { rank.sqrt() } else { rank }
    }
}

/// The two matrices of a module.
fn read_product(
    file: &mut TensorFile,
    module: &str,
    configuration: &Configuration,
) -> Result<AddedProduct, AdaptersError> {
    let [first, second] = [FIRST, SECOND].map(|end| format!("{PREFIX}{module}{end}"));
    let shape = |name: &str| file.shape(name).unwrap_or_default().to_vec();
    let shapes = [shape(&first), shape(&second)];
    let columns = shapes[0].iter().skip(1).product();
    let rank = shapes[0].first().copied().unwrap_or(0);
    let misfit = || AdaptersError::Shapes {
        module: module.to_string(),
        first: shapes[0].clone(),
        second: shapes[1].clone(),
    };
    let [rows, inner, rest @ ..] = &shapes[1][..] else {
        return Err(misfit());
    };
    if rank == 0 || *inner != rank || rest.iter().any(|&side| side != 1) || shapes[0].len() < 2 {
        return Err(misfit());
    }
    let scale = configuration.scale(rank);
    let right = finite(&first, file.read(&first)?)?;
    let left = file.read(&second)?.into_iter();
    let left = left.map(|number| (f64::from(number) * scale) as f32);
    Ok(AddedProduct {
        rank,
        rows: *rows,
        columns,
        left: finite(&second, left.collect())?,
        right,
    })
}

fn finite(name: &str, numbers: Vec<f32>) -> Result<Vec<f32>, AdaptersError> {
    if numbers.iter().all(|number| number.is_finite()) {
        return Ok(numbers);
    }
    Err(AdaptersError::NotFinite(name.to_string()))
}
