//! [`Problem`]: something wrong in a source that does not stop the run.

use std::fmt;

use serde::Serialize;

/// How many problems of one file are told in full; the rest are counted in one last problem.
pub const PROBLEMS_PER_FILE: usize = 20;

/// What a [`Problem`] costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProblemKind {
    /// A file, or an article in it, could not be read: it is missing.
    Unread,
    /// The YAML is broken; its lines were taken as they stand.
    Yaml,
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

/// The problems of one file, at most [`PROBLEMS_PER_FILE`] of them and a count of the rest.
#[derive(Debug)]
pub(crate) struct Problems<'a> {
    path: &'a str,
    told: Vec<Problem>,
    untold: u64,
    /// Kind and line of the first problem that is only counted.
    untold_from: Option<(ProblemKind, Option<u64>)>,
}

impl<'a> Problems<'a> {
    pub(crate) fn of(path: &'a str) -> Self {
        Self { path, told: Vec::new(), untold: 0, untold_from: None }
    }

    /// Something that could not be read.
    pub(crate) fn add(&mut self, line: Option<u64>, what: impl Into<String>) {
        self.add_kind(ProblemKind::Unread, line, what);
    }

    pub(crate) fn add_kind(&mut self, kind: ProblemKind, line: Option<u64>, what: impl Into<String>) {
        if self.told.len() < PROBLEMS_PER_FILE {
            self.told.push(Problem { path: self.path.to_owned(), line, what: what.into(), kind });
        } else {
            self.untold += 1;
            self.untold_from = self.untold_from.or(Some((kind, line)));
        }
    }

    /// Takes over the problems of a part of the same file that was read on its own.
    pub(crate) fn append(&mut self, part: Problems<'_>) {
        for problem in part.told {
            self.add_kind(problem.kind, problem.line, problem.what);
        }
        self.untold += part.untold;
        self.untold_from = self.untold_from.or(part.untold_from);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    pub(crate) fn into_vec(mut self) -> Vec<Problem> {
        if let Some((kind, line)) = self.untold_from {
            let what = format!("and {} more problems like these", self.untold);
            self.told.push(Problem { path: self.path.to_owned(), line, what, kind });
        }
        self.told
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
    fn tells_the_first_problems_and_counts_the_rest() {
        let mut problems = Problems::of("a");
        for line in 0..30 {
            let mut part = Problems::of("a");
            part.add(Some(line), "bad");
            problems.append(part);
        }
        let told = problems.into_vec();
        assert_eq!(told.len(), PROBLEMS_PER_FILE + 1);
        assert_eq!(told.last().map(ToString::to_string).as_deref(), Some("a:20: and 10 more problems like these"));
    }
}
