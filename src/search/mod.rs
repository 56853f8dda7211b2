//! From a [`SearchRequest`] to a [`SearchResponse`].

mod request;
mod response;
mod warning;

pub use request::{DEFAULT_FACET_LIMIT, DEFAULT_LIMIT, FacetField, MAX_WINDOW, SearchRequest, Sort};
pub use response::{ClauseScore, Explanation, FacetValue, Fragment, Hit, QueryEcho, SEARCH_SCHEMA, SearchResponse};
pub use warning::Warning;
