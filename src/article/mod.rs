//! The vocabulary: what an article is, and the small value types it is made of.
//!
//! This room does no I/O and knows no search engine. Everything else in the program speaks in these types:
//! [`crate::ingest`] makes [`Article`]s, [`crate::index`] stores them, [`crate::search`] finds them again.

mod canonical_url;
mod card;
mod domain;
mod fold;
mod id;
mod part;
mod provider;
mod published;
mod quality;
mod topic;

pub use canonical_url::CanonicalUrl;
pub use card::Card;
pub use domain::Domain;
pub use fold::{fold, fold_words, is_hidden};
pub(crate) use fold::{is_invisible, is_joiner};
pub use id::ArticleId;
pub use part::Part;
pub use provider::Provider;
pub use published::{Precision, Published};
pub use quality::Quality;
pub use topic::{Topic, TopicKey};

use serde::{Deserialize, Serialize};

/// One article: what is indexed, ranked, counted and shown.
///
/// Invariants, kept by [`crate::ingest`]: `title` is not empty; no text holds control characters, markup or leading and
/// trailing white space; an absent text is `None`, never `Some("")`; `topics` holds each [`TopicKey`] once;
/// `sources` is sorted and not empty.
///
/// What a [`Card`] has comes first and in its order, then the body, because lists read these alone, from the beginning of the stored
/// form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Identity: a hash of the canonical URL, or of the source path where there is no URL.
    pub id: ArticleId,
    /// The key that the source itself gave (`id`, `_id`), kept for evaluation and for round trips.
    pub external_id: Option<String>,
    /// The headline, on one line.
    pub title: String,
    /// Where the article is published, as the source wrote it. [`CanonicalUrl`] is the form that is compared.
    pub url: Option<String>,
    /// The summary that came with the article (not the computed fragment of a search result).
    pub excerpt: Option<String>,
    /// The outlet.
    pub provider: Option<Provider>,
    /// What the article is about, in the order of the source.
    pub topics: Vec<Topic>,
    /// The curator's grade; `None` is neutral, not zero.
    pub quality: Option<Quality>,
    /// When it was published.
    pub published: Option<Published>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// `article`, `video`, `post`, …, in lower case.
    pub kind: Option<String>,
    /// The files that told of this article, as `path` or, in a file of many articles, `path:line`.
    pub sources: Vec<String>,
    /// The text as plain paragraphs, separated by line breaks.
    pub body: Option<String>,
    /// How much attention the article got, on the scale of quality.
    pub heat: Option<Quality>,
    /// When the source last changed the record.
    pub modified: Option<Published>,
    /// The curator's links to other articles: links only, never part of this article's text.
    pub related: Vec<Related>,
}

impl Article {
    /// An article of which no more is known than this.
    #[must_use]
    pub fn new(id: ArticleId, title: String) -> Self {
        Self {
            id,
            external_id: None,
            title,
            url: None,
            excerpt: None,
            body: None,
            provider: None,
            topics: Vec::new(),
            quality: None,
            heat: None,
            published: None,
            modified: None,
            authors: Vec::new(),
            kind: None,
            related: Vec::new(),
            sources: Vec::new(),
        }
    }
}

/// A card that points from one article to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// The headline of the other article.
    pub title: String,
    /// Its address as the source wrote it.
    pub url: Option<String>,
    /// When it was published.
    pub published: Option<Published>,
    /// Its outlet.
    pub provider: Option<Provider>,
    /// Its grade.
    pub quality: Option<Quality>,
}
