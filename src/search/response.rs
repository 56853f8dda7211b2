//! [`SearchResponse`]: everything a search answers, and the only way out of it. Its JSON form is a contract with scripts.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Serialize, Serializer};

use super::facet::Facet;
use super::keyword::Keyword;
use super::request::{FacetField, RequestId};
use super::warning::Warning;
use crate::article::{ArticleId, Card, Provider, Published, Quality, Topic};
use crate::query::Widened;

/// The name and version of the JSON form.
pub const SEARCH_SCHEMA: &str = "healthnews.search/1";

/// The answer to a [`super::SearchRequest`].
#[derive(Debug, Clone, Serialize)]
pub struct SearchResponse {
    /// [`SEARCH_SCHEMA`].
    pub schema: &'static str,
    /// The id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<RequestId>,
    /// What was asked and how it was understood.
    pub query: QueryEcho,
    /// How many articles match; `None` when the request did without the count.
    pub total: Option<u64>,
    /// From the request to this response, in microseconds.
    pub took_us: u64,
    /// The generation of the index that answered.
    pub generation: String,
    /// No article matches all words: the hits match the greatest number of them that 20 articles or more do, else any of them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub relaxed: bool,
    /// How many hits come before the first one of the page.
    #[serde(skip)]
    pub offset: usize,
    /// One page of the matching articles, in order.
    pub hits: Vec<Hit>,
    /// What asks for the next page in [`super::SearchRequest::cursor`]; `None` behind the last one. Where matches
    /// are not counted, a last page that is full has one all the same, for an empty page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// The nearest of the articles that do not match, when there are few that do and the request wants them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<More>,
    /// The counts, for the fields that were asked for.
    pub facets: BTreeMap<FacetField, Facet>,
    /// What the caller should know about the answer.
    pub warnings: Vec<Warning>,
}

/// The query as typed and as searched.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryEcho {
    /// As typed.
    pub text: String,
    /// As understood: reading it again gives the same query.
    pub as_searched: String,
    /// The other names that were searched for words of the query.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub widened: Vec<Widened>,
    /// The words of the best articles that were searched as well, the weightiest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expanded: Vec<Keyword>,
}

/// What comes nearest to a query that few articles match: articles with any of its words, or words of the articles that answer
/// best. They meet the filters, and are not counted.
#[derive(Debug, Clone, Serialize)]
pub struct More {
    /// The words of the best articles that were searched, the weightiest first.
    pub expanded: Vec<Keyword>,
    /// The articles, in order. Their scores are no measure against those that match: they are for other words.
    pub hits: Vec<Hit>,
}

/// An article and why it is here.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The article. All of it is found by its id ([`Searcher::find`](super::Searcher::find)).
    pub article: Card,
    /// Text score × quality factor × freshness factor × nearness factor; `None` when sorted by something else.
    pub score: Option<f64>,
    /// The matched words in the title, as byte ranges.
    pub title_marks: Vec<Range<usize>>,
    /// The passage that answers the query best.
    pub fragment: Option<Fragment>,
    /// The factors of the score, when asked for.
    pub explain: Option<Explanation>,
}

/// In the order of the contract; without the excerpt, which a fragment stands for.
impl Serialize for Hit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            id: ArticleId,
            score: Option<f64>,
            title: &'a str,
            #[serde(serialize_with = "as_pairs", skip_serializing_if = "<[_]>::is_empty")]
            title_marks: &'a [Range<usize>],
            url: Option<&'a str>,
            provider: Option<&'a Provider>,
            published: Option<Published>,
            topics: &'a [Topic],
            quality: Option<Quality>,
            kind: Option<&'a str>,
            fragment: Option<&'a Fragment>,
            sources: &'a [String],
            #[serde(skip_serializing_if = "Option::is_none")]
            external_id: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            explain: Option<&'a Explanation>,
        }
        let Self { article, score, title_marks, fragment, explain } = self;
        let shown = Shown {
            id: article.id,
            score: *score,
            title: &article.title,
            title_marks,
            url: article.url.as_deref(),
            provider: article.provider.as_ref(),
            published: article.published,
            topics: &article.topics,
            quality: article.quality,
            kind: article.kind.as_deref(),
            fragment: fragment.as_ref(),
            sources: &article.sources,
            external_id: article.external_id.as_deref(),
            explain: explain.as_ref(),
        };
        shown.serialize(serializer)
    }
}

/// A passage of an article with the matches in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fragment {
    /// The passage, `…` where it is cut.
    pub text: String,
    /// The matched words as byte ranges: in order, not overlapping, on character boundaries.
    #[serde(serialize_with = "as_pairs")]
    pub marks: Vec<Range<usize>>,
}

/// The factors of a score. `text` × `quality` × `freshness` × `nearness` is the score, and `text` is the sum of its `clauses`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// How well the words match (BM25F).
    pub text: f64,
    /// The factor for the curator's grade, 1 where it is unknown.
    pub quality: f64,
    /// The factor for the age, 1 where the date is unknown.
    pub freshness: f64,
    /// The factor for how close the words of the query stand to each other, 1 for a single word.
    pub nearness: f64,
    /// What each part of the query contributed.
    pub clauses: Vec<ClauseScore>,
}

/// The share of one part of the query in the text score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClauseScore {
    /// The part, as in `as_searched`.
    pub clause: String,
    /// Its score; 0 where it does not match.
    pub score: f64,
}

fn as_pairs<S: Serializer>(ranges: &[Range<usize>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(ranges.iter().map(|range| [range.start, range.end]))
}
