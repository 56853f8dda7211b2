//! [`TextScore`]: the text score of one article, the same whichever way it was found.
//!
//! The engine adds up the scores of a query's words in an order that depends on how frequent they are in the segment at
//! hand, and sums of floats depend on their order: the same article can get scores that differ in the last digits when it
//! lies in another segment. Where two articles are equally good, that would decide between them. So the engine's score only
//! says which articles may be among the best; those few are scored again here, word by word in the order of the query,
//! in `f64`. This is also where the explanation of a score comes from.

use tantivy::query::Scorer;
use tantivy::{DocId, Score, SegmentReader};

use super::response::ClauseScore;
use crate::query::lower::Weighed;

/// How much the engine's sum of up to 512 `f32` scores (256 typed, and what a query is widened and expanded by) may differ from
/// ours, relatively: each addition is off by at most 2⁻²⁴, which makes 3.1·10⁻⁵ in all.
pub(super) const ENGINE_ERROR: f64 = 4e-5;

/// The text scores of the documents of one segment, to be asked for in ascending order.
pub(super) enum TextScore<'a> {
    Leaf { text: &'a str, scorer: Box<dyn Scorer>, scored: bool },
    All(Vec<TextScore<'a>>),
    Any(Vec<TextScore<'a>>),
    Not(Box<TextScore<'a>>),
}

impl<'a> TextScore<'a> {
    /// The scores of the documents of one segment.
    pub(super) fn new(weighed: &'a Weighed, segment: &SegmentReader) -> tantivy::Result<Self> {
        let each =
            |parts: &'a [Weighed]| parts.iter().map(|part| Self::new(part, segment)).collect::<tantivy::Result<_>>();
        Ok(match weighed {
            Weighed::Leaf { text, weight, scored } => {
                Self::Leaf { text, scorer: weight.scorer(segment, 1.0)?, scored: *scored }
            }
            Weighed::All(parts) => Self::All(each(parts)?),
            // How many must match was settled when the article was found.
            Weighed::AtLeast(_, parts) => Self::Any(each(parts)?),
            Weighed::Not(part) => Self::Not(Box::new(Self::new(part, segment)?)),
        })
    }

    /// The score of a document, `None` when it does not match. `doc` must not be less than in the call before.
    pub(super) fn score(&mut self, doc: DocId) -> Option<f64> {
        match self {
            Self::Leaf { scorer, scored, .. } => {
                score_of(scorer.as_mut(), doc).map(|score| if *scored { f64::from(score) } else { 0.0 })
            }
            Self::All(parts) => parts.iter_mut().try_fold(0.0, |sum, part| Some(sum + part.score(doc)?)),
            Self::Any(parts) => parts
                .iter_mut()
                .filter_map(|part| part.score(doc))
                .fold(None, |sum, score| Some(sum.unwrap_or(0.0) + score)),
            Self::Not(part) => part.score(doc).is_none().then_some(0.0),
        }
    }

    /// What each part adds to the score of a document, in the order of the query. `doc` as for [`Self::score`].
    pub(super) fn explain(&mut self, doc: DocId, clauses: &mut Vec<ClauseScore>) {
        match self {
            Self::Leaf { scored: false, .. } | Self::Not(_) => {}
            Self::Leaf { text, scorer, .. } => {
                let score = score_of(scorer.as_mut(), doc).map_or(0.0, f64::from);
                clauses.push(ClauseScore { clause: (*text).to_owned(), score });
            }
            Self::Any(parts) => parts.iter_mut().for_each(|part| part.explain(doc, clauses)),
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

fn score_of(scorer: &mut dyn Scorer, doc: DocId) -> Option<Score> {
    if scorer.doc() < doc {
        scorer.seek(doc);
    }
    (scorer.doc() == doc).then(|| scorer.score())
}
