//! [`Pass`]: one walk over the matching articles that finds the best, counts all and counts their values.
//!
//! Exactness of the pruned walk. A score is *t·m*: the text score times a factor m ≤ M, that of grade, date and nearness. An
//! article must be seen unless its score cannot reach the k-th best so far, called s. The engine calls back for every article
//! whose own sum of text scores exceeds a threshold θ, and passes over blocks of articles whose *upper bound* does not. Three
//! things stand between that bound and t·m:
//!
//! 1. the factor: t·m ≤ t·M, where M is the greatest factor that any article of the segment can have: that of its best grade and
//!    newest date, times 1 plus the strength of nearness;
//! 2. rounding: the engine's sum e differs from t by a relative [`ENGINE_ERROR`] ε at most: t ≤ e·(1+ε);
//! 3. the block bounds are exact for the average length a of *their segment*, while scores use the average A over all articles.
//!    A block stores the (frequency f, length ℓ) whose score is greatest at a. BM25 is idf·f·(k+1)/(f + K), with
//!    K = k·(1 − b + b·ℓ/a). Changing a to A multiplies K, and with it the score, by a number between 1 and ρ = max(a/A, A/a)
//!    or between 1/ρ and 1, the same side for all (f, ℓ). So the true greatest score of a block is at most ρ times
//!    the score at A of the pair stored.
//!
//! Hence an article with e·(1+ε)·ρ·M < s cannot get in, and θ = s / ((1+ε)·ρ·M), one step down for the rounding to `f32`, is a
//! threshold that loses nothing. Ties with s get through, because θ is below it, and are decided by date and id.
//! The property test `finds_the_same_with_and_without_pruning` compares with the full walk.
//!
//! Where all matches are counted there are two walks: one that counts, without scores, and a pruned one for the best. Decoding
//! the postings of a word twice costs less than scoring each of them once. Not so for phrases and conjunctions, whose cost lies in
//! matching: those are walked once, scored and counted.

use std::cmp::Reverse;

use tantivy::query::{EnableScoring, Weight};
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentReader};

use super::catalog::{Ranks, UNDATED, UNGRADED, Values};
use super::filter::Filter;
use super::nearness::{Near, Nearness};
use super::ranking::Factors;
use super::request::Sort;
use super::statistics::Statistics;
use super::tally::{Counter, Tally};
use super::text_score::{ENGINE_ERROR, TextScore};
use super::top::{Rank, Top};
use crate::index::Fields;
use crate::query::lower::{Clause, Pattern, Weighed};

/// What a walk is for.
pub(super) struct Pass<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) statistics: &'a Statistics,
    pub(super) fields: &'a Fields,
    /// What must match; `None` for all articles.
    pub(super) clause: Option<&'a Clause>,
    pub(super) filter: &'a Filter,
    pub(super) ranks: &'a [Ranks],
    /// Needed to count values and for filters on them.
    pub(super) values: Option<&'a Values>,
    pub(super) factors: &'a Factors,
    pub(super) sort: Sort,
    /// How many of the best to keep.
    pub(super) keep: usize,
    /// Whether the number of matches is wanted.
    pub(super) count: bool,
    /// Whether counts of values are wanted.
    pub(super) facets: bool,
}

/// What a walk found.
pub(super) struct Found {
    /// The best, in order.
    pub(super) best: Vec<(Rank, DocAddress)>,
    /// How many match; `None` when not asked for.
    pub(super) total: Option<u64>,
    pub(super) tally: Option<Tally>,
}

impl Found {
    /// The best from `offset` on, `limit` at most.
    pub(super) fn page(&self, offset: usize, limit: usize) -> &[(Rank, DocAddress)] {
        let rest = self.best.get(offset..).unwrap_or_default();
        &rest[..limit.min(rest.len())]
    }
}

