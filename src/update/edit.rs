//! [`Difference`]: which files have changed, and what that means for the live generation.
//!
//! A file that changed, came or went *touches* the articles that it told of before and those that it tells of now. A touched article
//! is made again from all files that tell of it, so these are read too, changed or not. All files that tell of a touched article
//! are then among those read, and merging them gives what a full build would; articles that the files read tell of beside the
//! touched ones stay as they are, because nothing about their files has changed.
//!
//! A file that is there and cannot be read (permissions, a disk that fails) says nothing: the articles that it told of are *kept* as
//! they are, whatever other files say about them, and made again once it can be read or is gone.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::plan::Plan;
use super::reading::{account, place, read_all, remember, report};
use super::{Observer, Outcome, Strict, Update, UpdateOptions, lasting, lasting_in};
use crate::Result;
use crate::article::ArticleId;
use crate::index::{Changes, Edit, FilePlace, IndexFolder, Ledger, LedgerFile, WriteLock};
use crate::ingest::{Articles, FileAccount, Look, Survey, go_on};

/// If more than one file in so many has changed, building anew costs less than changing, and leaves a tidier index.
const REBUILD_SHARE: usize = 2;

/// From so many records on, analysing them takes longer than all else, and is shared by several threads.
const MANY_RECORDS: u64 = 500;

/// What is different between the files on disk and those that the live generation was made of.
pub(super) struct Difference {
    ledger: Ledger,
    /// The places in the survey of files that are new or have changed.
    changed: BTreeSet<usize>,
    is_small: bool,
}

/// A file as it is and as it was. One of them may be missing.
struct Pair<'a> {
    now: Option<FileNow<'a>>,
    before: Option<LedgerFile<'a>>,
}

struct FileNow<'a> {
    /// Its place in the survey.
    at: usize,
    place: FilePlace<'a>,
    look: Look,
}

impl<'a> Pair<'a> {
    /// The file as it was, where it is there and cannot be read. `accounts` are those of the files that were read, by place.
    fn kept(&self, survey: &Survey, accounts: &BTreeMap<usize, FileAccount>) -> Option<LedgerFile<'a>> {
        self.before.filter(|before| match &self.now {
            Some(now) => accounts.get(&now.at).is_some_and(|account| account.unreadable),
            None => is_hidden(survey, before),
        })
    }
}

/// Whether a file that was not found may well be there.
fn is_hidden(survey: &Survey, file: &LedgerFile<'_>) -> bool {
    let FilePlace { shown, root, name } = file.place;
    survey.hides((shown, root), name)
}

/// What was read again.
struct Read {
    articles: Articles,
    touched: BTreeSet<ArticleId>,
    /// By place in the survey.
    accounts: BTreeMap<usize, FileAccount>,
}

