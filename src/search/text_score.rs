//! [`TextScore`]: the text score of one article.
//!
//! The engine adds up the scores of a query's words in an order that depends on how frequent they are in the segment at
//! hand, and sums of floats depend on their order: the same article can get scores that differ in the last digits when it
//! lies in another segment. Where two articles are equally good, that would decide between them. So scores are added up here, word
//! by word in the order of the query, in `f64`; [`super::scan`] adds up alike. This is also where the explanation of a score comes
//! from.

use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, SegmentReader};

use super::response::ClauseScore;
use crate::query::lower::{Look, SequenceScorer, TermPostings, Weighed};

/// A matching document with its text score.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Match {
    pub(super) doc: DocId,
    pub(super) text: f64,
}

/// The text scores of the documents of one segment, to be asked for in ascending order.
pub(super) enum TextScore<'a> {
    Leaf { text: &'a str, source: Source<'a>, scored: bool },
    All(Vec<TextScore<'a>>),
    AtLeast(usize, Vec<TextScore<'a>>),
    Not(Box<TextScore<'a>>),
}

/// Where the score of a leaf comes from.
pub(super) enum Source<'a> {
    Nothing,
    Term(Box<TermPostings<'a>>),
    Sequence(Box<SequenceScorer>),
    Engine(Box<dyn Scorer>),
}

impl<'a> TextScore<'a> {
    /// The scores of the documents of one segment.
    pub(super) fn new(weighed: &'a Weighed, segment: &SegmentReader) -> tantivy::Result<Self> {
        let each =
            |parts: &'a [Weighed]| parts.iter().map(|part| Self::new(part, segment)).collect::<tantivy::Result<_>>();
        Ok(match weighed {
            Weighed::Leaf { text, look, scored } => {
                Self::Leaf { text, source: Source::open(look, segment)?, scored: *scored }
            }
            Weighed::All(parts) => Self::All(each(parts)?),
            Weighed::AtLeast(least, parts) => Self::AtLeast(*least, each(parts)?),
            Weighed::Not(part) => Self::Not(Box::new(Self::new(part, segment)?)),
        })
    }

    /// The score of a document, `None` when it does not match. `doc` must not be less than in the call before.
    pub(super) fn score(&mut self, doc: DocId) -> Option<f64> {
        match self {
            Self::Leaf { source, scored, .. } => source.score(doc).map(|score| if *scored { score } else { 0.0 }),
            Self::All(parts) => parts.iter_mut().try_fold(0.0, |sum, part| Some(sum + part.score(doc)?)),
            Self::AtLeast(least, parts) => {
                let scores = parts.iter_mut().filter_map(|part| part.score(doc));
                let (matching, sum) = scores.fold((0, 0.0), |(matching, sum), score| (matching + 1, sum + score));
                (matching >= *least).then_some(sum)
            }
            Self::Not(part) => part.score(doc).is_none().then_some(0.0),
        }
    }

    /// Leaves the places in `left` whose candidates match, and puts their scores there. `candidates` come in ascending order, and none is
    /// less than one in a call before.
    pub(super) fn retain(&mut self, candidates: &[Match], left: &mut Vec<usize>, scores: &mut [f64]) {
        match self {
            // Said once for all of them: nearly all parts are words.
            Self::Leaf { source: Source::Term(postings), scored: true, .. } => {
                postings.retain(left, |at| candidates[at].doc, |at, score| scores[at] = score.into());
            }
            _ => retain(candidates, left, scores, |doc| self.score(doc)),
        }
    }

    /// The most that any document can score; infinite where that is not known.
    pub(super) fn most(&self) -> f64 {
        match self {
            Self::Leaf { source: Source::Nothing, .. } | Self::Leaf { scored: false, .. } | Self::Not(_) => 0.0,
            Self::Leaf { source: Source::Term(postings), .. } => postings.most().into(),
            Self::Leaf { source: Source::Sequence(scorer), .. } => scorer.most().into(),
            Self::Leaf { source: Source::Engine(_), .. } => f64::INFINITY,
            Self::All(parts) | Self::AtLeast(_, parts) => parts.iter().map(Self::most).sum(),
        }
    }

    /// About how many documents match, 0 only where none does; `None` for what must be absent or need not be there.
    pub(super) fn cost(&self) -> Option<u64> {
        match self {
            Self::Leaf { source: Source::Nothing, .. } => Some(0),
            Self::Leaf { source: Source::Term(postings), .. } => Some(postings.doc_freq().into()),
            Self::Leaf { source: Source::Sequence(scorer), .. } => Some(scorer.cost().max(1)),
            Self::Leaf { source: Source::Engine(scorer), .. } => Some(scorer.cost().max(1)),
            Self::All(parts) => parts.iter().filter_map(Self::cost).min(),
            Self::AtLeast(0, _) | Self::Not(_) => None,
            Self::AtLeast(_, parts) => {
                Some(parts.iter().map(|part| part.cost().unwrap_or(u64::MAX)).fold(0, u64::saturating_add))
            }
        }
    }

    /// What each part adds to the score of a document, in the order of the query. `doc` as for [`Self::score`].
    pub(super) fn explain(&mut self, doc: DocId, clauses: &mut Vec<ClauseScore>) {
        match self {
            Self::Leaf { scored: false, .. } | Self::Not(_) => {}
            Self::Leaf { text, source, .. } => {
                let score = source.score(doc).unwrap_or(0.0);
                clauses.push(ClauseScore { clause: (*text).to_owned(), score });
            }
            Self::AtLeast(_, parts) => parts.iter_mut().for_each(|part| part.explain(doc, clauses)),
            Self::All(parts) => {
                // What does not match as a whole adds nothing: all of its parts count 0 then.
                let from = clauses.len();
                let matches = parts.iter_mut().all(|part| part.score(doc).is_some());
                for part in parts {
                    part.explain(doc, clauses);
                }
                if !matches {
                    clauses[from..].iter_mut().for_each(|clause| clause.score = 0.0);
                }
            }
        }
    }
}

fn retain(
    candidates: &[Match],
    left: &mut Vec<usize>,
    scores: &mut [f64],
    mut score: impl FnMut(DocId) -> Option<f64>,
) {
    left.retain(|at| match score(candidates[*at].doc) {
        Some(of_doc) => {
            scores[*at] = of_doc;
            true
        }
        None => false,
    });
}

impl<'a> Source<'a> {
    /// Where a leaf stands in one segment.
    pub(super) fn open(look: &'a Look, segment: &SegmentReader) -> tantivy::Result<Self> {
        let opened = match look {
            Look::Term(term) => term.postings(segment)?.map(|postings| Self::Term(Box::new(postings))),
            Look::Sequence(sequence) => sequence.open(segment, 1.0)?.map(|scorer| Self::Sequence(Box::new(scorer))),
            Look::Engine(weight) => Some(Self::Engine(weight.scorer(segment, 1.0)?)),
        };
        Ok(opened.unwrap_or(Self::Nothing))
    }

    fn score(&mut self, doc: DocId) -> Option<f64> {
        match self {
            Self::Nothing => None,
            Self::Term(postings) => postings.score_of(doc).map(f64::from),
            Self::Sequence(scorer) => score_of(&mut **scorer, doc),
            Self::Engine(scorer) => score_of(&mut **scorer, doc),
        }
    }
}

fn score_of(scorer: &mut (impl Scorer + ?Sized), doc: DocId) -> Option<f64> {
    if scorer.doc() < doc {
        scorer.seek(doc);
    }
    (scorer.doc() == doc).then(|| scorer.score().into())
}
