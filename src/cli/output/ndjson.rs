//! One JSON document per line: a hit each, or a counted value each.

use std::io;

use healthnews::search::{Facet, FacetField, FacetValue, SearchResponse};
use serde::Serialize;

use super::json::document;

/// One line per hit.
pub(crate) fn hits(response: &SearchResponse) -> io::Result<Vec<u8>> {
    lines(&response.hits)
}

/// One line per value.
pub(crate) fn counts(response: &SearchResponse) -> io::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Line<'a> {
        facet: FacetField,
        #[serde(flatten)]
        value: FacetValue<'a>,
    }
    let lines_of = |(&facet, values): (&FacetField, &Facet)| {
        let mut out = Vec::new();
        for value in values.iter() {
            out.extend(document(&Line { facet, value })?);
        }
        Ok(out)
    };
    response.facets.iter().map(lines_of).collect::<io::Result<Vec<_>>>().map(|parts| parts.concat())
}

fn lines(values: &[impl Serialize]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    for value in values {
        out.extend(document(value)?);
    }
    Ok(out)
}
