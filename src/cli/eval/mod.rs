//! `healthnews eval`: how good the answers are, measured with judged documents.

mod asking;
mod comparing;
mod report;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use clap::{Args, Subcommand};
use healthnews::eval::{Evaluation, Judgements, MEASURES, Measure, Run};
use healthnews::search::Matching;
use healthnews::{Error, InvalidValue};

use self::report::Report;
use super::filters::matching;
use super::numbers::grouped;
use super::output::{Format, document, print};
use super::{Context, Exit, failure};

/// How many documents of each answer are kept by default, as is the custom in TREC.
const DEPTH: usize = 1000;

/// The long help.
pub(crate) const HELP: &str = "\
Measure how good the answers are: nDCG@10, AP, RR@10, P@10, R@100 and Judged@10.

Examples:
  healthnews eval nfcorpus/ --split dev               a collection in the layout of BEIR
  healthnews eval nfcorpus/ --split dev --match any --per-query --run-out any.run
  healthnews eval --queries topics.txt --qrels judged.txt        the index, and files of TREC
  healthnews eval --run other.run --qrels judged.txt             answers of another engine
  healthnews eval nfcorpus/ --split dev --fail-under nDCG@10=0.32 --fail-under R@100=0.25
  healthnews eval compare all.run any.run --qrels nfcorpus/qrels/dev.tsv

The articles of a collection are read as by `healthnews index`, into a temporary index. Without a
collection, the index is asked; its articles are judged by their key or id. Freshness counts from the
day of the newest article, so that figures can be repeated (`--as-of DATE` for another day).

The nearest others, which `search` shows where few articles match, stand behind those that match.
Documents of one score stand in the worst order; a query without an answer counts 0.";

/// The arguments of `eval`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    measuring: Measuring,
}

#[derive(Debug, Subcommand)]
enum Other {
    /// Say whether two runs differ by more than chance
    #[command(long_about = comparing::HELP)]
    Compare(comparing::Arguments),
}

/// What to measure, and how.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct Measuring {
    /// A folder with corpus.jsonl, queries.jsonl and qrels/ [default: the index]
    #[arg(value_name = "COLLECTION", required_unless_present = "qrels")]
    collection: Option<PathBuf>,
    /// Which judgements of the collection: qrels/NAME.tsv [default: test]
    #[arg(long, value_name = "NAME", requires = "collection", conflicts_with = "qrels")]
    split: Option<String>,
    /// Judgements (BEIR or TREC) [default: of the collection]
    #[arg(long, value_name = "FILE")]
    qrels: Option<PathBuf>,
    /// Queries (BEIR, TREC, or id, tab, text) [default: of the collection]
    #[arg(long, value_name = "FILE", required_unless_present_any = ["collection", "run"])]
    queries: Option<PathBuf>,
    /// Measure this run (TREC) instead of searching
    #[arg(long, value_name = "FILE", conflicts_with_all = ["queries", "run_out", "matching", "exact", "expand", "no_more", "depth"])]
    run: Option<PathBuf>,
    /// Articles with all of the words, or with any [default: all]
    #[arg(long = "match", value_name = "all|any", default_value = "all", hide_default_value = true)]
    #[arg(value_parser = matching(), hide_possible_values = true, help_heading = "Search")]
    matching: Matching,
    /// Take the words as typed: no corrections, no other names
    #[arg(long, help_heading = "Search")]
    exact: bool,
    /// Search for words of the best articles as well; implies `--match any`
    #[arg(long, help_heading = "Search")]
    expand: bool,
    /// Measure the articles that match alone, without the nearest others where they are few
    #[arg(long, help_heading = "Search")]
    no_more: bool,
    /// How many documents of each answer to keep
    #[arg(long, value_name = "N", default_value_t = DEPTH, help_heading = "Search")]
    depth: usize,
    /// Write the answers as a run (TREC)
    #[arg(long, value_name = "FILE", help_heading = "Search")]
    run_out: Option<PathBuf>,
    /// Show every query, and what is unjudged among its first ten
    #[arg(long, help_heading = "Answer")]
    per_query: bool,
    /// Exit with 6 if the mean is less; may be repeated
    #[arg(long, value_name = "MEASURE=VALUE", value_parser = threshold, help_heading = "Answer")]
    fail_under: Vec<Threshold>,
}

