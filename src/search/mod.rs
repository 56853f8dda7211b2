//! From a [`SearchRequest`] to a [`SearchResponse`].
//!
//! ```text
//! text and filters ─ query::parse, spelling ─► Query ─ resolve ─► Filter (numbers)      ┐
//!                                                    └ query::lower ─► Clause (engine) ─┴─ Pass ─► best, total, tally
//!                                                           nothing? blame, relax ─► Pass                │
//!                              SearchResponse ◄─ facet rows, fragments, explanations, the page only ◄────┘
//! ```
//!
//! Invariants: the order is total and does not depend on segments or threads ([`Sort`]); a facet's number is the number of
//! articles once its value is chosen, because each group is counted under all filters but its own.

mod catalog;
mod conjunction;
mod cursor;
mod defined;
mod dictionary;
mod expansion;
mod facet;
mod filter;
mod filter_query;
mod fragment;
mod handful;
mod keep;
mod keyword;
mod more;
mod nearness;
mod page;
mod pass;
mod ranking;
mod relax;
mod request;
mod resolve;
mod response;
mod scan;
mod searcher;
mod shortlist;
mod similar;
mod spelling;
mod statistics;
mod suggest;
mod tally;
mod text_score;
mod top;
mod understood;

mod warning;

pub use facet::{Facet, FacetValue};
pub use keyword::Keyword;
pub use ranking::{FRESHNESS_STRENGTH, HALF_LIFE_DAYS, NEARNESS_STRENGTH, QUALITY_STRENGTH, Ranking};
pub use request::{
    DEFAULT_FACET_LIMIT, DEFAULT_FACETS, DEFAULT_LIMIT, FacetField, MAX_WINDOW, Matching, RequestId, SearchRequest,
    Sort,
};
pub use response::{ClauseScore, Explanation, Fragment, Hit, More, QueryEcho, SEARCH_SCHEMA, SearchResponse};
pub use searcher::{Searcher, Settings};
pub use similar::{Link, Named, SIMILAR_SCHEMA, Similar};
pub use suggest::{
    Completed, DEFAULT_SUGGESTIONS, MAX_SUGGESTIONS, SUGGEST_SCHEMA, SuggestRequest, SuggestResponse, Suggestion,
};
pub use warning::Warning;
