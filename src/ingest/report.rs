//! [`IngestReport`]: where every file and every record went.

use serde::Serialize;

use super::Problem;

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
    /// What is wrong with the sources, sorted by path and line.
    pub problems: Vec<Problem>,
}

/// What became of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// So many records came out of it.
    Records(u64),
    /// Nothing to read in it, and nothing wrong.
    LeftOut,
    /// Nothing could be read; a problem says why.
    Rejected,
}

impl IngestReport {
    pub(crate) fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Records(records) => self.records += records,
            Outcome::LeftOut => self.left_out += 1,
            Outcome::Rejected => self.rejected += 1,
        }
    }
}
