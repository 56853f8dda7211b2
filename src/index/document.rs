//! From an [`Article`] to a Tantivy document: the only place that knows which field holds what.

use std::collections::BTreeSet;

use tantivy::TantivyDocument;

use super::analysis::Weighted;
use super::definitions::Definitions;
use super::schema::{Fields, KEY_SEPARATOR};
use super::stored::{digest, to_bytes};
use crate::article::{Article, Part, fold_words};

/// The document of an article.
pub(crate) fn to_document(article: &Article, fields: &Fields) -> TantivyDocument {
    // A mark before each text, and topics are short.
    let length = searched_texts(article).map(|(text, _)| text.len() + 1).sum::<usize>() + 32 * article.topics.len();
    let mut searched = Weighted::with_capacity(length);
    let stored = to_bytes(article);
    // What is searched stands there three times.
    let mut doc = TantivyDocument::with_capacity(3 * length + stored.len() + 512);
    for (text, part) in searched_texts(article) {
        searched.push(text, part);
    }
    for topic in &article.topics {
        searched.push(&topic.to_string(), None);
    }
    // The same text for all three, because it is analysed once for all.
    doc.add_text(fields.text, searched.as_str());
    doc.add_text(fields.parts, searched.as_str());
    doc.add_text(fields.words, searched.as_str());

    let mut definitions = Definitions::default();
    for text in [Some(&article.title), article.excerpt.as_ref(), article.body.as_ref()].into_iter().flatten() {
        definitions.read(text);
    }
    for term in definitions.into_terms() {
        doc.add_text(fields.definitions, term);
    }

    doc.add_u64(fields.id, article.id.bits());
    doc.add_u64(fields.digest, digest(&stored));
    doc.add_bytes(fields.article, &stored);
    if let Some(quality) = article.quality {
        doc.add_u64(fields.quality, u64::from(quality.get()));
    }
    if let Some(published) = article.published {
        doc.add_i64(fields.published, published.unix());
        doc.add_u64(fields.month, published.yyyymm());
    }
    add_keys(&mut doc, article, fields);
    doc
}

/// The texts that are searched, but for the topics, with what part they are.
fn searched_texts(article: &Article) -> impl Iterator<Item = (&str, Option<Part>)> {
    let provider = article.provider.as_ref();
    [
        (Some(article.title.as_str()), Some(Part::Title)),
        (article.excerpt.as_deref(), Some(Part::Excerpt)),
        (article.body.as_deref(), Some(Part::Body)),
        (provider.map(|provider| provider.name.as_str()), None),
    ]
    .into_iter()
    .filter_map(|(text, part)| Some((text?, part)))
}

fn add_keys(doc: &mut TantivyDocument, article: &Article, fields: &Fields) {
    let keyed = |key: &str, written: &str| format!("{key}{KEY_SEPARATOR}{written}");
    if let Some(provider) = &article.provider {
        doc.add_text(fields.provider_key, keyed(&provider.key(), &provider.name));
    }
    if let Some(kind) = &article.kind {
        doc.add_text(fields.kind_key, keyed(&fold_words(kind), kind));
    }
    let mut schemes = BTreeSet::new();
    for topic in &article.topics {
        doc.add_text(fields.topic_key, keyed(topic.key().as_str(), &topic.to_string()));
        if let Some(scheme) = &topic.scheme
            && schemes.insert(fold_words(scheme))
        {
            doc.add_text(fields.scheme_key, keyed(&fold_words(scheme), scheme));
        }
    }
}
