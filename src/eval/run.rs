//! [`Run`]: what a search engine answered to a set of queries.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::path::Path;

use super::table::{lines, text_of, wrong};
use crate::Result;

const HINT: &str = "a line is `query Q0 document rank score tag` (TREC)";

/// The answers to a set of queries, each a list of documents with scores.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run(BTreeMap<String, Vec<Answer>>);

/// A document that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Its name in the judgements.
    pub document: String,
    /// The higher the better, finite. Ranks follow from scores alone.
    pub score: f64,
}

impl Run {
    /// Reads a run file of TREC. The rank in it is not looked at: scores say it, and say what is tied.
    ///
    /// # Errors
    /// [`crate::Error::Source`] when the file cannot be read; [`crate::Error::Usage`], with the line, for a line that is none or
    /// names a document a second time.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&text_of(path)?, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self> {
        let mut run = Self::default();
        let mut seen = HashSet::new();
        for (line, row) in lines(text) {
            let columns: Vec<&str> = row.split_whitespace().collect();
            let [query, _, document, _, score, _] = columns[..] else {
                return Err(wrong(path, line, "this is no line of a run", HINT));
            };
            let Some(score) = score.parse::<f64>().ok().filter(|score| score.is_finite()) else {
                return Err(wrong(path, line, format_args!("the score `{score}` is no number"), HINT));
            };
            if !seen.insert((query, document)) {
                let what = format!("`{document}` answers the query `{query}` already");
                return Err(wrong(path, line, what, "a document answers a query once"));
            }
            run.0.entry(query.to_owned()).or_default().push(Answer { document: document.to_owned(), score });
        }
        Ok(run)
    }

    /// Notes the answers to a query, instead of those it may have had. No document may be among them twice.
    pub fn insert(&mut self, query: &str, answers: Vec<Answer>) {
        self.0.insert(query.to_owned(), answers);
    }

    /// The answers to a query in the order they were given; none when nothing was found.
    #[must_use]
    pub fn of(&self, query: &str) -> &[Answer] {
        self.0.get(query).map_or(&[], Vec::as_slice)
    }

    /// Writes a run file of TREC: for each query, by id, the answers from the highest score down, equal ones in the order given.
    /// White space in a name, which the format cannot hold, becomes `_`.
    pub fn write(&self, out: &mut dyn Write, tag: &str) -> io::Result<()> {
        let solid = |name: &str| name.split_whitespace().collect::<Vec<_>>().join("_");
        for (query, answers) in &self.0 {
            let mut sorted: Vec<&Answer> = answers.iter().collect();
            sorted.sort_by(|a, b| by_score(a.score, b.score));
            for (at, Answer { document, score }) in sorted.into_iter().enumerate() {
                writeln!(out, "{} Q0 {} {} {score} {}", solid(query), solid(document), at + 1, solid(tag))?;
            }
        }
        Ok(())
    }
}

/// The order of scores in an answer: the highest first.
pub(super) fn by_score(a: f64, b: f64) -> Ordering {
    // Not `total_cmp`: 0 and −0 are a tie.
    b.partial_cmp(&a).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Run> {
        Run::parse(text, Path::new("a.run"))
    }

    #[test]
    fn is_written_as_it_is_read() {
        let text = "q1 Q0 a 1 7.25 x\nq1 Q0 b 2 0.1 x\nq2 Q0 a 1 -3 x\n";
        let run = parse(text).unwrap();
        let mut written = Vec::new();
        run.write(&mut written, "x").unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), text);
        assert_eq!((run.of("q1").len(), run.of("q3").len()), (2, 0));
    }

    #[test]
    fn ranks_by_score_and_not_by_the_order_of_the_lines() {
        let run = parse("q Q0 b 1 0.1 x\nq\tQ0\ta\t2\t7.25\tx\n").unwrap();
        let mut written = Vec::new();
        run.write(&mut written, "our tag").unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "q Q0 a 1 7.25 our_tag\nq Q0 b 2 0.1 our_tag\n");
    }

    #[test]
    fn says_which_line_is_wrong() {
        for (text, message) in [
            ("q Q0 a 1 2\n", "a.run:1: this is no line of a run"),
            ("q Q0 a 1 NaN x\n", "a.run:1: the score `NaN` is no number"),
            ("q Q0 a 1 2 x\n\nq Q0 a 2 1 x\n", "a.run:3: `a` answers the query `q` already"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message);
        }
    }
}
