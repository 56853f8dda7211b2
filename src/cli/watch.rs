//! `healthnews index --watch`: one ordinary update after another, whenever the sources change.

use std::time::Duration;

use anyhow::Result;
use healthnews::Error;
use healthnews::index::IndexFolder;
use healthnews::ingest::Source;
use healthnews::update::{Outcome, Strict, Update, UpdateOptions, Watch, find_sources, remembered, update};

use super::failure::Failure;
use super::numbers::counted;
use super::progress::Bars;
use super::{Context, Exit, index, interrupt};

/// When to try again while another process writes: nothing tells that it has ended.
const RETRY: Duration = Duration::from_secs(2);

/// Keeps the index up to date until it is told to stop, which is its success. The first update must succeed, unless the index is
/// locked; after that, nothing that is wrong with an update ends the watch.
pub(crate) fn run(context: &Context, mut options: UpdateOptions) -> Result<Exit> {
    // To be told to stop is how it ends, also in the middle of an update.
    interrupt::listen(Exit::Done);
    let folder = context.folder();
    let mut watch = Watch::beside(&folder);
    let mut sources = options.sources.clone();
    let mut begun = false;
    // What was told last of an update that left the index as it was: it need not be told again.
    let mut told = None;
    // The files as they were when too many articles would have gone: as long as they are so, they need not be read again.
    let mut too_few = None;
    loop {
        let before = told.as_ref().and_then(|_| files(&folder, &options));
        if before.is_some() && before == too_few {
            if watch.wait(&sources, None, &interrupt::stopped) {
                continue;
            }
            break;
        }
        too_few = None;
        let bars = Bars::new(context.global.quiet || context.format().is_json());
        let outcome = update(&folder, &options, &bars);
        bars.clear();
        let (trouble, at_most) = match outcome {
            Ok(update) if update.outcome == Outcome::Stopped => break,
            Ok(update) => {
                let trouble = (update.outcome == Outcome::Refused).then(|| format!("{:?}", update.ingest.problems));
                let is_news = trouble.is_some() && trouble != told;
                if !begun || is_news || matches!(update.outcome, Outcome::Built | Outcome::Edited) {
                    index::tell(context, &update)?;
                }
                if update.outcome != Outcome::Refused {
                    // From now on they are remembered, and may come and go.
                    options = UpdateOptions { sources: Vec::new(), rebuild: false, ..options };
                    if options.strict == Strict::All {
                        // The others were in order just now.
                        options.strict = Strict::Changes;
                    }
                }
                sources = followed(&update, &options);
                if !begun {
                    begun = true;
                    context.say(&format!("watching {}; Ctrl-C ends it", counted(sources.len() as u64, "source")));
                }
                (trouble, None)
            }
            Err(error) if !begun && !matches!(error, Error::IndexLocked { .. }) => return Err(error.into()),
            Err(error) => {
                let trouble = Some(error.to_string());
                if trouble != told {
                    Failure::of_library(&error).tell(context.format().is_json());
                }
                if matches!(error, Error::WouldShrink { .. }) {
                    // What has changed meanwhile may be that they are back.
                    too_few = before.filter(|before| files(&folder, &options) == Some(*before));
                }
                let is_locked = matches!(error, Error::IndexLocked { .. });
                (trouble, is_locked.then_some(RETRY))
            }
        };
        told = trouble;
        if !watch.wait(&sources, at_most, &interrupt::stopped) {
            break;
        }
    }
    context.say("stopped watching; the index is whole");
    Ok(Exit::Done)
}

/// A hash of the files of the remembered sources, where it is they that are followed.
fn files(folder: &IndexFolder, options: &UpdateOptions) -> Option<u64> {
    let found = options.sources.is_empty().then(|| find_sources(folder, Vec::new()).ok()).flatten();
    found.map(|found| found.fingerprint())
}

/// What the index remembers and what is still to be remembered.
fn followed(update: &Update, options: &UpdateOptions) -> Vec<Source> {
    let mut sources = update.live.as_ref().map(remembered).unwrap_or_default();
    sources.extend(options.sources.iter().filter(|source| !sources.contains(source)).cloned().collect::<Vec<_>>());
    sources
}
