//! All kinds of figures, by name.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::chart::picture::Picture;
use super::definition::Definition;
use super::error::FigureError;
use super::kinds::{
    attainment, bits, bounds, classical, coverage, edges, frontier, label_noise, randomisation,
    signs, slack,
};
use super::table::Table;
use crate::nearest::nearest;

/// What a figure shows and how: a function of files.
///
/// ```no_run
/// use nonvacuous::figures::FigureKind;
///
/// // A CSV file with the columns n, delta, errors and bits, one row a compressed network.
/// let picture = FigureKind::Frontier.draw(&["trials.csv"])?;
/// std::fs::write("frontier.svg", picture.svg()).unwrap();
/// std::fs::write("frontier.png", picture.png()?).unwrap();
/// # Ok::<(), nonvacuous::figures::FigureError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FigureKind {
    /// Upper bounds over the bits of a description.
    Bounds,
    /// Bits against training error, with the curves on which bounds are equal.
    Frontier,
    /// The bits of a model file, tensor by tensor.
    Bits,
    /// Bits for each bit of the limit, of experiments.
    Slack,
    /// Bits for each bit of the limit: a random codebook, and trained networks.
    Attainment,
    /// Upper bounds against the truth, over many training sets.
    Coverage,
    /// How often upper bounds fail on laws at their edges.
    Edges,
    /// Bits and their limit over label noise.
    LabelNoise,
    /// Training accuracy of pruned networks against sparsity, for parts of the labels replaced.
    RandomisationSparsity,
    /// Bits against overfit, for parts of the labels replaced.
    RandomisationBits,
    /// Bits and their limit over the length of training, or the number of examples.
    RandomisationCourse,
    /// Certified bounds against true errors, for parts of the labels replaced.
    RandomisationBound,
    /// Bits for each bit of the limit, of perceptrons of signs that remember coin flips.
    SignsRemembered,
    /// Errors of perceptrons of signs that learn from a teacher.
    SignsErrors,
    /// Bits a weight of perceptrons of signs that learn from a teacher, and the limit.
    SignsBits,
    /// Perceptrons of a few signs with the fewest errors, their number and their true error.
    SignsSolutions,
    /// Classical capacity bounds beside the bits of a file, network by network.
    Classical,
}

impl FigureKind {
    /// All kinds.
    pub const ALL: [Self; 17] = [
        Self::Bounds,
        Self::Frontier,
        Self::Bits,
        Self::Slack,
        Self::Attainment,
        Self::Coverage,
        Self::Edges,
        Self::LabelNoise,
        Self::RandomisationSparsity,
        Self::RandomisationBits,
        Self::RandomisationCourse,
        Self::RandomisationBound,
        Self::SignsRemembered,
        Self::SignsErrors,
        Self::SignsBits,
        Self::SignsSolutions,
        Self::Classical,
    ];

    fn definition(self) -> &'static Definition {
        match self {
            Self::Bounds => &bounds::DEFINITION,
            Self::Frontier => &frontier::DEFINITION,
            Self::Bits => &bits::DEFINITION,
            Self::Slack => &slack::DEFINITION,
            Self::Attainment => &attainment::DEFINITION,
            Self::Coverage => &coverage::DEFINITION,
            Self::Edges => &edges::DEFINITION,
            Self::LabelNoise => &label_noise::DEFINITION,
            Self::RandomisationSparsity => &randomisation::sparsity::DEFINITION,
            Self::RandomisationBits => &randomisation::bits::DEFINITION,
            Self::RandomisationCourse => &randomisation::course::DEFINITION,
            Self::RandomisationBound => &randomisation::bound::DEFINITION,
            Self::SignsRemembered => &signs::remembered::DEFINITION,
            Self::SignsErrors => &signs::errors::DEFINITION,
            Self::SignsBits => &signs::bits::DEFINITION,
            Self::SignsSolutions => &signs::solutions::DEFINITION,
            Self::Classical => &classical::DEFINITION,
        }
    }

    /// Its name on the command line and in lists of figures.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.definition().name
    }

    /// What it shows, in a sentence.
    #[must_use]
    pub fn shows(self) -> &'static str {
        self.definition().shows
    }

    /// The files that it is drawn from, in their order.
    #[must_use]
    pub fn files(self) -> &'static str {
        self.definition().files
    }

    /// The columns that its CSV files need; none if it is drawn from files of another form.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        self.definition().columns
    }

    /// Draws the files, which are those of [`FigureKind::files`] in that order.
    ///
    /// # Errors
    /// [`FigureError`] if they are too few or too many, cannot be read, or lack what is drawn.
    pub fn draw(self, files: &[impl AsRef<Path>]) -> Result<Picture, FigureError> {
        let files: Vec<PathBuf> = files.iter().map(|file| file.as_ref().into()).collect();
        (self.definition().draw)(&files)
    }

    /// The kind that draws such a table, if one is made for it.
    pub(super) fn recognised(table: &Table) -> Option<Self> {
        let mut kinds = Self::ALL.into_iter();
        kinds.find(|kind| kind.definition().recognises(table))
    }
}

impl fmt::Display for FigureKind {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for FigureKind {
    type Err = FigureError;

    /// The kind of that name, or [`FigureError::UnknownKind`] with all names.
    fn from_str(name: &str) -> Result<Self, FigureError> {
        let mut kinds = Self::ALL.into_iter();
        kinds
            .find(|kind| kind.name() == name)
            .ok_or_else(|| FigureError::UnknownKind {
                name: name.to_string(),
                hint: nearest(name, Self::ALL.into_iter().map(Self::name)).map(str::to_string),
                accepted: Self::ALL.map(Self::name).join(", "),
            })
    }
}

impl<'de> Deserialize<'de> for FigureKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
