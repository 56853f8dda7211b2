//! [`Card`]: an article as lists show it.

use serde::Deserialize;

use super::{Article, ArticleId, Provider, Published, Quality, Topic};

/// An article as lists show it: an [`Article`] without its body, its links and what tells of the record alone.
///
/// A page of hits is read and kept at the cost of what it shows; the rest is found by the id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Card {
    /// Identity.
    pub id: ArticleId,
    /// The key that the source itself gave.
    pub external_id: Option<String>,
    /// The headline, on one line.
    pub title: String,
    /// Where the article is published, as the source wrote it.
    pub url: Option<String>,
    /// The summary that came with the article.
    pub excerpt: Option<String>,
    /// The outlet.
    pub provider: Option<Provider>,
    /// What the article is about, in the order of the source.
    pub topics: Vec<Topic>,
    /// The curator's grade.
    pub quality: Option<Quality>,
    /// When it was published.
    pub published: Option<Published>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// `article`, `video`, `post`, …, in lower case.
    pub kind: Option<String>,
    /// The files that told of this article.
    pub sources: Vec<String>,
}

impl From<Article> for Card {
    fn from(article: Article) -> Self {
        let Article {
            id,
            external_id,
            title,
            url,
            excerpt,
            provider,
            topics,
            quality,
            published,
            authors,
            kind,
            sources,
            ..
        } = article;
        Self { id, external_id, title, url, excerpt, provider, topics, quality, published, authors, kind, sources }
    }
}
