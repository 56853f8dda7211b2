//! `healthnews verify`: whether the index is what it was when it was written.

use anyhow::Result;
use healthnews::index::Verification;
use serde::Serialize;

use super::failure::hint;
use super::numbers::{bytes, counted, grouped};
use super::output::{self, Format, document, print};
use super::{Context, Exit};

/// The long help.
pub(crate) const HELP: &str = "\
Check the live index from the bytes up.

Reads every file of the index and compares it with its checksums; counts the articles, looks
each up by its id and takes it out of the store; and compares the list of the source files
with them. Searches and updates go on meanwhile. Exits with 3 if anything is wrong, and says
what to do.";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sound: bool,
    #[serde(flatten)]
    verification: &'a Verification,
    hint: Option<String>,
}

/// Runs the command.
pub(crate) fn run(context: &Context) -> Result<Exit> {
    context.format().fits("verify", &Format::FOR_REPORTS)?;
    let verification = context.folder().verify()?;
    let sound = verification.damage.is_empty();
    let advice = (!sound).then(|| advice(&verification));
    if context.format().is_json() {
        let schema = "healthnews.verify/1";
        print(&document(&Document { schema, sound, verification: &verification, hint: advice })?)?;
    } else {
        print(text(context, &verification).as_bytes())?;
        if let Some(advice) = advice {
            hint(&advice);
        }
    }
    Ok(if sound { Exit::Done } else { Exit::Index })
}

fn advice(verification: &Verification) -> String {
    let rebuild = "build anew from the sources with `healthnews index --rebuild`";
    match &verification.previous {
        Some(previous) => format!("{rebuild}, or go back to `{previous}` with `healthnews rollback`"),
        None => rebuild.to_owned(),
    }
}

fn text(context: &Context, verification: &Verification) -> String {
    let generation = verification.generation.as_deref().unwrap_or("no generation");
    let mut rows = vec![("index", format!("{} ({generation})", context.settings.index.display()))];
    if verification.files > 0 {
        rows.extend([
            ("files", format!("{} ({})", grouped(verification.files), bytes(verification.bytes))),
            ("articles", grouped(verification.articles)),
            ("from", counted(verification.sources, "source file")),
        ]);
    }
    match verification.damage.as_slice() {
        [] => rows.push(("sound", "every byte and every article is as it was written".to_owned())),
        damage => rows.extend(damage.iter().map(|damage| ("damaged", damage.to_string()))),
    }
    output::rows(&rows)
}
