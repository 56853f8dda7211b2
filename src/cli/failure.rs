//! [`Failure`]: an error as it is told, to a person or to a program.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::num::NonZeroU64;

use anstyle::{AnsiColor, Style};
use clap::CommandFactory;
use clap::error::ErrorKind;
use healthnews::search::RequestId;
use healthnews::{Error, Fault};
use serde::Serialize;

use super::output::{document, neutral};
use super::{Exit, exclusion};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// An error as it is told.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    schema: &'static str,
    /// The id of the request that failed, in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<RequestId>,
    /// The line of the request that failed, in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<NonZeroU64>,
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
        Some(Self::internal(format!("{error:#}")))
    }

    /// An error of the library.
    pub(crate) fn of_library(error: &Error) -> Self {
        let exit = match error.fault() {
            Fault::User => Exit::Usage,
            Fault::Index => Exit::Index,
            Fault::Input => Exit::Rejected,
            Fault::Locked => Exit::Locked,
            Fault::Stopped => Exit::Interrupted,
            Fault::Internal => Exit::Internal,
        };
        Self::new(error.code(), error.to_string(), error.hint(), exit)
    }

    /// What is nobody's fault but the machine's or the program's.
    pub(crate) fn internal(message: String) -> Self {
        Self::new("internal", message, None, Exit::Internal)
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

    /// Of the request with this id.
    pub(crate) fn of_request(self, id: Option<RequestId>) -> Self {
        Self { id, ..self }
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

/// Tells what clap has to say of the arguments that were typed: help to standard output, errors to standard error.
pub(crate) fn of_arguments(error: &clap::Error, typed: &[OsString]) -> Exit {
    if !error.use_stderr() {
        // A closed pipe is no failure.
        let _ = error.print();
        return Exit::Done;
    }
    if typed.len() == 1 {
        // Clap itself shows the help only if no variable of the environment stands for an option either.
        let _ = write!(anstream::stderr(), "{}", super::Arguments::command().render_help().ansi());
        return Exit::Usage;
    }
    if error.kind() == ErrorKind::UnknownArgument
        && let Some(name) = exclusion::one_hyphen_too_few(typed)
    {
        let message = format!("the option `{name}` has two hyphens");
        let hint = format!("write `--{name}`, or put the word to leave out behind `--`: `-- -{name}`");
        return Failure::new("usage", message, Some(hint), Exit::Usage).tell(wants_json(typed));
    }
    if wants_json(typed) {
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
fn wants_json(typed: &[OsString]) -> bool {
    let mut options = typed.iter().map(|argument| argument.to_string_lossy()).take_while(|argument| argument != "--");
    let mut is_format = false;
    options.any(|argument| {
        let is_value = std::mem::replace(&mut is_format, argument == "--format");
        let is_json = matches!(&*argument, "--json" | "--format=json" | "--format=ndjson");
        is_json || (is_value && matches!(&*argument, "json" | "ndjson"))
    })
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
