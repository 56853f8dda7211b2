//! [`Ranks`]: what the articles of a segment are ranked and sorted by.

use tantivy::{DocId, SegmentReader};

use super::{UNDATED, UNGRADED, for_each_value};
use crate::index::column;
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
    /// At least the product of the factors for grade and date, and hardly more, in steps: in one small array, because it is asked
    /// for every match.
    bounds: Vec<u8>,
    /// How large the steps are, of which the greatest bound has [`STEPS`].
    step: f64,
}

/// How many steps there are.
const STEPS: f64 = u8::MAX as f64;

impl Ranks {
    pub(super) fn load(segment: &SegmentReader, factors: &Factors) -> tantivy::Result<Self> {
        let docs = segment.max_doc() as usize;
        let (columns, alive) = (segment.fast_fields(), segment.alive_bitset());
        let mut ranked = vec![Ranked { id: 0, published: UNDATED, grade: UNGRADED }; docs];
        for_each_value(&columns.u64(column::ID)?, alive, |doc, id| ranked[doc as usize].id = id);
        for_each_value(&columns.i64(column::PUBLISHED)?, alive, |doc, seconds| {
            ranked[doc as usize].published = seconds;
        });
        for_each_value(&columns.u64(column::QUALITY)?, alive, |doc, grade| ranked[doc as usize].grade = grade as u8);
        let product = |of: &Ranked| factors.quality(of.grade) * factors.freshness(of.published);
        let step = ranked.iter().map(product).fold(0.0, f64::max) / STEPS;
        let bounds = ranked.iter().map(|of| (product(of) / step).ceil() as u8).collect();
        let dates = ranked.iter().map(|of| of.published).collect();
        Ok(Self { ranked, dates, bounds, step })
    }

    pub(in crate::search) fn of(&self, doc: DocId) -> Ranked {
        self.ranked[doc as usize]
    }

    /// At least the product of the factors for grade and date, but for rounding.
    #[inline]
    pub(in crate::search) fn bound(&self, doc: DocId) -> f64 {
        f64::from(self.bounds[doc as usize]) * self.step
    }

    /// The greatest bound of an article of the segment.
    pub(in crate::search) fn greatest_bound(&self) -> f64 {
        STEPS * self.step
    }

    /// Seconds since 1970, or [`UNDATED`].
    #[inline]
    pub(in crate::search) fn date(&self, doc: DocId) -> i64 {
        self.dates[doc as usize]
    }
}
