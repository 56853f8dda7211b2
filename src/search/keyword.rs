//! [`Keyword`]: a word that stands for what articles are about, with a weight.

use std::collections::BTreeMap;

use serde::Serialize;
use tantivy::Term;
use tantivy::query::Bm25StatisticsProvider as _;

use super::statistics::Statistics;
use crate::article::Article;
use crate::index::analysis::{Kind, Word, words};
use crate::index::{Fields, TITLE_WEIGHT};
use crate::query::lower::Clause;

/// So much of a body is read, in bytes: what an article is about stands at its beginning, and the cost is bounded.
const MAX_BODY: usize = 8192;
/// A word in more than this share of all articles says nothing about one.
const MAX_SHARE: f64 = 0.1;
/// Words in so few articles are never too frequent: a share of a small collection means little.
const FEW: u64 = 10;

/// A word that stands for what articles are about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Keyword {
    /// The word, in the form that it has most often in them.
    pub word: String,
    /// How much it counts, beside 1 for a word that was typed.
    pub weight: f64,
    /// What it is looked up as.
    #[serde(skip)]
    pub(super) term: Box<str>,
}

impl Keyword {
    /// The clause that looks for it. `whence` tells in an explanation where it comes from.
    pub(super) fn clause(&self, whence: &str, fields: &Fields) -> Clause {
        Clause::term(format!("{} ({whence})", self.word), &self.term, self.weight as f32, fields)
    }

    /// The `most` with the greatest worth, in the order of their weights.
    pub(super) fn best(mut candidates: Vec<(f64, Self)>, most: usize) -> Vec<Self> {
        candidates.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.term.cmp(&other.term)));
        candidates.truncate(most);
        let mut words: Vec<Self> = candidates.into_iter().map(|(_, word)| word).collect();
        words.sort_by(|one, other| other.weight.total_cmp(&one.weight).then_with(|| one.term.cmp(&other.term)));
        words
    }
}

/// How often the terms of an article stand in it, weighted by where.
#[derive(Default)]
pub(super) struct Bag {
    pub(super) terms: BTreeMap<Box<str>, Count>,
    /// How many words there are, weighted alike.
    pub(super) length: f64,
}

/// How often a term stands in a text.
#[derive(Default)]
pub(super) struct Count {
    pub(super) weight: f64,
    /// By the form in which it stands there.
    forms: BTreeMap<Box<str>, f64>,
}

impl Count {
    /// Adds the forms of another.
    pub(super) fn add_forms(&mut self, other: Self) {
        for (form, weight) in other.forms {
            *self.forms.entry(form).or_default() += weight;
        }
    }

    /// The most frequent form, of two the first in the alphabet.
    pub(super) fn form(&self) -> String {
        let most = self.forms.iter().rev().max_by(|(_, one), (_, other)| one.total_cmp(other));
        most.map(|(form, _)| form.to_string()).unwrap_or_default()
    }
}

impl Bag {
    /// The words of an article as they are indexed, but for its outlet and the rest of a long body.
    pub(super) fn of(article: &Article) -> Self {
        let mut bag = Self::default();
        bag.add(&article.title, TITLE_WEIGHT);
        bag.add(article.excerpt.as_deref().unwrap_or_default(), 1);
        let body = article.body.as_deref().unwrap_or_default();
        bag.add(&body[..body.floor_char_boundary(MAX_BODY)], 1);
        article.topics.iter().for_each(|topic| bag.add(&topic.label, 1));
        bag
    }

    fn add(&mut self, text: &str, weight: usize) {
        let weight = weight as f64;
        let mut words = words(text);
        while let Some(word) = words.next() {
            let whole = word.compound.as_ref().filter(|whole| whole.kind == Kind::Known);
            let forms = whole.map_or(&word.forms, |whole| &whole.forms);
            let (term, form) = match word.acronym() {
                Some(acronym) if whole.is_none() => (acronym, acronym),
                _ => (&*forms.stem, &*forms.surface),
            };
            self.length += weight;
            if says_something(term) {
                let count = self.terms.entry(term.into()).or_default();
                count.weight += weight;
                *count.forms.entry(form.into()).or_default() += weight;
            }
            // Its parts say less than the whole.
            let parts = whole.map_or(0, |whole| whole.words - 1);
            words.by_ref().take(parts).for_each(|_: Word| ());
        }
    }
}

/// A letter alone and a number say nothing without what they stand beside.
fn says_something(term: &str) -> bool {
    term.contains(char::is_alphabetic) && term.len() > 1
}

/// How rare words are in an index.
pub(super) struct Rarity<'a> {
    statistics: &'a Statistics,
    fields: &'a Fields,
}

impl<'a> Rarity<'a> {
    pub(super) fn new(statistics: &'a Statistics, fields: &'a Fields) -> Self {
        Self { statistics, fields }
    }

    /// The inverse document frequency as in BM25; `None` where a term is in too many articles to say anything, or in fewer than
    /// `least`.
    pub(super) fn of(&self, term: &str, least: u64) -> tantivy::Result<Option<f64>> {
        let with = self.statistics.doc_freq(&Term::from_field_text(self.fields.text, term))?;
        let all = self.statistics.total_num_docs()?;
        let is_everywhere = with > FEW && with as f64 > MAX_SHARE * all as f64;
        Ok((with >= least && !is_everywhere).then(|| self.statistics.idf(with)))
    }
}
