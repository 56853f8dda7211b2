//! [`Build`]: a new generation, from the first article to the switch.

use std::path::PathBuf;
use std::time::Duration;

use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexSettings, IndexWriter, TantivyError};

use super::document::to_document;
use super::folder::{Live, WriteLock};
use super::ledger::Ledger;
use super::manifest::{Manifest, Origin};
use super::schema::{Fields, register_analysers};
use crate::article::Article;
use crate::{Error, Result};

/// Memory for the postings of one indexing thread, in bytes, before it writes a segment.
///
/// With two threads this holds 100,000 articles under 500 MB in all; more of it makes no build faster
/// (`docs/PERFORMANCE.md`).
const MEMORY_PER_THREAD: usize = 80_000_000;

/// How many bytes of stored articles are compressed together. A page of hits decompresses a block for each, so that Tantivy's 16 KB
/// would cost more than finding them; smaller ones make the index a little larger (`docs/PERFORMANCE.md`).
const STORE_BLOCK: usize = 4096;

/// How a generation is built. None of this changes what a search answers.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// How many threads analyse and write.
    pub threads: usize,
}

impl Default for BuildOptions {
    fn default() -> Self {
        // Beyond a handful of threads the disk and the one reader are the limit.
        let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(8));
        Self { threads }
    }
}

/// A generation being built beside the live one. Dropped before [`Build::publish`], it leaves nothing behind.
pub struct Build<'a> {
    lock: &'a WriteLock,
    number: u64,
    path: Option<PathBuf>,
    fields: Fields,
    writer: Option<IndexWriter>,
    articles: u64,
}

impl<'a> Build<'a> {
    /// Begins an empty generation.
    pub fn begin(lock: &'a WriteLock, options: &BuildOptions) -> Result<Self> {
        let (number, path) = lock.begin()?;
        let mut build = Self {
            lock,
            number,
            path: Some(path.clone()),
            fields: Fields::of(&Fields::schema())?,
            writer: None,
            articles: 0,
        };
        let directory = MmapDirectory::open(&path).map_err(TantivyError::from)?;
        let settings = IndexSettings { docstore_blocksize: STORE_BLOCK, ..IndexSettings::default() };
        let index = Index::create(directory, Fields::schema(), settings)?;
        register_analysers(&index);
        let threads = options.threads.max(1);
        build.writer = Some(writer(&index, threads, threads * MEMORY_PER_THREAD)?);
        Ok(build)
    }

    /// Adds an article. The caller sees to it that no id comes twice.
    pub fn add(&mut self, article: &Article) -> Result<()> {
        if let Some(writer) = &self.writer {
            writer.add_document(to_document(article, &self.fields))?;
            self.articles += 1;
        }
        Ok(())
    }

    /// Writes everything to disk and makes the generation the live one.
    pub fn publish(mut self, origin: Origin, ledger: &Ledger) -> Result<Live> {
        let path = self.path.take().unwrap_or_default();
        let writer = self.writer.take();
        let publish = || {
            let manifest = Manifest::new(self.articles, origin);
            ledger.write(&path.join(&manifest.ledger))?;
            if let Some(mut writer) = writer {
                let mut commit = writer.prepare_commit()?;
                commit.set_payload(&manifest.to_payload());
                commit.commit()?;
                writer.wait_merging_threads()?;
            }
            manifest.write(&path)?;
            self.lock.publish(self.number, &path)
        };
        publish().inspect_err(|_| self.path = Some(path.clone()))
    }
}

impl Drop for Build<'_> {
    fn drop(&mut self) {
        self.writer = None;
        if let Some(path) = &self.path {
            // What cannot be removed now is removed by the next writer.
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

impl std::fmt::Debug for Build<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Build").field("number", &self.number).field("articles", &self.articles).finish_non_exhaustive()
    }
}

/// How often, and how long apart, the engine's lock is tried.
const LOCK_TRIES: usize = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// The engine's writer, for whoever holds the [`WriteLock`]: nobody else writes then. The engine's own lock can be busy all the
/// same for a moment after the writer before this one, while a process that another thread has forked still holds a copy of
/// its handle.
pub(super) fn writer(index: &Index, threads: usize, memory: usize) -> Result<IndexWriter> {
    for _ in 1..LOCK_TRIES {
        match index.writer_with_num_threads(threads, memory) {
            Err(TantivyError::LockFailure(..)) => std::thread::sleep(LOCK_PAUSE),
            writer => return Ok(writer?),
        }
    }
    Ok(index.writer_with_num_threads(threads, memory)?)
}

/// Opens the files of a generation for searching.
pub(crate) fn open(live: &Live, root: &std::path::Path) -> Result<Index> {
    let damaged = |detail: String| Error::IndexDamaged { path: root.to_owned(), detail };
    let index = Index::open_in_dir(&live.path).map_err(|cause| damaged(cause.to_string()))?;
    register_analysers(&index);
    Ok(index)
}
