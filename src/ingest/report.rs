//! [`IngestReport`]: where every file and every record went.

use serde::Serialize;

use super::problem::{Problem, Untold};
use crate::article::ArticleId;

/// The account of one run.
///
/// Every record became an article or was merged into one: `records == articles + merged`. Every file gave records, or
/// is `left_out`, or is `rejected`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct IngestReport {
    /// Files found.
    pub files: u64,
    /// Articles as single sources tell them.
    pub records: u64,
    /// Articles after records with one id were merged.
    pub articles: u64,
    /// Records that were merged into another record's article.
    pub merged: u64,
    /// Files that gave no record for a good reason: drafts, removed articles, section pages, files that are no articles.
    pub left_out: u64,
    /// Files that gave no record because they are broken; each has a problem.
    pub rejected: u64,
    /// Articles in files of many that hold nothing to read or could not be read; each has a problem.
    pub unread: u64,
    /// What is wrong with the sources, sorted by path and line.
    pub problems: Vec<Problem>,
}

/// The account of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAccount {
    /// What became of it.
    pub outcome: FileOutcome,
    /// How many articles in it are missing, where it gave others.
    pub unread: u64,
    /// The articles that it tells of, sorted, each once.
    pub ids: Vec<ArticleId>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// What else is, beyond what was asked for.
    pub untold: Vec<Untold>,
    /// A hash (XXH3) of the bytes read.
    pub digest: u64,
    /// Whether the disk refused to give it, or a part of it: another time it may hold something else.
    pub unreadable: bool,
}

/// What became of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOutcome {
    /// So many records came out of it.
    Records(u64),
    /// Nothing to read in it, and nothing wrong.
    LeftOut,
    /// Nothing could be read; a problem says why.
    Rejected,
}

impl IngestReport {
    /// Counts a file.
    pub fn count(&mut self, outcome: FileOutcome) {
        self.files += 1;
        match outcome {
            FileOutcome::Records(records) => self.records += records,
            FileOutcome::LeftOut => self.left_out += 1,
            FileOutcome::Rejected => self.rejected += 1,
        }
    }
}
