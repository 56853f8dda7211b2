//! Expansion: the words that the articles which answer a query best have in common, to be searched beside those typed.
//!
//! Pseudo-relevance feedback after RM3 (Lavrenko and Croft 2001; Abdul-Jaleel and others 2004). The best articles make a
//! *relevance model*: the probability of a word is its share in each of them, averaged by how much each is trusted. The words
//! with the greatest product of that and of their rarity are taken, and weighed by it, which finds better than the probability
//! alone. What was typed has [`TYPED_SHARE`] of the weight of the whole.
//!
//! The constants are tuned on the training queries of one collection; `docs/RELEVANCE.md` has the figures on others.

use std::collections::BTreeMap;

use super::keyword::{Bag, Count, Keyword, Rarity};
use crate::article::Article;

/// How many articles are taken for good answers.
pub(super) const FEEDBACK_ARTICLES: usize = 10;
/// How many of their words are searched.
const WORDS: usize = 12;
/// In how many of them a word must stand, as far as there are so many: what stands in one alone is often beside the point.
const LEAST_ARTICLES: usize = 2;
/// The power of its score by which an article is trusted: RM3 takes likelihoods, which fall faster from one article to the next than
/// scores of BM25 do.
const TRUST: i32 = 4;
/// The share of what was typed in the weight of all.
const TYPED_SHARE: f64 = 0.35;

/// The words to search, given the best articles with their scores and what the typed words weigh. None where there is no article, or
/// none has a score: what meets a filter alone says nothing about words.
pub(super) fn common_words(best: &[(Article, f64)], typed: f64, rarity: &Rarity<'_>) -> tantivy::Result<Vec<Keyword>> {
    let trust = |score: f64| score.powi(TRUST);
    let trusts: f64 = best.iter().map(|(_, score)| trust(*score)).sum();
    if trusts <= 0.0 {
        return Ok(Vec::new());
    }
    let mut model: BTreeMap<Box<str>, InModel> = BTreeMap::new();
    for (article, score) in best {
        let Bag { terms, length } = Bag::of(article);
        for (term, count) in terms {
            let word = model.entry(term).or_default();
            word.probability += count.weight / length * trust(*score) / trusts;
            word.articles += 1;
            word.count.add_forms(count);
        }
    }
    let mut words = Vec::new();
    for (term, InModel { probability, articles, count }) in model {
        if articles < LEAST_ARTICLES.min(best.len()) {
            continue;
        }
        if let Some(idf) = rarity.of(&term, 1)? {
            let worth = probability * idf;
            words.push((worth, Keyword { word: count.form(), weight: worth, term }));
        }
    }
    let mut words = Keyword::best(words, WORDS);
    let sum: f64 = words.iter().map(|word| word.weight).sum();
    let scale = (1.0 - TYPED_SHARE) / TYPED_SHARE * typed / sum;
    for word in &mut words {
        word.weight *= scale;
    }
    Ok(words)
}

/// A word of the relevance model.
#[derive(Default)]
struct InModel {
    probability: f64,
    /// How many of the best articles have it.
    articles: usize,
    count: Count,
}
