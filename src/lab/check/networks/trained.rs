//! Networks that are trained again and again, and sent as model files.

use super::drawn::Drawn;
use crate::data::SearchPath;
use crate::lab::run::{draw_all, outcomes, Experiment, RunError};

/// Small networks on the Boolean cube, without label noise and with nothing else, trained until
/// they remember most labels: the file with the fewest errors is sent, however long it is, or one
/// that is worth its bits.
const EXPERIMENT: &str = r#"
name = "check"
seed = SEED
draws = DRAWS

[networks]
delta = 0.05
examples = 100
kept = 1.0
law = "teacher:10:4"
layers = "dense:16:b relu dense:2:b"
learning_rate = 0.03
noise = [0.0, 0.5]
price = [0.0, 0.1]
steps = 150
tuning = 0
"#;

/// So many draws of each configuration.
pub(super) fn draw(seed: u64, draws: u64) -> Result<Vec<Drawn>, RunError> {
    let text = EXPERIMENT
        .replace("SEED", &seed.to_string())
        .replace("DRAWS", &draws.to_string());
    let experiment = Experiment::parse(&text, &SearchPath::from_environment(None))?;
    let rows = draw_all(&experiment)?;
    let drawn = outcomes(&experiment, &rows)
        .into_iter()
        .filter_map(|(_, subject, outcomes)| {
            Some(Drawn {
                examples: subject.examples(),
                outcomes,
                ranges: subject.ranges(),
                delta: subject.delta()?,
            })
        });
    Ok(drawn.collect())
}
