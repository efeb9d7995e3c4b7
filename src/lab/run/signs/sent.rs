//! What comes out of the files of perceptrons and committees.

use crate::code::Model;
use crate::evaluate::Evaluator;
use crate::lab::run::error::DrawError;
use crate::lab::run::subject::Ranges;
use crate::lab::signs::{images, perceptron, signs_of, SignLaw, SignSample, Signs};

/// One that was written as a file and read back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sent {
    /// Training examples that the evaluator counts as wrong.
    pub errors: u64,
    /// Its population error, exactly.
    pub test_error: f64,
    /// Of the file.
    pub bits: usize,
}

/// Images in memory at a time, whose pixels take a byte each.
const IMAGES_AT_ONCE: usize = 256;

/// What a file is when it has been read back.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) received: Model,
    /// Training examples that the evaluator counts as wrong.
    pub(super) errors: u64,
    /// Of the file.
    pub(super) bits: usize,
}

impl Counted {
    /// The same with the population error of what was received.
    pub(super) fn sent(&self, test_error: f64) -> Sent {
        Sent {
            errors: self.errors,
            test_error,
            bits: self.bits,
        }
    }
}

/// Writes the file, reads it, and counts its errors.
pub(super) fn counted(model: &Model, sample: &SignSample) -> Result<Counted, DrawError> {
    let file = model.encode()?;
    let received = Model::decode(&file)?;
    let evaluator = Evaluator::new(&received);
    let mut errors = 0;
    for images in images(sample, IMAGES_AT_ONCE) {
        errors += evaluator.errors(&images?)?;
    }
    Ok(Counted {
        errors,
        bits: 8 * file.len(),
        received,
    })
}

/// Writes the file of a perceptron, and says what comes out of it.
pub(super) fn sent(law: &SignLaw, sample: &SignSample, signs: &Signs) -> Result<Sent, DrawError> {
    let model = perceptron(signs)?.ok_or(DrawError::NoCodeWord)?;
    let counted = counted(&model, sample)?;
    Ok(counted.sent(law.population_error(&signs_of(&counted.received))))
}

/// Where errors and bits can be.
pub(super) fn ranges(law: &SignLaw) -> Ranges {
    let test_error = match law {
        SignLaw::Teacher { noise, .. } => (noise.get(), 1.0 - noise.get()),
        _ => (0.5, 0.5),
    };
    Ranges {
        train_error: (0.0, 1.0),
        test_error,
        // A header, and two adaptive bits whose counts begin at a half.
        bits: (0.0, law.inputs() as f64 + 128.0),
    }
}
