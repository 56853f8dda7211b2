//! [`Catalog`]: what is filtered, counted and sorted by, as plain arrays over the articles of an open index.
//!
//! Tantivy keeps these values in compressed columns, each segment with a dictionary of its own. Reading a column costs
//! 5–20 ns a value and finding the text of one ordinal decompresses a block; a query that counts ten thousand articles
//! cannot afford either. So the columns are read once per opened index into arrays, and every countable value of every
//! group gets one number in one space, ordered by group and key. Counting an article is then a walk over a short slice, and
//! a filter is a set of numbers. Costs about 40 bytes an article in memory and a tenth of a microsecond an article to load,
//! on first use.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use tantivy::SegmentReader;

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

/// The best that any article of a segment has, for bounds on its rank. Deleted ones may still be among them.
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
        load_once(&self.ranks, || segments.iter().map(load_ranks).collect()).map(Vec::as_slice)
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
    let docs = segment.max_doc();
    let columns = segment.fast_fields();
    let (ids, published, quality) = (columns.u64("id")?, columns.i64("published")?, columns.u64("quality")?);
    let ids = (0..docs).map(|doc| ids.first(doc).unwrap_or_default()).collect();
    let published: Vec<i64> = (0..docs).map(|doc| published.first(doc).unwrap_or(UNDATED)).collect();
    let quality: Vec<u8> = (0..docs).map(|doc| quality.first(doc).map_or(UNGRADED, |grade| grade as u8)).collect();
    let best = Best::of(&published, &quality);
    Ok(Ranks { ids, published, quality, best })
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

    fn load(segments: &[SegmentReader]) -> tantivy::Result<Self> {
        let mut values = Self {
            groups: [const { 0..0 }; Group::ALL.len()],
            keys: Vec::new(),
            spellings: Vec::new(),
            segments: Vec::new(),
        };
        // For each segment and document, the values found so far; group after group, hence ascending.
        let mut found: Vec<Vec<(u32, ValueId)>> = segments.iter().map(|_| Vec::new()).collect();
        for group in Group::ALL {
            let start = values.keys.len() as ValueId;
            match group.column() {
                Some(column) => values.load_texts(column, segments, &mut found)?,
                None => values.load_months(segments, &mut found)?,
            }
            values.groups[group as usize] = start..values.keys.len() as ValueId;
        }
        values.segments =
            segments.iter().zip(found).map(|(segment, pairs)| SegmentValues::new(segment.max_doc(), &pairs)).collect();
        Ok(values)
    }

    fn load_texts(
        &mut self,
        column: &str,
        segments: &[SegmentReader],
        found: &mut [Vec<(u32, ValueId)>],
    ) -> tantivy::Result<()> {
        /// A segment's column and its dictionary as (key, spelling), by ordinal.
        struct Texts {
            column: tantivy::columnar::StrColumn,
            terms: Vec<(String, String)>,
        }
        let mut texts = Vec::new();
        for segment in segments {
            let Some(column) = segment.fast_fields().str(column)? else {
                texts.push(None);
                continue;
            };
            let mut terms = Vec::with_capacity(column.num_terms());
            let mut stream = column.dictionary().stream()?;
            while stream.advance() {
                let text = String::from_utf8_lossy(stream.key());
                let (key, spelling) = text.split_once(KEY_SEPARATOR).unwrap_or((&text, &text));
                terms.push((key.to_owned(), spelling.to_owned()));
            }
            texts.push(Some(Texts { column, terms }));
        }

        let start = self.keys.len();
        let keys: BTreeSet<&str> =
            texts.iter().flatten().flat_map(|texts| &texts.terms).map(|(key, _)| key.as_str()).collect();
        let numbers: FxHashMap<&str, ValueId> =
            keys.iter().enumerate().map(|(at, key)| (*key, (start + at) as ValueId)).collect();
        let mut spellings: Vec<FxHashMap<&str, u64>> = keys.iter().map(|_| FxHashMap::default()).collect();
        for (texts, found) in texts.iter().zip(found) {
            let Some(Texts { column, terms }) = texts else { continue };
            let ids: Vec<ValueId> = terms.iter().map(|(key, _)| numbers[key.as_str()]).collect();
            let mut frequencies = vec![0u64; terms.len()];
            for doc in 0..column.num_rows() {
                for ordinal in column.term_ords(doc) {
                    frequencies[ordinal as usize] += 1;
                    found.push((doc, ids[ordinal as usize]));
                }
            }
            for ((_, spelling), (id, frequency)) in terms.iter().zip(ids.iter().zip(frequencies)) {
                *spellings[*id as usize - start].entry(spelling).or_default() += frequency;
            }
        }
        for of_key in spellings {
            let mut ordered: Vec<(&str, u64)> = of_key.into_iter().collect();
            ordered.sort_unstable_by(|(a, many), (b, others)| others.cmp(many).then_with(|| a.cmp(b)));
            self.spellings.push(ordered.into_iter().map(|(spelling, _)| spelling.to_owned()).collect());
        }
        self.keys.extend(keys.into_iter().map(str::to_owned));
        Ok(())
    }

    fn load_months(&mut self, segments: &[SegmentReader], found: &mut [Vec<(u32, ValueId)>]) -> tantivy::Result<()> {
        let columns =
            segments.iter().map(|segment| segment.fast_fields().u64("month")).collect::<tantivy::Result<Vec<_>>>()?;
        let mut months = BTreeSet::new();
        let mut pairs = Vec::new();
        for (column, segment) in columns.iter().zip(segments) {
            let of_segment: Vec<(u32, u64)> =
                (0..segment.max_doc()).filter_map(|doc| Some((doc, column.first(doc)?))).collect();
            months.extend(of_segment.iter().map(|(_, month)| *month));
            pairs.push(of_segment);
        }
        let start = self.keys.len();
        let numbers: FxHashMap<u64, ValueId> =
            months.iter().enumerate().map(|(at, month)| (*month, (start + at) as ValueId)).collect();
        for (pairs, found) in pairs.into_iter().zip(found) {
            found.extend(pairs.into_iter().map(|(doc, month)| (doc, numbers[&month])));
        }
        for month in months {
            self.keys.push(format!("{month:06}"));
            self.spellings.push(vec![format!("{:04}-{:02}", month / 100, month % 100)]);
        }
        Ok(())
    }
}

impl SegmentValues {
    /// Sorts (document, value) pairs by document, keeping the order of values: a counting sort.
    fn new(docs: u32, pairs: &[(u32, ValueId)]) -> Self {
        let mut starts = vec![0u32; docs as usize + 1];
        for (doc, _) in pairs {
            starts[*doc as usize + 1] += 1;
        }
        for doc in 0..docs as usize {
            starts[doc + 1] += starts[doc];
        }
        let mut next = starts.clone();
        let mut ids = vec![0; pairs.len()];
        for (doc, id) in pairs {
            let slot = &mut next[*doc as usize];
            ids[*slot as usize] = *id;
            *slot += 1;
        }
        Self { starts, ids }
    }
}
