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
pub(crate) use columns::{columns, rows};
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
    /// Those of commands that say one thing.
    pub(crate) const FOR_REPORTS: [Self; 3] = [Self::Text, Self::Json, Self::Ndjson];

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

    /// Whether a command can answer in this format, one of those that are `fit`. To be asked before it does anything.
    pub(crate) fn fits(self, command: &str, fit: &[Self]) -> Result<()> {
        if fit.contains(&self) {
            return Ok(());
        }
        let names: Vec<String> = fit.iter().map(|format| format!("`{}`", format.name())).collect();
        let names = names.split_last().map(|(last, rest)| format!("{} and {last}", rest.join(", ")));
        Err(Error::Usage {
            message: format!("`{command}` has no format `{}`", self.name()),
            hint: names.map(|names| format!("choose one of {names}")),
        })
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
pub(crate) fn counts(response: &SearchResponse, format: Format, view: &View) -> io::Result<Vec<u8>> {
    match format {
        Format::Json => json::document(response),
        Format::Ndjson => ndjson::counts(response),
        Format::Csv => table::counts(response),
        _ => {
            let counts = text::counts(response, view);
            let head = view.look.paint(DIM, &header(response));
            Ok(if counts.is_empty() { Vec::new() } else { format!("{head}\n\n{counts}").into_bytes() })
        }
    }
}

/// Writes to standard output, all at once.
pub(crate) fn print(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}
