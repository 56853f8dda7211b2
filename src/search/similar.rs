//! [`Similar`]: articles like one article.

use std::collections::HashSet;
use std::time::Instant;

use serde::Serialize;

use super::filter::Filter;
use super::keyword::{Bag, Keyword};
use super::request::{MAX_WINDOW, SearchRequest, Sort};
use super::response::Hit;
use super::searcher::Searcher;
use crate::article::{Article, ArticleId, CanonicalUrl, Related};
use crate::query::lower::Clause;
use crate::{Error, Result};

/// The name and version of the JSON form.
pub const SIMILAR_SCHEMA: &str = "healthnews.similar/1";
/// How many of its own words an article is compared by.
const WORDS: usize = 25;
/// How often a word must stand in an article to count half of what it can: as in BM25, the first occurrences say the most. A
/// word of the title alone has three.
const HALF: f64 = 2.0;

/// What is like an article: what the curator linked it to, then the nearest by its words. Neither holds the article itself, and no
/// article is in both.
#[derive(Debug, Clone, Serialize)]
pub struct Similar {
    /// [`SIMILAR_SCHEMA`].
    pub schema: &'static str,
    /// The article that others are compared with.
    pub article: Named,
    /// From the request to this response, in microseconds.
    pub took_us: u64,
    /// The generation of the index that answered.
    pub generation: String,
    /// The curator's links, in their order.
    pub related: Vec<Link>,
    /// The words that the nearest were found by, the weightiest first.
    pub words: Vec<Keyword>,
    /// The nearest articles, in order. Their scores compare with each other, not with those of a search.
    pub hits: Vec<Hit>,
}

/// An article by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its id.
    pub id: ArticleId,
    /// Its headline.
    pub title: String,
    /// Where it is published.
    pub url: Option<String>,
}

/// A link that the curator made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The article in the index that it leads to. Then the card tells of that article as it is now.
    pub id: Option<ArticleId>,
    /// What is known of its end.
    #[serde(flatten)]
    pub card: Related,
}

impl Searcher {
    /// What is like the article with this id or address, at most `limit` links and `limit` others; `None` when there is no such
    /// article.
    ///
    /// The nearest are ranked as in a search for the article's [weightiest](Keyword) words, so that better and newer ones come first
    /// among equals. Costs about as much as `search --expand`, and a look-up for each link.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`] when the index cannot be read; [`Error::Usage`] for more than [`MAX_WINDOW`].
    pub fn similar(&self, key: &str, limit: usize) -> Result<Option<Similar>> {
        let begun = Instant::now();
        if limit > MAX_WINDOW {
            let message = format!("only the first {MAX_WINDOW} hits can be asked for");
            return Err(Error::Usage { message, hint: None });
        }
        let Some(article) = self.find(key)? else { return Ok(None) };
        let (related, linked) = self.links(&article, limit)?;
        let (words, hits) = self.nearest(&article, &linked, limit).map_err(|cause| self.failed(cause))?;
        Ok(Some(Similar {
            schema: SIMILAR_SCHEMA,
            article: Named { id: article.id, title: article.title, url: article.url },
            took_us: begun.elapsed().as_micros().try_into().unwrap_or(u64::MAX),
            generation: self.live().generation.clone(),
            related,
            words,
            hits,
        }))
    }

    /// The first links of an article, each end once, and the ids of itself and of all ends that are in the index.
    fn links(&self, article: &Article, limit: usize) -> Result<(Vec<Link>, HashSet<u64>)> {
        let mut known = HashSet::from([article.id.bits()]);
        let mut seen = HashSet::from([article.id]);
        let mut links = Vec::new();
        for card in &article.related {
            let address = card.url.as_deref().and_then(CanonicalUrl::parse);
            if address.as_ref().is_some_and(|address| !seen.insert(ArticleId::of_url(address))) {
                continue;
            }
            let end = match &card.url {
                Some(url) if address.is_some() => self.find(url)?,
                _ => None,
            };
            known.extend(end.as_ref().map(|end| end.id.bits()));
            if links.len() < limit {
                let id = end.as_ref().map(|end| end.id);
                links.push(Link { id, card: end.map_or_else(|| card.clone(), card_of) });
            }
        }
        Ok((links, known))
    }

    /// The articles that are nearest by words, but for these.
    fn nearest(
        &self,
        article: &Article,
        except: &HashSet<u64>,
        limit: usize,
    ) -> tantivy::Result<(Vec<Keyword>, Vec<Hit>)> {
        let words = self.own_words(article)?;
        let clauses = words.iter().map(|word| word.clause("in the article", &self.fields));
        let Some(clause) = Clause::any(clauses).filter(|_| limit > 0) else { return Ok((words, Vec::new())) };
        let keep = limit + except.len();
        let mut found = self.pass(Some(&clause), &Filter::default(), Sort::Relevance, keep, false, false)?;
        found.best.retain(|(rank, _)| !except.contains(&rank.id.0));
        let hits = self.hits(&SearchRequest::default(), found.page(limit), Some(&clause))?;
        Ok((words, hits))
    }

    /// The words that tell an article from others: frequent in it and rare elsewhere.
    fn own_words(&self, article: &Article) -> tantivy::Result<Vec<Keyword>> {
        let rarity = self.rarity();
        let mut words = Vec::new();
        for (term, count) in Bag::of(article).terms {
            let weight = count.weight / (count.weight + HALF);
            // What stands in this article alone leads to no other.
            if let Some(idf) = rarity.of(&term, 2)? {
                words.push((weight * idf, Keyword { word: count.form(), weight, term }));
            }
        }
        Ok(Keyword::best(words, WORDS))
    }
}

fn card_of(article: Article) -> Related {
    let Article { title, url, published, provider, quality, .. } = article;
    Related { title, url, published, provider, quality }
}
