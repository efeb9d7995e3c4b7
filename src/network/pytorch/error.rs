//! Why a file cannot be read as PyTorch's.

use std::io;

use thiserror::Error;
use zip::result::ZipError;

/// Why a file of PyTorch's cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PyTorchError {
    /// The operating system refuses, or the file is cut off.
    #[error("the PyTorch file cannot be read")]
    Io(#[from] io::Error),
    /// It begins like a ZIP archive, but is none.
    #[error("the PyTorch file is a damaged ZIP archive")]
    Archive(#[from] ZipError),
    /// An archive of something else.
    #[error("this is a ZIP archive without {0}, so it is not what torch.save writes")]
    NoEntry(&'static str),
    /// A pickle of another program's.
    #[error(
        "this is a Python pickle, but not one that torch.save has written; in Python, \
         torch.save(net.state_dict(), FILE) saves the weights of a module net"
    )]
    Foreign,
    /// An entry that was packed again by another program.
    #[error(
        "{0} in the archive is compressed, which torch.save never does: unpack the archive and \
         pack it without compression (zip -0), or save it again"
    )]
    Compressed(String),
    /// Written on a machine of another byte order.
    #[error("the PyTorch file was written on a big-endian machine; only little-endian is read")]
    BigEndian,
    /// The pickle is damaged, or has something in it that `torch.save` does not write.
    #[error(
        "the pickle in the PyTorch file makes no sense at its byte {place}: it is damaged, or was \
         not written by torch.save"
    )]
    Pickle {
        /// Where in the pickle.
        place: usize,
    },
    /// More than the tensors of any network need.
    #[error("the PyTorch file has {what} than {most}, the most that is read")]
    TooMuch {
        /// What it has too much of, compared.
        what: &'static str,
        /// How much is read.
        most: usize,
    },
    /// A whole module, which only its own program can make something of.
    #[error(
        "the PyTorch file has a whole module, {class}, and not only its weights; in Python, \
         torch.save(net.state_dict(), FILE) saves those of a module net"
    )]
    Module {
        /// The module's class.
        class: String,
    },
    /// No tensors where a state dict has them.
    #[error(
        "the PyTorch file has no state dict but {found}; in Python, torch.save(net.state_dict(), \
         FILE) saves that of a module net"
    )]
    NoStateDict {
        /// What it has.
        found: String,
    },
    /// Several state dicts.
    #[error(
        "the PyTorch file has several state dicts, {}; in Python, save the one that is meant: \
         torch.save(torch.load(FILE)[\"{}\"], \"one.pt\")",
        .keys.join(", "),
        .keys.first().map_or("", String::as_str)
    )]
    SeveralStateDicts {
        /// Their names.
        keys: Vec<String>,
    },
    /// Two tensors have the same name.
    #[error("the state dict has two tensors called {0}")]
    Duplicate(String),
    /// A tensor that cannot be as it says.
    #[error("tensor {name} {wrong}")]
    Tensor {
        /// The tensor.
        name: String,
        /// What is wrong with it.
        wrong: String,
    },
    /// All tensors together take much more memory than the file has bytes.
    #[error(
        "the tensors of the state dict have {needed} bytes, and {allowed} are the most for a file \
         of that length: some of them repeat their numbers"
    )]
    TooMuchMemory {
        /// Bytes in single precision.
        needed: u64,
        /// What is allowed.
        allowed: u64,
    },
    /// There is no tensor of this name.
    #[error("there is no tensor {0}")]
    Missing(String),
    /// A type of numbers that weights do not have.
    #[error(
        "tensor {name} has a {storage}; weights have type float32, float16, bfloat16 or float64"
    )]
    Type {
        /// The tensor.
        name: String,
        /// The class of its storage.
        storage: String,
    },
}

/// The first characters of a text of a stranger, for a message.
pub(super) fn shown(text: &[u8]) -> String {
    const MOST: usize = 80;
    let text = String::from_utf8_lossy(text);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
