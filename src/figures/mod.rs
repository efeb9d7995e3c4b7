//! Pictures of results, and pages of them.
//!
//! Each [`Figure`] is a pure function of files that an experiment or a certificate has left; its
//! picture is the same, byte for byte, on every machine. [`report`] puts them on a page together
//! with what they show.

mod allocation;
mod attainment;
mod axis;
mod bounds;
mod certificates;
mod coverage;
mod frontier;
mod label_noise;
mod picture;
mod plot;
mod randomisation;
pub mod report;
mod rows;
mod style;

use std::path::{Path, PathBuf};

use thiserror::Error;

pub use picture::Picture;

use crate::nearest::nearest;

/// A picture of results.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// Its name, and that of its files.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What it shows, in a sentence or two.
    pub shows: &'static str,
    /// The files from which it is made, in the folder of experiments.
    pub sources: &'static [&'static str],
    /// The commands that make these files.
    pub command: &'static str,
    draw: fn(&Path) -> Result<Picture, FigureError>,
}

/// Why there is no picture or page.
#[derive(Debug, Error)]
pub enum FigureError {
    /// A name that no figure has.
    #[error(
        "there is no figure \"{name}\"{}; accepted are {accepted}",
        hint.map_or(String::new(), |hint| format!(" (did you mean \"{hint}\"?)"))
    )]
    Unknown {
        /// What was given.
        name: String,
        /// The name that is like it.
        hint: Option<&'static str>,
        /// All names.
        accepted: String,
    },
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// A CSV file lacks what is drawn.
    #[error("{path}: {reason}")]
    Csv {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A certificate or its model file is damaged.
    #[error("{path}: {reason}")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder with neither a certificate nor experiments.
    #[error(
        "{0} has neither certificate.json nor CSV files of experiments; give a folder that certify or run has written"
    )]
    NothingThere(PathBuf),
    /// The drawing library reported an error.
    #[error("cannot draw: {0}")]
    Drawing(String),
    /// A number outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] crate::bounds::BoundError),
}

impl Figure {
    /// Draws it from the files in a folder of experiments.
    ///
    /// # Errors
    /// [`FigureError`] if a file is not there or lacks what is drawn.
    pub fn draw(&self, experiments: &Path) -> Result<Picture, FigureError> {
        (self.draw)(experiments)
    }

    /// Whether all files from which it is made are there.
    pub fn has_sources(&self, experiments: &Path) -> bool {
        self.sources
            .iter()
            .all(|source| experiments.join(source).exists())
    }

