//! The data sets that are known by name.

/// How a data set is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// In this program.
    Embedded,
    /// Four idx files, which servers have gzipped.
    Idx(&'static [RemoteFile]),
    /// Six files of CIFAR-10's binary format, which servers have in one archive.
    Cifar10(RemoteArchive),
}

/// One idx file of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its name, without `.gz`.
    pub name: &'static str,
    /// SHA-256 of the gzipped file that servers have.
    pub packed: &'static str,
    /// SHA-256 of its contents.
    pub contents: &'static str,
}

/// CIFAR-10's archive, and what is in it.
///
/// A sum of records is the SHA-256 of the concatenated, sorted SHA-256 digests of all records: the
/// same for any order of the records, and however they are spread over files. Copies in other
/// orders than the official one are in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoteArchive {
    /// SHA-256 of the archive, a gzipped tar file.
    pub packed: &'static str,
    /// Sum of the training records.
    pub training: &'static str,
    /// Sum of the test records.
    pub test: &'static str,
}

/// What is known about a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownSet {
    /// As `--data` takes it.
    pub name: &'static str,
    /// What it shows.
    pub description: &'static str,
    /// Number of training examples.
    pub training: usize,
    /// Number of test examples.
    pub test: usize,
    /// Who made it.
    pub source: &'static str,
    /// How it is stored.
    pub format: Format,
    /// Names of its folder.
    pub folders: &'static [&'static str],
    /// Where its files are: addresses that end in a slash, or of the archive itself.
    pub mirrors: &'static [&'static str],
}

/// Names of CIFAR-10's training files.
pub(super) const CIFAR10_TRAINING: [&str; 5] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
];

/// Name of CIFAR-10's test file.
pub(super) const CIFAR10_TEST: &str = "test_batch.bin";

impl KnownSet {
    /// Names of its files, without `.gz`; none if it is embedded.
    pub fn file_names(&self) -> Vec<&'static str> {
        match self.format {
            Format::Embedded => Vec::new(),
            Format::Idx(files) => files.iter().map(|file| file.name).collect(),
            Format::Cifar10(_) => CIFAR10_TRAINING.into_iter().chain([CIFAR10_TEST]).collect(),
        }
    }
}

/// All data sets that are known by name.
pub const KNOWN_SETS: &[KnownSet] = &[
    KnownSet {
        name: "digits",
        description: "handwritten digits, 8x8, 17 grey levels",
        training: 1500,
        test: 297,
        source: "Alpaydin and Kaynak 1998, CC BY 4.0",
        format: Format::Embedded,
        folders: &[],
        mirrors: &[],
    },
    KnownSet {
        name: "mnist",
        description: "handwritten digits, 28x28",
        training: 60_000,
        test: 10_000,
        source: "LeCun, Cortes and Burges 1998",
        format: Format::Idx(MNIST),
        folders: &["mnist", "MNIST/raw"],
        mirrors: &[
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ],
    },
    KnownSet {
        name: "fashion-mnist",
        description: "articles of clothing, 28x28",
        training: 60_000,
        test: 10_000,
        source: "Xiao, Rasul and Vollgraf 2017, MIT",
        format: Format::Idx(FASHION_MNIST),
        folders: &["fashion-mnist", "FashionMNIST/raw"],
        mirrors: &[
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ],
    },
    KnownSet {
        name: "cifar10",
        description: "colour photographs of ten kinds, 32x32",
        training: 50_000,
        test: 10_000,
        source: "Krizhevsky 2009",
        format: Format::Cifar10(CIFAR10),
        folders: &["cifar10", "cifar-10-batches-bin"],
        mirrors: &["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"],
    },
];

/// The files of MNIST.
const MNIST: &[RemoteFile] = &[
    RemoteFile {
        name: "train-images-idx3-ubyte",
        packed: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        contents: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    },
    RemoteFile {
        name: "train-labels-idx1-ubyte",
        packed: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        contents: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
    RemoteFile {
        name: "t10k-images-idx3-ubyte",
        packed: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        contents: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    },
    RemoteFile {
        name: "t10k-labels-idx1-ubyte",
        packed: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        contents: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
];

/// The files of Fashion-MNIST. Debian's package packs the same contents anew, so its gzipped files
/// have other digests.
const FASHION_MNIST: &[RemoteFile] = &[
    RemoteFile {
        name: "train-images-idx3-ubyte",
        packed: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        contents: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    },
    RemoteFile {
        name: "train-labels-idx1-ubyte",
        packed: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        contents: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    },
    RemoteFile {
        name: "t10k-images-idx3-ubyte",
        packed: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        contents: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    },
    RemoteFile {
        name: "t10k-labels-idx1-ubyte",
        packed: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        contents: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
];

/// The archive of CIFAR-10.
const CIFAR10: RemoteArchive = RemoteArchive {
    packed: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    training: "55a61f79a40ece2ceda9fb5f9f7078f6ea2fc4952489cef56682bcf92cfcc260",
    test: "325704b01eb92e1e2a6215ae6a916bb7db7de054af0c496be1c7be2e0fcfbf5f",
};

/// The data set of that name.
pub fn known_set(name: &str) -> Option<&'static KnownSet> {
    KNOWN_SETS.iter().find(|set| set.name == name)
}
