//! `nonvacuous verify`.

use std::path::PathBuf;

use clap::Args;

use super::base::BaseArgument;
use super::data_set::{find, groups};
use super::evaluation_progress::EvaluationProgress;
use super::failure::Failure;
use super::memory_limit::LimitArgument;
use super::output::{print, print_json, warn};
use super::pixel_cache::pixel_cache;
use super::shard::{shard, show_piece};
use super::submit::Work;
use nonvacuous::causes::with_causes;
use nonvacuous::certificate::{
    percent_up, Certificate, Claim, Draw, Evaluation, Unverifiable, Verdict, Verification,
    EVALUATION_PIECES,
};
use nonvacuous::data::{Found, Groups, SearchPath};
use nonvacuous::pieces::Shard;
use nonvacuous::shape::ImageSize;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// certificate.json, or the folder it is in; the model file is looked for beside it
    certificate: PathBuf,

    /// Data set to check against; without it, the well-known one that has the certificate's digest
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,

    /// Where the maker evaluated a part of the examples: evaluate S, drawn now and by chance; as
    /// many as the maker without it
    #[arg(long, value_name = "S", conflicts_with = "all")]
    subsample: Option<u64>,

    /// Draw those that an earlier verification drew, which printed this seed; a seed that the maker
    /// could have guessed proves nothing
    #[arg(long, conflicts_with = "all")]
    seed: Option<u64>,

    /// Where the maker evaluated a part of the examples: evaluate all
    #[arg(long)]
    all: bool,

    /// The groups that the certificate counts: a file with a line for each example, GROUP in order
    /// or NAME GROUP
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,

    /// Keep decoded photographs in this folder
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,

    /// Take examples that were counted in the pieces of this folder, and add those that were not;
    /// the sentence says so
    #[arg(long, value_name = "DIR")]
    pieces: Option<PathBuf>,

    /// Evaluate only part I of K of the examples, into the folder of pieces. slurm, slurm/K,
    /// kubernetes/K and hyperqueue/K take I from the task of an array
    #[arg(long, value_name = "I/K", requires = "pieces", value_parser = shard)]
    shard: Option<Shard>,

    #[command(flatten)]
    base: BaseArgument,

    #[command(flatten)]
    limit: LimitArgument,
}

impl Arguments {
    fn draw(&self) -> Draw {
        if self.all {
            return Draw::All;
        }
        Draw::Own {
            size: self.subsample,
            seed: self.seed,
        }
    }

    /// What is done in pieces.
    pub(super) fn work(&self) -> Result<Work, Failure> {
        Work::refuse_shard(self.shard.is_some())?;
        let pieces = self
            .pieces
            .clone()
            .ok_or_else(|| Failure::misuse("say where the pieces of verify go: --pieces DIR"))?;
        let certificate = Certificate::open(&self.certificate).map_err(cannot_be_checked)?;
        if let (Some(_), Draw::Own { seed: None, .. }) =
            (certificate.claim().subsample, self.draw())
        {
            return Err(cannot_be_checked(Unverifiable::OwnDraws));
        }
        Ok(Work {
            name: "verify".to_string(),
            folder: pieces.clone(),
            pieces,
            names: EVALUATION_PIECES.map(str::to_string).to_vec(),
        })
    }

    /// What the examples are called: as the command line says, or by the name that the digest of
    /// the certificate confirms. What the maker calls them says nothing.
    fn selector<'a>(&'a self, claim: &'a Claim) -> Result<&'a str, Failure> {
        if let Some(data) = &self.data {
            return Ok(data);
        }
        claim.known_training_set().ok_or_else(|| {
            Failure::misuse(
                "the certificate is about no data set that is known by its digest: name the \
                 examples with --data NAME|DIR",
            )
            .about("cannot be checked")
        })
    }
}

/// Of a file that does not decode: its verdict does not depend on it.
const UNKNOWN_INPUT: ImageSize = ImageSize {
    channels: 3,
    height: 224,
    width: 224,
};

