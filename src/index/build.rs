//! [`Build`]: a new generation, from the first article to the switch.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tantivy::directory::error::LockError;
use tantivy::indexer::IndexWriterOptions;
use tantivy::store::Compressor;
use tantivy::{Index, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyError};

use super::disk::Disk;
use super::document::to_document;
use super::failure::{reading_failed, writing_failed};
use super::folder::{Live, WriteLock};
use super::ledger::Ledger;
use super::manifest::{Manifest, Origin};
use super::schema::{Fields, register_analysers};
use super::sealed::{SealedDirectory, Trouble};
use super::tiers::Tiers;
use super::verify::check_new;
use crate::article::Article;
use crate::{Error, Result};

/// Memory for the postings of one indexing thread, in bytes, before it writes a segment.
///
/// With two threads this holds 100,000 articles under 500 MB in all; more of it makes no build faster
/// (`docs/PERFORMANCE.md`).
const MEMORY_PER_THREAD: usize = 80_000_000;

/// Each stored article is a block of its own, and not compressed: a page of hits reads ten of them, and nothing else then. Compressed in
/// blocks of 4 KB they take a fifth less of the disk, and a page a tenth more time (`docs/PERFORMANCE.md`).
const STORE_BLOCK: usize = 1;

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
    fields: Fields,
    // Dropped before the folder that it writes to.
    writer: IndexWriter,
    folder: Unpublished,
    trouble: Trouble,
    articles: u64,
}

/// The folder of a generation that is being built, which goes when it is dropped. Renamed, it stays.
struct Unpublished(PathBuf);

impl Drop for Unpublished {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next writer.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl<'a> Build<'a> {
    /// Begins an empty generation.
    pub fn begin(lock: &'a WriteLock, options: &BuildOptions) -> Result<Self> {
        Self::begin_on(lock, options, disk)
    }

    /// Begins an empty generation on the disk that is given for its path.
    pub(super) fn begin_on(
        lock: &'a WriteLock,
        options: &BuildOptions,
        disk: impl FnOnce(&Path) -> Result<SealedDirectory>,
    ) -> Result<Self> {
        let (number, path) = lock.begin()?;
        let folder = Unpublished(path);
        let directory = disk(&folder.0)?;
        let trouble = directory.trouble();
        let begin = || {
            let settings = IndexSettings {
                docstore_blocksize: STORE_BLOCK,
                docstore_compression: Compressor::None,
                // All processors are busy with articles. Handing each block to another thread would cost more than writing it.
                docstore_compress_dedicated_thread: false,
                ..IndexSettings::default()
            };
            let index = Index::create(directory, Fields::schema(), settings)?;
            register_analysers(&index);
            writer(&index, options.threads.max(1), MEMORY_PER_THREAD)
        };
        let writer = begin().map_err(|cause| writing_failed(lock.folder().path(), &folder.0, &trouble, cause))?;
        let fields = Fields::of(&Fields::schema()).map_err(Error::Engine)?;
        Ok(Self { lock, number, fields, writer, folder, trouble, articles: 0 })
    }

    /// Adds an article. The caller sees to it that no id comes twice.
    pub fn add(&mut self, article: &Article) -> Result<()> {
        let added = self.writer.add_document(to_document(article, &self.fields));
        added.map_err(|cause| writing_failed(self.lock.folder().path(), &self.folder.0, &self.trouble, cause))?;
        self.articles += 1;
        Ok(())
    }

    /// Writes everything to disk, checks what is there (its bytes, its number of articles, a sample of them), and makes the
    /// generation the live one. That reads back all that has been written, mostly from memory.
    pub fn publish(self, origin: Origin, ledger: &Ledger) -> Result<Live> {
        // Of these the last is dropped first.
        let Self { lock, number, folder, trouble, articles, writer, .. } = self;
        let path = &folder.0;
        let manifest = Manifest::new(articles, origin);
        ledger.write(&path.join(&manifest.ledger))?;
        commit(writer, &manifest).map_err(|cause| writing_failed(lock.folder().path(), path, &trouble, cause))?;
        manifest.write(path)?;
        check_new(path, &manifest)?;
        lock.publish(number, path)
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
pub(super) fn writer(index: &Index, threads: usize, memory_per_thread: usize) -> tantivy::Result<IndexWriter> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(threads)
        .memory_budget_per_thread(memory_per_thread)
        // A merge maps what it reads into memory: one at a time.
        .num_merge_threads(1)
        .build();
    let mut tries = 1;
    let writer = loop {
        match index.writer_with_options(options.clone()) {
            Err(TantivyError::LockFailure(LockError::LockBusy, _)) if tries < LOCK_TRIES => {
                std::thread::sleep(LOCK_PAUSE);
            }
            writer => break writer?,
        }
        tries += 1;
    };
    writer.set_merge_policy(Box::new(Tiers));
    Ok(writer)
}

/// Commits everything at once, with the manifest, and waits for the merges that follow.
pub(super) fn commit(mut writer: IndexWriter, manifest: &Manifest) -> tantivy::Result<()> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&manifest.to_payload());
    commit.commit()?;
    writer.wait_merging_threads()
}

/// Opens the files of a generation of the index in `root`.
pub(crate) fn open(live: &Live, root: &Path) -> Result<Index> {
    open_on(&disk(&live.path)?, root)
}

pub(super) fn open_on(disk: &SealedDirectory, root: &Path) -> Result<Index> {
    let index = Index::open(disk.clone()).map_err(|cause| reading_failed(root, cause))?;
    register_analysers(&index);
    Ok(index)
}

/// The files of a generation.
pub(super) fn disk(path: &Path) -> Result<SealedDirectory> {
    Disk::open(path).map(SealedDirectory::new).map_err(Error::Engine)
}

/// The committed state, as it is now. A searcher does not follow later commits.
pub(crate) fn searcher(index: &Index) -> tantivy::Result<Searcher> {
    Ok(index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(0).try_into()?.searcher())
}
