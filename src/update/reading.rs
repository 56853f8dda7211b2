//! Reading for an update, and what is remembered of it.

use super::{Observer, UpdateOptions};
use crate::Result;
use crate::index::{Account, FilePlace, FileState, Gave, Ids, Ledger, LedgerFile, packed};
use crate::ingest::{Articles, FileAccount, FileOutcome, IngestReport, Look, Problem, Root, Survey, read};

/// Reads the files of a survey in as many threads as the options say.
pub(super) fn read_all(survey: &Survey, options: &UpdateOptions, observer: &dyn Observer) -> Result<Articles> {
    in_threads(options, || read(survey, &options.mapping, observer))
}

/// Does some work in as many threads as the options say.
pub(super) fn in_threads<T: Send>(options: &UpdateOptions, work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads.unwrap_or(0)).build();
    match pool {
        Ok(pool) => pool.install(work),
        // Without threads of its own (the system has none left) the work still goes on in those of the process.
        Err(_) => work(),
    }
}

/// Where a file of a survey is.
pub(super) fn place<'a>((root, name, _): (&'a Root, &'a str, Look)) -> FilePlace<'a> {
    let (shown, root) = root.names();
    FilePlace { shown, root, name }
}

/// Whether this is where standard input is remembered: no folder is on disk under an empty name.
pub(super) fn is_stdin(place: FilePlace<'_>) -> bool {
    place == FilePlace { shown: "", root: "", name: "-" }
}

/// Remembers a file as it was seen and read.
pub(super) fn remember(ledger: &mut Ledger, place: FilePlace<'_>, look: Look, account: &FileAccount) {
    let ids = packed(&account.ids);
    let gave = match account.outcome {
        FileOutcome::Records(records) => Gave::Records(records),
        FileOutcome::LeftOut => Gave::Nothing,
        FileOutcome::Rejected => Gave::Broken,
    };
    let Look { size, modified_ns, .. } = look;
    let size = (!account.unreadable).then_some(size);
    let FileAccount { digest, unread, .. } = *account;
    let state = FileState { size, modified_ns, digest, gave, unread, articles: Ids::of(&ids) };
    ledger.push(&LedgerFile { place, state });
}

/// What is remembered of files that are all read anew.
pub(super) fn ledger(survey: &Survey, accounts: &[FileAccount]) -> Ledger {
    let mut ledger = Ledger::default();
    for (file, account) in survey.entries().zip(accounts) {
        remember(&mut ledger, place(file), file.2, account);
    }
    ledger
}

/// The account of a report, for keeping.
pub(super) fn account(report: &IngestReport) -> Account {
    let IngestReport { files, records, merged, left_out, rejected, unread, .. } = *report;
    Account { files, records, merged, left_out, rejected, unread }
}

/// The report of the account of a ledger that tells of so many articles.
pub(super) fn report(account: Account, articles: u64, problems: Vec<Problem>) -> IngestReport {
    let Account { files, records, left_out, rejected, unread, .. } = account;
    let merged = records.saturating_sub(articles);
    IngestReport { files, records, articles, merged, left_out, rejected, unread, problems }
}
