//! [`Failure`]: an error as it is told, to a person or to a program.

use std::fmt::Display;
use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use healthnews::query::field_names;
use healthnews::{Error, Fault};
use serde::Serialize;
use serde_json::Value;

use super::Exit;
use super::output::{document, neutral};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// An error as it is told.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    schema: &'static str,
    /// The id of the request that failed, in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<Value>,
    /// The line of the request that failed, in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u64>,
    code: &'static str,
    pub(crate) message: String,
    hint: Option<String>,
    #[serde(skip)]
    pub(crate) exit: Exit,
}

impl Failure {
    /// `None` when the error is only that nobody reads our output any more.
    pub(crate) fn of(error: &anyhow::Error) -> Option<Self> {
        if let Some(error) = error.downcast_ref::<Error>() {
            return Some(Self::of_library(error));
        }
        if let Some(error) = error.downcast_ref::<io::Error>()
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            return None;
        }
        Some(Self::new("internal", format!("{error:#}"), None, Exit::Internal))
    }

    /// An error of the library.
    pub(crate) fn of_library(error: &Error) -> Self {
        let exit = match error.fault() {
            Fault::User => Exit::Usage,
            Fault::Index => Exit::Index,
            Fault::Input => Exit::Rejected,
            Fault::Locked => Exit::Locked,
            Fault::Internal => Exit::Internal,
        };
        Self::new(error.code(), error.to_string(), error.hint(), exit)
    }

    /// A request that cannot be understood.
    pub(crate) fn bad_request(message: String, hint: String) -> Self {
        Self::new("bad_request", message, Some(hint), Exit::Usage)
    }

    /// An article that is not there.
    pub(crate) fn not_found(message: String, hint: &str) -> Self {
        Self::new("not_found", message, Some(hint.to_owned()), Exit::NothingFound)
    }

    fn new(code: &'static str, message: String, hint: Option<String>, exit: Exit) -> Self {
        Self { schema: "healthnews.error/1", id: None, line: None, code, message, hint, exit }
    }

    /// Writes it to standard error.
    pub(crate) fn tell(&self, json: bool) -> Exit {
        if json {
            if let Ok(document) = document(self) {
                line(String::from_utf8_lossy(&document).trim_end());
            }
        } else {
            line(format_args!("{ERROR}error:{ERROR:#} {}", neutral(&self.message)));
            if let Some(text) = &self.hint {
                hint(text);
            }
        }
        self.exit
    }
}

/// Tells what clap has to say: help to standard output, errors to standard error.
pub(crate) fn of_arguments(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        if let Some(word) = excluded_word(error) {
            return read_as_options(&word).tell(wants_json());
        }
        // A closed pipe is no failure.
        let _ = error.print();
        return Exit::Done;
    }
    if std::env::args_os().len() == 1 {
        // Clap itself shows the help only if no variable of the environment stands for an option either.
        let _ = write!(anstream::stderr(), "{}", super::Arguments::command().render_help().ansi());
        return Exit::Usage;
    }
    if error.kind() == ErrorKind::UnknownArgument
        && options_typed().any(|argument| argument == "search")
        && let Some(word) = excluded_word(error)
    {
        return read_as_options(&word).tell(wants_json());
    }
    if wants_json() {
        let text = error.render().to_string();
        let mut lines = text.lines();
        let message = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let values = lines.find_map(|line| line.trim().strip_prefix('[')?.strip_suffix(']'));
        let hint = values.unwrap_or("see `healthnews --help`").to_owned();
        return Failure::new("usage", message, Some(hint), Exit::Usage).tell(true);
    }
    let _ = error.print();
    Exit::Usage
}

/// Whether errors are to be JSON. Where the arguments cannot be read, the wish has to be found in them by hand.
fn wants_json() -> bool {
    let arguments: Vec<String> = options_typed().collect();
    arguments.iter().any(|argument| matches!(argument.as_str(), "--json" | "--format=json" | "--format=ndjson"))
        || arguments.windows(2).any(|pair| pair[0] == "--format" && matches!(pair[1].as_str(), "json" | "ndjson"))
}

/// Tells how to write an exclusion that was read as options (`-title:x` as `-t itle:x`), if there is one among the arguments.
pub(crate) fn of_exclusion() -> Option<Exit> {
    let is_exclusion = |argument: &String| {
        let named = argument.strip_prefix('-').and_then(|argument| argument.split_once(':'));
        named.is_some_and(|(name, _)| field_names().any(|field| field.eq_ignore_ascii_case(name)))
    };
    let word = options_typed().find(is_exclusion)?;
    Some(read_as_options(&word).tell(wants_json()))
}

fn read_as_options(exclusion: &str) -> Failure {
    let message = format!("`{exclusion}` is read as options");
    let example = if exclusion.contains(char::is_whitespace) {
        format!("'{exclusion}'")
    } else {
        format!("telehealth {exclusion}")
    };
    let hint = format!("to leave something out, put it behind `--`: `healthnews search -- {example}`");
    Failure::new("usage", message, Some(hint), Exit::Usage)
}

/// The word behind a hyphen (`-hype`) among the arguments that was meant for the query, if it is what clap stumbled over: it holds the
/// letter that was read as an option, is none written with one hyphen too few, and neither a value (`-n20`) nor switches alone.
fn excluded_word(error: &clap::Error) -> Option<String> {
    let letter = match error.kind() {
        ErrorKind::DisplayHelp => 'h',
        ErrorKind::DisplayVersion => 'V',
        _ => match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(option)) => option.strip_prefix('-')?.chars().next().filter(|c| *c != '-')?,
            _ => return None,
        },
    };
    let mut command = super::Arguments::command();
    command.build();
    let search = command.find_subcommand("search")?;
    let letters = |with_value| {
        let options = search.get_arguments().filter(move |option| option.get_action().takes_values() == with_value);
        options.filter_map(clap::Arg::get_short).collect::<Vec<char>>()
    };
    let (valued, switches) = (letters(true), letters(false));
    let is_word = |argument: &String| {
        argument.strip_prefix('-').is_some_and(|word| {
            word.chars().count() > 2
                && word.chars().all(char::is_alphanumeric)
                && word.contains(letter)
                && !matches!(word, "help" | "version")
                && !word.starts_with(valued.as_slice())
                && !word.chars().all(|c| switches.contains(&c))
        })
    };
    options_typed().find(is_word)
}

/// The arguments in front of `--`. What is not UTF-8, as a path may be, is only told roughly.
fn options_typed() -> impl Iterator<Item = String> {
    let typed = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    typed.take_while(|argument| argument != "--")
}

/// Something about the answer that the user might not expect.
pub(crate) fn warn(text: &str) {
    line(format_args!("{WARNING}warning:{WARNING:#} {}", neutral(text)));
}

/// Advice.
pub(crate) fn hint(text: &str) {
    line(format_args!("{HINT}hint:{HINT:#} {}", neutral(text)));
}

/// A line for the user.
pub(crate) fn say(text: &str) {
    line(neutral(text));
}

/// Writes a line to standard error. Where that cannot be written, nobody is there to be told so.
fn line(text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
