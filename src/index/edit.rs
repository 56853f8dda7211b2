//! [`Edit`]: a change to the live generation, in one commit.

use std::path::Path;

use tantivy::columnar::Column;
use tantivy::{IndexWriter, TantivyError, Term};

use super::build::{commit, disk, open_on, searcher, writer};
use super::change::{Changes, digest};
use super::document::to_document;
use super::failure::{reading_failed, writing_failed};
use super::folder::{Live, WriteLock, sync_folder};
use super::ledger::Ledger;
use super::leftovers::remove_orphans;
use super::lookup;
use super::manifest::Origin;
use super::schema::{Fields, column};
use super::sealed::{SealedDirectory, Trouble};
use crate::article::{Article, ArticleId};
use crate::{Error, Result};

/// Memory for the new documents of all threads, in bytes: what does not fit is written out early, and still seen only after the
/// commit.
const MEMORY: usize = 50_000_000;

/// More threads would leave more segments than they are worth.
const MAX_THREADS: usize = 2;

/// A change to the live generation. Nothing of it is seen, and nothing of it stays, unless [`Edit::commit`] returns.
pub(crate) struct Edit<'a> {
    lock: &'a WriteLock,
    live: Live,
    fields: Fields,
    writer: IndexWriter,
    trouble: Trouble,
    before: tantivy::Searcher,
    /// By segment: the digests of the articles in it.
    digests: Vec<Column<u64>>,
    changes: Changes,
}

impl<'a> Edit<'a> {
    /// Begins a change to the live generation.
    ///
    /// Each of the threads that write leaves a segment: one is enough but for many articles.
    pub(crate) fn begin(lock: &'a WriteLock, threads: usize) -> Result<Self> {
        Self::begin_on(lock, threads, disk)
    }

    /// Begins a change to the live generation on the disk that is given for its path.
    pub(super) fn begin_on(
        lock: &'a WriteLock,
        threads: usize,
        disk: impl FnOnce(&Path) -> Result<SealedDirectory>,
    ) -> Result<Self> {
        lock.remove_leftovers();
        let root = lock.folder().path();
        let live = lock.folder().live()?;
        let disk = disk(&live.path)?;
        let trouble = disk.trouble();
        let index = open_on(&disk, root)?;
        let begin = || {
            let before = searcher(&index)?;
            let digests = before.segment_readers().iter().map(|segment| segment.fast_fields().u64(column::DIGEST));
            let digests = digests.collect::<tantivy::Result<Vec<_>>>()?;
            let threads = threads.clamp(1, MAX_THREADS);
            let writer = writer(&index, threads, MEMORY / threads)?;
            // An update that was killed may have left files under names that this one will use.
            writer.garbage_collect_files().wait()?;
            // The engine numbers operations from that of the last commit on, so that the first would have the same number. A merge
            // that was left undone takes up deletions to that number: it would take up the first one in some of its segments, and
            // lose it in those that the last commit has deleted from.
            writer.run(std::iter::empty())?;
            tantivy::Result::Ok((before, digests, writer))
        };
        let (before, digests, writer) = begin().map_err(|cause| writing_failed(root, &live.path, &trouble, cause))?;
        remove_orphans(&live);
        let fields = Fields::of(&index.schema()).map_err(|cause| reading_failed(root, cause))?;
        Ok(Self { lock, live, fields, writer, trouble, before, digests, changes: Changes::default() })
    }

    /// Puts an article in the place of the one with its id, if there is one. The caller sees to it that no id comes twice.
    pub(crate) fn put(&mut self, article: &Article) -> Result<()> {
        match self.digest_of(article.id)? {
            Some(before) if before == digest(article) => return Ok(()),
            Some(_) => {
                self.writer.delete_term(self.term(article.id));
                self.changes.changed += 1;
            }
            None => self.changes.added += 1,
        }
        let added = self.writer.add_document(to_document(article, &self.fields));
        added.map(drop).map_err(|cause| self.failed(cause))
    }

    /// Takes an article out, if it is there.
    pub(crate) fn remove(&mut self, id: ArticleId) -> Result<()> {
        if self.digest_of(id)?.is_some() {
            self.writer.delete_term(self.term(id));
            self.changes.removed += 1;
        }
        Ok(())
    }

