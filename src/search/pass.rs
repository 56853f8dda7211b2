//! [`Pass`]: one walk over the matching articles that finds the best, counts all and counts their values.
//!
//! A score is *t·q·f·n*: the text score times the factors for grade, date and nearness. All matches are looked at ([`Scan`]), and
//! most of those that are scored are turned down by a single comparison.
//!
//! Nearness is costly, because it reads where words stand; it is 1 at least and *N* at most. So the walk orders by *t·q·f*. Let *w*
//! be the k-th best of these so far: k articles score *w* or more in the end. Another one can be among the best only if
//!
//! - *t·q·f·N* ≥ *w*, that is, if *t·q·f* reaches *w/N* (`least`). Those that do are kept ([`Shortlist`]), and only those are looked at
//!   with nearness, at the end.
//! - *t·b* ≥ *w/N*, where *b* ≥ *q·f* is a bound of the article in a byte: the comparison, before grade and date are fetched.
//! - *t* ≥ *w/(N·B)*, where *B* is the greatest bound in its segment (`floor`): what postings are passed over by, before anything
//!   is known of an article but how often it has a word.

use std::cmp::Reverse;

use tantivy::query::{EnableScoring, Weight};
use tantivy::{DocAddress, DocId, Searcher, SegmentReader};

use super::catalog::{Ranked, Ranks, UNDATED, UNGRADED, Values};
use super::filter::{Filter, Reasons};
use super::keep::keep;
use super::nearness::Nearness;
use super::ranking::Factors;
use super::request::Sort;
use super::scan::{Admits, Scan, Sink};
use super::shortlist::{Candidate, Shortlist};
use super::statistics::Statistics;
use super::tally::{Counter, Tally};
use super::text_score::Match;
use super::top::{Rank, Top};
use crate::index::Fields;
use crate::query::lower::{Clause, Scoring, Weighed};

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
    /// Whether there are no others.
    pub(super) are_all: bool,
    /// How many of them come before the page.
    pub(super) start: usize,
    /// How many match; `None` when not asked for.
    pub(super) total: Option<u64>,
    pub(super) tally: Option<Tally>,
}

impl Found {
    /// The best of the page, `limit` at most.
    pub(super) fn page(&self, limit: usize) -> &[(Rank, DocAddress)] {
        let rest = self.best.get(self.start..).unwrap_or_default();
        &rest[..limit.min(rest.len())]
    }
}

impl Pass<'_> {
    pub(super) fn run(&self) -> tantivy::Result<Found> {
        let wants_scores = self.sort == Sort::Relevance && self.keep > 0;
        let unscored = EnableScoring::disabled_from_searcher(self.searcher);
        let scoring = if wants_scores { self.statistics.scoring()? } else { Scoring::Off(self.searcher) };
        let weighed = self.clause.map(|clause| Weighed::new(clause, scoring)).transpose()?;
        let matches = match &weighed {
            None => Matches::All,
            Some(weighed) if wants_scores && weighed.is_scored() => Matches::Scored(weighed),
            Some(weighed) => Matches::Unscored(weighed.engine(unscored)?),
        };
        let nearness = match self.clause {
            Some(clause) if wants_scores => {
                Nearness::new(clause, self.factors.nearness(), self.statistics, self.fields)?
            }
            _ => None,
        };
        let mut walk = Walk {
            pass: self,
            top: Top::new(self.keep),
            shortlist: nearness.as_ref().map(|_| Shortlist::new(self.keep)),
            most: nearness.as_ref().map_or(1.0, Nearness::most),
            counter: Counter::new(self.filter, self.ranks, self.values, self.facets),
        };
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            match &matches {
                Matches::All => {
                    let all: Vec<DocId> = (0..segment.max_doc()).collect();
                    all.chunks(BLOCK).for_each(|docs| walk.unscored(ord, segment, docs));
                }
                Matches::Unscored(engine) => {
                    engine.for_each_no_score(segment, &mut |docs| walk.unscored(ord, segment, docs))?;
                }
                Matches::Scored(weighed) => {
                    let shortest = self.statistics.shortest()?[ord];
                    let mut scored = Scored {
                        floor: walk.floor(ord),
                        walk: &mut walk,
                        ord,
                        segment,
                        reaching: Vec::new(),
                        docs: Vec::new(),
                        ranked: Vec::new(),
                    };
                    Scan::new(weighed, segment, unscored)?.run(shortest, &mut scored);
                }
            }
        }
        let top = match (walk.shortlist.take(), &nearness) {
            (Some(shortlist), Some(nearness)) => walk.refined(shortlist, nearness)?,
            _ => walk.top,
        };
        let (total, tally) = walk.counter.finish();
        let best = top.into_sorted();
        Ok(Found { are_all: best.len() < self.keep, start: 0, best, total: self.counts().then_some(total), tally })
    }

    /// Whether matches are counted.
    fn counts(&self) -> bool {
        self.count || self.facets
    }

    /// Where an article stands in the order. The factors are multiplied in the order in which they are explained.
    fn rank(&self, Ranked { id, published, grade }: Ranked, text: f64, near: f64) -> Rank {
        let first = match self.sort {
            Sort::Relevance => {
                Rank::of_score(text * self.factors.quality(grade) * self.factors.freshness(published) * near)
            }
            Sort::Newest => published,
            Sort::Oldest if published == UNDATED => i64::MIN,
            Sort::Oldest => published.saturating_neg(),
            Sort::Quality if grade == UNGRADED => -1,
            Sort::Quality => i64::from(grade),
        };
        Rank { first, published, id: Reverse(id) }
    }
}

