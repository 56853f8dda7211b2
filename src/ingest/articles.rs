//! [`read`] and [`Articles`]: the two phases of reading.

use std::iter::Peekable;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::vec;

use rayon::prelude::*;

use super::file;
use super::mapping::Mapping;
use super::merge::merge;
use super::problem::PROBLEMS_PER_FILE;
use super::progress::{Progress, go_on};
use super::record::Record;
use super::report::{FileAccount, IngestReport};
use super::spool::{Spool, pack};
use super::survey::Survey;
use crate::Result;
use crate::article::Article;

/// Reads all files of a survey and gives their articles, merged, in the order of their ids.
///
/// Files are read in parallel before this returns, in the rayon pool it is called in; merging happens while the articles are
/// taken. The same files give the same articles in the same order, however they are ordered and however many threads read them.
/// Memory is bounded, but for the records of one article, which are merged at once: what does not fit goes to a nameless temporary
/// file, by default in the system's folder for such files.
///
/// Bad input is a problem in the report; an error means that the temporary file cannot be written or read, or that
/// [`Progress::stop`] said so ([`Error::Stopped`](crate::Error::Stopped)).
pub fn read(survey: &Survey, mapping: &Mapping, progress: &dyn Progress) -> Result<Articles> {
    read_with(survey, mapping, &ReadOptions::default(), progress)
}

/// What [`read_with`] may do otherwise than [`read`].
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Where the temporary file is.
    pub folder: PathBuf,
    /// How many problems of one kind in one file to tell. All are counted.
    pub problems_per_file: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { folder: std::env::temp_dir(), problems_per_file: PROBLEMS_PER_FILE }
    }
}

/// [`read`] with options.
pub fn read_with(
    survey: &Survey,
    mapping: &Mapping,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<Articles> {
    progress.files_found(survey.len() as u64);
    let spool = Mutex::new(Spool::new(&options.folder));
    let sink = |records: Vec<Record>| {
        go_on(progress)?;
        for record in &records {
            let packed = pack(record)?;
            spool.lock().unwrap_or_else(PoisonError::into_inner).push(&packed)?;
        }
        progress.records_read(records.len() as u64);
        Ok(())
    };
    let read_one = |at: usize| {
        go_on(progress)?;
        let one = survey.file(at);
        let read = file::read(&one, mapping, options.problems_per_file, &sink);
        progress.file_read(one.size());
        read
    };
    let files: Vec<FileAccount> = (0..survey.len()).into_par_iter().map(read_one).collect::<Result<_>>()?;
    go_on(progress)?;
    let mut report = IngestReport { problems: survey.problems().to_vec(), ..IngestReport::default() };
    for (at, file) in files.iter().enumerate() {
        report.count(file.outcome);
        report.unread += file.unread;
        report.problems.extend_from_slice(&file.problems);
        report.problems.extend(file.untold.iter().map(|untold| untold.problem(survey.file(at).shown())));
    }
    report.problems.sort();
    let spool = spool.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Articles { spool, next: 0, records: Vec::new().into_iter().peekable(), report, files })
}

/// The articles of a survey in the order of their ids, each once. Holds a small part of them in memory at a time.
#[derive(Debug)]
pub struct Articles {
    spool: Spool,
    next: usize,
    /// Of one partition, in the order of their ids.
    records: Peekable<vec::IntoIter<Record>>,
    report: IngestReport,
    files: Vec<FileAccount>,
}

impl Articles {
    /// The account so far; `articles` and `merged` are complete once the last article was taken.
    #[must_use]
    pub fn report(&self) -> &IngestReport {
        &self.report
    }

    /// Takes the accounts of the single files, in the order of the survey. They are complete before the first article is taken.
    #[must_use]
    pub fn take_accounts(&mut self) -> Vec<FileAccount> {
        std::mem::take(&mut self.files)
    }

    /// The account, for keeping.
    #[must_use]
    pub fn into_report(self) -> IngestReport {
        self.report
    }

    fn load_next(&mut self) -> Result<()> {
        let mut records = self.spool.take(self.next)?;
        self.next += 1;
        // Records are large: each is moved once.
        records.sort_by_cached_key(|record| record.article.id);
        self.records = records.into_iter().peekable();
        Ok(())
    }

    fn merge_next(&mut self) -> Option<Article> {
        let first = self.records.next()?;
        let id = first.article.id;
        let mut records = vec![first];
        while let Some(record) = self.records.next_if(|record| record.article.id == id) {
            records.push(record);
        }
        self.report.articles += 1;
        self.report.merged += records.len() as u64 - 1;
        merge(records)
    }
}

impl Iterator for Articles {
    type Item = Result<Article>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(article) = self.merge_next() {
                return Some(Ok(article));
            }
            if self.next == self.spool.partitions() {
                return None;
            }
            if let Err(error) = self.load_next() {
                self.next = self.spool.partitions();
                return Some(Err(error));
            }
        }
    }
}
