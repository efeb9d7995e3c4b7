//! From a model file and a data set to a certificate.

use std::path::Path;

use thiserror::Error;

use super::at_hand::{is_known_name, known_name, sets_in_common};
use super::bounds::{class_bounds, held_out_bound, publish, published_bounds, Losses};
use super::certificate::Certificate;
use super::claim::{
    design_bits, BaseClaim, Bounds, Claim, ClassMap, DataClaim, HeldOut, ModelClaim, Provenance,
    CERTIFICATE_VERSION,
};
use super::class_map::Mapped;
use super::counted::{Count, CountError};
use super::evaluation::{
    digest_of, known_digests, Counting, Evaluation, Selection, HELD_OUT, TRAINING,
};
use super::folder::MODEL_FILE;
use super::groups::grouped;
use super::subsample::{population, subsample_indices, Drawer, Subsample};
use crate::bounds::{BoundError, FailureProbability};
use crate::code::{Base, CodeError, Model};
use crate::digest::sha256;
use crate::evaluate::{Evaluator, Examples, Loss, Sample, MARGIN};
use crate::pieces::Shard;
use crate::printable::escaped;
use crate::storage::memory_limit::MemoryLimit;

/// Why no certificate can be issued.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The file does not decode.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A number is outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// Errors cannot be counted.
    #[error(transparent)]
    Count(#[from] CountError),
    /// A subsample of none or all.
    #[error(
        "a subsample of {size} of {examples} examples: accepted are 1 to {}; \
         leave it out to evaluate all", examples - 1
    )]
    Subsample {
        /// What was asked for.
        size: u64,
        /// What there is.
        examples: u64,
    },
    /// Groups or bounds for each class, of which a part of the examples says too little.
    #[error("{what} need all examples: leave out the subsample")]
    NotOfSubsample {
        /// What was asked for.
        what: &'static str,
    },
    /// Bounds for each class take examples to be independent, and groups say that they are not.
    #[error(
        "bounds for each class count examples, but these are in groups: leave out one of them"
    )]
    ClassesOfGroups,
    /// As many groups as examples are needed.
    #[error("groups of {found} examples, but there are {examples}: one number for each is needed")]
    Groups {
        /// What was given.
        found: usize,
        /// What there is.
        examples: usize,
    },
    /// A class map that is not one.
    #[error("{0}")]
    ClassMap(String),
    /// The examples are said to be unseen, but were at hand.
    #[error(
        "these examples have images of {sets}, which were at hand while the format of model files \
         was designed: its design must be charged (leave out --unseen)"
    )]
    AtHand {
        /// Names of well-known sets.
        sets: String,
    },
}

impl Certificate {
    /// Encodes a model, counts the errors of what the file decodes to, and bounds its error on new
    /// examples with probability at least `1 - delta`. [`Issue`] has the choices beyond that.
    ///
    /// # Errors
    /// If the model cannot be encoded or does not fit the data.
    pub fn issue<'a>(
        model: &Model,
        sample: impl Into<Sample<'a>>,
        delta: FailureProbability,
    ) -> Result<Self, IssueError> {
        let file = model.encode()?;
        let sample: Sample = sample.into();
        Issue::new(&file, sample, delta).run()
    }
}

/// A certificate that is to be issued: the file and the data, and everything that has a usual
/// value.
///
/// ```
/// # fn main() -> Result<(), nonvacuous::Error> {
/// use nonvacuous::bounds::FailureProbability;
/// use nonvacuous::certificate::Issue;
/// use nonvacuous::code::Architecture;
/// use nonvacuous::data::digits;
/// use nonvacuous::evaluate::Loss;
/// use nonvacuous::network::TrainedNetwork;
/// let data = digits()?;
/// let layers = Architecture::parse("dense:10", data.train.shape())?;
/// let model = TrainedNetwork::new(layers, vec![vec![0.5; 640]])?.model()?;
/// let certificate = Issue::new(&model.encode()?, &data, FailureProbability::new(0.05)?)
///     .loss(Loss::Top5)
///     .run()?;
/// assert_eq!(certificate.claim().n, 1_500);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Issue<'a> {
    file: &'a [u8],
    sample: Sample<'a>,
    delta: FailureProbability,
    loss: Loss,
    subsample: Option<(u64, u64)>,
    groups: Option<&'a [usize]>,
    class_map: Option<ClassMap>,
    base: Option<(&'a Base, BaseClaim)>,
    is_per_class: bool,
    is_unseen: bool,
    provenance: Provenance,
    evaluation: Evaluation<'a>,
}

impl<'a> Issue<'a> {
    /// About the network in a model file, by the rule of [`Loss::Top1`], on all examples.
    pub fn new(file: &'a [u8], sample: impl Into<Sample<'a>>, delta: FailureProbability) -> Self {
        Self {
            file,
            sample: sample.into(),
            delta,
            loss: Loss::Top1,
            subsample: None,
            groups: None,
            class_map: None,
            base: None,
            is_per_class: false,
            is_unseen: false,
            provenance: Provenance::default(),
            evaluation: Evaluation::default(),
        }
    }

