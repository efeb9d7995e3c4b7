//! Which options apply to which of the commands that `certify` is.

use clap::parser::ValueSource;
use clap::ArgMatches;

use crate::failure::Failure;

/// What `certify` is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Try the recipes that are known to do well.
    Search,
    /// Train by one recipe.
    Recipe,
    /// Learn the prior on a part of the examples.
    PriorFraction,
    /// Train a head on a base.
    Relative,
    /// Certify a model file.
    ModelFile,
    /// Certify a network trained elsewhere.
    Import,
    /// The same of an ONNX file, which says all of it.
    Onnx,
    /// Certify what adapters make of a base.
    Adapters,
    /// Train a network from elsewhere further.
    FineTune,
}

impl Mode {
    /// What it does, in a few words.
    fn task(self) -> &'static str {
        match self {
            Self::Search => "a search of recipes",
            Self::Recipe => "training by one recipe",
            Self::PriorFraction => "a prior learnt on a part",
            Self::Relative => "a network relative to a base",
            Self::ModelFile => "a model file",
            Self::Import => "a network trained elsewhere",
            Self::Onnx => "a network in an ONNX file",
            Self::Adapters => "adapters of a base",
            Self::FineTune => "a network trained further",
        }
    }

    /// How it is asked for.
    fn words(self) -> &'static str {
        match self {
            Self::Search => "none of --model, --recipe and --prior-fraction",
            Self::Recipe => "--recipe",
            Self::PriorFraction => "--prior-fraction",
            Self::Relative => "--base",
            Self::ModelFile => "--model FILE.nvc",
            Self::Import => "--model FILE.safetensors",
            Self::Onnx => "--model FILE.onnx",
            Self::Adapters => "--model ADAPTERS.safetensors --base",
            Self::FineTune => "--model FILE.safetensors --recipe",
        }
    }
}

use Mode::{Adapters, FineTune, Import, ModelFile, Onnx, PriorFraction, Recipe, Relative, Search};

const ALL: &[Mode] = &[
    Search,
    Recipe,
    PriorFraction,
    Relative,
    ModelFile,
    Import,
    Onnx,
    Adapters,
    FineTune,
];

/// Those that end in a certificate.
const CERTIFICATES: &[Mode] = &[
    Search, Recipe, Relative, ModelFile, Import, Onnx, Adapters, FineTune,
];

/// Those that begin with a network.
const MODELS: &[Mode] = &[ModelFile, Import, Onnx, Adapters, FineTune];

/// Those that may be relative to a base.
const BASES: &[Mode] = &[Relative, PriorFraction, ModelFile, Import, Onnx, Adapters];

/// Every option, and what it applies to.
const OPTIONS: &[(&str, &[Mode])] = &[
    ("data", ALL),
    ("data_dir", ALL),
    ("json", ALL),
    ("delta", ALL),
    ("out", ALL),
    ("unseen", ALL),
    ("per_class", CERTIFICATES),
    ("groups", CERTIFICATES),
    ("classes", &[ModelFile]),
    ("replace", ALL),
    ("shard", &[Search, Relative, ModelFile]),
    ("model", MODELS),
    ("base", BASES),
    ("base_source", BASES),
    ("base_trained_on", BASES),
    ("bases", BASES),
    ("side", &[Relative, PriorFraction]),
    ("head", &[Relative, PriorFraction]),
    ("moves", &[Relative, PriorFraction]),
    ("arch", &[Search, PriorFraction, Import]),
    ("recipe", &[Recipe, PriorFraction, FineTune]),
    ("prior_fraction", &[PriorFraction]),
    ("effort", &[Search]),
    ("seed", &[Search, Recipe, PriorFraction, Relative, FineTune]),
    ("minutes", &[Search, Relative, PriorFraction, Import, Onnx]),
    ("tensor", &[Import, FineTune]),
    ("tensors", &[Import, FineTune]),
    ("ignore", &[Import, FineTune]),
    ("epsilon", &[Import, FineTune]),
    ("flatten", &[Import, FineTune]),
    ("pixels", &[Import, Onnx, FineTune]),
    ("graph_output", &[Onnx]),
    ("input", &[Onnx]),
    ("codewords", &[Import, FineTune]),
    ("no_simplify", &[Import]),
    ("loss", MODELS),
    ("subsample", MODELS),
    (
        "cache",
        &[Relative, ModelFile, Import, Onnx, Adapters, FineTune],
    ),
    ("limit", MODELS),
];

/// Refuses options that were given and would not be used.
pub(super) fn refuse_unused(mode: Mode, matches: &ArgMatches) -> Result<(), Failure> {
    let given = |name: &str| {
        // Options of other builds are none here.
        let known = matches.try_contains_id(name).unwrap_or(false);
        known && matches.value_source(name) == Some(ValueSource::CommandLine)
    };
    for (name, modes) in OPTIONS {
        // A subsample is drawn by the seed, and a network is trained further by it.
        let seeds = given("subsample") || given("minutes");
        let is_used = modes.contains(&mode) || (*name == "seed" && seeds);
        if given(name) && !is_used {
            let accepted: Vec<&str> = modes.iter().map(|mode| mode.words()).collect();
            return Err(Failure::misuse(format!(
                "--{} has no use for {}: it goes with {}",
                name.replace('_', "-"),
                mode.task(),
                accepted.join(", or with ")
            )));
        }
    }
    let says_network = ["recipe", "arch", "base"].map(given);
    if mode == PriorFraction
        && says_network
            .into_iter()
            .filter(|&is_given| is_given)
            .count()
            > 1
    {
        return Err(Failure::misuse(
            "--recipe, --arch and --base each say which network the first part makes: give one",
        ));
    }
    let of_base = ["side", "head", "bases", "base_source", "base_trained_on"];
    if mode == PriorFraction && !given("base") {
        if let Some(name) = of_base.into_iter().find(|name| given(name)) {
            return Err(Failure::misuse(format!(
                "--{} has no use without a base: it goes with --base",
                name.replace('_', "-")
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use clap::{Args, Command};

    use super::super::arguments::Arguments;
    use super::OPTIONS;

    #[test]
    fn every_option_of_certify_says_what_it_applies_to() {
        let command = Arguments::augment_args(Command::new("certify"));
        for argument in command.get_arguments() {
            let name = argument.get_id().as_str();
            let said = OPTIONS.iter().filter(|(option, _)| *option == name).count();
            assert_eq!(said, 1, "--{name}");
        }
    }
}
