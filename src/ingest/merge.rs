//! Records of one article → the article.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::record::Record;
use crate::article::{Article, Provider, Topic, TopicKey};

/// Merges the records of one article, field by field: for each field the first record that has it wins.
///
/// First comes a record with a body, then the one modified later, then the one of higher quality, then the one whose path (and
/// position in it) is smaller. An outlet with a name goes before one that is known by its domain alone. Topics are united,
/// `modified` is the latest, all sources are kept. The order in which records are given does not matter.
///
/// `None` for no records.
pub(crate) fn merge(mut records: Vec<Record>) -> Option<Article> {
    if records.len() > 1 {
        records.sort_by(|a, b| rank(a).cmp(&rank(b)));
    }
    let mut names: Vec<_> = records.iter().map(Record::source).collect();
    names.sort_unstable();
    names.dedup();
    let mut records = records.into_iter();
    let mut article = records.next()?.article;
    if records.len() > 0 {
        let mut topics = article.topics.iter().map(Topic::key).collect();
        article = records.fold(article, |better, other| joined(better, other.article, &mut topics));
    }
    article.sources = names;
    Some(article)
}

/// What puts one record before another.
fn rank(record: &Record) -> impl Ord + use<'_> {
    let article = &record.article;
    (article.body.is_none(), Reverse(article.modified), Reverse(article.quality), &record.path, record.position)
}

/// `seen` are the topics of the better one.
fn joined(better: Article, other: Article, seen: &mut HashSet<TopicKey>) -> Article {
    let mut topics = better.topics;
    topics.extend(other.topics.into_iter().filter(|topic| seen.insert(topic.key())));
    Article {
        id: better.id,
        external_id: better.external_id.or(other.external_id),
        title: better.title,
        url: better.url.or(other.url),
        excerpt: better.excerpt.or(other.excerpt),
        body: better.body.or(other.body),
        provider: match (better.provider, other.provider) {
            (Some(bare), Some(named)) if is_bare(&bare) && !is_bare(&named) => Some(named),
            (better, other) => better.or(other),
        },
        topics,
        quality: better.quality.or(other.quality),
        heat: better.heat.or(other.heat),
        published: better.published.or(other.published),
        modified: better.modified.max(other.modified),
        authors: if better.authors.is_empty() { other.authors } else { better.authors },
        kind: better.kind.or(other.kind),
        related: if better.related.is_empty() { other.related } else { better.related },
        sources: Vec::new(),
    }
}

/// Whether nothing is known of an outlet but its domain.
fn is_bare(provider: &Provider) -> bool {
    provider.domain.as_ref().is_some_and(|domain| domain.as_str() == provider.name)
}
