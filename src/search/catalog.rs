//! [`Catalog`]: what is filtered, counted and sorted by, as plain arrays over the articles of an open index.
//!
//! Tantivy keeps these values in compressed columns, each segment with a dictionary of its own. Reading a column costs
//! 5–20 ns a value and finding the text of one ordinal decompresses a block; a query that counts ten thousand articles
//! cannot afford either. So the columns are read once per opened index into arrays, and every countable value of every
//! group gets one number in one space, ordered by group and key. Counting an article is then a walk over a short slice, and
//! a filter is a set of numbers. Costs about 40 bytes an article in memory and a twentieth of a microsecond an article to load,
//! on first use, groups and segments in parallel.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::columnar::Column;
use tantivy::fastfield::AliveBitSet;
use tantivy::{DocId, SegmentReader};

use crate::index::KEY_SEPARATOR;

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
            Self::Topic => Some("topic_key"),
            Self::Provider => Some("provider_key"),
            Self::Scheme => Some("scheme_key"),
            Self::Kind => Some("kind_key"),
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

/// What the articles of one segment are ranked and sorted by, by document number.
pub(super) struct Ranks {
    pub(super) ids: Vec<u64>,
    pub(super) published: Vec<i64>,
    pub(super) quality: Vec<u8>,
    pub(super) best: Best,
}

/// The best that any article of a segment has, for bounds on its rank.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best {
    pub(super) newest: i64,
    pub(super) has_undated: bool,
    /// The highest known grade; 0 if none is known.
    pub(super) grade: u8,
    pub(super) has_ungraded: bool,
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

/// All countable values, and which article has which.
pub(super) struct Values {
    groups: [Range<ValueId>; Group::ALL.len()],
    keys: Vec<String>,
    spellings: Vec<Vec<String>>,
    segments: Vec<SegmentValues>,
}

/// The values of the articles of one segment: those of document `d` are `ids[starts[d]..starts[d + 1]]`.
struct SegmentValues {
    starts: Vec<u32>,
    ids: Vec<ValueId>,
}

