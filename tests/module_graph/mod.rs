//! Which file of a crate uses which, read from its sources.
//!
//! A file uses another if it names something that the other defines. Names are followed through
//! `pub use`, so that a facade (`mod.rs`) stands for nothing but what it defines itself. Code of
//! unit tests is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Where a module or an item is, from the root of the crate: `["code", "model", "Model"]`.
type Place = Vec<String>;

/// Names of files, from the folder of the sources: `code/model.rs`.
pub type File = String;

/// A file as written.
#[derive(Default)]
struct Module {
    file: File,
    /// Names that a `use` brings in, and what they stand for.
    imports: BTreeMap<String, Place>,
    /// Those that a `pub use` brings in.
    exports: BTreeSet<String>,
    /// Paths of two or more names, in `use` or not; not those of `pub use`.
    paths: Vec<Place>,
    /// Every word outside of `use`.
    words: BTreeSet<String>,
}

/// The files of a crate and what they use of each other.
pub struct ModuleGraph {
    modules: BTreeMap<Place, Module>,
}

/// An item, found from its path.
struct Found {
    /// The module that defines it.
    module: Place,
    /// The facades through which the path went.
    facades: Vec<Place>,
}

impl ModuleGraph {
    /// Reads all `.rs` files in a folder of sources whose root is `lib.rs`.
    pub fn read(sources: &Path) -> Self {
        let mut modules = BTreeMap::new();
        for file in files(sources, "") {
            if file == "main.rs" {
                continue;
            }
            let text = fs::read_to_string(sources.join(&file)).unwrap();
            let tokens: TokenStream = text.parse().unwrap();
            let mut module = Module {
                file: file.clone(),
                ..Module::default()
            };
            module.read(tokens);
            modules.insert(place(&file), module);
        }
        Self { modules }
    }

    /// Each file, and the others that it uses.
    pub fn uses(&self) -> BTreeMap<File, BTreeSet<File>> {
        let mut uses = BTreeMap::new();
        for (place, module) in &self.modules {
            let named = module.paths.iter().cloned();
            let exported = module
                .exports
                .iter()
                .filter(|name| module.words.contains(*name));
            let named = named.chain(exported.map(|name| vec![name.clone()]));
            let used: BTreeSet<File> = named
                .filter_map(|path| self.find(place, &path))
                .map(|found| self.modules[&found.module].file.clone())
                .filter(|file| *file != module.file)
                .collect();
            uses.insert(module.file.clone(), used);
        }
        uses
    }

    /// Sets of two or more files that use each other, directly or through others.
    pub fn circles(&self) -> Vec<BTreeSet<File>> {
        let uses = self.uses();
        let reached: BTreeMap<&File, BTreeSet<&File>> = uses
            .keys()
            .map(|file| (file, reached(&uses, file)))
            .collect();
        let mut circles = BTreeSet::new();
        for file in uses.keys() {
            let others = reached[file]
                .iter()
                .filter(|other| reached[*other].contains(file));
            let circle: BTreeSet<File> = others.map(|other| (*other).clone()).collect();
            if !circle.is_empty() {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    /// Files that import through the facade of a folder that they are in, and the path.
    pub fn through_own_facade(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (place, module) in &self.modules {
            for path in &module.paths {
                let Some(item) = self.find(place, path) else {
                    continue;
                };
                let own = |facade: &Place| facade != place && place.starts_with(facade);
                if item.facades.iter().any(own) {
                    found.push(format!("{}: {}", module.file, path.join("::")));
                }
            }
        }
        found
    }

    /// What a path in a module stands for; nothing if it is of another crate.
    fn find(&self, from: &Place, path: &[String]) -> Option<Found> {
        let mut facades = Vec::new();
        let module = self.follow(from, path, &mut facades, 0)?;
        Some(Found { module, facades })
    }

    fn follow(
        &self,
        from: &Place,
        path: &[String],
        facades: &mut Vec<Place>,
        depth: usize,
    ) -> Option<Place> {
        assert!(depth < 32, "{} is imported in a circle", path.join("::"));
        let mut module = from.clone();
        let mut rest = path;
        while let Some((first, others)) = rest.split_first() {
            match first.as_str() {
                "crate" => module.clear(),
                "self" => {}
                "super" => {
                    module.pop()?;
                }
                name => {
                    let child = [module.as_slice(), &[name.to_string()]].concat();
                    let imported = self.modules[&module].imports.get(name);
                    if self.modules.contains_key(&child) {
                        module = child;
                    } else if let Some(target) = imported.filter(|target| target[0] != name) {
                        facades.push(module.clone());
                        let path = [target.as_slice(), others].concat();
                        return self.follow(&module, &path, facades, depth + 1);
                    } else if rest.len() == path.len() {
                        // Neither of this crate, nor brought in.
                        return None;
                    } else {
                        return Some(module);
                    }
                }
            }
            rest = others;
        }
        Some(module)
    }
}

impl Module {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        let mut public = false;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == '#' && is_of_tests(&tokens[at..]) => {
                    at = end_of_item(&tokens, at);
                }
                TokenTree::Ident(word) if word == "pub" => {
                    public = true;
                    let restricted = matches!(
                        tokens.get(at + 1),
                        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis
                    );
                    at += 1 + usize::from(restricted);
                    continue;
                }
                // Not the `use<'a>` that says what a type captures.
                TokenTree::Ident(word) if word == "use" && !captures(tokens.get(at + 1)) => {
                    let end = end_of_item(&tokens, at);
                    self.read_use(&tokens[at + 1..end], &[], public);
                    at = end;
                }
                TokenTree::Ident(word) => {
                    self.words.insert(word.to_string());
                    let path = path(&tokens[at..]);
                    if path.len() > 1 {
                        at += 3 * (path.len() - 1);
                        self.paths.push(path);
                    }
                }
                _ => {}
            }
            public = false;
            at += 1;
        }
    }

