//! `healthnews index`: build the index, or bring it up to date.

use anyhow::Result;
use clap::Args;
use healthnews::Error;
use healthnews::index::Changes;
use healthnews::ingest::{Problem, ProblemKind, Source};
use healthnews::update::{MaxShrink, Outcome, Strict, Update, UpdateOptions, lasting, update};
use serde::Serialize;

use super::failure::say;
use super::numbers::{counted, elapsed, grouped};
use super::output::{Format, document, print};
use super::progress::Bars;
use super::{Context, Exit, interrupt, watch};

/// So many problems are told one by one, unless `--verbose`.
const PROBLEMS_TOLD: usize = 20;

/// The long help.
pub(crate) const HELP: &str = "\
Build the index, or bring it up to date.

Examples:
  healthnews index news/                  read a folder with all its folders, and remember it
  healthnews index                        read what has changed in the remembered sources
  healthnews index 'more/*.md' all.ndjson add sources
  healthnews index --watch                follow the sources, and update within two seconds of quiet
  healthnews index --forget old-news/     forget a source, and its articles with it
  healthnews index --rebuild news/        forget all sources but this one
  curl -s https://example.com/news.ndjson | healthnews index -
                                          add what is given, for this run: the next takes it out

Articles are files with front matter (Markdown, HTML or plain text), JSON, one article a line
or in lists, and feeds (RSS, Atom, JSON Feed; `healthnews fetch` downloads them); each may be
packed with gzip. Bad files do not stop the run: each is told with its line. Searches go on
meanwhile, and see the change when it is whole.";

/// The arguments of `index`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line, each on its own")]
pub(crate) struct Arguments {
    /// Files, folders and globs, added to the remembered ones; `-`, which no later run can read again
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// Forget a remembered source, and its articles with it; may be repeated
    #[arg(long, value_name = "SOURCE", conflicts_with = "watch")]
    forget: Vec<String>,
    /// Build anew; named sources replace the remembered ones
    #[arg(long)]
    rebuild: bool,
    /// Keep the old index if any input has a problem (exit 5)
    ///
    /// All files are read, also those that have not changed.
    #[arg(long)]
    strict: bool,
    /// Read and report, but write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    loss: Loss,
    /// Go on updating whenever the sources change, until Ctrl-C
    #[arg(long, conflicts_with = "dry_run")]
    watch: bool,
    /// How many threads work [default: one per core]
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<usize>,
}

/// How much may go.
#[derive(Debug, Args)]
struct Loss {
    /// Refuse to take away more than this share of the articles (exit 5) [default: 20]
    ///
    /// A folder that is not mounted looks just like one whose articles were deleted.
    #[arg(long, value_name = "PERCENT", value_parser = max_shrink)]
    max_shrink: Option<MaxShrink>,
    /// Take away whatever is gone, the same as --max-shrink 100
    #[arg(long, conflicts_with = "max_shrink")]
    force: bool,
}

impl Loss {
    fn allowed(&self) -> MaxShrink {
        if self.force { MaxShrink::ANY } else { self.max_shrink.unwrap_or_default() }
    }
}

/// The JSON report.
#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    outcome: &'static str,
    generation: Option<&'a str>,
    files: u64,
    records: u64,
    articles: u64,
    merged: u64,
    left_out: u64,
    rejected: u64,
    unread: u64,
    #[serde(flatten)]
    changes: Changes,
    problems: &'a [Problem],
    took_ms: u64,
}

/// Runs the command.
pub(crate) fn run(context: &Context, arguments: &Arguments) -> Result<Exit> {
    context.format().fits("index", &Format::FOR_REPORTS)?;
    let options = UpdateOptions {
        forget: here(&arguments.forget)?,
        rebuild: arguments.rebuild,
        strict: if arguments.strict { Strict::All } else { Strict::Off },
        dry_run: arguments.dry_run,
        max_shrink: arguments.loss.allowed(),
        threads: arguments.threads,
        ..options(context, &arguments.sources)?
    };
    if arguments.watch {
        if options.sources.iter().any(Source::is_stdin) {
            let message = "standard input cannot be watched".to_owned();
            return Err(Error::Usage { message, hint: Some("name files, folders or globs".to_owned()) }.into());
        }
        return watch::run(context, options);
    }
    let update = work(context, &options)?;
    tell(context, &update)?;
    if update.outcome == Outcome::DryRun
        && !context.format().is_json()
        && let Err(error) = allowed(context, &update, options.max_shrink)
    {
        context.say(&format!("it would be refused without `--force`: {error}"));
    }
    Ok(exit(update.outcome))
}

/// Tells what became of an update: as a document, or as a line after its problems.
pub(crate) fn tell(context: &Context, update: &Update) -> Result<()> {
    if context.format().is_json() {
        print(&document(&report(update))?)?;
    } else {
        tell_problems(context, &update.ingest.problems);
        tell_summary(context, update);
    }
    Ok(())
}

/// Whether so much may change.
fn allowed(context: &Context, update: &Update, max_shrink: MaxShrink) -> Result<(), Error> {
    let Changes { added, changed, unchanged, .. } = update.changes;
    let before = update.live.as_ref().map_or(0, |live| lasting(&context.folder(), live));
    max_shrink.check(before, added + changed + unchanged, &[])
}