impl Pass<'_> {
    pub(super) fn run(&self) -> tantivy::Result<Found> {
        let mut walk = Walk {
            pass: self,
            top: Top::new(self.keep),
            counter: Counter::new(self.filter, self.ranks, self.values, self.facets),
            docs: Vec::new(),
        };
        let wants_scores = self.sort == Sort::Relevance && self.keep > 0;
        let counts = self.count || self.facets;
        let scoring =
            if wants_scores { self.statistics.scoring() } else { EnableScoring::disabled_from_searcher(self.searcher) };
        let nearness = match self.clause {
            Some(clause) if wants_scores => {
                Nearness::new(clause, self.factors.nearness(), self.statistics, self.fields)?
            }
            _ => None,
        };
        let weighed = self.clause.map(|clause| Weighed::new(clause, scoring)).transpose()?;
        let engine = weighed.as_ref().map(|weighed| weighed.engine(scoring)).transpose()?;
        let how = match (self.clause, &weighed, &engine) {
            (Some(clause), Some(text), Some(engine)) if wants_scores && text.is_scored() => {
                let scores = Scores { text, engine: engine.as_ref(), nearness: nearness.as_ref() };
                match counts {
                    false => How::Pruned(scores),
                    true if is_cheap(clause) => How::Twice(scores),
                    true => How::Scored(scores),
                }
            }
            (_, _, Some(engine)) => How::Unscored(engine.as_ref()),
            _ => How::All,
        };
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            walk.segment(ord, segment, &how)?;
        }
        let (total, tally) = walk.counter.finish();
        Ok(Found { best: walk.top.into_sorted(), total: counts.then_some(total), tally })
    }

    /// The greatest ratio of an article's score to the engine's score of it in this segment: (1+ε)·ρ·M in the proof above.
    fn margin(&self, ord: usize, segment: &SegmentReader, scores: &Scores<'_>) -> tantivy::Result<f64> {
        Ok(self.factors.upper_bound_of(self.ranks[ord].best) * scores.most() * self.bound_error(segment)?)
    }

    /// How much the bounds of a segment's blocks may be too low, see the proof above.
    fn bound_error(&self, segment: &SegmentReader) -> tantivy::Result<f64> {
        let overall = self.statistics.average_length()?;
        let here =
            segment.inverted_index(self.fields.text)?.total_num_tokens() as f64 / f64::from(segment.max_doc().max(1));
        let ratio = here / overall;
        Ok(if ratio.is_finite() && ratio > 0.0 { ratio.max(1.0 / ratio) } else { 1.0 })
    }
}

/// How the matches are walked.
enum How<'a> {
    /// All articles, without text scores.
    All,
    /// All matches, without text scores.
    Unscored(&'a dyn Weight),
    /// Only what may be among the best.
    Pruned(Scores<'a>),
    /// All, with scores.
    Scored(Scores<'a>),
    /// All without scores, then what may be among the best.
    Twice(Scores<'a>),
}

/// What scores come from.
struct Scores<'a> {
    /// For those that count.
    text: &'a Weighed,
    /// For finding the articles, with scores that are nearly the same.
    engine: &'a dyn Weight,
    /// For those that count; `None` where no words are neighbours.
    nearness: Option<&'a Nearness>,
}

impl Scores<'_> {
    /// In one segment.
    fn of(&self, segment: &SegmentReader) -> tantivy::Result<SegmentScores<'_>> {
        let near = self.nearness.map(|nearness| nearness.of(segment)).transpose()?;
        Ok(SegmentScores { text: TextScore::new(self.text, segment)?, near, most: self.most() })
    }

    /// The most that an article scores for each point of the engine's, grade and date apart.
    fn most(&self) -> f64 {
        self.nearness.map_or(1.0, Nearness::most) * (1.0 + ENGINE_ERROR)
    }
}

/// [`Scores`] in one segment.
struct SegmentScores<'a> {
    text: TextScore<'a>,
    near: Option<Near<'a>>,
    most: f64,
}

/// So many matches in a segment are scored one by one rather than found again by a pruned walk. Behind a filter it takes more of
/// them, because there a pruned walk prunes little.
const FEW: usize = 256;
const FEW_FILTERED: usize = 4096;
/// How many articles are taken at a time where all match.
const BLOCK: usize = 64;

/// Whether finding the matches costs little beside scoring them: single words and filters, and any of them.
fn is_cheap(clause: &Clause) -> bool {
    match clause {
        Clause::Leaf(leaf) => leaf.part.is_none() && leaf.pattern.as_ref().is_none_or(Pattern::is_word),
        Clause::AtLeast(1, clauses) => clauses.iter().all(is_cheap),
        Clause::All(_) | Clause::AtLeast(..) => false,
        Clause::Not(clause) => is_cheap(clause),
    }
}

/// The state of a walk.
struct Walk<'a> {
    pass: &'a Pass<'a>,
    top: Top,
    counter: Counter<'a>,
    /// Room for the documents at hand.
    docs: Vec<DocId>,
}

