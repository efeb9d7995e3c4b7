//! Laws by name, each made once for all configurations.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::RunError;
use crate::data::{load, LabelledImages, Law, SearchPath, Target};
use crate::random::stream;

/// What is accepted for `law`.
const ACCEPTED: &str =
    "constant:D, majority:D, parity:D:BITS, teacher:D:UNITS for the cube of D dimensions, or a \
     data set's name";

/// Makes laws from their names.
pub(super) struct Laws<'a> {
    experiment: String,
    seed: u64,
    search: &'a SearchPath,
    made: HashMap<String, Arc<Law>>,
}

impl<'a> Laws<'a> {
    pub(super) fn new(experiment: &str, seed: u64, search: &'a SearchPath) -> Self {
        Self {
            experiment: experiment.to_string(),
            seed,
            search,
            made: HashMap::new(),
        }
    }

    /// The law of that name with label noise. A teacher depends on the experiment and its seed
    /// only: it is fixed before all draws.
    pub(super) fn get(&mut self, name: &str, noise: f64) -> Result<Arc<Law>, RunError> {
        let key = format!("{name} {noise}");
        if let Some(law) = self.made.get(&key) {
            return Ok(law.clone());
        }
        let unknown = || RunError::Domain {
            key: "law",
            value: format!("\"{name}\""),
            accepted: ACCEPTED,
        };
        let mut words = name.split(':');
        let kind = words.next().unwrap_or_default();
        let numbers: Vec<u32> = words
            .map(|word| word.parse().map_err(|_| unknown()))
            .collect::<Result<_, _>>()?;
        let target = match (kind, &numbers[..]) {
            ("constant", [_]) => Some(Target::Constant),
            ("majority", [_]) => Some(Target::Majority),
            ("parity", [_, bits]) => Some(Target::Parity(*bits)),
            ("teacher", [_, units]) => Some(Target::Teacher(*units)),
            ("constant" | "majority" | "parity" | "teacher", _) => return Err(unknown()),
            _ => None,
        };
        let law = match (target, numbers.first()) {
            (Some(target), Some(&dimension)) => Law::cube(
                dimension,
                target,
                noise,
                &mut stream(self.seed, &self.experiment, 0, name),
            )?,
            _ => Law::new(everything(name, self.search)?, noise)?,
        };
        let law = Arc::new(law);
        self.made.insert(key, law.clone());
        Ok(law)
    }
}

/// The training and the test set together: the whole population.
fn everything(name: &str, search: &SearchPath) -> Result<LabelledImages, RunError> {
    let data = load(name, search)?;
    let parts: Vec<&LabelledImages> = std::iter::once(&data.train).chain(&data.test).collect();
    let images = parts
        .iter()
        .flat_map(|part| part.images())
        .copied()
        .collect();
    let labels = parts
        .iter()
        .flat_map(|part| part.labels())
        .copied()
        .collect();
    Ok(LabelledImages::new(
        data.train.shape(),
        data.train.levels(),
        data.train.classes(),
        images,
        labels,
    )?)
}
