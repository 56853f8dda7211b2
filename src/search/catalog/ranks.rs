//! [`Ranks`]: what the articles of a segment are ranked and sorted by.

use tantivy::SegmentReader;

use super::{UNDATED, UNGRADED, for_each_value};

/// What the articles of one segment are ranked and sorted by, by document number.
pub(in crate::search) struct Ranks {
    pub(in crate::search) ids: Vec<u64>,
    pub(in crate::search) published: Vec<i64>,
    pub(in crate::search) quality: Vec<u8>,
    pub(in crate::search) best: Best,
}

/// The best that any article of a segment has, for bounds on its rank.
#[derive(Debug, Clone, Copy)]
pub(in crate::search) struct Best {
    pub(in crate::search) newest: i64,
    pub(in crate::search) has_undated: bool,
    /// The highest known grade; 0 if none is known.
    pub(in crate::search) grade: u8,
    pub(in crate::search) has_ungraded: bool,
}

impl Best {
    fn of(published: &[i64], quality: &[u8]) -> Self {
        Self {
            newest: published.iter().copied().max().unwrap_or(UNDATED),
            has_undated: published.contains(&UNDATED),
            grade: quality.iter().copied().filter(|grade| *grade != UNGRADED).max().unwrap_or_default(),
            has_ungraded: quality.contains(&UNGRADED),
        }
    }
}

impl Ranks {
    pub(super) fn load(segment: &SegmentReader) -> tantivy::Result<Self> {
        let docs = segment.max_doc() as usize;
        let (columns, alive) = (segment.fast_fields(), segment.alive_bitset());
        let (mut ids, mut published, mut quality) = (vec![0; docs], vec![UNDATED; docs], vec![UNGRADED; docs]);
        for_each_value(&columns.u64("id")?, alive, |doc, id| ids[doc as usize] = id);
        for_each_value(&columns.i64("published")?, alive, |doc, seconds| published[doc as usize] = seconds);
        for_each_value(&columns.u64("quality")?, alive, |doc, grade| quality[doc as usize] = grade as u8);
        let best = Best::of(&published, &quality);
        Ok(Self { ids, published, quality, best })
    }
}
