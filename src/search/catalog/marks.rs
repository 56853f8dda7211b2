//! [`Marks`]: what articles are counted and filtered by.
//!
//! A topic and a provider are marks of their own. The schemes, the kind and the month of an article are one mark together, a
//! *bundle*: a collection has few different ones, and an article is counted in half the steps. Counts of bundles become counts of
//! values at the end.
//!
//! Bundles form a tree: the first has no values, and each other is one with a smaller number and a value more.

use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use tantivy::DocId;

use super::ValueId;
use super::layout::Layout;
use super::rows::{Places, Rows};

/// The marks of all articles.
pub(in crate::search) struct Marks {
    layout: Layout,
    bundles: Bundles,
    /// Those of each segment.
    rows: Vec<Rows>,
}

/// The values of one group as (document, value) pairs of a segment, the values counted from the first of the group.
pub(super) struct Pairs<'a> {
    pub(super) first: ValueId,
    pub(super) pairs: &'a [(DocId, ValueId)],
}

impl Pairs<'_> {
    fn iter(&self) -> impl Iterator<Item = (DocId, ValueId)> {
        self.pairs.iter().map(|(doc, value)| (*doc, self.first + value))
    }
}

/// What the documents of a segment have.
pub(super) struct Loaded<'a> {
    pub(super) docs: u32,
    pub(super) topics: Pairs<'a>,
    /// One for each document at most.
    pub(super) providers: Pairs<'a>,
    /// Schemes, kinds and months, in this order. Their values are behind those of topics and providers.
    pub(super) bundled: [Pairs<'a>; 3],
}

impl Marks {
    /// The marks of these segments. Topics and providers have so many values each.
    pub(super) fn new(topics: u32, providers: u32, segments: &[Loaded<'_>]) -> Self {
        let of_segments: Vec<(Bundles, Vec<u32>)> = segments.par_iter().map(Bundles::of_segment).collect();
        let mut bundles = Bundles::default();
        let of_docs = |(of_segment, of_docs): (Bundles, Vec<u32>)| {
            let numbers = bundles.include(&of_segment);
            of_docs.into_iter().map(|at| numbers[at as usize]).collect()
        };
        let of_docs: Vec<Vec<u32>> = of_segments.into_iter().map(of_docs).collect();
        let layout = Layout { topics, providers, bundles: bundles.len() };
        let rows = |(segment, bundles): (&Loaded<'_>, &Vec<u32>)| {
            Rows::new(layout, bundles, segment.providers.pairs, segment.topics.pairs)
        };
        let rows = segments.par_iter().zip(&of_docs).map(rows).collect();
        Self { layout, bundles, rows }
    }

    /// How many counters [`Self::count`] needs.
    pub(in crate::search) fn counters(&self) -> usize {
        self.layout.marks()
    }

    /// Adds one to the counters of these marks of each document.
    pub(in crate::search) fn count(&self, segment: usize, docs: &[DocId], places: Places, counters: &mut [u32]) {
        self.rows[segment].count(docs, places, counters);
    }

    /// Adds counts of marks up to counts of values: those of `group` alone. Leaves the counters in disorder.
    pub(in crate::search) fn add_up(&self, counters: &mut [u32], group: Range<ValueId>, by_value: &mut [u32]) {
        let (of_values, of_bundles) = counters.split_at_mut(self.layout.first_bundle() as usize);
        for (values, first) in self.layout.values() {
            let wanted = group.start.max(values.start)..group.end.min(values.end);
            // A range that ends before it begins is none.
            let Some(by_value) = by_value.get_mut(wanted.start as usize..wanted.end as usize) else { continue };
            let marks = &of_values[(first + wanted.start - values.start) as usize..];
            by_value.iter_mut().zip(marks).for_each(|(count, mark)| *count += mark);
        }
        self.bundles.add_up(of_bundles, &group, by_value);
    }

    /// The flags of each mark, from those of its values.
    pub(in crate::search) fn flags(&self, of_values: &[u8]) -> Vec<u8> {
        let mut flags = vec![0; self.layout.first_bundle() as usize];
        for (values, first) in self.layout.values() {
            let of_values = &of_values[values.start as usize..values.end as usize];
            flags[first as usize..][..of_values.len()].copy_from_slice(of_values);
        }
        flags.extend(self.bundles.flags(of_values));
        flags
    }

    /// Puts the flags of these marks of each document together, and what `make` makes of them into its place.
    #[inline]
    pub(in crate::search) fn flags_of<T>(
        &self,
        segment: usize,
        docs: &[DocId],
        places: Places,
        flags: &[u8],
        make: impl Fn(u8) -> T,
        into: &mut [T],
    ) {
        self.rows[segment].flags(docs, places, flags, make, into);
    }
}

/// A tree of bundles.
struct Bundles {
    /// Of each bundle, the one with a value less and that value. The first has none, and stands for itself.
    steps: Vec<(u32, ValueId)>,
    /// The bundle after each step.
    after: FxHashMap<(u32, ValueId), u32>,
}

impl Default for Bundles {
    fn default() -> Self {
        Self { steps: vec![(0, ValueId::MAX)], after: FxHashMap::default() }
    }
}

impl Bundles {
    /// The bundles of a segment, and that of each document.
    fn of_segment(segment: &Loaded<'_>) -> (Self, Vec<u32>) {
        let mut bundles = Self::default();
        let mut of_docs = vec![0; segment.docs as usize];
        for (doc, value) in segment.bundled.iter().flat_map(Pairs::iter) {
            let at = &mut of_docs[doc as usize];
            *at = bundles.step(*at, value);
        }
        (bundles, of_docs)
    }

