//! [`Weighed`]: a [`Clause`] made ready for one open index.
//!
//! The statistics of each word are looked up once, and serve finding the matches, scoring them and explaining the scores.

use std::sync::Arc;

use tantivy::query::{
    AllQuery, Bm25StatisticsProvider, BooleanWeight, BoostWeight, ConstScoreQuery, EnableScoring, Explanation, Occur,
    Query, Scorer, SumCombiner, Weight,
};
use tantivy::{DocId, Score, Searcher, SegmentReader};

use super::bm25::Norms;
use super::sequence::{Sequence, WeighedSequence};
use super::steady::SteadyWeight;
use super::term::WeighedTerm;
use super::{Clause, Leaf};

/// Whether scores are wanted, and what they are made of.
#[derive(Clone, Copy)]
pub(crate) enum Scoring<'a> {
    /// No scores.
    Off(&'a Searcher),
    /// Scores by these statistics. The norms are those of all texts.
    On { searcher: &'a Searcher, statistics: &'a dyn Bm25StatisticsProvider, norms: &'a Norms },
}

impl<'a> Scoring<'a> {
    /// The same for the engine.
    pub(crate) fn engine(self) -> EnableScoring<'a> {
        match self {
            Self::Off(searcher) => EnableScoring::disabled_from_searcher(searcher),
            Self::On { searcher, statistics, .. } => {
                EnableScoring::enabled_from_statistics_provider(statistics, searcher)
            }
        }
    }
}

/// The shape of a [`Clause`], its leaves ready to be run.
pub(crate) enum Weighed {
    Leaf { text: String, look: Look, scored: bool },
    All(Vec<Weighed>),
    AtLeast(usize, Vec<Weighed>),
    Not(Box<Weighed>),
}

/// How a leaf is looked for.
pub(crate) enum Look {
    /// By its postings, which have scores.
    Term(WeighedTerm),
    /// By the postings of several, one behind the other.
    Sequence(WeighedSequence),
    /// By the engine: prefixes, filters, and everything where no scores are wanted.
    Engine(Arc<dyn Weight>),
}

impl Weighed {
    /// Looks up the words of a clause.
    pub(crate) fn new(clause: &Clause, scoring: Scoring<'_>) -> tantivy::Result<Self> {
        let each = |clauses: &[Clause]| -> tantivy::Result<Vec<Self>> {
            clauses.iter().map(|clause| Self::new(clause, scoring)).collect()
        };
        Ok(match clause {
            Clause::Leaf(leaf) => {
                Self::Leaf { text: leaf.text.clone(), look: look_of(leaf, scoring)?, scored: leaf.pattern.is_some() }
            }
            Clause::All(clauses) => Self::All(each(clauses)?),
            Clause::AtLeast(least, clauses) => Self::AtLeast(*least, each(clauses)?),
            Clause::Not(clause) => Self::Not(Box::new(Self::new(clause, scoring)?)),
        })
    }

    /// Whether anything in it gives a score: a query of negations and filters alone ranks all articles alike.
    pub(crate) fn is_scored(&self) -> bool {
        match self {
            Self::Leaf { scored, .. } => *scored,
            Self::All(parts) | Self::AtLeast(_, parts) => parts.iter().any(Self::is_scored),
            Self::Not(_) => false,
        }
    }

    /// The engine's weight for the whole.
    pub(crate) fn engine(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        match self {
            Self::Leaf { look: Look::Engine(weight), .. } => Ok(Box::new(Shared(Arc::clone(weight)))),
            Self::Leaf { look: Look::Term(term), .. } => term.engine(scoring),
            Self::Leaf { look: Look::Sequence(sequence), .. } => Ok(Box::new(sequence.clone())),
            Self::All(parts) => boolean(parts, Occur::Must, 0, scoring),
            Self::AtLeast(0, _) => everything(scoring),
            Self::AtLeast(least, parts) => boolean(parts, Occur::Should, *least, scoring),
            Self::Not(_) => boolean(std::slice::from_ref(self), Occur::Must, 0, scoring),
        }
    }

    /// The engine's weight for it as a part of another.
    fn part(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(match self {
            Self::Leaf { .. } => self.engine(scoring)?,
            _ => Box::new(SteadyWeight(self.engine(scoring)?)),
        })
    }
}

/// How a leaf is looked for, its scores times its own weight.
fn look_of(leaf: &Leaf, scoring: Scoring<'_>) -> tantivy::Result<Look> {
    if let (Some(sequence), Scoring::On { statistics, norms, .. }) = (leaf.query.downcast_ref::<Sequence>(), scoring) {
        let bm25 = sequence.bm25(leaf.weight, statistics, norms)?;
        return Ok(match sequence.terms.as_slice() {
            [term] => Look::Term(WeighedTerm::new(term, bm25)),
            _ => Look::Sequence(sequence.weighed(bm25)),
        });
    }
    let weight = leaf.query.weight(scoring.engine())?;
    let is_plain = leaf.weight.to_bits() == 1.0_f32.to_bits();
    Ok(Look::Engine(if is_plain { Arc::from(weight) } else { Arc::new(BoostWeight::new(weight, leaf.weight)) }))
}

/// A conjunction or disjunction for the engine, which wants negations beside what they narrow.
fn boolean(
    parts: &[Weighed],
    occur: Occur,
    least: usize,
    scoring: EnableScoring<'_>,
) -> tantivy::Result<Box<dyn Weight>> {
    let combine = |weights, least| -> Box<dyn Weight> {
        let is_scored = scoring.is_scoring_enabled();
        Box::new(BooleanWeight::with_minimum_number_should_match(
            weights,
            least,
            is_scored,
            Box::new(SumCombiner::default),
        ))
    };
    let mut weights: Vec<(Occur, Box<dyn Weight>)> = Vec::with_capacity(parts.len() + 1);
    for part in parts {
        match part {
            // It rules nothing out.
            Weighed::AtLeast(0, _) if occur == Occur::Must => {}
            Weighed::Not(inner) if occur == Occur::Must => weights.push((Occur::MustNot, inner.part(scoring)?)),
            Weighed::Not(inner) => {
                let complement = vec![(Occur::Must, everything(scoring)?), (Occur::MustNot, inner.part(scoring)?)];
                weights.push((occur, Box::new(SteadyWeight(combine(complement, 0)))));
            }
            part => weights.push((occur, part.part(scoring)?)),
        }
    }
    if occur == Occur::Must && weights.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        weights.push((Occur::Must, everything(scoring)?));
    }
    Ok(combine(weights, least))
}

fn everything(scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
    ConstScoreQuery::new(Box::new(AllQuery), 0.0).weight(scoring)
}

/// A weight that several walks share.
struct Shared(Arc<dyn Weight>);

impl Weight for Shared {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        self.0.scorer(reader, boost)
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.0.explain(reader, doc)
    }

    fn for_each_no_score(&self, reader: &SegmentReader, callback: &mut dyn FnMut(&[DocId])) -> tantivy::Result<()> {
        self.0.for_each_no_score(reader, callback)
    }
}
