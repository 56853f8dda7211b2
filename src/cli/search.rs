//! `healthnews search`: find articles.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use healthnews::search::{DEFAULT_FACET_LIMIT, DEFAULT_FACETS, DEFAULT_LIMIT, FacetField, Sort};

use super::filters::{Choice, Filters};
use super::output::{self, Format, print};
use super::{Context, Exit, batch, failure, index};

/// What the overview in a terminal counts.
const BRIEF: [FacetField; 3] = [FacetField::Topic, FacetField::Provider, FacetField::Month];

/// The long help.
pub(crate) const HELP: &str = "\
Find articles.

Examples:
  healthnews search remote monitoring                 both words, anywhere in the article
  healthnews search '\"remote monitoring\" OR telehealth'
  healthnews search 'immuno* -hype quality:>=50'      such beginnings, well graded
  healthnews search amazon --topic AI --topic 'AI in Healthcare' --after 2021-06
  healthnews search --source news/ telehealth         bring the index up to date first
  healthnews search --sort newest --limit 3           the newest articles
  healthnews search stroke --format csv > stroke.csv

In the query: \"a phrase\", -without, OR, (groups), prefix*; title: excerpt: body: with a word, a
phrase or a group; topic: provider: scheme: kind: after: before: date: quality: with a value right
behind the colon. Anything else is searched as words; no text is an error, up to 4,096 bytes.";

/// The arguments of `search`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What to find; everything if left out
    query: Vec<String>,
    #[command(flatten)]
    filters: Filters,
    /// relevance, newest, oldest or quality
    #[arg(long, value_name = "ORDER", default_value = "relevance", hide_possible_values = true)]
    #[arg(hide_default_value = true, value_parser = order(), help_heading = "Answer")]
    sort: Sort,
    /// How many hits to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = DEFAULT_LIMIT, help_heading = "Answer")]
    limit: usize,
    /// How many hits to leave out before the first
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, help_heading = "Answer")]
    offset: usize,
    /// Go on behind the page before, with the `next_cursor` of its JSON
    ///
    /// Unlike an offset it neither repeats nor skips an article when the index is updated in between.
    #[arg(long, value_name = "CURSOR", conflicts_with = "offset", help_heading = "Answer")]
    cursor: Option<String>,
    /// Count by topic, provider, month, …, all or none
    ///
    /// Any of topic, provider, scheme, kind, year and month, separated by commas; `all` or `none`.
    /// In a terminal topics, providers and months are counted in brief unless this is given.
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', value_parser = Choice::parser(), help_heading = "Answer")]
    #[arg(hide_possible_values = true)]
    facets: Vec<Choice>,
    /// How many values of each facet to list
    #[arg(long, value_name = "N", help_heading = "Answer")]
    facet_limit: Option<usize>,
    /// Leave the page unfilled where few articles match
    ///
    /// Else the nearest others follow, apart and not counted, in text and in JSON (`more`).
    #[arg(long, help_heading = "Answer")]
    no_more: bool,
    /// Show how each score comes about
    #[arg(long, help_heading = "Answer")]
    explain: bool,
    /// Bring the index up to date with a source first
    ///
    /// A file, folder or glob, as for `healthnews index`; it is remembered. May be repeated.
    #[arg(long, value_name = "SOURCE", help_heading = "Work")]
    source: Vec<String>,
    /// Answer requests, one JSON object per line
    ///
    /// `-` is standard input. Each line gives one line of JSON, in order: the response, or the error.
    #[arg(long, value_name = "FILE", help_heading = "Work")]
    #[arg(conflicts_with_all = ["query", "Filters", "sort", "limit", "offset", "cursor", "facets", "facet_limit", "explain", "no_more"])]
    batch: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, arguments: &Arguments) -> Result<Exit> {
    if arguments.batch.is_some()
        && let Some(format) = context.global.chosen_format()
    {
        format.fits("search --batch", &[Format::Json, Format::Ndjson])?;
    }
    if !arguments.source.is_empty() {
        let exit = index::bring_up_to_date(context, &arguments.source)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    if let Some(file) = &arguments.batch {
        return batch::run(context, file);
    }

    let brief = context.reads_on_terminal() && arguments.facets.is_empty();
    let mut request = arguments.filters.request(&arguments.query);
    request.sort = arguments.sort;
    request.limit = arguments.limit;
    request.offset = arguments.offset;
    request.cursor.clone_from(&arguments.cursor);
    request.explain = arguments.explain;
    // What is taken along for other uses is what matches and nothing else.
    request.more = !arguments.no_more && matches!(context.format(), Format::Text | Format::Json);
    let asked_for = Choice::fields(&arguments.facets)?;
    if !asked_for.is_empty() && !matches!(context.format(), Format::Text | Format::Json) && !context.global.quiet {
        let format = context.format().name();
        failure::warn(&format!("`--facets` has no place in the format `{format}`: `text` and `json` show counts"));
    }
    request.facets = match context.format() {
        Format::Text | Format::Json if !arguments.facets.is_empty() => asked_for,
        Format::Json => DEFAULT_FACETS.to_vec(),
        Format::Text if brief => BRIEF.to_vec(),
        _ => Vec::new(),
    };
    request.facet_limit = arguments.facet_limit.unwrap_or(DEFAULT_FACET_LIMIT);

    let response = context.searcher()?.search(&request)?;
    if request.explain && request.sort != Sort::Relevance && !context.format().is_json() && !context.global.quiet {
        failure::warn("`--explain` has nothing to tell here: articles have a score only in the order of relevance");
    }
    let view = context.view(&request, brief, arguments.facet_limit);
    let found = !response.hits.is_empty() || (request.limit == 0 && response.total != Some(0));
    // Remarks first: on a terminal they then stand above the hits they are about.
    let exit = context.remark(&response, &request, found);
    print(&output::search(&response, context.format(), &view)?)?;
    Ok(exit)
}

fn order() -> impl TypedValueParser<Value = Sort> {
    PossibleValuesParser::new(["relevance", "newest", "oldest", "quality"]).map(|name| match name.as_str() {
        "newest" => Sort::Newest,
        "oldest" => Sort::Oldest,
        "quality" => Sort::Quality,
        _ => Sort::Relevance,
    })
}
