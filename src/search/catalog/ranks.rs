//! [`Ranks`]: what the articles of a segment are ranked and sorted by.

use tantivy::{DocId, SegmentReader};

use super::{UNDATED, UNGRADED, for_each_value};
use crate::search::ranking::Factors;

/// What an article is ranked and sorted by, side by side in memory, because who asks for one most often asks for all.
#[derive(Debug, Clone, Copy)]
pub(in crate::search) struct Ranked {
    pub(in crate::search) id: u64,
    /// Seconds since 1970, or [`UNDATED`].
    pub(in crate::search) published: i64,
    /// 0 to 100, or [`UNGRADED`].
    pub(in crate::search) grade: u8,
}

/// What the articles of one segment are ranked and sorted by, by document number.
pub(in crate::search) struct Ranks {
    ranked: Vec<Ranked>,
    /// The dates once more, close together, because filters ask every match for its own.
    dates: Vec<i64>,
    /// At least the product of the factors for grade and date, and hardly more: in one small array, because it is asked for every match.
    pub(in crate::search) bounds: Vec<f32>,
    pub(in crate::search) greatest_bound: f32,
}

impl Ranks {
    pub(super) fn load(segment: &SegmentReader, factors: &Factors) -> tantivy::Result<Self> {
        let docs = segment.max_doc() as usize;
        let (columns, alive) = (segment.fast_fields(), segment.alive_bitset());
        let mut ranked = vec![Ranked { id: 0, published: UNDATED, grade: UNGRADED }; docs];
        for_each_value(&columns.u64("id")?, alive, |doc, id| ranked[doc as usize].id = id);
        for_each_value(&columns.i64("published")?, alive, |doc, seconds| ranked[doc as usize].published = seconds);
        for_each_value(&columns.u64("quality")?, alive, |doc, grade| ranked[doc as usize].grade = grade as u8);
        let product = |of: &Ranked| factors.quality(of.grade) * factors.freshness(of.published);
        let bounds: Vec<f32> = ranked.iter().map(product).map(at_least).collect();
        let greatest_bound = bounds.iter().copied().fold(0.0, f32::max);
        let dates = ranked.iter().map(|of| of.published).collect();
        Ok(Self { ranked, dates, bounds, greatest_bound })
    }

    pub(in crate::search) fn of(&self, doc: DocId) -> Ranked {
        self.ranked[doc as usize]
    }

    /// Seconds since 1970, or [`UNDATED`].
    #[inline]
    pub(in crate::search) fn date(&self, doc: DocId) -> i64 {
        self.dates[doc as usize]
    }
}

/// The next number of less precision that is not less.
fn at_least(number: f64) -> f32 {
    let near = number as f32;
    if f64::from(near) < number { near.next_up() } else { near }
}
