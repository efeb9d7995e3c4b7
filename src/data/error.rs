//! What can be wrong with data.

use std::path::PathBuf;

use thiserror::Error;

use crate::shape::ImageSize;
use crate::storage::memory_limit::MemoryLimit;

/// Why a data set could not be read, found or fetched.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file begins with another number than its format asks for.
    #[error("wrong magic number: expected 0x{expected:08x}, found 0x{found:08x}")]
    Magic {
        /// What the format asks for.
        expected: u32,
        /// What the file has.
        found: u32,
    },
    /// A file is shorter than it says.
    #[error("truncated: expected {expected} bytes, found {found}")]
    Truncated {
        /// Length that the header implies.
        expected: u64,
        /// Length of the file.
        found: u64,
    },
    /// A file is longer than it says.
    #[error("{extra} bytes too many after the last example")]
    Trailing {
        /// Number of bytes too many.
        extra: u64,
    },
    /// A folder has files of several data sets.
    #[error("it has the files of several data sets, {sets}: put those of one into a folder")]
    SeveralSets {
        /// What their names begin with.
        sets: String,
    },
    /// Images without labels, or labels without images.
    #[error("its {0} are not beside it")]
    NoPartner(&'static str),
    /// Numbers of images and labels differ.
    #[error("{images} images but {labels} labels")]
    Count {
        /// Number of images.
        images: usize,
        /// Number of labels.
        labels: usize,
    },
    /// A label is not one of the classes.
    #[error("label {label} of example {index} is out of range: there are {classes} classes")]
    Label {
        /// Position of the example, from 0.
        index: usize,
        /// The label.
        label: u8,
        /// Number of classes.
        classes: usize,
    },
    /// A pixel is brighter than the brightest grey level.
    #[error("a pixel of example {index} has level {level}: there are {levels} grey levels")]
    Level {
        /// Position of the example, from 0.
        index: usize,
        /// The pixel.
        level: u8,
        /// Number of grey levels.
        levels: u16,
    },
    /// A number of grey levels that bytes cannot tell apart.
    #[error("{0} grey levels: accepted are 2 to 256")]
    GreyLevels(u16),
    /// A photograph cannot be decoded.
    #[error("this image cannot be decoded")]
    Photograph {
        /// What the decoder says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A photograph would take too much memory: decided before it is decoded.
    #[error(
        "an image of {width} x {height} pixels in {bytes} bytes, which takes {needed} bytes of \
         memory: accepted are {allowed}",
        allowed = .limit.bytes()
    )]
    PhotographTooLarge {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Length of its file.
        bytes: usize,
        /// What decoding it takes.
        needed: u64,
        /// Most memory that a file of this length may take.
        limit: MemoryLimit,
    },
    /// A photograph whose file ends before the photograph does.
    #[error("this image is cut off")]
    CutOff,
    /// A part of a photograph that is not in it.
    #[error(
        "photographs whose shorter side is {shorter} pixels, of which {side} are read: accepted \
         are square images in three channels, at least 1 pixel and at most that"
    )]
    Framing {
        /// Length of the shorter side.
        shorter: u32,
        /// Length of both sides of what is read.
        side: u32,
    },
    /// Images that are read as they are, in another number of channels than there is.
    #[error("images in {channels} channels: accepted are 1 (grey) and 3 (red, green and blue)")]
    Channels {
        /// What was asked for.
        channels: usize,
    },
    /// An image has another size than the others, or than a network reads.
    #[error("this image is of {width} x {height} pixels, and not of {size}")]
    OtherSize {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// What is expected.
        size: ImageSize,
    },
    /// An image in colours for a network that reads grey.
    #[error("this image has colours, and the network reads grey")]
    Coloured,
    /// More classes than images in memory have.
    #[error("{classes} classes: images that are read into memory have at most 256")]
    ManyClasses {
        /// The number of classes.
        classes: usize,
    },
    /// An image without class, where all must have one.
    #[error("{0}")]
    Unusable(String),
    /// Lines of a file of labels that are in no known form.
    #[error(
        "these are no labels: accepted are lines \"NAME LABEL\", one label a line, or CSV whose \
         header names a column of images (such as filename) and one of classes (such as label)"
    )]
    LabelLines,
    /// Class numbers of unknown order.
    #[error(
        "class numbers without names are those of ImageNet's devkit: its {0} must be beside them"
    )]
    NoDevkitClasses(&'static str),
    /// A folder of held-out photographs of a class that the training set does not have.
    #[error("folders that are no classes of the training set: {unknown}")]
    OtherClasses {
        /// The folders.
        unknown: String,
    },
    /// A network tells another number of classes apart than the data set has.
    #[error(
        "the network has {outputs} outputs, but the data set has {classes} classes ({listed}); \
         folders whose names begin with a dot are no classes"
    )]
    Outputs {
        /// Outputs of the network.
        outputs: usize,
        /// Number of classes.
        classes: usize,
        /// The classes.
        listed: String,
    },
    /// A file of arrays cannot be read.
    #[error("not an array of numbers that can be read")]
    Array {
        /// What the reader says.
        source: std::io::Error,
    },
    /// Arrays under other names.
    #[error(
        "arrays {found}: accepted are images and labels, x_train and y_train, train_images and \
         train_labels, x and y, X and y, data and labels"
    )]
    ArrayNames {
        /// The names.
        found: String,
    },
    /// An array of another shape.
    #[error(
        "an array of dimensions {found:?}: accepted are N x H x W, N x H x W x C, N x C x H x W \
         (C of 1 or 3, told apart from H and W) and N x F for images, N for labels"
    )]
    Dimensions {
        /// The dimensions.
        found: Vec<usize>,
    },
    /// Labels that are no numbers of classes.
    #[error("labels must be whole numbers from 0 to 255")]
    ArrayLabels,
    /// Real numbers that are no grey levels.
    #[error(
        "real numbers are not read: accepted are whole numbers from 0 to 255, and multiples of \
         1/255 from 0 to 1"
    )]
    RealFeatures,
    /// A file that is no CSV.
    #[error("not CSV with as many fields in each line")]
    Csv {
        /// What the reader says.
        source: csv::Error,
    },
    /// CSV without labels.
    #[error("no column is called label, class, target or y")]
    NoLabelColumn,
    /// A field of CSV that is no number.
    #[error("line {line}, column {column}: \"{field}\" is no number (labels: 0 to 255)")]
    Field {
        /// Which line, from 1.
        line: usize,
        /// Which column, from 1.
        column: usize,
        /// The beginning of the field.
        field: String,
    },
    /// A parquet file cannot be read.
    #[cfg(feature = "photographs")]
    #[error("not parquet that can be read")]
    Parquet {
        /// What the reader says.
        source: parquet::errors::ParquetError,
    },
    /// Parquet of other columns.
    #[error(
        "columns {columns}: accepted are image or img for encoded images, and label or fine_label \
         for class numbers"
    )]
    Columns {
        /// What they are called.
        columns: String,
    },
    /// A folder or a file in no known layout.
    #[error(
        "{path}: there is no data set that can be read, but {found}; read are {layouts} \
         (docs/data.md)",
        path = .path.display()
    )]
    NotUnderstood {
        /// Where.
        path: PathBuf,
        /// What is there.
        found: String,
        /// What is read.
        layouts: String,
    },
    /// A pickle of anything else than data sets are pickled as.
    #[error("not the pickle of a CIFAR file: byte {place} is of none")]
    Pickle {
        /// Where, from 0.
        place: usize,
    },
    /// A pickle without images and labels.
    #[error("no array \"data\" and list of labels in it")]
    NotCifar,
    /// A line of a file is wrong.
    #[error("line {line}: {reason}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A map of classes lacks some.
    #[error("there is no line for the classes {classes}")]
    Unmapped {
        /// The classes.
        classes: String,
    },
    /// Groups of another number of examples.
    #[error("{lines} groups for {examples} examples: accepted is one a line, or \"NAME GROUP\"")]
    GroupCount {
        /// Number of lines.
        lines: usize,
        /// Number of examples.
        examples: usize,
    },
    /// An example that is in no group.
    #[error("there is no line for the example {example}")]
    Ungrouped {
        /// Its name.
        example: String,
    },
    /// A pipe, a device or a folder in the place of a file.
    #[error("it is no regular file")]
    NoFile,
    /// A folder inside many folders, or inside itself.
    #[error("folders inside folders without end")]
    EndlessFolder,
    /// There are no examples, or images without pixels.
    #[error("there are no images in it")]
    Empty,
    /// Images of more pixels than memory has addresses.
    #[error("images of {0} have too many pixels")]
    Size(ImageSize),
    /// A file is unreasonably long, packed or not.
    #[error("longer than {limit} bytes, the most that is accepted")]
    TooLong {
        /// The most bytes that are accepted.
        limit: u64,
    },
    /// A gzipped file is damaged.
    #[error("damaged gzip file")]
    Gzip {
        /// What the decoder says.
        source: std::io::Error,
    },
    /// The contents are not those that are known for this set.
    #[error(
        "the contents are not those of {name}: expected SHA-256 {expected}, found {found}; delete \
         the files and run `nonvacuous data fetch {name}`"
    )]
    Contents {
        /// The data set.
        name: String,
        /// The known digest.
        expected: String,
        /// The digest found.
        found: String,
    },
    /// No folder has the set.
    #[error(
        "none of these folders has the files of {name}: {looked}; run `nonvacuous data fetch \
         {name}`, or name the folder that its folder is in with --data-dir"
    )]
    Missing {
        /// The data set.
        name: String,
        /// Where it was looked for.
        looked: String,
    },
    /// No folder has ImageNet.
    #[error(
        "none of these folders has photographs in train/CLASS or CLASS: {looked}; name theirs \
         with --data-dir"
    )]
    NoPhotographs {
        /// Where they were looked for.
        looked: String,
    },
    /// Neither a known name nor a folder.
    #[error(
        "there is no data set \"{name}\"{}; known are {known}; or name a folder of idx files",
        nearest.as_ref().map_or(String::new(), |name| format!(" (did you mean {name}?)"))
    )]
    Unknown {
        /// What was asked for.
        name: String,
        /// The known name that is like it.
        nearest: Option<String>,
        /// The known names.
        known: String,
    },
    /// The set is part of the program.
    #[error("{0} is embedded in the program: it has no folder and needs no fetching")]
    Embedded(String),
    /// No server had the file.
    #[error("no server has {file}: {reasons}")]
    Unavailable {
        /// The file.
        file: String,
        /// What each server answered.
        reasons: String,
    },
    /// An error about one file.
    #[error("{path}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<DataError>,
    },
    /// A noise outside its range.
    #[error("a label noise of {0}: accepted are numbers from 0 to 1")]
    Noise(f64),
    /// A cube with no or too many dimensions.
    #[error("a cube of {dimension} dimensions: accepted are 1 to {most}")]
    Dimension {
        /// What was given.
        dimension: u32,
        /// The most that is enumerated.
        most: u32,
    },
    /// The operating system reported an error.
    #[error("{path}", path = .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
}
