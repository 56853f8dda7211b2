//! [`Sequence`]: a query for a term, or for several one behind the other.
//!
//! Beside the engine's own, it scores by [`super::bm25`], never stands on a document that it does not match, as [`super::steady`]
//! demands, and can leave out what scores too little without reading where the terms stand. A term alone that is scored is most often
//! taken by its postings instead ([`super::term`]).

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    Bm25StatisticsProvider, EmptyScorer, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::bm25::{Bm25, Norms};
use super::spans::{is_at, postings_of};

/// More than the scores of more and of fewer occurrences can differ by the wrong way, being rounded.
const ROUNDING: Score = 1e-6;

/// Terms, at least one, in the order in which they must stand. All are of one field.
#[derive(Debug, Clone)]
pub(super) struct Sequence {
    pub(super) terms: Vec<Term>,
    /// The terms that were typed, if these are another name of the same: what a rare name stands for is no rarer than what was typed.
    pub(super) name_of: Vec<Term>,
}

impl Query for Sequence {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(match (scoring, self.terms.as_slice()) {
            (EnableScoring::Enabled { statistics_provider, .. }, terms) => {
                let tokens = terms.first().map_or(Ok(0), |term| statistics_provider.total_num_tokens(term.field()))?;
                let norms = Norms::new(statistics_provider.total_num_docs()?, tokens);
                Box::new(self.weighed(self.bm25(1.0, statistics_provider, &norms)?))
            }
            // Where a term stands is of no interest.
            (EnableScoring::Disabled { .. }, [term]) => {
                TermQuery::new(term.clone(), IndexRecordOption::Basic).weight(scoring)?
            }
            (EnableScoring::Disabled { .. }, terms) => Box::new(WeighedSequence { terms: terms.to_vec(), bm25: None }),
        })
    }
}

impl Sequence {
    /// Its scores, times `boost`. Looks up how frequent the terms are.
    pub(super) fn bm25(
        &self,
        boost: Score,
        statistics: &dyn Bm25StatisticsProvider,
        norms: &Norms,
    ) -> tantivy::Result<Bm25> {
        Ok(Bm25::new(&self.terms, &self.name_of, statistics, norms)?.boosted(boost))
    }

    /// What finds it, with these scores.
    pub(super) fn weighed(&self, bm25: Bm25) -> WeighedSequence {
        WeighedSequence { terms: self.terms.clone(), bm25: Some(Arc::new(bm25)) }
    }
}

/// A [`Sequence`] with its weight in BM25.
#[derive(Clone)]
pub(crate) struct WeighedSequence {
    terms: Vec<Term>,
    /// `None` where no scores are wanted.
    bm25: Option<Arc<Bm25>>,
}

impl WeighedSequence {
    /// Where the terms stand one behind the other in a segment; `None` if one of them is in no document.
    /// `boost` multiplies the scores once more.
    pub(crate) fn open(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Option<SequenceScorer>> {
        let postings = self.terms.iter().map(|term| postings_of(term, segment));
        let (Some(postings), Some(first)) =
            (postings.collect::<tantivy::Result<Option<Vec<_>>>>()?, self.terms.first())
        else {
            return Ok(None);
        };
        let rarest = (0..postings.len()).min_by_key(|at| postings[*at].doc_freq()).unwrap_or(0);
        let scoring = match &self.bm25 {
            Some(bm25) => {
                Some(Scoring { bm25: Arc::clone(bm25), lengths: segment.get_fieldnorms_reader(first.field())?, boost })
            }
            None => None,
        };
        let (starts, positions) = (Vec::new(), Vec::new());
        let mut scorer = SequenceScorer { postings, rarest, scoring, floor: Score::MIN, times: 0, starts, positions };
        scorer.settle();
        Ok(Some(scorer))
    }
}

impl Weight for WeighedSequence {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(match self.open(reader, boost)? {
            Some(scorer) => Box::new(scorer),
            None => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        // Scores are explained by `search/text_score.rs`.
        Ok(Explanation::new("terms one behind the other", 0.0))
    }
}

struct Scoring {
    bm25: Arc<Bm25>,
    lengths: FieldNormReader,
    boost: Score,
}

impl Scoring {
    /// The score of a document in which the terms stand one behind the other so often.
    fn score(&self, doc: DocId, times: u32) -> Score {
        self.boost * self.bm25.score(self.lengths.fieldnorm_id(doc), times)
    }
}

/// The documents of a segment in which terms stand one behind the other, with their scores.
pub(crate) struct SequenceScorer {
    postings: Vec<SegmentPostings>,
    /// The place among them of the term that fewest documents have: the others are asked for its documents.
    rarest: usize,
    /// `None` where no scores are wanted.
    scoring: Option<Scoring>,
    /// What scores less may be left out.
    floor: Score,
    /// How often the terms stand one behind the other in the document at hand.
    times: u32,
    /// Room for where they may begin, and for the positions of one.
    starts: Vec<u32>,
    positions: Vec<u32>,
}

impl SequenceScorer {
    /// At least what any document can score: the terms as often as can be in the shortest text.
    pub(crate) fn most(&self) -> Score {
        self.scoring.as_ref().map_or(0.0, |Scoring { bm25, boost, .. }| boost * bm25.score(0, u32::MAX))
    }

