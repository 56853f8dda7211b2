//! [`Values`]: all countable values of an open index, and which article has which.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use tantivy::{DocId, SegmentReader};

use super::group_values::GroupValues;
use super::{Group, ValueId};

/// All countable values, and which article has which.
pub(in crate::search) struct Values {
    groups: [Range<ValueId>; Group::ALL.len()],
    keys: Vec<Arc<str>>,
    spellings: Vec<Vec<Arc<str>>>,
    segments: Vec<Rows>,
}

/// How many values stand in a row: what most articles have, and half a cache line.
const WIDTH: usize = 8;

/// So many rows are fetched before they are counted: a part of what a processor keeps at hand.
const AT_A_TIME: usize = 128;

/// The values of one article in ascending order; places left over hold their [`Values::fillers`].
///
/// Aligned, so that no row lies in two cache lines: the first look at it fetches all of it.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Row([ValueId; WIDTH]);

/// The values of the articles of one segment.
///
/// All rows are equally wide, because counting then takes the same steps for every article, and a processor that need not guess
/// how many there are counts twice as fast.
struct Rows {
    rows: Vec<Row>,
    /// All values of the documents that have more than a row holds. The last place of their rows holds [`Values::more`].
    wide: FxHashMap<DocId, Box<[ValueId]>>,
}

impl Values {
    /// The numbers of a group.
    pub(in crate::search) fn group(&self, group: Group) -> Range<ValueId> {
        self.groups[group as usize].clone()
    }

    /// The group of a value.
    pub(in crate::search) fn group_of(&self, id: ValueId) -> Group {
        // There are five groups and they stand in order: the last that begins at or before the value.
        let at = self.groups.iter().rposition(|range| range.start <= id && id < range.end).unwrap_or_default();
        Group::ALL[at]
    }

    /// How many values there are in all.
    pub(in crate::search) fn len(&self) -> usize {
        self.keys.len()
    }

    /// No values: what stands in each place of a row that is left over. They differ, because a processor cannot add to one counter
    /// before it has added to it for the place before.
    fn fillers(&self) -> Row {
        Row(std::array::from_fn(|place| (self.len() + place) as ValueId))
    }

    /// No value: marks a row that does not hold all values of its article.
    fn more(&self) -> ValueId {
        (self.len() + WIDTH) as ValueId
    }

    /// How many counters [`Self::count`] needs: one for each value, and one for each filler.
    pub(in crate::search) fn counters(&self) -> usize {
        self.len() + WIDTH
    }

    /// The folded form, equal for all spellings: a topic's key, a provider's domain, `yyyymm`.
    pub(in crate::search) fn key(&self, id: ValueId) -> &Arc<str> {
        &self.keys[id as usize]
    }

    /// The most frequent spelling.
    pub(in crate::search) fn label(&self, id: ValueId) -> &Arc<str> {
        &self.spellings[id as usize][0]
    }

    /// All spellings, the most frequent first.
    pub(in crate::search) fn spellings(&self, id: ValueId) -> &[Arc<str>] {
        &self.spellings[id as usize]
    }

    /// The value of a group with this key.
    pub(in crate::search) fn find(&self, group: Group, key: &str) -> Option<ValueId> {
        let range = self.group(group);
        let keys = &self.keys[range.start as usize..range.end as usize];
        keys.binary_search_by(|probe| (**probe).cmp(key)).ok().map(|at| range.start + at as ValueId)
    }

    /// The values of a document, in ascending order of their numbers. Numbers behind the last value may stand at the end, and mean
    /// nothing.
    pub(in crate::search) fn of(&self, segment: usize, doc: DocId) -> &[ValueId] {
        let Rows { rows, wide } = &self.segments[segment];
        let Row(row) = &rows[doc as usize];
        if row[WIDTH - 1] == self.more() { &wide[&doc] } else { row }
    }

    /// Calls `each` for documents in their order, with whether they have a value.
    #[inline]
    pub(in crate::search) fn for_each_has(
        &self,
        segment: usize,
        docs: &[DocId],
        value: ValueId,
        mut each: impl FnMut(DocId, bool),
    ) {
        let Rows { wide, .. } = &self.segments[segment];
        self.for_each_row(segment, docs, |doc, row| match row {
            // All are looked at: guessing whether one of them is it would cost more.
            Some(row) => each(doc, row.iter().filter(|id| **id == value).count() > 0),
            None => each(doc, wide[&doc].contains(&value)),
        });
    }