/// For `search --source`: the same as `index SOURCE`, silent if there is nothing to do. While another process builds, or when
/// more articles are gone than may be, the index answers as it is.
pub(crate) fn bring_up_to_date(context: &Context, sources: &[String]) -> Result<Exit> {
    let update = match work(context, &options(context, sources)?) {
        Err(error) if can_wait(&error) && context.folder().live().is_ok() => {
            context.say(&format!("warning: {error}; searching it as it is"));
            return Ok(Exit::Done);
        }
        outcome => outcome?,
    };
    if !context.format().is_json() {
        tell_problems(context, &update.ingest.problems);
        if update.outcome != Outcome::Unchanged {
            tell_summary(context, &update);
        }
    }
    Ok(exit(update.outcome))
}

fn options(context: &Context, given: &[String]) -> Result<UpdateOptions> {
    let mapping = context.settings.mapping.clone();
    Ok(UpdateOptions { sources: sources(context, given)?, mapping, ..UpdateOptions::default() })
}

/// The sources that are named: on the command line or, where there are none, in the settings.
pub(crate) fn sources(context: &Context, given: &[String]) -> Result<Vec<Source>> {
    let settings = &context.settings;
    if given.is_empty() {
        return Ok(settings.sources.iter().map(|name| Source::parse(name, &settings.base)).collect());
    }
    here(given)
}

/// Sources named in this folder.
fn here(given: &[String]) -> Result<Vec<Source>> {
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let here = std::env::current_dir().map_err(|cause| Error::Io { action: "find", path: ".".into(), cause })?;
    Ok(given.iter().map(|name| Source::parse(name, &here)).collect())
}

fn work(context: &Context, options: &UpdateOptions) -> Result<Update> {
    interrupt::listen(Exit::Interrupted);
    let bars = Bars::new(context.global.quiet || context.format().is_json());
    let update = update(&context.folder(), options, &bars);
    bars.clear();
    Ok(update?)
}

/// Whether the index can be searched as it is.
fn can_wait(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Error::IndexLocked { .. } | Error::WouldShrink { .. }))
}

fn exit(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Built | Outcome::Edited | Outcome::Unchanged | Outcome::DryRun => Exit::Done,
        Outcome::Refused => Exit::Rejected,
        Outcome::Stopped => Exit::Interrupted,
    }
}

/// All of what is gone is told, under `--quiet` too: a folder that is not mounted takes all its articles with it.
fn tell_problems(context: &Context, problems: &[Problem]) {
    let (gone, others): (Vec<&Problem>, Vec<&Problem>) =
        problems.iter().partition(|problem| problem.kind == ProblemKind::Gone);
    for problem in gone {
        say(&problem.to_string());
    }
    let told = if context.global.verbose { others.len() } else { PROBLEMS_TOLD };
    for problem in others.iter().take(told) {
        context.say(&problem.to_string());
    }
    if others.len() > told {
        let rest = grouped((others.len() - told) as u64);
        context.say(&format!("… and {rest} more (`--verbose` tells all)"));
    }
}

/// That an update is refused is an error, which `--quiet` does not silence.
fn tell_summary(context: &Context, update: &Update) {
    let summary = summary(update);
    if update.outcome == Outcome::Refused { say(&summary) } else { context.say(&summary) }
}

fn summary(update: &Update) -> String {
    let read = &update.ingest;
    let took = elapsed(update.took);
    let unread =
        if read.unread == 0 { String::new() } else { format!(", {} not taken", counted(read.unread, "article")) };
    let account = format!(
        "{} read: {} ({} merged), {} left out, {} rejected{unread}, {took}",
        counted(read.files, "file"),
        counted(read.articles, "article"),
        grouped(read.merged),
        grouped(read.left_out),
        grouped(read.rejected),
    );
    let Changes { added, changed, removed, .. } = update.changes;
    let changes = [(added, "added"), (changed, "changed"), (removed, "removed")];
    // Of a first build, all is added: no news.
    let news: Vec<String> = if added == read.articles && removed == 0 {
        Vec::new()
    } else {
        changes
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{} {what}", grouped(*count)))
            .collect()
    };
    let account = if news.is_empty() { account } else { format!("{account}; {}", news.join(", ")) };
    match update.outcome {
        Outcome::Built | Outcome::Edited => account,
        Outcome::DryRun => format!("{account}; nothing written (dry run)"),
        Outcome::Refused => {
            let problems = counted(read.problems.len() as u64, "problem");
            format!("{problems}, and none is allowed (`--strict`): the index stays as it was")
        }
        Outcome::Stopped => "interrupted: the index stays as it was".to_owned(),
        Outcome::Unchanged => {
            format!("nothing has changed: {}, {took}", counted(read.articles, "article"))
        }
    }
}

fn report(update: &Update) -> Report<'_> {
    let ingest = &update.ingest;
    Report {
        schema: "healthnews.index/1",
        outcome: match update.outcome {
            Outcome::Built => "built",
            Outcome::Edited => "updated",
            Outcome::Unchanged => "unchanged",
            Outcome::DryRun => "dry_run",
            Outcome::Refused => "rejected",
            Outcome::Stopped => "interrupted",
        },
        generation: update.live.as_ref().map(|live| live.generation.as_str()),
        files: ingest.files,
        records: ingest.records,
        articles: ingest.articles,
        merged: ingest.merged,
        left_out: ingest.left_out,
        rejected: ingest.rejected,
        unread: ingest.unread,
        changes: update.changes,
        problems: &ingest.problems,
        took_ms: update.took.as_millis() as u64,
    }
}

fn max_shrink(text: &str) -> Result<MaxShrink, String> {
    text.parse().ok().and_then(MaxShrink::percent).ok_or_else(|| "not a number from 0 to 100".to_owned())
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads @ 1..=256) => Ok(threads),
        _ => Err("not a number from 1 to 256".to_owned()),
    }
}
