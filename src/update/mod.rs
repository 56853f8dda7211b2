//! [`update`]: sources in, the index brought up to date. The glue between [`crate::ingest`] and [`crate::index`].
//!
//! An index remembers its sources, and of each file what came of it. An update reads the files that are new or have changed, and
//! those that tell of the same articles, and changes the live generation in one commit. Where there is no live generation, or
//! most of it would change, everything is read into a new one. If nothing has changed, nothing is read or written.
//!
//! The law: an updated index answers like one that was built anew from the same files. What is there and cannot be read is for an
//! update as it was, however much else has changed; an index that is built from nothing has nothing of it.

mod build;
mod edit;
mod plan;
mod reading;
mod shrink;
mod watch;

use std::collections::HashSet;
use std::time::{Duration, Instant};

pub use watch::Watch;

use self::edit::Difference;
use self::plan::Plan;
pub use self::shrink::MaxShrink;
use crate::article::ArticleId;
use crate::index::{Account, BuildOptions, Changes, IndexFolder, Ledger, Live, RememberedSource};
use crate::ingest::{IngestReport, Mapping, Problem, Progress, Silent, Source, Survey, go_on, path_of};
use crate::{Error, Result};

/// What to do in an [`update`].
#[derive(Debug, Clone, Default)]
pub struct UpdateOptions {
    /// The sources that the user names now. They must exist.
    pub sources: Vec<Source>,
    /// Remembered sources to forget, and their articles with them.
    pub forget: Vec<Source>,
    /// Forget the remembered sources if others are named, and build even if nothing has changed.
    pub rebuild: bool,
    /// Read and report, but write nothing.
    pub dry_run: bool,
    /// Whether to keep the old index if there are problems.
    pub strict: Strict,
    /// How many of the articles may go.
    pub max_shrink: MaxShrink,
    /// How many threads read and write; `None` for as many as the machine has.
    pub threads: Option<usize>,
    /// Which keys are which field.
    pub mapping: Mapping,
}

/// Which problems are not allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strict {
    /// All are.
    #[default]
    Off,
    /// Those of files that are new or have changed, and of sources that have gone.
    Changes,
    /// Those of any file: all are read, changed or not, as an index does not remember its problems.
    All,
}

impl UpdateOptions {
    /// Whether these problems keep the index as it was.
    fn refuse(&self, problems: &[Problem]) -> bool {
        self.strict != Strict::Off && !problems.is_empty()
    }

    /// How a run ends that has met these problems, if nothing keeps it from `otherwise`.
    fn outcome(&self, problems: &[Problem], otherwise: Outcome) -> Outcome {
        if self.refuse(problems) { Outcome::Refused } else { otherwise }
    }

    /// How many threads analyse and write.
    fn writers(&self) -> BuildOptions {
        self.threads.map_or_else(BuildOptions::default, |threads| BuildOptions { threads })
    }
}

/// What became of an [`update`].
#[derive(Debug, Clone)]
pub struct Update {
    /// How it ended.
    pub outcome: Outcome,
    /// The live generation; `None` if there is none yet.
    pub live: Option<Live>,
    /// The account of all sources, refused or not; empty when the update was stopped. Its `problems` are those of the files that
    /// were read now and of remembered sources that have gone: files that have not changed are read again only under
    /// [`Strict::All`].
    pub ingest: IngestReport,
    /// What is different from the generation that was live before; all zero when the update was refused or stopped.
    pub changes: Changes,
    /// How long it took.
    pub took: Duration,
}

/// How an [`update`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A new generation is live.
    Built,
    /// The live generation was changed in place.
    Edited,
    /// Nothing has changed since the live generation was last written to.
    Unchanged,
    /// All was read and nothing written, as asked; what [`UpdateOptions::strict`] does not allow is refused all the same.
    DryRun,
    /// There were problems, which [`UpdateOptions::strict`] does not allow: the old index is still live.
    Refused,
    /// [`Progress::stop`] said so: the old index is still live. This goes before all else, refusals included.
    Stopped,
}

impl Update {
    /// One that has changed nothing.
    fn ended(outcome: Outcome, live: Option<Live>, ingest: IngestReport) -> Self {
        Self { outcome, live, ingest, changes: Changes::default(), took: Duration::ZERO }
    }
}

/// Told how far an update has come, and asked by [`Progress::stop`] whether to go on, for each article too.
pub trait Observer: Progress {
    /// All files are read. So many records will now be merged into articles and indexed.
    fn indexing(&self, records: u64) {
        let _ = records;
    }

    /// One more article is in the new generation.
    fn article_indexed(&self) {}

    /// All articles are in the new generation, which is now written to disk and made live.
    fn publishing(&self) {}
}

impl Observer for Silent {}

/// Brings the index in `folder` up to date.
///
/// # Errors
/// [`Error::Usage`] without any source and when one that is to be forgotten is not remembered or named as well,
/// [`Error::Source`] when a named source does not exist, all remembered ones have gone or one of them may not be looked at,
/// [`Error::IndexLocked`] when another process writes, [`Error::IndexIncompatible`] and [`Error::IndexDamaged`] (which
/// [`UpdateOptions::rebuild`] mends), [`Error::WouldShrink`] when more articles would go than [`UpdateOptions::max_shrink`] allows.
/// The index stays as it was after every error.
pub fn update(folder: &IndexFolder, options: &UpdateOptions, observer: &dyn Observer) -> Result<Update> {
    let start = Instant::now();
    let update = match carry_out(folder, options, observer) {
        Err(Error::Stopped) => Update::ended(Outcome::Stopped, folder.live().ok(), IngestReport::default()),
        update => update?,
    };
    Ok(Update { took: start.elapsed(), ..update })
}