    /// The figure of that name.
    ///
    /// # Errors
    /// [`FigureError::Unknown`], with the name that is like it if there is one.
    pub fn named(name: &str) -> Result<&'static Self, FigureError> {
        FIGURES
            .iter()
            .find(|figure| figure.name == name)
            .ok_or_else(|| FigureError::Unknown {
                name: name.to_string(),
                hint: nearest(name, FIGURES.iter().map(|figure| figure.name)),
                accepted: FIGURES
                    .iter()
                    .map(|figure| figure.name)
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }
}

/// All figures, in the order in which they are told.
pub const FIGURES: &[Figure] = &[
    Figure {
        name: "bounds",
        title: "Upper bounds compared",
        shows: "What each bound proves about a classifier with 20 errors on 1,000 training examples, over the length of its description, \
                with 95% confidence. Occam's bound by the exact binomial tail is the least everywhere.",
        sources: &["bounds.csv"],
        command: "nonvacuous run experiments/bounds.toml --out experiments",
        draw: bounds::draw,
    },
    Figure {
        name: "frontier-mnist",
        title: "The frontier of certificates: MNIST",
        shows: "Bits of the file against its training error. Every file on a curve proves the bound beside it; nearer to the lower left is \
                better. Published bounds are drawn where their bits are known, else as the curve on which they must be.",
        sources: &["certificates/mnist/trials.csv", "certificates/mnist/certificate.json"],
        command: "nonvacuous certify --data mnist --out experiments/certificates/mnist",
        draw: |folder| frontier::draw(&folder.join("certificates/mnist")),
    },
    Figure {
        name: "frontier-fashion-mnist",
        title: "The frontier of certificates: Fashion-MNIST",
        shows: "Bits of the file against its training error, and the bounds that they prove.",
        sources: &["certificates/fashion-mnist/trials.csv", "certificates/fashion-mnist/certificate.json"],
        command: "nonvacuous certify --data fashion-mnist --out experiments/certificates/fashion-mnist",
        draw: |folder| frontier::draw(&folder.join("certificates/fashion-mnist")),
    },
    Figure {
        name: "frontier-cifar10",
        title: "The frontier of certificates: CIFAR-10",
        shows: "Bits of the file against its training error, and the bounds that they prove.",
        sources: &["certificates/cifar10/trials.csv", "certificates/cifar10/certificate.json"],
        command: "nonvacuous certify --data cifar10 --out experiments/certificates/cifar10",
        draw: |folder| frontier::draw(&folder.join("certificates/cifar10")),
    },
    Figure {
        name: "frontier-digits",
        title: "The frontier of certificates: digits",
        shows: "Bits of the file against its training error, and the bounds that they prove: all recipes that the standard search has tried.",
        sources: &["certificates/digits/trials.csv", "certificates/digits/certificate.json"],
        command: "nonvacuous certify --out experiments/certificates/digits",
        draw: |folder| frontier::draw(&folder.join("certificates/digits")),
    },
    Figure {
        name: "bits-mnist",
        title: "Where the bits go: MNIST",
        shows: "The file of the certificate, part by part: the values that weights share, which weights are zero, and which value each other has.",
        sources: &["certificates/mnist/model.nvc"],
        command: "nonvacuous certify --data mnist --out experiments/certificates/mnist",
        draw: |folder| allocation::draw(&folder.join("certificates/mnist/model.nvc")),
    },
    Figure {
        name: "attainment",
        title: "The limit on compressibility is attained",
        shows: "Bits sent for each bit of the limit n kl/ln 2. The learner with a shared random codebook comes as near as one likes, so that no \
                better limit holds for all learners; networks found by gradient descent take 10 to 100 times as much.",
        sources: &["codebook.summary.csv", "codebook-search.summary.csv", "pure-noise.summary.csv"],
        command: "nonvacuous run experiments/codebook.toml --out experiments",
        draw: attainment::draw,
    },
    Figure {
        name: "coverage",
        title: "How far bounds are above the truth, and how often they fail",
        shows: "Each bound less the error that it bounds, over 1,000 training sets: median, and the middle 90%. A bound may fail in 5% of the \
                training sets; none has failed in one.",
        sources: &["coverage.coverage.csv"],
        command: "nonvacuous run experiments/coverage.toml --out experiments",
        draw: coverage::draw,
    },
    Figure {
        name: "label-noise",
        title: "Slack over label noise",
        shows: "Mean bits of the file that a small network is sent in, and the limit below which no code can be, from a rule that can be \
                learnt to coin flips: 300 training sets of 200 examples each, with confidence bands that hold together at 95%.",
        sources: &["label-noise.summary.csv"],
        command: "nonvacuous run experiments/label-noise.toml --out experiments",
        draw: label_noise::draw,
    },
    Figure {
        name: "randomisation-sparsity",
        title: "Randomised labels: how sparse a network can be",
        shows: "Training accuracy of pruned networks against the part of their weights that is left, for parts of the labels that were \
                replaced at random (Zhou et al. 2019, section 6): the more there is to remember, the fewer weights can go.",
        sources: &["randomisation-sparsity.csv"],
        command: "nonvacuous run experiments/randomisation-sparsity.toml --out experiments",
        draw: |folder| randomisation::sparsity(&folder.join("randomisation-sparsity.csv")),
    },
    Figure {
        name: "randomisation-lenet5",
        title: "Randomised labels: how sparse LeNet-5 can be",
        shows: "The same for LeNet-5 of 431,080 weights.",
        sources: &["randomisation-lenet5.csv"],
        command: "nonvacuous run experiments/randomisation-lenet5.toml --out experiments",
        draw: |folder| randomisation::sparsity(&folder.join("randomisation-lenet5.csv")),
    },
    Figure {
        name: "randomisation-bits",
        title: "Randomised labels: overfitting costs bits (MNIST)",
        shows: "Length of the shortest of 40 files, each made from the one before, that keeps the training error within 5 points of the \
                network's, against how much it overfits, for parts of the labels that were replaced at random (above), five training sets of \
                1,000 images each; and the limit below which no code can be.",
        sources: &["randomisation.csv"],
        command: "nonvacuous run experiments/randomisation.toml --out experiments",
        draw: |folder| randomisation::bits(&folder.join("randomisation.csv")),
    },
    Figure {
        name: "randomisation-bits-fashion",
        title: "Randomised labels: overfitting costs bits (Fashion-MNIST)",
        shows: "The same for images of clothes, five training sets.",
        sources: &["randomisation-fashion.csv"],
        command: "nonvacuous run experiments/randomisation-fashion.toml --out experiments",
        draw: |folder| randomisation::bits(&folder.join("randomisation-fashion.csv")),
    },
    Figure {
        name: "randomisation-bound",
        title: "Randomised labels: what is proved, and what is true",
        shows: "The certified bound against the true error, for files that are short enough to prove something: five training sets of 4,000 \
                images for each part of the labels replaced at random.",
        sources: &["randomisation-bound.csv"],
        command: "nonvacuous run experiments/randomisation-bound.toml --out experiments",
        draw: |folder| randomisation::bound(&folder.join("randomisation-bound.csv")),
    },
    Figure {
        name: "randomisation-epochs",
        title: "Randomised labels: bits as a network begins to overfit",
        shows: "Bits of the shortest file that keeps the training error within 5 points of the network's, and the limit, over the length of \
                training, half of the labels random; above, the overfit in points.",
        sources: &["randomisation-epochs.csv"],
        command: "nonvacuous run experiments/randomisation-epochs.toml --out experiments",
        draw: |folder| {
            randomisation::course(&folder.join("randomisation-epochs.csv"), "epochs", "passes over the training set")
        },
    },
    Figure {
        name: "randomisation-examples",
        title: "Randomised labels: bits over the number of examples",
        shows: "The same over the number of examples.",
        sources: &["randomisation-examples.csv"],
        command: "nonvacuous run experiments/randomisation-examples.toml --out experiments",
        draw: |folder| randomisation::course(&folder.join("randomisation-examples.csv"), "examples", "training examples"),
    },
];
