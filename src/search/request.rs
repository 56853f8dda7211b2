//! [`SearchRequest`]: everything a search needs to know, and the only way into it.

use std::fmt;

use serde::de::value::MapDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};

/// How many hits a request gets when it does not say.
pub const DEFAULT_LIMIT: usize = 10;
/// How many values a facet lists when the request does not say. Years and months are always all.
pub const DEFAULT_FACET_LIMIT: usize = 100;
/// What is counted when the request does not say. An empty list counts nothing.
pub const DEFAULT_FACETS: [FacetField; 4] =
    [FacetField::Topic, FacetField::Provider, FacetField::Year, FacetField::Month];
/// The furthest hit that can be asked for, `offset + limit`.
pub const MAX_WINDOW: usize = 100_000;

/// A question to the index. In JSON every field may be left out or `null`, and without `q` every article matches; unknown fields are
/// refused.
///
/// Several values of one filter widen it, different filters narrow each other.
///
/// ```
/// # use healthnews::search::{FacetField, RequestId, SearchRequest, Sort};
/// let request: SearchRequest = serde_json::from_str(r#"{"q":"amazon partnership","topic":["AI"],"facets":["month"]}"#).unwrap();
/// assert_eq!((request.sort, request.limit, request.offset), (Sort::Relevance, 10, 0));
/// assert_eq!(request.facets, [FacetField::Month]);
/// let request: SearchRequest = serde_json::from_str(r#"{"id":7,"q":"amazon","limit":null}"#).unwrap();
/// assert_eq!((request.id, request.limit), (Some(RequestId::Number(7.into())), 10));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the JSON of a request")]
pub struct SearchRequest {
    /// Repeated in the response, so that answers can be matched to questions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<RequestId>,
    /// The query text, in the syntax of [`crate::query`]. Empty asks for every article.
    pub q: String,
    /// Topics, as `Label` or `Scheme: Label`.
    pub topic: Vec<String>,
    /// Outlets, by domain or name.
    pub provider: Vec<String>,
    /// Topic schemes.
    pub scheme: Vec<String>,
    /// Kinds of article.
    pub kind: Vec<String>,
    /// Topics that must be absent.
    pub not_topic: Vec<String>,
    /// Outlets to leave out.
    pub not_provider: Vec<String>,
    /// From the start of this period on: `2021`, `2021-06`, `2021-06-14`, or `30d` before the clock.
    pub after: Option<String>,
    /// Up to the start of this period, not including it.
    pub before: Option<String>,
    /// Only articles without a date.
    pub undated: bool,
    /// Only articles graded at least this.
    pub min_quality: Option<u8>,
    /// How many of the words and phrases an article must have.
    #[serde(rename = "match")]
    pub matching: Matching,
    /// The words as typed: nothing is corrected, no other names are searched.
    pub exact: bool,
    /// More like the articles that answer the question best: their words are searched as well. Any of the words, typed or found,
    /// makes an article match.
    pub expand: bool,
    /// Where few articles match and the page has room: the nearest others as well, apart ([`super::SearchResponse::more`]).
    /// Nothing with `exact` or `expand`, nor in another order than that of relevance.
    pub more: bool,
    /// The order of the hits.
    pub sort: Sort,
    /// How many hits to return; 0 for the counts alone.
    pub limit: usize,
    /// How many hits to leave out before the first.
    pub offset: usize,
    /// Where the page before has ended, [`super::SearchResponse::next_cursor`] of its response, in the place of an offset. All but
    /// `limit` and what is counted must be as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Which facets to count; none when empty.
    pub facets: Vec<FacetField>,
    /// How many values to list for each facet, years and months excepted.
    pub facet_limit: usize,
    /// Whether to count all matches. `false` lets the search leave out articles that cannot be among the best.
    pub total: bool,
    /// Whether each hit comes with its factors.
    pub explain: bool,
}

impl Default for SearchRequest {
    fn default() -> Self {
        Self {
            id: None,
            q: String::new(),
            topic: Vec::new(),
            provider: Vec::new(),
            scheme: Vec::new(),
            kind: Vec::new(),
            not_topic: Vec::new(),
            not_provider: Vec::new(),
            after: None,
            before: None,
            undated: false,
            min_quality: None,
            matching: Matching::All,
            exact: false,
            expand: false,
            more: false,
            sort: Sort::Relevance,
            limit: DEFAULT_LIMIT,
            offset: 0,
            cursor: None,
            facets: DEFAULT_FACETS.to_vec(),
            facet_limit: DEFAULT_FACET_LIMIT,
            total: true,
            explain: false,
        }
    }
}

// What is derived with `remote` are plain functions of these names, for here.
impl Serialize for SearchRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

/// A field that is `null` is as if it were not there.
impl<'de> Deserialize<'de> for SearchRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

/// Takes the fields of a request as they are written.
struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = SearchRequest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SearchRequest, A::Error> {
        let mut given: Vec<(String, Value)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if !value.is_null() {
                given.push((name, value));
            }
        }
        let given = MapDeserializer::<_, serde_json::Error>::new(given.into_iter());
        SearchRequest::deserialize(given).map_err(A::Error::custom)
    }
}

/// What a request is known by to whoever made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a text or a number")]
pub enum RequestId {
    /// A text.
    Text(String),
    /// A number, however it is written.
    Number(Number),
}

/// How many of a query's words and phrases an article must have. What must be absent, and filters, hold in any case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matching {
    /// All of them; if no article has all, the most that 20 articles or more have, else any of them.
    #[default]
    All,
    /// One or more: those with more of them, and with rarer ones, come first. For questions in whole sentences.
    Any,
}

/// The order of hits. Whatever the first key is, ties are broken by date (newest first), then by id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// By score.
    #[default]
    Relevance,
    /// By date, newest first; unknown dates last.
    Newest,
    /// By date, oldest first; unknown dates last.
    Oldest,
    /// By quality, best first; unknown grades last.
    Quality,
}

/// What can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FacetField {
    /// Topics in their most frequent spelling.
    Topic,
    /// Outlets by domain.
    Provider,
    /// Topic schemes.
    Scheme,
    /// Kinds of article.
    Kind,
    /// Calendar years, UTC.
    Year,
    /// Calendar months, UTC.
    Month,
}

impl FacetField {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 6] = [Self::Topic, Self::Provider, Self::Scheme, Self::Kind, Self::Year, Self::Month];

    /// The name in requests and responses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Provider => "provider",
            Self::Scheme => "scheme",
            Self::Kind => "kind",
            Self::Year => "year",
            Self::Month => "month",
        }
    }
}
