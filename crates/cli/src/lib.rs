//! The command: one file a subcommand.

mod base;
mod bound;
mod budget;
#[cfg(feature = "train")]
mod certify;
mod check;
mod classical;
mod completions;
mod compress;
mod data;
mod data_set;
mod decompress;
#[cfg(feature = "train")]
mod effort;
mod evaluation_progress;
mod failure;
#[cfg(feature = "figures")]
mod figures;
mod import;
mod import_base;
mod imported;
mod inspect;
mod limit;
mod man;
mod memory_limit;
mod noise;
mod onnx;
mod output;
mod percent;
mod pixel_cache;
mod plan;
mod progress;
mod prove;
#[cfg(feature = "figures")]
mod report;
mod row;
mod run;
mod shard;
mod submit;
mod sweep;
mod table;
mod tensor_names;
mod training_error;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use failure::Failure;
use nonvacuous::data::SearchPath;
use submit::Work;

/// Certify a network's error from the length of a file that decodes to it.
#[derive(Debug, Parser)]
#[command(name = "nonvacuous", version, about, after_help = FIRST_STEPS)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Folder in which data sets are looked for first
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Print one JSON object instead of text for people
    #[arg(long, global = true)]
    json: bool,

    /// Tell progress as lines on standard error: progress POSITION/LENGTH MESSAGE
    #[arg(long, global = true, hide = true)]
    progress_lines: bool,
}

/// What a newcomer types.
const FIRST_STEPS: &str = "\
Begin with:
  nonvacuous certify                               a network for the embedded digits
  nonvacuous verify certificates/digits            the proof, from 50 bytes and the data
  nonvacuous certify --model mine.safetensors --arch \"dense:10\" --data mnist";

#[derive(Debug, Subcommand)]
enum Command {
    /// Prove an upper bound on a network's error: train one, or certify yours with --model
    #[cfg(feature = "train")]
    Certify(Box<certify::Arguments>),
    /// Check a certificate from its file and the data
    Verify(verify::Arguments),
    /// Write a certificate as a theorem that Coq checks
    Prove(prove::Arguments),
    /// Write a network trained elsewhere as the shortest file of the same function
    Compress(compress::Arguments),
    /// Write a network trained elsewhere as a base, of which certificates are relative
    Import(import_base::Arguments),
    /// Write the weights in a model file as safetensors
    Decompress(decompress::Arguments),
    /// Show the layers of a model file, and where its bits go
    Inspect(inspect::Arguments),
    /// Bounds with noise around the weights, beside that without
    Noise(noise::Arguments),
    /// What classical capacity bounds say about a network, beside the bits of its file
    Classical(Box<classical::Arguments>),
    /// Every upper bound on the error from n, errors and bits
    Bound(bound::Arguments),
    /// How many bits overfitting takes, and what test error bits allow
    Limit(limit::Arguments),
    /// Check every theorem, exactly and by simulation
    Check(check::Arguments),
    /// Run an experiment: draws that can be stopped and resumed, as CSV
    Run(run::Arguments),
    /// Do run, certify or verify in pieces: on a cluster with Slurm, or as processes here
    Submit(submit::Arguments),
    /// Draw pictures from CSV
    #[cfg(feature = "figures")]
    Figures(figures::Arguments),
    /// Write a page of HTML about a certificate or about experiments
    #[cfg(feature = "figures")]
    Report(report::Arguments),
    /// List, find and download data sets
    Data(data::Arguments),
    /// Print what a shell needs to complete the words of this command
    #[command(hide = true)]
    Completions(completions::Arguments),
    /// Print the manual page, or write all pages into a folder
    #[command(hide = true)]
    Man(man::Arguments),
}

/// Without this variable candle 0.11.1 reads `/proc/cpuinfo` at every matrix product, which doubles
/// the time that small networks take; with it, everything uses the same number of threads.
#[cfg(feature = "train")]
fn fix_number_of_threads() {
    const VARIABLE: &str = "RAYON_NUM_THREADS";
    if std::env::var_os(VARIABLE).is_none() {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::env::set_var(VARIABLE, threads.to_string());
    }
}

/// Subcommands that look for data sets.
const READ_DATA: &[&str] = &["certify", "verify", "noise", "classical", "run", "data"];

/// Subcommands whose output is not about results.
const NEVER_JSON: &[&str] = &["completions", "man"];

/// Names in the environment that look like ours and are not.
fn warn_of_unknown_variables() {
    // The second is read by our tests.
    const KNOWN: [&str; 2] = ["NONVACUOUS_DATA", "NONVACUOUS_REQUIRED"];
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("NONVACUOUS_") && !KNOWN.contains(&&*name) {
            output::warn(&format!(
                "nonvacuous: the variable {name:?} of the environment has no use: accepted is {}",
                KNOWN[0]
            ));
        }
    }
}

/// The exit code when all is well.
const SUCCESS: u8 = 0;

