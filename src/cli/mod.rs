//! The command line: arguments → settings → one command → exit code.
//!
//! Standard output is for data, standard error for everything else. One file per command, one per output format.

mod arguments;
mod batch;
mod completions;
mod doctor;
mod eval;
mod exclusion;
mod facets;
mod failure;
mod fetch;
mod filters;
mod index;
mod interrupt;
mod line;
mod man;
mod numbers;
mod output;
mod progress;
mod query;
mod rollback;
mod search;
mod settings;
mod show;
mod similar;
mod status;
mod suggest;
mod verify;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use arguments::{Arguments, Command, Global};
use failure::Failure;
use output::{Format, Look};
use settings::Settings;

/// How a command ended. The numbers are a contract with scripts; of several failures the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Found, built, or nothing to do.
    Done = 0,
    /// The question was understood, and nothing was found.
    NothingFound = 1,
    /// The command line or the query is wrong.
    Usage = 2,
    /// The index is missing, incompatible or damaged.
    Index = 3,
    /// Another process writes to the index.
    Locked = 4,
    /// Input was rejected under `--strict`, or because too many articles would have gone.
    Rejected = 5,
    /// Found below the standard that was asked for: `doctor --fail-on`, `eval --fail-under`.
    BelowStandard = 6,
    /// The machine or the program failed.
    Internal = 70,
    /// Stopped by the user.
    Interrupted = 130,
}

/// What every command works with.
pub(crate) struct Context {
    settings: Settings,
    global: Global,
    look: Look,
}

impl Context {
    fn format(&self) -> Format {
        self.global.format()
    }

    /// Tells the user something that is not the answer, unless `--quiet`.
    fn say(&self, line: &str) {
        if !self.global.quiet {
            failure::say(line);
        }
    }
}

/// Runs the command line of this process.
pub(crate) fn main() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let arguments = match Arguments::try_parse_from(exclusion::as_values(typed.clone())) {
        Ok(arguments) => arguments,
        Err(error) => return code(failure::of_arguments(&error, &typed)),
    };
    arguments.global.color.write_global();
    let json = arguments.global.format().is_json();
    code(match run(arguments) {
        Ok(exit) => exit,
        Err(error) => match Failure::of(&error) {
            Some(failure) => failure.tell(json),
            // Whoever read our output has seen enough.
            None => Exit::Done,
        },
    })
}

fn run(arguments: Arguments) -> Result<Exit> {
    let Arguments { global, command } = arguments;
    let settings = Settings::load(&global)?;
    let context = Context { settings, global, look: Look::of_stdout() };
    match command {
        Command::Index(arguments) => index::run(&context, &arguments),
        Command::Fetch(arguments) => fetch::run(&context, &arguments),
        Command::Search(arguments) => search::run(&context, &arguments),
        Command::Facets(arguments) => facets::run(&context, &arguments),
        Command::Suggest(arguments) => suggest::run(&context, &arguments),
        Command::Show(arguments) => show::run(&context, &arguments),
        Command::Similar(arguments) => similar::run(&context, &arguments),
        Command::Status => status::run(&context),
        Command::Eval(arguments) => eval::run(&context, &arguments),
        Command::Verify => verify::run(&context),
        Command::Rollback => rollback::run(&context),
        Command::Doctor(arguments) => doctor::run(&context, &arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man => man::run(),
    }
}

fn code(exit: Exit) -> ExitCode {
    ExitCode::from(exit as u8)
}
