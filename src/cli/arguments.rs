//! [`Arguments`]: the commands and the options they share.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::output::Format;
use super::{completions, doctor, eval, facets, fetch, index, rollback, search, show, similar, suggest, verify};

const EXAMPLES: &str = "\
Search over curated health-tech news: articles in files, counts you can trust, nothing leaves the machine.

Examples:
  healthnews index news/                     build an index of a folder, or bring it up to date
  healthnews fetch --opml feeds.opml         download feeds, to be read by `index`
  healthnews search remote monitoring        articles with both words
  healthnews search 'amazon \"big tech\"' --topic 'AI in Healthcare' --after 2021
  healthnews search telehealth -hype         without a word
  healthnews facets telehealth               how many, by topic, provider and month
  healthnews show https://example.com/a      one article with all its fields

Exit codes: 0 found or done · 1 nothing found · 2 usage or bad query · 3 index missing or damaged ·
4 index locked · 5 input rejected (`--strict`, `--max-shrink`) · 6 below a standard · 70 internal error · 130 interrupted";

/// Search over curated health-tech news
#[derive(Debug, Parser)]
#[command(name = "healthnews", version, long_about = EXAMPLES, arg_required_else_help = true, max_term_width = 100)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One of the things to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build the index, or bring it up to date
    #[command(long_about = index::HELP)]
    Index(index::Arguments),
    /// Download feeds into a folder
    #[command(long_about = fetch::HELP)]
    Fetch(fetch::Arguments),
    /// Find articles
    #[command(long_about = search::HELP)]
    Search(search::Arguments),
    /// Count articles by topic, provider, month, …
    #[command(long_about = facets::HELP)]
    Facets(facets::Arguments),
    /// Complete a query as one types it
    #[command(long_about = suggest::HELP)]
    Suggest(suggest::Arguments),
    /// Show one article with all its fields
    Show(show::Arguments),
    /// Find articles like one
    #[command(long_about = similar::HELP)]
    Similar(similar::Arguments),
    /// Tell what is in the index, and from which sources
    Status,
    /// Measure how good the answers are
    #[command(long_about = eval::HELP)]
    Eval(eval::Arguments),
    /// Check the index from the bytes up
    #[command(long_about = verify::HELP)]
    Verify,
    /// Go back to the generation before the last build
    #[command(long_about = rollback::HELP)]
    Rollback,
    /// Tell what is wrong with the collection itself
    #[command(long_about = doctor::HELP)]
    Doctor(doctor::Arguments),
    /// Write completions for a shell
    Completions(completions::Arguments),
    /// Write the manual page
    Man,
}

/// The options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The folder of the index [default: index]
    ///
    /// May also be set as `index` in healthnews.toml.
    #[arg(long, global = true, value_name = "DIR", env = "HEALTHNEWS_INDEX", hide_env = true)]
    pub(crate) index: Option<OsString>,
    #[arg(long, global = true, value_name = "FORMAT", hide_possible_values = true)]
    #[arg(help = "text, json, ndjson, csv, md, ris or bibtex")]
    format: Option<Format>,
    /// The same as --format json
    #[arg(long, global = true, conflicts_with = "format")]
    json: bool,
    /// auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    #[arg(hide_default_value = true, help = "auto, always or never [default: auto]")]
    pub(crate) color: Color,
    /// Say nothing but the answer and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Settings [default: the nearest healthnews.toml]
    ///
    /// Without it, healthnews.toml is looked for in the current folder and the folders above it.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The day that freshness counts from [default: today]
    ///
    /// A fixed day makes the order of the hits repeatable.
    #[arg(long, global = true, value_name = "DATE", value_parser = day)]
    pub(crate) as_of: Option<Date>,
}

impl Global {
    /// The form of the answer.
    pub(crate) fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format.unwrap_or(Format::Text) }
    }

    /// The form of the answer, if the user chose one.
    pub(crate) fn chosen_format(&self) -> Option<Format> {
        if self.json { Some(Format::Json) } else { self.format }
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// Notes the choice for everything that is written from now on.
    pub(crate) fn write_global(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

fn day(text: &str) -> Result<Date, String> {
    text.parse::<Date>().map_err(|_| "not a day like 2021-12-31".to_owned())
}