    /// When an example counts as misclassified.
    #[must_use]
    pub fn loss(self, loss: Loss) -> Self {
        Self { loss, ..self }
    }

    /// Evaluates only `size` training examples, drawn by the seed and the model file, and bounds
    /// the errors among all; a fifth of `delta` and
    /// [64 bits](super::GRINDING_BITS) pay for it.
    #[must_use]
    pub fn subsample(self, size: u64, seed: u64) -> Self {
        Self {
            subsample: Some((size, seed)),
            ..self
        }
    }

    /// Counts independent groups of training examples instead of these: the number of each
    /// example's group. Held-out examples, whose groups nobody has said, then say nothing.
    #[must_use]
    pub fn groups(self, groups: Option<&'a [usize]>) -> Self {
        Self { groups, ..self }
    }

    /// Which output stands for each class, if it is not the class's own number.
    #[must_use]
    pub fn class_map(self, class_map: Option<ClassMap>) -> Self {
        Self { class_map, ..self }
    }

    /// What the file is relative to: where it came from, what it was trained on, and among how many
    /// it was chosen is the maker's word; its digest is taken from the base itself.
    #[must_use]
    pub fn relative_to(self, base: &'a Base, claim: BaseClaim) -> Self {
        let sha256 = base.sha256().to_string();
        let claim = BaseClaim { sha256, ..claim };
        Self {
            base: Some((base, claim)),
            ..self
        }
    }

    /// Bounds the error on each class too, all at once.
    #[must_use]
    pub fn per_class(self, is_per_class: bool) -> Self {
        Self {
            is_per_class,
            ..self
        }
    }

    /// States that the format of model files was not designed with these examples at hand: nothing
    /// is charged for its design, and the claim says on whose word.
    #[must_use]
    pub fn unseen(self, is_unseen: bool) -> Self {
        Self { is_unseen, ..self }
    }

    /// How the certificate came about.
    #[must_use]
    pub fn provenance(self, provenance: Provenance) -> Self {
        Self { provenance, ..self }
    }

    /// How the examples are evaluated; nothing of it changes the certificate.
    #[must_use]
    pub fn evaluation(self, evaluation: Evaluation<'a>) -> Self {
        Self { evaluation, ..self }
    }

    /// Decodes the file, counts its errors, and bounds its error on new examples.
    ///
    /// Every number is measured on what the decoder returns. The bits are the length of the whole
    /// file.
    ///
    /// # Errors
    /// If the file does not decode, the network does not fit the data, what was asked for is
    /// contradictory, or a log cannot be written.
    pub fn run(self) -> Result<Certificate, IssueError> {
        // Whoever issues a certificate has the file from its own encoder, or has looked at it.
        let base = self.base.as_ref().map(|(base, _)| *base);
        let model = Model::read(self.file, base, MemoryLimit::NONE)?;
        self.check_request()?;
        let evaluator = Evaluator::new(&model);
        let model_sha256 = sha256(self.file);
        let training = self.mapped(self.sample.training)?;
        let count = Count {
            evaluator: &evaluator,
            model_sha256: &model_sha256,
            loss: self.loss,
        };
        let n = training.len() as u64;
        let selection = self.selection(&model_sha256);
        let known = known_digests(&training);
        let counting = Counting {
            count,
            purpose: TRAINING,
            examples: &training,
            known: known.as_deref(),
            selection: &selection,
        };
        let counted = self.evaluation.count(counting)?;
        let errors = counted.errors();
        let subsample = self
            .subsample
            .map(|(size, seed)| Subsample::new(size, seed, errors, self.delta.get()));
        let (k, delta) = population(errors, n, self.delta, subsample.as_ref())?;
        let groups = self
            .groups
            .map(|groups| grouped(groups, &counted.outcomes, &counted.digests));
        let digest = digest_of(&training, &counted);
        let mut claim = Claim {
            format: CERTIFICATE_VERSION,
            model: ModelClaim {
                file: MODEL_FILE.to_string(),
                sha256: model_sha256.clone(),
            },
            training_set: DataClaim {
                name: name(&digest.sha256, self.sample.name),
                sha256: digest.sha256,
                distinct: digest.distinct,
            },
            loss: self.loss.name().to_string(),
            margin: f64::from(MARGIN),
            n,
            k,
            subsample,
            groups,
            bits: 8 * self.file.len() as u64,
            design_bits: design_bits(model.version(), self.is_unseen),
            class_map: self.class_map.clone(),
            base: self.base.clone().map(|(_, claim)| claim.printable()),
            delta: self.delta.get(),
            bounds: NOTHING,
            per_class: None,
            held_out: None,
            provenance: self.provenance.clone().printable(),
        };
        let bits = claim.charged_bits()?;
        claim.bounds = published_bounds(Losses::of(&claim), bits, delta)?;
        if self.is_per_class {
            let classes = training.class_numbers();
            let mut bounds = class_bounds(&counted.outcomes, &classes, bits, self.delta)?;
            for class in &mut bounds {
                class.bound = publish(class.bound);
            }
            claim.per_class = Some(bounds);
        }
        claim.held_out = self.held_out(count)?;
        let is_list_of_use = known.is_none() && subsample.is_some();
        let kept = is_list_of_use.then_some(counted.digests);
        Ok(Certificate::from_parts(claim, self.file.to_vec()).with_digests(kept))
    }

