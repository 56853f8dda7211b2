//! [`Ledger`]: what has been read, file by file, and which articles it gave.
//!
//! The truth about sources is committed with the documents: the ledger is written to a file of its own first, and the commit of
//! the documents names it. A crash leaves the old documents with the old ledger or the new ones with the new.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::failure::file_failed;
use super::manifest::Account;
use super::seal::{self, Sealing};
use crate::article::ArticleId;
use crate::{Error, Result};

/// What has been read, in the order of the places of files, each once.
///
/// Held as it is written, and taken apart while it is looked through, which costs some 30 ns a file: about 40 bytes a file and the
/// path from its source, on disk and in memory.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    lines: Vec<u8>,
    /// The source of the last file.
    source: Option<(String, String)>,
}

/// A file as it was when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LedgerFile<'a> {
    /// Where it is.
    pub(crate) place: FilePlace<'a>,
    /// What was seen and read of it.
    pub(crate) state: FileState<'a>,
}

/// Where a file is. Ordered as the files of a ledger are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FilePlace<'a> {
    /// What is shown before its path; empty where a source was named `.`.
    pub(crate) shown: &'a str,
    /// Where that is on disk, as sources of different folders may be shown alike.
    pub(crate) root: &'a str,
    /// Its path from there.
    pub(crate) name: &'a str,
}

/// What was seen and read of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileState<'a> {
    /// Its length in bytes; `None` when it could not be read to its end, so that it is read again by the next run.
    pub(crate) size: Option<u64>,
    /// When it was last changed, in nanoseconds since 1970.
    pub(crate) modified_ns: u64,
    /// A hash of its bytes.
    #[serde(with = "postcard::fixint::le")]
    pub(crate) digest: u64,
    /// What came of it.
    pub(crate) gave: Gave,
    /// How many articles in it are missing.
    pub(crate) unread: u64,
    /// The articles that it tells of.
    #[serde(borrow)]
    pub(crate) articles: Ids<'a>,
}

impl FileState<'_> {
    /// The same of a file that cannot be read for now: the next run reads it, and takes it for changed.
    #[must_use]
    pub(crate) fn to_be_read(self) -> Self {
        Self { size: None, digest: 0, ..self }
    }
}

/// What came of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Gave {
    /// So many records.
    Records(u64),
    /// Nothing, and nothing is wrong.
    Nothing,
    /// Nothing, because it is broken.
    Broken,
}

/// Ids of articles, sorted, each once, as 8 bytes each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ids<'a>(&'a [u8]);

/// Ids as a file of a ledger has them.
#[must_use]
pub(crate) fn packed(ids: &[ArticleId]) -> Vec<u8> {
    ids.iter().flat_map(|id| id.bits().to_le_bytes()).collect()
}

impl<'a> Ids<'a> {
    /// Of what [`packed`] gave.
    #[must_use]
    pub(crate) fn of(packed: &'a [u8]) -> Self {
        Self(packed)
    }

    /// One after the other.
    pub(crate) fn iter(self) -> impl Iterator<Item = ArticleId> + use<'a> {
        let (ids, _) = self.0.as_chunks();
        ids.iter().map(|bytes| ArticleId::from_bits(u64::from_le_bytes(*bytes)))
    }
}

/// A line of a ledger.
#[derive(Serialize, Deserialize)]
enum Line<'a> {
    /// The source of the files that follow.
    Source { shown: &'a str, root: &'a str },
    /// The next file.
    File(&'a str, #[serde(borrow)] FileState<'a>),
}

impl Ledger {
    /// An empty ledger with room for about as much as another holds.
    #[must_use]
    pub(crate) fn with_room_of(other: &Self) -> Self {
        Self { lines: Vec::with_capacity(other.lines.len() + other.lines.len() / 8), source: None }
    }

