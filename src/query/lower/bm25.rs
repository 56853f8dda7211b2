//! [`Bm25`]: how well the words of a query match a text.
//!
//! The score of a term that stands *f* times in a text of length *l*, where texts have the length *a* on average, is
//! idf · (k1 + 1) · f / (f + k1 · (1 − b + b · l/a)): Robertson and Zaragoza 2009, as Lucene and Tantivy write it. A phrase is scored
//! like a term whose idf is the sum of those of its words. Tantivy fixes k1 at 1.2; here the title counts several times, so that a
//! term of the title alone is three in number already, and what comes after should still say something: see `docs/RELEVANCE.md` for
//! the figures.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::{Score, Term};

/// How late a term that is repeated stops counting more: at `K1` occurrences in a text of average length, it has half of what it
/// can have.
const K1: Score = 2.0;
/// How much long texts are marked down: 0 not at all, 1 in full proportion.
const B: Score = 0.75;

/// The scores of a term or a phrase.
pub(super) struct Bm25 {
    /// What the score comes near to with ever more occurrences.
    weight: Score,
    norms: Norms,
}

/// k1 · (1 − b + b · l/a) for each length as it is stored, in a byte. The same for all terms of a field: working it out for each takes
/// as long as looking the term up several times.
#[derive(Debug, Clone)]
pub(crate) struct Norms(Arc<[Score; 256]>);

impl Norms {
    /// Where so many texts have so many tokens in all.
    pub(crate) fn new(docs: u64, tokens: u64) -> Self {
        let average = tokens as Score / docs as Score;
        let norm = |length: u32| K1 * (1.0 - B + B * length as Score / average);
        Self(Arc::new(std::array::from_fn(|stored| norm(FieldNormReader::id_to_fieldnorm(stored as u8)))))
    }
}

impl Bm25 {
    /// The scores of a term, or of several one behind the other. Looks up how frequent they are; all are of the field of the norms.
    /// They are taken for no rarer than `at_most`, unless that is empty.
    pub(super) fn new(
        terms: &[Term],
        at_most: &[Term],
        statistics: &dyn Bm25StatisticsProvider,
        norms: &Norms,
    ) -> tantivy::Result<Self> {
        let docs = statistics.total_num_docs()?;
        let rarity = |terms: &[Term]| {
            let rarities = terms.iter().map(|term| Ok(idf(docs, statistics.doc_freq(term)?)));
            rarities.sum::<tantivy::Result<f64>>()
        };
        let mut weight = rarity(terms)?;
        if !at_most.is_empty() {
            weight = weight.min(rarity(at_most)?);
        }
        Ok(Self { weight: weight as Score * (1.0 + K1), norms: norms.clone() })
    }

    /// The same, times a factor.
    pub(super) fn boosted(mut self, factor: Score) -> Self {
        self.weight *= factor;
        self
    }

    /// The score for so many occurrences in a text of a length as it is stored. Grows with the occurrences, falls with the length.
    pub(super) fn score(&self, length: u8, freq: u32) -> Score {
        let freq = freq as Score;
        self.weight * (freq / (freq + self.norms.0[usize::from(length)]))
    }
}

/// The inverse document frequency of a term that so many of all documents have.
pub(crate) fn idf(docs: u64, with: u64) -> f64 {
    let (docs, with) = (docs as f64, with as f64);
    (1.0 + (docs - with + 0.5) / (with + 0.5)).ln()
}