    /// The bundle with a value more.
    fn step(&mut self, from: u32, value: ValueId) -> u32 {
        *self.after.entry((from, value)).or_insert_with(|| {
            self.steps.push((from, value));
            self.steps.len() as u32 - 1
        })
    }

    /// Takes in those of another tree, and returns their numbers here.
    fn include(&mut self, others: &Self) -> Vec<u32> {
        let mut numbers = vec![0; others.steps.len()];
        for (at, (from, value)) in others.steps.iter().enumerate().skip(1) {
            numbers[at] = self.step(numbers[*from as usize], *value);
        }
        numbers
    }

    fn len(&self) -> u32 {
        self.steps.len() as u32
    }

    /// What a value counts is what all bundles count that have it: each, and those that come from it.
    fn add_up(&self, counters: &mut [u32], group: &Range<ValueId>, by_value: &mut [u32]) {
        const AT_A_TIME: usize = 16;
        for first in (0..self.steps.len()).step_by(AT_A_TIME).rev() {
            let some = first..self.steps.len().min(first + AT_A_TIME);
            // Of many bundles no article is among those counted.
            if counters[some.clone()].iter().fold(0, |any, count| any | count) == 0 {
                continue;
            }
            for at in some.rev().filter(|at| *at > 0) {
                let ((from, value), count) = (self.steps[at], counters[at]);
                counters[from as usize] += count;
                if group.contains(&value) {
                    by_value[value as usize] += count;
                }
            }
        }
    }

