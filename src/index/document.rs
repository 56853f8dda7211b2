//! [`Article`] ↔ Tantivy document: the only place that knows which field holds what.

use std::collections::BTreeSet;

use tantivy::schema::{Field, Value};
use tantivy::{TantivyDocument, TantivyError};

use super::analysis::Weighted;
use super::change::digest;
use super::schema::{Fields, KEY_SEPARATOR};
use crate::article::{Article, ArticleId, Domain, Precision, Provider, Published, Quality, Related, Topic, fold_words};

/// How often a word of the title counts, beside one in the body that counts once.
///
/// Whole numbers, because the weights are repetitions (see [`Weighted`]).
pub(crate) const TITLE_WEIGHT: usize = 3;
/// How often a word of the excerpt counts. An excerpt is mostly the head of the text and stands for all of it.
pub(crate) const EXCERPT_WEIGHT: usize = 2;

/// The document of an article.
pub(crate) fn to_document(article: &Article, fields: &Fields) -> TantivyDocument {
    let mut doc = TantivyDocument::new();
    // A mark before each text, and topics are short.
    let length = searched_texts(article).map(|(text, _)| text.len() + 1).sum::<usize>() + 32 * article.topics.len();
    let mut searched = Weighted::with_capacity(length);
    for (text, weight) in searched_texts(article) {
        searched.push(text, weight);
    }
    for topic in &article.topics {
        let topic = topic.to_string();
        searched.push(&topic, 1);
        doc.add_text(fields.topics, &topic);
    }
    // The same text for both, because it is analysed once for both.
    doc.add_text(fields.text, searched.as_str());
    doc.add_text(fields.words, searched.as_str());

    doc.add_u64(fields.id, article.id.bits());
    doc.add_u64(fields.digest, digest(article));
    doc.add_text(fields.title, &article.title);
    let mut add = |field: Field, text: Option<&str>| {
        if let Some(text) = text {
            doc.add_text(field, text);
        }
    };
    add(fields.external_id, article.external_id.as_deref());
    add(fields.url, article.url.as_deref());
    add(fields.excerpt, article.excerpt.as_deref());
    add(fields.body, article.body.as_deref());
    add(fields.provider, article.provider.as_ref().map(|provider| provider.name.as_str()));
    add(
        fields.provider_domain,
        article.provider.as_ref().and_then(|provider| provider.domain.as_ref()).map(Domain::as_str),
    );
    add(fields.kind, article.kind.as_deref());
    add(fields.modified, article.modified.map(written).as_deref());
    for author in &article.authors {
        doc.add_text(fields.authors, author);
    }
    for source in &article.sources {
        doc.add_text(fields.sources, source);
    }
    for related in &article.related {
        // A card is plain data: it always has a JSON form.
        doc.add_text(fields.related, serde_json::to_string(related).unwrap_or_default());
    }
    if let Some(quality) = article.quality {
        doc.add_u64(fields.quality, u64::from(quality.get()));
    }
    if let Some(heat) = article.heat {
        doc.add_u64(fields.heat, u64::from(heat.get()));
    }
    if let Some(published) = article.published {
        doc.add_i64(fields.published, published.unix());
        doc.add_u64(fields.published_precision, u64::from(published.precision() == Precision::Second));
        doc.add_u64(fields.month, published.yyyymm());
    }
    add_keys(&mut doc, article, fields);
    doc
}

/// The texts that are searched, but for the topics, with their weights.
fn searched_texts(article: &Article) -> impl Iterator<Item = (&str, usize)> {
    let provider = article.provider.as_ref();
    [
        (Some(article.title.as_str()), TITLE_WEIGHT),
        (article.excerpt.as_deref(), EXCERPT_WEIGHT),
        (article.body.as_deref(), 1),
        (provider.map(|provider| provider.name.as_str()), 1),
    ]
    .into_iter()
    .filter_map(|(text, weight)| Some((text?, weight)))
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

/// The article of a document; an error when the document was not made by [`to_document`].
pub(crate) fn to_article(doc: &TantivyDocument, fields: &Fields) -> tantivy::Result<Article> {
    let texts = |field: Field| doc.get_all(field).filter_map(|value| value.as_str()).map(str::to_owned);
    let text = |field: Field| doc.get_first(field).and_then(|value| value.as_str()).map(str::to_owned);
    let number = |field: Field| doc.get_first(field).and_then(|value| value.as_u64());
    let grade = |field: Field| number(field).and_then(|grade| Quality::new(grade as f64));
    let lacks = |what: &str| TantivyError::InternalError(format!("a stored article has no {what}"));

    let precision = if number(fields.published_precision) == Some(0) { Precision::Day } else { Precision::Second };
    let published = doc.get_first(fields.published).and_then(|value| value.as_i64());
    Ok(Article {
        id: number(fields.id).map(ArticleId::from_bits).ok_or_else(|| lacks("id"))?,
        external_id: text(fields.external_id),
        title: text(fields.title).ok_or_else(|| lacks("title"))?,
        url: text(fields.url),
        excerpt: text(fields.excerpt),
        body: text(fields.body),
        provider: text(fields.provider).map(|name| Provider {
            name,
            domain: text(fields.provider_domain).and_then(|domain| Domain::parse(&domain)),
        }),
        topics: texts(fields.topics).filter_map(|topic| Topic::parse(&topic)).collect(),
        quality: grade(fields.quality),
        heat: grade(fields.heat),
        published: published.and_then(|seconds| Published::from_unix(seconds, precision)),
        modified: text(fields.modified).and_then(|modified| modified.parse().ok()),
        authors: texts(fields.authors).collect(),
        kind: text(fields.kind),
        related: texts(fields.related).filter_map(|card| serde_json::from_str::<Related>(&card).ok()).collect(),
        sources: texts(fields.sources).collect(),
    })
}

/// The shortest text that reads back as the same instant and precision.
fn written(at: Published) -> String {
    match at.precision() {
        Precision::Day => at.date().to_string(),
        Precision::Second => at.to_string(),
    }
}