    /// How many articles there will be.
    #[must_use]
    pub(crate) fn articles(&self) -> u64 {
        self.live.manifest.articles + self.changes.added - self.changes.removed
    }

    /// Commits everything at once, with what is now known of the sources.
    pub(crate) fn commit(self, origin: Origin, ledger: &Ledger) -> Result<(Live, Changes)> {
        let before = self.live.manifest.articles;
        let manifest = self.live.manifest.updated(self.articles(), origin);
        ledger.write(&self.live.path.join(&manifest.ledger))?;
        sync_folder(&self.live.path)?;
        let (root, path) = (self.lock.folder().path(), &self.live.path);
        commit(self.writer, &manifest).map_err(|cause| writing_failed(root, path, &self.trouble, cause))?;
        let unchanged = before - self.changes.changed - self.changes.removed;
        let live = self.lock.folder().live()?;
        remove_orphans(&live);
        Ok((live, Changes { unchanged, ..self.changes }))
    }

    fn term(&self, id: ArticleId) -> Term {
        Term::from_field_u64(self.fields.id, id.bits())
    }

    /// The digest of the article with this id in the committed state.
    fn digest_of(&self, id: ArticleId) -> Result<Option<u64>> {
        let found = lookup::find(&self.before, &self.fields, id)
            .map_err(|cause| reading_failed(self.lock.folder().path(), cause))?;
        Ok(found.and_then(|doc| self.digests[doc.segment_ord as usize].first(doc.doc_id)))
    }

    fn failed(&self, cause: TantivyError) -> Error {
        writing_failed(self.lock.folder().path(), &self.live.path, &self.trouble, cause)
    }
}

impl std::fmt::Debug for Edit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edit").field("live", &self.live).field("changes", &self.changes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tantivy::indexer::NoMergePolicy;

    use super::super::build::open;
    use super::super::{Build, BuildOptions, IndexFolder};
    use super::*;

    fn article(number: u64) -> Article {
        Article::new(ArticleId::from_bits(number), format!("Article {number}"))
    }

    /// Commits these articles and a deletion without a merge, as an update does that is killed before it.
    fn commit_unmerged(lock: &WriteLock, added: std::ops::Range<u64>, deleted: Option<u64>) {
        let live = lock.folder().live().unwrap();
        let index = open_on(&disk(&live.path).unwrap(), lock.folder().path()).unwrap();
        let fields = Fields::of(&index.schema()).unwrap();
        let mut manifest = live.manifest;
        manifest.articles += added.end - added.start;
        let writer = writer(&index, 1, MEMORY).unwrap();
        writer.set_merge_policy(Box::new(NoMergePolicy));
        if let Some(number) = deleted {
            manifest.articles -= 1;
            writer.delete_term(Term::from_field_u64(fields.id, number));
        }
        for number in added {
            writer.add_document(to_document(&article(number), &fields)).unwrap();
        }
        commit(writer, &manifest).unwrap();
    }

    #[test]
    fn what_is_deleted_first_stays_deleted_when_segments_are_left_to_be_merged() {
        // The order in which segments are merged hangs on their random names: in one of four there is nothing to lose.
        for round in 0..12 {
            let temp = tempfile::tempdir().unwrap();
            let folder = IndexFolder::new(temp.path());
            let lock = folder.lock().unwrap();
            let mut build = Build::begin(&lock, &BuildOptions { threads: 1 }).unwrap();
            (1..7).for_each(|number| build.add(&article(number)).unwrap());
            build.publish(Origin::default(), &Ledger::default()).unwrap();
            commit_unmerged(&lock, 10..11, None);
            commit_unmerged(&lock, 20..21, None);
            // Of the first segment, which is not worn by it.
            commit_unmerged(&lock, 30..31, Some(1));

            let mut edit = Edit::begin(&lock, 1).unwrap();
            edit.remove(ArticleId::from_bits(2)).unwrap();
            edit.put(&article(40)).unwrap();
            let (live, _) = edit.commit(Origin::default(), &Ledger::default()).unwrap();

            let index = open(&live, folder.path()).unwrap();
            let searcher = searcher(&index).unwrap();
            assert!(searcher.segment_readers().len() < 5, "round {round}: the segments were merged");
            assert_eq!((searcher.num_docs(), live.manifest.articles), (8, 8), "round {round}");
        }
    }
}
