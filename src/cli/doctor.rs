//! `healthnews doctor`: what is wrong with the collection itself, as a table to work down.

use std::time::Instant;

use anyhow::Result;
use clap::{Args, ValueEnum};
use healthnews::doctor::{DEFAULT_LIMIT, Diagnosis, Examination, Place, Severity, examine};
use healthnews::ingest::Survey;
use healthnews::update::find_sources;
use serde::Serialize;

use super::output::{Format, document, findings, print};
use super::progress::Bars;
use super::{Context, Exit, index};

/// The long help.
pub(crate) const HELP: &str = "\
Tell what is wrong with the collection itself.

Examples:
  healthnews doctor                          the remembered sources
  healthnews doctor news/                    a folder, also without an index
  healthnews doctor --all --format csv       every place, as a table to work down
  healthnews doctor --fail-on warning        exit with 6 if there is a warning

The sources are read as a build would read them; the index is not touched. An error costs an
article, a warning costs searches some of what an article has, a note costs nothing.
`--as-of` names the day after which a date lies in the future.";

/// The arguments of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Files, folders, globs or `-` [default: what `index --rebuild` would read]
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// How many places of each finding to tell
    #[arg(long, value_name = "N", default_value_t = DEFAULT_LIMIT)]
    limit: usize,
    /// Tell all places
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Exit with 6 from this severity on
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: Threshold,
}

/// From which severity on a collection is not in order.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Threshold {
    Error,
    Warning,
    Note,
}

impl Threshold {
    fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Note => Severity::Note,
        }
    }
}

/// The JSON report.
#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    files: u64,
    articles: u64,
    errors: u64,
    warnings: u64,
    notes: u64,
    findings: Vec<Row<'a>>,
    took_ms: u64,
}

#[derive(Serialize)]
struct Row<'a> {
    check: &'static str,
    severity: Severity,
    count: u64,
    meaning: &'static str,
    remedy: &'static str,
    places: &'a [Place],
}

/// Runs the command.
pub(crate) fn run(context: &Context, arguments: &Arguments) -> Result<Exit> {
    let format = context.format();
    format.fits("doctor", &[Format::Text, Format::Json, Format::Csv])?;
    let start = Instant::now();
    let found = find_sources(&context.folder(), index::sources(context, &arguments.sources)?)?;
    let diagnosis = diagnose(context, arguments, &found)?;
    let bytes = match format {
        Format::Csv => findings::csv(&diagnosis)?,
        Format::Json => document(&report(&diagnosis, start))?,
        _ => findings::text(&diagnosis, &context.look).into_bytes(),
    };
    print(&bytes)?;
    let fails = diagnosis.gravest().is_some_and(|gravest| gravest >= arguments.fail_on.severity());
    Ok(if fails { Exit::BelowStandard } else { Exit::Done })
}

fn diagnose(context: &Context, arguments: &Arguments, found: &Survey) -> Result<Diagnosis> {
    let examination = Examination {
        mapping: context.settings.mapping.clone(),
        limit: if arguments.all { usize::MAX } else { arguments.limit },
        ..Examination::default()
    };
    let examination = match context.global.as_of {
        Some(today) => Examination { today, ..examination },
        None => examination,
    };
    let bars = Bars::new(context.global.quiet || context.format() != Format::Text);
    let diagnosis = examine(found, &examination, &bars);
    bars.clear();
    Ok(diagnosis?)
}

fn report(diagnosis: &Diagnosis, start: Instant) -> Report<'_> {
    let rows = diagnosis.findings.iter().map(|finding| Row {
        check: finding.check.name(),
        severity: finding.check.severity(),
        count: finding.count,
        meaning: finding.check.meaning(),
        remedy: finding.check.remedy(),
        places: &finding.places,
    });
    Report {
        schema: "healthnews.doctor/1",
        files: diagnosis.files,
        articles: diagnosis.articles,
        errors: diagnosis.count(Severity::Error),
        warnings: diagnosis.count(Severity::Warning),
        notes: diagnosis.count(Severity::Note),
        findings: rows.collect(),
        took_ms: start.elapsed().as_millis() as u64,
    }
}
