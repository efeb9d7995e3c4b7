//! The two ways in which `torch.save` puts a pickle and the storages of its tensors into a file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use zip::{CompressionMethod, ZipArchive};

use super::error::{shown, PyTorchError};
use super::pickle::{run, Object, Objects};
use super::storage::{storage_of, NumberType, Place, Storages};

/// Longest pickle, in bytes: a tensor takes some 200.
const MOST_PICKLE: usize = 16_000_000;

/// The number that begins what PyTorch before 1.6 wrote, as a pickle.
const MAGIC: &[u8] = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

/// A pickle, and how to find the storages it is about.
pub(super) enum Container {
    /// A ZIP archive: each storage is an entry.
    Archive { pickle: Vec<u8>, storages: Storages },
    /// Pickles one after the other, then the storages, each behind its length.
    Stream {
        beginning: Vec<u8>,
        /// Where the pickle of the tensors begins.
        pickle: usize,
    },
}

impl Container {
    /// Whether a file that begins like this is one of the two.
    pub(super) fn is_begun_by(beginning: &[u8]) -> bool {
        // The opcode PROTO and the number of a protocol.
        beginning.starts_with(b"PK\x03\x04") || matches!(beginning, [0x80, 2..=5, ..])
    }

    /// Reads the pickle.
    ///
    /// # Errors
    /// If it is neither, or damaged, or its pickle is too long.
    pub(super) fn read(file: &mut File, length: u64) -> Result<Self, PyTorchError> {
        let mut beginning = Vec::new();
        let most = (MOST_PICKLE as u64).min(length);
        file.take(4).read_to_end(&mut beginning)?;
        if beginning.starts_with(b"PK") {
            return Self::archive(file, length);
        }
        file.take(most.saturating_sub(4))
            .read_to_end(&mut beginning)?;
        Self::stream(beginning)
    }

    fn archive(file: &mut File, length: u64) -> Result<Self, PyTorchError> {
        const PICKLE: &str = "/data.pkl";
        let mut archive = ZipArchive::new(BufReader::new(file))?;
        let mut places = BTreeMap::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index)?;
            let name = entry.name()?.into_owned();
            let (Some(position), bytes) = (entry.data_start(), entry.size()) else {
                continue;
            };
            if entry.compression() != CompressionMethod::Stored || entry.encrypted() {
                return Err(PyTorchError::Compressed(shown(name.as_bytes())));
            }
            if position.checked_add(bytes).is_none_or(|end| end > length) {
                return Err(PyTorchError::Io(std::io::ErrorKind::UnexpectedEof.into()));
            }
            let place = Place {
                position,
                length: bytes,
            };
            places.insert(name, place);
        }
        let root = places.keys().find_map(|name| name.strip_suffix(PICKLE));
        let Some(root) = root.map(str::to_string) else {
            return Err(PyTorchError::NoEntry("data.pkl"));
        };
        let mut file = archive.into_inner();
        if let Some(&place) = places.get(&format!("{root}/byteorder")) {
            if read_at_most(&mut file, place, 16)? != b"little" {
                return Err(PyTorchError::BigEndian);
            }
        }
        let pickle = match places.get(&format!("{root}{PICKLE}")) {
            Some(&place) => read_at_most(&mut file, place, MOST_PICKLE)?,
            None => return Err(PyTorchError::NoEntry("data.pkl")),
        };
        let folder = format!("{root}/data/");
        let storages = places.into_iter().filter_map(|(name, place)| {
            let key = name.strip_prefix(&folder)?;
            Some((key.to_string(), place))
        });
        Ok(Self::Archive {
            pickle,
            storages: storages.collect(),
        })
    }

    /// A magic number, a version, what machine it was, and then the pickle of the tensors.
    fn stream(beginning: Vec<u8>) -> Result<Self, PyTorchError> {
        let magic = beginning.get(2..2 + MAGIC.len());
        if magic != Some(MAGIC) {
            return Err(PyTorchError::Foreign);
        }
        let mut pickle = 2 + MAGIC.len();
        for is_machine in [false, true] {
            let (objects, length) = run(beginning.get(pickle..).unwrap_or_default())?;
            if is_machine && !is_little_endian(&objects) {
                return Err(PyTorchError::BigEndian);
            }
            pickle += length;
        }
        Ok(Self::Stream { beginning, pickle })
    }

    /// The pickle of the tensors.
    pub(super) fn pickle(&self) -> &[u8] {
        match self {
            Self::Archive { pickle, .. } => pickle,
            Self::Stream { beginning, pickle } => beginning.get(*pickle..).unwrap_or_default(),
        }
    }

    /// The storages that its objects are about; the pickle has `end` bytes.
    ///
    /// # Errors
    /// If the file is cut off or makes no sense.
    pub(super) fn storages(
        &self,
        objects: &Objects,
        end: usize,
        file: &mut File,
        length: u64,
    ) -> Result<Storages, PyTorchError> {
        let (beginning, pickle) = match self {
            Self::Archive { storages, .. } => return Ok(storages.clone()),
            Self::Stream { beginning, pickle } => (beginning, *pickle),
        };
        let mut types: BTreeMap<&[u8], NumberType> = BTreeMap::new();
        for object in objects.all() {
            if let Object::Storage(place) = object {
                if let Some(storage) = storage_of(objects, *place) {
                    types.insert(storage.key, storage.numbers);
                }
            }
        }
        let damaged = |place| PyTorchError::Pickle { place };
        let keys_begin = pickle + end;
        let (keys, keys_end) = run(beginning.get(keys_begin..).unwrap_or_default())?;
        let Object::List(all) = keys.get(keys.root()) else {
            return Err(damaged(keys_begin));
        };
        let mut position = (keys_begin + keys_end) as u64;
        let mut storages = Storages::new();
        for &key in all {
            let &Object::Text(key) = keys.get(key) else {
                return Err(damaged(keys_begin));
            };
            let numbers = types.get(key).ok_or(damaged(keys_begin))?;
            let Some(width) = numbers.width() else {
                return Err(PyTorchError::Type {
                    name: format!("of storage {}", shown(key)),
                    storage: numbers.to_string(),
                });
            };
            let mut count = [0; 8];
            file.seek(SeekFrom::Start(position))?;
            file.read_exact(&mut count)?;
            let bytes = u64::from_le_bytes(count).checked_mul(width);
            position += count.len() as u64;
            let end = bytes.and_then(|bytes| position.checked_add(bytes));
            let (Some(bytes), Some(end)) = (bytes, end.filter(|&end| end <= length)) else {
                return Err(PyTorchError::Io(std::io::ErrorKind::UnexpectedEof.into()));
            };
            let place = Place {
                position,
                length: bytes,
            };
            storages.insert(String::from_utf8_lossy(key).into_owned(), place);
            position = end;
        }
        Ok(storages)
    }
}

fn read_at_most(
    file: &mut (impl Read + Seek),
    place: Place,
    most: usize,
) -> Result<Vec<u8>, PyTorchError> {
    if place.length > most as u64 {
        return Err(PyTorchError::TooMuch {
            what: "a longer pickle",
            most,
        });
    }
    let mut bytes = vec![0; place.length as usize];
    file.seek(SeekFrom::Start(place.position))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// What a pickle says about the machine that it was written on.
fn is_little_endian(objects: &Objects) -> bool {
    let Object::Dictionary(items) = objects.get(objects.root()) else {
        return false;
    };
    items.iter().any(|&(key, value)| {
        let is_named = matches!(objects.get(key), Object::Text(b"little_endian"));
        is_named && matches!(objects.get(value), Object::Boolean(true))
    })
}