fn carry_out(folder: &IndexFolder, options: &UpdateOptions, observer: &dyn Observer) -> Result<Update> {
    let mut plan = Plan::make(folder, options)?;
    if options.dry_run {
        return try_out(&plan, folder, options, observer);
    }
    if plan.is_unchanged(options) {
        return unchanged(plan, folder, options, observer);
    }
    let lock = folder.lock()?;
    // Somebody may have written between the first look and the lock.
    let state = |live: Option<&Live>| live.map(|live| (live.generation.clone(), live.manifest.clone()));
    if state(folder.live().ok().as_ref()) != state(plan.live.as_ref()) {
        plan = Plan::make(folder, options)?;
        if plan.is_unchanged(options) {
            return unchanged(plan, folder, options, observer);
        }
    }
    let difference = if plan.is_editable(options) { Difference::find(&plan, folder)? } else { None };
    match difference {
        Some(difference) if difference.is_small() => difference.apply(&plan, &lock, options, observer),
        difference => build::build(plan, difference, &lock, options, observer),
    }
}

/// The sources that a generation was built from.
#[must_use]
pub fn remembered(live: &Live) -> Vec<Source> {
    named(&live.manifest.origin.sources)
}

/// How many articles of the live generation could be read again: all but those that only standard input told of. Loss is measured by
/// them, as what came from standard input is meant to go with the next run.
#[must_use]
pub fn lasting(folder: &IndexFolder, live: &Live) -> u64 {
    let all = live.manifest.articles;
    // Where all could be looked at again, none came from standard input.
    if live.manifest.origin.fingerprint.is_some() {
        return all;
    }
    // A ledger that cannot be read is for others to tell of: a rebuild mends it.
    folder.ledger(live).map_or(all, |ledger| lasting_in(&ledger, all))
}

/// The same for so many articles of which a ledger tells.
fn lasting_in(ledger: &Ledger, all: u64) -> u64 {
    let (stdin, files): (Vec<_>, Vec<_>) = ledger.files().partition(|file| reading::is_stdin(file.place));
    let mut once: HashSet<ArticleId> = stdin.iter().flat_map(|file| file.state.articles.iter()).collect();
    for file in files {
        file.state.articles.iter().for_each(|id| _ = once.remove(&id));
    }
    all.saturating_sub(once.len() as u64)
}

fn named(remembered: &[RememberedSource]) -> Vec<Source> {
    remembered.iter().map(|source| Source::parse(&source.given, &path_of(&source.base))).collect()
}

/// The files that a rebuild of the index in `folder` would read: of the named sources, else of the remembered ones. What cannot be
/// looked at, remembered sources that have gone included, is among the problems of the survey.
///
/// # Errors
/// As those of [`update`] about sources.
pub fn find_sources(folder: &IndexFolder, sources: Vec<Source>) -> Result<Survey> {
    let plan = Plan::make(folder, &UpdateOptions { sources, rebuild: true, ..UpdateOptions::default() })?;
    Ok(plan.survey.with_problems(plan.vanished))
}

fn unchanged(plan: Plan, folder: &IndexFolder, options: &UpdateOptions, observer: &dyn Observer) -> Result<Update> {
    // What was built may have been damaged since.
    folder.whole_live()?;
    if let Some(live) = &plan.live {
        // Housekeeping: an index that only can be read is as good as ever.
        let _ = folder.tidy(live);
    }
    let problems = match options.strict {
        Strict::All => {
            let articles = reading::read_all(&plan.survey, options, observer)?;
            plan.with_vanished(articles.into_report()).problems
        }
        Strict::Off | Strict::Changes => plan.vanished,
    };
    let outcome = options.outcome(&problems, Outcome::Unchanged);
    let (articles, account) =
        plan.live.as_ref().map_or_else(Default::default, |live| (live.manifest.articles, live.manifest.origin.account));
    let Account { files, records, merged, left_out, rejected, unread } = account;
    let ingest = IngestReport { files, records, articles, merged, left_out, rejected, unread, problems };
    let unchanged = if outcome == Outcome::Unchanged { articles } else { 0 };
    let changes = Changes { unchanged, ..Changes::default() };
    Ok(Update { changes, ..Update::ended(outcome, plan.live, ingest) })
}

/// Reads everything and says what would change.
fn try_out(plan: &Plan, folder: &IndexFolder, options: &UpdateOptions, observer: &dyn Observer) -> Result<Update> {
    let mut comparison = plan.comparison(folder.path(), options)?;
    let mut articles = reading::read_all(&plan.survey, options, observer)?;
    let difference = if plan.is_editable(options) { Difference::find(plan, folder)? } else { None };
    let accounts = articles.take_accounts().into_iter().enumerate().collect();
    let kept = difference.map(|difference| difference.kept(&plan.survey, &accounts)).unwrap_or_default();
    for id in &kept {
        comparison.keep(*id);
    }
    observer.indexing(articles.report().records);
    for article in articles.by_ref() {
        let article = article?;
        go_on(observer)?;
        if !kept.contains(&article.id) {
            comparison.see(&article);
        }
    }
    let ingest = plan.with_vanished(articles.into_report());
    let outcome = options.outcome(&ingest.problems, Outcome::DryRun);
    let changes = if outcome == Outcome::DryRun { comparison.finish() } else { Changes::default() };
    Ok(Update { changes, ..Update::ended(outcome, plan.live.clone(), ingest) })
}
