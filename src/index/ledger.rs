//! [`Ledger`]: what has been read, file by file, and which articles it gave.
//!
//! The truth about sources is committed with the documents: the ledger is written to a file of its own first, and the commit of
//! the documents names it. A crash leaves the old documents with the old ledger or the new ones with the new.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::folder::write_synced;
use super::manifest::Account;
use super::seal;
use crate::article::ArticleId;
use crate::{Error, Result};

/// What has been read, sorted by path, each path once. About 100 bytes a file, and 8 an article, on disk and in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// The files.
    pub files: Vec<LedgerFile>,
}

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerFile {
    /// Its path as shown.
    pub path: String,
    /// Its length in bytes; `None` when it could not be read to its end, so that it is read again by the next run.
    pub size: Option<u64>,
    /// When it was last changed, in nanoseconds since 1970.
    pub modified_ns: u64,
    /// A hash of its bytes.
    pub digest: u64,
    /// What came of it.
    pub gave: Gave,
    /// The bits of the ids of the articles that it tells of, sorted, each once.
    pub articles: Vec<u64>,
}

/// What came of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gave {
    /// So many records.
    Records(u64),
    /// Nothing, and nothing is wrong.
    Nothing,
    /// Nothing, because it is broken.
    Broken,
}

impl LedgerFile {
    /// Whether it tells of one of these articles.
    pub fn tells_of(&self, mut any: impl FnMut(ArticleId) -> bool) -> bool {
        self.articles.iter().any(|bits| any(ArticleId::from_bits(*bits)))
    }
}

impl Ledger {
    /// The file of this path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&LedgerFile> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|at| &self.files[at])
    }

    /// Where the files and their records went. `merged` is not known here.
    #[must_use]
    pub fn account(&self) -> Account {
        let mut account = Account { files: self.files.len() as u64, ..Account::default() };
        for file in &self.files {
            match file.gave {
                Gave::Records(records) => account.records += records,
                Gave::Nothing => account.left_out += 1,
                Gave::Broken => account.rejected += 1,
            }
        }
        account
    }

    pub(super) fn read(root: &Path, path: &Path) -> Result<Self> {
        let damaged = |detail: String| Error::IndexDamaged { path: root.to_owned(), detail };
        let bytes = seal::read(path).map_err(|cause| damaged(format!("cannot read `{}`: {cause}", path.display())))?;
        postcard::from_bytes(&bytes)
            .map_err(|cause| damaged(format!("cannot understand `{}`: {cause}", path.display())))
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        // A ledger is plain data: it always has a binary form.
        write_synced(path, &seal::sealed(&postcard::to_allocvec(self).unwrap_or_default()))
    }
}
