//! [`Report`]: the measures as they are told, to a person or to a program.

use std::fmt::Write as _;
use std::time::Duration;

use healthnews::eval::{Evaluation, Measure, QueryResult};
use healthnews::search::Matching;
use jiff::civil::Date;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::super::Context;
use super::super::numbers::{counted, elapsed};
use super::super::output::{DIM, TITLE, columns, neutral};
use super::asking::Asked;
use super::{Measuring, queries};

/// What was measured, and how.
pub(super) struct Report<'a> {
    pub(super) arguments: &'a Measuring,
    /// `None` when a run was read.
    pub(super) asked: Option<Asked>,
    pub(super) evaluation: Evaluation,
    pub(super) took: Duration,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    collection: Option<String>,
    run: Option<String>,
    qrels: String,
    #[serde(flatten)]
    asked: Option<Setting>,
    queries: usize,
    without_answer: usize,
    mean: Values<'a>,
    per_query: Vec<Row<'a>>,
    below: Vec<Below>,
    took_ms: u64,
}

#[derive(Serialize)]
struct Setting {
    articles: u64,
    #[serde(rename = "match")]
    matching: Matching,
    exact: bool,
    expand: bool,
    depth: usize,
    as_of: Option<Date>,
    relaxed: usize,
    refused: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    query: &'a str,
    #[serde(flatten)]
    values: Values<'a>,
    found: usize,
    relevant: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    relaxed: Option<bool>,
    unjudged: &'a [String],
}

#[derive(Serialize)]
struct Below {
    measure: String,
    least: f64,
    mean: f64,
}

/// Measures with their values, in their order.
struct Values<'a>(&'a [Measure], Vec<f64>);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.1.len()))?;
        for (measure, value) in self.0.iter().zip(&self.1) {
            map.serialize_entry(&measure.to_string(), value)?;
        }
        map.end()
    }
}

impl Report<'_> {
    /// The measures whose mean is less than it should be: measure, least, mean.
    pub(super) fn below(&self) -> Vec<(Measure, f64, f64)> {
        let means: Vec<(Measure, f64)> =
            self.evaluation.measures.iter().copied().zip(self.evaluation.means()).collect();
        let mean = |measure| means.iter().find(|(other, _)| *other == measure).map_or(0.0, |(_, mean)| *mean);
        let least = self.arguments.fail_under.iter().map(|(measure, least)| (*measure, *least, mean(*measure)));
        least.filter(|(_, least, mean)| mean < least).collect()
    }

    fn without_answer(&self) -> usize {
        self.evaluation.queries.iter().filter(|query| query.found == 0).count()
    }

    fn qrels(&self) -> String {
        self.arguments
            .qrels
            .as_ref()
            .map_or_else(|| self.arguments.split().to_owned(), |path| path.display().to_string())
    }

    fn is_relaxed(&self, query: &str) -> Option<bool> {
        self.asked.as_ref().map(|asked| asked.answers.relaxed.contains(query))
    }

    /// For people.
    pub(super) fn text(&self, context: &Context) -> String {
        let names = self.evaluation.measures.iter().map(ToString::to_string);
        let line = |name: &str, values: &[f64], note: String| {
            let numbers = values.iter().map(|value| format!("{value:.4}"));
            std::iter::once(neutral(name).into_owned()).chain(numbers).chain([note]).collect::<Vec<String>>()
        };
        let mut rows = vec![std::iter::once(String::new()).chain(names).collect::<Vec<_>>()];
        if self.arguments.per_query {
            rows.extend(
                self.evaluation.queries.iter().map(|query| line(&query.query, &query.values, self.note(query))),
            );
        }
        rows.push(line("mean", &self.evaluation.means(), String::new()));
        let (last, note) = (rows.len() - 1, rows[0].len());
        let mut out = format!("{}\n\n", context.look.paint(DIM, &neutral(&self.head())));
        for (at, line) in columns(&rows, &[0, note]).into_iter().enumerate() {
            let _ = writeln!(out, "{}", if at == last { context.look.paint(TITLE, &line) } else { line });
        }
        out
    }

    fn head(&self) -> String {
        let name = match (&self.arguments.run, &self.arguments.collection) {
            (Some(run), _) => run.display().to_string(),
            (None, Some(collection)) => collection.display().to_string(),
            (None, None) => "the index".to_owned(),
        };
        let count = queries(self.evaluation.queries.len());
        let mut parts = vec![format!("{name}, {}", self.qrels()), count];
        let mut tell = |count: usize, what: &str| {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        };
        tell(self.without_answer(), "without an answer");
        if let Some(asked) = &self.asked {
            tell(asked.answers.relaxed.len(), "relaxed");
            parts.push(counted(asked.articles, "article"));
            parts.extend(asked.as_of.map(|day| format!("as of {day}")));
        }
        parts.push(elapsed(self.took));
        parts.join(" · ")
    }

    fn row<'a>(&'a self, result: &'a QueryResult) -> Row<'a> {
        let QueryResult { query, found, relevant, values, unjudged } = result;
        let values = Values(&self.evaluation.measures, values.clone());
        Row { query, values, found: *found, relevant: *relevant, relaxed: self.is_relaxed(query), unjudged }
    }

    fn note(&self, query: &QueryResult) -> String {
        let mut parts = Vec::new();
        if self.is_relaxed(&query.query) == Some(true) {
            parts.push("relaxed".to_owned());
        }
        if query.found == 0 {
            parts.push("nothing found".to_owned());
        }
        if !query.unjudged.is_empty() {
            parts.push(format!("unjudged: {}", query.unjudged.join(" ")));
        }
        neutral(&parts.join("; ")).into_owned()
    }
}

impl Serialize for Report<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Evaluation { measures, queries } = &self.evaluation;
        Document {
            schema: "healthnews.eval/1",
            collection: self.arguments.collection.as_ref().map(|path| path.display().to_string()),
            run: self.arguments.run.as_ref().map(|path| path.display().to_string()),
            qrels: self.qrels(),
            asked: self.asked.as_ref().map(|asked| Setting {
                articles: asked.articles,
                matching: self.arguments.matching,
                exact: self.arguments.exact,
                expand: self.arguments.expand,
                depth: self.arguments.depth,
                as_of: asked.as_of,
                relaxed: asked.answers.relaxed.len(),
                refused: asked.answers.refused.len(),
            }),
            queries: queries.len(),
            without_answer: self.without_answer(),
            mean: Values(measures, self.evaluation.means()),
            per_query: queries.iter().map(|query| self.row(query)).collect(),
            below: self
                .below()
                .into_iter()
                .map(|(measure, least, mean)| Below { measure: measure.to_string(), least, mean })
                .collect(),
            took_ms: self.took.as_millis() as u64,
        }
        .serialize(serializer)
    }
}
