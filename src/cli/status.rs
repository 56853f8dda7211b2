//! `healthnews status`: what is in the index, how fresh, from which sources.

use std::time::Duration;

use anyhow::Result;
use healthnews::index::Live;
use jiff::Timestamp;
use serde::Serialize;

use super::numbers::{bytes, counted, grouped};
use super::output::{self, Format, document, print};
use super::{Context, Exit};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    generation: &'a str,
    articles: u64,
    sources: Vec<&'a str>,
    built_at: Timestamp,
    updated_at: Timestamp,
    format: u32,
    size_bytes: u64,
}

/// Runs the command.
pub(crate) fn run(context: &Context) -> Result<Exit> {
    context.format().fits("status", &Format::FOR_REPORTS)?;
    let folder = context.folder();
    let live = folder.whole_live()?;
    let size_bytes = folder.size_bytes(&live)?;
    let manifest = &live.manifest;
    let bytes = match context.format() {
        Format::Json | Format::Ndjson => document(&Document {
            schema: "healthnews.status/1",
            generation: &live.generation,
            articles: manifest.articles,
            sources: manifest.origin.sources.iter().map(|source| source.given.as_str()).collect(),
            built_at: manifest.built_at,
            updated_at: manifest.updated_at,
            format: manifest.format,
            size_bytes,
        })?,
        _ => text(context, &live, size_bytes).into_bytes(),
    };
    print(&bytes)?;
    Ok(Exit::Done)
}

fn text(context: &Context, live: &Live, size_bytes: u64) -> String {
    let manifest = &live.manifest;
    let when = |at: Timestamp| format!("{} ({})", at.strftime("%Y-%m-%d %H:%M:%S UTC"), ago(at, Timestamp::now()));
    let mut rows = vec![
        ("index", format!("{} ({}, format {})", context.settings.index.display(), live.generation, manifest.format)),
        ("articles", grouped(manifest.articles)),
        ("built", when(manifest.built_at)),
        ("updated", when(manifest.updated_at)),
        ("size", bytes(size_bytes)),
        ("read", counted(manifest.origin.account.files, "file")),
    ];
    if manifest.origin.sources.is_empty() {
        rows.push(("sources", "none to read again".to_owned()));
    }
    rows.extend(
        manifest.origin.sources.iter().enumerate().map(|(at, source)| {
            (if at == 0 { "sources" } else { "" }, format!("{} (in {})", source.given, source.base))
        }),
    );
    output::rows(&rows)
}

/// `3 hours ago`, in the largest whole unit.
fn ago(then: Timestamp, now: Timestamp) -> String {
    let passed = Duration::try_from(now.duration_since(then)).unwrap_or_default().as_secs();
    match passed {
        0..60 => "just now".to_owned(),
        60..3600 => format!("{} ago", counted(passed / 60, "minute")),
        3600..86_400 => format!("{} ago", counted(passed / 3600, "hour")),
        _ => format!("{} ago", counted(passed / 86_400, "day")),
    }
}
