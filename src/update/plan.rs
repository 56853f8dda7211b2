//! [`Plan`]: what is to be read, as found on disk, and whether anything has changed.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::reading::in_threads;
use super::{UpdateOptions, remembered};
use crate::index::{Account, Comparison, IndexFolder, Ledger, Live, Origin, RememberedSource};
use crate::ingest::{
    IngestReport, Mapping, Problem, ProblemKind, READER_VERSION, Source, Survey, shown, survey_beside,
};
use crate::{Error, Result};

/// What is to be read, as found on disk.
pub(super) struct Plan {
    pub(super) live: Option<Live>,
    /// What to remember.
    pub(super) sources: Vec<RememberedSource>,
    pub(super) survey: Survey,
    /// A hash over the reader and the survey; `None` when standard input is read.
    pub(super) fingerprint: Option<u64>,
    /// A hash over what decides about articles beside the files: the table of keys, and the reader itself.
    pub(super) reader: u64,
    pub(super) vanished: Vec<Problem>,
}

impl Plan {
    pub(super) fn make(folder: &IndexFolder, options: &UpdateOptions) -> Result<Self> {
        let (live, mut remembered) = match folder.live() {
            Ok(live) => {
                let sources = remembered(&live);
                (Some(live), sources)
            }
            Err(Error::IndexMissing { .. }) => (None, Vec::new()),
            Err(Error::IndexIncompatible { .. } | Error::IndexDamaged { .. }) if options.rebuild => {
                (None, super::named(&folder.sources_to_rebuild()))
            }
            Err(error) => return Err(error),
        };
        forget(&mut remembered, options)?;
        if options.rebuild && !options.sources.is_empty() {
            remembered.clear();
        }
        let mut named: Vec<Source> = Vec::new();
        for source in &options.sources {
            let is_same = |other: &Source| place(other) == place(source);
            if let Some(at) = remembered.iter().position(is_same) {
                // Named now, so it has to exist.
                named.push(remembered.remove(at));
            } else if !named.iter().any(is_same) {
                named.push(source.clone());
            }
        }
        if remembered.is_empty() && named.is_empty() {
            return Err(Error::Usage {
                message: "no source to read".to_owned(),
                hint: Some("name a file, a folder or a glob: `healthnews index FOLDER`".to_owned()),
            });
        }
        let (survey, vanished) = in_threads(options, || look(folder.path(), &named, &remembered))?;
        let reads_stdin = named.iter().any(Source::is_stdin);
        let reader = reader(&options.mapping);
        let fingerprint =
            (!reads_stdin).then(|| xxh3_64(format!("{:016x} {reader:016x}", survey.fingerprint()).as_bytes()));
        let mut sources: Vec<RememberedSource> =
            remembered.iter().chain(&named).filter(|source| !source.is_stdin()).map(memory).collect();
        // In one order, so that the same sources are the same, however they came together.
        sources.sort_by(|a, b| (&a.base, &a.given).cmp(&(&b.base, &b.given)));
        Ok(Self { live, sources, survey, fingerprint, reader, vanished })
    }

    pub(super) fn is_unchanged(&self, options: &UpdateOptions) -> bool {
        let built_from = |live: &Live| {
            let origin = &live.manifest.origin;
            origin.sources == self.sources && origin.fingerprint == self.fingerprint
        };
        !options.rebuild && self.fingerprint.is_some() && self.live.as_ref().is_some_and(built_from)
    }

    /// What the generation will say about where it came from.
    pub(super) fn origin(&self, account: Account, ledger: &Ledger) -> Origin {
        // What could not be read is to be tried again, though nothing about it may change.
        let fingerprint = self.fingerprint.filter(|_| ledger.files().all(|file| file.state.size.is_some()));
        Origin { sources: self.sources.clone(), fingerprint, reader: self.reader, account }
    }

    /// With the articles of the live generation of the index in `root`, to see what changes.
    pub(super) fn comparison(&self, root: &Path, options: &UpdateOptions) -> Result<Comparison> {
        match Comparison::with(self.live.as_ref(), root) {
            // What is built anew may be damaged: there is nothing then to compare with.
            Err(Error::IndexDamaged { .. }) if options.rebuild => Ok(Comparison::default()),
            comparison => comparison,
        }
    }

    /// A report with the problems of sources that have gone.
    pub(super) fn with_vanished(&self, mut report: IngestReport) -> IngestReport {
        report.problems.extend_from_slice(&self.vanished);
        report.problems.sort();
        report
    }

    /// Whether the live generation can be changed in place: it was made by the same reader, and all can be read again.
    pub(super) fn is_editable(&self, options: &UpdateOptions) -> bool {
        let same_reader = |live: &Live| live.manifest.origin.reader == self.reader;
        !options.rebuild && self.fingerprint.is_some() && self.live.as_ref().is_some_and(same_reader)
    }
}

/// Takes out the sources that are to be forgotten.
fn forget(remembered: &mut Vec<Source>, options: &UpdateOptions) -> Result<()> {
    for source in &options.forget {
        let is_same = |other: &Source| place(other) == place(source);
        let at = remembered.iter().position(is_same);
        let (message, hint) = match at {
            Some(at) if !options.sources.iter().any(is_same) => {
                remembered.remove(at);
                continue;
            }
            Some(_) => ("is to be read and to be forgotten", "name it once, or take it out of `healthnews.toml`"),
            None => ("is no remembered source", "name one as `healthnews status` tells it"),
        };
        let message = format!("`{}` {message}", source.given());
        return Err(Error::Usage { message, hint: Some(hint.to_owned()) });
    }
    Ok(())
}

/// Looks at all sources. Remembered ones may be gone, as long as any is left.
fn look(index: &Path, named: &[Source], remembered: &[Source]) -> Result<(Survey, Vec<Problem>)> {
    let all: Vec<Source> = remembered.iter().chain(named).cloned().collect();
    let first = match survey_beside(index, &all) {
        Ok(survey) => return Ok((survey, Vec::new())),
        Err(error) => error,
    };
    // Which of them is it? Rare enough to look twice.
    let mut there = Vec::new();
    let mut vanished = Vec::new();
    for source in remembered {
        match survey_beside(index, std::slice::from_ref(source)) {
            Ok(_) => there.push(source.clone()),
            Err(Error::Source { path, cause }) if is_gone(&cause) => {
                let what = "this source was read before and is not there any more".to_owned();
                vanished.push(Problem { path, line: None, what, kind: ProblemKind::Gone });
            }
            Err(error) => return Err(error),
        }
    }
    there.extend_from_slice(named);
    if vanished.is_empty() || there.is_empty() {
        return Err(first);
    }
    Ok((survey_beside(index, &there)?, vanished))
}

fn is_gone(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn reader(mapping: &Mapping) -> u64 {
    // A table of names is plain data: it always has a JSON form.
    let mapping = serde_json::to_string(mapping).unwrap_or_default();
    xxh3_64(format!("{} {READER_VERSION} {mapping}", env!("CARGO_PKG_VERSION")).as_bytes())
}

fn memory(source: &Source) -> RememberedSource {
    RememberedSource { given: source.given().to_owned(), base: shown(source.base()) }
}

fn place(source: &Source) -> PathBuf {
    source.base().join(source.given())
}
