//! [`Failure`]: an error as it is told, to a person or to a program.

use std::io::{self, ErrorKind};

use anstyle::{AnsiColor, Style};
use clap::CommandFactory;
use healthnews::query::field_names;
use healthnews::{Error, Fault};
use serde::Serialize;

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
    pub(crate) id: Option<String>,
    /// The line of the request that failed, in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u64>,
    code: &'static str,
    message: String,
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
            && error.kind() == ErrorKind::BrokenPipe
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
    pub(crate) fn bad_request(message: String, hint: &str) -> Self {
        Self::new("bad_request", message, Some(hint.to_owned()), Exit::Usage)
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
                anstream::eprint!("{}", String::from_utf8_lossy(&document));
            }
        } else {
            anstream::eprintln!("{ERROR}error:{ERROR:#} {}", neutral(&self.message));
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
        if let Some(word) = excluded_word() {
            return read_as_options(&word).tell(false);
        }
        // A closed pipe is no failure.
        let _ = error.print();
        return Exit::Done;
    }
    if std::env::args_os().len() == 1 {
        // Clap itself shows the help only if no variable of the environment stands for an option either.
        anstream::eprint!("{}", super::Arguments::command().render_help().ansi());
        return Exit::Usage;
    }
    // The arguments could not be read, so that the wish for JSON has to be found in them by hand.
    let arguments: Vec<String> = options_typed().collect();
    let json = arguments.iter().any(|argument| matches!(argument.as_str(), "--json" | "--format=json"))
        || arguments.windows(2).any(|pair| pair[0] == "--format" && matches!(pair[1].as_str(), "json" | "ndjson"));
    if json {
        let text = error.render().to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let hint = Some("see `healthnews --help`".to_owned());
        return Failure::new("usage", message, hint, Exit::Usage).tell(true);
    }
    if error.kind() == clap::error::ErrorKind::UnknownArgument
        && options_typed().any(|argument| argument == "search")
        && let Some(word) = excluded_word()
    {
        return read_as_options(&word).tell(false);
    }
    let _ = error.print();
    Exit::Usage
}

/// Tells how to write an exclusion that was read as options (`-title:x` as `-t itle:x`), if there is one among the arguments.
pub(crate) fn of_exclusion() -> Option<Exit> {
    let is_exclusion = |argument: &String| {
        let named = argument.strip_prefix('-').and_then(|argument| argument.split_once(':'));
        named.is_some_and(|(name, _)| field_names().any(|field| field.eq_ignore_ascii_case(name)))
    };
    let word = options_typed().find(is_exclusion)?;
    Some(read_as_options(&word).tell(false))
}

fn read_as_options(exclusion: &str) -> Failure {
    let message = format!("`{exclusion}` is read as options");
    let hint = format!("to leave something out, put it behind `--`: `healthnews search -- telehealth {exclusion}`");
    Failure::new("usage", message, Some(hint), Exit::Usage)
}

/// The word behind a hyphen (`-hype`) among the arguments that was meant for the query, if there is one.
fn excluded_word() -> Option<String> {
    let is_word = |argument: &String| {
        argument.strip_prefix('-').is_some_and(|word| word.len() > 2 && word.chars().all(char::is_alphanumeric))
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
    anstream::eprintln!("{WARNING}warning:{WARNING:#} {}", neutral(text));
}

/// Advice.
pub(crate) fn hint(text: &str) {
    anstream::eprintln!("{HINT}hint:{HINT:#} {}", neutral(text));
}

/// A line for the user.
pub(crate) fn say(text: &str) {
    anstream::eprintln!("{}", neutral(text));
}
