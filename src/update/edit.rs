//! [`Difference`]: which files have changed, and what that means for the live generation.
//!
//! A file that changed, came or went *touches* the articles that it told of before and those that it tells of now. A touched article
//! is made again from all files that tell of it, so these are read too, changed or not. All files that tell of a touched article
//! are then among those read, and merging them gives what a full build would; articles that the files read tell of beside the
//! touched ones stay as they are, because nothing about their files has changed.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use super::plan::Plan;
use super::reading::{entry, read_all};
use super::{Observer, Outcome, Update, UpdateOptions};
use crate::Result;
use crate::article::ArticleId;
use crate::index::{Account, Changes, Edit, IndexFolder, Ledger, LedgerFile, WriteLock};
use crate::ingest::{Articles, IngestReport, SourceFile, Survey};

/// If more than one file in so many has changed, building anew costs less than changing, and leaves a tidier index.
const REBUILD_SHARE: usize = 2;

/// What is different between the files on disk and those that the live generation was made of.
pub(super) struct Difference {
    ledger: Ledger,
    /// New or changed, by path as shown.
    changed: HashSet<String>,
    /// Gone.
    vanished: HashSet<String>,
}

/// What was read again.
struct Read {
    articles: Articles,
    touched: BTreeSet<ArticleId>,
    entries: BTreeMap<String, LedgerFile>,
}

impl Difference {
    /// Compares the plan with the ledger of the live generation; `None` when so much is different that a build is the better way.
    pub(super) fn find(plan: &Plan, folder: &IndexFolder) -> Result<Option<Self>> {
        let Some(live) = &plan.live else { return Ok(None) };
        let ledger = folder.ledger(live)?;
        let is_changed = |file: &&SourceFile| {
            ledger
                .find(file.shown())
                .is_none_or(|before| (before.size, before.modified_ns) != (Some(file.size()), file.modified_ns()))
        };
        let files = plan.survey.files();
        let changed: HashSet<String> = files.iter().filter(is_changed).map(|file| file.shown().to_owned()).collect();
        let present: HashSet<&str> = files.iter().map(SourceFile::shown).collect();
        let vanished: HashSet<String> = ledger
            .files
            .iter()
            .filter(|file| !present.contains(file.path.as_str()))
            .map(|file| file.path.clone())
            .collect();
        let is_small = (changed.len() + vanished.len()) * REBUILD_SHARE <= ledger.files.len();
        Ok(is_small.then_some(Self { ledger, changed, vanished }))
    }

    /// Changes the live generation.
    pub(super) fn apply(
        self,
        plan: &Plan,
        lock: &WriteLock,
        options: &UpdateOptions,
        observer: &dyn Observer,
    ) -> Result<Update> {
        let Read { mut articles, mut touched, mut entries } = self.read(&plan.survey, options, observer)?;
        let refused = options.strict && !(articles.report().problems.is_empty() && plan.vanished.is_empty());
        let problems = plan.with_vanished(articles.report().clone()).problems;
        let mut edit = Edit::begin(lock)?;
        observer.indexing(articles.report().records);
        for article in articles.by_ref() {
            let article = article?;
            if refused || observer.stop() {
                break;
            }
            if touched.remove(&article.id) {
                edit.put(&article)?;
            }
            observer.article_indexed();
        }
        let mut update = Update {
            outcome: if refused { Outcome::Refused } else { Outcome::Stopped },
            live: plan.live.clone(),
            ingest: IngestReport { problems, ..IngestReport::default() },
            changes: Changes::default(),
            took: Duration::ZERO,
        };
        if refused || observer.stop() {
            return Ok(update);
        }
        for gone in touched {
            edit.remove(gone)?;
        }
        let before = plan.live.as_ref().map_or(0, |live| live.manifest.articles);
        options.max_shrink.check(before, edit.articles(), &plan.vanished)?;

        // Also when only files were touched in the sense of the command of that name: then they are remembered as they are now.
        let is_news = !self.vanished.is_empty() || entries.values().any(|now| self.ledger.find(&now.path) != Some(now));
        observer.publishing();
        let unread = |file: &LedgerFile| !self.vanished.contains(&file.path) && !entries.contains_key(&file.path);
        let kept: Vec<LedgerFile> = self.ledger.files.into_iter().filter(unread).collect();
        entries.extend(kept.into_iter().map(|file| (file.path.clone(), file)));
        let ledger = Ledger { files: entries.into_values().collect() };
        let mut account = ledger.account();
        account.merged = account.records - edit.articles();
        let origin = plan.origin(account, &ledger);
        let (live, changes) = match plan.live.clone() {
            // Files that cannot be read are tried each time, mostly for nothing.
            Some(live) if !is_news && origin == live.manifest.origin => {
                let unchanged = Changes { unchanged: live.manifest.articles, ..Changes::default() };
                (live, unchanged)
            }
            _ => edit.commit(origin, &ledger)?,
        };
        let Account { files, records, merged, left_out, rejected } = account;
        let articles = live.manifest.articles;
        let same = changes.unchanged == articles && changes.removed == 0;
        update.outcome = if same { Outcome::Unchanged } else { Outcome::Edited };
        update.ingest = IngestReport { files, records, articles, merged, left_out, rejected, ..update.ingest };
        (update.live, update.changes) = (Some(live), changes);
        Ok(update)
    }

    /// Reads what has changed and all that tells of the same articles.
    fn read(&self, survey: &Survey, options: &UpdateOptions, observer: &dyn Observer) -> Result<Read> {
        let mut wanted = self.changed.clone();
        loop {
            let part = survey.only(|file| wanted.contains(file.shown()));
            let articles = read_all(&part, options, observer)?;
            let entries: BTreeMap<String, LedgerFile> = part
                .files()
                .iter()
                .zip(articles.files())
                .map(|(file, account)| (file.shown().to_owned(), entry(file, account)))
                .collect();
            let touched = self.touched(&entries);
            let is_missing = |file: &&LedgerFile| {
                !wanted.contains(&file.path)
                    && !self.vanished.contains(&file.path)
                    && file.tells_of(|id| touched.contains(&id))
            };
            let missing: Vec<String> =
                self.ledger.files.iter().filter(is_missing).map(|file| file.path.clone()).collect();
            if missing.is_empty() {
                return Ok(Read { articles, touched, entries });
            }
            // Files may change while they are read, so what is touched may grow; it ends at the latest with all files.
            wanted.extend(missing);
        }
    }

    /// The articles that the files that went or really changed told of, or tell of now. A file whose bytes are the same was only
    /// touched in the sense of the command of that name.
    fn touched(&self, entries: &BTreeMap<String, LedgerFile>) -> BTreeSet<ArticleId> {
        let mut touched = BTreeSet::new();
        let mut add = |file: &LedgerFile| touched.extend(file.articles.iter().map(|bits| ArticleId::from_bits(*bits)));
        self.ledger.files.iter().filter(|file| self.vanished.contains(&file.path)).for_each(&mut add);
        for (path, now) in entries {
            let before = self.ledger.find(path);
            if before.is_none_or(|before| before.digest != now.digest) {
                before.into_iter().for_each(&mut add);
                add(now);
            }
        }
        touched
    }
}
