//! `healthnews suggest`: how a text that is being typed may go on.

use anyhow::Result;
use clap::Args;
use healthnews::search::{Completed, DEFAULT_SUGGESTIONS, SuggestRequest, Suggestion};

use super::numbers::grouped;
use super::output::{Format, columns, document, neutral, print};
use super::{Context, Exit};

/// The long help.
pub(crate) const HELP: &str = "\
Complete a query as one types it: its last word, and the names of topics and outlets that begin so.

Examples:
  healthnews suggest tele                   words, topics and outlets
  healthnews suggest remote mon             words that stand in articles with `remote`
  healthnews suggest --json --limit 5 ai    for a program, while someone types

Each line is a query and the number of articles it finds. The exit code is 1 when nothing
begins so.";

/// The arguments of `suggest`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The text so far
    #[arg(required = true, value_name = "PREFIX")]
    text: Vec<String>,
    /// How many suggestions to give
    #[arg(short = 'n', long, value_name = "N", default_value_t = DEFAULT_SUGGESTIONS)]
    limit: usize,
}

/// Runs the command.
pub(crate) fn run(context: &Context, arguments: &Arguments) -> Result<Exit> {
    context.format().fits("suggest", &Format::FOR_REPORTS)?;
    let request = SuggestRequest { text: arguments.text.join(" "), limit: arguments.limit };
    let response = context.searcher()?.suggest(&request)?;
    let bytes = match context.format() {
        Format::Json => document(&response)?,
        Format::Ndjson => response.suggestions.iter().map(document).collect::<std::io::Result<Vec<_>>>()?.concat(),
        _ => text(&response.suggestions).into_bytes(),
    };
    print(&bytes)?;
    Ok(if response.suggestions.is_empty() { Exit::NothingFound } else { Exit::Done })
}

/// A line for each: the query, the number of articles, and the name of an outlet, which the query does not tell.
fn text(suggestions: &[Suggestion]) -> String {
    let row = |suggestion: &Suggestion| {
        let name = (suggestion.kind == Completed::Provider).then(|| neutral(&suggestion.label).into_owned());
        let cells = [Some(neutral(&suggestion.query).into_owned()), Some(grouped(suggestion.count)), name];
        cells.into_iter().flatten().collect()
    };
    let rows: Vec<Vec<String>> = suggestions.iter().map(row).collect();
    columns(&rows, &[0, 2]).into_iter().map(|line| line + "\n").collect()
}
