//! `healthnews facets`: the counts alone.

use anyhow::Result;
use clap::Args;
use healthnews::search::DEFAULT_FACET_LIMIT;

use super::filters::{Choice, Filters};
use super::output::{self, Format, print};
use super::{Context, Exit};

/// The long help.
pub(crate) const HELP: &str = "\
Count the articles that match, by topic, provider, scheme, kind, year and month.

Examples:
  healthnews facets                                  the whole collection
  healthnews facets telehealth --after 2021          what was written on it, where and when
  healthnews facets --facets topic --format csv      all topics as a table

Each group is counted with all filters but its own, so that the number beside a value is the number of
articles that choosing it gives.";

/// The arguments of `facets`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What to count; everything if left out
    query: Vec<String>,
    #[command(flatten)]
    filters: Filters,
    /// topic, provider, scheme, kind, year, month or all
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', value_parser = Choice::parser(), help_heading = "Answer")]
    #[arg(hide_possible_values = true)]
    facets: Vec<Choice>,
    /// How many values of each facet to list
    #[arg(long, value_name = "N", help_heading = "Answer")]
    facet_limit: Option<usize>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, arguments: &Arguments) -> Result<Exit> {
    context.format().fits("facets", &[Format::Text, Format::Json, Format::Ndjson, Format::Csv])?;
    let mut request = arguments.filters.request(&arguments.query);
    let all = [Choice::All];
    request.limit = 0;
    request.facets = Choice::fields(if arguments.facets.is_empty() { &all } else { &arguments.facets })?;
    request.facet_limit = arguments.facet_limit.unwrap_or(DEFAULT_FACET_LIMIT);

    let response = context.searcher()?.search(&request)?;
    let view = context.view(&request, false, arguments.facet_limit);
    let counts = output::counts(&response, context.format(), &view)?;
    let exit = context.remark(&response, &request, response.total != Some(0));
    print(&counts)?;
    Ok(exit)
}