/// The least mean that is good enough.
type Threshold = (Measure, f64);

/// Runs the command.
pub(crate) fn run(context: &Context, arguments: &Arguments) -> Result<Exit> {
    context.format().fits("eval", &Format::FOR_REPORTS)?;
    match &arguments.other {
        Some(Other::Compare(arguments)) => comparing::run(context, arguments),
        None => measure(context, &arguments.measuring),
    }
}

fn measure(context: &Context, arguments: &Measuring) -> Result<Exit> {
    let begun = Instant::now();
    let judgements = judgements(arguments)?;
    let mut measures = MEASURES.to_vec();
    measures.extend(arguments.fail_under.iter().map(|(measure, _)| *measure).filter(|one| !MEASURES.contains(one)));
    let (asked, evaluation) = if let Some(path) = &arguments.run {
        (None, Evaluation::new(&Run::read(path)?, &judgements, &measures))
    } else {
        let Some(asked) = asking::ask(context, arguments, judgements)? else { return Ok(Exit::Interrupted) };
        let evaluation = Evaluation::new(&asked.answers.run, &asked.judgements, &measures);
        (Some(asked), evaluation)
    };
    let report = Report { arguments, asked, evaluation, took: begun.elapsed() };
    if context.format().is_json() {
        print(&document(&report)?)?;
    } else {
        print(report.text(context).as_bytes())?;
    }
    let below = report.below();
    for (measure, least, mean) in &below {
        context.say(&format!("{measure} is {mean:.4}, less than {least}"));
    }
    Ok(if below.is_empty() { Exit::Done } else { Exit::BelowStandard })
}

fn judgements(arguments: &Measuring) -> Result<Judgements> {
    let (Some(collection), None) = (&arguments.collection, &arguments.qrels) else {
        return Ok(Judgements::read(arguments.qrels.as_deref().unwrap_or("qrels".as_ref()))?);
    };
    let split = arguments.split();
    let path = collection.join("qrels").join(format!("{split}.tsv"));
    if path.is_file() || !collection.is_dir() {
        return Ok(Judgements::read(&path)?);
    }
    let mut others: Vec<String> = std::fs::read_dir(collection.join("qrels"))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".tsv")?.to_owned()))
        .collect();
    others.sort();
    let hint = if others.is_empty() {
        "judgements are in `qrels/test.tsv`, or name them with `--qrels FILE`".to_owned()
    } else {
        format!("choose with `--split`: {}", others.join(", "))
    };
    let message = format!("`{}` has no judgements `{split}`", collection.display());
    Err(Error::Usage { message, hint: Some(hint) }.into())
}

impl Measuring {
    /// Which judgements of the collection.
    fn split(&self) -> &str {
        self.split.as_deref().unwrap_or("test")
    }
}

fn threshold(text: &str) -> Result<Threshold, String> {
    let (measure, least) = text.split_once('=').ok_or("write it as `nDCG@10=0.32`")?;
    let least: f64 = least.trim().parse().map_err(|_| format!("`{least}` is no number"))?;
    if (0.0..=1.0).contains(&least) {
        let measure: Measure = measure.trim().parse().map_err(|error: InvalidValue| error.to_string())?;
        Ok((measure, least))
    } else {
        Err("measures are from 0 to 1".to_owned())
    }
}

/// `1 query`, `2 queries`.
fn queries(number: usize) -> String {
    format!("{} {}", grouped(number as u64), if number == 1 { "query" } else { "queries" })
}

/// Something about the collection that makes figures less than they seem.
fn warn(context: &Context, text: &str) {
    if !context.global.quiet {
        failure::warn(text);
    }
}
