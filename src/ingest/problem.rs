//! [`Problem`]: something wrong in a source that does not stop the run.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// How many problems of one kind in one file are told in full, where nobody says; the rest are counted in one last problem.
pub const PROBLEMS_PER_FILE: usize = 20;

/// What a [`Problem`] costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProblemKind {
    /// A source that was read before is not there any more, nor are its articles.
    Gone,
    /// A file, or an article in it, could not be read: it is missing.
    Unread,
    /// The YAML is broken; its lines were taken as they stand.
    Yaml,
    /// An article has no title and goes by the first words of its text.
    Title,
    /// A value is not what its field asks for (a date, a grade, an address) and was left out.
    Value,
    /// Characters that cannot stand in a text were replaced.
    Characters,
}

/// Bad input, told as `path:line: what`. The run goes on.
///
/// Ordered by path, then line, then text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Problem {
    /// The file as shown to the user: relative to the source that was named.
    pub path: String,
    /// The line in the file, counted from 1, where one can be told.
    pub line: Option<u64>,
    /// What is wrong and what was done about it: lower case, no full stop.
    pub what: String,
    /// What it costs.
    pub kind: ProblemKind,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.what),
            None => write!(f, "{}: {}", self.path, self.what),
        }
    }
}

/// Problems of one kind in one file that are only counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Untold {
    /// Their kind.
    pub kind: ProblemKind,
    /// The line of the first.
    pub line: Option<u64>,
    /// How many there are.
    pub count: u64,
}

impl Untold {
    /// The one problem that stands for them.
    #[must_use]
    pub fn problem(&self, path: &str) -> Problem {
        let what = format!("and {} more problems like these", self.count);
        Problem { path: path.to_owned(), line: self.line, what, kind: self.kind }
    }
}

/// The problems of one file: of each kind so many, and a count of the rest.
#[derive(Debug)]
pub(crate) struct Problems<'a> {
    path: &'a str,
    limit: usize,
    told: Vec<Problem>,
    kinds: BTreeMap<ProblemKind, (usize, Option<Untold>)>,
}

impl<'a> Problems<'a> {
    pub(crate) fn of(path: &'a str) -> Self {
        Self::up_to(PROBLEMS_PER_FILE, path)
    }

    /// At most `limit` of each kind are told.
    pub(crate) fn up_to(limit: usize, path: &'a str) -> Self {
        Self { path, limit, told: Vec::new(), kinds: BTreeMap::new() }
    }

    /// Something that could not be read.
    pub(crate) fn add(&mut self, line: Option<u64>, what: impl Into<String>) {
        self.add_kind(ProblemKind::Unread, line, what);
    }

    pub(crate) fn add_kind(&mut self, kind: ProblemKind, line: Option<u64>, what: impl Into<String>) {
        let (told, untold) = self.kinds.entry(kind).or_default();
        if *told < self.limit {
            *told += 1;
            self.told.push(Problem { path: self.path.to_owned(), line, what: what.into(), kind });
        } else {
            untold.get_or_insert(Untold { kind, line, count: 0 }).count += 1;
        }
    }

    /// Takes over the problems of a part of the same file that was read on its own.
    pub(crate) fn append(&mut self, part: Problems<'_>) {
        for problem in part.told {
            self.add_kind(problem.kind, problem.line, problem.what);
        }
        for more in part.kinds.into_values().filter_map(|(_, untold)| untold) {
            let (_, untold) = self.kinds.entry(more.kind).or_default();
            untold.get_or_insert(Untold { count: 0, ..more }).count += more.count;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Those that are told, and the rest.
    pub(crate) fn into_parts(self) -> (Vec<Problem>, Vec<Untold>) {
        (self.told, self.kinds.into_values().filter_map(|(_, untold)| untold).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{PROBLEMS_PER_FILE, Problem, ProblemKind, Problems};

    #[test]
    fn is_written_with_its_place() {
        let (path, what) = ("news/a.md".to_owned(), "no title".to_owned());
        let mut problem = Problem { path, line: Some(4), what, kind: ProblemKind::Unread };
        assert_eq!(problem.to_string(), "news/a.md:4: no title");
        problem.line = None;
        assert_eq!(problem.to_string(), "news/a.md: no title");
    }

    #[test]
    fn tells_the_first_problems_of_each_kind_and_counts_the_rest() {
        let mut problems = Problems::of("a");
        for line in 0..30 {
            let mut part = Problems::up_to(1, "a");
            part.add_kind(ProblemKind::Title, Some(line), "untitled");
            part.add_kind(ProblemKind::Title, Some(line), "untitled");
            problems.append(part);
        }
        problems.add(Some(30), "bad");
        let (told, untold) = problems.into_parts();
        assert_eq!((told.len(), told[20].kind), (PROBLEMS_PER_FILE + 1, ProblemKind::Unread));
        let untold: Vec<String> = untold.iter().map(|untold| untold.problem("a").to_string()).collect();
        assert_eq!(untold, ["a:0: and 40 more problems like these"]);
    }
}