/// Reads a command line, the program's name first, runs the subcommand and returns its exit code.
pub fn run(words: impl IntoIterator<Item = OsString>) -> u8 {
    let words: Vec<OsString> = words.into_iter().collect();
    #[cfg(feature = "train")]
    fix_number_of_threads();
    let (cli, matches) = match read_command_line(&words) {
        Ok(read) => read,
        Err(answer) => return answered(&answer),
    };
    warn_of_unknown_variables();
    if cli.progress_lines {
        progress::show_as_lines();
    }
    let json = cli.json;
    let result = dispatch(cli, &matches, &words).and_then(|()| output::finish());
    match result {
        Ok(()) => SUCCESS,
        Err(failure) => {
            // What does not hold has been printed as JSON already.
            if json && !failure.is_refutation() {
                output::print_failure(&failure);
            }
            output::warn(&format!("nonvacuous: {}", failure.message()));
            failure.code()
        }
    }
}

/// What a command that is to be done in pieces says of itself; its words come without the
/// program's name.
fn work_of(words: &[String]) -> Result<Work, Failure> {
    let name = OsString::from("nonvacuous");
    let words: Vec<OsString> = std::iter::once(name)
        .chain(words.iter().map(OsString::from))
        .collect();
    let (cli, matches) = read_command_line(&words)
        .map_err(|answer| Failure::misuse(answer.to_string().trim_end()))?;
    let search = SearchPath::from_environment(cli.data_dir.as_deref());
    match (cli.command, matches.subcommand()) {
        #[cfg(feature = "train")]
        (Command::Certify(arguments), Some((_, matches))) => arguments.work(matches, &search),
        (Command::Verify(arguments), _) => arguments.work(),
        (Command::Run(arguments), _) => arguments.work(&search),
        _ => Err(Failure::misuse(
            "only run, certify and verify are done in pieces",
        )),
    }
}

/// The command line, or what clap answers to it: that it is wrong, help, the version.
fn read_command_line(words: &[OsString]) -> Result<(Cli, ArgMatches), clap::Error> {
    let matches = Cli::command().try_get_matches_from(words)?;
    let cli = Cli::from_arg_matches(&matches)?;
    Ok((cli, matches))
}

/// A command as it was typed, under its own name; what is not UTF-8 is replaced.
#[cfg(feature = "train")]
fn as_typed(words: &[OsString]) -> String {
    let given = words.iter().skip(1).map(|word| word.to_string_lossy());
    let all: Vec<_> = std::iter::once("nonvacuous".into()).chain(given).collect();
    all.join(" ")
}

/// Prints what clap answers; the exit code.
fn answered(answer: &clap::Error) -> u8 {
    if answer.use_stderr() {
        // There is nowhere left to say that it failed.
        let _ = answer.print();
        return answer.exit_code().try_into().unwrap_or(u8::MAX);
    }
    output::print_answer(answer);
    match output::finish() {
        Ok(()) => SUCCESS,
        Err(failure) => {
            output::warn(&format!("nonvacuous: {}", failure.message()));
            failure.code()
        }
    }
}

// Only `certify` asks which options were given, and says how it was called.
#[cfg_attr(not(feature = "train"), allow(unused_variables))]
fn dispatch(cli: Cli, matches: &ArgMatches, words: &[OsString]) -> Result<(), Failure> {
    let (name, matches) = matches
        .subcommand()
        .ok_or_else(|| Failure::misuse("there is no subcommand"))?;
    if cli.data_dir.is_some() && !READ_DATA.contains(&name) {
        return Err(Failure::misuse(format!(
            "--data-dir has no use with {name}, which looks for no data sets"
        )));
    }
    if cli.json && NEVER_JSON.contains(&name) {
        return Err(Failure::misuse(format!(
            "--json has no use with {name}, which writes for other programs already"
        )));
    }
    let search = SearchPath::from_environment(cli.data_dir.as_deref());
    match cli.command {
        #[cfg(feature = "train")]
        Command::Certify(mut arguments) => {
            arguments.command = as_typed(words);
            certify::run(&arguments, matches, &search, cli.json)
        }
        Command::Verify(arguments) => verify::run(&arguments, &search, cli.json),
        Command::Prove(arguments) => prove::run(&arguments, cli.json),
        Command::Compress(arguments) => compress::run(&arguments, cli.json),
        Command::Import(arguments) => import_base::run(&arguments, cli.json),
        Command::Decompress(arguments) => decompress::run(&arguments, cli.json),
        Command::Inspect(arguments) => inspect::run(&arguments, cli.json),
        Command::Noise(arguments) => noise::run(&arguments, &search, cli.json),
        Command::Classical(arguments) => classical::run(&arguments, &search, cli.json),
        Command::Bound(arguments) => bound::run(&arguments, cli.json),
        Command::Limit(arguments) => limit::run(&arguments, cli.json),
        Command::Check(arguments) => check::run(&arguments, cli.json),
        Command::Run(arguments) => run::run(&arguments, &search, cli.json),
        Command::Submit(arguments) => submit::run(&arguments, &work_of, cli.json),
        #[cfg(feature = "figures")]
        Command::Figures(arguments) => figures::run(&arguments, cli.json),
        #[cfg(feature = "figures")]
        Command::Report(arguments) => report::run(&arguments, cli.json),
        Command::Data(arguments) => data::run(&arguments, &search, cli.json),
        Command::Completions(arguments) => completions::run(&arguments, Cli::command()),
        Command::Man(arguments) => man::run(&arguments, Cli::command()),
    }
}