impl Catalog {
    /// The ranks of each segment, in the order of `segments`, which must always be the same.
    pub(super) fn ranks(&self, segments: &[SegmentReader]) -> tantivy::Result<&[Ranks]> {
        load_once(&self.ranks, || segments.par_iter().map(load_ranks).collect()).map(Vec::as_slice)
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

fn load_ranks(segment: &SegmentReader) -> tantivy::Result<Ranks> {
    let docs = segment.max_doc() as usize;
    let (columns, alive) = (segment.fast_fields(), segment.alive_bitset());
    let (mut ids, mut published, mut quality) = (vec![0; docs], vec![UNDATED; docs], vec![UNGRADED; docs]);
    for_each_value(&columns.u64("id")?, alive, |doc, id| ids[doc as usize] = id);
    for_each_value(&columns.i64("published")?, alive, |doc, seconds| published[doc as usize] = seconds);
    for_each_value(&columns.u64("quality")?, alive, |doc, grade| quality[doc as usize] = grade as u8);
    let best = Best::of(&published, &quality);
    Ok(Ranks { ids, published, quality, best })
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

impl Values {
    /// The numbers of a group.
    pub(super) fn group(&self, group: Group) -> Range<ValueId> {
        self.groups[group as usize].clone()
    }

    /// The group of a value.
    pub(super) fn group_of(&self, id: ValueId) -> Group {
        // There are five groups and they stand in order: the last that begins at or before the value.
        let at = self.groups.iter().rposition(|range| range.start <= id && id < range.end).unwrap_or_default();
        Group::ALL[at]
    }

    /// How many values there are in all.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The folded form, equal for all spellings: a topic's key, a provider's domain, `yyyymm`.
    pub(super) fn key(&self, id: ValueId) -> &str {
        &self.keys[id as usize]
    }

    /// The most frequent spelling.
    pub(super) fn label(&self, id: ValueId) -> &str {
        &self.spellings[id as usize][0]
    }

    /// All spellings, the most frequent first.
    pub(super) fn spellings(&self, id: ValueId) -> &[String] {
        &self.spellings[id as usize]
    }

    /// The value of a group with this key.
    pub(super) fn find(&self, group: Group, key: &str) -> Option<ValueId> {
        let range = self.group(group);
        let keys = &self.keys[range.start as usize..range.end as usize];
        keys.binary_search_by(|probe| probe.as_str().cmp(key)).ok().map(|at| range.start + at as ValueId)
    }

    /// The values of a document, in ascending order of their numbers.
    pub(super) fn of(&self, segment: usize, doc: u32) -> &[ValueId] {
        let SegmentValues { starts, ids } = &self.segments[segment];
        &ids[starts[doc as usize] as usize..starts[doc as usize + 1] as usize]
    }

    /// Adds the values of documents to the counts by value.
    pub(super) fn count(&self, segment: usize, docs: &[DocId], by_value: &mut [u64]) {
        const BLOCK: usize = 64;
        let SegmentValues { starts, ids } = &self.segments[segment];
        // Places first, then values, so that the processor waits for many at once.
        let mut places = [(0, 0); BLOCK];
        for docs in docs.chunks(BLOCK) {
            for (place, doc) in places.iter_mut().zip(docs) {
                *place = (starts[*doc as usize], starts[*doc as usize + 1]);
            }
            for (start, end) in &places[..docs.len()] {
                for id in &ids[*start as usize..*end as usize] {
                    by_value[*id as usize] += 1;
                }
            }
        }
    }

    fn load(segments: &[SegmentReader]) -> tantivy::Result<Self> {
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
        let groups = &values.groups;
        values.segments = segments
            .par_iter()
            .enumerate()
            .map(|(ord, segment)| {
                // Group after group, hence ascending for each document.
                let of_groups = groups.iter().zip(&loaded).map(|(range, group)| (range.start, &group.segments[ord]));
                SegmentValues::new(segment.max_doc(), of_groups)
            })
            .collect();
        Ok(values)
    }
}

/// The values of one group, numbered from 0 in the order of their keys.
struct GroupValues {
    keys: Vec<String>,
    spellings: Vec<Vec<String>>,
    /// For each segment the documents that have a value, in ascending order, and that value.
    segments: Vec<Vec<(DocId, ValueId)>>,
}

impl GroupValues {
    fn of_texts(column: &str, segments: &[SegmentReader]) -> tantivy::Result<Self> {
        /// A segment's dictionary as (key, spelling), by ordinal, how many articles have each, and which.
        #[derive(Default)]
        struct Texts {
            terms: Vec<(String, String)>,
            frequencies: Vec<u64>,
            pairs: Vec<(DocId, ValueId)>,
        }
        let mut texts = Vec::with_capacity(segments.len());
        for segment in segments {
            let Some(column) = segment.fast_fields().str(column)? else {
                texts.push(Texts::default());
                continue;
            };
            let mut terms = Vec::with_capacity(column.num_terms());
            let mut stream = column.dictionary().stream()?;
            while stream.advance() {
                let text = String::from_utf8_lossy(stream.key());
                let (key, spelling) = text.split_once(KEY_SEPARATOR).unwrap_or((&text, &text));
                terms.push((key.to_owned(), spelling.to_owned()));
            }
            let mut frequencies = vec![0u64; terms.len()];
            let mut pairs = Vec::with_capacity(column.ords().values.num_vals() as usize);
            for_each_value(column.ords(), segment.alive_bitset(), |doc, ordinal| {
                frequencies[ordinal as usize] += 1;
                pairs.push((doc, ordinal as ValueId));
            });
            texts.push(Texts { terms, frequencies, pairs });
        }

        // What only deleted articles had is in the dictionary still, but no value any more.
        let mut keys = BTreeSet::new();
        for Texts { terms, frequencies, .. } in &texts {
            let met = terms.iter().zip(frequencies).filter(|(_, frequency)| **frequency > 0);
            keys.extend(met.map(|((key, _), _)| key.as_str()));
        }
        let numbers: FxHashMap<&str, ValueId> =
            keys.iter().enumerate().map(|(at, key)| (*key, at as ValueId)).collect();
        let mut spellings: Vec<FxHashMap<&str, u64>> = keys.iter().map(|_| FxHashMap::default()).collect();
        let mut of_segments = Vec::with_capacity(segments.len());
        for Texts { terms, frequencies, pairs } in &texts {
            let ids: Vec<Option<ValueId>> = terms.iter().map(|(key, _)| numbers.get(key.as_str()).copied()).collect();
            of_segments.push(pairs.iter().filter_map(|(doc, ordinal)| Some((*doc, ids[*ordinal as usize]?))).collect());
            for ((_, spelling), (id, frequency)) in terms.iter().zip(ids.iter().zip(frequencies)) {
                if let (Some(id), 1..) = (id, *frequency) {
                    *spellings[*id as usize].entry(spelling).or_default() += *frequency;
                }
            }
        }
        let most_frequent_first = |of_key: FxHashMap<&str, u64>| {
            let mut ordered: Vec<(&str, u64)> = of_key.into_iter().collect();
            ordered.sort_unstable_by(|(a, many), (b, others)| others.cmp(many).then_with(|| a.cmp(b)));
            ordered.into_iter().map(|(spelling, _)| spelling.to_owned()).collect()
        };
        Ok(Self {
            spellings: spellings.into_iter().map(most_frequent_first).collect(),
            keys: keys.into_iter().map(str::to_owned).collect(),
            segments: of_segments,
        })
    }

    fn of_months(segments: &[SegmentReader]) -> tantivy::Result<Self> {
        let columns =
            segments.iter().map(|segment| segment.fast_fields().u64("month")).collect::<tantivy::Result<Vec<_>>>()?;
        let mut met = FxHashSet::default();
        for (column, segment) in columns.iter().zip(segments) {
            for_each_value(column, segment.alive_bitset(), |_, month| {
                met.insert(month);
            });
        }
        let mut months: Vec<u64> = met.into_iter().collect();
        months.sort_unstable();
        let numbers: FxHashMap<u64, ValueId> =
            months.iter().enumerate().map(|(at, month)| (*month, at as ValueId)).collect();
        let pairs = |(column, segment): (&Column<u64>, &SegmentReader)| {
            let mut pairs = Vec::with_capacity(column.values.num_vals() as usize);
            for_each_value(column, segment.alive_bitset(), |doc, month| pairs.push((doc, numbers[&month])));
            pairs
        };
        Ok(Self {
            keys: months.iter().map(|month| format!("{month:06}")).collect(),
            spellings: months.iter().map(|month| vec![format!("{:04}-{:02}", month / 100, month % 100)]).collect(),
            segments: columns.iter().zip(segments).map(pairs).collect(),
        })
    }
}

impl SegmentValues {
    /// Sorts the (document, value) pairs of all groups by document, keeping the order of groups: a counting sort. The numbers of a
    /// group begin at the one given with it.
    fn new<'a>(docs: u32, groups: impl Iterator<Item = (ValueId, &'a Vec<(DocId, ValueId)>)> + Clone) -> Self {
        let mut starts = vec![0u32; docs as usize + 1];
        let mut all = 0;
        for (_, pairs) in groups.clone() {
            all += pairs.len();
            for (doc, _) in pairs {
                starts[*doc as usize + 1] += 1;
            }
        }
        for doc in 0..docs as usize {
            starts[doc + 1] += starts[doc];
        }
        let mut next = starts.clone();
        let mut ids = vec![0; all];
        for (first, pairs) in groups {
            for (doc, id) in pairs {
                let slot = &mut next[*doc as usize];
                ids[*slot as usize] = first + id;
                *slot += 1;
            }
        }
        Self { starts, ids }
    }
}
