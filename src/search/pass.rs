//! [`Pass`]: one walk over the matching articles that finds the best, counts all and counts their values.
//!
//! Exactness of the pruned walk. A score is *t·m*: the text score times a factor m ≤ M. An article must be seen unless its score
//! cannot reach the k-th best so far, called s. The engine calls back for every article whose own sum of text scores exceeds a
//! threshold θ, and passes over blocks of articles whose *upper bound* does not. Three things stand between that bound and t·m:
//!
//! 1. the factor: t·m ≤ t·M;
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

use std::cmp::Reverse;

use tantivy::query::{EnableScoring, Weight};
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentReader};

use super::catalog::{Ranks, UNDATED, UNGRADED, Values};
use super::filter::{Filter, Reasons};
use super::ranking::Ranking;
use super::request::Sort;
use super::statistics::Statistics;
use super::text_score::{ENGINE_ERROR, TextScore, TextWeight};
use super::top::{Rank, Top};
use crate::index::Fields;
use crate::query::lower::Clause;

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
    pub(super) ranking: &'a Ranking,
    pub(super) as_of: i64,
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

/// How often each value was met.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// By value: the articles that match but for filters on the group of the value.
    pub(super) by_value: Vec<u64>,
    /// The articles without a date that match but for filters on the date.
    pub(super) undated: u64,
}

impl Pass<'_> {
    pub(super) fn run(&self) -> tantivy::Result<Found> {
        let mut walk =
            Walk { pass: self, top: Top::new(self.keep), total: 0, tally: self.facets.then(|| self.new_tally()) };
        let wants_scores = self.sort == Sort::Relevance && self.keep > 0;
        let text = match (self.clause, wants_scores) {
            (Some(clause), true) => Some(TextWeight::new(clause, self.statistics)?).filter(TextWeight::is_scored),
            _ => None,
        };
        let weight = match self.clause {
            Some(clause) if text.is_some() => Some(clause.to_query().weight(self.statistics.scoring())?),
            Some(clause) => Some(clause.to_query().weight(EnableScoring::disabled_from_searcher(self.searcher))?),
            None => None,
        };
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            walk.segment(ord, segment, weight.as_deref(), text.as_ref())?;
        }
        let Walk { top, total, tally, .. } = walk;
        Ok(Found { best: top.into_sorted(), total: (self.count || self.facets).then_some(total), tally })
    }

    fn new_tally(&self) -> Tally {
        Tally { by_value: vec![0; self.values.map_or(0, Values::len)], undated: 0 }
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

/// The state of a walk.
struct Walk<'a> {
    pass: &'a Pass<'a>,
    top: Top,
    total: u64,
    tally: Option<Tally>,
}

impl Walk<'_> {
    fn segment(
        &mut self,
        ord: usize,
        segment: &SegmentReader,
        weight: Option<&dyn Weight>,
        text: Option<&TextWeight>,
    ) -> tantivy::Result<()> {
        let alive = segment.alive_bitset();
        let is_alive = |doc: DocId| alive.is_none_or(|alive| alive.is_alive(doc));
        match (weight, text) {
            (None, _) => (0..segment.max_doc()).filter(|doc| is_alive(*doc)).for_each(|doc| self.unscored(ord, doc)),
            (Some(weight), None) => weight.for_each_no_score(segment, &mut |docs| {
                docs.iter().filter(|doc| is_alive(**doc)).for_each(|doc| self.unscored(ord, *doc));
            })?,
            (Some(weight), Some(text)) => {
                let margin = self.pass.ranking.upper_bound() * (1.0 + ENGINE_ERROR) * self.pass.bound_error(segment)?;
                let mut score = text.for_segment(segment)?;
                if self.pass.count || self.pass.facets {
                    weight.for_each(segment, &mut |doc, approximate| {
                        if is_alive(doc) && self.admit(ord, doc) && approximate >= self.threshold(margin) {
                            self.scored(ord, doc, &mut score);
                        }
                    })?;
                } else {
                    weight.for_each_pruning(self.threshold(margin), segment, &mut |doc, _| {
                        if is_alive(doc) && self.admit(ord, doc) {
                            self.scored(ord, doc, &mut score);
                        }
                        self.threshold(margin)
                    })?;
                }
            }
        }
        Ok(())
    }

    /// The engine's score that an article must exceed to be worth scoring.
    fn threshold(&self, margin: f64) -> Score {
        self.top.threshold().map_or(Score::MIN, |worst| ((worst.score() / margin) as Score).next_down())
    }

    /// Counts an article; whether it matches all filters.
    fn admit(&mut self, ord: usize, doc: DocId) -> bool {
        let Pass { filter, ranks, values, .. } = self.pass;
        let wants_ids = self.tally.is_some() || filter.needs_values();
        let ids = values.filter(|_| wants_ids).map_or(&[][..], |values| values.of(ord, doc));
        let reasons = filter.reasons(&ranks[ord], doc, ids, *values);
        if let (Some(tally), Some(values)) = (&mut self.tally, values) {
            let undated = ranks[ord].published[doc as usize] == UNDATED;
            if reasons.is_empty() {
                for id in ids {
                    tally.by_value[*id as usize] += 1;
                }
                tally.undated += u64::from(undated);
            } else {
                for id in ids.iter().filter(|id| reasons.without(Reasons::of(values.group_of(**id))).is_empty()) {
                    tally.by_value[*id as usize] += 1;
                }
                tally.undated += u64::from(undated && reasons.without(Reasons::DATE).is_empty());
            }
        }
        self.total += u64::from(reasons.is_empty());
        reasons.is_empty()
    }

    /// Takes an article that is ranked without a text score.
    fn unscored(&mut self, ord: usize, doc: DocId) {
        if self.admit(ord, doc) && self.pass.keep > 0 {
            self.offer(ord, doc, 1.0);
        }
    }

    fn scored(&mut self, ord: usize, doc: DocId, score: &mut TextScore) {
        if let Some(text) = score.score(doc) {
            self.offer(ord, doc, text);
        }
    }

    fn offer(&mut self, ord: usize, doc: DocId, text: f64) {
        let ranks = &self.pass.ranks[ord];
        let (published, grade) = (ranks.published[doc as usize], ranks.quality[doc as usize]);
        let first = match self.pass.sort {
            Sort::Relevance => {
                let Pass { ranking, as_of, .. } = self.pass;
                Rank::of_score(text * ranking.quality(grade) * ranking.freshness(published, *as_of))
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