    /// Documents behind the one at hand may be left out from now on if they score less.
    pub(crate) fn leave_out_less_than(&mut self, floor: Score) {
        self.floor = floor * (1.0 - ROUNDING);
    }

    /// Whether the document that all terms are in scores too little, however they stand: not more often one behind the other than the
    /// rarest of them stands there.
    fn is_too_little(&self, doc: DocId) -> bool {
        let most = self.postings.iter().map(Postings::term_freq).min().unwrap_or(0);
        self.scoring.as_ref().is_some_and(|scoring| scoring.score(doc, most) < self.floor)
    }

    /// Goes on to the next document that matches, unless the one at hand does.
    fn settle(&mut self) -> DocId {
        let mut doc = self.doc();
        while doc != TERMINATED {
            // The first that is not at the document is ahead of it, and so is the next that matches.
            if let Some(ahead) = self.postings.iter_mut().find_map(|postings| ahead_of(postings, doc)) {
                doc = self.postings[self.rarest].seek(ahead);
                continue;
            }
            if !self.is_too_little(doc) {
                self.times = self.count();
                if self.times > 0 {
                    break;
                }
            }
            doc = self.postings[self.rarest].advance();
        }
        doc
    }

    /// How often the terms stand one behind the other in the document that all are at. What counts several times, the title, stands
    /// several times at one position, and is counted so.
    fn count(&mut self) -> u32 {
        let Self { postings, starts, positions, .. } = self;
        let Some((first, rest)) = postings.split_first_mut() else { return 0 };
        if rest.is_empty() {
            return first.term_freq();
        }
        // All are moved to where the last would stand, because positions cannot be less than 0.
        let len = rest.len() as u32;
        first.positions_with_offset(len, starts);
        for (term, behind) in rest.iter_mut().zip(1..) {
            term.positions_with_offset(len - behind, positions);
            keep_common(starts, positions);
        }
        starts.len() as u32
    }
}

/// The first document of a term that is not less than `doc`, if it is not `doc`.
fn ahead_of(postings: &mut SegmentPostings, doc: DocId) -> Option<DocId> {
    (!is_at(postings, doc)).then(|| postings.doc())
}

/// Keeps what is in both, as often as it is in both. Both are in order.
fn keep_common(kept: &mut Vec<u32>, others: &[u32]) {
    let mut others = others.iter().peekable();
    kept.retain(|one| {
        while others.next_if(|other| *other < one).is_some() {}
        others.next_if_eq(&one).is_some()
    });
}

impl DocSet for SequenceScorer {
    fn advance(&mut self) -> DocId {
        self.postings[self.rarest].advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc() {
            return self.doc();
        }
        self.postings[self.rarest].seek(target);
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.postings[self.rarest].doc()
    }

    fn size_hint(&self) -> u32 {
        // As the engine guesses for phrases: one document in ten that have all the words.
        self.postings[self.rarest].size_hint() / 10
    }

    fn cost(&self) -> u64 {
        // Positions are read for each document of the rarest term.
        u64::from(self.postings[self.rarest].size_hint()) * self.postings.len() as u64
    }
}

impl Scorer for SequenceScorer {
    fn score(&mut self) -> Score {
        let doc = self.doc();
        self.scoring.as_ref().map_or(0.0, |scoring| scoring.score(doc, self.times))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_common_is_kept_as_often_as_in_both(
            mut one in prop::collection::vec(0u32..12, 0..24),
            mut other in prop::collection::vec(0u32..12, 0..24),
        ) {
            one.sort_unstable();
            other.sort_unstable();
            let times = |list: &[u32], value| list.iter().filter(|item| **item == value).count();
            let naive: Vec<u32> = (0..12)
                .flat_map(|value| std::iter::repeat_n(value, times(&one, value).min(times(&other, value))))
                .collect();
            let mut kept = one.clone();
            keep_common(&mut kept, &other);
            prop_assert_eq!(kept, naive);
        }
    }
}
