//! State dicts as `torch.save` writes them: `.pt` and `.pth`.
//!
//! Such a file is a pickle, a program for a small machine that makes Python objects, with the
//! numbers of the tensors behind it: in a ZIP archive since PyTorch 1.6, in one stream before
//! (`_use_new_zipfile_serialization=False`). Here nothing of Python is ever called. The pickle is
//! run for what it says about tensors: their names in order of registration, shapes, strides and
//! storages. Whatever else is in it is kept as a name, so that a message can say what it was.
//!
//! Neither is unpacked more than there is in the file: entries of the archive are not compressed,
//! objects are made once and referred to by number, and the numbers of all tensors together take no
//! more memory than [`MemoryLimit`](crate::storage::memory_limit::MemoryLimit) allows for a file of
//! that length.

mod container;
mod error;
mod file;
mod pickle;
mod state_dict;
mod storage;
mod view;

pub use error::PyTorchError;
pub use file::PyTorchFile;
pub use storage::NumberType;