    /// Adds a file. The caller sees to the order.
    pub(crate) fn push(&mut self, file: &LedgerFile<'_>) {
        let FilePlace { shown, root, name } = file.place;
        if self.source.as_ref().is_none_or(|(last, last_root)| (last.as_str(), last_root.as_str()) != (shown, root)) {
            self.source = Some((shown.to_owned(), root.to_owned()));
            self.push_line(&Line::Source { shown, root });
        }
        self.push_line(&Line::File(name, file.state));
    }

    fn push_line(&mut self, line: &Line<'_>) {
        // A line is plain data, which always has a binary form, and a vector takes all of it.
        let _ = postcard::to_io(line, &mut self.lines);
    }

    /// The files, in order.
    pub(crate) fn files(&self) -> impl Iterator<Item = LedgerFile<'_>> {
        let mut lines = self.lines();
        let mut source = ("", "");
        std::iter::from_fn(move || {
            loop {
                // What was read from disk has been looked through before.
                match lines.next()?.ok()? {
                    Line::Source { shown, root } => source = (shown, root),
                    Line::File(name, state) => {
                        let (shown, root) = source;
                        return Some(LedgerFile { place: FilePlace { shown, root, name }, state });
                    }
                }
            }
        })
    }

    fn lines(&self) -> impl Iterator<Item = postcard::Result<Line<'_>>> {
        let mut rest = self.lines.as_slice();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let line = postcard::take_from_bytes(rest).map(|(line, behind)| {
                rest = behind;
                line
            });
            if line.is_err() {
                rest = &[];
            }
            Some(line)
        })
    }

    /// Where the files and their records went. `merged` is not known here.
    #[must_use]
    pub(crate) fn account(&self) -> Account {
        let mut account = Account::default();
        for file in self.files() {
            account.files += 1;
            account.unread += file.state.unread;
            match file.state.gave {
                Gave::Records(records) => account.records += records,
                Gave::Nothing => account.left_out += 1,
                Gave::Broken => account.rejected += 1,
            }
        }
        account
    }

    pub(super) fn read(root: &Path, path: &Path) -> Result<Self> {
        let damaged = |detail: String| Error::IndexDamaged { path: root.to_owned(), detail };
        let lines = seal::read(path).map_err(|cause| file_failed(root, path, &cause))?;
        let ledger = Self { lines, source: None };
        if let Some(cause) = ledger.lines().find_map(postcard::Result::err) {
            return Err(damaged(format!("cannot understand `{}`: {cause}", path.display())));
        }
        Ok(ledger)
    }

    /// Writes the ledger with its seal, and waits until it is on disk.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let mut sealing = Sealing::new();
        sealing.update(&self.lines);
        let write = || -> io::Result<()> {
            let mut file = File::create(path)?;
            file.write_all(&self.lines)?;
            file.write_all(&sealing.finish())?;
            file.sync_all()
        };
        write().map_err(Error::io("write", path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(names: &[(&str, &str)]) -> Ledger {
        let mut ledger = Ledger::default();
        for (root, name) in names {
            let ids = packed(&[ArticleId::from_bits(1), ArticleId::from_bits(u64::MAX)]);
            let state = FileState {
                size: Some(1),
                modified_ns: 2,
                digest: 3,
                gave: Gave::Records(2),
                unread: 1,
                articles: Ids::of(&ids),
            };
            ledger.push(&LedgerFile { place: FilePlace { shown: "news", root, name }, state });
        }
        ledger
    }

    #[test]
    fn gives_back_what_was_written() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ledger");
        let names = [("/a/news", "a.md"), ("/a/news", "b/c.md"), ("/b/news", "a.md")];
        ledger(&names).write(&path).unwrap();
        let back = Ledger::read(home.path(), &path).unwrap();
        let places: Vec<_> = back.files().map(|file| (file.place.root, file.place.name)).collect();
        assert_eq!(places, names);
        let ids: Vec<u64> = back.files().next().unwrap().state.articles.iter().map(ArticleId::bits).collect();
        assert_eq!(ids, [1, u64::MAX]);
    }
}
