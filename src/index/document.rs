//! [`Article`] ↔ Tantivy document: the only place that knows which field holds what.

use std::collections::BTreeSet;

use tantivy::schema::Field;
use tantivy::{TantivyDocument, TantivyError};

use super::analysis::Weighted;
use super::change::digest;
use super::definitions::Definitions;
use super::schema::{Fields, KEY_SEPARATOR};
use super::stored::{StoredDocument, StoredValue};
use crate::article::{
    Article, ArticleId, Domain, Part, Precision, Provider, Published, Quality, Related, Topic, fold_words,
};

/// The document of an article.
pub(crate) fn to_document(article: &Article, fields: &Fields) -> TantivyDocument {
    // A mark before each text, and topics are short.
    let length = searched_texts(article).map(|(text, _)| text.len() + 1).sum::<usize>() + 32 * article.topics.len();
    let mut searched = Weighted::with_capacity(length);
    // What is searched stands there twice and is shown as well, with addresses and cards.
    let mut doc = TantivyDocument::with_capacity(3 * length + 512 + 512 * article.related.len());
    for (text, part) in searched_texts(article) {
        searched.push(text, part);
    }
    for topic in &article.topics {
        let topic = topic.to_string();
        searched.push(&topic, None);
        doc.add_text(fields.topics, &topic);
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

/// Whether the related cards of an article are wanted, which take longer to read than all the rest of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cards {
    Read,
    Left,
}

/// The article of a document; an error when the document was not made by [`to_document`].
pub(crate) fn to_article(doc: StoredDocument, fields: &Fields, cards: Cards) -> tantivy::Result<Article> {
    let lacks = |what: &str| TantivyError::InternalError(format!("a stored article has no {what}"));
    let (mut id, mut published, mut precision) = (None, None, Precision::Second);
    let (mut provider, mut domain) = (None, None);
    let mut article = Article::new(ArticleId::from_bits(0), String::new());
    for (field, value) in doc.0 {
        match value {
            StoredValue::Unsigned(number) if field == fields.id => id = Some(ArticleId::from_bits(number)),
            StoredValue::Unsigned(grade) if field == fields.quality => article.quality = Quality::new(grade as f64),
            StoredValue::Unsigned(grade) if field == fields.heat => article.heat = Quality::new(grade as f64),
            StoredValue::Unsigned(0) if field == fields.published_precision => precision = Precision::Day,
            StoredValue::Signed(seconds) => published = Some(seconds),
            StoredValue::Text(text) if field == fields.title => article.title = text,
            StoredValue::Text(text) if field == fields.url => article.url = Some(text),
            StoredValue::Text(text) if field == fields.excerpt => article.excerpt = Some(text),
            StoredValue::Text(text) if field == fields.body => article.body = Some(text),
            StoredValue::Text(text) if field == fields.provider => provider = Some(text),
            StoredValue::Text(text) if field == fields.provider_domain => domain = Domain::parse(&text),
            StoredValue::Text(text) if field == fields.topics => article.topics.extend(Topic::parse(&text)),
            StoredValue::Text(text) if field == fields.sources => article.sources.push(text),
            StoredValue::Text(text) if field == fields.kind => article.kind = Some(text),
            StoredValue::Text(text) if field == fields.authors => article.authors.push(text),
            StoredValue::Text(text) if field == fields.external_id => article.external_id = Some(text),
            StoredValue::Text(text) if field == fields.modified => article.modified = text.parse().ok(),
            StoredValue::Text(card) if field == fields.related && cards == Cards::Read => {
                article.related.extend(serde_json::from_str::<Related>(&card));
            }
            StoredValue::Unsigned(_) | StoredValue::Text(_) => {}
        }
    }
    if article.title.is_empty() {
        return Err(lacks("title"));
    }
    Ok(Article {
        id: id.ok_or_else(|| lacks("id"))?,
        provider: provider.map(|name| Provider { name, domain }),
        published: published.and_then(|seconds| Published::from_unix(seconds, precision)),
        ..article
    })
}

/// The shortest text that reads back as the same instant and precision.
fn written(at: Published) -> String {
    match at.precision() {
        Precision::Day => at.date().to_string(),
        Precision::Second => at.to_string(),
    }
}
