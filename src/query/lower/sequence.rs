//! [`Sequence`]: a query for a term, or for several one behind the other.
//!
//! Beside the engine's own, it scores by [`super::bm25`], and never stands on a document that it does not match, as [`super::steady`]
//! demands. A term alone that is scored is most often taken by its postings instead ([`super::term`]).

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::bm25::Bm25;
use super::spans::{is_at, postings_of};

/// Terms, at least one, in the order in which they must stand. All are of one field.
#[derive(Debug, Clone)]
pub(super) struct Sequence(pub(super) Vec<Term>);

impl Query for Sequence {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let bm25 = match (scoring, self.0.as_slice()) {
            (EnableScoring::Enabled { statistics_provider, .. }, terms) => Some(Bm25::new(terms, statistics_provider)?),
            // Where a term stands is of no interest.
            (EnableScoring::Disabled { .. }, [term]) => {
                return TermQuery::new(term.clone(), IndexRecordOption::Basic).weight(scoring);
            }
            (EnableScoring::Disabled { .. }, _) => None,
        };
        Ok(Box::new(SequenceWeight { terms: self.0.clone(), bm25: bm25.map(Arc::new) }))
    }
}

struct SequenceWeight {
    terms: Vec<Term>,
    /// `None` where no scores are wanted.
    bm25: Option<Arc<Bm25>>,
}

impl Weight for SequenceWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let postings = self.terms.iter().map(|term| postings_of(term, reader));
        let (Some(postings), Some(first)) =
            (postings.collect::<tantivy::Result<Option<Vec<_>>>>()?, self.terms.first())
        else {
            return Ok(Box::new(EmptyScorer));
        };
        let rarest = (0..postings.len()).min_by_key(|at| postings[*at].doc_freq()).unwrap_or(0);
        let scoring = match &self.bm25 {
            Some(bm25) => {
                Some(Scoring { bm25: Arc::clone(bm25), lengths: reader.get_fieldnorms_reader(first.field())?, boost })
            }
            None => None,
        };
        let mut scorer =
            SequenceScorer { postings, rarest, scoring, times: 0, starts: Vec::new(), positions: Vec::new() };
        scorer.settle();
        Ok(Box::new(scorer))
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

struct SequenceScorer {
    postings: Vec<SegmentPostings>,
    /// The place among them of the term that fewest documents have: the others are asked for its documents.
    rarest: usize,
    scoring: Option<Scoring>,
    /// How often the terms stand one behind the other in the document at hand.
    times: u32,
    /// Room for where they may begin, and for the positions of one.
    starts: Vec<u32>,
    positions: Vec<u32>,
}

impl SequenceScorer {
    /// Goes on to the next document that matches, unless the one at hand does.
    fn settle(&mut self) -> DocId {
        let mut doc = self.doc();
        while doc != TERMINATED {
            // The first that is not at the document is ahead of it, and so is the next that matches.
            if let Some(ahead) = self.postings.iter_mut().find_map(|postings| ahead_of(postings, doc)) {
                doc = self.postings[self.rarest].seek(ahead);
                continue;
            }
            self.times = self.count();
            if self.times > 0 {
                break;
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
        let score =
            |scoring: &Scoring| scoring.boost * scoring.bm25.score(scoring.lengths.fieldnorm_id(doc), self.times);
        self.scoring.as_ref().map_or(0.0, score)
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