impl Walk<'_> {
    fn segment(&mut self, ord: usize, segment: &SegmentReader, how: &How<'_>) -> tantivy::Result<()> {
        match how {
            How::All => {
                let all: Vec<DocId> = (0..segment.max_doc()).collect();
                all.chunks(BLOCK).for_each(|docs| self.unscored(ord, segment, docs));
            }
            How::Unscored(engine) => {
                engine.for_each_no_score(segment, &mut |docs| self.unscored(ord, segment, docs))?;
            }
            How::Pruned(scores) => self.pruned(ord, segment, scores)?,
            How::Scored(scores) => {
                let margin = self.pass.margin(ord, segment, scores)?;
                let mut exact = scores.of(segment)?;
                scores.engine.for_each(segment, &mut |doc, approximate| {
                    if self.admit(ord, segment, &[doc])
                        && approximate >= self.threshold(margin)
                        && self.may_enter(ord, doc, f64::from(approximate) * exact.most)
                    {
                        self.scored(ord, doc, &mut exact);
                    }
                })?;
            }
            How::Twice(scores) => {
                let at_most = if self.pass.filter.active().is_empty() { FEW } else { FEW_FILTERED };
                let mut few = Vec::with_capacity(FEW);
                let mut met = 0;
                scores.engine.for_each_no_score(segment, &mut |docs| {
                    if self.admit(ord, segment, docs) {
                        few.extend(self.docs.iter().take(at_most.saturating_sub(met)));
                        met += self.docs.len();
                    }
                })?;
                if met > at_most {
                    self.pruned(ord, segment, scores)?;
                } else if met > 0 {
                    let mut exact = scores.of(segment)?;
                    for doc in few {
                        self.scored(ord, doc, &mut exact);
                    }
                }
            }
        }
        Ok(())
    }

    /// Counts matching documents. Leaves those that are alive and meet all filters in `docs`; whether there are any.
    fn admit(&mut self, ord: usize, segment: &SegmentReader, docs: &[DocId]) -> bool {
        self.docs.clear();
        match segment.alive_bitset() {
            None => self.docs.extend_from_slice(docs),
            Some(alive) => self.docs.extend(docs.iter().filter(|doc| alive.is_alive(**doc))),
        }
        self.counter.admit(ord, &mut self.docs);
        !self.docs.is_empty()
    }

    /// Takes documents that are ranked without a text score.
    fn unscored(&mut self, ord: usize, segment: &SegmentReader, docs: &[DocId]) {
        if self.admit(ord, segment, docs) && self.pass.keep > 0 {
            let docs = std::mem::take(&mut self.docs);
            for doc in &docs {
                self.offer(ord, *doc, 1.0, 1.0);
            }
            self.docs = docs;
        }
    }

    /// Offers the best articles of a segment, without counting.
    fn pruned(&mut self, ord: usize, segment: &SegmentReader, scores: &Scores<'_>) -> tantivy::Result<()> {
        let alive = segment.alive_bitset();
        let margin = self.pass.margin(ord, segment, scores)?;
        let mut exact = scores.of(segment)?;
        scores.engine.for_each_pruning(self.threshold(margin), segment, &mut |doc, approximate| {
            // What decides most often comes first.
            if self.may_enter(ord, doc, f64::from(approximate) * exact.most)
                && alive.is_none_or(|alive| alive.is_alive(doc))
                && self.counter.matches(ord, doc)
            {
                self.scored(ord, doc, &mut exact);
            }
            self.threshold(margin)
        })
    }

    /// The engine's score that an article must exceed to be worth scoring.
    fn threshold(&self, margin: f64) -> Score {
        self.top.threshold().map_or(Score::MIN, |worst| ((worst.score() / margin) as Score).next_down())
    }

    /// Whether an article may be among the best that scores `most` at most, grade and date apart.
    fn may_enter(&self, ord: usize, doc: DocId, most: f64) -> bool {
        self.top.threshold().is_none_or(|worst| {
            let Pass { factors, ranks, .. } = self.pass;
            let most = most * factors.quality(ranks[ord].quality[doc as usize]);
            most * factors.freshness(ranks[ord].published[doc as usize]) >= worst.score()
        })
    }

    /// Takes an article by its score.
    fn scored(&mut self, ord: usize, doc: DocId, exact: &mut SegmentScores<'_>) {
        let Some(text) = exact.text.score(doc) else { return };
        match &mut exact.near {
            None => self.offer(ord, doc, text, 1.0),
            // Reading where words stand costs more than all the rest.
            Some(_) if !self.may_enter(ord, doc, text * exact.most) => {}
            Some(near) => {
                let near = near.factor(doc);
                self.offer(ord, doc, text, near);
            }
        }
    }

    fn offer(&mut self, ord: usize, doc: DocId, text: f64, near: f64) {
        let ranks = &self.pass.ranks[ord];
        let (published, grade) = (ranks.published[doc as usize], ranks.quality[doc as usize]);
        let first = match self.pass.sort {
            Sort::Relevance => {
                let factors = self.pass.factors;
                Rank::of_score(text * factors.quality(grade) * factors.freshness(published) * near)
            }
            Sort::Newest => published,
            Sort::Oldest if published == UNDATED => i64::MIN,
            Sort::Oldest => published.saturating_neg(),
            Sort::Quality if grade == UNGRADED => -1,
            Sort::Quality => i64::from(grade),
        };
        let rank = Rank { first, published, id: Reverse(ranks.ids[doc as usize]) };
        self.top.offer(rank, DocAddress::new(ord as u32, doc));
    }
}
