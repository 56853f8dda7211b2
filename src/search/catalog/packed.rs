//! [`Packed`]: rows of numbers, each as many bits wide as it needs.

use std::ops::BitOr;

use rustc_hash::FxHashMap;
use tantivy::DocId;

use super::layout::{FIRST_TOPIC, Layout, MarkId, TOPICS};

/// How many marks stand in a row: topics, a provider, a bundle.
const PLACES: usize = TOPICS + 2;
pub(super) const PROVIDER: usize = TOPICS;
pub(super) const BUNDLE: usize = TOPICS + 1;

/// So many rows are fetched before they are looked at: a part of what a processor keeps at hand.
const AT_A_TIME: usize = 128;

/// A row of numbers of some bits each.
pub(super) trait Row: Copy + Default + BitOr<Output = Self> {
    const BITS: u32;

    /// The row with a number in a place that holds none yet.
    fn with(self, at: u32, number: u32) -> Self;

    /// The number in a place.
    fn get(self, at: u32, mask: u32) -> u32;
}

macro_rules! impl_row {
    ($($number:ty),*) => {$(
        impl Row for $number {
            const BITS: u32 = Self::BITS;

            fn with(self, at: u32, number: u32) -> Self {
                self | Self::from(number) << at
            }

            #[inline]
            fn get(self, at: u32, mask: u32) -> u32 {
                (self >> at) as u32 & mask
            }
        }
    )*};
}

impl_row!(u64, u128);

/// Where in a row the numbers stand, from the lowest bit: topics, a provider, a bundle. The highest bit tells that there are topics
/// without a place.
///
/// With 1,000 topics, 1,157 providers and 300 bundles a row has 60 bits and the last. An article with the topics 7 and 41, the provider
/// 12 and the bundle 3, all counted from 0:
///
/// | bits | 0–9 | 10–19 | 20–29 | 30–39 | 40–50 | 51–59 | 63 |
/// |---|--:|--:|--:|--:|--:|--:|--:|
/// | holds | 4 + 7 | 4 + 41 | filler 2 | filler 3 | 12 + 1 | 3 | 0 |
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    layout: Layout,
    /// How many topics have places.
    topics: u32,
    /// How many bits each takes.
    topic: u32,
    provider: u32,
    bundle: u32,
}

impl Fields {
    /// Those for the marks of a layout, with places for so many topics, or for none.
    pub(super) fn of(layout: Layout, topics: usize) -> Self {
        let bits = |most: u32| u32::BITS - most.leading_zeros();
        let topic = if topics == 0 { 0 } else { bits(layout.no_provider() - 1) };
        let (provider, bundle) = (bits(layout.providers), bits(layout.bundles));
        Self { layout, topics: topics as u32, topic, provider, bundle }
    }

    fn provider_at(self) -> u32 {
        self.topic * self.topics
    }

    fn bundle_at(self) -> u32 {
        self.provider_at() + self.provider
    }

    pub(super) fn fit_in<R: Row>(self) -> bool {
        self.bundle_at() + self.bundle < R::BITS
    }
}

/// Rows with the same fields.
///
/// Each has as many places, because counting then takes the same steps for every article, and a processor that need not guess how many
/// there are counts twice as fast. In places of topics left over are fillers, each its own, because a processor cannot add to one
/// counter before it has added to it for the place before.
pub(super) struct Packed<R> {
    fields: Fields,
    rows: Vec<R>,
    /// The topics without a place.
    rest: FxHashMap<DocId, Vec<MarkId>>,
}

impl<R: Row> Packed<R> {
    pub(super) fn new(fields: Fields, bundles: &[u32], providers: &[(DocId, u32)], topics: &[(DocId, u32)]) -> Self {
        let mut rows: Vec<R> = bundles.iter().map(|bundle| R::default().with(fields.bundle_at(), *bundle)).collect();
        let mut change = |doc: DocId, at: u32, number: u32| {
            let row = &mut rows[doc as usize];
            *row = row.with(at, number);
        };
        for (doc, provider) in providers {
            // 0 is for none.
            change(*doc, fields.provider_at(), provider + 1);
        }
        let mut taken = vec![0u8; bundles.len()];
        let mut rest: FxHashMap<DocId, Vec<MarkId>> = FxHashMap::default();
        for (doc, topic) in topics {
            let (mark, place) = (FIRST_TOPIC + topic, &mut taken[*doc as usize]);
            if u32::from(*place) < fields.topics {
                change(*doc, u32::from(*place) * fields.topic, mark);
                *place += 1;
                continue;
            }
            let of_doc = rest.entry(*doc).or_default();
            if of_doc.is_empty() {
                change(*doc, R::BITS - 1, 1);
            }
            of_doc.push(mark);
        }
        for (doc, taken) in (0..).zip(taken) {
            (u32::from(taken)..fields.topics).for_each(|place| change(doc, place * fields.topic, place));
        }
        Self { fields, rows, rest }
    }

    /// Calls `each` for documents in their order, with the place, the row and what is left of the topics of each.
    ///
    /// All rows of some documents are fetched before the first of them is looked at, in steps so few that many are on their way at once.
    #[inline]
    pub(super) fn for_each(&self, docs: &[DocId], mut each: impl FnMut(usize, &[MarkId; PLACES], &[MarkId])) {
        let Self { fields, rows, rest } = self;
        let mask = |bits: u32| u32::MAX.checked_shr(u32::BITS - bits).unwrap_or_default();
        let (topic, provider, bundle) = (mask(fields.topic), mask(fields.provider), mask(fields.bundle));
        let (provider_at, bundle_at) = (fields.provider_at(), fields.bundle_at());
        let (no_provider, first_bundle) = (fields.layout.no_provider(), fields.layout.first_bundle());
        let rest_at = R::BITS - 1;
        let mut fetched = [R::default(); AT_A_TIME];
        for (some, first) in docs.chunks(AT_A_TIME).zip((0..).step_by(AT_A_TIME)) {
            let mut any = R::default();
            for (row, doc) in fetched.iter_mut().zip(some) {
                *row = rows[*doc as usize];
                any = any | *row;
            }
            let any_rest = any.get(rest_at, 1) != 0;
            for ((doc, row), at) in some.iter().zip(&fetched).zip(first..) {
                let mut marks = [0; PLACES];
                for (place, mark) in marks[..TOPICS].iter_mut().enumerate() {
                    *mark = row.get(place as u32 * fields.topic, topic);
                }
                marks[PROVIDER] = no_provider + row.get(provider_at, provider);
                marks[BUNDLE] = first_bundle + row.get(bundle_at, bundle);
                let has_rest = any_rest && row.get(rest_at, 1) != 0;
                each(at, &marks, if has_rest { &rest[doc] } else { &[] });
            }
        }
    }
}
