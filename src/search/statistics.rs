//! [`Statistics`]: the numbers behind BM25, of the articles that are there and no others.
//!
//! Tantivy counts deleted documents until their segments are merged, and a merged segment only estimates how many words it has.
//! Scores would then depend on what the index went through. Here all numbers are made from what is alive: how often a word
//! occurs by its postings, how long texts are by the lengths as they are stored for scoring (rounded to one byte, as BM25 uses
//! them). So an index that was updated scores like one that was built anew. Costs a look at one byte an article before the
//! first scored search; and a look into the dictionaries for a word met the first time, with a walk over its postings in segments
//! with deletions. For one question a word is asked for several times, and the next question may have it again.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Searcher, SegmentReader, TERMINATED, Term};

use crate::query::lower::{Norms, Scoring, idf};

/// How many terms' frequencies are remembered: with some 100 bytes each, 2 MB at most.
const REMEMBERED: usize = 16_384;

/// The statistics of an open index.
pub(super) struct Statistics {
    searcher: Searcher,
    field: Field,
    docs: u64,
    lengths: OnceLock<Lengths>,
    /// In how many articles terms occur.
    frequencies: Mutex<FxHashMap<Term, u64>>,
}

/// What is known of the lengths of all texts.
struct Lengths {
    tokens: u64,
    /// The least in each segment, as it is stored.
    shortest: Vec<u8>,
    /// How much texts are marked down for them.
    norms: Norms,
}

impl Statistics {
    /// Of the texts in `field`.
    pub(super) fn new(searcher: &Searcher, field: Field) -> Self {
        let (docs, searcher) = (searcher.num_docs(), searcher.clone());
        Self { searcher, field, docs, lengths: OnceLock::new(), frequencies: Mutex::default() }
    }

    /// Scoring with these statistics.
    pub(super) fn scoring(&self) -> tantivy::Result<Scoring<'_>> {
        Ok(Scoring::On { searcher: &self.searcher, statistics: self, norms: &self.lengths()?.norms })
    }

    /// The inverse document frequency of a term that is in so many articles, as BM25 has it.
    pub(super) fn idf(&self, with: u64) -> f64 {
        idf(self.docs, with)
    }

    /// In how many articles a term occurs, if they are fewer than `limit`; else `limit` or more. Remembered if all were counted.
    pub(super) fn doc_freq_to(&self, term: &Term, limit: u64) -> tantivy::Result<u64> {
        if let Some(known) = self.frequencies().get(term) {
            return Ok(*known);
        }
        let (mut found, mut is_all) = (0_u64, true);
        for segment in self.searcher.segment_readers() {
            found += frequency(term, segment, limit.saturating_sub(found))?;
            is_all &= found < limit || !segment.has_deletes();
        }
        if is_all {
            let mut frequencies = self.frequencies();
            if frequencies.len() >= REMEMBERED {
                frequencies.clear();
            }
            frequencies.insert(term.clone(), found);
        }
        Ok(found)
    }

    fn frequencies(&self) -> MutexGuard<'_, FxHashMap<Term, u64>> {
        self.frequencies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The least length of a text in each segment, as lengths are stored for scoring.
    pub(super) fn shortest(&self) -> tantivy::Result<&[u8]> {
        Ok(&self.lengths()?.shortest)
    }

    fn lengths(&self) -> tantivy::Result<&Lengths> {
        if let Some(lengths) = self.lengths.get() {
            return Ok(lengths);
        }
        let (mut tokens, mut shortest_of_all) = (0, Vec::new());
        for segment in self.searcher.segment_readers() {
            let stored = segment.get_fieldnorms_reader(self.field)?;
            let mut shortest = u8::MAX;
            for doc in segment.doc_ids_alive() {
                tokens += u64::from(stored.fieldnorm(doc));
                shortest = shortest.min(stored.fieldnorm_id(doc));
            }
            shortest_of_all.push(shortest);
        }
        let norms = Norms::new(self.docs, tokens);
        Ok(self.lengths.get_or_init(|| Lengths { tokens, shortest: shortest_of_all, norms }))
    }
}

impl Bm25StatisticsProvider for Statistics {
    fn total_num_tokens(&self, _: Field) -> tantivy::Result<u64> {
        Ok(self.lengths()?.tokens)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.docs)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.doc_freq_to(term, u64::MAX)
    }
}

/// In how many documents of a segment that are alive a term occurs. Where that takes counting, it ends at `limit`.
pub(super) fn frequency(term: &Term, segment: &SegmentReader, limit: u64) -> tantivy::Result<u64> {
    let postings = segment.inverted_index(term.field())?;
    let Some(alive) = segment.alive_bitset() else {
        return Ok(u64::from(postings.doc_freq(term)?));
    };
    let Some(mut docs) = postings.read_postings(term, IndexRecordOption::Basic)? else { return Ok(0) };
    let mut count = 0;
    while docs.doc() != TERMINATED && count < limit {
        count += u64::from(alive.is_alive(docs.doc()));
        docs.advance();
    }
    Ok(count)
}
