//! [`GroupValues`]: the values of one group as they are read from the columns of an index.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use tantivy::{DocId, SegmentReader};

use super::{ValueId, for_each_value};
use crate::index::{KEY_SEPARATOR, column};

/// The values of one group, numbered from 0 in the order of their keys.
pub(super) struct GroupValues {
    pub(super) keys: Vec<Box<str>>,
    /// Of each value, the most frequent first; the host of an outlet, which goes by that where it is not named, last.
    pub(super) spellings: Vec<Vec<Box<str>>>,
    /// How many articles have each.
    pub(super) articles: Vec<u64>,
    /// For each segment the documents that have a value, in ascending order, and that value.
    pub(super) segments: Vec<Vec<(DocId, ValueId)>>,
}

impl GroupValues {
    pub(super) fn of_texts(column: &str, segments: &[SegmentReader]) -> tantivy::Result<Self> {
        /// A segment's dictionary as (key, spelling), by ordinal, and how many articles have each.
        #[derive(Default)]
        struct Texts {
            terms: Vec<(String, String)>,
            frequencies: Vec<u64>,
        }
        let mut texts = Vec::with_capacity(segments.len());
        // By ordinal at first, by value in the end: getting the memory for a second list would take longer than filling it.
        let mut of_segments = vec![Vec::new(); segments.len()];
        for (segment, pairs) in segments.iter().zip(&mut of_segments) {
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
            pairs.reserve_exact(column.ords().values.num_vals() as usize);
            for_each_value(column.ords(), segment.alive_bitset(), |doc, ordinal| {
                frequencies[ordinal as usize] += 1;
                pairs.push((doc, ordinal as ValueId));
            });
            texts.push(Texts { terms, frequencies });
        }

        // What only deleted articles had is in the dictionary still, but no value any more.
        let mut keys = BTreeSet::new();
        for Texts { terms, frequencies } in &texts {
            let met = terms.iter().zip(frequencies).filter(|(_, frequency)| **frequency > 0);
            keys.extend(met.map(|((key, _), _)| key.as_str()));
        }
        let numbers: FxHashMap<&str, ValueId> =
            keys.iter().enumerate().map(|(at, key)| (*key, at as ValueId)).collect();
        let mut spellings: Vec<FxHashMap<&str, u64>> = keys.iter().map(|_| FxHashMap::default()).collect();
        for (Texts { terms, frequencies }, pairs) in texts.iter().zip(&mut of_segments) {
            let ids: Vec<Option<ValueId>> = terms.iter().map(|(key, _)| numbers.get(key.as_str()).copied()).collect();
            // What an article has is a value.
            for (_, value) in pairs {
                *value = ids[*value as usize].unwrap_or_default();
            }
            for ((_, spelling), (id, frequency)) in terms.iter().zip(ids.iter().zip(frequencies)) {
                if let (Some(id), 1..) = (id, *frequency) {
                    *spellings[*id as usize].entry(spelling).or_default() += *frequency;
                }
            }
        }
        let most_frequent_first = |(key, of_key): (&&str, FxHashMap<&str, u64>)| {
            let mut ordered: Vec<(&str, u64)> = of_key.into_iter().collect();
            // A host stands for a name that is missing, and is none itself.
            let is_host = |spelling: &str| spelling == *key && key.contains('.');
            ordered.sort_unstable_by_key(|(spelling, count)| (is_host(spelling), Reverse(*count), *spelling));
            ordered.into_iter().map(|(spelling, _)| Box::from(spelling)).collect()
        };
        Ok(Self {
            articles: spellings.iter().map(|counts| counts.values().sum()).collect(),
            spellings: keys.iter().zip(spellings).map(most_frequent_first).collect(),
            keys: keys.into_iter().map(Box::from).collect(),
            segments: of_segments,
        })
    }

    pub(super) fn of_months(segments: &[SegmentReader]) -> tantivy::Result<Self> {
        // By month at first, `yyyymm`, by value in the end, as above.
        let mut of_segments = vec![Vec::new(); segments.len()];
        let mut met: FxHashMap<u32, u64> = FxHashMap::default();
        for (segment, pairs) in segments.iter().zip(&mut of_segments) {
            let column = segment.fast_fields().u64(column::MONTH)?;
            pairs.reserve_exact(column.values.num_vals() as usize);
            for_each_value(&column, segment.alive_bitset(), |doc, month| {
                *met.entry(month as u32).or_default() += 1;
                pairs.push((doc, month as ValueId));
            });
        }
        let mut months: Vec<u32> = met.keys().copied().collect();
        months.sort_unstable();
        let numbers: FxHashMap<u32, ValueId> = months.iter().copied().zip(0..).collect();
        for (_, value) in of_segments.iter_mut().flatten() {
            *value = numbers[value];
        }
        Ok(Self {
            keys: months.iter().map(|month| format!("{month:06}").into()).collect(),
            spellings: months
                .iter()
                .map(|month| vec![format!("{:04}-{:02}", month / 100, month % 100).into()])
                .collect(),
            articles: months.iter().map(|month| met[month]).collect(),
            segments: of_segments,
        })
    }
}
