//! [`Nearness`]: how close the words of a query stand to each other.
//!
//! Words that are neighbours in the query and in the article are about the same thing more often than words that only share
//! an article: the sequential dependence model (Metzler and Croft 2005) made into a bounded factor. For two words or phrases
//! that stand side by side in the query, the closeness in an article is 1/d for the least distance d between them there: 1 for
//! `remote monitoring`, ½ for `remote patient monitoring` and for `monitoring, remote`, 0 from a distance of [`FAR`] on, and
//! where one of them is missing. The nearness is the mean over the pairs, each weighed by the rarity of its more frequent word,
//! so that `of the` says nothing; and the factor is `1 + s·nearness`. It is never less than 1 and never more than 1 + s, so that
//! only articles that may be among the best need be looked at ([`super::shortlist`]).
//!
//! Only what was typed has neighbours: not other names for it, nor prefixes and words that must stand in one part. Costs reading
//! the positions of the words in the articles that may be among the best, and in no others.

use std::ops::Range;

use tantivy::query::Bm25StatisticsProvider as _;
use tantivy::{DocId, SegmentReader, Term};

use super::statistics::Statistics;
use crate::index::Fields;
use crate::query::lower::{Clause, Leaf, Spans};

/// From this distance on, words are as far apart as if they stood in different articles.
const FAR: u32 = 8;
/// So many words and phrases of a query are looked at: a pasted paragraph has its say by its first lines.
const MOST: usize = 16;

/// The neighbours in a query.
pub(super) struct Nearness {
    parts: Vec<Vec<Vec<Term>>>,
    /// The weight of each part and the one behind it; they add up to the strength of the factor.
    weights: Vec<f64>,
    strength: f64,
}

impl Nearness {
    /// That of a query, with the strength `s` of the factor; `None` where there are no neighbours.
    pub(super) fn new(
        clause: &Clause,
        strength: f64,
        statistics: &Statistics,
        fields: &Fields,
    ) -> tantivy::Result<Option<Self>> {
        if strength <= 0.0 {
            return Ok(None);
        }
        let ways = |leaf: &Leaf| leaf.pattern.as_ref().and_then(|pattern| pattern.ways(fields));
        let typed = clause.leaves().into_iter().filter(|leaf| leaf.is_typed && leaf.part.is_none());
        let parts: Vec<Vec<Vec<Term>>> = typed.filter_map(ways).take(MOST).collect();
        if parts.len() < 2 {
            return Ok(None);
        }
        let rarities: Vec<f64> = parts.iter().map(|ways| rarity(ways, statistics)).collect::<tantivy::Result<_>>()?;
        // A word stands close to itself wherever it stands.
        let differ = parts.windows(2).map(|pair| pair[0] != pair[1]);
        let weights = rarities.windows(2).map(|pair| pair[0].min(pair[1])).zip(differ);
        let weights: Vec<f64> = weights.map(|(weight, differ)| if differ { weight } else { 0.0 }).collect();
        let sum: f64 = weights.iter().sum();
        let weights = weights.into_iter().map(|weight| strength * weight / sum).collect();
        Ok((sum > 0.0).then_some(Self { parts, weights, strength }))
    }

    /// The greatest factor that there can be.
    pub(super) fn most(&self) -> f64 {
        1.0 + self.strength
    }

    /// In one segment.
    pub(super) fn of(&self, segment: &SegmentReader) -> tantivy::Result<Near<'_>> {
        let spans = self.parts.iter().map(|ways| Spans::new(ways, segment)).collect::<tantivy::Result<Vec<_>>>()?;
        let places = vec![Vec::new(); spans.len()];
        Ok(Near { weights: &self.weights, spans, places })
    }
}

/// The inverse document frequency of the rarest term in a word or phrase, in the way of writing it that is typed.
fn rarity(ways: &[Vec<Term>], statistics: &Statistics) -> tantivy::Result<f64> {
    let mut rarest = 0.0_f64;
    for term in ways.first().into_iter().flatten() {
        rarest = rarest.max(statistics.idf(statistics.doc_freq(term)?));
    }
    Ok(rarest)
}

/// [`Nearness`] in one segment.
pub(super) struct Near<'a> {
    weights: &'a [f64],
    spans: Vec<Spans>,
    /// Where each part stands in the document at hand.
    places: Vec<Vec<Range<u32>>>,
}

impl Near<'_> {
    /// The factor of a document. `doc` must not be less than in the call before.
    pub(super) fn factor(&mut self, doc: DocId) -> f64 {
        for (spans, places) in self.spans.iter_mut().zip(&mut self.places) {
            spans.of(doc, places);
        }
        let pairs = self.places.windows(2).zip(self.weights);
        1.0 + pairs.map(|(pair, weight)| weight * closeness(&pair[0], &pair[1])).sum::<f64>()
    }
}

/// 1/d for the least distance d, from each place in `first` to each in `second`. Both are in order.
fn closeness(first: &[Range<u32>], second: &[Range<u32>]) -> f64 {
    let mut least = FAR;
    let mut from = 0;
    for place in first {
        // What ends far before this place is farther from all behind it.
        while second.get(from).is_some_and(|other| other.end + FAR < place.start) {
            from += 1;
        }
        let near = second[from..].iter().take_while(|other| other.start < place.end + FAR);
        least = near.map(|other| distance(place, other)).fold(least, u32::min);
    }
    if least < FAR { 1.0 / f64::from(least) } else { 0.0 }
}

/// 1 if `second` begins where `first` ends, and one more for each word between them and for the wrong order. Parts of one
/// compound, which share a place, stand side by side.
fn distance(first: &Range<u32>, second: &Range<u32>) -> u32 {
    if second.start >= first.end {
        second.start - first.end + 1
    } else if first.start >= second.end {
        first.start - second.end + 2
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Places<'a> = &'a [Range<u32>];

    #[test]
    fn is_the_inverse_of_the_distance() {
        let at = |start: u32| start..start + 1;
        let cases: [(Places<'_>, Places<'_>, f64); 8] = [
            (&[at(3)], &[at(4)], 1.0),
            (&[at(3)], &[at(5)], 0.5),
            (&[at(4)], &[at(3)], 0.5),
            (&[at(3)], &[at(3)], 1.0),
            (&[at(0), 2..4], &[at(4)], 1.0),
            (&[at(0)], &[at(8)], 0.0),
            (&[at(0), at(50)], &[at(7), at(52)], 0.5),
            (&[at(0)], &[], 0.0),
        ];
        for (first, second, closeness_of_both) in cases {
            let found = closeness(first, second);
            assert!((found - closeness_of_both).abs() < 1e-12, "{first:?} {second:?}: {found}");
        }
    }

    proptest! {
        #[test]
        fn is_the_closest_of_all_pairs(
            first in prop::collection::btree_set((0u32..60, 1u32..3), 0..12),
            second in prop::collection::btree_set((0u32..60, 1u32..3), 0..12),
        ) {
            let places = |set: &std::collections::BTreeSet<(u32, u32)>| {
                set.iter().map(|(start, len)| *start..start + len).collect::<Vec<_>>()
            };
            let (first, second) = (places(&first), places(&second));
            let all = first.iter().flat_map(|one| second.iter().map(|other| distance(one, other)));
            let naive = all.min().filter(|least| *least < FAR).map_or(0.0, |least| 1.0 / f64::from(least));
            prop_assert!((closeness(&first, &second) - naive).abs() < 1e-12);
        }
    }
}
