//! `healthnews rollback`: back to the generation before.

use anyhow::Result;
use healthnews::index::Rollback;
use jiff::Timestamp;
use serde::Serialize;

use super::numbers::counted;
use super::output::{Format, document, print};
use super::{Context, Exit};

/// The long help.
pub(crate) const HELP: &str = "\
Go back to the generation before the live one, the last that a build replaced.

It is checked first, as by `verify`; the switch happens in one instant, and searches go on. Updates
change a generation in place, so this undoes the last build and the updates since. The next
`healthnews index` reads what has changed since that generation was written, and removes the newer
one.";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    from: Option<&'a str>,
    generation: &'a str,
    articles: u64,
    built_at: Timestamp,
    updated_at: Timestamp,
}

/// Runs the command.
pub(crate) fn run(context: &Context) -> Result<Exit> {
    context.format().fits("rollback", &Format::FOR_REPORTS)?;
    let Rollback { from, live } = context.folder().rollback()?;
    let manifest = &live.manifest;
    let bytes = if context.format().is_json() {
        document(&Document {
            schema: "healthnews.rollback/1",
            from: from.as_deref(),
            generation: &live.generation,
            articles: manifest.articles,
            built_at: manifest.built_at,
            updated_at: manifest.updated_at,
        })?
    } else {
        let articles = counted(manifest.articles, "article");
        let then = manifest.updated_at.strftime("%Y-%m-%d %H:%M:%S UTC");
        let from = from.map(|from| format!(" in place of {from}")).unwrap_or_default();
        format!("{} is live again{from}: {articles}, as of {then}\n", live.generation).into_bytes()
    };
    print(&bytes)?;
    Ok(Exit::Done)
}