/// All files that are or were, in their order.
fn pairs<'a>(survey: &'a Survey, ledger: &'a Ledger) -> impl Iterator<Item = Pair<'a>> {
    let now = survey.entries().enumerate().map(|(at, file)| FileNow { at, place: place(file), look: file.2 });
    let (mut now, mut before) = (now.peekable(), ledger.files().peekable());
    std::iter::from_fn(move || {
        let order = match (now.peek(), before.peek()) {
            (Some(now), Some(before)) => now.place.cmp(&before.place),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        let now = if order.is_le() { now.next() } else { None };
        let before = if order.is_ge() { before.next() } else { None };
        Some(Pair { now, before })
    })
}

impl Difference {
    /// Compares the plan with the ledger of the live generation; `None` when there is none.
    pub(super) fn find(plan: &Plan, folder: &IndexFolder) -> Result<Option<Self>> {
        let Some(live) = &plan.live else { return Ok(None) };
        let ledger = folder.ledger(live)?;
        let mut changed = BTreeSet::new();
        let (mut vanished, mut unread, mut known) = (0, 0, 0);
        for Pair { now, before } in pairs(&plan.survey, &ledger) {
            known += usize::from(before.is_some());
            // It was kept before, and may have to be again.
            unread += usize::from(before.is_some_and(|file| file.state.size.is_none()));
            let seen = before.map(|file| (file.state.size, file.state.modified_ns));
            match now {
                Some(now) if seen == Some((Some(now.look.size), now.look.modified_ns)) => {}
                Some(now) => drop(changed.insert(now.at)),
                None if before.is_some_and(|file| is_hidden(&plan.survey, &file)) => unread += 1,
                None => vanished += 1,
            }
        }
        // A build would lose what cannot be read.
        let is_small = unread > 0 || (changed.len() + vanished) * REBUILD_SHARE <= known;
        Ok(Some(Self { ledger, changed, is_small }))
    }

    /// Whether changing the live generation is the better way, and not building anew.
    pub(super) fn is_small(&self) -> bool {
        self.is_small
    }

    /// Changes the live generation.
    pub(super) fn apply(
        self,
        plan: &Plan,
        lock: &WriteLock,
        options: &UpdateOptions,
        observer: &dyn Observer,
    ) -> Result<Update> {
        let Read { mut articles, mut touched, accounts } = self.read(&plan.survey, options, observer)?;
        let problems = plan.with_vanished(articles.report().clone()).problems;
        if options.refuse(&problems) {
            let ledger = self.ledger_now(&plan.survey, &accounts);
            let told: BTreeSet<ArticleId> = ledger.files().flat_map(|file| file.state.articles.iter()).collect();
            let ingest = report(ledger.account(), told.len() as u64, problems);
            return Ok(Update::ended(Outcome::Refused, plan.live.clone(), ingest));
        }
        let is_many = articles.report().records >= MANY_RECORDS;
        let threads = if is_many { options.writers().threads } else { 1 };
        let mut edit = Edit::begin(lock, threads)?;
        observer.indexing(articles.report().records);
        for article in articles.by_ref() {
            let article = article?;
            go_on(observer)?;
            if touched.remove(&article.id) {
                edit.put(&article)?;
            }
            observer.article_indexed();
        }
        go_on(observer)?;
        for gone in touched {
            edit.remove(gone)?;
        }
        let ledger = self.ledger_now(&plan.survey, &accounts);
        let before = plan.live.as_ref().map_or(0, |live| lasting(lock.folder(), live));
        options.max_shrink.check(before, lasting_in(&ledger, edit.articles()), &plan.vanished)?;
        observer.publishing();
        // Also when only files were touched in the sense of the command of that name: then they are remembered as they are now.
        let is_news = !ledger.files().eq(self.ledger.files());
        drop(self);
        let ingest = report(ledger.account(), edit.articles(), problems);
        let origin = plan.origin(account(&ingest), &ledger);
        let (live, changes) = match plan.live.clone() {
            // Files that cannot be read are tried each time, mostly for nothing.
            Some(live) if !is_news && origin == live.manifest.origin => {
                let unchanged = Changes { unchanged: live.manifest.articles, ..Changes::default() };
                (live, unchanged)
            }
            _ => edit.commit(origin, &ledger)?,
        };
        let same = changes.unchanged == live.manifest.articles && changes.removed == 0;
        let outcome = if same { Outcome::Unchanged } else { Outcome::Edited };
        Ok(Update { changes, ..Update::ended(outcome, Some(live), ingest) })
    }

    /// What is now known of all files.
    fn ledger_now(&self, survey: &Survey, accounts: &BTreeMap<usize, FileAccount>) -> Ledger {
        let mut ledger = Ledger::with_room_of(&self.ledger);
        for pair in pairs(survey, &self.ledger) {
            if let Some(LedgerFile { place, state }) = pair.kept(survey, accounts) {
                ledger.push(&LedgerFile { place, state: state.to_be_read() });
                continue;
            }
            let Some(now) = pair.now else { continue };
            match (accounts.get(&now.at), pair.before) {
                (Some(account), _) => remember(&mut ledger, now.place, now.look, account),
                (None, Some(before)) => ledger.push(&before),
                (None, None) => {}
            }
        }
        ledger
    }

    /// Reads what has changed and all that tells of the same articles; everything where problems of any file count.
    fn read(&self, survey: &Survey, options: &UpdateOptions, observer: &dyn Observer) -> Result<Read> {
        let mut wanted = if options.strict == Strict::All { (0..survey.len()).collect() } else { self.changed.clone() };
        loop {
            let mut articles = read_all(&survey.only(|at| wanted.contains(&at)), options, observer)?;
            let accounts: BTreeMap<usize, FileAccount> = wanted.iter().copied().zip(articles.take_accounts()).collect();
            let touched = self.touched(survey, &accounts);
            let mut is_complete = true;
            for pair in pairs(survey, &self.ledger) {
                if let (Some(now), Some(before)) = (pair.now, pair.before)
                    && before.state.articles.iter().any(|id| touched.contains(&id))
                {
                    is_complete &= !wanted.insert(now.at);
                }
            }
            if is_complete {
                return Ok(Read { articles, touched, accounts });
            }
            // Files may change while they are read, so what is touched may grow; it ends at the latest with all files.
        }
    }

    /// The articles that are kept as they are.
    pub(super) fn kept(&self, survey: &Survey, accounts: &BTreeMap<usize, FileAccount>) -> BTreeSet<ArticleId> {
        let kept = pairs(survey, &self.ledger).filter_map(|pair| pair.kept(survey, accounts));
        kept.flat_map(|file| file.state.articles.iter()).collect()
    }

    /// The articles that the files that went or really changed told of, or tell of now, but for those that are kept. A file whose bytes
    /// are the same was only touched in the sense of the command of that name.
    fn touched(&self, survey: &Survey, accounts: &BTreeMap<usize, FileAccount>) -> BTreeSet<ArticleId> {
        let (mut touched, mut kept) = (BTreeSet::new(), BTreeSet::new());
        for pair in pairs(survey, &self.ledger) {
            if let Some(file) = pair.kept(survey, accounts) {
                kept.extend(file.state.articles.iter());
                continue;
            }
            let Pair { now, before } = pair;
            let account = now.as_ref().map(|now| accounts.get(&now.at));
            let is_same = match (account, before) {
                // Not read, because nothing has changed.
                (Some(None), _) => true,
                (Some(Some(account)), Some(before)) => before.state.digest == account.digest,
                (Some(Some(_)), None) | (None, _) => false,
            };
            if !is_same {
                touched.extend(before.iter().flat_map(|file| file.state.articles.iter()));
                touched.extend(account.flatten().iter().flat_map(|account| account.ids.iter().copied()));
            }
        }
        touched.retain(|id| !kept.contains(id));
        touched
    }
}
