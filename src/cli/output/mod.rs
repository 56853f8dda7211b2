//! What goes to standard output: a file for each format, and what the one for people is drawn with.

mod article;
mod bars;
pub(crate) mod bibtex;
mod columns;
mod explain;
mod facets;
pub(crate) mod findings;
mod json;
mod look;
mod markdown;
mod months;
mod ndjson;
mod neutral;
pub(crate) mod ris;
mod similar;
mod table;
mod text;
mod wrap;

use std::io::{self, Write};

use clap::ValueEnum;
use healthnews::search::SearchResponse;
use healthnews::{Error, Result};

pub(crate) use article::page;
pub(crate) use columns::columns;
pub(crate) use json::document;
pub(crate) use look::{DIM, Look, TITLE};
pub(crate) use neutral::neutral;
pub(crate) use similar::similar;
pub(crate) use text::{View, header};

/// A form that answers can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One document on one line.
    Json,
    /// One document per hit.
    Ndjson,
    /// A table.
    Csv,
    /// A list in Markdown.
    Md,
    /// Citations (RIS).
    Ris,
    /// Citations (biblatex).
    Bibtex,
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Md => "md",
            Self::Ris => "ris",
            Self::Bibtex => "bibtex",
        }
    }

    /// Whether a program reads it, so that errors are written for programs too.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }

    /// The error of a command that cannot answer in this format.
    pub(crate) fn unfit(self, command: &str, fit: &str) -> Error {
        Error::Usage {
            message: format!("`{command}` has no format `{}`", self.name()),
            hint: Some(format!("choose one of {fit}")),
        }
    }
}

/// The hits of a response, with its counts where the format has room for them.
pub(crate) fn search(response: &SearchResponse, format: Format, view: &View) -> io::Result<Vec<u8>> {
    match format {
        Format::Text => Ok(text::response(response, view).into_bytes()),
        Format::Json => json::document(response),
        Format::Ndjson => ndjson::hits(response),
        Format::Csv => table::hits(response),
        Format::Md => Ok(markdown::hits(response).into_bytes()),
        Format::Ris => Ok(ris::hits(response).into_bytes()),
        Format::Bibtex => Ok(bibtex::hits(response).into_bytes()),
    }
}

/// The counts of a response alone.
pub(crate) fn counts(response: &SearchResponse, format: Format, view: &View) -> Result<io::Result<Vec<u8>>> {
    match format {
        Format::Text => {
            let counts = text::counts(response, view);
            let head = view.look.paint(DIM, &header(response));
            Ok(Ok(if counts.is_empty() { Vec::new() } else { format!("{head}\n\n{counts}").into_bytes() }))
        }
        Format::Json => Ok(json::document(response)),
        Format::Ndjson => Ok(ndjson::counts(response)),
        Format::Csv => Ok(table::counts(response)),
        Format::Md | Format::Ris | Format::Bibtex => Err(format.unfit("facets", "`text`, `json`, `ndjson` and `csv`")),
    }
}

/// Writes to standard output, all at once.
pub(crate) fn print(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}