/// What matches, and whether it has text scores.
enum Matches<'a> {
    /// All articles, without.
    All,
    /// What the engine finds, without.
    Unscored(Box<dyn Weight>),
    Scored(&'a Weighed),
}

/// How many articles are taken at a time where all match.
const BLOCK: usize = 64;

/// The state of a walk.
struct Walk<'a> {
    pass: &'a Pass<'a>,
    /// The best so far; where there is a shortlist, by what they score at least.
    top: Top,
    /// `None` where nearness has no say.
    shortlist: Option<Shortlist>,
    /// The most that nearness multiplies a score by.
    most: f64,
    counter: Counter<'a>,
}

impl Walk<'_> {
    /// Takes documents that are ranked without a text score.
    fn unscored(&mut self, ord: usize, segment: &SegmentReader, docs: &[DocId]) {
        let turned_down = self.counter.count(ord, segment.alive_bitset(), docs);
        if self.pass.keep == 0 {
            return;
        }
        let ranks = &self.pass.ranks[ord];
        for (at, doc) in docs.iter().enumerate() {
            if turned_down.is_none_or(|reasons| reasons[at].is_empty()) {
                self.top.offer(self.pass.rank(ranks.of(*doc), 1.0, 1.0), DocAddress::new(ord as u32, *doc));
            }
        }
    }

    /// The score that an article must reach without nearness, if it is to be among the best.
    fn least(&self) -> f64 {
        self.least_beside(&self.top)
    }

    /// The same beside the best of a list.
    fn least_beside(&self, top: &Top) -> f64 {
        top.threshold().map_or(f64::MIN, |worst| worst.score() / self.most * (1.0 - ROUNDING))
    }

    /// The text score that an article of a segment must reach.
    fn floor(&self, ord: usize) -> f64 {
        self.least() / self.pass.ranks[ord].greatest_bound()
    }

    /// The best of a shortlist.
    fn refined(&self, shortlist: Shortlist, nearness: &Nearness) -> tantivy::Result<Top> {
        let mut top = Top::new(self.pass.keep);
        let mut segment = None;
        for Candidate { at, text, score } in shortlist.into_candidates(self.least()) {
            // Nearness raises what must be reached.
            if score < self.least_beside(&top) {
                continue;
            }
            let ord = at.segment_ord;
            if segment.as_ref().is_none_or(|(open, _)| *open != ord) {
                segment = Some((ord, nearness.of(self.pass.searcher.segment_reader(ord))?));
            }
            let near = segment.as_mut().map_or(1.0, |(_, near)| near.factor(at.doc_id));
            top.offer(self.pass.rank(self.pass.ranks[ord as usize].of(at.doc_id), text, near), at);
        }
        Ok(top)
    }
}

/// The scored matches of one segment.
struct Scored<'a, 'b> {
    walk: &'b mut Walk<'a>,
    ord: usize,
    segment: &'b SegmentReader,
    floor: f64,
    /// Matches that may be among the best, with what they can reach.
    reaching: Vec<(Match, f64)>,
    /// Room for their documents.
    docs: Vec<DocId>,
    /// What they are ranked by.
    ranked: Vec<Ranked>,
}

impl Sink for Scored<'_, '_> {
    fn floor(&self) -> f64 {
        self.floor
    }

    /// Once as many as are wanted have been found, few matches reach the floor, and few are looked at if that comes last. Until then
    /// nearly all are looked at, and what is turned down need not be scored.
    fn admits(&self) -> Admits {
        match self.walk.pass.counts() {
            true => Admits::All,
            false if self.walk.top.is_full() => Admits::None,
            false => Admits::Some,
        }
    }

    fn admit(&mut self, docs: &[DocId]) -> Option<&[Reasons]> {
        let (counter, alive) = (&mut self.walk.counter, self.segment.alive_bitset());
        if self.walk.pass.counts() {
            counter.count(self.ord, alive, docs)
        } else {
            counter.check(self.ord, alive, docs)
        }
    }

    fn score(&mut self, matches: &[Match]) {
        if matches.is_empty() {
            return;
        }
        let looks_last = self.admits() == Admits::None;
        let Self { walk, ord, segment, reaching, docs, ranked, .. } = self;
        let (ord, ranks) = (*ord, &walk.pass.ranks[*ord]);
        let mut least = walk.least();
        let reaches = matches.iter().map(|found| (*found, found.text * ranks.bound(found.doc)));
        keep(reaches.map(|(found, reach)| ((found, reach), reach >= least)), reaching);
        if looks_last {
            docs.clear();
            docs.extend(reaching.iter().map(|(found, _)| found.doc));
            if let Some(turned_down) = walk.counter.check(ord, segment.alive_bitset(), docs) {
                let mut reasons = turned_down.iter();
                reaching.retain(|_| reasons.next().is_some_and(|reasons| reasons.is_empty()));
            }
        }
        // All of them are fetched before the first is looked at.
        ranked.clear();
        ranked.extend(reaching.iter().map(|(found, _)| ranks.of(found.doc)));
        for ((Match { doc, text }, reach), ranked) in reaching.iter().zip(ranked) {
            if *reach < least {
                continue;
            }
            let at = DocAddress::new(ord as u32, *doc);
            let rank = walk.pass.rank(*ranked, *text, 1.0);
            walk.top.offer(rank, at);
            least = walk.least();
            if let Some(shortlist) = &mut walk.shortlist {
                shortlist.add(at, *text, rank.score(), least);
            }
        }
        self.floor = walk.floor(ord);
    }
}

/// More than the factors of a score, multiplied in another order, differ by: what is compared is lowered by it.
const ROUNDING: f64 = 1e-12;
