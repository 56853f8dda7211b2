//! [`Changes`]: what a new generation holds that the one before did not.

use std::path::Path;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::failure::reading_failed;
use super::folder::Live;
use super::schema::column;
use super::stored;
use super::{open, searcher};
use crate::Result;
use crate::article::{Article, ArticleId};

/// How many articles came, went and stayed. `added + changed + unchanged` are in the new state, `changed + removed + unchanged`
/// were in the old one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// In the new state only.
    pub added: u64,
    /// In both, but something about the article is different, its sources included.
    pub changed: u64,
    /// In the old state only.
    pub removed: u64,
    /// The same in both.
    pub unchanged: u64,
}

/// Compares articles, as they come, with those of a generation. Takes 16 bytes of memory and a few more for each old article.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// The digests of the old articles that have not come yet.
    old: FxHashMap<ArticleId, u64>,
    changes: Changes,
}

impl Comparison {
    /// With a generation of the index in `root`, or with nothing.
    pub(crate) fn with(live: Option<&Live>, root: &Path) -> Result<Self> {
        let Some(live) = live else { return Ok(Self::default()) };
        let damaged = |cause| reading_failed(root, cause);
        let index = open(live, root)?;
        let searcher = searcher(&index).map_err(damaged)?;
        let mut old = FxHashMap::default();
        old.reserve(live.manifest.articles as usize);
        for segment in searcher.segment_readers() {
            let columns = segment.fast_fields();
            let (ids, digests) =
                (columns.u64(column::ID).map_err(damaged)?, columns.u64(column::DIGEST).map_err(damaged)?);
            for doc in segment.doc_ids_alive() {
                if let (Some(id), Some(digest)) = (ids.first(doc), digests.first(doc)) {
                    old.insert(ArticleId::from_bits(id), digest);
                }
            }
        }
        Ok(Self { old, changes: Changes::default() })
    }

    /// Takes note of an article of the new state. Each must come once.
    pub(crate) fn see(&mut self, article: &Article) {
        match self.old.remove(&article.id) {
            None => self.changes.added += 1,
            Some(before) if before == digest(article) => self.changes.unchanged += 1,
            Some(_) => self.changes.changed += 1,
        }
    }

    /// Takes note that an article is in the new state as it was in the old one, if it was there.
    pub(crate) fn keep(&mut self, id: ArticleId) {
        self.changes.unchanged += u64::from(self.old.remove(&id).is_some());
    }

    /// What has changed, once all articles of the new state have been seen.
    #[must_use]
    pub(crate) fn finish(self) -> Changes {
        Changes { removed: self.old.len() as u64, ..self.changes }
    }
}

/// A hash over everything in an article.
pub(super) fn digest(article: &Article) -> u64 {
    stored::digest(&stored::to_bytes(article))
}
