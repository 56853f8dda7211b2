//! [`Ranks`]: what the articles of a segment are ranked and sorted by.

use tantivy::SegmentReader;

use super::{UNDATED, UNGRADED, for_each_value};
use crate::search::ranking::Factors;

/// What the articles of one segment are ranked and sorted by, by document number.
pub(in crate::search) struct Ranks {
    pub(in crate::search) ids: Vec<u64>,
    pub(in crate::search) published: Vec<i64>,
    pub(in crate::search) quality: Vec<u8>,
    /// At least the product of the factors for grade and date, and hardly more: in one small array, because it is asked for every match.
    pub(in crate::search) bounds: Vec<f32>,
    pub(in crate::search) greatest_bound: f32,
}

impl Ranks {
    pub(super) fn load(segment: &SegmentReader, factors: &Factors) -> tantivy::Result<Self> {
        let docs = segment.max_doc() as usize;
        let (columns, alive) = (segment.fast_fields(), segment.alive_bitset());
        let (mut ids, mut published, mut quality) = (vec![0; docs], vec![UNDATED; docs], vec![UNGRADED; docs]);
        for_each_value(&columns.u64("id")?, alive, |doc, id| ids[doc as usize] = id);
        for_each_value(&columns.i64("published")?, alive, |doc, seconds| published[doc as usize] = seconds);
        for_each_value(&columns.u64("quality")?, alive, |doc, grade| quality[doc as usize] = grade as u8);
        let product = |(grade, published): (&u8, &i64)| factors.quality(*grade) * factors.freshness(*published);
        let bounds: Vec<f32> = quality.iter().zip(&published).map(product).map(at_least).collect();
        let greatest_bound = bounds.iter().copied().fold(0.0, f32::max);
        Ok(Self { ids, published, quality, bounds, greatest_bound })
    }
}

/// The next number of less precision that is not less.
fn at_least(number: f64) -> f32 {
    let near = number as f32;
    if f64::from(near) < number { near.next_up() } else { near }
}
