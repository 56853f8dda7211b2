//! Reading for an update, and what is remembered of it.

use super::{Observer, UpdateOptions};
use crate::Result;
use crate::index::{Account, Gave, LedgerFile};
use crate::ingest::{Articles, FileAccount, FileOutcome, IngestReport, SourceFile, Survey, read};

/// Reads the files of a survey in as many threads as the options say.
pub(super) fn read_all(survey: &Survey, options: &UpdateOptions, observer: &dyn Observer) -> Result<Articles> {
    let read = || read(survey, &options.mapping, observer);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads.unwrap_or(0)).build();
    // Without threads of its own (the system has none left) reading still goes on in those of the process.
    pool.map_or_else(|_| read(), |pool| pool.install(read))
}

/// What is remembered of a file.
pub(super) fn entry(file: &SourceFile, account: &FileAccount) -> LedgerFile {
    LedgerFile {
        path: file.shown().to_owned(),
        size: (!account.unreadable).then_some(file.size()),
        modified_ns: file.modified_ns(),
        digest: account.digest,
        gave: match account.outcome {
            FileOutcome::Records(records) => Gave::Records(records),
            FileOutcome::LeftOut => Gave::Nothing,
            FileOutcome::Rejected => Gave::Broken,
        },
        articles: account.ids.iter().map(|id| id.bits()).collect(),
    }
}

/// The account of a report, for keeping.
pub(super) fn account(report: &IngestReport) -> Account {
    let IngestReport { files, records, merged, left_out, rejected, .. } = *report;
    Account { files, records, merged, left_out, rejected }
}