    /// Evaluates a piece of the examples, into a folder from which a later [run](Issue::run) takes
    /// it ([`Evaluation::pieces`]).
    ///
    /// # Errors
    /// As [`Issue::run`]; and if the piece cannot be written.
    pub fn piece(self, folder: &Path, shard: Shard) -> Result<(), IssueError> {
        let base = self.base.as_ref().map(|(base, _)| *base);
        let model = Model::read(self.file, base, MemoryLimit::NONE)?;
        self.check_request()?;
        let count = Count {
            evaluator: &Evaluator::new(&model),
            model_sha256: &sha256(self.file),
            loss: self.loss,
        };
        let held_out = self.sample.held_out.filter(|_| self.groups.is_none());
        let sets = [
            (
                TRAINING,
                Some(self.sample.training),
                self.selection(count.model_sha256),
            ),
            (HELD_OUT, held_out, Selection::All),
        ];
        for (purpose, examples, selection) in sets {
            let Some(examples) = examples else { continue };
            let examples = self.mapped(examples)?;
            let known = known_digests(&examples);
            let counting = Counting {
                count,
                purpose,
                examples: &examples,
                known: known.as_deref(),
                selection: &selection,
            };
            self.evaluation.count_piece(counting, folder, shard)?;
        }
        Ok(())
    }

    /// Examples whose classes are outputs of the network.
    fn mapped<'b>(&'b self, examples: &'b dyn Examples) -> Result<Mapped<'b>, IssueError> {
        let examples = Mapped::new(examples, self.class_map.as_ref());
        match examples.problem() {
            Some(problem) => Err(IssueError::ClassMap(problem)),
            None => Ok(examples),
        }
    }

    /// Which training examples are evaluated.
    fn selection(&self, model_sha256: &str) -> Selection {
        let Some((size, seed)) = self.subsample else {
            return Selection::All;
        };
        let (n, size) = (self.sample.training.len(), size as usize);
        let drawer = Drawer::Maker;
        Selection::Drawn(subsample_indices(n, size, seed, model_sha256, drawer))
    }

    /// Whether what was asked for makes sense together.
    fn check_request(&self) -> Result<(), IssueError> {
        let n = self.sample.training.len();
        if let Some((size, _)) = self.subsample {
            if !(1..n as u64).contains(&size) {
                let examples = n as u64;
                return Err(IssueError::Subsample { size, examples });
            }
            if self.groups.is_some() || self.is_per_class {
                let what = if self.is_per_class {
                    "bounds for each class"
                } else {
                    "groups"
                };
                return Err(IssueError::NotOfSubsample { what });
            }
        }
        if self.groups.is_some() && self.is_per_class {
            return Err(IssueError::ClassesOfGroups);
        }
        if let Some(groups) = self.groups.filter(|groups| groups.len() != n) {
            let found = groups.len();
            return Err(IssueError::Groups { found, examples: n });
        }
        if self.is_unseen {
            refuse_at_hand(self.sample.training)?;
        }
        Ok(())
    }

    /// What the held-out examples say, if there are some and they are not in groups.
    fn held_out(&self, count: Count) -> Result<Option<HeldOut>, IssueError> {
        let Some(examples) = self.sample.held_out.filter(|_| self.groups.is_none()) else {
            return Ok(None);
        };
        let examples = self.mapped(examples)?;
        let known = known_digests(&examples);
        let counting = Counting {
            count,
            purpose: HELD_OUT,
            examples: &examples,
            known: known.as_deref(),
            selection: &Selection::All,
        };
        let counted = self.evaluation.count(counting)?;
        let (n, k) = (counted.outcomes.len() as u64, counted.errors());
        Ok(Some(HeldOut {
            sha256: digest_of(&examples, &counted).sha256,
            n,
            k,
            bound: publish(held_out_bound(n, k, self.delta)?),
        }))
    }
}

/// Refuses examples that are said to be unseen, but were at hand.
///
/// # Errors
/// [`IssueError::AtHand`].
pub fn refuse_at_hand(examples: &dyn Examples) -> Result<(), IssueError> {
    let sets: Vec<&str> = sets_in_common(examples).into_iter().collect();
    if sets.is_empty() {
        return Ok(());
    }
    let sets = sets.join(", ");
    Err(IssueError::AtHand { sets })
}

/// Until they are known.
const NOTHING: Bounds = Bounds {
    occam_binomial: 1.0,
    occam_kl: 1.0,
    occam_hoeffding: 1.0,
};

/// What a claim calls a training set: by the name that its digest confirms, or as it was given. A
/// name that the digest of another set has is not taken.
fn name(sha256: &str, given: &str) -> String {
    match known_name(sha256) {
        Some(known) => known.to_string(),
        None if is_known_name(given) => format!("another {given}"),
        None => escaped(given),
    }
}
