//! [`Judgements`]: which documents answer which query, and how well.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use super::table::{columns, lines, text_of, wrong};
use crate::Result;

const HINT: &str = "a line is `query-id corpus-id score` (BEIR) or `query-id 0 document grade` (TREC)";

/// What the first column is called in a header.
const HEADERS: [&str; 6] = ["query-id", "query_id", "queryid", "qid", "query", "topic"];

/// The grades of documents, query by query: above 0 is relevant, and the higher the better.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgements(BTreeMap<String, BTreeMap<String, i32>>);

impl Judgements {
    /// Reads a file of judgements: three columns with a header (BEIR) or four without (TREC), whichever each line has.
    ///
    /// # Errors
    /// [`crate::Error::Source`] when the file cannot be read; [`crate::Error::Usage`], with the line, for a line that is none of
    /// these or grades a document a second time and differently, and for a file without any judgement.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&text_of(path)?, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self> {
        let mut all = Self::default();
        for (at, (line, row)) in lines(text).enumerate() {
            let (query, document, grade) = match columns(row).as_slice() {
                [query, document, grade] | [query, _, document, grade] => (*query, *document, *grade),
                _ => return Err(wrong(path, line, "this is no judgement", HINT)),
            };
            let Ok(grade) = grade.parse::<i32>() else {
                if at == 0 && is_header(columns(row).as_slice()) {
                    continue;
                }
                return Err(wrong(path, line, format_args!("the grade `{grade}` is no whole number"), HINT));
            };
            match all.0.entry(query.to_owned()).or_default().entry(document.to_owned()) {
                Entry::Vacant(place) => {
                    place.insert(grade);
                }
                Entry::Occupied(place) if *place.get() == grade => {}
                Entry::Occupied(_) => {
                    let what = format!("`{document}` has another grade for the query `{query}` already");
                    return Err(wrong(path, line, what, "a document has one grade for each query"));
                }
            }
        }
        if all.0.is_empty() {
            return Err(wrong(path, 1, "there are no judgements", HINT));
        }
        Ok(all)
    }

    /// The queries that have judgements, in the order of their ids.
    pub fn queries(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The grades for a query; `None` when it has not been judged.
    #[must_use]
    pub fn of(&self, query: &str) -> Option<&BTreeMap<String, i32>> {
        self.0.get(query)
    }

    /// Without the queries for which `keep` is false.
    #[must_use]
    pub fn only(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|query, _| keep(query));
        self
    }
}

/// Whether these are the names of the columns, as in files of BEIR, and no judgement.
fn is_header(columns: &[&str]) -> bool {
    matches!(columns, [first, _, _] if HEADERS.iter().any(|name| name.eq_ignore_ascii_case(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Judgements> {
        Judgements::parse(text, Path::new("j.tsv"))
    }

    #[test]
    fn are_read_from_three_columns_or_four() {
        let beir = parse("query-id\tcorpus-id\tscore\nq1\ta b\t2\nq1\tc\t0\nq2\ta b\t1\n").unwrap();
        assert_eq!(beir.queries().collect::<Vec<_>>(), ["q1", "q2"]);
        assert_eq!(beir.of("q1").unwrap()["a b"], 2);
        let trec = parse("q1 0 a 2\r\n\nq1 0 c 0\nq1  0\u{20}\u{20}a 2\n").unwrap();
        assert_eq!(trec.of("q1").unwrap().len(), 2);
        assert_eq!(trec.of("q2"), None);
    }

    #[test]
    fn say_which_line_is_wrong() {
        for (text, message) in [
            ("q1 0 a 1\nq1 a\n", "j.tsv:2: this is no judgement"),
            ("q1 0 a 1\nq1 0 b high\n", "j.tsv:2: the grade `high` is no whole number"),
            ("q1 0 a 1\nq1 0 a 2\n", "j.tsv:2: `a` has another grade for the query `q1` already"),
            ("q1 0 a high\nq1 0 b 1\n", "j.tsv:1: the grade `high` is no whole number"),
            ("q1\ta\thigh\nq1\tb\t1\n", "j.tsv:1: the grade `high` is no whole number"),
            ("query-id\tcorpus-id\tscore\n", "j.tsv:1: there are no judgements"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message);
        }
    }
}
