//! [`Catalog`]: what is filtered, counted and sorted by, as plain arrays over the articles of an open index.
//!
//! Tantivy keeps these values in compressed columns, each segment with a dictionary of its own. Reading a column costs
//! 5–20 ns a value and finding the text of one ordinal decompresses a block; a query that counts ten thousand articles
//! cannot afford either. So the columns are read once per opened index into arrays, and every countable value of every
//! group gets one number in one space, ordered by group and key. Counting an article is then a walk over a short row of
//! [`marks`], and a filter is a flag for each mark. Costs about 50 bytes an article in memory and a twentieth of a microsecond
//! an article to load, on first use, groups and segments in parallel.

mod group_values;
mod layout;
mod marks;
mod packed;
mod ranks;
mod rows;
mod values;

use std::fmt::Debug;
use std::sync::OnceLock;

use rayon::prelude::*;
use tantivy::columnar::Column;
use tantivy::fastfield::AliveBitSet;
use tantivy::{DocId, SegmentReader};

pub(super) use self::ranks::{Ranked, Ranks};
pub(super) use self::rows::Places;
pub(super) use self::values::{Texts, Values};
use super::ranking::Factors;
use crate::index::column;

/// Stands for an unknown date: before all known ones.
pub(super) const UNDATED: i64 = i64::MIN;
/// Stands for an unknown grade.
pub(super) const UNGRADED: u8 = u8::MAX;

/// What values are grouped by. Years are counted from months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Topic,
    Provider,
    Scheme,
    Kind,
    Month,
}

impl Group {
    pub(super) const ALL: [Self; 5] = [Self::Topic, Self::Provider, Self::Scheme, Self::Kind, Self::Month];

    /// The column of keyed texts; months are numbers and have none.
    fn column(self) -> Option<&'static str> {
        match self {
            Self::Topic => Some(column::TOPIC_KEY),
            Self::Provider => Some(column::PROVIDER_KEY),
            Self::Scheme => Some(column::SCHEME_KEY),
            Self::Kind => Some(column::KIND_KEY),
            Self::Month => None,
        }
    }
}

/// The number of a value, unique over all groups.
pub(super) type ValueId = u32;

/// The arrays of an open index, each loaded when first asked for.
#[derive(Default)]
pub(super) struct Catalog {
    ranks: OnceLock<Vec<Ranks>>,
    values: OnceLock<Values>,
}

impl Catalog {
    /// The ranks of each segment, in the order of `segments`, which must always be the same, and so must the factors.
    pub(super) fn ranks(&self, segments: &[SegmentReader], factors: &Factors) -> tantivy::Result<&[Ranks]> {
        let load = |segment: &SegmentReader| Ranks::load(segment, factors);
        load_once(&self.ranks, || segments.par_iter().map(load).collect()).map(Vec::as_slice)
    }

    /// The countable values.
    pub(super) fn values(&self, segments: &[SegmentReader]) -> tantivy::Result<&Values> {
        load_once(&self.values, || Values::load(segments))
    }
}

fn load_once<T>(cell: &OnceLock<T>, load: impl FnOnce() -> tantivy::Result<T>) -> tantivy::Result<&T> {
    if let Some(loaded) = cell.get() {
        return Ok(loaded);
    }
    // Two threads may both load; the first to finish wins and both see the same.
    let loaded = load()?;
    Ok(cell.get_or_init(|| loaded))
}

/// Goes through a column by blocks, which takes a third of the time of asking for the values of one document after the other.
///
/// Passes over deleted documents.
fn for_each_value<T>(column: &Column<T>, alive: Option<&AliveBitSet>, mut each: impl FnMut(DocId, T))
where
    T: PartialOrd + Copy + Debug + Default + Send + Sync + 'static,
{
    const BLOCK: usize = 1024;
    let (mut docs, mut rows, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for start in (0..column.num_docs()).step_by(BLOCK) {
        let block: Vec<DocId> = (start..column.num_docs()).take(BLOCK).collect();
        docs.clear();
        rows.clear();
        column.row_ids_for_docs(&block, &mut docs, &mut rows);
        values.resize(rows.len(), T::default());
        column.values.get_vals(&rows, &mut values);
        for (doc, value) in docs.iter().zip(&values) {
            if alive.is_none_or(|alive| alive.is_alive(*doc)) {
                each(*doc, *value);
            }
        }
    }
}
