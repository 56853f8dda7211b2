//! CSV (RFC 4180) with a header: a row per hit, or a row per counted value.

use std::io;

use csv::{Terminator, WriterBuilder};
use healthnews::search::{Hit, SearchResponse};

use super::neutral::neutral;

const HIT_COLUMNS: [&str; 12] = [
    "id",
    "title",
    "url",
    "provider",
    "provider_domain",
    "published",
    "topics",
    "quality",
    "kind",
    "score",
    "fragment",
    "sources",
];

/// One row per hit; topics and sources are joined with `; `.
pub(crate) fn hits(response: &SearchResponse) -> io::Result<Vec<u8>> {
    write(&HIT_COLUMNS, response.hits.iter().map(row))
}

/// One row per value.
pub(crate) fn counts(response: &SearchResponse) -> io::Result<Vec<u8>> {
    let rows = response.facets.iter().flat_map(|(field, values)| {
        values.iter().map(|value| {
            vec![
                field.name().to_owned(),
                value.value.unwrap_or_default().to_owned(),
                value.label.unwrap_or_default().to_owned(),
                value.count.to_string(),
                value.selected.to_string(),
            ]
        })
    });
    write(&["facet", "value", "label", "count", "selected"], rows)
}

fn row(hit: &Hit) -> Vec<String> {
    let provider = hit.article.provider.as_ref();
    let joined = |parts: Vec<String>| parts.join("; ");
    vec![
        hit.article.id.to_string(),
        hit.article.title.clone(),
        hit.article.url.clone().unwrap_or_default(),
        provider.map(|provider| provider.name.clone()).unwrap_or_default(),
        provider.and_then(|provider| provider.domain.as_ref()).map(ToString::to_string).unwrap_or_default(),
        hit.article.published.map(|published| published.to_string()).unwrap_or_default(),
        joined(hit.article.topics.iter().map(ToString::to_string).collect()),
        hit.article.quality.map(|quality| quality.get().to_string()).unwrap_or_default(),
        hit.article.kind.clone().unwrap_or_default(),
        hit.score.map(|score| score.to_string()).unwrap_or_default(),
        hit.fragment.as_ref().map(|fragment| fragment.text.clone()).unwrap_or_default(),
        joined(hit.article.sources.clone()),
    ]
}

pub(super) fn write(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> io::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(Vec::new());
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(row.iter().map(|field| neutral(field).into_owned()))?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}