    /// A tree of `use`, below a path.
    fn read_use(&mut self, tree: &[TokenTree], above: &[String], public: bool) {
        let mut full = [above, &path(tree)].concat();
        let group = tree.iter().find_map(|token| match token {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        });
        if let Some(group) = group {
            let tokens: Vec<TokenTree> = group.into_iter().collect();
            for part in tokens.split(|token| is(token, ',')) {
                if !part.is_empty() {
                    self.read_use(part, &full, public);
                }
            }
            return;
        }
        if full.is_empty() {
            // `use ::name`: another crate.
            return;
        }
        let star = tree.iter().any(|token| is(token, '*'));
        if full.len() > 1 && full.last().is_some_and(|name| name == "self") {
            full.pop();
        }
        let renamed = tree.iter().position(|token| is_word(token, "as"));
        let name = match renamed.and_then(|place| tree.get(place + 1)) {
            Some(name) => name.to_string(),
            None => full.last().cloned().unwrap_or_default(),
        };
        let of_this_crate = ["crate", "self", "super"].contains(&full[0].as_str());
        assert!(
            !(star && of_this_crate),
            "{}: use {}::*",
            self.file,
            full.join("::")
        );
        if public {
            self.exports.insert(name.clone());
        } else {
            self.paths.push(full.clone());
        }
        self.imports.insert(name, full);
    }
}

/// All `.rs` files below a folder, by their paths in it.
fn files(sources: &Path, below: &str) -> Vec<File> {
    let mut found = Vec::new();
    for entry in fs::read_dir(sources.join(below)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = match below {
            "" => name,
            _ => format!("{below}/{name}"),
        };
        if sources.join(&path).is_dir() {
            found.extend(files(sources, &path));
        } else if path.ends_with(".rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The module that a file is.
fn place(file: &str) -> Place {
    let mut place: Place = file
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_string)
        .collect();
    if place
        .last()
        .is_some_and(|name| name == "mod" || name == "lib")
    {
        place.pop();
    }
    place
}

/// All files that one uses, directly or through others.
fn reached<'a>(uses: &'a BTreeMap<File, BTreeSet<File>>, file: &File) -> BTreeSet<&'a File> {
    let mut reached: BTreeSet<&File> = BTreeSet::new();
    let mut next: Vec<&File> = uses[file].iter().collect();
    while let Some(file) = next.pop() {
        if reached.insert(file) {
            next.extend(&uses[file]);
        }
    }
    reached
}

/// The names at the beginning that `::` joins.
fn path(tokens: &[TokenTree]) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = tokens;
    while let [TokenTree::Ident(name), others @ ..] = rest {
        if name == "as" {
            break;
        }
        names.push(name.to_string());
        match others {
            [first, second, others @ ..] if is(first, ':') && is(second, ':') => rest = others,
            _ => break,
        }
    }
    names
}

/// Whether an attribute stands first that leaves what follows to tests.
fn is_of_tests(tokens: &[TokenTree]) -> bool {
    match tokens {
        [_, TokenTree::Group(attribute), ..] => {
            let text = attribute.stream().to_string().replace(' ', "");
            text == "cfg(test)" || text.starts_with("cfg(all(test,")
        }
        _ => false,
    }
}

/// The place of the brace or semicolon that ends an item.
fn end_of_item(tokens: &[TokenTree], start: usize) -> usize {
    let is_use = is_word(&tokens[start], "use");
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => !is_use && group.delimiter() == Delimiter::Brace,
        token => is(token, ';'),
    };
    let length = tokens[start..].iter().position(ends);
    start + length.unwrap_or(tokens.len() - start)
}

fn is(token: &TokenTree, punctuation: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == punctuation)
}

fn captures(after_use: Option<&TokenTree>) -> bool {
    after_use.is_some_and(|token| is(token, '<'))
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}
