//! `healthnews fetch`: download feeds into a folder.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use healthnews::fetch::{self, FetchOptions, Fetched, Outcome, Report, address, known_feeds, read_opml};
use healthnews::{Error, InvalidValue};
use serde::Serialize;

use super::numbers::{counted, elapsed, grouped};
use super::output::{Format, document, print};
use super::progress::Bars;
use super::{Context, Exit, interrupt};

/// The folder that feeds go to if none is named.
const FOLDER: &str = "feeds";

/// The long help.
pub(crate) const HELP: &str = "\
Download feeds (RSS, Atom, JSON Feed) into a folder, to be read by `healthnews index`.

Examples:
  healthnews fetch https://example.com/feed.xml        one feed, into the folder `feeds`
  healthnews fetch --opml feeds.opml                   all feeds of a list
  healthnews fetch                                     all that were fetched before
  healthnews fetch --opml feeds.opml && healthnews index    the daily routine

Each response that holds anything new becomes a file of its own; what has not changed is not
sent again. A feed that fails costs no other: it is told, and the exit code is 0 as long as
any feed answered (1 if none did; 5 with --strict if any failed). Of a feed that is broken
somewhere, the items before are kept; it counts as failed with --strict.";

/// The arguments of `fetch`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Addresses of feeds
    #[arg(value_name = "URL", value_parser = feed)]
    feeds: Vec<String>,
    /// A list of feeds, as readers of feeds export it
    #[arg(long, value_name = "FILE")]
    opml: Vec<PathBuf>,
    /// The folder that they go to [default: feeds]
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// How long a server may take for one answer
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    timeout: Duration,
    /// The largest answer that is taken
    #[arg(long, value_name = "MIB", default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=1024))]
    max_size: u64,
    /// Exit with 5 if any feed failed or was broken
    #[arg(long)]
    strict: bool,
}

/// The JSON report.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    folder: String,
    new: usize,
    unchanged: usize,
    failed: usize,
    new_items: usize,
    feeds: &'a [Fetched],
    took_ms: u64,
}

/// Runs the command.
pub(crate) fn run(context: &Context, arguments: &Arguments) -> Result<Exit> {
    context.format().fits("fetch", &Format::FOR_REPORTS)?;
    let folder = arguments.into.clone().unwrap_or_else(|| context.settings.base.join(FOLDER));
    let shown = arguments.into.as_ref().map_or_else(|| FOLDER.to_owned(), |folder| folder.display().to_string());
    let mut feeds = arguments.feeds.clone();
    for list in &arguments.opml {
        feeds.extend(read_opml(list)?);
    }
    if feeds.is_empty() {
        feeds = known_feeds(&folder);
    }
    if feeds.is_empty() {
        let message = format!("no feed is named, and none was fetched into `{shown}` before");
        let hint =
            Some("name one: `healthnews fetch URL`, or a list of them: `healthnews fetch --opml FILE`".to_owned());
        return Err(Error::Usage { message, hint }.into());
    }
    let options = FetchOptions {
        timeout: arguments.timeout,
        max_bytes: arguments.max_size << 20,
        ..FetchOptions::into_folder(folder)
    };
    interrupt::listen(Exit::Interrupted);
    let bars = Bars::new(context.global.quiet || context.format().is_json());
    let report = fetch::fetch(&feeds, &options, &bars);
    bars.clear();
    let report = report?;
    if context.format().is_json() {
        print(&document(&to_document(&report, shown))?)?;
    } else {
        tell(context, &report, &shown);
    }
    Ok(exit(&report, arguments.strict))
}

fn exit(report: &Report, strict: bool) -> Exit {
    let (new, unchanged, failed) = report.counts();
    let any_broken = report.feeds.iter().any(|feed| feed.broken.is_some());
    if !report.is_whole {
        Exit::Interrupted
    } else if strict && (failed > 0 || any_broken) {
        Exit::Rejected
    } else if new + unchanged == 0 {
        Exit::NothingFound
    } else {
        Exit::Done
    }
}

fn tell(context: &Context, report: &Report, folder: &str) {
    for feed in &report.feeds {
        match &feed.outcome {
            Outcome::New { file, new_items, .. } if context.global.verbose => {
                context.say(&format!("{}: {} in {folder}/{file}", feed.url, counted(*new_items as u64, "new item")));
            }
            Outcome::Unchanged if context.global.verbose => context.say(&format!("{}: unchanged", feed.url)),
            Outcome::Failed { what } => context.say(&format!("{}: {what}", feed.url)),
            Outcome::New { .. } | Outcome::Unchanged => {}
        }
        if let Some(what) = &feed.broken {
            context.say(&format!("{}: {what}; the items before are kept", feed.url));
        }
        if let Some(moved) = &feed.moved {
            context.say(&format!("{}: has moved for good to {moved}", feed.url));
        }
    }
    let (new, unchanged, failed) = report.counts();
    let took = elapsed(report.took);
    let account = format!(
        "{}: {} with {}, {} unchanged, {} failed, {took}",
        counted(report.feeds.len() as u64, "feed"),
        grouped(new as u64),
        counted(report.new_items() as u64, "new item"),
        grouped(unchanged as u64),
        grouped(failed as u64),
    );
    context.say(&if report.is_whole { account } else { format!("interrupted; {account}") });
}

fn to_document(report: &Report, folder: String) -> Document<'_> {
    let (new, unchanged, failed) = report.counts();
    Document {
        schema: "healthnews.fetch/1",
        folder,
        new,
        unchanged,
        failed,
        new_items: report.new_items(),
        feeds: &report.feeds,
        took_ms: report.took.as_millis() as u64,
    }
}

fn feed(text: &str) -> Result<String, InvalidValue> {
    address(text).map(|_| text.to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.1..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("not a number from 0.1 to 3600".to_owned()),
    }
}
