//! `healthnews eval compare`: two runs, query by query.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use healthnews::eval::{Comparison, Evaluation, Judgements, MEASURES, PERMUTATIONS, Run, compare};
use serde::Serialize;

use super::super::output::{DIM, columns, document, neutral, print};
use super::super::{Context, Exit};
use super::queries;

/// A smaller p is told as smaller than this: so few draws say no more.
const SMALLEST: f64 = 0.0001;

/// The long help.
pub(super) const HELP: &str = "\
Say whether two runs differ by more than chance.

Example:
  healthnews eval compare all.run any.run --qrels nfcorpus/qrels/dev.tsv

For each measure: the means, their difference, for how many queries the second run is better and
worse, and p: how likely a difference at least as large, either way, is if the runs are equally good.
By a paired randomisation test (Smucker, Allan and Carterette 2007) of 100,000 draws, the same in
every run.";

/// The arguments of `eval compare`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A run (TREC)
    #[arg(value_name = "A.run")]
    a: PathBuf,
    /// The run to compare it with
    #[arg(value_name = "B.run")]
    b: PathBuf,
    /// Judgements (BEIR or TREC)
    #[arg(long, value_name = "FILE")]
    qrels: PathBuf,
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    a: String,
    b: String,
    queries: usize,
    permutations: u32,
    measures: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    measure: String,
    a: f64,
    b: f64,
    difference: f64,
    better: usize,
    worse: usize,
    p: f64,
}

/// Runs the command.
pub(super) fn run(context: &Context, arguments: &Arguments) -> Result<Exit> {
    let judgements = Judgements::read(&arguments.qrels)?;
    let evaluation = |path: &Path| Run::read(path).map(|run| Evaluation::new(&run, &judgements, &MEASURES));
    let (a, b) = (evaluation(&arguments.a)?, evaluation(&arguments.b)?);
    let document_of = Document {
        schema: "healthnews.compare/1",
        a: arguments.a.display().to_string(),
        b: arguments.b.display().to_string(),
        queries: a.queries.len(),
        permutations: PERMUTATIONS,
        measures: compare(&a, &b).iter().map(row).collect(),
    };
    if context.format().is_json() {
        print(&document(&document_of)?)?;
    } else {
        print(text(context, &document_of).as_bytes())?;
    }
    Ok(Exit::Done)
}

fn row(comparison: &Comparison) -> Row {
    let Comparison { measure, a, b, better, worse, p } = *comparison;
    Row { measure: measure.to_string(), a, b, difference: b - a, better, worse, p }
}

fn text(context: &Context, document: &Document) -> String {
    let count = queries(document.queries);
    let head = neutral(&format!("A {} · B {} · {count}", document.a, document.b)).into_owned();
    let mut rows = vec![["", "A", "B", "B − A", "better", "worse", "p"].map(str::to_owned).to_vec()];
    rows.extend(document.measures.iter().map(|row| {
        vec![
            row.measure.clone(),
            format!("{:.4}", row.a),
            format!("{:.4}", row.b),
            format!("{:+.4}", row.difference),
            row.better.to_string(),
            row.worse.to_string(),
            if row.p < SMALLEST { format!("<{SMALLEST}") } else { format!("{:.4}", row.p) },
        ]
    }));
    let mut out = format!("{}\n\n", context.look.paint(DIM, &head));
    for line in columns(&rows, &[0]) {
        let _ = writeln!(out, "{line}");
    }
    out
}
