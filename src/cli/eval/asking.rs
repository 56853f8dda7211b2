//! Answers to measure: an index is asked all judged queries.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::Result;
use healthnews::Error;
use healthnews::article::Published;
use healthnews::eval::{Answers, Judgements, Queries, ask as ask_all};
use healthnews::index::IndexFolder;
use healthnews::ingest::{IngestReport, Source};
use healthnews::search::{MAX_WINDOW, SearchRequest, Searcher, Settings, Sort};
use healthnews::update::{Outcome, UpdateOptions, update};
use jiff::civil::Date;

use super::super::numbers::counted;
use super::super::progress::Bars;
use super::super::{Context, Exit, interrupt};
use super::{Measuring, queries as queries_of, warn};

/// So many refused queries are told one by one.
const REFUSED_TOLD: usize = 3;
/// What wrote a run.
const TAG: &str = "healthnews";

/// What was asked, and what came of it.
pub(super) struct Asked {
    /// How many articles there are to find.
    pub(super) articles: u64,
    /// The day that freshness counted from; `None` where no article has a date.
    pub(super) as_of: Option<Date>,
    pub(super) answers: Answers,
    /// The judgements of the queries that could be asked.
    pub(super) judgements: Judgements,
}

/// Asks a collection, or the index where none is named. `None` when interrupted.
pub(super) fn ask(context: &Context, arguments: &Measuring, judgements: Judgements) -> Result<Option<Asked>> {
    if arguments.depth == 0 || arguments.depth > MAX_WINDOW {
        return Err(Error::Usage { message: format!("the depth must be from 1 to {MAX_WINDOW}"), hint: None }.into());
    }
    let queries = match (&arguments.queries, &arguments.collection) {
        (Some(path), _) => Queries::read(path)?,
        (None, Some(collection)) => Queries::read(&collection.join("queries.jsonl"))?,
        (None, None) => Queries::default(),
    };
    let judgements = with_text(context, judgements, &queries)?;
    let Some(collection) = &arguments.collection else {
        return searched(context, &context.folder(), arguments, &queries, judgements).map(Some);
    };
    let place = tempfile::tempdir().map_err(|cause| Error::Io {
        action: "create a folder in",
        path: std::env::temp_dir(),
        cause,
    })?;
    let index = IndexFolder::new(place.path().join("index"));
    if !build(context, collection, &index)? {
        return Ok(None);
    }
    searched(context, &index, arguments, &queries, judgements).map(Some)
}

/// The judgements of queries that have a text. Those without cannot be asked.
fn with_text(context: &Context, judgements: Judgements, queries: &Queries) -> Result<Judgements> {
    let all = judgements.queries().count();
    let judgements = judgements.only(|query| queries.get(query).is_some());
    let left = judgements.queries().count();
    if left == 0 {
        let message = "no query has both a text and judgements".to_owned();
        return Err(Error::Usage { message, hint: Some("do the two files belong together?".to_owned()) }.into());
    }
    if left < all {
        warn(context, &format!("left out, because they have no text: {} of {all} judged queries", all - left));
    }
    Ok(judgements)
}

/// Reads the articles of a collection into an index. `false` when interrupted.
fn build(context: &Context, collection: &Path, index: &IndexFolder) -> Result<bool> {
    interrupt::listen(Exit::Interrupted);
    let sources = vec![Source::parse("corpus.jsonl", collection)];
    let options = UpdateOptions { sources, mapping: context.settings.mapping.clone(), ..UpdateOptions::default() };
    let bars = Bars::new(context.global.quiet || context.format().is_json());
    let update = update(index, &options, &bars);
    bars.clear();
    let update = update.map_err(|error| match error {
        // The source is named within the collection, and the collection by the user.
        Error::Source { path, cause } => Error::Source { path: collection.join(path).display().to_string(), cause },
        error => error,
    })?;
    let IngestReport { merged, problems, .. } = &update.ingest;
    if *merged > 0 {
        let records = counted(*merged, "document");
        warn(context, &format!("{records} merged into others with the same address; judgements of them cannot be met"));
    }
    if let [first, ..] = problems.as_slice() {
        warn(context, &format!("{} in the documents, the first: {first}", counted(problems.len() as u64, "problem")));
    }
    Ok(update.outcome != Outcome::Stopped)
}

fn searched(
    context: &Context,
    index: &IndexFolder,
    arguments: &Measuring,
    queries: &Queries,
    judgements: Judgements,
) -> Result<Asked> {
    let settings =
        |as_of| Settings { ranking: context.settings.ranking, as_of, vocabulary: context.settings.vocabulary.clone() };
    let as_of = match context.global.as_of {
        Some(day) => Some(day),
        None => newest(&Searcher::open(index, &settings(None))?)?,
    };
    let searcher = Searcher::open(index, &settings(as_of))?;
    let like = SearchRequest {
        matching: arguments.matching,
        exact: arguments.exact,
        expand: arguments.expand,
        more: !arguments.no_more,
        limit: arguments.depth,
        facets: Vec::new(),
        total: false,
        ..SearchRequest::default()
    };
    let answers = ask_all(&searcher, queries, &judgements, &like)?;
    for (query, error) in answers.refused.iter().take(REFUSED_TOLD) {
        warn(context, &format!("query `{query}` counts 0: {error}"));
    }
    if answers.refused.len() > REFUSED_TOLD {
        let rest = queries_of(answers.refused.len() - REFUSED_TOLD);
        warn(context, &format!("{rest} more count 0, because they are over a limit"));
    }
    if let Some(path) = &arguments.run_out {
        let failed = |cause| Error::Io { action: "write", path: path.clone(), cause };
        let mut out = BufWriter::new(File::create(path).map_err(failed)?);
        answers.run.write(&mut out, TAG).and_then(|()| std::io::Write::flush(&mut out)).map_err(failed)?;
    }
    Ok(Asked { articles: searcher.live().manifest.articles, as_of, answers, judgements })
}

/// The day of the newest article.
fn newest(searcher: &Searcher) -> Result<Option<Date>> {
    let request =
        SearchRequest { sort: Sort::Newest, limit: 1, facets: Vec::new(), total: false, ..SearchRequest::default() };
    let response = searcher.search(&request)?;
    Ok(response.hits.first().and_then(|hit| hit.article.published).map(Published::date))
}