    fn flags(&self, of_values: &[u8]) -> Vec<u8> {
        let mut flags = vec![0; self.steps.len()];
        for (at, (from, value)) in self.steps.iter().enumerate().skip(1) {
            flags[at] = flags[*from as usize] | of_values[*value as usize];
        }
        flags
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How many values each group has: topics, providers, schemes, kinds, months.
    const VALUES: [u32; 5] = [7, 5, 3, 2, 4];
    /// As many topics as make rows wide.
    const MANY: u32 = 70_000;

    /// The values of an article by group, each counted from the first of its group.
    type Article = [Vec<u32>; 5];

    fn article() -> impl Strategy<Value = Article> {
        let some = |group: usize| {
            prop::sample::subsequence((0..VALUES[group]).collect::<Vec<_>>(), 0..=VALUES[group] as usize)
        };
        let one = |group: usize| prop::sample::subsequence((0..VALUES[group]).collect::<Vec<_>>(), 0..=1);
        [some(0).boxed(), one(1).boxed(), some(2).boxed(), one(3).boxed(), one(4).boxed()]
    }

    proptest! {
        #[test]
        fn counts_and_flags_are_those_of_the_values(
            segments in prop::collection::vec(prop::collection::vec(article(), 0..12), 1..3),
            has_many in any::<bool>(),
            flags in prop::collection::vec(any::<u8>(), (MANY + 100) as usize),
            every in 1usize..4,
        ) {
            // Where each group begins, and the last ends.
            let mut firsts = [0; 6];
            for (group, values) in VALUES.into_iter().enumerate() {
                firsts[group + 1] = firsts[group] + if group == 0 && has_many { MANY } else { values };
            }
            let values = firsts[5];
            let values_of = |article: &Article| -> Vec<ValueId> {
                (0..5).flat_map(|group| article[group].iter().map(move |value| firsts[group] + value)).collect()
            };
            let pairs = |articles: &Vec<Article>, group: usize| -> Vec<(DocId, ValueId)> {
                (0..).zip(articles).flat_map(|(doc, article)| article[group].iter().map(move |value| (doc, *value))).collect()
            };
            let pairs: Vec<[Vec<(DocId, ValueId)>; 5]> =
                segments.iter().map(|articles| std::array::from_fn(|group| pairs(articles, group))).collect();
            let loaded: Vec<Loaded<'_>> = segments
                .iter()
                .zip(&pairs)
                .map(|(articles, pairs)| {
                    let [topics, providers, schemes, kinds, months] =
                        std::array::from_fn(|group| Pairs { first: firsts[group], pairs: &pairs[group] });
                    Loaded { docs: articles.len() as u32, topics, providers, bundled: [schemes, kinds, months] }
                })
                .collect();
            let marks = Marks::new(firsts[1], firsts[2] - firsts[1], &loaded);

            let docs = |articles: &[Article]| (0..articles.len() as DocId).step_by(every).collect::<Vec<_>>();
            let mut naive = vec![0; values as usize];
            for articles in &segments {
                for doc in docs(articles) {
                    for value in values_of(&articles[doc as usize]) {
                        naive[value as usize] += 1;
                    }
                }
            }
            let counted = |places, group: Range<ValueId>| {
                let mut counters = vec![0; marks.counters()];
                for (segment, articles) in segments.iter().enumerate() {
                    marks.count(segment, &docs(articles), places, &mut counters);
                }
                let mut by_value = vec![0; values as usize];
                marks.add_up(&mut counters, group, &mut by_value);
                by_value
            };
            prop_assert_eq!(&counted(Places::All, 0..values), &naive);
            let parts = [Places::Topics, Places::Provider, Places::Bundle, Places::Bundle, Places::Bundle];
            let ranges: Vec<(Places, Range<ValueId>)> =
                parts.into_iter().zip(firsts.windows(2).map(|ends| ends[0]..ends[1])).collect();
            for (places, range) in ranges.iter().cloned() {
                let of_group = counted(places, range.clone());
                for (value, (count, all)) in (0..).zip(of_group.iter().zip(&naive)) {
                    prop_assert_eq!(*count, if range.contains(&value) { *all } else { 0 });
                }
            }

            for (places, range) in ranges.into_iter().chain([(Places::All, 0..values)]) {
                // Only values that these places tell of have flags.
                let flag = |value: ValueId| if range.contains(&value) { flags[value as usize] } else { 0 };
                let of_marks = marks.flags(&(0..values).map(flag).collect::<Vec<u8>>());
                for (segment, articles) in segments.iter().enumerate() {
                    let docs: Vec<DocId> = docs(articles);
                    let naive = |doc: &DocId| values_of(&articles[*doc as usize]).into_iter().fold(0, |all, value| all | flag(value));
                    let expected: Vec<u8> = docs.iter().map(naive).collect();
                    let mut together = vec![0; docs.len()];
                    marks.flags_of(segment, &docs, places, &of_marks, |flags| flags, &mut together);
                    prop_assert_eq!(together, expected);
                }
            }
        }
    }
}
