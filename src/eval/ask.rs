//! [`ask`]: queries in, a run out.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::judgements::Judgements;
use super::queries::Queries;
use super::run::{Answer, Run};
use crate::search::{Hit, SearchRequest, SearchResponse, Searcher};
use crate::{Error, Result};

/// What a searcher answered to a set of queries.
#[derive(Debug, Default)]
pub struct Answers {
    /// The documents found.
    pub run: Run,
    /// The queries of which no article has all the words, so that those with most of them were taken.
    pub relaxed: BTreeSet<String>,
    /// The queries that the searcher cannot understand, and why. Their answers are empty.
    pub refused: BTreeMap<String, Error>,
}

/// Asks every query that has judgements, as `like` says but for its text.
///
/// A hit goes by the name under which it is judged (for any query): the key that its source gave, or its id. One that has no
/// judgement goes by that key if it has one.
///
/// # Errors
/// Those of [`Searcher::search`], but for a query that is beyond its limits, which counts as one without an answer.
pub fn ask(searcher: &Searcher, queries: &Queries, judgements: &Judgements, like: &SearchRequest) -> Result<Answers> {
    let judged: HashSet<&str> = judgements
        .queries()
        .filter_map(|query| judgements.of(query))
        .flat_map(|of| of.keys().map(String::as_str))
        .collect();
    let asked: Vec<(&str, &str)> = queries.iter().filter(|(id, _)| judgements.of(id).is_some()).collect();
    let responses: Vec<Result<SearchResponse>> = asked
        .par_iter()
        .map(|(_, text)| searcher.search(&SearchRequest { q: (*text).to_owned(), ..like.clone() }))
        .collect();
    let mut answers = Answers::default();
    for ((id, _), response) in asked.into_iter().zip(responses) {
        match response {
            Ok(response) => {
                if response.relaxed {
                    answers.relaxed.insert(id.to_owned());
                }
                answers.run.insert(id, documents(&response, &judged));
            }
            Err(error @ Error::Query { .. }) => {
                answers.refused.insert(id.to_owned(), error);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(answers)
}

fn documents(response: &SearchResponse, judged: &HashSet<&str>) -> Vec<Answer> {
    let mut seen = HashSet::new();
    let score = |hit: &Hit| hit.score.unwrap_or_default();
    let more = response.more.as_ref().map(|more| more.hits.as_slice()).unwrap_or_default();
    // Scores for other words: here they only say that all of these come after those that match.
    let last = response.hits.last().map_or(1.0, score);
    let best = more.first().map_or(1.0, score);
    let behind = more.iter().map(|hit| (hit, score(hit) / best * last * 0.5));
    let in_order = response.hits.iter().map(|hit| (hit, score(hit))).chain(behind);
    let named = in_order.map(|(hit, score)| {
        let (key, id) = (hit.article.external_id.clone(), hit.article.id.to_string());
        let document = match key {
            Some(key) if judged.contains(key.as_str()) || !judged.contains(id.as_str()) => key,
            _ => id,
        };
        Answer { document, score }
    });
    // Sources may have given one key to several articles: the best of them stands for it.
    named.filter(|answer| seen.insert(answer.document.clone())).collect()
}