pub(super) fn run(arguments: &Arguments, search: &SearchPath, json: bool) -> Result<(), Failure> {
    let certificate = Certificate::open(&arguments.certificate).map_err(cannot_be_checked)?;
    let base = arguments
        .base
        .read()
        .map_err(|error| error.about("cannot be checked"))?;
    let certificate = match base {
        Some(base) => certificate.with_base(base),
        None => certificate,
    };
    let certificate = match arguments.limit.given() {
        Some(limit) => certificate.allowing(limit),
        None => certificate,
    };
    let claim = certificate.claim();
    let selector = arguments.selector(claim)?;
    let found = find(selector, search).map_err(cannot_be_checked)?;
    let verdict = verdict(&certificate, found, arguments)?;
    if let (Some(shard), Some(folder), false) =
        (arguments.shard, &arguments.pieces, verdict.is_refuted())
    {
        return show_piece(shard, folder, json);
    }
    if json {
        print_json(&serde_json::json!({
            "holds": verdict.holds(),
            "undecided": verdict.undecided,
            "checks": verdict.checks,
            "on_trust": verdict.on_trust(claim),
        }))?;
    }
    if verdict.is_refuted() {
        let mut message = format!("{} does not hold", arguments.certificate.display());
        for check in verdict.failures() {
            message = format!("{message}\n  {}", check.what);
        }
        return Err(Failure::does_not_hold(message));
    }
    if let Some(reason) = verdict.undecided {
        return Err(Failure::misuse(reason).about("not decided"));
    }
    if !json {
        summarise(&verdict, claim, selector);
    }
    Ok(())
}

/// Says what holds, and on what it rests.
fn summarise(verdict: &Verdict, claim: &Claim, selector: &str) {
    print(&format!("holds: {}", verdict.sentence(claim, selector)));
    print(&format!(
        "On trust: {}.",
        verdict.on_trust(claim).join("; ")
    ));
    if let Some(held_out) = &claim.held_out {
        print(&format!(
            "For comparison: {} of {} held-out images are misclassified, which bounds the error by \
             {}.",
            held_out.k,
            held_out.n,
            percent_up(held_out.bound)
        ));
    }
    let (n, distinct) = (claim.n, claim.training_set.distinct);
    if distinct < n {
        warn(&format!(
            "nonvacuous: {} of the {n} training images repeat another: repeated images are no \
             independent draws",
            n - distinct
        ));
    }
}

fn verdict(
    certificate: &Certificate,
    found: Found,
    arguments: &Arguments,
) -> Result<Verdict, Failure> {
    let cache = pixel_cache(&found, arguments.cache.as_deref())?;
    let groups = groups(arguments.groups.as_deref(), &found).map_err(cannot_be_checked)?;
    let input = match certificate.model() {
        Ok(model) => model.structure().input(),
        Err(_) => UNKNOWN_INPUT,
    };
    let data = found
        .read_at(input, cache.as_ref())
        .map_err(|error| Failure::does_not_hold(with_causes(&error)))?;
    let sample = data.sample();
    let subsample = certificate.claim().subsample;
    let evaluated = match arguments.draw() {
        Draw::All => None,
        _ => arguments
            .subsample
            .or(subsample.map(|subsample| subsample.size)),
    };
    let progress = EvaluationProgress::new(&sample, evaluated, arguments.shard);
    let report = |count: usize, problems: &[String]| progress.advance(count, problems);
    let verification = Verification::new(certificate, sample)
        .draw(arguments.draw())
        .groups(groups.as_ref().map(Groups::of))
        .evaluation(Evaluation {
            folder: None,
            pieces: arguments.pieces.as_deref(),
            report: Some(&report),
        });
    let verdict = match (arguments.shard, &arguments.pieces) {
        (Some(shard), Some(folder)) => verification.piece(folder, shard),
        _ => verification.run(),
    };
    progress.finish();
    verdict.map_err(cannot_be_checked)
}

fn cannot_be_checked(error: impl std::error::Error + 'static) -> Failure {
    Failure::from(error).about("cannot be checked")
}
