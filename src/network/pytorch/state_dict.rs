//! Where in what was saved the state dict is, and the tensors in it.

use std::collections::BTreeSet;

use super::error::{shown, PyTorchError};
use super::pickle::{Object, Objects, Reference};

/// What training scripts call the state dict beside what else they save.
const WRAPPERS: [&[u8]; 9] = [
    b"state_dict",
    b"model_state_dict",
    b"model_state",
    b"model",
    b"net",
    b"network",
    b"module",
    b"params",
    b"weights",
];

/// Dictionaries within dictionaries.
const MOST_DEPTH: usize = 8;

/// Entries that are looked at.
const MOST_ENTRIES: usize = 1 << 17;

/// Things beside the state dict that are named.
const MOST_NAMED: usize = 1000;

/// Bytes of the names of all tensors.
const MOST_LETTERS: usize = 1 << 23;

/// Tensors by name.
pub(super) struct StateDict {
    /// In order of registration, each with the arguments it is made from.
    pub(super) tensors: Vec<(String, Reference)>,
    /// The keys under which they are, if not at the top.
    pub(super) wrapper: Vec<String>,
    /// What else was saved, by key.
    pub(super) left_out: Vec<String>,
}

impl StateDict {
    /// Finds it: what was saved, or what is in it under a usual name.
    ///
    /// # Errors
    /// If there is none, or there are several; if it is a whole module; or if two tensors have one
    /// name.
    pub(super) fn find(objects: &Objects) -> Result<Self, PyTorchError> {
        let mut found = Self {
            tensors: Vec::new(),
            wrapper: Vec::new(),
            left_out: Vec::new(),
        };
        let mut place = objects.root();
        while let Some((key, inner)) = found.wrapped(objects, place)? {
            found.wrapper.push(key);
            place = inner;
            if found.wrapper.len() > MOST_DEPTH {
                break;
            }
        }
        let mut names = Names::default();
        names.collect(objects, place, "", 0, &mut found)?;
        if found.tensors.is_empty() {
            return Err(PyTorchError::NoStateDict {
                found: described(objects, objects.root()),
            });
        }
        Ok(found)
    }

    /// The state dict in a dictionary of other things, with its key; nothing if the dictionary is
    /// itself one.
    fn wrapped(
        &mut self,
        objects: &Objects,
        place: Reference,
    ) -> Result<Option<(String, Reference)>, PyTorchError> {
        refuse_module(objects, place)?;
        let Object::Dictionary(items) = objects.get(place) else {
            return Err(PyTorchError::NoStateDict {
                found: described(objects, place),
            });
        };
        let is_tensor = |&(_, value): &_| matches!(objects.get(value), Object::Tensor(_));
        if items.iter().any(is_tensor) {
            return Ok(None);
        }
        let mut wrapped = Vec::new();
        for &(key, value) in items.iter().take(MOST_ENTRIES) {
            let &Object::Text(name) = objects.get(key) else {
                continue;
            };
            if WRAPPERS.contains(&name) {
                refuse_module(objects, value)?;
                if matches!(objects.get(value), Object::Dictionary(_)) {
                    wrapped.push((shown(name), value));
                }
            }
        }
        match &wrapped[..] {
            [] => Ok(None),
            [(key, inner)] => {
                let others = items.iter().map(|&(key, _)| key_name(objects, key));
                let mut others = others.filter(|other| other != key);
                self.left_out.extend(others.by_ref().take(MOST_NAMED));
                let more = others.count();
                if more > 0 {
                    self.left_out.push(format!("{more} more"));
                }
                Ok(Some((key.clone(), *inner)))
            }
            _ => Err(PyTorchError::SeveralStateDicts {
                keys: wrapped.into_iter().map(|(key, _)| key).collect(),
            }),
        }
    }
}

/// Names given so far, and how much has been looked at.
#[derive(Default)]
struct Names {
    seen: BTreeSet<String>,
    entries: usize,
    letters: usize,
}

impl Names {
    /// The tensors in a dictionary and those in it.
    fn collect(
        &mut self,
        objects: &Objects,
        place: Reference,
        prefix: &str,
        depth: usize,
        found: &mut StateDict,
    ) -> Result<(), PyTorchError> {
        let Object::Dictionary(items) = objects.get(place) else {
            return Ok(());
        };
        for &(key, value) in items {
            self.entries += 1;
            let key = key_name(objects, key);
            self.letters += prefix.len() + key.len();
            if self.entries > MOST_ENTRIES || self.letters > MOST_LETTERS {
                return Err(PyTorchError::TooMuch {
                    what: "more entries or longer names",
                    most: MOST_ENTRIES,
                });
            }
            let name = format!("{prefix}{key}");
            refuse_module(objects, value)?;
            match objects.get(value) {
                Object::Tensor(arguments) => {
                    if !self.seen.insert(name.clone()) {
                        return Err(PyTorchError::Duplicate(name));
                    }
                    found.tensors.push((name, *arguments));
                }
                Object::Dictionary(_) if depth < MOST_DEPTH => {
                    self.collect(objects, value, &format!("{name}."), depth + 1, found)?;
                }
                _ => found.left_out.push(name),
            }
        }
        Ok(())
    }
}

/// A key as it stands in names.
fn key_name(objects: &Objects, key: Reference) -> String {
    /// Longest key, in bytes.
    const MOST: usize = 1000;
    match objects.get(key) {
        Object::Text(text) => {
            String::from_utf8_lossy(text.get(..MOST).unwrap_or(text)).into_owned()
        }
        Object::Integer(number) => number.to_string(),
        _ => objects.kind(key),
    }
}

/// A whole module is what its program makes of it, and that program is not here.
fn refuse_module(objects: &Objects, place: Reference) -> Result<(), PyTorchError> {
    let &Object::Instance { class, state } = objects.get(place) else {
        return Ok(());
    };
    let is_module = state.is_some_and(|state| match objects.get(state) {
        Object::Dictionary(items) => items.iter().any(|&(key, _)| {
            matches!(objects.get(key), Object::Text(b"_parameters" | b"_modules"))
        }),
        _ => false,
    });
    if is_module {
        return Err(PyTorchError::Module {
            class: objects.class(class),
        });
    }
    Ok(())
}

/// What was saved, for a message.
fn described(objects: &Objects, place: Reference) -> String {
    const LISTED: usize = 10;
    match objects.get(place) {
        Object::Dictionary(items) => {
            let keys = items.iter().take(LISTED);
            let keys: Vec<String> = keys.map(|&(key, _)| key_name(objects, key)).collect();
            format!("a dictionary of {}", keys.join(", "))
        }
        _ => objects.kind(place),
    }
}
