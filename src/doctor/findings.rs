//! [`Finding`]: what a check found, and the first places of it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::Serialize;

use super::Check;
use crate::article::Article;
use crate::ingest::{Field, Mapping, Problem, Survey, line_of};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// How many there are.
    pub count: u64,
    /// The first of them: by path and line or, where a finding has a size, the largest first.
    pub places: Vec<Place>,
}

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file as shown.
    pub path: String,
    /// The line, counted from 1, where one can be told.
    pub line: Option<u64>,
    /// What is there.
    pub what: String,
}

/// A place before its line is looked for. Ordered as told; those of one line as they came.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sighting {
    size: Reverse<u64>,
    path: String,
    line: Option<u64>,
    number: u64,
    details: Details,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Details {
    what: String,
    /// The other files that tell of the same article.
    also: Vec<String>,
    /// The field whose line is to be found.
    field: Option<Field>,
}

/// A source in eight bytes, for what has to be remembered of every article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    /// Its place in the survey.
    file: u32,
    /// 0 for a file of one article.
    line: u32,
}

/// What was found so far: everything counted, the first places kept.
pub(super) struct Findings<'s> {
    survey: &'s Survey,
    limit: usize,
    /// By the number of their check.
    found: [(u64, BTreeSet<Sighting>); Check::ALL.len()],
}

impl<'s> Findings<'s> {
    pub(super) fn of(survey: &'s Survey, limit: usize) -> Self {
        Self { survey, limit, found: std::array::from_fn(|_| (0, BTreeSet::new())) }
    }

    /// Something is wrong with an article, in this field. What it is need only be said if it will be told.
    pub(super) fn article(&mut self, check: Check, article: &Article, field: Option<Field>, what: impl Fn() -> String) {
        self.group(check, 0, &article.sources, field, what);
    }

    /// Something that is true of `size` articles, of which one has these sources.
    pub(super) fn group(
        &mut self,
        check: Check,
        size: u64,
        sources: &[String],
        field: Option<Field>,
        what: impl Fn() -> String,
    ) {
        let Some((first, also)) = sources.split_first() else { return };
        let (path, line) = place_of(self.survey, first);
        self.add(check, size, path, line, || Details { what: what(), also: also.to_vec(), field });
    }

    /// A problem of reading.
    pub(super) fn problem(&mut self, check: Check, problem: &Problem) {
        let Problem { path, line, what, .. } = problem;
        self.add(check, 0, path, *line, || Details { what: what.clone(), also: Vec::new(), field: None });
    }

    /// More problems of reading, of which none is among the first places.
    pub(super) fn untold(&mut self, check: Check, count: u64) {
        self.found[check as usize].0 += count;
    }

    fn add(&mut self, check: Check, size: u64, path: &str, line: Option<u64>, details: impl FnOnce() -> Details) {
        let (count, kept) = &mut self.found[check as usize];
        *count += 1;
        let size = Reverse(size);
        let comes_before = |last: &Sighting| (size, path, line) < (last.size, last.path.as_str(), last.line);
        if kept.len() < self.limit || kept.last().is_some_and(comes_before) {
            kept.insert(Sighting { size, path: path.to_owned(), line, number: *count, details: details() });
            if kept.len() > self.limit {
                kept.pop_last();
            }
        }
    }

    /// A source of an article, to be asked for later.
    pub(super) fn mark(&self, source: &str) -> Option<Mark> {
        let (path, line) = place_of(self.survey, source);
        let file = self.survey.find(path)?;
        Some(Mark {
            file: u32::try_from(file).ok()?,
            line: line.map_or(0, |line| line.min(u64::from(u32::MAX)) as u32),
        })
    }

    /// The source that was marked.
    pub(super) fn source(&self, mark: Mark) -> String {
        let file = self.survey.file(mark.file as usize);
        if mark.line == 0 { file.shown().to_owned() } else { format!("{}:{}", file.shown(), mark.line) }
    }

    /// What was found, with the lines of the places that are told.
    pub(super) fn into_vec(self, mapping: &Mapping) -> Vec<Finding> {
        let Self { survey, found, .. } = self;
        let finding = |(check, (count, kept)): (Check, (u64, BTreeSet<Sighting>))| {
            let places = kept.into_iter().map(|sighting| sighting.locate(survey, mapping)).collect();
            Finding { check, count, places }
        };
        Check::ALL.into_iter().zip(found).filter(|(_, (count, _))| *count > 0).map(finding).collect()
    }
}

impl Sighting {
    /// Finds the line of the field in the first file that has it.
    fn locate(self, survey: &Survey, mapping: &Mapping) -> Place {
        let Self { path, line, details: Details { what, also, field }, .. } = self;
        if let (None, Some(field)) = (line, field) {
            let sources = std::iter::once(&path).chain(&also);
            let found = sources.map(|source| place_of(survey, source)).find_map(|(path, line)| {
                let line = line.or_else(|| line_of(&survey.file(survey.find(path)?), field, mapping))?;
                Some((path.to_owned(), line))
            });
            if let Some((path, line)) = found {
                return Place { path, line: Some(line), what };
            }
        }
        Place { path, line, what }
    }
}

/// The file and the line that a source of an article names. File names may look as if they ended in a line.
fn place_of<'t>(survey: &Survey, source: &'t str) -> (&'t str, Option<u64>) {
    if survey.find(source).is_some() {
        return (source, None);
    }
    let parts = source.rsplit_once(':').and_then(|(path, line)| Some((path, Some(line.parse().ok()?))));
    parts.unwrap_or((source, None))
}