    /// Adds the values of documents to [`Self::counters`].
    pub(in crate::search) fn count(&self, segment: usize, docs: &[DocId], counters: &mut [u32]) {
        let Rows { wide, .. } = &self.segments[segment];
        self.for_each_row(segment, docs, |doc, row| match row {
            Some(row) => row.iter().for_each(|id| counters[*id as usize] += 1),
            None => wide[&doc].iter().for_each(|id| counters[*id as usize] += 1),
        });
    }

    /// Calls `each` for documents in their order, with their rows, which are `None` for wide ones.
    ///
    /// Rows lie far apart, and it takes long to fetch one. All of some are asked for before the first of them is looked at, in steps
    /// so few that many are on their way at once.
    #[inline]
    fn for_each_row(&self, segment: usize, docs: &[DocId], mut each: impl FnMut(DocId, Option<&[ValueId; WIDTH]>)) {
        let (Rows { rows, .. }, more) = (&self.segments[segment], self.more());
        let is_wide = |doc: &&DocId| rows[**doc as usize].0[WIDTH - 1] == more;
        for docs in docs.chunks(AT_A_TIME) {
            let has_wide = docs.iter().filter(is_wide).count() > 0;
            for doc in docs {
                let Row(row) = &rows[*doc as usize];
                each(*doc, if has_wide && is_wide(&doc) { None } else { Some(row) });
            }
        }
    }

    pub(super) fn load(segments: &[SegmentReader]) -> tantivy::Result<Self> {
        let mut loaded: Vec<GroupValues> = Group::ALL
            .into_par_iter()
            .map(|group| match group.column() {
                Some(column) => GroupValues::of_texts(column, segments),
                None => GroupValues::of_months(segments),
            })
            .collect::<tantivy::Result<_>>()?;
        let mut values = Self {
            groups: [const { 0..0 }; Group::ALL.len()],
            keys: Vec::new(),
            spellings: Vec::new(),
            segments: Vec::new(),
        };
        for (range, group) in values.groups.iter_mut().zip(&mut loaded) {
            let start = values.keys.len() as ValueId;
            values.keys.append(&mut group.keys);
            values.spellings.append(&mut group.spellings);
            *range = start..values.keys.len() as ValueId;
        }
        let (groups, fillers, more) = (&values.groups, values.fillers(), values.more());
        values.segments = segments
            .par_iter()
            .enumerate()
            .map(|(ord, segment)| {
                // Group after group, hence ascending for each document.
                let of_groups = groups.iter().zip(&loaded).map(|(range, group)| (range.start, &*group.segments[ord]));
                Rows::new(segment.max_doc(), fillers, more, of_groups)
            })
            .collect();
        Ok(values)
    }
}

impl Rows {
    /// Puts the (document, value) pairs of all groups into the rows of their documents, keeping the order of groups. The numbers of
    /// a group begin at the one given with it.
    fn new<'a>(
        docs: u32,
        fillers: Row,
        more: ValueId,
        groups: impl Iterator<Item = (ValueId, &'a [(DocId, ValueId)])>,
    ) -> Self {
        let mut rows = vec![fillers; docs as usize];
        let mut lengths = vec![0u8; docs as usize];
        let mut wide: FxHashMap<DocId, Vec<ValueId>> = FxHashMap::default();
        for (first, pairs) in groups {
            for (doc, id) in pairs {
                let (row, length) = (&mut rows[*doc as usize], &mut lengths[*doc as usize]);
                if usize::from(*length) < WIDTH {
                    row.0[usize::from(*length)] = first + id;
                    *length += 1;
                } else {
                    wide.entry(*doc).or_insert_with(|| row.0.to_vec()).push(first + id);
                }
            }
        }
        for doc in wide.keys() {
            rows[*doc as usize].0[WIDTH - 1] = more;
        }
        Self { rows, wide: wide.into_iter().map(|(doc, ids)| (doc, ids.into_boxed_slice())).collect() }
    }
}
