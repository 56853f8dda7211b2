//! `healthnews similar`: articles like one.

use anyhow::Result;
use clap::Args;
use healthnews::search::{DEFAULT_LIMIT, SearchRequest};

use super::output::{self, Format, document, print};
use super::{Context, Exit, show};

/// The long help.
pub(crate) const HELP: &str = "\
Find articles like one: those that its curator linked it to, then the nearest by its own words.

Examples:
  healthnews similar https://example.com/a
  healthnews similar 9f86d081884c7d65 --limit 3 --json";

/// The arguments of `similar`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The article's id or address
    #[arg(value_name = "ID|URL")]
    key: String,
    /// How many links and how many others to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = DEFAULT_LIMIT)]
    limit: usize,
}

/// Runs the command.
pub(crate) fn run(context: &Context, arguments: &Arguments) -> Result<Exit> {
    context.format().fits("similar", &Format::FOR_REPORTS)?;
    let Some(similar) = context.searcher()?.similar(&arguments.key, arguments.limit)? else {
        return Ok(show::not_found(context, &arguments.key));
    };
    let bytes = match context.format() {
        Format::Json | Format::Ndjson => document(&similar)?,
        _ => output::similar(&similar, &context.view(&SearchRequest::default(), false, None)).into_bytes(),
    };
    print(&bytes)?;
    Ok(if similar.related.is_empty() && similar.hits.is_empty() { Exit::NothingFound } else { Exit::Done })
}
