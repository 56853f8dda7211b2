//! [`Evaluation`]: the measures of a run, query by query and in the mean.

use super::judgements::Judgements;
use super::measure::Measure;
use super::run::{Run, by_score};

/// To this rank documents without a judgement are named.
pub const JUDGED_DEPTH: usize = 10;

/// The measures of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// What was measured.
    pub measures: Vec<Measure>,
    /// One for each query that has judgements, in the order of their ids.
    pub queries: Vec<QueryResult>,
}

/// The measures of the answer to one query.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryResult {
    /// The id of the query.
    pub query: String,
    /// How many documents were found.
    pub found: usize,
    /// How many relevant documents there are, found or not.
    pub relevant: usize,
    /// The value of each measure of [`Evaluation::measures`].
    pub values: Vec<f64>,
    /// The documents without a judgement among the first [`JUDGED_DEPTH`].
    pub unjudged: Vec<String>,
}

impl Evaluation {
    /// Measures a run for every query that has judgements. A query that the run does not answer counts 0.
    #[must_use]
    pub fn new(run: &Run, judgements: &Judgements, measures: &[Measure]) -> Self {
        let queries = judgements.queries().map(|query| measure(run, judgements, query, measures)).collect();
        Self { measures: measures.to_vec(), queries }
    }

    /// The mean of each measure over all queries.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        let count = self.queries.len().max(1) as f64;
        (0..self.measures.len())
            .map(|at| self.queries.iter().map(|query| query.values[at]).sum::<f64>() / count)
            .collect()
    }
}

fn measure(run: &Run, judgements: &Judgements, query: &str, measures: &[Measure]) -> QueryResult {
    let grades = judgements.of(query).cloned().unwrap_or_default();
    let mut ranked: Vec<(f64, Option<i32>, &str)> = run
        .of(query)
        .iter()
        .map(|answer| (answer.score, grades.get(&answer.document).copied(), answer.document.as_str()))
        .collect();
    // Of documents with one score, the worst goes first: what is tied is not ranked, and earns nothing by it.
    ranked.sort_by(|a, b| by_score(a.0, b.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    let unjudged = ranked.iter().take(JUDGED_DEPTH).filter(|(_, grade, _)| grade.is_none());
    let judged: Vec<i32> = grades.values().copied().collect();
    let order: Vec<Option<i32>> = ranked.iter().map(|(_, grade, _)| *grade).collect();
    QueryResult {
        query: query.to_owned(),
        found: ranked.len(),
        relevant: judged.iter().filter(|grade| **grade > 0).count(),
        values: measures.iter().map(|measure| measure.of(&order, &judged)).collect(),
        unjudged: unjudged.map(|(_, _, document)| (*document).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::run::Answer;
    use super::*;
    use std::io::Write as _;

    fn judgements(text: &str) -> Judgements {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Judgements::read(file.path()).unwrap()
    }

    fn answers(documents: &[(&str, f64)]) -> Vec<Answer> {
        documents.iter().map(|(document, score)| Answer { document: (*document).to_owned(), score: *score }).collect()
    }

    #[test]
    fn documents_of_one_score_stand_in_the_worst_order() {
        let judgements = judgements("q 0 good 2\nq 0 fair 1\nq 0 bad 0\n");
        let mut run = Run::default();
        run.insert("q", answers(&[("good", 1.0), ("fair", 1.0), ("bad", 1.0), ("unknown", 1.0), ("best", 2.0)]));
        let rr = Evaluation::new(&run, &judgements, &[Measure::Rr(10), Measure::P(3), Measure::Judged(2)]);
        // best (unjudged), then unknown, bad, fair, good.
        assert_eq!(rr.queries[0].values, [0.25, 0.0, 0.0]);
        assert_eq!(rr.queries[0].unjudged, ["best", "unknown"]);
        run.insert("q", answers(&[("bad", 1.0), ("good", 1.5)]));
        assert_eq!(Evaluation::new(&run, &judgements, &[Measure::Rr(10)]).means(), [1.0]);
    }

    #[test]
    fn a_query_without_an_answer_counts_0_and_one_without_judgements_not_at_all() {
        let judgements = judgements("q1 0 a 1\nq2 0 a 1\n");
        let mut run = Run::default();
        run.insert("q1", answers(&[("a", 1.0)]));
        run.insert("q3", answers(&[("b", 1.0)]));
        let evaluation = Evaluation::new(&run, &judgements, &[Measure::Ap]);
        assert_eq!(evaluation.means(), [0.5]);
        assert_eq!((evaluation.queries[1].query.as_str(), evaluation.queries[1].found), ("q2", 0));
    }
}
